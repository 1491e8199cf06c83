"""Write tagged pages as a table, or for another program to correct.

khabar export tagged.jsonl -o spans.csv                        one row a span
khabar export tagged.jsonl --as events -o events.xlsx          one row a report paragraph
khabar export tagged.jsonl --as label-studio -o tasks.json     and tasks.xml, the labelling configuration
khabar export tagged.jsonl --as annotated -o to-correct        a folder of text files
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from khabar.cli.keeping import keep_inputs
from khabar.cli.terminal import pages_with_error
from khabar.exporting import ANNOTATED, FORMS, choose_form, open_export
from khabar.pages import KhabarError
from khabar.reading import read_records
from khabar.tables.columns import TABLES, to_markdown
from khabar.tables.files import TABLE_FILES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("tagged", type=Path, nargs="?", metavar="TAGGED.jsonl", help="what infer.py or label wrote")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="the file to write (annotated: a new folder)")
    parser.add_argument(
        "--as",
        dest="form",
        choices=FORMS,
        metavar="FORM",
        help="; ".join(f"{name}: {form.purpose}" for name, form in FORMS.items()) + " (default: by OUT's ending)",
    )
    parser.add_argument("--to", choices=TABLE_FILES, help="what kind of file a table is (default: by OUT's ending)")
    parser.add_argument("--bom", action="store_true", help="begin CSV with the mark by which Excel knows UTF-8")
    parser.add_argument("--columns", action="store_true", help="print what the tables' columns hold, and write nothing")


def run(args: argparse.Namespace) -> int:
    """Exports; 0 when every page was written, 3 when some could not be."""
    if args.columns:
        print("\n".join(f"## {name}\n\n{to_markdown(columns)}" for name, columns in TABLES.items()), end="")
        return 0
    if args.tagged is None or args.output is None:
        raise KhabarError("expected TAGGED.jsonl and -o OUT; see khabar export --help")
    keep_inputs(args.output, args.tagged)
    form, ending = choose_form(args.output, args.form, args.to)
    written = pages = errors = faults = 0
    with open_export(args.output, form, ending, bom=args.bom) as write:
        for page in read_records(args.tagged):
            pages += 1
            if page.error is not None:
                errors += 1
                continue
            try:
                written += write(page)
            except KhabarError as error:
                if form != ANNOTATED:
                    raise
                faults += 1
                print(error, file=sys.stderr)
    left_out = f"; {pages_with_error(errors)} left out" if errors else ""
    print(f"wrote {args.output}: {written} {FORMS[form].unit} of {pages} pages{left_out}", file=sys.stderr)
    return 3 if faults else 0
