"""Pages -> JSONL, a line a page, beside its final name until it is whole."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any

from khabar.pages import FIELDS, KhabarError, Page

if sys.platform != "win32":
    import fcntl

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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


def json_line(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON that UTF-8 can hold."""
    line = json.dumps(record, ensure_ascii=False, allow_nan=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        # A lone surrogate cannot be UTF-8; JSON can still say it, as an escape.
        line = json.dumps(record)
    return line + "\n"


class JsonlWriter:
    """Writes pages, one JSON object a line, each as soon as it comes."""

    def __init__(self, write_line: Callable[[str], object], fields: Sequence[str] = FIELDS) -> None:
        self._write_line = write_line
        self._fields = fields

    def write(self, page: Page) -> None:
        self._write_line(json_line(page.to_dict(self._fields)))


@contextmanager
def jsonl_writer(output: Path | None, fields: Sequence[str] = FIELDS) -> Iterator[JsonlWriter]:
    """A writer to a file, which takes its final name only when everything is written, or to standard output (None).

    Raises KhabarError where it cannot be written.
    """
    if output is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        yield JsonlWriter(_to_standard_output, fields)
        return
    with beside(output) as partial, LineFile(partial) as file:
        yield JsonlWriter(file.write, fields)


def _to_standard_output(line: str) -> None:
    with telling("standard output"):
        sys.stdout.write(line)
        sys.stdout.flush()


class LineFile:
    """A file of lines, each handed to the operating system before the next; a fault within a line takes it back.

    ``keep``: how many bytes of what the file holds stay; lines are added behind them.
    """

    def __init__(self, path: Path, *, keep: int = 0) -> None:
        self._path = path
        with telling(path):
            # Unbuffered, so that nothing is left to be written by a process that is ended.
            self._file = path.open("ab", buffering=0)
            if path.is_file():
                self._file.truncate(keep)
        self.size = keep

    def write(self, line: str) -> None:
        """Raises KhabarError where it cannot be written, such as on a full disk."""
        content = line.encode("utf-8")
        rest = memoryview(content)
        with telling(self._path):
            while rest:
                rest = rest[self._file.write(rest) :]
        self.size += len(content)

    def sync(self) -> None:
        """Returns when what was written would outlast a power cut."""
        with telling(self._path):
            os.fsync(self._file.fileno())

    def __enter__(self) -> LineFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._file:
            if error is not None and self._path.is_file():
                self._file.truncate(self.size)


@contextmanager
def beside(output: Path) -> Iterator[Path]:
    """A name beside a file's final one, which what is written there takes when the block ends without an error.

    A device or a pipe is written to as it is. Raises KhabarError where the output is a folder, cannot be written, or is
    being written by another process.
    """
    with telling(output):
        if output.is_dir() or not output.name:
            raise KhabarError(f"-o {output}: is a folder; give a file's name, such as {output / 'tagged.jsonl'}")
        if is_special(output):
            yield output
            return
        final = output.resolve()
        partial = final.with_name(final.name + ".part")
        final.parent.mkdir(parents=True, exist_ok=True)
        with _locked(partial):
            yield partial
            partial.replace(final)


#: Endings of JSONL.
_ENDINGS_OF_LINES = ("", ".jsonl", ".json", ".ndjson")


def is_lines(output: Path) -> bool:
    """Whether a file's ending is one of JSONL, or there is none."""
    return output.suffix.lower() in _ENDINGS_OF_LINES


def is_special(output: Path) -> bool:
    """Whether there is something of this name that is no file: a device such as ``/dev/null``, or a pipe."""
    return output.exists() and not output.is_file()


@contextmanager
def _locked(partial: Path) -> Iterator[None]:
    """Keeps other processes from writing the same file.

    The lock is on the file itself and the kernel's: it ends with the process, even one that is killed, so that no
    leftover of a lock has to be told from a held one. Windows has none of the kind, and would not rename an open file.
    """
    if sys.platform == "win32":
        yield
        return
    with partial.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between opening and locking, the other one may have finished, and given the file its final name.
            ours = partial.exists() and os.path.samestat(os.fstat(file.fileno()), partial.stat())
        except BlockingIOError:
            ours = False
        if not ours:
            raise KhabarError(f"{partial}: another process is writing it; wait for its end, or choose another -o")
        yield


@contextmanager
def telling(output: object) -> Iterator[None]:
    """Turns errors of writing into one line about the output; a closed pipe is left to those who know its reader."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        remedy = "make room, or choose another -o" if error.errno in _FULL else "choose another -o"
        raise KhabarError(f"{output}: cannot be written ({error.strerror or error}); {remedy}") from None
