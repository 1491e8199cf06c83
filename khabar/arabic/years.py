"""Years, decades and centuries."""

from __future__ import annotations

from typing import Any

from khabar.arabic.approximators import read_approximator_before
from khabar.arabic.calendar import time_word
from khabar.arabic.durations import AGE_AFTER
from khabar.arabic.months import BEFORE_DATE
from khabar.arabic.nouns import noun_after
from khabar.arabic.numbers import ordinal, read_number
from khabar.arabic.numberwords import lexeme
from khabar.arabic.timeparts import FOUR_DIGITS, Part, read_shift
from khabar.arabic.tokens import Tokens, folded

_BEFORE_YEAR = BEFORE_DATE | folded("لعام بعام أعوام سنوات موسم انتخابات نسخة دورة حتى مونديال حرب")
_IN_YEAR = folded("في وفي منذ ومنذ حتى")
HIJRI_SUFFIXES = folded("ه هـ هجري هجرية الهجري للهجرة")
GREGORIAN_SUFFIXES = folded("م ميلادي ميلادية الميلادي")


def read_year(t: Tokens, i: int, previous: str) -> Part | None:
    """«عام 1992», «سنة ألفين وثلاثة», «العام 2007», «عامي 2020 و2022», «2004-2009م», or four digits after a date."""
    start = i
    word = time_word(t.key(i))
    named = False
    if word is not None and (
        word.unit in (("Y", 1), ("Y", 3)) or word.kinds.get("construct") == "Y" or word.kinds.get("period")
    ):
        i += 1
        named = word.kinds.get("period") is None or bool(FOUR_DIGITS.fullmatch(t.form(i)))
        if not named:
            return None
    elif previous != "month" and not FOUR_DIGITS.fullmatch(t.form(i)):
        if not (
            FOUR_DIGITS.fullmatch(t.form(i + 1))
            and t.key(i) in ("و", "ل", "ب", "ال", "لل")
            and t.is_tight(i + 1)
            and not previous
        ):
            return None
        i += 1
    number = _year_number(t, i, named)
    if number is None or (not named and not 1000 <= number[0] <= 2200):
        return None
    value, end = number
    data: dict[str, Any] = {"year": value}
    second = _second_year(t, end, named)
    if second is not None:
        data["last_year"], end, data["link"] = second
    suffix = t.key(end)
    if suffix in GREGORIAN_SUFFIXES:
        end += 1
    elif suffix in HIJRI_SUFFIXES:
        end, data["calendar"] = end + 1, "hijri"
    elif suffix == "ق" and t.key(end + 1) == "." and t.key(end + 2) == "م":
        end, data["before_christ"] = end + 3, True
    elif suffix == "قبل" and t.key(end + 1) == "الميلاد":
        end, data["before_christ"] = end + 2, True
    if not named and not previous and not _bare_year_is_meant(t, start, end):
        return None
    return Part("year", start, end, data)


def _year_number(t: Tokens, i: int, named: bool) -> tuple[int, int] | None:
    form = t.form(i)
    if form.isdigit():
        if t.key(i + 1) == "/" and FOUR_DIGITS.fullmatch(form) is None and named:
            return None
        return (int(form), i + 1) if 3 <= len(form) <= 4 else None
    if not named:
        return None
    found = read_number(t, i)
    if found is None or not isinstance(found.value, int) or found.proclitics:
        return None
    word = lexeme(t.key(i))
    if not 100 <= found.value <= 2500 and not (word is not None and word.kind == "tens" and 50 <= found.value <= 99):
        return None
    return found.value, found.end


def year_in_words(t: Tokens, i: int) -> tuple[int, int] | None:
    found = read_number(t, i)
    if found is None or not isinstance(found.value, int) or found.proclitics or not 1000 <= found.value <= 2200:
        return None
    return found.value, found.end


