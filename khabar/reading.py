"""Files, folders, globs and standard input -> pages, one after the other, nothing dropped.

What cannot be read becomes a page that carries an ``error`` and keeps its place. A folder is walked in the order
of its paths; files of other kinds in it are counted and named in a warning.
"""

from __future__ import annotations

import csv
import glob
import json
import logging
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from khabar.pages import FIELDS, KhabarError, Page
from khabar.text import iter_words

logger = logging.getLogger(__name__)

SUFFIXES = (".txt", ".jsonl", ".csv", ".parquet")
STANDARD_INPUT = "-"
#: What khabar itself writes into a record; in an input record it is replaced, never taken for the user's data.
_OUTPUT_ONLY = {"paragraphs", "spans", "words", "error"}


@dataclass(frozen=True)
class Columns:
    """Under which names JSONL, CSV and Parquet hold a page's fields."""

    id: str = "id"
    text: str = "text"
    title: str = "title"
    published: str = "published"
    url: str = "url"

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> Columns:
        """Columns from ``field=name`` pairs as given on the command line; raises KhabarError for another form."""
        names = {}
        for pair in pairs:
            name, equals, column = pair.partition("=")
            if not equals or not column or name not in cls.__dataclass_fields__:
                known = ", ".join(cls.__dataclass_fields__)
                raise KhabarError(f"column {pair!r}: expected FIELD=NAME with one of the fields {known}")
            names[name] = column
        return cls(**names)


def find_files(sources: Sequence[str | Path]) -> list[Path | None]:
    """The files that files, folders and globs stand for, in a stable order; None is standard input.

    Raises KhabarError for a source that does not exist or is of no known kind.
    """
    files: list[Path | None] = []
    for source in map(str, sources):
        path = Path(source)
        if source == STANDARD_INPUT:
            files.append(None)
        elif path.is_dir():
            files += _files_of_folder(path)
        elif path.is_file():
            files.append(_known_kind(path))
        elif matches := sorted(glob.glob(source, recursive=True)):  # noqa: PTH207  (Path.glob takes no absolute pattern)
            files += [_known_kind(Path(match)) for match in matches if Path(match).is_file()]
        else:
            raise KhabarError(
                f"{source}: no such file or folder; give files, folders or globs of {', '.join(SUFFIXES)}"
            )
    if not files:
        raise KhabarError(f"no pages in {', '.join(map(str, sources))}; expected files of {', '.join(SUFFIXES)}")
    return files


def _files_of_folder(folder: Path) -> list[Path | None]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    known: list[Path | None] = [path for path in files if path.suffix.lower() in SUFFIXES]
    if others := Counter(path.suffix or path.name for path in files if path.suffix.lower() not in SUFFIXES):
        kinds = ", ".join(f"{count} × {kind}" for kind, count in others.most_common(5))
        logger.warning("%s: %d files are not pages and were left out (%s)", folder, others.total(), kinds)
    return known


def _known_kind(path: Path) -> Path:
    if path.suffix.lower() not in SUFFIXES:
        raise KhabarError(
            f"{path}: files of kind {path.suffix or 'without ending'!r} cannot be read; expected {', '.join(SUFFIXES)}"
        )
    return path


def read_pages(sources: Sequence[str | Path], columns: Columns | None = None) -> Iterator[Page]:
    """The pages of files, folders, globs or ``-`` (JSONL on standard input); see :func:`read_files`.

    Raises KhabarError, before the first page is asked for, for a source that is not there.
    """
    return read_files(find_files(sources), columns or Columns())


def read_files(files: Sequence[Path | None], columns: Columns) -> Iterator[Page]:
    """The pages of files (None is standard input), one after the other; one that cannot be read has an ``error``.

    Pages of the same id are all given, and named in one warning.
    """
    seen: set[str] = set()
    repeated: Counter[str] = Counter()
    for path in files:
        empty = True
        for page in _read_file(path, columns):
            empty = False
            if page.id in seen:
                repeated[page.id] += 1
            seen.add(page.id)
            if page.error is None and next(iter_words(page.text), None) is None:
                page.error = "the page is empty: no visible character, nothing to tag"
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


def _read_file(path: Path | None, columns: Columns) -> Iterator[Page]:
    if path is None:
        yield from _read_jsonl(sys.stdin.buffer, "standard input", columns)
        return
    try:
        match path.suffix.lower():
            case ".txt":
                yield _read_text(path)
            case ".jsonl":
                with path.open("rb") as file:
                    yield from _read_jsonl(file, path.stem, columns)
            case ".csv":
                yield from _read_csv(path, columns)
            case ".parquet":
                yield from _read_parquet(path, columns)
    except OSError as error:
        yield Page(path.stem, "", error=f"{path}: cannot be read ({error.strerror or error}); check the file")


