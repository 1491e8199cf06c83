"""The value of a time expression, and the arithmetic of the calendar that values are made with."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

DATE, TIME, DURATION, PERIOD, SET = "DATE", "TIME", "DURATION", "PERIOD", "SET"


_SEASON_MONTHS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 2)}
#: From this distance on, a month or day without a year is rather the coming one than the past one.
_FUTURE_IS_NEARER = 3


@dataclass(frozen=True, slots=True)
class TimeValue:
    """A time's TIMEX3 ``type`` and value, its first and last day or moment, its zone as said and TIMEX3's ``mod``."""

    type: str
    timex: str
    start: date | None = None
    end: date | None = None
    zone: str | None = None
    mod: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """The value ready for JSON; ``zone`` and ``mod`` only where they are said."""
        record: dict[str, str | None] = {
            "type": self.type,
            "timex": self.timex,
            "start": self.start.isoformat() if self.start is not None else None,
            "end": self.end.isoformat() if self.end is not None else None,
        }
        return record | {name: value for name, value in (("zone", self.zone), ("mod", self.mod)) if value is not None}


def period(first: TimeValue | None, last: TimeValue | None) -> TimeValue | None:
    """From the start of one value to the end of another; None where either is unknown or they are out of order."""
    if first is None or last is None or first.type == DURATION or last.type == DURATION:
        return None
    if first.start is None and last.end is not None and first.timex.startswith("XXXX-") and len(first.timex) == 10:
        first = _in_year(first.timex[5:], as_date(last.end).year)
    if first is None or (first.start is None) != (last.end is None):
        return None
    if first.start is not None and last.end is not None and as_date(first.start) > as_date(last.end):
        return None
    return TimeValue(PERIOD, f"{first.timex}/{last.timex}", first.start, last.end, first.zone or last.zone)


def as_date(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def whole(first: date, last: date, timex: str) -> TimeValue:
    """A stretch of days as one value of the calendar."""
    return TimeValue(DATE, timex, first, last)


def _in_year(month_and_day: str, year: int) -> TimeValue | None:
    try:
        day = date.fromisoformat(f"{year:04d}-{month_and_day}")
    except ValueError:
        return None
    return TimeValue(DATE, day.isoformat(), day, day)


def safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest(candidates: Iterable[date], shift: int | None, today: date) -> date | None:
    days = sorted(candidates)
    past = [found for found in days if found < today or (found == today and shift != -1)]
    future = [found for found in days if found > today]
    if shift == -1:
        return past[-1] if past else None
    if shift == 1:
        return future[0] if future else None
    if shift == 0:
        same = [found for found in days if (found.year, found.month) == (today.year, today.month)]
        return same[0] if same else next((found for found in days if found.year == today.year), None)
    if not past or not future:
        return past[-1] if past else future[0] if future else None
    behind, ahead = (today - past[-1]).days, (future[0] - today).days
    return future[0] if ahead * _FUTURE_IS_NEARER < behind else past[-1]


def monday_of(day: date) -> date:
    return day - timedelta(day.isoweekday() - 1)


def shifted_month(today: date, shift: int) -> tuple[int, int]:
    months = today.year * 12 + today.month - 1 + shift
    return months // 12, months % 12 + 1


def month_value(year: int, month: int) -> TimeValue:
    """A whole month of the Gregorian calendar."""
    return whole(date(year, month, 1), date(year, month, monthrange(year, month)[1]), f"{year:04d}-{month:02d}")


def week_of(value: TimeValue) -> TimeValue | None:
    """The ISO week that holds a day."""
    if value.start is None or value.start != value.end:
        return None
    return week_value(monday_of(as_date(value.start)))


def week_value(monday: date) -> TimeValue:
    """The ISO week that begins on this day."""
    number = monday.isocalendar()
    return whole(monday, monday + timedelta(6), f"{number.year:04d}-W{number.week:02d}")


def season_value(year: int, season: str) -> TimeValue:
    first, last = _SEASON_MONTHS[season]
    last_year = year + (last < first)
    end = date(last_year, last, monthrange(last_year, last)[1])
    return whole(date(year, first, 1), end, f"{year:04d}-{season}")


def year_value(year: int) -> TimeValue:
    return whole(date(year, 1, 1), date(year, 12, 31), f"{year:04d}")


def decade_value(first: int) -> TimeValue:
    return whole(date(first, 1, 1), date(first + 9, 12, 31), f"{first // 10}X")


def shifted(day: date, letter: str, amount: int) -> date | None:
    """The day so many years, months, weeks or days away; a day that its month lacks falls to the month's last."""
    if letter == "D":
        step = timedelta(amount)
    elif letter == "W":
        step = timedelta(7 * amount)
    elif letter in ("Y", "M"):
        months = day.year * 12 + day.month - 1 + amount * (12 if letter == "Y" else 1)
        year, month = divmod(months, 12)
        if not 1 <= year <= 9999:
            return None
        return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
    else:
        return None
    try:
        return day + step
    except OverflowError:
        return None


def relative_day_value(days: int, weekday: dict[str, Any] | None, today: date | None) -> TimeValue:
    if today is None:
        return TimeValue(DATE, f"P{days}D" if days else "P0D")
    found = today + timedelta(days)
    if weekday is not None and found.isoweekday() != weekday["weekday"]:
        # The page went out a day later or earlier than its report was written.
        near = [found + timedelta(step) for step in (-1, 1, -2, 2)]
        found = next((day for day in near if day.isoweekday() == weekday["weekday"]), found)
    return TimeValue(DATE, found.isoformat(), found, found)
