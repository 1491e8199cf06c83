"""What a time expression means on a calendar: ISO 8601 and TIMEX3 values.

Values follow TIMEX3 (Pustejovsky et al. 2003, https://timeml.github.io): ``2023-09-20``, ``2023-W38``, ``199X``,
``PT10H``, ``2023-09-19TMO``. What depends on the day of publication is resolved only where that day is given; without
it a relative time keeps its distance (``P-1D`` is yesterday, ``P1M`` next month, ``XXXX-WXX-2`` a Tuesday).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from khabar.arabic.approximators import EQUAL
from khabar.arabic.dayvalues import date_value, day_of_month_value, nth_weekday_value, weekday_value
from khabar.arabic.durationvalues import MODS, duration_value
from khabar.arabic.periodvalues import century_of, decade_of, month_of, season_of, unit_value, year_of
from khabar.arabic.timeparts import Part
from khabar.arabic.timevalues import DATE, PERIOD, TIME, TimeValue, as_date, period, relative_day_value, whole

_PART_CODES = {"MO": "TMO", "DAWN": "TMO", "NOON": "TMI", "AF": "TAF", "EV": "TEV", "NI": "TNI", "DT": "TDT"}
_PART_HOURS = {"MIDDAY": 12, "MIDNIGHT": 0, "NOON_SHARP": 12}
#: Zones by the name after «بتوقيت»; other names are given as written.
_ZONE_NAMES = {"غرينتش": "GMT", "جرينتش": "GMT", "غرينيتش": "GMT", "جرينيتش": "GMT", "غرينيش": "GMT", "العالمي": "UTC"}


def timex_of(parts: Sequence[Part], published: date | None) -> TimeValue | None:
    """The value of an expression's parts, resolved against the day of publication; None where it cannot be read."""
    if not parts:
        return None
    by_kind: dict[str, dict[str, Any]] = {}
    night = _night_between(parts, published)
    if night is not None:
        return night
    for part in parts:
        if part.kind == "unit" and "ordinal" in by_kind.get("unit", {}) and part.data.get("unit") == "Y" and published:
            shift = part.data.get("shift", 0 if "demonstrative" in part.data else None)
            if shift is None:
                return None
            by_kind["year"] = {"year": published.year + shift}
            continue
        if part.kind in by_kind and part.kind != "zone" and by_kind[part.kind] != part.data:
            return _range_of_same(parts, published)
        by_kind[part.kind] = part.data
    unit = by_kind.get("unit", {})
    if unit.get("unit") == "H" and unit.get("ordinal") == 1 and "daypart" in by_kind:
        # «الساعات الأولى من صباح السبت»
        by_kind["edge"] = {"edge": "START"}
        del by_kind["unit"]
    if unit.get("unit") == "DECADE" and "ordinal" in unit and "century" in by_kind:
        # «العقد الثامن من القرن الماضي»
        by_kind["decade"] = by_kind.pop("century") | {"decade": (unit["ordinal"] - 1) * 10}
        del by_kind["unit"]
    if "duration" in by_kind:
        return duration_value(by_kind["duration"], published) if len(by_kind) == 1 else None
    day = _day(by_kind, published)
    if day is None:
        return None
    return _with_clock(day, by_kind, published)


def _night_between(parts: Sequence[Part], published: date | None) -> TimeValue | None:
    """«ليل الاثنين - الثلاثاء»: the night that follows the first of two days in a row."""
    if [part.kind for part in parts] != ["daypart", "weekday", "weekday"]:
        return None
    first, last = parts[1].data["weekday"], parts[2].data["weekday"]
    return timex_of(parts[:2], published) if last == first % 7 + 1 else None


def _range_of_same(parts: Sequence[Part], published: date | None) -> TimeValue | None:
    """«السبت - الأحد», «ثمانينيات وسبعينيات»: two parts of one kind are the ends of a period, where both are read."""
    if len(parts) != 2:
        return None
    first, last = (timex_of([part], published) for part in parts)
    if first is not None and last is not None and first.start is not None and first.start == last.start:
        return first  # One day in two calendars.
    return period(first, last)


def _day(by_kind: dict[str, dict[str, Any]], published: date | None) -> TimeValue | None:
    """The calendar part of the expression; an empty ``timex`` where only a clock time or part of the day is said."""
    today = as_date(published) if published is not None else None
    edge = by_kind.get("edge")
    value: TimeValue | None
    if "date" in by_kind:
        year = by_kind.get("year", {})
        if "year" in year and by_kind["date"].get("year", year["year"]) != year["year"]:
            return None
        value = date_value(year | by_kind["date"], by_kind.get("weekday"), today)
    elif "relday" in by_kind:
        value = relative_day_value(by_kind["relday"]["days"], by_kind.get("weekday"), today)
    elif "day" in by_kind:
        value = day_of_month_value(by_kind["day"]["day"], by_kind.get("weekday"), today)
    elif "nth_weekday" in by_kind:
        value = nth_weekday_value(by_kind["nth_weekday"], today)
    elif "month" in by_kind and "unit" in by_kind and by_kind["unit"]["unit"] != "Y":
        return None
    elif "month" in by_kind:
        value = month_of(by_kind["month"] | _year_data(by_kind), today)
    elif "season" in by_kind:
        value = season_of(by_kind["season"], today)
    elif "weekday" in by_kind:
        value = weekday_value(by_kind["weekday"], by_kind.get("unit"), today)
    elif "unit" in by_kind:
        value = unit_value(by_kind["unit"], by_kind.get("year"), edge, today)
    elif "year" in by_kind:
        value = year_of(by_kind["year"])
    elif "decade" in by_kind:
        value = decade_of(by_kind["decade"], today)
    elif "century" in by_kind:
        value = century_of(by_kind["century"], today)
    elif {"clock", "daypart"} & by_kind.keys():
        days = by_kind.get("daypart", {}).get("days")
        if days is not None:
            return relative_day_value(days, None, today)
        return TimeValue(TIME, "")
    else:
        return None
    if value is not None and edge is not None:
        value = _edge(value, edge, today)
    return value


