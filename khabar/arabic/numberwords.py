"""The words and digits that numbers are made of, looked up under their proclitics and article."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from khabar.arabic.tokens import folded, readings
from khabar.remembering import remembered
from khabar.text import fold

Numeral = int | Decimal
_LITERAL = re.compile(r"\d+(?:[.,]\d+)*")


class Lexeme(NamedTuple):
    """One number word: its kind, value, the proclitics before it and whether it has the article."""

    kind: str
    value: Numeral
    proclitics: str
    definite: bool


def _forms(table: dict[str, str]) -> dict[str, int]:
    return {fold(form): int(value) for value, forms in table.items() for form in forms.split()}


_UNITS = _forms(
    {
        "1": "واحد واحدة واحدا",
        "2": "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي إتنين",
        "3": "ثلاث ثلاثة ثلاثا تلاتة",
        "4": "أربع أربعة أربعا",
        "5": "خمس خمسة خمسا",
        "6": "ست ستة ستا",
        "7": "سبع سبعة سبعا",
        "8": "ثمان ثماني ثمانية ثمانيا",
        "9": "تسع تسعة تسعا",
    }
)
_TEN = _forms({"10": "عشر عشرة عشرا"})
_TENS = _forms(
    {
        str(value * 10): f"{stem}ون {stem}ين"
        for value, stem in enumerate(["عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع"], 2)
    }
)
_HUNDRED_WORDS = ["مئة", "مائة", "ماية", "مية", "ميّة"]
_HUNDREDS = _forms(
    {
        "100": " ".join(_HUNDRED_WORDS),
        "200": "مئتان مئتين مئتا مئتي مائتان مائتين مائتا مائتي ميتين مئتيان",
    }
    | {
        str(value * 100): " ".join(stem + hundred for stem in stems.split() for hundred in _HUNDRED_WORDS)
        for value, stems in enumerate(["ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان ثماني", "تسع"], 3)
    }
)
_SCALES = _forms(
    {
        str(10**3): "ألف آلاف الافا",
        str(10**6): "مليون ملايين مليونات",
        str(10**9): "مليار مليارات بليون بلايين",
        str(10**12): "تريليون ترليون تريليونات ترليونات",
    }
)
#: Dual, or singular accusative: «ألفا جندي» is 2000, «13 ألفا» is 13,000.
_DUAL_OR_ACCUSATIVE = _forms({str(10**3): "ألفا", str(10**6): "مليونا", str(10**9): "مليارا", str(10**12): "تريليونا"})
_DUAL_SCALES = _forms(
    {
        str(10**3): "ألفان ألفين ألفي",
        str(10**6): "مليونان مليونين مليوني",
        str(10**9): "ملياران مليارين ملياري بليونين بليوني",
        str(10**12): "تريليونان تريليونين تريليوني",
    }
)
#: Plurals that, with no number before them, say an order of magnitude only.
VAGUE_PLURALS = _forms(
    {
        str(10): "عشرات",
        str(100): "مئات مءات",
        str(10**3): "آلاف ألوف",
        str(10**6): "ملايين",
        str(10**9): "مليارات بلايين",
        str(10**12): "تريليونات ترليونات",
    }
)
_DOZENS = _forms({"12": "دزينة دزينات دستة دستات", "24": "دزينتين دزينتان دستتين"})
_FRACTIONS: dict[str, Numeral] = {
    fold(form): Decimal(numerator) / Decimal(denominator)
    for forms, numerator, denominator in (
        ("نصف", 1, 2),
        ("ثلث", 1, 3),
        ("ثلثا ثلثي ثلثان ثلثين", 2, 3),
        ("ربع", 1, 4),
        ("سدس", 1, 6),
    )
    for form in forms.split()
}


_FRACTIONS |= {
    noun + suffix: _FRACTIONS[noun]
    for noun in ("نصف", "ثلث", "ثلثي", "ثلثا", "ربع")
    for suffix in ("هم", "ها", "هن", "ه", "نا")
}
_FRACTION_PLURALS = {
    fold(form): Decimal(1) / value
    for form, value in (
        ("أنصاف", 2),
        ("أثلاث", 3),
        ("أرباع", 4),
        ("أخماس", 5),
        ("أسداس", 6),
        ("أسباع", 7),
        ("أثمان", 8),
        ("أتساع", 9),
        ("أعشار", 10),
    )
}
_ORDINALS = _forms(
    {
        "1": "أول أولى حادي حادية",
        "2": "ثاني ثانية ثان",
        "3": "ثالث ثالثة",
        "4": "رابع رابعة",
        "5": "خامس خامسة",
        "6": "سادس سادسة",
        "7": "سابع سابعة",
        "8": "ثامن ثامنة",
        "9": "تاسع تاسعة",
        "10": "عاشر عاشرة",
    }
)
_LEXICON: dict[str, tuple[str, Numeral]] = {}


for _kind, _table in (
    ("unit", _UNITS),
    ("ten", _TEN),
    ("tens", _TENS),
    ("hundred", _HUNDREDS),
    ("dual_or_scale", _DUAL_OR_ACCUSATIVE),
    ("dual", _DUAL_SCALES),
    ("scale", _SCALES),
    ("vague", {word: value for word, value in VAGUE_PLURALS.items() if word not in _SCALES}),
    ("dozen", _DOZENS),
    ("fraction", _FRACTIONS),
    ("parts", _FRACTION_PLURALS),
    ("few", dict.fromkeys(map(fold, ["بضع", "بضعة"]), 3)),
):
    _LEXICON.update({word: (_kind, value) for word, value in _table.items()})


for _word in map(fold, ["أحد", "إحدى"]):
    _LEXICON[_word] = ("one_of_eleven", 1)


#: Words that only look like a proclitic with a number: I am not, and not I; in a thousand ways written.
_NOT_NUMBERS = folded("لست ولست فلست كست وسط فست لسبع كمية وكمية كميات")


@remembered
def lexeme(key: str) -> Lexeme | None:
    """The number word that a folded word is, under its proclitics and article, or None."""
    entry = _LEXICON.get(key)
    if entry is not None:
        return Lexeme(*entry, "", False)
    if key in _NOT_NUMBERS:
        return None
    for proclitics, rest in readings(key):
        entry = _LEXICON.get(rest)
        if entry is not None:
            return Lexeme(*entry, proclitics, False)
        if rest[:2] == "ال" and (entry := _LEXICON.get(rest[2:])) is not None:
            return Lexeme(*entry, proclitics, True)
    return None


#: Characters of a number in digits; a longer run is no quantity, and Python refuses to read the longest ones.
LONGEST_LITERAL = 60


def literal(form: str) -> Numeral | None:
    """The number that a run of ASCII digits with separators writes, or None («15.4.2019», «192.168.1.2»).

    ``,`` before exactly three digits parts thousands, ``.`` is a decimal point unless it recurs («1.234.567»).
    """
    return _literal(form) if len(form) <= LONGEST_LITERAL else None


@remembered
def _literal(form: str) -> Numeral | None:
    if form.isascii() and form.isdigit():
        return int(form)
    if not _LITERAL.fullmatch(form):
        return None
    points, commas = form.count("."), form.count(",")
    if points and commas:
        decimal, grouping = (".", ",") if form.rindex(".") > form.rindex(",") else (",", ".")
        if form.count(decimal) > 1 or not _is_grouped(form.split(decimal)[0], grouping):
            return None
        return Decimal(form.replace(grouping, "").replace(decimal, "."))
    mark = "." if points else ","
    if _is_grouped(form, mark) and (mark == "," or points > 1) and not form.startswith("0"):
        return int(form.replace(mark, ""))
    return Decimal(form.replace(mark, ".")) if points + commas == 1 else None


def _is_grouped(digits: str, mark: str) -> bool:
    head, *groups = digits.split(mark)
    return 0 < len(head) <= 3 and all(len(group) == 3 for group in groups)


@remembered
def ordinal_word(key: str) -> tuple[int, str, bool] | None:
    for proclitics, rest in readings(key):
        definite = rest[:2] == "ال"
        value = _ORDINALS.get(rest[2:] if definite else rest)
        if value is not None:
            return value, proclitics, definite
    return None
