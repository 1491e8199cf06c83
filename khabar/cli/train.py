"""Fine-tune a tagger on weak labels, annotated pages, token labels (CoNLL), or several of these.

  python train.py --config configs/seeds.yaml
  python train.py --config configs/camelbert.yaml output=runs/mine training.epochs=3 data.weak=my-labels.jsonl
  accelerate launch train.py --config configs/camelbert.yaml

Runs on the GPU when there is one, on the CPU otherwise, and says which; with accelerate launch on several GPUs. The
model folder it writes loads in Hugging Face's transformers and in infer.py --model FOLDER.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.config import TrainingConfig, load_config
from khabar.pages import KhabarError

if TYPE_CHECKING:
    from khabar.matching import Match

CONFIGS = Path(__file__).parents[2] / "configs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config_arguments(parser)
    parser.add_argument(
        "--push-to-hub", metavar="ID", help="then put the model folder on the Hugging Face Hub (name/model)"
    )


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of every command that trains by a configuration."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="the training's YAML (see configs/)")
    parser.add_argument(
        "--resume", action="store_true", help="go on from the last checkpoint of a run that was cut off"
    )
    parser.add_argument(
        "overrides",
        nargs="*",
        metavar="KEY=VALUE",
        help="keys laid over the YAML: encoder=FOLDER_OR_HUB_ID output=FOLDER seed=7 training.epochs=2 "
        "training.max_steps=20 data.weak=FILE data.annotated=FOLDER data.conll=FILE …",
    )


def read_config(args: argparse.Namespace) -> TrainingConfig:
    """The configuration that was named, with what was laid over it."""
    if args.config is None:
        raise KhabarError(f"--config is missing; {_choices()}")
    return load_config(args.config, args.overrides)


def run(args: argparse.Namespace) -> int:
    """Trains; 0 when the model folder was written."""
    config = read_config(args)
    from khabar.hub import check_id, push
    from khabar.training import train

    if args.push_to_hub is not None:
        check_id(args.push_to_hub)
    folder = train(config, resume=args.resume, show_errors=_show_errors)
    if args.push_to_hub is not None and os.environ.get("RANK", "0") == "0":
        print(f"on the Hub: {push(folder, args.push_to_hub)}")
    return 0


def _show_errors(errors: list[Match]) -> None:
    from khabar.cli.error_table import surest_errors
    from khabar.errors import in_context

    print(surest_errors([in_context(error) for error in errors]))


def _choices() -> str:
    """The configurations that there are, each with what its first line says it is for."""
    known = []
    for path in sorted(CONFIGS.glob("*.yaml")):
        purpose = path.read_text("utf-8").splitlines()[0].removeprefix("#").strip()
        known.append(f"configs/{path.name} ({purpose})")
    return "choose one of " + ", ".join(known) if known else "give a YAML file"
