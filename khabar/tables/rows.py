"""Tagged pages -> rows of the tables in :mod:`khabar.tables.columns`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from khabar.labels import SPAN_LABELS
from khabar.pages import Page, Span

#: A row by the names of its columns; what a table has and a row lacks is empty.
Row = dict[str, Any]


def span_rows(page: Page) -> Iterator[Row]:
    """One row a span, in the order of the record."""
    for span in page.spans:
        paragraph = page.paragraphs[span.paragraph] if 0 <= span.paragraph < len(page.paragraphs) else None
        yield {
            **_page_columns(page),
            "paragraph": span.paragraph,
            "class": paragraph.label if paragraph is not None else None,
            "class_score": paragraph.score if paragraph is not None else None,
            "start": span.start,
            "end": span.end,
            "label": span.label,
            "text": page.text[span.start : span.end],
            "score": span.score,
            **_value_columns(span),
        }


def _page_columns(page: Page) -> Row:
    return {"page": page.id, "published": page.published, "url": page.url}


def _paragraph_columns(page: Page, index: int) -> Row:
    paragraph = page.paragraphs[index]
    return _page_columns(page) | {
        "title": page.title,
        "paragraph": index,
        "class_score": paragraph.score,
        "start": paragraph.start,
        "end": paragraph.end,
        "text": page.text[paragraph.start : paragraph.end],
    }


def _value_columns(span: Span) -> Row:
    value = span.value or {}
    if span.label == "TIME":
        names = {"type": "time_type", "timex": "timex", "start": "time_start", "end": "time_end", "zone": "time_zone"}
        return {column: value.get(name) for name, column in (names | {"mod": "time_mod"}).items()}
    if span.label == "COUNT":
        own = {name: value.get(name) for name in ("number", "relation", "low", "high", "unit", "symbol")}
        return own | {"count_kind": value.get("kind"), "vague": bool(value.get("vague")) if value else None}
    return {name: value.get(name) for name in ("name", "normal", "country")} | {"name_kind": value.get("kind")}


def paragraph_rows(page: Page) -> Iterator[Row]:
    """One row a paragraph."""
    found = page.spans_by_paragraph()
    for index, paragraph in enumerate(page.paragraphs):
        labels = [span.label for span in found.get(index, [])]
        yield (
            _paragraph_columns(page, index)
            | {"class": paragraph.label}
            | {f"{label.lower()}s": labels.count(label) for label in SPAN_LABELS}
        )


def event_rows(page: Page) -> Iterator[Row]:
    """One row a paragraph of the report, with its actors, places, times and counts."""
    found = page.spans_by_paragraph()
    for index, paragraph in enumerate(page.paragraphs):
        if paragraph.label != "report":
            continue
        actors, places, times, counts = ([s for s in found.get(index, []) if s.label == label] for label in SPAN_LABELS)
        yield {
            **_paragraph_columns(page, index),
            **_names(page, actors, "actors", "actor"),
            **_names(page, places, "places", "place"),
            "times": [_as_written(page, span) for span in times],
            "timex": _values(times, "timex"),
            "first_day": min(filter(None, (day[:10] for day in _values(times, "start"))), default=None),
            "last_day": max(filter(None, (day[:10] for day in _values(times, "end"))), default=None),
            "counts": [_as_written(page, span) for span in counts],
            "count_values": [_count_value(span.value or {}) for span in counts],
            "count_units": _values(counts, "unit"),
            "count_kinds": _values(counts, "kind"),
        }


def _names(page: Page, spans: Sequence[Span], plural: str, singular: str) -> Row:
    """The names, each once by its key: the columns stay as long as each other."""
    by_key: dict[str, tuple[str, str]] = {}
    for span in spans:
        value = span.value or {}
        written = _as_written(page, span)
        name, country = str(value.get("name") or written), str(value.get("country") or "")
        by_key.setdefault(str(value.get("normal") or written), (name, country))
    return {
        plural: [name for name, _ in by_key.values()],
        f"{singular}_keys": list(by_key),
        f"{singular}_countries": [country for _, country in by_key.values()],
    }


def _as_written(page: Page, span: Span) -> str:
    return " ".join(page.text[span.start : span.end].split())


def _values(spans: Sequence[Span], name: str) -> list[str]:
    return [str((span.value or {}).get(name) or "") for span in spans]


def _count_value(value: dict[str, Any]) -> str:
    """``12``, ``>90``, ``12..15`` or, of a vague number, ``≥100``."""
    number, low, high = value.get("number"), value.get("low"), value.get("high")
    relation = value.get("relation") or ""
    shown = number if number is not None else low if high is None else f"{low}..{high}"
    return "" if shown is None else f"{'' if relation == '=' else relation}{shown}"


ROWS: dict[str, Callable[[Page], Iterator[Row]]] = {
    "spans": span_rows,
    "paragraphs": paragraph_rows,
    "events": event_rows,
}
