"""Days and months of a calendar, in digits and words."""

from __future__ import annotations

import re
from typing import Any

from khabar.arabic.calendar import DEMONSTRATIVES, time_word
from khabar.arabic.months import month_is_meant, read_month, read_month_name
from khabar.arabic.numbers import ordinal
from khabar.arabic.periods import read_unit
from khabar.arabic.timeparts import Part, read_shift
from khabar.arabic.tokens import MOST_WORDS, Tokens
from khabar.arabic.years import GREGORIAN_SUFFIXES, HIJRI_SUFFIXES, read_year, year_in_words
from khabar.text import fold

_ENGLISH_ORDINAL = frozenset(("st", "nd", "rd", "th"))
_DIGIT_DATE = re.compile(r"(\d{1,4})\.(\d{1,2})\.(\d{1,4})")


def read_digit_date(t: Tokens, i: int, previous: str) -> Part | None:
    """«15/6/2019», «2018-01-01», «15.4.2019»: all three numbers in digits."""
    form = t.form(i)
    if not form[:1].isdigit():
        return None
    match = _DIGIT_DATE.fullmatch(form)
    if match is not None:
        return _date_of_digits(i, i + 1, match[1], match[2], match[3])
    mark = t.key(i + 1)
    if (
        mark in ("/", "-", "\\", "–")
        and t.key(i + 3) == mark
        and form.isdigit()
        and t.form(i + 2).isdigit()
        and t.form(i + 4).isdigit()
    ):
        return _hijri_suffix(t, _date_of_digits(i, i + 5, form, t.form(i + 2), t.form(i + 4)))
    return None


def _hijri_suffix(t: Tokens, part: Part | None) -> Part | None:
    if part is None:
        return None
    if t.key(part.end) in HIJRI_SUFFIXES:
        return Part("date", part.start, part.end + 1, part.data | {"calendar": "hijri"})
    if t.key(part.end) in GREGORIAN_SUFFIXES:
        return Part("date", part.start, part.end + 1, part.data)
    return part


def _date_of_digits(start: int, end: int, first: str, second: str, third: str) -> Part | None:
    if max(len(first), len(second), len(third)) > 4:
        return None
    if len(first) == 4:
        year, month, day = int(first), int(second), int(third)
    else:
        day, month, year = int(first), int(second), int(third)
        if month > 12 >= day:
            day, month = month, day
    other = None
    if len(first) != 4 and len(third) <= 2:
        other = (2000 + int(first), int(second), int(third))
        if day > 31 or (day <= 12 and year > 31):
            return None
        year += 2000 if year < 50 else 1900
    if not (1 <= month <= 12 and 1 <= day <= 31 and year > 0):
        return None
    data: dict[str, Any] = {"day": day, "month": month, "year": year}
    # Two digits at both ends: the year can stand first («16/04/21»), which only the day of publication can tell.
    return Part("date", start, end, data | ({"other": other} if other is not None else {}))


def read_named_date(t: Tokens, i: int, previous: str) -> Part | None:
    """«20 سبتمبر 2023», «السابع من أكتوبر», «15 و16 مارس», «19 إلى 20 نوفمبر», «20 من الشهر المقبل», «5 الجاري»."""
    start = i
    word = time_word(t.key(i))
    if word is not None and ("construct" in word.kinds or word.unit in (("D", 1), ("NIGHT", 1))) and not word.definite:
        i += 1
    days = _days(t, i)
    if days is None:
        return None
    numbers, link, end = days
    here = end
    if t.key(here) == "من" or t.key(here) in ("-", "/", "–", "\\"):
        here += 1
    if t.key(here) == "شهر":
        here += 1
    month = read_month(t, here)
    if month is None:
        return _date_of_relative_month(t, start, numbers, link, here, end)
    kind, number, end = month
    data: dict[str, Any] = {"day": numbers[0], "month": number, "calendar": kind}
    if len(numbers) > 1:
        data |= {"last_day": numbers[-1], "link": link}
    return with_year(t, Part("date", start, end, data))


def _date_of_relative_month(t: Tokens, i: int, numbers: list[int], link: str, here: int, days_end: int) -> Part | None:
    data: dict[str, Any] = {"day": numbers[0], "calendar": "month"}
    if len(numbers) > 1:
        data |= {"last_day": numbers[-1], "link": link}
    if t.whole and t.key(here) == "في":
        here += 1
    if here > days_end or t.key(here) == fold("الشهر") or t.key(here) in DEMONSTRATIVES:
        unit = read_unit(t, here, "edge")
        if unit is not None and unit.data["unit"] == "MONTH" and unit.data["plural"] == 1:
            if "demonstrative" in unit.data:
                data["month_shift"] = 0
            elif unit.data.get("shift") is not None:
                data["month_shift"] = unit.data["shift"]
            return Part("date", i, unit.end, data)
    word = time_word(t.key(here))
    if word is not None and word.definite and word.kinds.get("shift") == 0 and not word.proclitics and here == days_end:
        return Part("date", i, here + 1, data | {"month_shift": 0})
    return None