def _second_year(t: Tokens, end: int, named: bool) -> tuple[int, int, str] | None:
    key = t.key(end)
    form = t.form(end + 1)
    if key in ("-", "–", "ـ", "—", "/", "الي", "حتي") and form.isdigit() and len(form) in (2, 4):
        if t.key(end + 2) == key:
            return None
        last = int(form)
        if len(form) == 2:
            if not t.is_tight(end + 1):
                return None
            last += int(t.form(end - 1)) // 100 * 100 if t.form(end - 1).isdigit() else 0
        return last, end + 2, "-"
    if key == "و" and FOUR_DIGITS.fullmatch(form) and (named or t.key(end - 2) in ("بين", "وبين")):
        return int(form), end + 2, "و"
    return None


def _bare_year_is_meant(t: Tokens, start: int, end: int) -> bool:
    """Whether four digits with no «عام» before them are a year: between brackets, or after a word that dates take."""
    if t.whole:
        return True
    before, after = t.key(start - 1), t.key(end)
    if before == "(" and after == ")":
        return True
    if (
        end > start + 1
        and 1800 <= int(t.form(start) if t.form(start).isdigit() else 0) <= 2100
        and t.form(end - 1).isdigit()
    ):
        return True
    year = next((int(t.form(k)) for k in range(start, end) if t.form(k).isdigit()), 0)
    if not 1800 <= year <= 2100 or after in ("%", "٪") or lexeme(after) is not None:
        return False
    cued = before in _BEFORE_YEAR or t.key(start) in ("ل", "ب")
    if noun_after(t, end) > end:
        # A counted noun after such a number is a singular in ا or ة («2018 صوتا»).
        return (year % 100 > 10 and not after.endswith(("ا", "ه"))) or (before in _IN_YEAR and year % 100 != 0)
    if not 1900 <= year <= 2060:
        return cued
    return read_approximator_before(t, start) is None and not any(t.key(start - k) in _NUMBERED for k in (1, 2, 3))


_NUMBERED = folded("قرار القرار بالقرار للقرار رقم القانون قانون طراز موديل بواقع مقتل بينهم عددهم وصل بلغ")


def read_decade(t: Tokens, i: int, previous: str) -> Part | None:
    """«التسعينيات», «ثمانينات القرن الماضي», «خمسينيات القرن التاسع عشر»."""
    word = time_word(t.key(i))
    if word is None or word.number("decade") is None:
        return None
    if (t.matches(i + 1, "من") and t.key(i + 2) in AGE_AFTER) or t.key(i + 1) in AGE_AFTER:
        return None
    data: dict[str, Any] = {"decade": word.kinds["decade"]}
    second = time_word(t.key(i + 1))
    if second is not None and second.proclitics == "و" and second.number("decade") is not None:
        data["last_decade"] = second.kinds["decade"]
        i, start = i + 1, i
    else:
        start = i
    here = i + 2 if t.key(i + 1) == "من" else i + 1
    century = read_century(t, here, "")
    if century is not None:
        return Part("decade", start, century.end, data | century.data)
    return Part("decade", start, i + 1, data)


def read_century(t: Tokens, i: int, previous: str) -> Part | None:
    """«القرن الماضي», «القرن التاسع عشر», «القرن الـ19»."""
    word = time_word(t.key(i))
    if word is None or word.unit != ("CENTURY", 1):
        return None
    if word.definite:
        shift = read_shift(t, i + 1)
        if shift is not None:
            return Part("century", i, shift[1], {"century_shift": shift[0].get("shift")})
        found = ordinal(t, i + 1)
        if found is not None:
            end = found[1]
            if t.key(end) in ("الميلادي", "للميلاد", "الميلاد", "الهجري"):
                end += 1
            return Part("century", i, end, {"century": found[0]})
        if t.key(i + 1) == "ال" and t.form(i + 2).isdigit():
            return Part("century", i, i + 3, {"century": int(t.form(i + 2))})
    return None
