"""Numbers as Arabic writes them: digits of every set, number words in every gender and case, and both mixed.

:func:`read_number` reads «٢٬٢٦١», «1.5 مليون», «13 ألفا و500», «ثلاثمئة وخمسة وعشرون ألفا», «نصف مليون»,
«عشرات الآلاف»; :func:`read_approximator` reads what stands before a number and says how exact it is.
Ordinals are never read as numbers; :func:`ordinal` reads them for dates, clock times and centuries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from khabar.arabic.clitics import CONJUNCTIONS, PREPOSITIONS
from khabar.arabic.numberwords import LONGEST_LITERAL, VAGUE_PLURALS, Lexeme, Numeral, lexeme, literal, ordinal_word
from khabar.arabic.tokens import MOST_WORDS, Tokens, readings


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from words ``start`` to ``end``.

    ``value`` is None where only a lower bound ``low`` is said (``vague``). ``proclitics`` and ``definite`` are the
    first number word's. ``points`` marks a literal such as ``1.500``, whose point may part thousands. ``scale`` is what
    one number was multiplied by («4 ملايين»: a million), 1 for a sum.
    """

    start: int
    end: int
    value: Numeral | None
    low: Numeral | None = None
    vague: bool = False
    proclitics: str = ""
    definite: bool = False
    digits: bool = False
    fraction: bool = False
    points: bool = False
    scale: Numeral = 1


def read_number(t: Tokens, i: int) -> Number | None:
    """The longest number whose first word is word ``i``, or None."""
    key = t.key(i)
    first = lexeme(key)
    if first is not None:
        if first.kind in ("vague", "scale", "few"):
            vague = _read_vague(t, i, first)
            if vague is not None:
                return vague
        return _read_sum(t, i, i, first.proclitics, first.definite)
    if t.form(i)[:1].isdigit():
        return _read_sum(t, i, i, "", False)
    clitic = CLITICS_OF_DIGITS.get(key)
    if clitic is not None and t.form(i + 1)[:1].isdigit() and (t.is_tight(i + 1) or "ـ" in t.raw(i)):
        return _read_sum(t, i, i + 1, *clitic)
    return None


#: Proclitics and article written onto digits, with or without a kashida: «بـ15», «و500», «الـ16».
CLITICS_OF_DIGITS = {
    conjunction + preposition + article: (conjunction + preposition, bool(article))
    for conjunction in ("", *CONJUNCTIONS)
    for preposition in ("", *PREPOSITIONS)
    for article in ("", "ال")
    if conjunction + preposition + article
} | {"لل": ("ل", True), "ولل": ("ول", True)}


#: More than follow one another in any number («مئات آلاف الملايين», «ألف مليون مليون»).
_MOST_SCALES = 5


def _read_vague(t: Tokens, i: int, first: Lexeme) -> Number | None:
    """«مئات», «عشرات الآلاف», «بضعة آلاف»; None where the word is no plural without a number («ألف», «مليون»)."""
    if first.kind == "few":
        low, end = 3, i + 1
    else:
        plurals = (_vague_plural(rest) for _, rest in readings(t.key(i)))
        plural = next((value for value in plurals if value is not None), None)
        if plural is None:
            return None
        low, end = plural, i + 1
    while end - i < _MOST_SCALES and (following := _vague_plural(t.key(end))) is not None:
        low, end = low * following, end + 1
    return Number(i, end, None, low, True, first.proclitics, first.definite)


def _vague_plural(key: str) -> int | None:
    low = VAGUE_PLURALS.get(key)
    if low is None:
        low = VAGUE_PLURALS.get(key[2:]) if key[:2] == "ال" else None
    return low


