"""Teach an encoder the language of unlabelled pages: whole words are hidden, and it learns to restore them.

  khabar pretrain --config configs/pretrain.yaml data.unlabelled=my-pages/ output=runs/my-encoder
  python train.py --config configs/seeds.yaml encoder=runs/my-encoder

It writes an encoder's folder without heads; --resume goes on from the last checkpoint of a run that was cut off.
"""

from __future__ import annotations

import argparse

from khabar.cli.train import add_config_arguments, read_config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Pretrains; 0 when the encoder's folder was written."""
    config = read_config(args)
    from khabar.pretraining import pretrain

    pretrain(config, resume=args.resume)
    return 0
