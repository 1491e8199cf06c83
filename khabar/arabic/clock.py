"""Clock times and their zones."""

from __future__ import annotations

import re
from typing import Any

from khabar.arabic.approximators import read_approximator
from khabar.arabic.calendar import DAY_ADVERBS, time_word
from khabar.arabic.days import read_day_part
from khabar.arabic.numbers import ordinal, read_number
from khabar.arabic.timeparts import Part
from khabar.arabic.tokens import Tokens, folded
from khabar.text import fold

ZONES = frozenset(["gmt", "utc", "cet", "est", "edt", "bst", "pst", "pdt", "cest", "ast"])


def read_clock(t: Tokens, i: int, previous: str) -> Part | None:
    """«13:58», «الساعة الثانية والنصف», «الساعة 8», «التاسعة صباحا»; the part of the day stays a part of its own."""
    start = i
    word = time_word(t.key(i))
    named = word is not None and word.unit == ("H", 1) and word.definite
    if named:
        i += 1
    time = _clock_digits(t, i) or _clock_words(t, i, named)
    if time is None:
        approximator = read_approximator(t, i) if not named and not previous else None
        if (
            approximator is not None
            and (inner := read_clock(t, approximator[0], "clock")) is not None
            and inner.data.get("named")
        ):
            return Part("clock", start, inner.end, inner.data | {"relation": approximator[1]})
        return None
    hour, minute, second, end, sure = time
    if hour > 24 or minute > 59:
        return None
    part = time_word(t.key(end))
    sure = sure or (t.key(end) == "(" and t.key(end + 1) in ZONES)
    in_words = not t.form(end - 1)[:1].isdigit()
    if t.whole and in_words:
        pass
    elif not (named or sure) and previous not in ("relday", "daypart"):
        if part is None or "part" not in part.kinds or part.proclitics or t.key(end) not in DAY_ADVERBS | _HALF_DAY:
            prefix = t.key(end) in ("بعد", "قبل") and read_day_part(t, end, "clock") is not None
            if not prefix and t.key(end) not in ("gmt", "بتوقيت", "بالتوقيت"):
                return None
    elif not named and not sure and (part is None or "part" not in part.kinds):
        return None
    data: dict[str, Any] = {"hour": hour, "minute": minute, "second": second, "named": named, "exact": sure}
    if t.key(end) in ("ص", "م") and (named or sure):
        data["half"] = "MO" if t.key(end) == "ص" else "EV"
        end += 1
    elif t.key(end) in ("am", "pm", "a.m", "p.m"):
        data["half"] = "MO" if t.key(end)[0] == "a" else "EV"
        end += 1
    if named and t.key(end) == fold("تماما"):
        end += 1
    return Part("clock", start, end, data)


_HALF_DAY = folded("صباح مساء فجر ظهر عصر")


def _clock_digits(t: Tokens, i: int) -> tuple[int, int, int, int, bool] | None:
    """Hour, minute, second, end, and whether the form alone says that it is a clock time («13:58»)."""
    form = t.form(i)
    if t.key(i) in ("ال", "و", "ل", "ب") and t.form(i + 1).isdigit() and t.is_tight(i + 1):
        i, form = i + 1, t.form(i + 1)
    if re.fullmatch(r"\d{1,2}[.,]\d{2}", form):
        hour, minute = map(int, re.split("[.,]", form))
        return hour, minute, 0, i + 1, False
    if not form.isdigit():
        return None
    if len(form) <= 2:
        if t.key(i + 1) == ":" and len(t.form(i + 2)) == 2 and t.form(i + 2).isdigit():
            end, second = i + 3, 0
            if t.key(end) == ":" and t.form(end + 1).isdigit() and len(t.form(end + 1)) == 2:
                second, end = int(t.form(end + 1)), end + 2
            return int(form), int(t.form(i + 2)), second, end, True
        return int(form), 0, 0, i + 1, False
    if len(form) == 4 and int(form[:2]) < 24 and int(form[2:]) < 60:
        return int(form[:2]), int(form[2:]), 0, i + 1, False
    return None


def _clock_words(t: Tokens, i: int, named: bool) -> tuple[int, int, int, int, bool] | None:
    """«الثانية والنصف», «السابعة إلا الربع», «الثامنة وعشرين دقيقة»."""
    key = t.key(i)
    if key == fold("الواحدة"):
        hour, end = 1, i + 1
    else:
        found = ordinal(t, i)
        if found is None or not _FEMININE_ORDINAL.search(key):
            return None
        hour, end = found[0], found[1]
        if hour > 12:
            # «الثامنة وعشرين دقيقة»: the tens are minutes.
            hour, end = hour % 10, i + 1
    minute = 0
    following = t.key(end)
    here = end + 1 if following in ("و", "الا") else end
    fraction = t.key(here)[1:] if here == end and following[:1] == "و" else t.key(here) if here > end else ""
    amount = _QUARTERS.get(fraction.removeprefix("ال"))
    if amount is not None:
        minute, end = (-amount if following == "الا" else amount), here + 1
    elif following[:1] == "و" or following == "الا":
        number = read_number(t, here)
        if number is not None and isinstance(number.value, int) and number.value < 60:
            unit = time_word(t.key(number.end))
            if unit is not None and unit.unit is not None and unit.unit[0] == "M":
                minute, end = (-number.value if following == "الا" else number.value), number.end + 1
    if minute < 0:
        hour, minute = (hour - 1) or 12, 60 + minute
    return hour, minute, 0, end, False


_FEMININE_ORDINAL = re.compile(r"(?:ه|الاولي)$")
_QUARTERS = {"نصف": 30, "ربع": 15, "ثلث": 20}


def read_zone(t: Tokens, i: int, previous: str) -> Part | None:
    """«بتوقيت غرينتش», «بالتوقيت المحلي», «GMT», «UTC+3», «ت.غ»: only after a clock time."""
    if previous not in ("clock", "daypart", "date", "zone", "year", "weekday", "relday", "month"):
        return None
    key = t.key(i)
    if key in ZONES:
        end = i + 1
        name = t.form(i).upper()
        if t.key(end) in ("+", "-") and t.form(end + 1)[:1].isdigit():
            name += t.key(end) + t.form(end + 1)
            end += 2
            if t.key(end) == ":" and t.form(end + 1).isdigit():
                name += ":" + t.form(end + 1)
                end += 2
        return Part("zone", i, end, {"zone": name})
    rest = key.lstrip("بو")
    if rest == fold("التوقيت") and t.key(i + 1) in ("المحلي", "العالمي", "الصيفي"):
        return Part("zone", i, i + 2, {"zone": t.form(i + 1)})
    if rest == "توقيت" and i + 1 < t.length and previous != "date":
        end = i + 2
        if t.key(end) in ("المحلي", "المتحده", "الصيفي", "المكرمه", "المحتله"):
            end += 1
        elif t.key(end - 1) in ("شرق", "وسط", "غرب", "جنوب", "شمال", "الساحل"):
            end += 1 + (t.key(end) == "الولايات")
        return Part("zone", i, end, {"zone": " ".join(t.form(k) for k in range(i + 1, end))})
    if key == "ت" and t.key(i + 1) in (".", "غ"):
        end = i + (3 if t.key(i + 1) == "." else 2)
        return Part("zone", i, end, {"zone": "GMT"}) if t.key(end - 1) == "غ" else None
    return None
