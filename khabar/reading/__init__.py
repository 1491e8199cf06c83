"""Files, folders, globs and standard input -> pages, one after the other, nothing dropped.

What cannot be read becomes a page that carries an ``error`` and keeps its place.
"""

from __future__ import annotations

import json
import logging
import sys
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from khabar.pages import FIELDS, KhabarError, Page
from khabar.reading.charset import MARKING, NAMES, UTF8, decode, detect, fault, no_text
from khabar.reading.files import (
    HTML,
    LONGEST_LINE,
    READ_ERRORS,
    SAMPLE_BYTES,
    STANDARD_INPUT,
    Lines,
    TooLongError,
    find_files,
    form_of,
    open_file,
    stem_of,
    trouble,
)
from khabar.reading.html import page_of_html
from khabar.reading.records import Columns, page_of_record
from khabar.reading.tables import read_csv, read_jsonl, read_parquet
from khabar.text import iter_words

__all__ = [
    "LONGEST_PAGE",
    "STANDARD_INPUT",
    "Columns",
    "find_files",
    "page_of_record",
    "read_files",
    "read_pages",
    "read_records",
    "stop_at_error",
]

logger = logging.getLogger(__name__)

#: More characters than this are no page.
LONGEST_PAGE = 10_000_000
_ENCODINGS_TOLD = 10


def read_pages(sources: Sequence[str | Path], columns: Columns | None = None) -> Iterator[Page]:
    """The pages of files, folders, globs or ``-`` (JSONL on standard input); see :func:`read_files`.

    Raises KhabarError, before the first page is asked for, for a source that is not there.
    """
    return read_files(find_files(sources), columns or Columns())


def read_files(files: Sequence[Path | None], columns: Columns) -> Iterator[Page]:
    """The pages of files (None is standard input), one after the other; one that cannot be read has an ``error``.

    Pages of the same id are all given, and named in one warning; so are encodings other than UTF-8.
    """
    return _Reader(columns).read(files)


def stop_at_error(pages: Iterable[Page]) -> Iterator[Page]:
    """The pages, up to the first that carries an error; raises KhabarError there."""
    for page in pages:
        if page.error is not None:
            raise KhabarError(f"page {page.id}: {page.error} (--strict: stopped at the first page with an error)")
        yield page


