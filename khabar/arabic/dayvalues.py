"""Single days: dates, weekdays and days told from today, resolved the way news means them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from khabar.arabic.hijri import hijri_date
from khabar.arabic.periodvalues import month_of
from khabar.arabic.timevalues import (
    DATE,
    PERIOD,
    TimeValue,
    monday_of,
    month_value,
    nearest,
    safe_date,
    shifted_month,
)


def date_value(data: dict[str, Any], weekday: dict[str, Any] | None, today: date | None) -> TimeValue | None:
    if "anaphora" in data and "year" not in data:
        return None
    if data.get("calendar") == "hijri":
        return hijri_date(data, today)
    if "other" in data and today is not None and (other := safe_date(*data["other"])) is not None:
        found_first = safe_date(data["year"], data["month"], data["day"])
        if found_first is None or found_first > today + timedelta(366) >= other:
            return TimeValue(DATE, other.isoformat(), other, other)
    month, year = data.get("month"), data.get("year")
    if month is None:
        if "month_shift" not in data or today is None:
            return (
                TimeValue(DATE, f"XXXX-XX-{data['day']:02d}")
                if "month_shift" in data and "last_day" not in data
                else None
            )
        year, month = shifted_month(today, data["month_shift"])
    days = [data["day"]] + ([data["last_day"]] if "last_day" in data else [])
    if year is None:
        year = _year_of_day(month, days[0], data.get("shift"), weekday, today)
    if year is None:
        text = [f"XXXX-{month:02d}-{day:02d}" for day in days]
        if any(not 1 <= day <= monthrange(2000, month)[1] for day in days):
            return None
        return TimeValue(DATE, text[0]) if len(text) == 1 else TimeValue(PERIOD, "/".join(text))
    found = [safe_date(year, month, day) for day in days]
    first, last = found[0], found[-1]
    if first is None or last is None or first > last:
        return None
    if first == last:
        return TimeValue(DATE, first.isoformat(), first, first)
    return TimeValue(PERIOD, f"{first.isoformat()}/{last.isoformat()}", first, last)


def _year_of_day(
    month: int, day: int, shift: int | None, weekday: dict[str, Any] | None, today: date | None
) -> int | None:
    """The year that news means by a day and month alone: the past one, unless the coming one is much nearer."""
    if today is None:
        return None
    candidates = [found for year in (-1, 0, 1) if (found := safe_date(today.year + year, month, day)) is not None]
    if weekday is not None:
        fitting = [found for found in candidates if found.isoweekday() == weekday["weekday"]]
        candidates = fitting or candidates
    chosen = nearest(candidates, shift, today)
    return chosen.year if chosen is not None else None


def weekday_value(data: dict[str, Any], unit: dict[str, Any] | None, today: date | None) -> TimeValue | None:
    day: int = data["weekday"]
    if "anaphora" in data or (unit is not None and unit["unit"] != "W"):
        return None
    if unit is not None:
        shift = unit.get("shift", 0 if "demonstrative" in unit else None)
        if unit["unit"] != "W" or shift is None or today is None:
            return None
        found = monday_of(today) + timedelta(7 * shift + day - 1)
    elif today is None:
        last = data.get("last_weekday")
        if last is not None:
            return TimeValue(PERIOD, f"XXXX-WXX-{day}/XXXX-WXX-{last}")
        return TimeValue(DATE, f"XXXX-WXX-{day}")
    elif data.get("shift") == 1:
        found = today + timedelta((day - today.isoweekday() - 1) % 7 + 1)
    else:
        back = (today.isoweekday() - day) % 7
        found = today - timedelta(back or 7 if data.get("shift") == -1 else back)
    if "last_weekday" in data and today is not None:
        last_day = found + timedelta((data["last_weekday"] - day) % 7)
        return TimeValue(PERIOD, f"{found.isoformat()}/{last_day.isoformat()}", found, last_day)
    return TimeValue(DATE, found.isoformat(), found, found)


def day_of_month_value(day: int, weekday: dict[str, Any] | None, today: date | None) -> TimeValue | None:
    """«الحادي والعشرين», «الجمعة 15»: a day without a month; with its weekday, the nearest month where they meet."""
    if weekday is None or today is None:
        return TimeValue(DATE, f"XXXX-XX-{day:02d}") if weekday is None else None
    months = [shifted_month(today, shift) for shift in (0, -1, 1, -2, 2)]
    days = [found for year, month in months if (found := safe_date(year, month, day)) is not None]
    found = next((found for found in days if found.isoweekday() == weekday["weekday"]), None)
    return None if found is None else TimeValue(DATE, found.isoformat(), found, found)


def nth_weekday_value(data: dict[str, Any], today: date | None) -> TimeValue | None:
    """«أول جمعة من يوليو», «آخر أحد في هذا الشهر»."""
    if "month_shift" in data:
        if today is None:
            return None
        year, number = shifted_month(today, data["month_shift"])
        month: TimeValue | None = month_value(year, number)
    else:
        month = month_of(data, today)
    if month is None or month.start is None or month.end is None:
        return None
    if data["nth"] == -1:
        found = month.end - timedelta((month.end.isoweekday() - data["weekday"]) % 7)
    else:
        found = month.start + timedelta((data["weekday"] - month.start.isoweekday()) % 7 + 7 * (data["nth"] - 1))
    return TimeValue(DATE, found.isoformat(), found, found)
