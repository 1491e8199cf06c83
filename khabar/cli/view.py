"""Make one HTML file to look at tagged pages: their spans in the text, and a summary with a map and a time line.

khabar view tagged.jsonl -o report.html
khabar view tagged.jsonl -o report.html --language en
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from khabar.cli.keeping import keep_inputs
from khabar.pages import KhabarError
from khabar.views.page_view import LANGUAGES, write_page_view
from khabar.views.viewed import read_viewed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("tagged", type=Path, metavar="TAGGED.jsonl", help="what infer.py wrote")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.html", help="where to write")
    parser.add_argument("--title", help="heading of the view (default: the input's name)")
    parser.add_argument(
        "--language", choices=LANGUAGES, default=LANGUAGES[0], help="of buttons and headings (default: %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    """Writes the view; 0 also where pages carry an error, which the view shows."""
    keep_inputs(args.output, args.tagged)
    pages = list(read_viewed(args.tagged))
    if not pages:
        raise KhabarError(f"{args.tagged}: holds no page; expected JSONL as infer.py writes it")
    size = write_page_view(pages, args.output, title=args.title or args.tagged.name, language=args.language)
    print(f"wrote {args.output}: {len(pages):,} pages, {size / 1e6:.1f} MB", file=sys.stderr)
    return 0
