"""Print tagged pages as a table: the report paragraphs' actors, places, times and counts.

khabar show tagged.jsonl
khabar show tagged.jsonl --all       boilerplate paragraphs too
"""

from __future__ import annotations

import argparse
import sys
from io import TextIOWrapper
from pathlib import Path

from khabar.cli.terminal import isolated
from khabar.pages import KhabarError, Page, Span
from khabar.reading import read_records

_HEADINGS = {"ACTOR": "actors", "LOCATION": "places", "TIME": "times", "COUNT": "counts"}
_BEGINNING = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("tagged", type=Path, metavar="TAGGED.jsonl", help="what infer.py wrote")
    parser.add_argument("--all", action="store_true", help="show boilerplate paragraphs too")


def run(args: argparse.Namespace) -> int:
    """Prints the table."""
    if isinstance(sys.stdout, TextIOWrapper):
        # What a terminal cannot show, a lone surrogate say, is shown by its number.
        sys.stdout.reconfigure(errors="backslashreplace")
    empty = True
    for page in read_records(args.tagged):
        print(page_table(page, everything=args.all))
        empty = False
    if empty:
        raise KhabarError(f"{args.tagged}: holds no page; expected JSONL as infer.py writes it")
    return 0


def page_table(page: Page, *, everything: bool = False) -> str:
    """One page's report paragraphs (or all) that hold spans, with what was found in each."""
    report = sum(paragraph.label == "report" for paragraph in page.paragraphs)
    head = f"{page.id}: {report} report paragraphs of {len(page.paragraphs)}"
    lines = [f"{head}, published {page.published}" if page.published else head]
    if page.error:
        lines.append(f"  error: {page.error}")
    spans_of = page.spans_by_paragraph()
    for index, paragraph in enumerate(page.paragraphs):
        spans = spans_of.get(index, [])
        if not spans or not (everything or paragraph.label == "report"):
            continue
        lines.append(f"  {index:>3}  {isolated(_shorten(page.text[paragraph.start : paragraph.end]))}")
        for label, heading in _HEADINGS.items():
            if found := [_describe(span) for span in spans if span.label == label]:
                lines.append(f"       {heading:7} " + " | ".join(dict.fromkeys(found)))
    return "\n".join(lines) + "\n"


def _shorten(text: str) -> str:
    return text if len(text) <= _BEGINNING else text[:_BEGINNING].rsplit(" ", 1)[0] + "…"


def _describe(span: Span) -> str:
    shown = isolated(span.text)
    value = span.value or {}
    for name in ("timex", "number"):
        if value.get(name) is not None:
            return f"{shown} = {value[name]}"
    return shown
