"""Where tagged pages go: a file of the kind that its ending says, a terminal, or a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from khabar.cli.terminal import page_on_terminal
from khabar.exporting import FORM_OF_ENDING, choose_form, open_export
from khabar.pages import KhabarError, Page
from khabar.resuming import ResumableWriter, Run, resumable_writer
from khabar.writing import is_lines, is_special, jsonl_writer, parse_fields


@dataclass(frozen=True)
class Output:
    """What writes one page; ``resumable`` is set where a run that is cut off can be gone on with."""

    write: Callable[[Page], object]
    resumable: ResumableWriter | None = None


def check_output(output: Path | None, fields: str | None, *, resume: bool) -> None:
    """Raises KhabarError for what :func:`open_output` cannot do, before a model is loaded."""
    parse_fields(fields)
    if output is not None and _is_table(output) and fields is not None:
        raise KhabarError(f"--fields {fields}: chooses fields of JSONL, and {output} has columns; leave it out")
    if output is not None and not (is_special(output) or _is_table(output) or is_lines(output)):
        tables = ", ".join(f".{name}" for name in FORM_OF_ENDING)
        kind = output.suffix.lower()
        raise KhabarError(f"-o {output}: files of kind {kind!r} cannot be written; expected .jsonl, {tables}")
    if resume and (output is None or _is_table(output) or is_special(output)):
        what = "standard output" if output is None else str(output)
        raise KhabarError(f"--resume: {what} cannot be gone on with, only JSONL in a file; write -o tagged.jsonl")


@contextmanager
def open_output(output: Path | None, fields: str | None, run: Run, *, resume: bool = False) -> Iterator[Output]:
    """What writes one page: to a table or CoNLL columns by the file's ending, or else as JSONL with these fields.

    Without a file it is JSONL on standard output; on a terminal, where no fields are named, a table to read.
    ``run`` is what a run must have in common with the one that it resumes.
    """
    if output is None and fields is None and sys.stdout.isatty():
        yield Output(_write_to_terminal)
    elif output is not None and _is_table(output):
        with open_export(output, *choose_form(output)) as write:
            yield Output(lambda page: None if page.error is not None else write(page))
    elif output is None or is_special(output):
        with jsonl_writer(output, parse_fields(fields)) as lines:
            yield Output(lines.write)
    else:
        with resumable_writer(output, run, fields=parse_fields(fields), resume=resume) as records:
            yield Output(records.write, records)


def _is_table(output: Path) -> bool:
    return output.suffix.removeprefix(".").lower() in FORM_OF_ENDING


def _write_to_terminal(page: Page) -> None:
    width = shutil.get_terminal_size().columns
    # Not print: the progress bar stands on the same terminal.
    tqdm.write(page_on_terminal(page, width=width).encode("utf-8", "replace").decode(), file=sys.stdout)
