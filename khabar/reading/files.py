"""Which files hold pages, in a stable order; opening them, compressed or not, as bytes and as lines."""

from __future__ import annotations

import glob
import gzip
import io
import logging
import os
import sys
import zlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from khabar.pages import KhabarError
from khabar.reading.html import require_trafilatura

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

logger = logging.getLogger(__name__)

HTML = (".html", ".htm")
FORMS = (".txt", *HTML, ".jsonl", ".csv", ".parquet")
COMPRESSIONS = (".gz", ".zst")
_EXPECTED = f"{', '.join(FORMS)}, also as {' or '.join(COMPRESSIONS)}"
STANDARD_INPUT = "-"
#: From how much of a file its encoding is told.
SAMPLE_BYTES = 1 << 20
#: More characters than this in one line, one table row or one text file are no page. Memory is bounded by it, whatever
#: a compressed file unpacks to.
LONGEST_LINE = 1 << 26
#: What can happen while a file is read on; :func:`trouble` tells it.
READ_ERRORS = (OSError, EOFError, zlib.error, zstd.ZstdError)


def form_of(path: Path) -> str:
    """The form of the pages in a file by its ending, one of :data:`FORMS`; empty for files of other kinds."""
    form = path.suffix.lower()
    if form in COMPRESSIONS:
        form = Path(path.stem).suffix.lower()
        if form == ".parquet":  # Is compressed in itself, and read from its end.
            return ""
    return form if form in FORMS else ""


def stem_of(path: Path) -> str:
    """The file's name without the endings of form and compression: ``page`` for ``page.txt.gz``."""
    return Path(path.stem).stem if path.suffix.lower() in COMPRESSIONS else path.stem


def find_files(sources: Sequence[str | Path]) -> list[Path | None]:
    """The files that files, folders and globs stand for, in a stable order; None is standard input.

    A folder is walked in the order of its paths. Raises KhabarError for a source that does not exist or is of no known
    kind, and for HTML where the package that reads it is not installed.
    """
    files: list[Path | None] = []
    for source in map(str, sources):
        path = Path(source)
        if not source:
            raise KhabarError("an empty name where pages were expected; is a variable of the shell not set?")
        if source == STANDARD_INPUT:
            files.append(None)
        elif path.is_dir():
            files += _known_files(path, _files_of_folder(path))
        elif path.is_file():
            if not form_of(path):
                kind = "".join(path.suffixes[-2:]) or "without ending"
                raise KhabarError(f"{path}: files of kind {kind!r} cannot be read; expected {_EXPECTED}")
            files.append(path)
        elif path.exists():
            raise KhabarError(f"{path}: no regular file; give files or folders, or - for JSONL on standard input")
        elif matches := sorted(glob.glob(source, recursive=True)):  # noqa: PTH207  (Path.glob takes no absolute pattern)
            files += _known_files(path, _files_of_matches([Path(match) for match in matches]))
        else:
            raise KhabarError(f"{source}: no such file or folder; give files, folders or globs of {_EXPECTED}")
    if not files:
        raise KhabarError(f"no pages in {', '.join(map(str, sources))}; expected files of {_EXPECTED}")
    if html := next((path for path in files if path is not None and form_of(path) in HTML), None):
        require_trafilatura(str(html))
    return files


def _files_of_folder(folder: Path) -> list[Path]:
    """All that is in a folder; a folder inside it that cannot be read stands for itself, so that reading it tells."""
    unreadable: list[Path] = []
    paths = [
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=lambda error: unreadable.append(Path(error.filename)))
        for name in names
    ]
    return sorted([*paths, *unreadable])


def _files_of_matches(matches: list[Path]) -> list[Path]:
    """The matches of a glob, folders among them walked; a file that is matched twice (``**``) is there once."""
    found = (inner for match in matches for inner in (_files_of_folder(match) if match.is_dir() else [match]))
    return list(dict.fromkeys(found))


def _known_files(source: Path, files: list[Path]) -> list[Path]:
    """The files that hold pages; the others are counted and named in a warning."""
    known = [path for path in files if path.is_dir() or (form_of(path) and (path.is_file() or path.is_symlink()))]
    taken = set(known)
    if others := Counter(path.suffix or path.name for path in files if path not in taken):
        kinds = ", ".join(f"{count} × {kind}" for kind, count in others.most_common(5))
        logger.warning("%s: %d files are not pages and were left out (%s)", source, others.total(), kinds)
    return known


def open_file(path: Path) -> BinaryIO:
    """The file's bytes, unpacked as they are read; raises one of :data:`READ_ERRORS`, now or while reading."""
    match path.suffix.lower():
        case ".gz":
            return io.BufferedReader(_Unpacked(gzip.open(path)), SAMPLE_BYTES)
        case ".zst":
            return io.BufferedReader(_Unpacked(zstd.open(path)), SAMPLE_BYTES)
        case _:
            return path.open("rb", buffering=SAMPLE_BYTES)


class _Unpacked(io.RawIOBase):
    """The bytes of a compressed file; where it is damaged, all that came out of it before is given first."""

    def __init__(self, file: gzip.GzipFile | zstd.ZstdFile) -> None:
        self._file = file
        self._trouble: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._trouble is not None:
            raise self._trouble
        view = memoryview(buffer)
        filled = 0
        while filled < len(view):
            try:
                data = self._file.read1(len(view) - filled)
            except READ_ERRORS as error:
                if not filled:
                    raise
                self._trouble = error
                break
            if not data:
                break
            view[filled : filled + len(data)] = data
            filled += len(data)
        return filled

    def close(self) -> None:
        self._file.close()
        super().close()


def trouble(error: Exception) -> str:
    """One of :data:`READ_ERRORS` in words."""
    if isinstance(error, gzip.BadGzipFile | zlib.error | zstd.ZstdError):
        return f"not a compressed file that can be unpacked: {error}"
    if isinstance(error, EOFError):
        return "the compressed file ends too early"
    return str(getattr(error, "strerror", None) or error)


class TooLongError(Exception):
    """A line of more than :data:`LONGEST_LINE` characters, or a table row that goes on for so long."""

    def __str__(self) -> str:
        return f"longer than {LONGEST_LINE} characters"


class Lines(Iterator[str]):
    """The lines of a text with their ends; ``number`` is that of the line given last, from 1.

    A line that is too long raises TooLongError, once, and the next one follows. So does the line with which those since
    :meth:`mark` are too long together.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.number = 0
        self._since_mark: list[str] = []
        self._again: deque[str] = deque()
        self._held = 0

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._file.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LONGEST_LINE:
            while not line.endswith(("\n", "\r")) and (line := self._file.readline(LONGEST_LINE)):
                pass
            line = "\n"
            self._held = LONGEST_LINE
        self._since_mark.append(line)
        self._held += len(line)
        if self._held > LONGEST_LINE:
            raise TooLongError
        return line

    def peek(self) -> str:
        """The line that comes next, and still will; empty at the end."""
        if not self._again:
            self._again.append(self._file.readline(LONGEST_LINE + 1))
        return self._again[0]

    def mark(self) -> None:
        """Lines are held from here on, so that they can come again; those from before are let go."""
        self._since_mark.clear()
        self._held = 0

    def back_to_second_line(self) -> None:
        """The lines since the mark come again, but for the first."""
        again = self._since_mark[1:]
        self._again.extendleft(reversed(again))
        self.number -= len(again)
        self.mark()
