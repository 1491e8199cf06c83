"""Numbers written as arithmetic: signs, quotients, powers of ten and plain powers («واحد على عشرين», «2 1/4»)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation, localcontext

from khabar.arabic.numbers import read_number
from khabar.arabic.numberwords import Numeral, literal
from khabar.arabic.tokens import Tokens, folded
from khabar.text import fold, normalise

_NEGATIVE = folded("سالب ناقص")
_OVER = folded("على من")
_PART = folded("جزء")
_DIGITS = r"[-+]?\d+(?:[.,]\d+)*|[-+]?\.\d+"
_SCIENTIFIC = re.compile(rf"({_DIGITS})e([-+]?\d{{1,3}})", re.IGNORECASE)
_POWER = re.compile(rf"({_DIGITS})\^([-+]?\d{{1,3}})")
_MIXED = re.compile(r"(-?)(?:(\d+) )?(\d+)/(\d+)")
_MIXED_BEHIND = re.compile(r"(\d+)/(\d+) (\d+)")
_SPACED = re.compile(r"(-?\d{1,3}(?: \d{3})+)(\.\d+)?")
#: Nothing is counted so far; floats, in which JSON holds what is no whole number, end at 1.8e308.
_TOO_GREAT = 10**100
#: Written like the feminine numeral; a fraction only after و at the end («ثلاثة وخمس»).
_HOMOGRAPHS = folded("خمس سبع تسع ثمن")
_FIFTHS = {"خمس": 5, "سبع": 7, "تسع": 9, "ثمن": 8, "سدس": 6, "ربع": 4, "ثلث": 3, "نصف": 2} | {
    "اخماس": 5,
    "اسباع": 7,
    "اتساع": 9,
    "اثمان": 8,
    "اسداس": 6,
    "ارباع": 4,
    "اثلاث": 3,
    "انصاف": 2,
    "اعشار": 10,
}


def read_expression(text: str) -> Numeral | None:
    """The number that the whole text writes, or None."""
    compact = " ".join(normalise(text).replace("،", ",").split())
    with localcontext() as context:
        context.prec = 18
        try:
            found = _read_symbols(compact)
        except (InvalidOperation, ZeroDivisionError, OverflowError):
            return None
        if found is None:
            found = _read_words(Tokens.of(text, whole=True))
        return found if found is not None and -_TOO_GREAT < found < _TOO_GREAT else None


def is_symbolic(text: str) -> bool:
    """Whether the text is written with signs of arithmetic, so that a reader of plain numbers would misread it."""
    return any(sign in text for sign in "^/-") or text.lstrip()[:1] == "." or "e" in text.casefold()


def _number(digits: str) -> Decimal | None:
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    value = Decimal("0" + digits) if digits.startswith(".") else literal(digits)
    return None if value is None else sign * Decimal(value)


def _read_symbols(text: str) -> Numeral | None:
    if match := _SCIENTIFIC.fullmatch(text):
        base = _number(match[1])
        return None if base is None else _plain(base.scaleb(int(match[2])))
    if match := _POWER.fullmatch(text):
        base = _number(match[1])
        return None if base is None else _plain(base ** int(match[2]))
    if match := _MIXED.fullmatch(text):
        value = Decimal(match[2] or 0) + Decimal(match[3]) / Decimal(match[4])
        return _plain(-value if match[1] else value)
    if match := _MIXED_BEHIND.fullmatch(text):
        return _plain(Decimal(match[3]) + Decimal(match[1]) / Decimal(match[2]))
    if match := _SPACED.fullmatch(text):
        return _plain(Decimal(match[1].replace(" ", "") + (match[2] or "")))
    if re.fullmatch(_DIGITS, text) and text[:1] in "-.":
        value_or_none = _number(text)
        return None if value_or_none is None else _plain(value_or_none)
    return None


def _read_words(t: Tokens) -> Numeral | None:
    i, sign = 0, 1
    if t.key(0) in _NEGATIVE or t.key(0) == "-":
        i, sign = 1, -1
    value, end = _read_term(t, i)
    if value is None:
        return None
    if end < t.length and t.key(end) in _OVER:
        divisor, end = _read_term(t, end + 1)
        if not divisor:
            return None
        value = Decimal(value) / Decimal(divisor)
    return _plain(Decimal(sign * value)) if end == t.length else None


def _read_term(t: Tokens, i: int) -> tuple[Numeral | None, int]:
    """A number, «جزء من» a number, or a number of parts («واحد وعشرون خمس»): value and end."""
    if t.key(i) in _PART and t.key(i + 1) == "من":
        value, end = _read_term(t, i + 2)
        return (Decimal(1) / Decimal(value) if value else None), end
    if t.key(i) == fold("صفر"):
        return 0, i + 1
    number = read_number(t, i)
    if number is None or number.value is None or number.definite:
        return None, i
    value, end = number.value, number.end
    if t.key(end) == fold("فاصلة"):
        return _decimal(t, value, end + 1)
    here = end + 1 if t.key(end) == "و" else end
    part = t.key(here).removeprefix("و") if here == end else t.key(here)
    if part in _HOMOGRAPHS and here + 1 == t.length and (here > end or t.key(here)[:1] == "و"):
        return value + Decimal(1) / _FIFTHS[part], t.length
    if t.key(end) in _FIFTHS:
        return Decimal(value) / _FIFTHS[t.key(end)], end + 1
    if t.key(end) in _PART and t.key(end + 1) == "من":
        divisor, end = _read_term(t, end + 2)
        return (Decimal(value) / Decimal(divisor) if divisor else None), end
    return value, end


def _decimal(t: Tokens, value: Numeral, i: int) -> tuple[Numeral | None, int]:
    """What follows «فاصلة»: digits behind the point («خمسة فاصلة ستة»), or a share («ثلاثة من مئة»)."""
    number = read_number(t, i)
    if number is None or not isinstance(number.value, int):
        return None, i
    share, end = Decimal(number.value).scaleb(-len(str(number.value))), number.end
    if t.key(end) == "من" and (divisor := read_number(t, end + 1)) is not None and divisor.value:
        share, end = Decimal(number.value) / Decimal(divisor.value), divisor.end
    return value + share, end


def _plain(value: Decimal) -> Numeral:
    return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else value
