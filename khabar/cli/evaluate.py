"""Score predictions, or a tagger, against annotated pages.

khabar evaluate tagged.jsonl data/gold/seeds
khabar evaluate models/khabar-compact data/gold/seeds --json
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from khabar.annotated import read_annotated
from khabar.metrics import evaluate
from khabar.pages import Page
from khabar.reading import read_records


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("predictions", metavar="PREDICTIONS_OR_MODEL", help="JSONL of tagged pages, or a tagger")
    parser.add_argument("gold", type=Path, metavar="GOLD_DIR", help="folder of annotated pages")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--record", metavar="NAME", help="write the scores into the tagger's model card under this name"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the scores."""
    gold = list(read_annotated(args.gold))
    scores = evaluate(_predictions(args.predictions, gold), gold)
    if args.record is not None:
        from khabar.card import record_evaluation

        record_evaluation(Path(args.predictions), args.record, scores.to_dict())
    print(json.dumps(scores.to_dict(), ensure_ascii=False, indent=2) if args.json else scores)
    return 0


def _predictions(given: str, gold: list[Page]) -> Iterable[Page]:
    if given.endswith(".jsonl") or Path(given).is_file():
        return read_records(Path(given))
    from khabar.tagging import Tagger

    return Tagger.from_pretrained(given).tag(page.reset() for page in gold)
