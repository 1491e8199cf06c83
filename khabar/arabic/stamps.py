"""The day on which a page was published, as the page itself says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from khabar.arabic.timereading import read_time_value
from khabar.arabic.times import find_times
from khabar.arabic.timex import timex_of
from khabar.arabic.tokens import Tokens

#: What stands before the stamp, most telling first.
_CUES = (
    re.compile(
        r"(?:تاريخ|وقت|زمن)\s*(?:ال)?نشر|ن[ُ]?شر(?:ت)?\s*(?:في|بتاريخ|يوم|:)|تم\s*النشر|منشور\s*في|published",
        re.IGNORECASE,
    ),
    re.compile(
        r"آخر\s*تحديث|اخر\s*تحديث|تاريخ\s*التحديث|updated|كتب\s*(?:في|بتاريخ)|أ[ُ]?ضيف|التاريخ\s*:|حرر\s*في",
        re.IGNORECASE,
    ),
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
#: A stamp is a short line.
_LONGEST_STAMP = 120
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def page_published(text: str) -> date | None:
    """The day that the page's own stamp gives («تاريخ النشر: 20th, September 2023 GMT»), or None.

    Lines with a word of publishing are asked first, then lines that are nothing but a full date.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for cue in _CUES:
        for line in lines:
            match = cue.search(line) if len(line) <= _LONGEST_STAMP else None
            if match is not None:
                day = next(_full_dates(line[match.end() :]), None)
                if day is not None:
                    return day
    for line in lines:
        if len(line) <= _LONGEST_STAMP and any(character.isdigit() for character in line) and _is_stamp(line):
            day = next(_full_dates(line), None)
            if day is not None:
                return day
    return None


def _full_dates(text: str) -> Iterator[date]:
    tokens = Tokens.of(text)
    for match in find_times(tokens):
        value = timex_of([part for part in match.parts if part.kind in ("date", "weekday")], None)
        if value is not None and isinstance(value.start, date) and value.start == value.end:
            yield value.start


def _is_stamp(line: str) -> bool:
    """Whether nothing but times stands in the line."""
    tokens = Tokens.of(line)
    covered = [False] * tokens.length
    for match in find_times(tokens):
        covered[match.start : match.end] = [True] * (match.end - match.start)
    rest = [tokens.key(i) for i in range(tokens.length) if not covered[i]]
    return any(covered) and not any(_LETTERS.fullmatch(key) and key not in ("gmt", "utc", "الساعه") for key in rest)


def parse_published(published: str | None) -> date | None:
    """The day of a page's ``published`` field: ISO 8601 («2023-09-20T10:00:00Z»), or a date as pages write it."""
    if not published:
        return None
    match = _ISO.match(published.strip())
    if match is not None:
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            return None
    value = read_time_value(published, None)
    return value.start if value is not None and value.start is not None and value.start == value.end else None
