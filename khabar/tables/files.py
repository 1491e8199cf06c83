"""Tables as files, a row at a time: CSV, Parquet and Excel. None holds more than a few thousand rows in memory."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from khabar.pages import KhabarError
from khabar.tables.columns import Column
from khabar.tables.rows import Row

#: What a spreadsheet takes for the beginning of a formula or a command.
EXECUTABLE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LIST_SEPARATOR = " | "
#: Excel's limits: rows of a sheet with the header's, characters of a cell.
EXCEL_ROWS = 1_048_576
EXCEL_CHARACTERS = 32_767
_PARQUET_BATCH = 5000

WriteRow = Callable[[Row], None]


def cell(value: Any, column: Column) -> Any:
    """A value that every kind of table can hold, of the column's kind: None, str, int, float, bool or a list of str.

    A number that is none, or no number, is empty; a lone surrogate, which UTF-8 cannot say, becomes U+FFFD.
    """
    if column.kind == "list":
        return [_text(item) for item in value or ()]
    if value is None:
        return None
    if column.kind == "text":
        return _text(value)
    if column.kind == "flag":
        return bool(value)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if column.kind == "integer" else value


def _text(value: Any) -> str:
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def defuse(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would execute it."""
    return f"'{text}" if text.startswith(EXECUTABLE) else text


def _joined(value: Any) -> Any:
    return LIST_SEPARATOR.join(item.replace("|", "¦") for item in value) if isinstance(value, list) else value


@contextmanager
def csv_table(path: Path, columns: Sequence[Column], *, bom: bool = False) -> Iterator[WriteRow]:
    """CSV in UTF-8; ``bom`` begins it with the mark by which Excel knows UTF-8. Texts are defused, numbers stay."""
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([column.name for column in columns])

        def write(row: Row) -> None:
            values = (_joined(cell(row.get(column.name), column)) for column in columns)
            rows.writerow([defuse(value) if isinstance(value, str) else _lower(value) for value in values])

        yield write


def _lower(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


@contextmanager
def parquet_table(path: Path, columns: Sequence[Column], *, bom: bool = False) -> Iterator[WriteRow]:
    """Parquet with typed columns; lists stay lists."""
    import pyarrow
    import pyarrow.parquet

    kinds = {
        "text": pyarrow.string(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "flag": pyarrow.bool_(),
        "list": pyarrow.list_(pyarrow.string()),
    }
    schema = pyarrow.schema([(column.name, kinds[column.kind]) for column in columns])
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as file:
        batch: list[Row] = []

        def flush() -> None:
            file.write_table(pyarrow.Table.from_pylist(batch, schema))
            batch.clear()

        def write(row: Row) -> None:
            values = {column.name: cell(row.get(column.name), column) for column in columns}
            numbers = {c.name: float(v) for c in columns if c.kind == "number" and (v := values[c.name]) is not None}
            batch.append(values | numbers)
            if len(batch) == _PARQUET_BATCH:
                flush()

        yield write
        flush()


@contextmanager
def excel_table(path: Path, columns: Sequence[Column], *, bom: bool = False) -> Iterator[WriteRow]:
    """An Excel workbook of one sheet. Texts are written as texts, so that none is executed.

    Raises KhabarError where XlsxWriter is not installed, for a row more than Excel holds, and for a cell that is
    longer than Excel holds.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise KhabarError(
            "Excel files need XlsxWriter: pip install 'khabar[excel]', or write .csv or .parquet"
        ) from None

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("khabar")
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, {"text": 18, "list": 30}.get(column.kind, 9))
    sheet.write_row(0, 0, [column.name for column in columns], book.add_format({"bold": True}))
    written = 0

    def write(row: Row) -> None:
        nonlocal written
        written += 1
        if written >= EXCEL_ROWS:
            raise KhabarError(
                f"more than {EXCEL_ROWS - 1:,} rows, which is all that Excel holds; write .csv or .parquet"
            )
        for index, column in enumerate(columns):
            value = _joined(cell(row.get(column.name), column))
            if isinstance(value, str):
                if len(value.encode("utf-16-le")) // 2 > EXCEL_CHARACTERS:
                    raise KhabarError(
                        f"page {row.get('page')!r}, column {column.name!r}: {len(value):,} characters, and a cell of "
                        f"Excel holds {EXCEL_CHARACTERS:,}; write .csv or .parquet"
                    )
                sheet.write_string(written, index, value)
            elif isinstance(value, bool):
                sheet.write_boolean(written, index, value)
            elif value is not None:
                sheet.write_number(written, index, value)

    try:
        yield write
    finally:
        book.close()


Opener = Callable[..., AbstractContextManager[WriteRow]]
#: How a table is written, by its file's ending without the point.
TABLE_FILES: dict[str, Opener] = {"csv": csv_table, "parquet": parquet_table, "xlsx": excel_table}
