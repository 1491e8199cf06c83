"""Months, seasons, years, decades, centuries, and the periods said by their place («الأسبوع الماضي»)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from khabar.arabic.durationvalues import DURATION_UNITS, span_from_today
from khabar.arabic.hijri import hijri_month, hijri_range
from khabar.arabic.timevalues import (
    DATE,
    PERIOD,
    TimeValue,
    decade_value,
    monday_of,
    month_value,
    nearest,
    period,
    relative_day_value,
    season_value,
    shifted_month,
    week_value,
    whole,
    year_value,
)


def month_of(data: dict[str, Any], today: date | None) -> TimeValue | None:
    if "anaphora" in data and "year" not in data:
        return None
    if data.get("calendar") == "hijri":
        return hijri_month(data, today)
    month, year = data["month"], data.get("year")
    if year is None and "year_shift" in data:
        year = today.year + data["year_shift"] if today is not None else None
    elif year is None and today is not None:
        firsts = [date(today.year + step, month, 1) for step in (-1, 0, 1)]
        found = nearest(firsts, data.get("shift"), today.replace(day=1))
        year = found.year if found is not None else None
    last = data.get("last_month")
    if year is None:
        if today is not None or "last_month" in data:
            return None if last is None else TimeValue(PERIOD, f"XXXX-{month:02d}/XXXX-{last:02d}")
        return TimeValue(DATE, f"XXXX-{month:02d}")
    if not 1 <= year <= 9999:
        return None
    if last is not None:
        return period(month_value(year, month), month_value(year + (last < month), last))
    return month_value(year, month)


def season_of(data: dict[str, Any], today: date | None) -> TimeValue | None:
    year = data.get("year")
    if year is None and data.get("shift") is not None and today is not None:
        year = today.year + data["shift"]
    if year is None or not 1 <= year < 9999:
        return None
    return season_value(year, data["season"])


def year_of(data: dict[str, Any]) -> TimeValue | None:
    year, last = data["year"], data.get("last_year")
    if data.get("before_christ"):
        return TimeValue(DATE, f"BC{year:04d}")
    if data.get("calendar") == "hijri":
        return hijri_range((year, 1), (last or year, 12))
    if 1390 <= year <= 1460:
        return None  # Of the Hijri or of the Gregorian calendar: nothing says which.
    if year < 100:
        year += 1900
    if last is not None:
        return None if last <= year or last > 9999 else period(year_value(year), year_value(last))
    return year_value(year) if year <= 9999 else None


def decade_of(data: dict[str, Any], today: date | None) -> TimeValue | None:
    decade: int = data["decade"]
    century = _century_number(data, today)
    if century is None:
        if {"century", "century_shift"} & data.keys() or decade < 30:
            return None
        century = 20
    first = (century - 1) * 100 + decade
    found = decade_value(first)
    if "last_decade" in data:
        last = decade_value((century - 1) * 100 + data["last_decade"])
        return period(*sorted((found, last), key=lambda value: value.timex))
    return found


def _century_number(data: dict[str, Any], today: date | None) -> int | None:
    if "century" in data:
        return int(data["century"])
    if data.get("century_shift") is not None and today is not None:
        return (today.year - 1) // 100 + 1 + int(data["century_shift"])
    return None


def century_of(data: dict[str, Any], today: date | None) -> TimeValue | None:
    number = _century_number(data, today)
    if number is None:
        shift = data.get("century_shift")
        return TimeValue(DATE, f"P{shift * 100}Y" if shift else "P0Y") if shift is not None else None
    if not 1 <= number <= 99:
        return None
    first = (number - 1) * 100
    return whole(date(max(first, 1), 1, 1), date(first + 99, 12, 31), f"{number - 1:02d}XX")


def unit_value(
    data: dict[str, Any], year: dict[str, Any] | None, edge: dict[str, Any] | None, today: date | None
) -> TimeValue | None:
    shift = data.get("shift")
    if data["unit"] == "PERIOD":
        shift = -1 if data.get("recent") else shift
        return TimeValue(DATE, "PAST_REF" if shift < 0 else "FUTURE_REF") if shift else None
    if "second_unit" in data:
        return None if not shift else TimeValue(DATE, "PAST_REF" if shift < 0 else "FUTURE_REF")
    if "ordinal" in data:
        return _ordinal_unit(data, year)
    if year is not None or ("anaphora" in data and shift is None and "recent" not in data):
        return None
    if data["plural"] != 1:
        return _several_units(data, today)
    if shift is None:
        if "recent" in data:
            return None
        if "demonstrative" not in data and edge is None:
            return None
        if data.get("demonstrative") in ("ذلك", "تلك"):
            return None
        shift = 0
    unit: str = data["unit"]
    if today is None:
        return _relative_unit(unit, shift)
    if unit == "D":
        return relative_day_value(shift, None, today)
    if unit == "W":
        return week_value(monday_of(today) + timedelta(7 * shift))
    if unit == "MONTH":
        return month_value(*shifted_month(today, shift))
    if unit == "Y":
        return year_value(today.year + shift)
    if unit == "DECADE":
        return decade_value(today.year // 10 * 10 + 10 * shift)
    if unit == "SEASON":
        return season_value(today.year + shift, data["season"])
    return None


def _relative_unit(unit: str, shift: int) -> TimeValue | None:
    letter, size = DURATION_UNITS.get(unit, ("", 0))
    if not letter or letter[0] == "T":
        return None
    return TimeValue(DATE, f"P{shift * size}{letter}")


def _ordinal_unit(data: dict[str, Any], year: dict[str, Any] | None) -> TimeValue | None:
    """«الأسبوع الثالث من عام 2027»: the week of that number in January's count, as TIMEX3 writes weeks of a year."""
    if year is None or data["unit"] != "W" or "year" not in year or not 1 <= data["ordinal"] <= 52:
        return None
    monday = monday_of(date(year["year"], 1, 4)) + timedelta(7 * (data["ordinal"] - 1))
    return whole(monday, monday + timedelta(6), f"{year['year']:04d}-W{data['ordinal']:02d}")


def _several_units(data: dict[str, Any], today: date | None) -> TimeValue | None:
    """«السنوات الثلاث الماضية» reaches back from the day of publication; without a number only the side is known."""
    shift = data.get("shift")
    if shift is None and data.get("recent"):
        shift = -1
    if not shift:
        return None
    number = data.get("number", 2 if data["plural"] == 2 else None)
    if not isinstance(number, int):
        return TimeValue(DATE, "PAST_REF" if shift < 0 else "FUTURE_REF")
    letter, size = DURATION_UNITS.get(data["unit"], ("", 0))
    if not letter:
        return None
    return span_from_today(number * size, letter, shift, today)
