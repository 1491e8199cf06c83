"""Pages -> JSONL, a line a page, beside its final name until it is whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from khabar.pages import FIELDS, KhabarError, Page


def parse_fields(given: str | None) -> tuple[str, ...]:
    """The fields to write from a comma-separated list; raises KhabarError for one that does not exist."""
    if given is None:
        return FIELDS
    chosen = [name.strip() for name in given.split(",") if name.strip()]
    if unknown := [name for name in chosen if name not in FIELDS]:
        raise KhabarError(f"--fields: {', '.join(unknown)} is not a field; expected some of {', '.join(FIELDS)}")
    if not chosen:
        raise KhabarError(f"--fields: empty; expected some of {', '.join(FIELDS)}")
    return tuple(name for name in FIELDS if name in chosen)


class JsonlWriter:
    """Writes records to an open file, one JSON object a line."""

    def __init__(self, file: TextIO, fields: Sequence[str] = FIELDS) -> None:
        self._file = file
        self._fields = fields

    def write(self, page: Page) -> None:
        self._file.write(json_line(page.to_dict(self._fields)))


def json_line(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON that UTF-8 can hold."""
    line = json.dumps(record, ensure_ascii=False, allow_nan=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        # A lone surrogate cannot be UTF-8; JSON can still say it, as an escape.
        line = json.dumps(record)
    return line + "\n"


@contextmanager
def jsonl_writer(output: Path | None, fields: Sequence[str] = FIELDS) -> Iterator[JsonlWriter]:
    """A writer to a file, which takes its final name only when everything is written, or to standard output (None)."""
    if output is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        yield JsonlWriter(sys.stdout, fields)
        sys.stdout.flush()
        return
    with beside(output) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        yield JsonlWriter(file, fields)


@contextmanager
def beside(output: Path) -> Iterator[Path]:
    """A name beside a file's final one, which what is written there takes when the block ends without an error.

    Raises KhabarError where the file is a folder or cannot be written.
    """
    if output.is_dir() or not output.name:
        raise KhabarError(f"-o {output}: is a folder; give a file's name, such as {output / 'tagged.jsonl'}")
    partial = output.with_name(output.name + ".part")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(output)
    except OSError as error:
        raise KhabarError(f"{output}: cannot be written ({error.strerror or error}); choose another -o") from None
