"""Measure khabar on this machine.

khabar bench tag PAGES…            speed of tagging, beside the encoder alone and the stock pipeline
khabar bench growth PAGES…         how time grows with a page's length, and memory with the number of pages
khabar bench start                 how long an import and the first tagged page take
khabar bench label PAGES…          words a second of all labelling sources and the label model, on one core
khabar bench values CASES.jsonl…   how many times and numbers are read right, and how many a second
"""

from __future__ import annotations

import argparse
import time
from itertools import islice
from pathlib import Path

from khabar.cli.infer import DEFAULT_MODEL
from khabar.reading import read_pages
from khabar.text import words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    benches = parser.add_subparsers(dest="bench", required=True, metavar="WHAT")
    tag = benches.add_parser("tag", help="speed of tagging")
    _add_tagger(tag)
    tag.add_argument("--most", type=int, default=2000, metavar="N", help="pages to tag (default: %(default)s)")
    tag.add_argument(
        "--beside",
        type=int,
        default=200,
        metavar="N",
        help="of them, pages for the stock pipeline (default: %(default)s)",
    )
    tag.add_argument(
        "--plain",
        type=int,
        default=20,
        metavar="N",
        help="of them, pages for the pipeline as people call it: fp32, one by one (default: %(default)s)",
    )
    growth = benches.add_parser("growth", help="how time and memory grow")
    _add_tagger(growth)
    growth.add_argument(
        "--figures", type=Path, metavar="OUT.svg", help="draw them too, as a picture (default: a table only)"
    )
    start = benches.add_parser("start", help="how long the first page takes")
    start.add_argument("--model", default=DEFAULT_MODEL, metavar="FOLDER_OR_HUB_ID", help="the tagger")
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


def _add_tagger(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pages", nargs="+", metavar="PAGES", help="files, folders or globs")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="FOLDER_OR_HUB_ID", help="the tagger")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 … (default: the GPU when there is one)")
    parser.add_argument("--dtype", default="auto", help="bf16, fp16, fp32 or auto, the fastest here (default: auto)")


def run(args: argparse.Namespace) -> int:
    """Runs the chosen bench and prints what it measured."""
    if args.bench == "label":
        print(_label(args.pages, args.most))
    elif args.bench == "tag":
        from khabar.cli.bench_tag import measure

        options = {"device": args.device, "dtype": args.dtype}
        print(measure(args.pages, args.model, most=args.most, beside=args.beside, plain=args.plain, **options))
    elif args.bench == "growth":
        from khabar.cli.bench_growth import measure_growth

        growth = measure_growth(args.pages, args.model, device=args.device, dtype=args.dtype)
        print(growth)
        if args.figures is not None:
            args.figures.write_text(growth.picture(), "utf-8")
    elif args.bench == "start":
        from khabar.cli.bench_start import measure_start

        print(measure_start(args.model))
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
