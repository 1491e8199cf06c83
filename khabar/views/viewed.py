"""Tagged pages -> the data that the page view draws.

What spans stand for is told once, as a *thing* (an actor, a place, a time, a count: one for all spellings that meet in
their normal form); spans refer to things by number. Offsets count UTF-16 units from the paragraph's start, as a
browser does.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from khabar.labels import SPAN_LABELS
from khabar.pages import FIELDS, KhabarError, Page, Paragraph, Span, split_paragraphs
from khabar.text import fold
from khabar.views.place_map import background, locate


@dataclass(slots=True)
class ViewedPage:
    """A page, and whether its record held the text; where not, the spans' own texts stand in its place."""

    page: Page
    has_text: bool = True


def read_viewed(path: Path) -> Iterator[ViewedPage]:
    """The pages of a file that ``infer.py`` or ``khabar label`` wrote, with all fields or some (``--fields``).

    Raises KhabarError for a file that is not there and at a line that is no such record.
    """
    expected = "expected JSONL as infer.py writes it"
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    record = json.loads(line)
                    if not isinstance(record, dict) or not {"text", "spans", "error"} & record.keys():
                        raise KhabarError(f"expected an object with {', '.join(FIELDS)}")
                    yield _viewed({"id": f"{path.stem}-{number}"} | record)
                except (ValueError, TypeError, RecursionError, KhabarError) as error:
                    raise KhabarError(f"{path}, line {number}: no record of khabar's output ({error})") from None
    except OSError as error:
        raise KhabarError(f"{path}: cannot be read ({error.strerror or error}); {expected}") from None


def _viewed(record: dict[str, Any]) -> ViewedPage:
    if "text" in record:
        return ViewedPage(Page.from_dict(record))
    page = Page.from_dict(record | {"text": "", "paragraphs": [], "spans": []})
    classes = [Paragraph(**paragraph) for paragraph in record.get("paragraphs", [])]
    spans: dict[int, list[Span]] = {}
    for span in (Span(**span) for span in record.get("spans", [])):
        spans.setdefault(span.paragraph, []).append(span)
    for index, of_paragraph in sorted(spans.items()):
        start = len(page.text)
        for span in of_paragraph:
            written = str(span.text)
            span.start, span.end = len(page.text), len(page.text) + len(written)
            page.text += written + " · "
        page.spans += of_paragraph
        given = classes[index] if 0 <= index < len(classes) else Paragraph(0, 0)
        page.paragraphs.append(Paragraph(start, len(page.text) - len(" · "), given.label, given.score))
    return ViewedPage(page, has_text=False)


def view_data(pages: Iterable[ViewedPage]) -> dict[str, Any]:
    """Everything that the view draws, ready for JSON: ``pages``, ``things``, ``labels`` and the ``map``."""
    things = _Things()
    records = [_record(viewed, things) for viewed in pages]
    described = things.described()
    others = sorted({thing["label"] for thing in described} - set(SPAN_LABELS))
    return {"pages": records, "things": described, "labels": [*SPAN_LABELS, *others], "map": background()}


def _record(viewed: ViewedPage, things: _Things) -> dict[str, Any]:
    page = viewed.page
    record: dict[str, Any] = {"id": page.id}
    for name in ("title", "published", "url", "error"):
        if (given := getattr(page, name)) is not None:
            record[name] = str(given)
    if page.meta and isinstance(page.meta, dict):
        record["meta"] = [[str(name), _as_text(value)] for name, value in page.meta.items()]
    if not viewed.has_text:
        record["textless"] = True
    paragraphs = page.paragraphs or split_paragraphs(page.text)
    spans = sorted(page.spans, key=lambda span: (span.start, span.end))
    starts = [span.start for span in spans]
    record["paragraphs"] = [
        _paragraph(page, p, spans[bisect_left(starts, p.start) : bisect_left(starts, p.end)], things)
        for p in paragraphs
    ]
    return record


