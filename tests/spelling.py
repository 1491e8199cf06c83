"""Spells numbers in Arabic, in every gender and case: what the reader of numbers must read back."""

from __future__ import annotations

from dataclasses import dataclass

_STEMS = ["", "", "", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع"]
_TENS = ["", "", "عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع"]
_SCALES = [
    (10**12, "تريليون", "تريليونات"),
    (10**9, "مليار", "مليارات"),
    (10**6, "مليون", "ملايين"),
    (10**3, "ألف", "آلاف"),
]


@dataclass(frozen=True)
class Style:
    """How a number is written: gender of what it counts, case, and spelling habits."""

    feminine: bool = False
    oblique: bool = False
    hundred: str = "مئة"
    split_hundreds: bool = False
    spaced_and: bool = False


def spell(number: int, style: Style) -> str:
    """The number in words, 0 < number <= 10**12."""
    parts = []
    for size, singular, plural in _SCALES:
        count, number = divmod(number, size)
        if count:
            parts.append(_scaled(count, singular, plural, style))
    if number:
        parts.append(_below_thousand(number, style))
    return (" و " if style.spaced_and else " و").join(parts)


def _dual(style: Style) -> str:
    return "ين" if style.oblique else "ان"


def _scaled(count: int, singular: str, plural: str, style: Style) -> str:
    if count == 1:
        return singular
    if count == 2:
        return singular + _dual(style)
    masculine = Style(False, style.oblique, style.hundred, style.split_hundreds, style.spaced_and)
    rest = count % 100
    noun = plural if 3 <= rest <= 10 else singular if rest == 0 else singular + "ا"
    return f"{_below_thousand(count, masculine)} {noun}"


def _below_thousand(number: int, style: Style) -> str:
    hundreds, rest = divmod(number, 100)
    parts = []
    if hundreds == 1:
        parts.append(style.hundred)
    elif hundreds == 2:
        parts.append(style.hundred[:-1] + "ت" + _dual(style))
    elif hundreds:
        parts.append(_STEMS[hundreds] + (" " if style.split_hundreds else "") + style.hundred)
    if rest:
        parts.append(_below_hundred(rest, style))
    return (" و " if style.spaced_and else " و").join(parts)


def _below_hundred(number: int, style: Style) -> str:
    tens, unit = divmod(number, 10)
    if number == 10:
        return "عشر" if style.feminine else "عشرة"
    if number < 10:
        return _unit(unit, style)
    if number < 20:
        ten = "عشرة" if style.feminine else "عشر"
        if number == 11:
            return f"{'إحدى' if style.feminine else 'أحد'} {ten}"
        if number == 12:
            return f"{'اثنت' if style.feminine else 'اثن'}{'ي' if style.oblique else 'ا'} {ten}"
        return f"{_unit(unit, style)} {ten}"
    word = _TENS[tens] + ("ين" if style.oblique else "ون")
    return f"{_unit(unit, style)}{' و ' if style.spaced_and else ' و'}{word}" if unit else word


def _unit(unit: int, style: Style) -> str:
    if unit == 1:
        return "واحدة" if style.feminine else "واحد"
    if unit == 2:
        return ("اثنت" if style.feminine else "اثن") + _dual(style)
    return _STEMS[unit] if style.feminine else _STEMS[unit] + "ة"
