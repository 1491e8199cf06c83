"""Durations («10 ساعات», «نحو شهرين», «عدة أيام») and ages, which are written like them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from khabar.arabic.approximators import EQUAL, read_approximator
from khabar.arabic.calendar import time_word
from khabar.arabic.months import read_month_name
from khabar.arabic.numbers import ordinal, read_number
from khabar.arabic.numberwords import lexeme
from khabar.arabic.timeparts import Part, read_shift
from khabar.arabic.tokens import MOST_WORDS, Tokens, folded, readings
from khabar.text import fold

#: Words after which a singular unit without a number is a duration («قبل شهر», «لمدة ساعة»).
_BEFORE_DURATION = folded("قبل بعد منذ خلال غضون مدة طوال طيلة مرور مدار بعيد مضي لمدة ولمدة بمدة عمره")
COUNTED_FEW = folded("عدة بضع بضعة")
_FEW_AFTER = folded("قليلة معدودة معدودات قلائل قليل عدة طويلة عديدة")
_FULL = folded("كامل كاملة كاملا كاملين كاملتين")
_WHOLE = folded("واحد واحدة")
_AGE_BEFORE = folded("العمر عمر عمره عمرها البالغ البالغة سن أعمارهم بعمر عمرهم عمرهن أعمارهن والبالغ")
AGE_AFTER = folded("عمرا العمر عمره عمرها")


def read_duration(t: Tokens, i: int, ages: bool = False) -> Part | None:
    """«10 ساعات», «نحو شهرين», «عدة أيام», «سنة ونصف», «أكثر من عقد», «خمس أو عشر سنوات», «الـ24 ساعة الماضية»."""
    start = i
    relation = EQUAL
    approximator = read_approximator(t, i)
    if approximator is not None:
        i, relation = approximator[0], approximator[1]
        if t.key(i) in ("ال", "ب", "ل"):
            pass
    first = read_counted_unit(t, i)
    if first is None and approximator is not None:
        word = time_word(t.key(i))
        if word is not None and word.unit == ("H", 1) and word.definite:
            return None
        if (
            word is not None
            and not word.proclitics
            and word.unit is not None
            and word.unit[1] == 1
            and t.key(i) != "اليوم"
        ):
            if t.form(i + 1)[:1].isdigit():
                return None
            first = {"unit": word.unit[0], "number": 1}, i + 1
            if word.definite and (read_shift(t, i + 1) or ordinal(t, i + 1)):
                return None
    if first is None:
        return None
    data, end = first
    bare = approximator is None and data.get("bare") and _half_after(t, end) is None
    if bare and not _bare_unit_is_duration(t, i, end):
        return None
    if not ages and _is_age(t, start, end, data):
        return None
    items: list[tuple[Any, str]] = [(None if data.get("few") else data.get("number"), data["unit"])]
    while end - i < MOST_WORDS:
        half = _half_after(t, end)
        if half is not None and items[-1][0] is not None:
            amount, unit = items[-1]
            items[-1] = (amount + half[0], unit)
            end = half[1]
            continue
        here = end + 1 if t.key(end) == "و" else end
        word = time_word(t.key(here))
        if here == end and t.key(end)[:1] != "و":
            break
        more = read_counted_unit(t, here)
        if more is None or (more[0].get("bare") and here > end and not t.whole) or more[0].get("few"):
            break
        if more[0].get("bare") and (word is None or word.definite or more[0]["unit"] == items[-1][1]):
            break
        items.append((more[0].get("number"), more[0]["unit"]))
        end = more[1]
    if t.matches(end, "من", "الزمن") or t.matches(end, "من", "الزمان"):
        end += 2
    elif t.key(end) in _FULL:
        end += 1
    found: dict[str, Any] = {"items": items, "relation": relation, "few": bool(data.get("few"))}
    if data.get("high") is not None:
        found["high"] = data["high"]
    shift = read_shift(t, end)
    if shift is not None and (data.get("plural") or data.get("definite")):
        found |= shift[0]
        end = shift[1]
    return Part("duration", start, end, found)


def read_counted_unit(t: Tokens, i: int) -> tuple[dict[str, Any], int] | None:
    """A unit of time with its number: «10 ساعات», «يومين», «عدة أيام», «بضعة أشهر», «نصف قرن», «شهر», «مئات السنين»."""
    start = i
    key = t.key(i)
    if any(rest in COUNTED_FEW for _, rest in readings(key)):
        word = time_word(t.key(i + 1))
        if word is not None and not word.proclitics and word.unit is not None and word.unit[1] == 3:
            return {"unit": word.unit[0], "few": True}, i + 2
        return None
    number = read_number(t, i)
    high: Any = None
    if number is not None:
        end = number.end
        second = read_number(t, end + 1) if t.key(end) in ("او", "الي", "-", "–") else None
        if second is not None and _unit_after(t, second.end) is not None:
            high, end = second.value, second.end
        unit = _unit_after(t, end)
        if unit is None:
            return None
        name, end, definite = unit
        if definite and not (number.vague or number.fraction or number.definite or t.whole):
            return None
        if t.form(end).isdigit() and len(t.form(end)) == 4:
            return None
        data: dict[str, Any] = {"unit": name, "number": number.value, "plural": True}
        if number.vague:
            data["few"] = True
        if high is not None:
            data["high"] = high
        if name == "Y" and t.key(end) == fold("ضوئية"):
            return None
        return data, end
    word = time_word(key)
    if word is None or word.unit is None:
        return None
    unit_name, count = word.unit
    if count == 2:
        if word.definite:
            shift = read_shift(t, i + 1)
            if shift is None:
                return None
            return {"unit": unit_name, "number": 2, "plural": True}, i + 1
        end = i + 2 if lexeme(t.key(i + 1)) is not None and t.key(i + 1) in ("اثنين", "اثنتين") else i + 1
        return {"unit": unit_name, "number": 2}, end
    if count == 3:
        if not word.definite and t.key(i + 1) in _FEW_AFTER and t.key(i + 1) not in _VAGUE_AFTER:
            return {"unit": unit_name, "few": True}, i + 2
        return None
    if word.definite or unit_name == "S":
        return None
    if t.key(i + 1) in _WHOLE:
        return {"unit": unit_name, "number": 1}, i + 2
    return {"unit": unit_name, "number": 1, "bare": True, "plural": False}, start + 1


_VAGUE_AFTER = folded("طويلة")


def _unit_after(t: Tokens, i: int) -> tuple[str, int, bool] | None:
    """The unit of time that a number counts, right after it: its name, end, and whether it has the article."""
    word = time_word(t.key(i))
    if word is None or word.proclitics or word.unit is None:
        return None
    name, count = word.unit
    if count == 2 or (name == "CENTURY" and word.definite and ordinal(t, i + 1)):
        return None
    if name == "QUARTER":
        return None
    return str(name), i + 1, word.definite


def _half_after(t: Tokens, end: int) -> tuple[Decimal, int] | None:
    """«ونصف», «ونصف السنة», «وربع» after a unit."""
    found = lexeme(t.key(end))
    here = end + 1
    if t.key(end) == "و":
        found, here = lexeme(t.key(end + 1)), end + 2
        if found is not None and found.proclitics:
            return None
    elif found is None or found.proclitics != "و":
        return None
    if found is None or found.kind != "fraction":
        return None
    word = time_word(t.key(here))
    if word is not None and "unit" in word.kinds and not word.proclitics:
        here += 1
    return Decimal(found.value), here


def _bare_unit_is_duration(t: Tokens, i: int, end: int) -> bool:
    """Whether a singular unit with no number is a duration here: «قبل شهر», but not «يوم القيامة», «عقد مؤتمرا»."""
    if t.whole:
        return True
    word = time_word(t.key(i))
    after = t.key(end)
    if word is None or (after[:2] == "ال" and after not in ("الي",)) or after[:1].isdigit():
        return False
    unit = word.unit[0] if word.unit is not None else ""
    if read_month_name(t, end) is not None or "weekday" in (time_word(after) or word).kinds:
        return False
    if unit in ("DECADE", "CENTURY", "QUARTER", "NIGHT"):
        return t.matches(end, "من", "الزمن") or t.matches(end, "من", "الزمان")
    if word.proclitics:
        return False
    before = t.key(i - 1)
    return before in _BEFORE_DURATION or (before[1:] in _BEFORE_DURATION and before[:1] in "وف")


def read_age(t: Tokens, i: int) -> int | None:
    """The end of the age that starts at word ``i`` («53 عاما» of a person), or None."""
    if not (
        t.form(i)[:1].isdigit()
        or lexeme(t.key(i)) is not None
        or time_word(t.key(i)) is not None
        or t.form(i + 1)[:1].isdigit()
    ):
        return None
    part = read_duration(t, i, ages=True)
    if part is None:
        return None
    _, unit = part.data["items"][0]
    return part.end if _is_age(t, i, part.end, {"unit": unit, "few": part.data["few"]}) else None


def _is_age(t: Tokens, start: int, end: int, data: dict[str, Any]) -> bool:
    """Whether a duration is a person's age: «يبلغ من العمر 53 عاما», «(53 عاما)», «، 53 عاما،»."""
    if t.whole:
        return False
    if data["unit"] not in ("Y", "MONTH") or data.get("few"):
        return False
    before = [t.key(start - k) for k in (1, 2, 3, 4, 5)]
    if any(rest in _AGE_BEFORE for key in before for _, rest in readings(key)):
        return True
    if t.key(end) in AGE_AFTER or (t.key(end) == "من" and t.key(end + 1) in AGE_AFTER):
        return True
    opening, closing = t.key(start - 1), t.key(end)
    return (opening == "(" and closing == ")") or (opening in ("،", ",") and closing in ("،", ",", ")"))
