"""Score predictions, or a tagger, against annotated pages.

khabar evaluate tagged.jsonl data/gold/seeds
khabar evaluate models/khabar-compact data/gold/seeds --json
khabar evaluate tagged.jsonl gold/ --by index.json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from khabar.annotated import read_annotated
from khabar.breakdown import UNKNOWN_SOURCE, SourceScores, by_source
from khabar.metrics import Scores, evaluate
from khabar.pages import KhabarError, Page
from khabar.reading import read_records


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("predictions", metavar="PREDICTIONS_OR_MODEL", help="JSONL of tagged pages, or a tagger")
    parser.add_argument("gold", type=Path, metavar="GOLD_DIR", help="folder of annotated pages")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--by",
        type=Path,
        metavar="INDEX.json",
        help='also by news source, each alone and all without it; a JSON list of {"id": …, "source": …}',
    )
    parser.add_argument(
        "--record", metavar="NAME", help="write the scores into the tagger's model card under this name"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the scores."""
    source_of = _read_index(args.by) if args.by else None
    gold = list(read_annotated(args.gold))
    scores = evaluate(_predictions(args.predictions, gold), gold)
    if args.record is not None:
        from khabar.card import record_evaluation

        record_evaluation(Path(args.predictions), args.record, scores.to_dict())
    sources = None if source_of is None else _by_source(scores, source_of, args.by)
    if args.json:
        report = scores.to_dict() | ({"by_source": sources.to_dict()} if sources else {})
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print(scores, *([f"\n{sources}"] if sources else []), sep="\n")
    return 0


def _by_source(scores: Scores, source_of: dict[str, str], index: Path) -> SourceScores:
    missing = sum(page.page not in source_of for page in scores.pages)
    if missing:
        told = f"{missing} of {len(scores.pages)} gold pages are not in {index}; shown as source {UNKNOWN_SOURCE!r}"
        print(told, file=sys.stderr)
    return by_source(scores, source_of)


def _read_index(path: Path) -> dict[str, str]:
    """Page id -> news source; raises KhabarError where the file is no list of ids with their source."""
    expected = 'expected a JSON list of {"id": …, "source": …}'
    try:
        entries = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise KhabarError(f"--by {path}: cannot be read ({error.strerror or error}); {expected}") from None
    except ValueError as error:
        raise KhabarError(f"--by {path}: not JSON in UTF-8 ({error}); {expected}") from None
    if not isinstance(entries, list):
        raise KhabarError(f"--by {path}: found {type(entries).__name__}; {expected}")
    source_of: dict[str, str] = {}
    for number, entry in enumerate(entries, 1):
        page, source = (entry.get("id"), entry.get("source")) if isinstance(entry, dict) else (None, None)
        if not (isinstance(page, str) and page and isinstance(source, str) and source):
            raise KhabarError(f"--by {path}: entry {number} has no id and source; {expected}")
        if source_of.setdefault(page, source) != source:
            raise KhabarError(f"--by {path}: page {page!r} is of {source_of[page]!r} and of {source!r}; expected one")
    return source_of


def _predictions(given: str, gold: list[Page]) -> Iterable[Page]:
    if given.endswith(".jsonl") or Path(given).is_file():
        return read_records(Path(given))
    from khabar.tagging import Tagger

    return Tagger.from_pretrained(given).tag(page.reset() for page in gold)