def _paragraph(page: Page, paragraph: Paragraph, spans: Iterable[Span], things: _Things) -> list[Any]:
    """``[class, score, text, [[start, end, thing, score], …]]``; spans that overlap an earlier one are left out."""
    text = page.text[paragraph.start : paragraph.end]
    units = _utf16_units(text)
    placed, taken = [], paragraph.start
    for span in spans:
        if span.start < taken or span.end > paragraph.end:
            continue
        taken = span.end
        start, end = units(span.start - paragraph.start), units(span.end - paragraph.start)
        placed.append([start, end, things.number(span, page.text), _rounded(span.score)])
    return [paragraph.label, _rounded(paragraph.score), text, placed]


def _utf16_units(text: str) -> Callable[[int], int]:
    """Python's offset in the text -> the browser's, which counts a character beyond U+FFFF as two."""
    wide = [position for position, character in enumerate(text) if character > "\uffff"]
    return lambda offset: offset + bisect_left(wide, offset)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rounded(number: Any) -> float | None:
    """The number as JSON can say it; None for what is none."""
    return round(number, 3) if isinstance(number, int | float) and math.isfinite(number) else None


@dataclass
class _Things:
    """Numbers things in the order in which they are first met."""

    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _described: list[dict[str, Any]] = field(default_factory=list)
    _names: list[Counter[str]] = field(default_factory=list)

    def number(self, span: Span, text: str) -> int:
        name, description = _describe(span, " ".join(text[span.start : span.end].split()))
        key = (span.label, description.pop("normal", None) or _folded(name), description.get("value"))
        number = self._numbers.setdefault(key, len(self._numbers))
        if number == len(self._described):
            self._described.append({"label": str(span.label)} | description)
            self._names.append(Counter())
        self._names[number][name] += 1
        return number

    def described(self) -> list[dict[str, Any]]:
        """Label, name (its most frequent spelling), value as shown, and what the summary needs of it."""
        names = (counter.most_common(1)[0][0] for counter in self._names)
        return [{"name": name} | thing for name, thing in zip(names, self._described, strict=True)]


def _folded(text: str) -> str:
    return " ".join(map(fold, text.split()))


def _describe(span: Span, written: str) -> tuple[str, dict[str, Any]]:
    """The span's name in lists and what else is known about it."""
    value = span.value
    try:
        if not isinstance(value, dict):
            return written, {}
        if "timex" in value:
            return _time(value, written)
        if "relation" in value:
            return _count(value)
        if "normal" in value:
            return _name(value, span.label)
    except (KeyError, TypeError, ValueError):
        pass  # A value of another make is shown as it is
    return written, {"value": _as_text(value)}


def _time(value: dict[str, Any], written: str) -> tuple[str, dict[str, Any]]:
    start, end = value.get("start"), value.get("end")
    if not (start and end):  # «أمس» says more than "P-1D"
        return written, {"value": value["timex"], "normal": value["timex"]}
    first, last = start[:10], end[:10]
    days = "" if value["timex"].startswith(first) and first == last else f" ({first} – {last})"
    return value["timex"], {"value": value["timex"] + days, "when": [first, last]}


def _count(value: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    number, low, high = value.get("number"), value.get("low"), value.get("high")
    amount = f"{_shown(low)}–{_shown(high)}" if high is not None else _shown(low if number is None else number)
    # Isolated from the unit's letters: right to left, ">" would turn into "<".
    amount = f"\u2066{amount}\u2069" if value["relation"] == "=" else f"\u2066{value['relation']} {amount}\u2069"
    unit, symbol = value.get("unit") or "", value.get("symbol") or ""
    shown = f"{amount} {unit}".strip()
    described = {"value": shown if symbol in ("", unit) else f"{shown} ({symbol})"}
    group = f"{value['kind']} {symbol}" if value.get("kind") else _folded(unit)
    return shown, described | {
        "unit": unit,
        "group": group,
        "amount": amount,
        "size": _rounded(low if number is None else number),
    }


def _shown(number: float | None) -> str:
    if number is None:
        return "?"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.3f}".rstrip("0").rstrip(".")


def _name(value: dict[str, Any], label: str) -> tuple[str, dict[str, Any]]:
    described: dict[str, Any] = {"normal": str(value["normal"]), "country": value.get("country") or ""}
    if label == "LOCATION" and (point := locate(value["name"])) is not None:
        described["at"] = [point.latitude, point.longitude, int(point.exact)]
    return value["name"], described