def _read_text(path: Path) -> Page:
    raw = path.read_bytes()
    try:
        return Page(path.stem, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Page(path.stem, "", error=_not_utf8(str(path), error.start))


def _not_utf8(place: str, at: int) -> str:
    return f"{place}: byte {at} is not UTF-8; save the page as UTF-8"


def _read_jsonl(file: BinaryIO, stem: str, columns: Columns) -> Iterator[Page]:
    for number, line in enumerate(file, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        place, page_id = f"{stem}, line {number}", f"{stem}-{number}"
        try:
            record = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            yield Page(page_id, "", error=_not_utf8(place, error.start))
            continue
        except (ValueError, RecursionError) as error:
            yield Page(page_id, "", error=f"{place}: not JSON ({error}); expected one object a line")
            continue
        if not isinstance(record, dict):
            yield Page(page_id, "", error=f"{place}: a JSON {type(record).__name__}, expected an object with 'text'")
            continue
        yield page_of_record(record, columns, page_id=page_id, place=place)


def _read_csv(path: Path, columns: Columns) -> Iterator[Page]:
    csv.field_size_limit(sys.maxsize)
    # Undecodable bytes come through as lone surrogates, so that one bad row does not stop the file.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.DictReader(file, restkey="", strict=True)
        number = 0
        try:
            for number, row in enumerate(rows, 1):
                place, page_id = f"{path}, row {number}", f"{path.stem}-{number}"
                page = page_of_record(row, columns, page_id=page_id, place=place)
                if any("\udc80" <= character <= "\udcff" for character in page.text):
                    page = Page(
                        page.id.encode("utf-8", "replace").decode(),
                        "",
                        error=f"{place}: not UTF-8; save the file as UTF-8",
                    )
                yield page
        except csv.Error as error:
            place = f"{path}, row {number + 1}"
            yield Page(
                f"{path.stem}-{number + 1}", "", error=f"{place}: not CSV ({error}); the file is read up to here"
            )


def _read_parquet(path: Path, columns: Columns) -> Iterator[Page]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(path)
        number = 0
        for batch in table.iter_batches(batch_size=1000):
            for record in batch.to_pylist():
                number += 1
                page_id = f"{path.stem}-{number}"
                yield page_of_record(record, columns, page_id=page_id, place=f"{path}, row {number}")
    except pyarrow.ArrowException as error:
        reason = str(error).splitlines()[0]
        yield Page(path.stem, "", error=f"{path}: not a Parquet file that can be read ({reason})")


def page_of_record(record: Mapping[str, Any], columns: Columns, *, page_id: str, place: str) -> Page:
    """The page of one JSON object or table row; other columns go to ``meta`` unchanged.

    ``page_id`` serves where the record has none. A record without text gives a page with an ``error``.
    """
    taken = {columns.id, columns.text, columns.title, columns.published, columns.url, "meta"} | _OUTPUT_ONLY
    own = record.get("meta")
    meta = dict(own) if isinstance(own, dict) else {} if own is None else {"meta": own}
    meta |= {str(name): value for name, value in record.items() if name not in taken}
    meta = {str(name): _plain(value) for name, value in meta.items()}
    optional: dict[str, Any] = {
        name: None if (value := record.get(getattr(columns, name))) in (None, "") else str(value)
        for name in ("title", "published", "url")
    }
    given = record.get(columns.id)
    page = Page(page_id if given in (None, "") else str(given), "", meta=meta, **optional)
    text = record.get(columns.text)
    if isinstance(text, str):
        page.text = text
    elif columns.text not in record:
        present = ", ".join(repr(name) for name in record) or "nothing"
        page.error = f"{place}: no column {columns.text!r}, found {present}; name the right one with --column text=NAME"
    else:
        page.error = f"{place}: {columns.text!r} is {type(text).__name__}, expected text"
    return page


def _plain(value: Any) -> Any:
    """A value that JSON can say: dates, decimals and bytes of a table as text, a number that is none as null."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if value is None or isinstance(value, str | int) else str(value)


def read_records(path: Path) -> Iterator[Page]:
    """The records that khabar wrote (``infer.py`` or ``khabar label``), with their paragraphs and spans.

    Raises KhabarError at a line that is no such record.
    """
    if not path.is_file():
        raise KhabarError(f"{path}: no such file; expected JSONL as infer.py or 'khabar label' writes it")
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                if not isinstance(record, dict) or not {"id", "text", "paragraphs", "spans"} <= record.keys():
                    raise KhabarError(f"expected an object with {', '.join(FIELDS)}")
                yield Page.from_dict(record)
            except (ValueError, KhabarError) as error:
                raise KhabarError(f"{path}, line {number}: no record of khabar's output ({error})") from None