def _year_data(by_kind: dict[str, dict[str, Any]]) -> dict[str, Any]:
    unit = by_kind.get("unit")
    if unit is not None and unit.get("unit") == "Y":
        if unit.get("shift") is not None:
            return {"year_shift": unit["shift"]}
        return {"year_shift": 0} if "demonstrative" in unit else {"anaphora": 0}
    return by_kind.get("year", {})


def _edge(value: TimeValue, edge: dict[str, Any], today: date | None) -> TimeValue | None:
    kind = edge["edge"]
    if edge.get("weekend"):
        if value.start is None or "W" not in value.timex:
            return (
                TimeValue(DATE, f"{value.timex}-WE") if "W" in value.timex and not value.timex.startswith("P") else None
            )
        saturday = value.start + timedelta(5)
        return TimeValue(DATE, f"{value.timex}-WE", saturday, saturday + timedelta(1))
    if kind == "REST":
        if today is None or value.start is None or value.end is None or not value.start <= today <= value.end:
            return None
        return TimeValue(PERIOD, f"{today.isoformat()}/{value.end.isoformat()}", today, value.end)
    if "/" in kind:
        return _share_of_year(value, *map(int, kind.split("/")))
    return TimeValue(value.type, value.timex, value.start, value.end, value.zone, mod=kind)


def _share_of_year(value: TimeValue, number: int, share: int) -> TimeValue | None:
    if len(value.timex) != 4 or value.start is None or not 1 <= number <= share or share == 3:
        return None
    months = 12 // share
    first = date(value.start.year, (number - 1) * months + 1, 1)
    last_month = number * months
    last = date(first.year, last_month, monthrange(first.year, last_month)[1])
    return whole(first, last, f"{value.timex}-{'Q' if share == 4 else 'H'}{number}")


def _with_clock(day: TimeValue, by_kind: dict[str, dict[str, Any]], published: date | None) -> TimeValue | None:
    clock, part = by_kind.get("clock"), by_kind.get("daypart", {}).get("part")
    zone = _zone(by_kind.get("zone"))
    if clock is None:
        if part is None:
            return TimeValue(day.type, day.timex, day.start, day.end, zone, day.mod) if zone else day
        if day.timex and (day.type != DATE or day.start != day.end):
            return None
        if part in _PART_HOURS:
            return _at(day, f"T{_PART_HOURS[part]:02d}", _PART_HOURS[part], 0, 0, zone, None)
        return TimeValue(TIME, day.timex + _PART_CODES[part], day.start, day.end, zone, day.mod)
    if day.timex and day.start != day.end:
        return None
    hour = _hour(clock["hour"], clock.get("half") or part)
    if hour is None:
        return None
    minute, second = clock["minute"], clock["second"]
    text = f"T{hour:02d}"
    if minute or second or clock.get("exact"):
        text += f":{minute:02d}"
    if second:
        text += f":{second:02d}"
    return _at(day, text, hour, minute, second, zone, MODS.get(clock.get("relation", EQUAL)))


def _at(day: TimeValue, text: str, hour: int, minute: int, second: int, zone: str | None, mod: str | None) -> TimeValue:
    moment: date | None = None
    if day.start is not None:
        moment = datetime(day.start.year, day.start.month, day.start.day) + timedelta(
            hours=hour, minutes=minute, seconds=second
        )
    return TimeValue(TIME, day.timex + text, moment, moment, zone, mod)


def _hour(hour: int, part: str | None) -> int | None:
    """The hour of 24 that an hour with its part of the day means; None where they contradict each other."""
    if part is None or hour > 12:
        return hour if hour <= 24 else None
    if part in ("MO", "DAWN"):
        return hour % 12 if hour == 12 else hour
    if part in ("AF", "EV"):
        return hour + 12 if hour < 12 else hour
    if part in ("NOON", "MIDDAY", "DT"):
        return hour + 12 if hour < 10 else hour
    if part == "MIDNIGHT":
        return hour % 12
    if part == "NI":
        return hour % 12 if hour == 12 else hour + 12 if hour >= 5 else hour
    return hour


def _zone(data: dict[str, Any] | None) -> str | None:
    if data is None:
        return None
    name: str = data["zone"]
    return _ZONE_NAMES.get(name, name)