def _read_sum(t: Tokens, start: int, i: int, proclitics: str, definite: bool) -> Number | None:
    """Groups of falling size joined by و («مليونان وثلاثمئة ألف وخمسون»), with a fraction at the end («ونصف»)."""
    fraction = _read_fraction(t, i)
    if fraction is not None:
        return Number(start, fraction[1], simplest(fraction[0]), None, False, proclitics, definite, fraction=True)
    group = _read_group(t, i)
    if group is None:
        return None
    total, end, step = group
    scale = step
    digits = t.form(i)[:1].isdigit()
    while end - i < MOST_WORDS and (here := _after_and(t, end)) is not None:
        fraction = _read_fraction(t, here, step)
        if fraction is not None:
            total, end, scale = total + fraction[0], fraction[1], 1
            break
        group = _read_group(t, here)
        if group is None or group[0] >= step:
            break
        total, end, step, scale = total + group[0], group[1], group[2], 1
    points = digits and end == i + 1 and bool(_ONE_POINT.fullmatch(t.form(i)))
    return Number(start, end, simplest(total), None, False, proclitics, definite, digits, points=points, scale=scale)


_ONE_POINT = re.compile(r"[1-9]\d{0,2}\.\d{3}")


def simplest(value: Numeral) -> Numeral:
    """The number as an int where it is whole."""
    return int(value) if value == int(value) else value


def _after_and(t: Tokens, i: int) -> int | None:
    """Where a number joined by و goes on: ``i`` for «وخمسون», the next word for a و of its own, else None."""
    key = t.key(i)
    if key == "و":
        following = lexeme(t.key(i + 1))
        return i + 1 if t.form(i + 1)[:1].isdigit() or (following is not None and not following.proclitics) else None
    if key[:1] != "و":
        return None
    if key == "واحد" and (ten := _bare(t, i + 1)) is not None and ten.kind == "ten":
        return i  # «وأحد عشر», which folds into «واحد».
    found = lexeme(key)
    return i if found is not None and found.proclitics == "و" else None


def _bare(t: Tokens, i: int) -> Lexeme | None:
    """The number word at ``i`` if no proclitic stands before it."""
    found = lexeme(t.key(i))
    return found if found is not None and not found.proclitics else None


def _read_fraction(t: Tokens, i: int, step: Numeral = 1) -> tuple[Numeral, int] | None:
    """«نصف», «ثلاثة أرباع», «نصف مليون»: value and end. ``step`` is what «مليون ونصف» halves."""
    first = lexeme(t.key(i))
    if first is None:
        return None
    value, end = first.value, i + 1
    if first.kind == "unit" and (parts := _bare(t, end)) is not None and parts.kind == "parts":
        value, end = value * parts.value, end + 1
    elif first.kind != "fraction":
        return None
    scale = _bare(t, end)
    if scale is not None and scale.kind in ("scale", "dozen") and t.key(end) not in VAGUE_PLURALS:
        return value * scale.value, end + 1
    return value * step, end


def _read_group(t: Tokens, i: int) -> tuple[Numeral, int, Numeral] | None:
    """A number below 1000 times its scale: «ثلاثمئة وخمسون ألفا», «ألفان», «1.5 مليون»: value, end, scale."""
    found = _read_below_thousand(t, i)
    step: Numeral = 1
    if found is not None:
        value, end = found
    else:
        first = lexeme(t.key(i))
        if first is None or first.kind not in ("scale", "dual", "dual_or_scale"):
            return None
        value, step, end = first.value * (1 if first.kind == "scale" else 2), first.value, i + 1
    for _ in range(_MOST_SCALES):
        scale = _bare(t, end)
        if scale is None or scale.kind not in ("scale", "dual_or_scale"):
            break
        value, step, end = value * scale.value, step * scale.value, end + 1
    return value, end, step


def _read_below_thousand(t: Tokens, i: int) -> tuple[Numeral, int] | None:
    form = t.form(i)
    if form[:1].isdigit():
        return _times_hundred(t, _read_digits(t, i))
    first = lexeme(t.key(i))
    if first is None:
        return None
    hundreds, end = first.value, i + 1
    if first.kind == "unit" and first.value > 2:
        second = _bare(t, end)
        if second is None or not (second.value == 100 and second.kind in ("hundred", "vague")):
            return _times_hundred(t, _read_below_hundred(t, i))
        hundreds, end = hundreds * 100, end + 1
    elif first.kind != "hundred":
        return _times_hundred(t, _read_below_hundred(t, i))
    return _with_rest(t, hundreds, end)


