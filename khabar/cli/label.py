"""``khabar label``: pages -> weak labels by rules, and a report about the rules."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

from tqdm import tqdm

from khabar.pages import Page
from khabar.reading import STANDARD_INPUT, Columns, read_pages
from khabar.weak.label_model import LearnedModel
from khabar.weak.labelling import FIT_PAGES, Labeller, sample_pages
from khabar.weak.majority import MajorityVote
from khabar.weak.sources import load_sources
from khabar.weak.votes import LabelModel, SourceSet
from khabar.writing import jsonl_writer

HELP = "annotate pages by labelling functions (weak labels), and report about them"
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
    parser.add_argument("--sources", type=Path, metavar="FILE", help="sources of your own (.py or .yaml)")
    parser.add_argument(
        "--report",
        nargs="?",
        const="",
        metavar="FOLDER",
        help="tell how the sources did, on stderr; with a folder also as report.json and report.html",
    )
    parser.add_argument("--gold", type=Path, metavar="DIR", help="annotated pages to measure the sources on")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")


def _fit(labeller: Labeller, args: argparse.Namespace, columns: Columns) -> Iterator[Page]:
    """Fits the label model on a bounded sample, and gives all pages."""
    pages = read_pages(args.pages, columns)
    if args.label_model == "majority":
        return pages
    if STANDARD_INPUT in args.pages:  # which can be read only once: its first pages are the sample
        first = list(islice(pages, FIT_PAGES))
        labeller.fit(first)
        return chain(first, pages)
    labeller.fit(sample_pages(pages))
    return read_pages(args.pages, columns)


def run(args: argparse.Namespace) -> int:
    """Labels the pages; 0 when every page was labelled, 3 when some carry an error."""
    sources = load_sources(args.sources)
    model = LABEL_MODELS[args.label_model](sources)
    labeller = Labeller(model, args.sources)
    columns = Columns.parse(args.column)
    pages = _fit(labeller, args, columns)
    errors = 0
    with jsonl_writer(args.output) as writer:
        labelled = labeller.label_all(pages, workers=args.workers)
        for page in tqdm(labelled, unit=" pages", file=sys.stderr, disable=None, desc="label"):
            errors += page.error is not None
            writer.write(page)
    if errors:
        print(f"{errors} pages carry an error; see their field 'error'", file=sys.stderr)
    return 3 if errors else 0
