"""Fine-tune a tagger on weak labels, annotated pages, or both.

  python train.py --config configs/seeds.yaml
  python train.py --config configs/camelbert.yaml output=runs/mine training.epochs=3 data.weak=my-labels.jsonl

Runs on the GPU when there is one, on the CPU otherwise, and says which. The model folder it writes loads in
Hugging Face's transformers and in infer.py --model FOLDER.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from khabar.config import load_config
from khabar.pages import KhabarError

CONFIGS = Path(__file__).parents[2] / "configs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="the training's YAML (see configs/)")
    parser.add_argument(
        "--resume", action="store_true", help="go on from the last checkpoint of a run that was cut off"
    )
    parser.add_argument(
        "overrides",
        nargs="*",
        metavar="KEY=VALUE",
        help="keys laid over the YAML: encoder=FOLDER_OR_HUB_ID output=FOLDER seed=7 training.epochs=2 "
        "training.max_steps=20 data.weak=FILE data.annotated=FOLDER …",
    )


def run(args: argparse.Namespace) -> int:
    """Trains; 0 when the model folder was written."""
    if args.config is None:
        raise KhabarError(f"--config is missing; {_choices()}")
    config = load_config(args.config, args.overrides)
    from khabar.training import train

    train(config, resume=args.resume)
    return 0


def _choices() -> str:
    """The configurations that there are, each with what its first line says it is for."""
    known = []
    for path in sorted(CONFIGS.glob("*.yaml")):
        purpose = path.read_text("utf-8").splitlines()[0].removeprefix("#").strip()
        known.append(f"configs/{path.name} ({purpose})")
    return "choose one of " + ", ".join(known) if known else "give a YAML file"