def _with_rest(t: Tokens, hundreds: Numeral, end: int) -> tuple[Numeral, int]:
    """The hundreds with what follows و below a hundred: «مئة وثلاثة», but not «مئة وثلاثة أرباع»."""
    here = _after_and(t, end)
    if here is None or _read_fraction(t, here) is not None:
        return hundreds, end
    rest = _read_below_hundred(t, here) or _read_digits_below_hundred(t, here)
    return (hundreds + rest[0], rest[1]) if rest is not None else (hundreds, end)


def _read_digits_below_hundred(t: Tokens, i: int) -> tuple[Numeral, int] | None:
    return (int(t.form(i)), i + 1) if t.form(i).isdigit() and len(t.form(i)) <= 2 else None


def _times_hundred(t: Tokens, found: tuple[Numeral, int] | None) -> tuple[Numeral, int] | None:
    """«3 مئة» and «3 دزينات» as hundreds and dozens of the number before them."""
    if found is None:
        return None
    value, end = found
    following = _bare(t, end)
    if following is None or following.definite:
        return found
    if following.kind == "dozen":
        return value * following.value, end + 1
    if following.kind == "hundred" and following.value == 100:
        return _with_rest(t, value * 100, end + 1)
    return found


def _read_below_hundred(t: Tokens, i: int) -> tuple[Numeral, int] | None:
    first = lexeme(t.key(i))
    if first is None:
        return None
    if first.kind in ("ten", "tens", "dozen"):
        return first.value, i + 1
    if first.kind not in ("unit", "one_of_eleven"):
        return None
    second = _bare(t, i + 1)
    if second is not None and second.kind == "ten":
        return first.value + 10, i + 2
    here = _after_and(t, i + 1)
    tens = lexeme(t.key(here)) if here is not None else None
    if here is not None and tens is not None and tens.kind == "tens":
        return first.value + tens.value, here + 1
    return None if first.kind == "one_of_eleven" else (first.value, i + 1)


def _read_digits(t: Tokens, i: int) -> tuple[Numeral, int] | None:
    form, end = t.form(i), i + 1
    if t.key(end) == "ر" and form.isdigit() and t.form(end + 1).isdigit():
        # Agencies write the comma as «ر» with the fraction first: «30ر64» and «30 ر 64» are 64.30.
        return Decimal(f"{t.form(end + 1)}.{form}"), end + 2
    while (
        len(form) <= LONGEST_LITERAL
        and t.key(end) == "،"
        and t.is_tight(end)
        and t.is_tight(end + 1)
        and _THREE_DIGITS.fullmatch(t.form(end + 1))
    ):
        form, end = f"{form},{t.form(end + 1)}", end + 2
    whole, mark, rest = form.rpartition(",")
    if end > i + 1 and mark and len(rest) < 3 and "." not in form:
        # «26،013,94»: the Arabic comma parts thousands, the Latin one is the decimal point.
        form = f"{whole}.{rest}"
    value = literal(form)
    return None if value is None else (value, end)


_THREE_DIGITS = re.compile(r"\d{3}(?:[.,]\d+)?")


def ordinal(t: Tokens, i: int) -> tuple[int, int, str] | None:
    """The ordinal below 100 at word ``i``: value, end and proclitics; «الحادي والعشرين», «السابع», «الثانية عشرة»."""
    first = ordinal_word(t.key(i))
    if first is None:
        found = lexeme(t.key(i))
        if found is not None and found.definite and found.kind in ("tens",):
            return int(found.value), i + 1, found.proclitics
        return None
    value, proclitics, _ = first
    second = _bare(t, i + 1)
    if second is not None and second.kind == "ten":
        return value + 10, i + 2, proclitics
    here = _after_and(t, i + 1)
    tens = lexeme(t.key(here)) if here is not None else None
    if here is not None and tens is not None and tens.kind == "tens":
        return value + int(tens.value), here + 1, proclitics
    return value, i + 1, proclitics
