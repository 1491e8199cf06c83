"""Durations as ISO 8601 (``PT10H``), and the moments that lie a duration away from publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from khabar.arabic.approximators import ABOUT, AT_LEAST, AT_MOST, EQUAL, LESS, MORE
from khabar.arabic.numberwords import Numeral
from khabar.arabic.timevalues import DATE, DURATION, PERIOD, TIME, TimeValue, as_date, month_value, shifted

MODS = {ABOUT: "APPROX", MORE: "MORE_THAN", AT_LEAST: "EQUAL_OR_MORE", LESS: "LESS_THAN", AT_MOST: "EQUAL_OR_LESS"}
#: TIMEX3's letter of a unit, and how many of it one of ours holds.
DURATION_UNITS = {
    "Y": ("Y", 1),
    "DECADE": ("Y", 10),
    "CENTURY": ("Y", 100),
    "MONTH": ("M", 1),
    "W": ("W", 1),
    "D": ("D", 1),
    "H": ("TH", 1),
    "M": ("TM", 1),
    "S": ("TS", 1),
}
_DURATION_ORDER = ("Y", "M", "W", "D", "TH", "TM", "TS")


def span_from_today(amount: int, letter: str, side: int, today: date | None) -> TimeValue | None:
    text = duration_text({letter: amount})
    if today is None or letter[0] == "T":
        return TimeValue(DURATION, text)
    other = shifted(today, letter, side * amount)
    if other is None:
        return None
    first, last = (other, today) if side < 0 else (today + timedelta(1), other)
    return TimeValue(PERIOD, f"{first.isoformat()}/{last.isoformat()}", first, last)


def duration_text(amounts: dict[str, Numeral]) -> str:
    """An ISO 8601 duration of amounts by unit: ``{"Y": 1, "TH": 2}`` is ``P1YT2H``."""
    text, in_time = "P", False
    for letter in _DURATION_ORDER:
        if letter not in amounts:
            continue
        if letter[0] == "T" and not in_time:
            text, in_time = text + "T", True
        text += f"{amounts[letter]}{letter[-1]}"
    return text


def _amounts(items: Sequence[tuple[Numeral | None, str]]) -> dict[str, Numeral] | None:
    amounts: dict[str, Numeral] = {}
    for amount, unit in items:
        letter, size = DURATION_UNITS.get(unit, ("", 0))
        if amount is None or not letter:
            return None
        total = amounts.get(letter, 0) + amount * size
        amounts[letter] = int(total) if total == int(total) else Decimal(total).normalize()
    return amounts


def duration_value(data: dict[str, Any], published: date | None) -> TimeValue | None:
    mod = MODS.get(data["relation"])
    if data.get("few") or data.get("high") is not None:
        units = {DURATION_UNITS.get(unit, ("", 0)) for _, unit in data["items"]}
        letter, size = units.pop()
        if not letter or units or data.get("high") is not None:
            return None
        code = {10: "DE", 100: "CE"}.get(size, letter[-1])
        return TimeValue(DURATION, f"P{'T' if letter[0] == 'T' else ''}X{code}", mod=mod)
    amounts = _amounts(data["items"])
    if amounts is None:
        return None
    side = data.get("shift") or (-1 if data.get("recent") else 0)
    if side and len(amounts) == 1 and data["relation"] == EQUAL:
        ((letter, amount),) = amounts.items()
        if isinstance(amount, int):
            return span_from_today(amount, letter, side, as_date(published) if published else None)
    return TimeValue(DURATION, duration_text(amounts), mod=mod)


def ago(
    value: TimeValue, items: Sequence[tuple[Numeral | None, str]], side: int, published: date | None
) -> TimeValue | None:
    """The moment that lies a duration before (``side`` -1) or after (1) publication: «قبل يومين», «بعد شهر»."""
    amounts = _amounts(items)
    if amounts is None or any(not isinstance(amount, int) for amount in amounts.values()):
        return None
    clock = any(letter[0] == "T" for letter in amounts)
    if published is None or (clock and not isinstance(published, datetime)):
        text = "".join(duration_text({letter: side * amount})[1:] for letter, amount in amounts.items())
        return TimeValue(DATE, f"P{text}", mod=value.mod)
    moment: date = published if clock else as_date(published)
    for letter, amount in amounts.items():
        if letter[0] == "T":
            step = timedelta(**{{"TH": "hours", "TM": "minutes", "TS": "seconds"}[letter]: side * int(amount)})
            moment = moment + step
        else:
            found = shifted(moment, letter, side * int(amount))
            if found is None:
                return None
            moment = found
    if clock:
        return TimeValue(TIME, moment.isoformat(), moment, moment, mod=value.mod)
    if set(amounts) == {"Y"}:
        return TimeValue(DATE, f"{moment.year:04d}", date(moment.year, 1, 1), date(moment.year, 12, 31), mod=value.mod)
    if set(amounts) <= {"Y", "M"}:
        month = month_value(moment.year, moment.month)
        return TimeValue(DATE, month.timex, month.start, month.end, mod=value.mod)
    return TimeValue(DATE, moment.isoformat(), moment, moment, mod=value.mod)
