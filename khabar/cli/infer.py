"""Tag pages: who, where, when and how many, and which paragraphs are the report.

  python infer.py page.txt                        on a terminal: a table to read
  python infer.py pages/ -o tagged.jsonl
  python infer.py pages/ -o spans.csv             .csv, .parquet or .xlsx: one row a span; .conll: word and tag
  python infer.py page.txt more.jsonl --model runs/mine -o tagged.jsonl
  cat pages.jsonl | python infer.py - > tagged.jsonl

PAGES are files, folders or globs of .txt, .html, .jsonl and .csv (also as .gz or .zst) and .parquet, or - for JSONL on
standard input. One JSON object a page is written, in the order of the input; tables and columns hold what their kind
can say of it.
Exit code 0: every page is tagged; 3: some pages carry an error; 2: the call or the model is wrong.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from khabar.cli.outputs import open_output
from khabar.cli.progress import count_pages
from khabar.reading import Columns, find_files, read_files, stop_at_error
from khabar.writing import parse_fields

DEFAULT_MODEL = Path(__file__).parents[2] / "models" / "khabar-compact"
_ERRORS_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("pages", nargs="+", metavar="PAGES", help="files, folders, globs, or - for standard input")
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        metavar="FOLDER_OR_HUB_ID",
        help=f"the tagger (default: models/{DEFAULT_MODEL.name}, which ships with khabar)",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="where to write, in the form of its ending (default: stdout)"
    )
    parser.add_argument("--fields", metavar="A,B", help="which fields to write, such as id,spans (default: all)")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help="under which name the input holds id, text, title, published or url (may be repeated)",
    )
    parser.add_argument("--strict", action="store_true", help="stop at the first page with an error (exit code 2)")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 … (default: the GPU when there is one)")
    parser.add_argument("--dtype", default="auto", help="bf16, fp16, fp32 or auto, the fastest here (default: auto)")


def run(args: argparse.Namespace) -> int:
    """Tags the pages; see the module's exit codes."""
    if args.fields is not None:
        parse_fields(args.fields)
    columns = Columns.parse(args.column)
    files = find_files(args.pages)
    total = count_pages(files) if sys.stderr.isatty() else None
    from khabar.tagging import Tagger

    tagger = Tagger.from_pretrained(args.model, device=args.device, dtype=args.dtype)
    print(f"tagging with {args.model} on {tagger.device.description}", file=sys.stderr)
    errors = 0
    with open_output(args.output, args.fields) as write:
        pages = tagger.tag_pages(read_files(files, columns))
        if args.strict:
            pages = stop_at_error(pages)
        bar = tqdm(pages, total=total, unit=" pages", disable=True if total == 1 else None, file=sys.stderr)
        for page in bar:
            errors += page.error is not None
            if page.error is not None and errors <= _ERRORS_SHOWN:
                tqdm.write(f"page {page.id}: {page.error}", file=sys.stderr)
            write(page)
    if errors > _ERRORS_SHOWN:
        print(f"… and {errors - _ERRORS_SHOWN} more pages with an error", file=sys.stderr)
    if args.output is not None:
        print(f"wrote {args.output}" + (f"; {errors} pages carry an error" if errors else ""), file=sys.stderr)
    return 3 if errors else 0
