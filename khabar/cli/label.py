"""Annotate pages by labelling functions (weak labels), and report about them.

khabar label pages/ -o weak.jsonl
khabar label pages.jsonl -o weak.jsonl --report report --gold annotated --sources mine.yaml
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

from tqdm import tqdm

from khabar.annotated import read_annotated
from khabar.cli.terminal import pages_with_error
from khabar.pages import KhabarError, Page
from khabar.reading import STANDARD_INPUT, Columns, read_pages, stop_at_error
from khabar.weak.label_model import LearnedModel
from khabar.weak.labelling import FIT_PAGES, Labeller, sample_pages
from khabar.weak.majority import MajorityVote
from khabar.weak.report import Report, report_on
from khabar.weak.report_html import to_html
from khabar.weak.sources import load_sources
from khabar.weak.votes import LabelModel, SourceSet
from khabar.writing import is_lines, is_special, jsonl_writer

LABEL_MODELS: dict[str, Callable[[SourceSet], LabelModel]] = {"majority": MajorityVote, "learned": LearnedModel}
DEFAULT_LABEL_MODEL = "majority"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("pages", nargs="+", metavar="PAGES", help="files, folders or globs; - for JSONL on stdin")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.jsonl", help="where to write (default: stdout)")
    parser.add_argument("--column", action="append", default=[], metavar="FIELD=NAME", help="name of a field's column")
    parser.add_argument(
        "--label-model",
        choices=LABEL_MODELS,
        default=DEFAULT_LABEL_MODEL,
        help="how votes are added up (default: %(default)s)",
    )
    parser.add_argument("--sources", type=Path, metavar="FILE", help="sources of your own, .py or .yaml")
    parser.add_argument(
        "--report",
        nargs="?",
        type=Path,
        const=Path(),
        metavar="FOLDER",
        help=f"tell on stderr how the sources did (on {FIT_PAGES} pages at most); "
        "with a folder also there, as report.json and report.html",
    )
    parser.add_argument("--gold", type=Path, metavar="DIR", help="annotated pages to measure the sources on")
    parser.add_argument("--strict", action="store_true", help="stop at the first page with an error (exit code 2)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: %(default)s)")


def run(args: argparse.Namespace) -> int:
    """Labels the pages; 0 when every page was labelled, 3 when some carry an error."""
    if args.workers < 1:
        raise KhabarError(f"--workers {args.workers}: expected 1 or more")
    if args.output is not None and not (is_special(args.output) or is_lines(args.output)):
        kind = args.output.suffix.lower()
        raise KhabarError(
            f"-o {args.output}: files of kind {kind!r} are not written here; expected .jsonl, of which "
            "'khabar export' makes tables"
        )
    if args.report is not None and args.report.exists() and not args.report.is_dir():
        raise KhabarError(f"--report {args.report}: is a file; expected a folder")
    sources = load_sources(args.sources)
    labeller = Labeller(LABEL_MODELS[args.label_model](sources), args.sources)
    gold = list(read_annotated(args.gold)) if args.gold else []
    sample, pages = _sample(args)
    labeller.fit(sample)
    errors = 0
    with jsonl_writer(args.output) as writer:
        labelled = labeller.label_all(pages, workers=args.workers)
        if args.strict:
            labelled = stop_at_error(labelled)
        for page in tqdm(labelled, unit=" pages", file=sys.stderr, disable=None, desc="label"):
            errors += page.error is not None
            writer.write(page)
    if args.report is not None or gold:
        _tell(_report(labeller, sample, gold, args.label_model), args.report)
    if errors:
        print(f"{pages_with_error(errors)}; see their field 'error'", file=sys.stderr)
    return 3 if errors else 0


def _sample(args: argparse.Namespace) -> tuple[list[Page], Iterator[Page]]:
    """A bounded sample to fit and report on (empty where neither is asked for), and all pages."""
    pages = read_pages(args.pages, Columns.parse(args.column))
    if args.label_model == "majority" and args.report is None and not args.gold:
        return [], pages
    if STANDARD_INPUT in args.pages:  # which can be read only once: its first pages are the sample
        first = list(islice(pages, FIT_PAGES))
        return first, chain(first, pages)
    return sample_pages(pages), read_pages(args.pages, Columns.parse(args.column))


def _report(labeller: Labeller, sample: list[Page], gold: list[Page], chosen: str) -> Report:
    models = {name: model(labeller.sources) for name, model in LABEL_MODELS.items() if gold or name == chosen}
    models[chosen] = labeller.model
    for name in models.keys() - {chosen}:
        Labeller(models[name], labeller.own_sources).fit(sample)
    return report_on(sample, labeller.sources, models, chosen, gold)


def _tell(report: Report, folder: Path | None) -> None:
    print(report, file=sys.stderr)
    if folder is None or folder == Path():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(json.dumps(report.to_dict(), ensure_ascii=False, indent=1), "utf-8")
        (folder / "report.html").write_text(to_html(report), "utf-8")
    except OSError as error:
        raise KhabarError(f"--report {folder}: cannot be written ({error.strerror or error})") from None