class _Reader:
    """Reads files, and remembers what is to be told about them all."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._encodings: Counter[str] = Counter()

    def read(self, files: Iterable[Path | None]) -> Iterator[Page]:
        seen: set[str] = set()
        repeated: Counter[str] = Counter()
        for path in files:
            empty = True
            for page in self._read_file(path):
                empty = False
                if page.id in seen:
                    repeated[page.id] += 1
                seen.add(page.id)
                _judge(page)
                yield page
            if empty:
                logger.warning("%s: holds no page", path or "standard input")
        if repeated:
            logger.warning(
                "%d pages repeat the id of an earlier page (first: %r); all are kept in their places, "
                "give each page its own id to tell them apart",
                repeated.total(),
                next(iter(repeated)),
            )
        if self._encodings.total() > _ENCODINGS_TOLD:
            counts = ", ".join(f"{count} × {name}" for name, count in self._encodings.most_common())
            logger.warning("%d files were not read as UTF-8 (%s)", self._encodings.total(), counts)

    def _read_file(self, path: Path | None) -> Iterator[Page]:
        if path is None:
            yield from self._read_lines(sys.stdin.buffer, "standard input", "standard input", ".jsonl")
            return
        stem, form = stem_of(path), form_of(path)
        if form == ".parquet":
            yield from read_parquet(path, self._columns, stem=stem)
            return
        try:
            file = open_file(path)
        except READ_ERRORS as error:
            yield Page(stem, "", error=f"{path}: cannot be read ({trouble(error)}); check the file")
            return
        with file:
            if form in (".jsonl", ".csv"):
                yield from self._read_lines(file, str(path), stem, form)
            else:
                yield self._read_whole(file, str(path), stem, html=form in HTML)

    def _read_whole(self, file: BinaryIO, name: str, stem: str, *, html: bool) -> Page:
        try:
            raw = file.read(LONGEST_LINE + 1)
            if len(raw) > LONGEST_LINE:
                raise KhabarError(str(TooLongError()))
            text, codec = decode(raw, html=html)
            if error := fault(text, codec):
                kind = no_text(raw)
                raise KhabarError(error if kind is None else f"is {kind}, not text; give the text in it")
            self._tell(name, codec)
            return page_of_html(text, page_id=stem) if html else Page(stem, text)
        except READ_ERRORS as error:
            return Page(stem, "", error=f"{name}: cannot be read ({trouble(error)}); check the file")
        except KhabarError as error:
            return Page(stem, "", error=f"{name}: {error}")

    def _read_lines(self, file: BinaryIO, name: str, stem: str, form: str) -> Iterator[Page]:
        buffered = file if isinstance(file, BufferedReader) else BufferedReader(file)  # type: ignore[type-var]
        try:
            sample = buffered.peek(SAMPLE_BYTES)
            codec = detect(sample, whole=False)
        except READ_ERRORS as error:
            yield Page(stem, "", error=f"{name}: cannot be read ({trouble(error)}); check the file")
            return
        self._tell(name, codec)
        # In JSON a carriage return is white space; in CSV it may end a row.
        read, newline = (read_jsonl, "\n") if form == ".jsonl" else (read_csv, "")
        # Python's reader of UTF-8 with a byte order mark loses a file that is the beginning of one.
        marked = codec != UTF8 or sample.startswith(BOM_UTF8)
        text = TextIOWrapper(buffered, codec if marked else "utf-8", MARKING, newline=newline)
        lines = Lines(text)
        try:
            yield from read(lines, self._columns, name=name, stem=stem, codec=codec)
        except READ_ERRORS as error:
            number = lines.number + 1
            told = f"{name}, line {number}: cannot be read on ({trouble(error)}); check the file"
            yield Page(f"{stem}-{number}", "", error=told)
        finally:
            text.detach()

    def _tell(self, name: str, codec: str) -> None:
        if codec == UTF8:
            return
        encoding = NAMES.get(codec, codec)
        self._encodings[encoding] += 1
        if self._encodings.total() <= _ENCODINGS_TOLD:
            logger.warning("%s: read as %s, not UTF-8", name, encoding)


def _judge(page: Page) -> None:
    """Gives an error to a page that has nothing to tag, or too much."""
    if page.error is not None:
        return
    if len(page.text) > LONGEST_PAGE:
        page.error = f"the page has {len(page.text)} characters, more than {LONGEST_PAGE}; split it"
        page.text = ""
    elif next(iter_words(page.text), None) is None:
        page.error = "the page is empty: no visible character, nothing to tag"


def read_records(path: Path) -> Iterator[Page]:
    """The records that khabar wrote (``infer.py`` or ``khabar label``), with their paragraphs and spans.

    Raises KhabarError at a line that is no such record.
    """
    if not path.exists() or path.is_dir():
        found = "a folder" if path.is_dir() else "no such file"
        raise KhabarError(f"{path}: {found}; expected JSONL as infer.py or 'khabar label' writes it")
    try:
        with open_file(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _record(line, f"{path}, line {number}")
    except READ_ERRORS as error:
        raise KhabarError(f"{path}: cannot be read ({trouble(error)}); check the file") from None


def _record(line: bytes, place: str) -> Page:
    try:
        record = json.loads(line)
        if not isinstance(record, dict) or not {"id", "text", "paragraphs", "spans"} <= record.keys():
            raise KhabarError(f"expected an object with {', '.join(FIELDS)}")
        return Page.from_dict(record)
    except (ValueError, RecursionError, KhabarError) as error:
        raise KhabarError(f"{place}: no record of khabar's output ({error})") from None