def _days(t: Tokens, i: int) -> tuple[list[int], str, int] | None:
    """Day numbers: one, a list («15 و16 و17») or a range («19-20», «الثامن إلى العاشر»), with link and end."""
    first = _day(t, i)
    if first is None:
        return None
    numbers, end, link = [first[0]], first[1], ""
    while end - i < MOST_WORDS:
        key = t.key(end)
        if key in ("و", "-", "–", "الي", "حتي", "او"):
            here, found = end + 1, "و" if key in ("و", "او") else "-"
        elif key[:1] == "و" and ordinal(t, end) is not None:
            here, found = end, "و"
        else:
            break
        following = _day(t, here)
        if following is None:
            break
        numbers.append(following[0])
        link, end = found, following[1]
    return numbers, link, end


def _day(t: Tokens, i: int) -> tuple[int, int] | None:
    form = t.form(i)
    if form.isdigit() and len(form) <= 2:
        return (int(form), i + 1) if 1 <= int(form) <= 31 else None
    found = ordinal(t, i)
    if found is not None and 1 <= found[0] <= 31:
        return found[0], found[1]
    if (
        t.form(i + 1).isdigit()
        and t.key(i) in ("ال", "و", "ل", "ب", "في", "وال", "بال", "لل")
        and t.key(i) != "في"
        and (t.is_tight(i + 1) or "ـ" in t.raw(i) or (t.whole and t.key(i) == "ال"))
    ):
        return _day(t, i + 1)
    return None


def with_year(t: Tokens, part: Part) -> Part:
    """The date or month with the year and the modifier that follow it («الماضي», «من العام الماضي», «عام 2008»)."""
    end, data = part.end, dict(part.data)
    here = end + 1 if t.key(end) in ("،", ",", "-", "/", "\\") else end
    if t.key(here) == "من" and t.key(here + 1) in ("عام", "سنه", "العام", "السنه"):
        here += 1
    year = read_year(t, here, "month")
    if year is not None:
        data |= year.data
        end = year.end
    elif t.whole and (named := year_in_words(t, here + (t.key(here) == "من"))) is not None:
        data["year"], end = named
    elif (shift := read_shift(t, end)) is not None:
        data |= shift[0]
        end = shift[1]
    return Part(part.kind, part.start, end, data)


def read_month_part(t: Tokens, i: int, previous: str) -> Part | None:
    """«سبتمبر», «شهر يوليو/ تموز الماضي», «مايو 2009»."""
    start = i
    word = time_word(t.key(i))
    if word is None:
        return None
    if (word.unit == ("MONTH", 1) and not (word.definite and not word.proclitics)) or word.kinds.get(
        "construct"
    ) == "MONTH":
        i += 1
    month = read_month(t, i)
    if month is None:
        return None
    kind, number, end = month
    if i == start and previous not in ("edge",) and not month_is_meant(t, i, end):
        return None
    data: dict[str, Any] = {"month": number, "calendar": kind}
    if i > start and t.key(end) not in ("", "،"):
        pair = _second_month(t, end)
        if pair is not None and word.kinds.get("construct") == "MONTH":
            data["last_month"], end = pair
    if t.key(end) == fold("المبارك") or t.key(end) == fold("المعظم"):
        end += 1
    if _ENGLISH.fullmatch(t.key(i)) and t.form(end).isdigit() and len(t.form(end)) <= 2:
        data["day"] = int(t.form(end))
        end += 1
        if t.key(end) in _ENGLISH_ORDINAL:
            end += 1
        return with_year(t, Part("date", start, end, data))
    return with_year(t, Part("month", start, end, data))


_ENGLISH = re.compile("[a-z]+")


def _second_month(t: Tokens, i: int) -> tuple[int, int] | None:
    here = i + 1 if t.key(i) == "و" else i
    if here == i and t.key(i)[:1] != "و":
        return None
    month = read_month(t, here)
    return (month[1], month[2]) if month is not None else None


def read_english_date(t: Tokens, i: int, previous: str) -> Part | None:
    """«20th, September 2023», «20 September, 2023»."""
    if not t.form(i).isdigit() or len(t.form(i)) > 2:
        return None
    end = i + 1
    if t.key(end) in _ENGLISH_ORDINAL:
        end += 1
    if t.key(end) == ",":
        end += 1
    month = read_month_name(t, end)
    if month is None or not _ENGLISH.fullmatch(t.key(end)):
        return None
    data = {"day": int(t.form(i)), "month": month[1], "calendar": "month"}
    return with_year(t, Part("date", i, month[2], data))
