"""How many pages files hold, so that a progress bar can say how long they will take."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from khabar.reading.files import COMPRESSIONS, HTML, form_of

_BLOCK = 1 << 20


def count_pages(files: Iterable[Path | None]) -> int | None:
    """About how many pages the files hold; None where that takes as long as reading them (standard input, ``.gz``).

    Lines are counted, not parsed: a blank line in JSONL counts for a page.
    """
    total = 0
    for file in files:
        count = None if file is None else _count(file)
        if count is None:
            return None
        total += count
    return total


def _count(file: Path) -> int | None:
    form = form_of(file)
    try:
        if form in (".txt", *HTML):
            return 1
        if file.suffix.lower() in COMPRESSIONS:
            return None
        if form == ".jsonl":
            return _lines(file, quoted=False)
        if form == ".csv":
            return max(_lines(file, quoted=True) - 1, 0)
        import pyarrow.parquet

        return int(pyarrow.parquet.read_metadata(file).num_rows)
    except (OSError, ValueError):
        return 1  # It will be one page with an error.


def _lines(file: Path, *, quoted: bool) -> int:
    """The file's lines; with ``quoted``, line ends between quotation marks count for none."""
    lines, inside, last = 0, False, b"\n"
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            for index, part in enumerate(block.split(b'"') if quoted else [block]):
                inside ^= index > 0
                lines += 0 if inside else part.count(b"\n")
            last = block[-1:]
    return lines + (last != b"\n")
