"""Score predictions, or a tagger, against annotated pages; or a tagger against token labels (CoNLL).

khabar evaluate tagged.jsonl data/gold/seeds
khabar evaluate models/khabar-compact data/gold/seeds --json
khabar evaluate tagged.jsonl gold/ --by index.json --errors
khabar evaluate tagged.jsonl gold/ --against other.jsonl
khabar evaluate models/khabar-compact gold/ --composed
khabar evaluate runs/compact-anercorp test.conll
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from khabar.annotated import read_annotated
from khabar.breakdown import UNKNOWN_SOURCE, by_source
from khabar.cli.page_index import PageIndex, read_index
from khabar.comparison import compare
from khabar.metrics import evaluate
from khabar.pages import KhabarError, Page
from khabar.reading import read_records


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("predictions", metavar="PREDICTIONS_OR_MODEL", help="JSONL of tagged pages, or a tagger")
    parser.add_argument("gold", type=Path, metavar="GOLD", help="folder of annotated pages, or FILE.conll")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--by",
        type=Path,
        metavar="INDEX.json",
        help='also by news source, each alone and all without it; a JSON list of {"id": …, "source": …}',
    )
    parser.add_argument("--errors", action="store_true", help="also what is wrong with the spans, and where")
    parser.add_argument(
        "--against",
        metavar="PREDICTIONS_OR_MODEL",
        help="also whether the first is better than this one, by a paired bootstrap over pages",
    )
    parser.add_argument(
        "--composed",
        type=int,
        nargs="?",
        const=0,
        metavar="SEED",
        help="score a tagger on pages composed from the gold's reports and stories, with wordings kept for testing",
    )
    parser.add_argument(
        "--record", metavar="NAME", help="write the scores into the tagger's model card under this name"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the scores."""
    if args.gold.is_file():
        from khabar.cli.evaluate_tokens import evaluate_tokens

        return evaluate_tokens(args)
    index = read_index(args.by) if args.by else None
    gold = list(read_annotated(args.gold))
    if args.composed is not None:
        gold = _composed(gold, args)
    predicted = _predictions(args.predictions, gold)
    scores = evaluate(predicted, gold)
    if args.record is not None:
        from khabar.card import record_evaluation

        record_evaluation(Path(args.predictions), args.record, scores.to_dict())
    report = scores.to_dict()
    parts = [str(scores)]
    sources = None if index is None else _sources(gold, index, args.by)
    if sources is not None:
        by = by_source(scores, sources)
        report["by_source"] = by.to_dict()
        parts.append(str(by))
    if args.against is not None:
        comparison = compare(scores, evaluate(_predictions(args.against, gold), gold))
        report["against"] = comparison.to_dict()
        parts.append(str(comparison))
    if args.errors:
        # Reads the word lists, which scores do without.
        from khabar.cli.error_table import error_table
        from khabar.errors import analyse_errors

        groups = _page_groups(predicted, gold, sources, index)
        analysis = analyse_errors(predicted, gold, page_groups=groups)
        report["errors"] = analysis.to_dict()
        parts.append(error_table(analysis))
    print(json.dumps(report, ensure_ascii=False, indent=2) if args.json else "\n\n".join(parts))
    return 0


def _composed(gold: Sequence[Page], args: argparse.Namespace) -> list[Page]:
    """As many pages as the gold holds, composed from it; raises KhabarError where predictions cannot be of them."""
    from khabar.composing import compose_pages

    for given in filter(None, (args.predictions, args.against)):
        if _is_file(given):
            raise KhabarError(
                f"--composed: {given} holds predictions, and the pages are only now composed; name a tagger"
            )
    pages = compose_pages(gold, share=1.0, seed=args.composed, held_out=True)
    if not pages:
        raise KhabarError(f"--composed: no page in {args.gold} holds a report paragraph; nothing can be composed")
    return pages


def _known_as(page: Page) -> str:
    """The id under which an index knows a page: of a composed one, the page whose report it holds."""
    return str(page.meta.get("report", page.id))


def _sources(gold: Sequence[Page], index: PageIndex, path: Path) -> dict[str, str]:
    """The source of each gold page, where the index has it; says how many it lacks."""
    sources = {page.id: source for page in gold if (source := index.source_of.get(_known_as(page))) is not None}
    if len(sources) < len(gold):
        missing = len(gold) - len(sources)
        told = f"{missing} of {len(gold)} gold pages are not in {path}; shown as source {UNKNOWN_SOURCE!r}"
        print(told, file=sys.stderr)
    return sources


def _page_groups(
    predicted: Sequence[Page], gold: Sequence[Page], sources: Mapping[str, str] | None, index: PageIndex | None
) -> dict[str, Mapping[str, str]]:
    """The source of each page, and the year where the page or the index says when it was published."""
    from khabar.errors import UNKNOWN, year_of

    published = {page.id: page.published for page in predicted}
    known = {} if index is None else index.published_of
    years = {page.id: year_of(published.get(page.id) or known.get(_known_as(page))) for page in gold}
    groups: dict[str, Mapping[str, str]] = {} if sources is None else {"source": sources}
    return groups | ({"year": years} if any(year != UNKNOWN for year in years.values()) else {})


def _is_file(given: str) -> bool:
    return given.endswith(".jsonl") or Path(given).is_file()


def _predictions(given: str, gold: Sequence[Page]) -> list[Page]:
    if _is_file(given):
        return list(read_records(Path(given)))
    from khabar.tagging import Tagger

    return Tagger.from_pretrained(given).tag(page.reset() for page in gold)
