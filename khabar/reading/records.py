"""One JSON object or table row -> one page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from khabar.pages import KhabarError, Page, kind_of

#: What khabar itself writes into a record; in an input record it is replaced, never taken for the user's data.
_OUTPUT_ONLY = {"paragraphs", "spans", "words", "error"}
#: How deep lists and objects of ``meta`` may stand in one another; what takes them further must not break on them.
DEEPEST = 100
#: What can stand for an id, a title, a day or an address.
_SCALARS = (str, int, float, Decimal, date)


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


def page_of_record(record: Mapping[str, Any], columns: Columns, *, page_id: str, place: str) -> Page:
    """The page of one JSON object or table row; other columns go to ``meta`` unchanged.

    ``page_id`` serves where the record has none. A record without text, or with a field of another type, gives a page
    with an ``error``.
    """
    taken = {columns.id, columns.text, columns.title, columns.published, columns.url, "meta"} | _OUTPUT_ONLY
    page = Page(page_id, "")
    faults: list[str] = []
    for name in ("id", "title", "published", "url"):
        column = getattr(columns, name)
        value = record.get(column)
        if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
            continue
        if isinstance(value, _SCALARS) and not isinstance(value, bool):
            setattr(page, name, str(value))
        else:
            faults.append(f"{column!r} is {kind_of(value)}, expected text or a number")
    try:
        own = record.get("meta")
        meta = dict(own) if isinstance(own, dict) else {} if own is None else {"meta": own}
        meta |= {name: value for name, value in record.items() if name not in taken}
        page.meta = _plain(meta)
    except _TooDeepError:
        faults.append(f"a column is nested deeper than {DEEPEST} levels")
    text = record.get(columns.text)
    if isinstance(text, str):
        page.text = text
    elif columns.text not in record:
        present = ", ".join(repr(name) for name in record) or "nothing"
        faults.append(f"no column {columns.text!r}, found {present}; name the right one with --column text=NAME")
    else:
        faults.append(f"{columns.text!r} is {kind_of(text)}, expected text")
    if faults:
        page.error = f"{place}: {'; '.join(faults)}"
    return page


class _TooDeepError(Exception):
    pass


def _plain(value: Any, depth: int = 0) -> Any:
    """A value that JSON can say: dates, decimals and bytes of a table as text, a number that is none as null."""
    if depth > DEEPEST:
        raise _TooDeepError
    if isinstance(value, dict):
        return {str(name): _plain(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, depth + 1) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if value is None or isinstance(value, str | int) else str(value)
