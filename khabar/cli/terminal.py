"""Tagged pages on a terminal: a table whose right-to-left text cannot scramble the line it stands in."""

from __future__ import annotations

import re
import unicodedata

from khabar.pages import Page, Span

# First strong isolate and pop directional isolate (UAX #9): what is between them orders itself, and nothing outside.
_ISOLATED = "\u2068{}\u2069"
#: Marks that order text: of the page's own, one that is never closed would turn what follows it.
_BIDI_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WIDEST_VALUE = 21
_LEAST_TEXT = 20


def isolated(text: str) -> str:
    """The text in one line, isolated from its surroundings, without the page's own bidi marks and control characters.

    A control character (an escape that would command the terminal, say) is shown as U+FFFD.
    """
    line = " ".join(_BIDI_MARKS.sub("", text).split())
    return _ISOLATED.format("".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in line))


def pages_with_error(number: int) -> str:
    """«1 page with an error», «12 pages with an error»."""
    return f"{number} page{'' if number == 1 else 's'} with an error"


def page_on_terminal(page: Page, *, width: int = 80) -> str:
    """The page's paragraphs, each in a line of ``width`` columns at most, with the spans found in it.

    Scores and values, which are written left to right, stand before the text: columns stay straight whatever the
    terminal makes of Arabic letters.
    """
    report = sum(paragraph.label == "report" for paragraph in page.paragraphs)
    published = f", published {isolated(page.published)}" if page.published else ""
    lines = [f"{isolated(page.id)}: {report} report paragraphs of {len(page.paragraphs)}{published}"]
    if page.error:
        return f"{lines[0]}\n  error: {isolated(page.error)}\n"
    spans_of = page.spans_by_paragraph()
    for index, paragraph in enumerate(page.paragraphs):
        head = f"{index:>4}  {paragraph.label or '':<11} {_score(paragraph.score)}  "
        lines.append(head + isolated(_shorten(page.text[paragraph.start : paragraph.end], width - len(head))))
        for span in spans_of.get(index, []):
            head = f"{'':8}{span.label:<9} {_score(span.score)}  {_value(span):<{_WIDEST_VALUE}}  "
            lines.append(head + isolated(_shorten(page.text[span.start : span.end], width - len(head))))
    return "\n".join(lines) + "\n"


def _score(score: float | None) -> str:
    return "    " if score is None else f"{score:.2f}"


def _value(span: Span) -> str:
    """The value in short, in ASCII: a time's TIMEX3, a count's relation and number, a name's country."""
    value = span.value or {}
    number = value.get("number") if value.get("number") is not None else value.get("low")
    if span.label == "COUNT" and number is not None:
        relation = {"≈": "~", "≥": ">=", "≤": "<=", ">": ">", "<": "<"}.get(str(value.get("relation")), "")
        high = f"..{value['high']}" if value.get("high") is not None else ""
        shown = f"{relation}{number}{high} {value.get('symbol') or ''}"
    else:
        shown = str(value.get("timex") or value.get("country") or "")
    return shown.encode("ascii", "replace").decode().strip()[:_WIDEST_VALUE]


def _shorten(text: str, length: int) -> str:
    length = max(length, _LEAST_TEXT)
    return text if len(text) <= length else f"{text[: length - 1].rsplit(' ', 1)[0]}…"
