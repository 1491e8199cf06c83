"""Reads a text that is one time expression as a whole, prepositions and periods included.

Running text is read by :mod:`khabar.arabic.times`, which must not take too much; here the text is known to be a time,
so looser forms are read too («الجمعة 15», «أكتوبر 14», «من 19 إلى 20 نوفمبر», «قبل يومين»).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from khabar.arabic.calendar import time_word
from khabar.arabic.dates import with_year
from khabar.arabic.durationvalues import ago
from khabar.arabic.months import read_month
from khabar.arabic.numbers import ordinal, read_number
from khabar.arabic.numberwords import lexeme
from khabar.arabic.timeparts import Part
from khabar.arabic.times import read_part, read_time
from khabar.arabic.timevalues import DATE, DURATION, SET, TimeValue, month_value, period, week_of
from khabar.arabic.timex import timex_of
from khabar.arabic.tokens import MOST_WORDS, Tokens, folded, readings
from khabar.text import fold

_PREPOSITIONS = folded("في من خلال حتى إلى بين عند بتاريخ لمدة مدة غضون بحلول قرب على مدى مدار ما وقت لغاية")
_WHOLE_OF = folded("طوال طيلة")
_EVERY = folded("كل")
_BEFORE, _AFTER = folded("قبل منذ"), folded("بعد")
_TO = folded("إلى حتى") | frozenset("-–—ـ")
_AND = frozenset(("و",))
_SKIPPED = frozenset("،,()-") | folded("في من على الموافق")
_EDGE_MARKS = frozenset("()[]«»\"'،,.؛;:!؟?–")
_NOW = folded("الآن")
_EARLIER_OR_LATER = folded("لاحق سابق")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_MONTH_OF_YEAR = re.compile(r"([12]\d{3})\.(\d{1,2})")
#: «منتصف-الليل»
_HYPHENATED = re.compile("(?<=منتصف)-")
_NTH = {fold("أول"): 1, fold("ثاني"): 2, fold("ثالث"): 3, fold("رابع"): 4, fold("آخر"): -1}


def read_time_value(text: str, published: date | None) -> TimeValue | None:
    """The value of the text, or None where it is no time expression from end to end."""
    t = Tokens.of(_HYPHENATED.sub(" ", text), whole=True)
    start, end = 0, t.length
    while start < end and t.key(start) in _EDGE_MARKS:
        start += 1
    while end > start and t.key(end - 1) in _EDGE_MARKS and not (t.key(end - 1) == ")" and "(" in t.keys[start:end]):
        end -= 1
    if not start < end <= start + MOST_WORDS:
        return None
    return _read(t.part(start, end) if end - start < t.length else t, published)


def _read(t: Tokens, published: date | None, *, of_pair: bool = False) -> TimeValue | None:
    """``of_pair``: the text is one side of a period, which is no period itself."""
    match = read_time(t, 0)
    if match is not None and match.end == t.length:
        return timex_of(match.parts, published)
    if t.key(0) == "و" and t.length > 1:
        return _read(t.part(1, t.length), published, of_pair=of_pair)
    value = _by_direction(t, published) or (None if of_pair else _pair(t, published))
    if value is not None:
        return value
    parts = _loose_parts(t)
    if parts:
        return timex_of(parts, published)
    if t.key(0) in _PREPOSITIONS and t.length > 1:
        return _read(t.part(1, t.length), published, of_pair=of_pair)
    return _odd(t, published)


def _by_direction(t: Tokens, published: date | None) -> TimeValue | None:
    """«قبل يومين», «منذ شهر», «بعد 3 أيام», «شهر من الآن», «طوال الأسبوع», «كل يوم»."""
    key = t.key(0)
    if key in _BEFORE or key in _AFTER:
        inner = t.part(1, t.length)
        match = read_time(inner, 0) if inner.length else None
        if match is None or match.end != inner.length:
            return None
        data = match.parts[0].data
        if match.parts[0].kind != "duration" or "shift" in data:
            return timex_of(match.parts, published) if key == fold("منذ") else None
        value = timex_of(match.parts, published)
        return None if value is None else ago(value, data["items"], -1 if key in _BEFORE else 1, published)
    if t.length > 2 and t.matches(t.length - 2, "من", fold("الآن")):
        match = read_time(t.part(0, t.length - 2), 0)
        if match is not None and match.end == t.length - 2 and match.parts[0].kind == "duration":
            value = timex_of(match.parts, published)
            return None if value is None else ago(value, match.parts[0].data["items"], 1, published)
    if key in _WHOLE_OF or key in _EVERY:
        return _whole_of(t, published)
    return None


def _whole_of(t: Tokens, published: date | None) -> TimeValue | None:
    every = t.key(0) in _EVERY
    word = time_word(t.key(1))
    if t.length == 2 and word is not None and not word.proclitics and word.unit is not None:
        inner = t.part(1, 2) if not word.definite else Tokens.of(t.form(1)[2:], whole=True)
        value = _read(inner, None)
    else:
        value = _read(t.part(1, t.length), published) if t.length > 1 else None
    if value is None or not every:
        return value
    if value.type == DURATION:
        return TimeValue(SET, value.timex)
    day = t.part(1, t.length)
    weekday = _read(day, None)
    return TimeValue(SET, weekday.timex) if weekday is not None and weekday.timex.startswith("XXXX-WXX") else None


def _pair(t: Tokens, published: date | None) -> TimeValue | None:
    """«من 19 إلى 20 نوفمبر», «بين 4 سبتمبر و8 سبتمبر», «اليوم حتى الغد», «هذا الأسبوع من الثلاثاء إلى الخميس»."""
    between = t.key(0) in ("بين", fold("بين")) or _are_two_years(t)
    for k in range(1, t.length - 1):
        if t.key(k) not in _TO and not (between and t.key(k) in _AND):
            continue
        first, last = t.part(0, k), t.part(k + 1, t.length)
        while first.length and first.key(0) in _PREPOSITIONS:
            first = first.part(1, first.length)
        if not first.length:
            continue
        value = _days_of_week(first, last, published) or _days_of_month(first, last, published)
        value = value or period(_read(first, published, of_pair=True), _read(last, published, of_pair=True))
        if value is not None:
            return value
    return None


def _are_two_years(t: Tokens) -> bool:
    """«2020 و2022», as in «الفترة بين 2020 و2022» or «عامي 2020 و2022»."""
    return t.length == 3 and t.key(1) in _AND and all(_YEAR.fullmatch(t.form(i)) for i in (0, 2))


def _days_of_month(first: Tokens, last: Tokens, published: date | None) -> TimeValue | None:
    """A day number whose month stands with the second date."""
    if first.length != 1 or not first.form(0).isdigit() or len(first.form(0)) > 2:
        return None
    end = _read(last, published, of_pair=True)
    if end is None or end.type != DATE or (end.end is None and not end.timex.startswith("XXXX-")):
        return None
    day = int(first.form(0))
    text = f"{end.timex[:-2]}{day:02d}"
    if end.end is None:
        return period(TimeValue(DATE, text), end) if text < end.timex else None
    if len(end.timex) != 10 or not 1 <= day <= end.end.day:
        return None
    start = end.end.replace(day=day)
    return period(TimeValue(DATE, start.isoformat(), start, start), end)


def _days_of_week(first: Tokens, last: Tokens, published: date | None) -> TimeValue | None:
    """«هذا الأسبوع من الثلاثاء إلى الخميس»: the week stands before both days."""
    if "من" not in first.keys:
        return None
    k = list(first.keys).index("من")
    week, day = first.part(0, k), first.part(k + 1, first.length)
    if not week.length or not day.length:
        return None
    forms = " ".join(week.forms)
    start = _read(Tokens.of(f"{forms} {' '.join(day.forms)}", whole=True), published, of_pair=True)
    end = _read(Tokens.of(f"{forms} {' '.join(last.forms)}", whole=True), published, of_pair=True)
    return period(start, end)


def _loose_parts(t: Tokens) -> list[Part]:
    """Parts in any order with commas and prepositions between them, or [] where something is left over."""
    parts: list[Part] = []
    i = 0
    while i < t.length:
        part = _loose_part(t, i, parts)
        if part is None and parts and (again := _again_daypart(t, i, parts)) is not None:
            i = again
            continue
        if part is None:
            if t.key(i) in _SKIPPED and i + 1 < t.length:
                i += 1
                continue
            return []
        parts.append(part)
        i = part.end
    return parts


def _again_daypart(t: Tokens, i: int, parts: list[Part]) -> int | None:
    """The end of a part of the day that only says again when the clock time is («هذا الصباح في 7 صباحا»)."""
    part = _late(t, i) or read_part(t, i, parts)
    return part.end if part is not None and part.kind == "daypart" else None


def _loose_part(t: Tokens, i: int, before: list[Part]) -> Part | None:
    kinds = {part.kind for part in before}
    for reader in (_nth_weekday, _month_and_day, _clock_of_words, _late):
        found = reader(t, i)
        if found is not None and found.kind not in kinds:
            return found
    part = read_part(t, i, before)
    if part is not None and part.kind not in kinds and part.kind != "edge":
        return part
    if kinds & {"date", "month"} and "year" not in kinds:
        number = read_number(t, i)
        if number is not None and isinstance(number.value, int) and 1000 <= number.value <= 2200:
            return Part("year", i, number.end, {"year": number.value})
    if (kinds & {"relday", "daypart", "weekday"} and "clock" not in kinds) or _before_daypart(t, i):
        hour = _hour(t, i)
        if hour is not None and not (kinds & {"weekday"} and not _before_daypart(t, i)):
            return Part("clock", i, i + 1, {"hour": hour, "minute": 0, "second": 0})
    if not before and t.key(i + 1) == "(" and t.key(i + 2) in ("gmt", "utc"):
        return read_part(t, i, [Part("daypart", 0, 0)])
    if not before or kinds == {"weekday"}:
        return _day(t, i)
    return None


def _hour(t: Tokens, i: int) -> int | None:
    form = t.form(i)
    return int(form) if form.isdigit() and len(form) <= 2 and int(form) <= 24 else None


def _before_daypart(t: Tokens, i: int) -> bool:
    following = t.key(i + 2) if t.key(i + 1) in _SKIPPED or t.key(i + 1) in folded("هذا هذه منتصف") else t.key(i + 1)
    word = time_word(following)
    return word is not None and "part" in word.kinds


def _day(t: Tokens, i: int) -> Part | None:
    """A day of the month alone: «الحادي والعشرين», or a number after a weekday («الجمعة 15»)."""
    found = ordinal(t, i)
    if found is not None and found[0] <= 31 and found[1] == t.length:
        return Part("day", i, found[1], {"day": found[0]})
    number = read_number(t, i)
    if (
        i
        and number is not None
        and isinstance(number.value, int)
        and 1 <= number.value <= 31
        and number.end == t.length
    ):
        return Part("day", i, number.end, {"day": number.value})
    return None


def _month_and_day(t: Tokens, i: int) -> Part | None:
    """«أكتوبر 14», «يناير-1», «سبتمبر الحادي والعشرين من ألف وتسعمئة وواحد», «04/22»."""
    if t.form(i).isdigit() and t.key(i + 1) == "/" and t.form(i + 2).isdigit() and t.key(i + 3) != "/":
        if len(t.form(i)) > 2 or len(t.form(i + 2)) > 2:
            return None
        first, second = int(t.form(i)), int(t.form(i + 2))
        month, day = (first, second) if second > 12 else (second, first)
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        data = {"day": day, "month": month}
        if t.key(i + 3) in ("،", ",") and t.form(i + 4).isdigit() and len(t.form(i + 4)) in (2, 4):
            if first <= 12:
                data = {"day": second, "month": first}  # A comma before the year is the American order.
            return Part("date", i, i + 5, data | {"year": int(t.form(i + 4)) % 2000 + 2000})
        return Part("date", i, i + 3, data)
    if t.form(i).isdigit() and len(t.form(i)) <= 2 and t.key(i + 1) == "." and read_month(t, i + 2) is not None:
        month_found = read_month(t, i + 2)
        if month_found is not None and 1 <= int(t.form(i)) <= 31:
            return with_year(t, Part("date", i, month_found[2], {"day": int(t.form(i)), "month": month_found[1]}))
    found = read_month(t, i)
    if found is None:
        return None
    kind, month, end = found
    end += t.key(end) == "-"
    number = t.form(end)
    day_found = (int(number), end + 1) if number.isdigit() and len(number) <= 2 else ordinal(t, end)
    if day_found is None or not 1 <= day_found[0] <= 31 or t.key(day_found[1]) == ":":
        return None
    return Part("date", i, day_found[1], {"day": day_found[0], "month": month, "calendar": kind})


def _nth_weekday(t: Tokens, i: int) -> Part | None:
    """«أول يوم جمعة من يوليو», «آخر أحد في هذا الشهر»."""
    nth = _NTH.get(t.key(i))
    if nth is None:
        return None
    i += 1
    end = i + (t.key(i) == "يوم")
    word = time_word(t.key(end))
    day = (word.kinds.get("bare_weekday") or word.kinds.get("weekday")) if word is not None else None
    if day is None or t.key(end + 1) not in ("من", "في"):
        return None
    part = read_part(t, end + 2, [])
    data: dict[str, Any] = {"nth": nth, "weekday": day}
    if part is not None and part.kind == "month":
        return Part("nth_weekday", i - 1, part.end, data | part.data)
    part = read_part(t, end + 2, [Part("edge", 0, 0)])
    if part is not None and part.kind == "unit" and part.data["unit"] == "MONTH":
        shift = part.data.get("shift", 0 if "demonstrative" in part.data else None)
        return None if shift is None else Part("nth_weekday", i - 1, part.end, data | {"month_shift": shift})
    return None


def _clock_of_words(t: Tokens, i: int) -> Part | None:
    """«ثلاث دقائق قبل الثامنة», «عشرة وخمسة وأربعين», «ثمانية وأربعين صباحا», «الثامنة والنصف»."""
    minutes = read_number(t, i)
    if minutes is None:
        named = read_part(t, i, [Part("relday", 0, 0)])
        return named if named is not None and named.kind == "clock" and not t.form(i)[:1].isdigit() else None
    unit = time_word(t.key(minutes.end))
    if unit is not None and unit.unit in (("M", 1), ("M", 3)) and t.key(minutes.end + 1) in ("قبل", "بعد"):
        hour = read_part(t, minutes.end + 2, [Part("relday", 0, 0)])
        if hour is None or hour.kind != "clock" or hour.data["minute"] or not isinstance(minutes.value, int):
            return None
        before = t.key(minutes.end + 1) == "قبل"
        total = hour.data["hour"] * 60 + (-minutes.value if before else minutes.value)
        data = {"hour": total // 60, "minute": total % 60, "second": 0}
        return Part("clock", i, hour.end, data) if 0 < minutes.value < 60 else None
    return _hour_and_minutes(t, i)


def _hour_and_minutes(t: Tokens, i: int) -> Part | None:
    first = lexeme(t.key(i))
    if first is None or first.kind not in ("unit", "ten") or first.definite or i:
        return None
    teen = lexeme(t.key(i + 1))
    end = i + 2 if teen is not None and teen.kind == "ten" and first.kind == "unit" and not teen.proclitics else i + 1
    hour = int(first.value) + (10 if end == i + 2 else 0)
    here = end + 1 if t.key(end) == "و" else end
    minute = read_number(t, here)
    if minute is None or not isinstance(minute.value, int) or not 1 <= minute.value < 60 or minute.digits:
        return None
    rest = minute.end
    rest += t.key(rest) == "في"
    word = time_word(t.key(rest))
    ends_in_part = word is not None and "part" in word.kinds and rest + 1 == t.length
    if minute.end != t.length and not ends_in_part:
        return None
    if minute.end == t.length and here == end and minute.proclitics and first.kind == "unit" and end == i + 1:
        return None
    return Part("clock", i, minute.end, {"hour": hour, "minute": minute.value, "second": 0})


def _late(t: Tokens, i: int) -> Part | None:
    """«وقت لاحق من», «وقت سابق من»: earlier or later within the time that follows."""
    key = next((rest for _, rest in readings(t.key(i)) if rest == "وقت"), None)
    if key is not None and t.key(i + 1) in _EARLIER_OR_LATER:
        return Part("late", i, i + 3 if t.key(i + 2) == "من" else i + 2)
    if key is not None and t.key(i + 1) in folded("الغداء"):
        return Part("daypart", i, i + 2, {"part": "MIDDAY"})
    return None


def _odd(t: Tokens, published: date | None) -> TimeValue | None:
    """What no rule for parts reads: «الآن», «2015.3», «الأسبوع», «أسبوع 16 سبتمبر»."""
    if t.length == 1:
        if t.key(0) in _NOW:
            return TimeValue(DATE, "PRESENT_REF", published, published)
        month = _MONTH_OF_YEAR.fullmatch(t.form(0))
        if month is not None and 1 <= int(month[2]) <= 12:
            return month_value(int(month[1]), int(month[2]))
        part = read_part(t, 0, [Part("edge", 0, 0, {"edge": "MID"})])
        if part is not None and part.kind == "unit" and part.data["plural"] == 1:
            return timex_of([Part("unit", 0, 1, part.data | {"shift": 0})], published)
        return None
    word = time_word(t.key(0))
    if word is not None and word.unit == ("W", 1):
        if word.definite and t.key(1) == "بعد" and t.length == 3:
            following = time_word(t.key(2))
            if following is not None and following.kinds.get("shift") == 1:
                return timex_of([Part("unit", 0, 3, {"unit": "W", "plural": 1, "shift": 2})], published)
        inner = _read(t.part(1, t.length), published)
        return week_of(inner) if inner is not None and not word.definite else None
    return None
