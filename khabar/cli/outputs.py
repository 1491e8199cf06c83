"""Where tagged pages go: a file of the kind that its ending says, a terminal, or a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from khabar.cli.terminal import page_on_terminal
from khabar.exporting import FORM_OF_ENDING, choose_form, open_export
from khabar.pages import KhabarError, Page
from khabar.writing import jsonl_writer, parse_fields


@contextmanager
def open_output(output: Path | None, fields: str | None = None) -> Iterator[Callable[[Page], object]]:
    """What writes one page: to a table or CoNLL columns by the file's ending, or else as JSONL with these fields.

    Without a file it is JSONL on standard output; on a terminal, where no fields are named, a table to read.
    """
    if output is None and fields is None and sys.stdout.isatty():
        yield _write_to_terminal
    elif output is not None and output.suffix.removeprefix(".").lower() in FORM_OF_ENDING:
        if fields is not None:
            raise KhabarError(f"--fields {fields}: chooses fields of JSONL, and {output} has columns; leave it out")
        with open_export(output, *choose_form(output)) as write:
            yield lambda page: None if page.error is not None else write(page)
    else:
        with jsonl_writer(output, parse_fields(fields)) as records:
            yield records.write


def _write_to_terminal(page: Page) -> None:
    width = shutil.get_terminal_size().columns
    # Not print: the progress bar stands on the same terminal.
    tqdm.write(page_on_terminal(page, width=width).encode("utf-8", "replace").decode(), file=sys.stdout)
