"""JSONL, CSV and Parquet -> pages. What is wrong with a line or row is that page's error, and the next one follows."""

from __future__ import annotations

import csv
import json
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from khabar.pages import Page, first_line, kind_of
from khabar.reading.charset import NAMES, UNDECODABLE, fault
from khabar.reading.files import Lines, TooLongError
from khabar.reading.records import Columns, page_of_record

logger = logging.getLogger(__name__)

_COMMA = ","
#: What else stands between the columns of tables that are called CSV.
_OTHER_SEPARATORS = ";\t|"


def read_jsonl(lines: Lines, columns: Columns, *, name: str, stem: str, codec: str) -> Iterator[Page]:
    """The pages of JSON objects, one a line; ``name`` stands in errors, ``stem`` in the ids of pages without one."""
    while True:
        page: Page | None = None
        error: str | None = None
        lines.mark()
        try:
            line = next(lines).removeprefix("\ufeff")
        except StopIteration:
            return
        except TooLongError as found:
            line, error = "", str(found)
        place, page_id = f"{name}, line {lines.number}", f"{stem}-{lines.number}"
        if error is None:
            if not line.strip():
                continue
            error = fault(line, codec)
            if error is None and line.strip() in ("[", "{"):
                error = "one JSON text over many lines; expected one object a line (jq -c '.[]' makes it so of a list)"
        if error is None:
            try:
                record = json.loads(line, object_pairs_hook=_object)
            except (ValueError, RecursionError) as found:
                # Python's advice to programmers, about numbers of thousands of digits, is none to users.
                error = f"not JSON ({str(found).partition('; use sys.')[0]}); expected one object a line"
            else:
                if isinstance(record, dict):
                    page = page_of_record(record, columns, page_id=page_id, place=place)
                else:
                    error = f"{kind_of(record)}, expected an object with 'text'"
        yield page or Page(page_id, "", error=f"{place}: {error}")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; raises ValueError where a key stands twice, since one of its values would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"the key {_first_double([key for key, _ in pairs])!r} stands twice")
    return found


def _first_double(names: Sequence[str]) -> str:
    counts = Counter(names)
    return next(name for name in names if counts[name] > 1)


def read_csv(lines: Lines, columns: Columns, *, name: str, stem: str, codec: str) -> Iterator[Page]:
    """The pages of a CSV table's rows.

    After a row that cannot be parsed, reading goes on with the line behind its first: a quotation mark that is never
    closed costs one row, not the rest of the file.
    """
    csv.field_size_limit(sys.maxsize)  # Lines are bounded already.
    header: list[str] | None = None
    number = 0
    while True:
        lines.mark()
        first = lines.number + 1
        error: str | None = None
        if header is None:
            separator = _separator(lines.peek(), columns)
            rows = csv.reader(lines, strict=True, delimiter=separator)
        try:
            cells = next(rows)
        except StopIteration:
            return
        except (csv.Error, TooLongError) as found:
            lines.back_to_second_line()
            error, cells = f"not CSV ({found}); reading goes on with line {first + 1}", [""]
        if not cells:
            continue
        if header is None:
            if separator != _COMMA:
                logger.warning("%s: its columns are separated by %r, not by commas", name, separator)
            if error is None:
                error = _fault_of_header(cells, codec)
            if error is not None:
                yield Page(stem, "", error=f"{name}, line {first}: {error}")
                return
            header = cells
            continue
        number += 1
        page_id, place = f"{stem}-{number}", f"{name}, row {number} (line {first})"
        if error is None:
            row: dict[str, Any] = dict(zip(header, [*cells, *[None] * (len(header) - len(cells))], strict=False))
            if surplus := cells[len(header) :]:
                row[""] = surplus
            page = page_of_record(row, columns, page_id=page_id, place=place)
            if not any(UNDECODABLE in cell for cell in cells):
                yield page
                continue
            page_id = page.id.replace(UNDECODABLE, "\ufffd")
            error = _undecodable(codec)
        yield Page(page_id, "", error=f"{place}: {error}")


def _separator(header: str, columns: Columns) -> str:
    """What separates the columns of a header: a comma, unless it takes another sign to find the text's column."""
    for separator in _COMMA + _OTHER_SEPARATORS:
        if columns.text in next(csv.reader([header], delimiter=separator), []):
            return separator
    return _COMMA


def _fault_of_header(cells: list[str], codec: str) -> str | None:
    if any(UNDECODABLE in cell for cell in cells):
        return _undecodable(codec)
    if len(set(cells)) < len(cells):
        return f"the column {_first_double(cells)!r} stands twice; give each column a name of its own"
    return None


def _undecodable(codec: str) -> str:
    return f"not {NAMES.get(codec, codec)}; save the file as UTF-8"


def read_parquet(path: Path, columns: Columns, *, stem: str) -> Iterator[Page]:
    """The pages of a Parquet table's rows."""
    import pyarrow
    import pyarrow.parquet

    number = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as table:
            names = table.schema_arrow.names
            if len(set(names)) < len(names):
                double = f"the column {_first_double(names)!r} stands twice; give each column a name of its own"
                yield Page(stem, "", error=f"{path}: {double}")
                return
            for batch in table.iter_batches(batch_size=1000):
                for index in range(batch.num_rows):
                    number += 1
                    page_id, place = f"{stem}-{number}", f"{path}, row {number}"
                    try:
                        (record,) = batch.slice(index, 1).to_pylist()
                    except (ValueError, OverflowError) as error:  # A day outside Python's years, text that is no UTF-8.
                        yield Page(page_id, "", error=f"{place}: {first_line(error)}")
                    except Exception as error:  # What else a foreign table makes pyarrow raise is its own to choose.
                        told = f"cannot be read ({type(error).__name__}: {first_line(error)}); check its columns' types"
                        yield Page(page_id, "", error=f"{place}: {told}")
                    else:
                        yield page_of_record(record, columns, page_id=page_id, place=place)
    except (pyarrow.ArrowException, OSError) as error:
        place = f"{path}, row {number + 1}" if number else str(path)
        page_id = f"{stem}-{number + 1}" if number else stem
        yield Page(page_id, "", error=f"{place}: not a Parquet file that can be read ({first_line(error)})")
