"""Take in what people corrected: pages to train on, and what was changed.

khabar correct tagged.jsonl project-1.json -o corrected        Label Studio's export (JSON)
khabar correct tagged.jsonl admin.jsonl -o corrected           doccano's export (JSONL)
khabar correct tagged.jsonl to-correct/ -o corrected           annotated pages (text files)
khabar correct tagged.jsonl words.conll -o corrected.jsonl     CoNLL columns, and records instead of annotated pages

TAGGED.jsonl is what was exported for correction: it says what was there before. The folder that is written is one
for train.py data.annotated=FOLDER. A span that breaks the rules (not whole words, overlapping) is refused in one line
on standard error, and the rest is taken in. Exit code 0: all was taken in; 3: something was refused.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from khabar.cli.keeping import keep_inputs
from khabar.exchange.corrections import (
    ADDED,
    KEPT,
    MOVED,
    RECLASSIFIED,
    RELABELLED,
    REMOVED,
    Correction,
    Problem,
    Unseen,
    correct,
)
from khabar.exchange.incoming import KINDS, Matching, read_corrections
from khabar.exporting import ANNOTATED, open_export
from khabar.pages import KhabarError, Page
from khabar.reading import read_records
from khabar.writing import jsonl_writer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("tagged", type=Path, metavar="TAGGED.jsonl", help="the pages as they were exported")
    parser.add_argument(
        "corrections",
        type=Path,
        nargs="+",
        metavar="CORRECTIONS",
        help="files or folders: " + ", ".join(f"{ending} {kind}" for ending, kind in KINDS.items()),
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help="a new folder of annotated pages, or a .jsonl"
    )
    parser.add_argument(
        "--changed", action="store_true", help="take only pages in which something was changed (others were not read)"
    )


def run(args: argparse.Namespace) -> int:
    """Takes the corrections in; see the module's exit codes."""
    keep_inputs(args.output, args.tagged, *args.corrections)
    found = list(read_corrections(args.corrections))
    problems = [item for item in found if isinstance(item, Problem)]
    unseen = sum(isinstance(item, Unseen) for item in found)
    matching = Matching(item for item in found if isinstance(item, Correction))
    taken = changed = written = 0
    changes: Counter[str] = Counter()
    with _writer(args.output) as write:
        for page in read_records(args.tagged):
            if page.error is not None or (correction := matching.take(page)) is None:
                continue
            corrected = correct(page, correction)
            taken += 1
            changed += corrected.changed
            changes += corrected.changes
            problems += corrected.problems
            if corrected.changed or not args.changed:
                try:
                    write(corrected.page)
                    written += 1
                except KhabarError as error:
                    problems.append(Problem(correction.place, str(error)))
    problems += matching.left()
    for place, reason in problems:
        print(f"{place}: {reason}", file=sys.stderr)
    spans = ", ".join(f"{changes[what]} {what}" for what in (KEPT, ADDED, REMOVED, RELABELLED, MOVED))
    print(f"{taken} pages corrected, {changed} of them changed; spans: {spans}; {changes[RECLASSIFIED]} {RECLASSIFIED}")
    if unseen:
        print(f"{unseen} tasks have no annotation that was submitted, and were left out", file=sys.stderr)
    if problems:
        print(f"{len(problems)} refused, see above; put them right there and run this again", file=sys.stderr)
    print(f"wrote {args.output}: {written} pages", file=sys.stderr)
    return 3 if problems else 0


@contextmanager
def _writer(output: Path) -> Iterator[Callable[[Page], object]]:
    if output.suffix.lower() == ".jsonl":
        with jsonl_writer(output) as records:
            yield records.write
    else:
        with open_export(output, ANNOTATED, "") as write:
            yield write
