"""Measure khabar on this machine.

khabar bench label PAGES…          words a second of all labelling sources and the label model, on one core
khabar bench values CASES.jsonl…   how many times and numbers are read right, and how many a second
"""

from __future__ import annotations

import argparse
import time
from itertools import islice
from pathlib import Path

from khabar.reading import read_pages
from khabar.text import words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    benches = parser.add_subparsers(dest="bench", required=True, metavar="WHAT")
    label = benches.add_parser("label", help="speed of weak labelling")
    label.add_argument("pages", nargs="+", metavar="PAGES", help="files, folders or globs")
    label.add_argument("--most", type=int, default=500, metavar="N", help="pages to measure on (default: %(default)s)")
    values = benches.add_parser("values", help="how right and how fast values are read")
    values.add_argument(
        "cases", type=Path, nargs="+", metavar="CASES.jsonl", help="expressions with their values, one a line"
    )
    values.add_argument(
        "--beside", action="store_true", help="compare with dateparser and puckling, so far as they are installed"
    )


def run(args: argparse.Namespace) -> int:
    """Runs the chosen bench and prints what it measured."""
    if args.bench == "label":
        print(_label(args.pages, args.most))
    else:
        from khabar.cli.bench_values import run as bench_values

        print(bench_values(*args.cases))
        if args.beside:
            from khabar.cli.bench_beside import compare

            print(f"\n{compare(*args.cases)}")
    return 0


def _label(sources: list[str], most: int) -> str:
    from khabar.weak.labelling import Labeller
    from khabar.weak.majority import MajorityVote
    from khabar.weak.sources import load_sources

    pages = [page for page in islice(read_pages(sources), most) if page.error is None]
    labeller = Labeller(MajorityVote(load_sources()))
    for page in pages[:20]:  # tables are read when they are first asked for
        labeller.label(page)
    count = sum(len(words(page.text)) for page in pages)
    wall, cpu = time.perf_counter(), time.process_time()
    for page in pages:
        labeller.label(page)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return (
        f"{len(pages)} pages, {count} words, all sources and majority vote, one core: "
        f"{count / wall:,.0f} words a second by the clock, {count / cpu:,.0f} of computing time"
    )
