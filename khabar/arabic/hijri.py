"""Days, months and years of the Hijri calendar as days of the Gregorian one (by the table of Umm al-Qura)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from khabar.arabic.timevalues import DATE, PERIOD, TimeValue, nearest


def hijri_date(data: dict[str, Any], today: date | None) -> TimeValue | None:
    month, days = data.get("month"), [data["day"]] + ([data["last_day"]] if "last_day" in data else [])
    if month is None:
        return None
    year = data.get("year")
    if year is None:
        if today is None:
            return None
        this = _hijri_year(today)
        candidates = {
            found: year
            for year in (this - 1, this, this + 1)
            if (found := _gregorian(year, month, days[0])) is not None
        }
        chosen = nearest(candidates, data.get("shift"), today)
        if chosen is None:
            return None
        year = candidates[chosen]
    first, last = _gregorian(year, month, days[0]), _gregorian(year, month, days[-1])
    if first is None or last is None or first > last:
        return None
    if first == last:
        return TimeValue(DATE, first.isoformat(), first, first)
    return TimeValue(PERIOD, f"{first.isoformat()}/{last.isoformat()}", first, last)


def hijri_month(data: dict[str, Any], today: date | None) -> TimeValue | None:
    month, year = data["month"], data.get("year")
    if year is None:
        if today is None:
            return None
        this = _hijri_year(today) + data.get("year_shift", 0)
        years = (this,) if "year_shift" in data else (this - 1, this, this + 1)
        candidates = {found: year for year in years if (found := _gregorian(year, month, 1)) is not None}
        chosen = nearest(candidates, data.get("shift"), today)
        if chosen is None:
            return None
        year = candidates[chosen]
    return hijri_range((year, month), (year, month))


def hijri_range(first: tuple[int, int], last: tuple[int, int]) -> TimeValue | None:
    """The days of Hijri months from one to another (year, month), both included."""
    start = _gregorian(*first, 1)
    year, month = last
    following = _gregorian(year + month // 12, month % 12 + 1, 1)
    if start is None or following is None or following <= start:
        return None
    end = following - timedelta(1)
    return TimeValue(PERIOD, f"{start.isoformat()}/{end.isoformat()}", start, end)


def _gregorian(year: int, month: int, day: int) -> date | None:
    from hijridate import Hijri

    try:
        found = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return date(found.year, found.month, found.day)


def _hijri_year(day: date) -> int:
    from hijridate import Gregorian

    try:
        return int(Gregorian(day.year, day.month, day.day).to_hijri().year)
    except (ValueError, OverflowError):
        return 0
