"""What spans mean: times as ISO 8601 / TIMEX3, counts as numbers with their unit, names in a normal form.

No model is needed. What cannot be read is None; nothing is guessed and nothing raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from khabar.arabic.approximators import AT_LEAST, EQUAL
from khabar.arabic.arithmetic import is_symbolic, read_expression
from khabar.arabic.calendar import time_word
from khabar.arabic.counts import CountMatch, read_count
from khabar.arabic.duals import dual_of, dual_prefix
from khabar.arabic.names import bare_name, country_of, normal_form
from khabar.arabic.numbers import Number, read_number, simplest
from khabar.arabic.numberwords import Numeral, lexeme, literal
from khabar.arabic.stamps import page_published, parse_published
from khabar.arabic.timereading import read_time_value
from khabar.arabic.timevalues import TimeValue
from khabar.arabic.tokens import MOST_WORDS, Tokens, folded
from khabar.arabic.units import Unit, unit_of
from khabar.text import fold

__all__ = [
    "CountValue",
    "NameValue",
    "TimeValue",
    "count_value",
    "name_value",
    "page_published",
    "span_value",
    "time_value",
]


@dataclass(frozen=True, slots=True)
class CountValue:
    """A count: ``number``, or ``low`` and ``high`` of a range, or only ``low`` of a vague one («مئات»).

    ``relation`` is one of ``= ≈ > ≥ < ≤``. ``unit`` is the counted noun as written, ``kind`` what it is where known
    (people, killed, injured, percent, money, distance, …), ``symbol`` its unit of measure or ISO 4217 code.
    """

    number: Numeral | None
    relation: str = EQUAL
    unit: str | None = None
    low: Numeral | None = None
    high: Numeral | None = None
    kind: str | None = None
    symbol: str | None = None
    vague: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The value ready for JSON: ``number``, ``relation`` and ``unit`` always, the rest where it is known."""
        record: dict[str, Any] = {"number": _plain(self.number), "relation": self.relation, "unit": self.unit}
        optional = {"low": _plain(self.low), "high": _plain(self.high), "kind": self.kind, "symbol": self.symbol}
        record |= {name: value for name, value in optional.items() if value is not None}
        return record | ({"vague": True} if self.vague else {})


@dataclass(frozen=True, slots=True)
class NameValue:
    """A name: without proclitics and quotes as written, and ``normal``, the key under which its spellings meet.

    ``country`` is the ISO 3166 code of the country that it names, whose capital it is or (a place) in which it lies;
    ``kind`` says which: country, territory, capital, city, region, …
    """

    name: str
    normal: str
    country: str | None = None
    kind: str | None = None

    def to_dict(self) -> dict[str, str]:
        """The value ready for JSON; ``country`` and ``kind`` only where they are known."""
        record = {"name": self.name, "normal": self.normal, "country": self.country, "kind": self.kind}
        return {name: value for name, value in record.items() if value is not None}


def _plain(number: Numeral | None) -> int | float | None:
    return float(number) if isinstance(number, Decimal) else number


def time_value(text: str, published: date | str | None = None) -> TimeValue | None:
    """The value of a TIME span; relative times are resolved against ``published`` (a day, or its text), where given.

    Without it they keep their distance (``P-1D``) or place (``XXXX-WXX-2``), and ``start`` and ``end`` are None.
    """
    try:
        return read_time_value(text, parse_published(published) if isinstance(published, str) else published)
    except (ValueError, OverflowError):  # Beyond the years 1 to 9999.
        return None


def count_value(text: str) -> CountValue | None:
    """The value of a COUNT span; None for ordinals and for what is no count."""
    text = _TURNED_DECIMAL.sub(r"\2.\1", text)
    text = _QUOTES.sub(" ", _MARKS.sub("", text))
    if is_symbolic(text) and (number := read_expression(text)) is not None:
        return CountValue(number)
    t = _without_edges(Tokens.of(text, whole=True))
    if not 0 < t.length <= MOST_WORDS:
        return None
    if t.key(0) in _PERCENT_FIRST or t.key(0) in _NEGATIVE:
        return _signed_or_percent(t)
    match = read_count(t, 0)
    if match is not None and match.end <= t.length:
        rest = t.part(match.end, t.length)
        if not rest.length or (match.unit is not None and _are_adjectives(rest)):
            return _count_of(t, match, rest)
    number = read_expression(text)
    return CountValue(number) if number is not None else _without_number(t) or _range_without_between(t)


def _range_without_between(t: Tokens) -> CountValue | None:
    """«20 و30 شخصا», whose «بين» stands before the span."""
    opened = Tokens.of(" ".join(("بين", *(t.raw(i) for i in range(t.length)))), whole=True)
    match = read_count(opened, 0)
    if match is None or match.high is None or match.end != opened.length:
        return None
    return _count_of(opened, match, opened.part(match.end, match.end))


def _without_number(t: Tokens) -> CountValue | None:
    """«عامين», «وزيري دولة», «طنا ونصف الطن»: nouns that hold their number themselves."""
    word = time_word(t.key(0))
    noun = t.raw(0)[len(word.proclitics) :] if word is not None else t.raw(0)
    unit = unit_of(t.key(0))
    kind, symbol = (unit.kind, unit.symbol) if unit is not None else (None, None)
    if t.length == 1:
        is_dual = word is not None and not word.definite and word.unit is not None and word.unit[1] == 2
        return CountValue(2, EQUAL, noun, kind="time") if is_dual else None
    if t.length == 2 and t.key(0).endswith("ي") and dual_of(t.key(0) + "ن") is not None and t.key(1).isalpha():
        return CountValue(2, EQUAL, f"{t.raw(0)} {t.raw(1)}")
    half = read_number(t, 1)
    if half is None or not half.fraction or half.proclitics != "و" or half.value is None or kind is None:
        return None
    return CountValue(1 + half.value, EQUAL, noun, kind=kind, symbol=symbol) if t.length - half.end <= 1 else None


#: A right-to-left mark after the point makes two numbers of one, and the second is shown first: «50.\u200f49» is 49.50.
_TURNED_DECIMAL = re.compile(r"(?<![\d.,])(\d+)\.\u200f+(\d+)(?![\d.,])")
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_QUOTES = re.compile('[«»“”„"]+')
_PERCENT_FIRST = folded("بالمئة بالمائة بنسبة نسبة")
_NEGATIVE = folded("سالب ناقص")


def _signed_or_percent(t: Tokens) -> CountValue | None:
    """«سالب خمسة بالمئة», «نسبة 20», «بالمئة 10»."""
    text = " ".join(t.forms[1:])
    inner = count_value(text) if text else None
    if t.key(0) in _PERCENT_FIRST:
        if inner is None or (inner.unit is not None and inner.kind != "percent"):
            return None
        return replace(inner, unit="%", kind="percent", symbol="%")
    if inner is None or inner.number is None:
        number = read_expression(" ".join(t.forms))
        return None if number is None else CountValue(number)
    if inner.kind != "percent":
        number = read_expression(" ".join(t.forms))
        return CountValue(number) if number is not None else None
    return replace(inner, number=-inner.number)


def _without_edges(t: Tokens) -> Tokens:
    start, end = 0, t.length
    while start < end and not t.form(start)[:1].isalnum() and t.form(start) not in "$€£¥%٪(-":
        start += 1
    while end > start and not t.form(end - 1)[:1].isalnum() and t.form(end - 1) not in "$€£¥%٪":
        end -= 1
    return t.part(start, end)


def _are_adjectives(rest: Tokens) -> bool:
    """Whether what follows the counted noun can only describe it («مليون دولار أمريكي»)."""
    return rest.length <= 2 and all(
        key.isalpha() and lexeme(key) is None and len(key) > 2 and not key.startswith(("و", "ب", "ل"))
        for key in rest.keys
    )


def _count_of(t: Tokens, match: CountMatch, rest: Tokens) -> CountValue | None:
    noun = " ".join(t.raw(i) for i in range(*match.unit)) if match.unit is not None else None
    if match.percent:
        unit: Unit | None = Unit("percent", "%")
        noun = "%"
    else:
        unit = unit_of(t.key(match.unit[0]), rest.keys) if match.unit is not None else None
    kind, symbol = (unit.kind, unit.symbol) if unit is not None else (None, None)
    if match.number is None:
        noun = t.form(match.start)[len(dual_prefix(t.key(match.start))) :]
        singular = unit_of(fold(dual_of(t.key(match.start)) or noun))
        kind, symbol = (singular.kind, singular.symbol) if singular is not None else (kind, symbol)
        return CountValue(2, EQUAL, noun, kind=kind, symbol=symbol) if match.dual else None
    number = match.number
    if number.definite and not number.vague and match.unit is None and _could_be_ordinal(t, number):
        return None
    if number.vague:
        relation = AT_LEAST if match.relation == EQUAL else match.relation
        return CountValue(None, relation, noun, low=number.low, kind=kind, symbol=symbol, vague=True)
    value = _value(t, number, kind, counted=match.unit is not None)
    if match.high is not None:
        high = match.high.value
        if value is None or high is None:
            return None
        if number.scale == 1 and value < high / match.high.scale:
            value = simplest(value * match.high.scale)  # «3 إلى 4 ملايين» begins at three million.
        if high <= value:
            return None
        return CountValue(None, match.relation, noun, low=value, high=high, kind=kind, symbol=symbol)
    return CountValue(value, match.relation, noun, kind=kind, symbol=symbol)


def _could_be_ordinal(t: Tokens, number: Number) -> bool:
    """Definite tens and hundreds alone are ordinals as well as counts («الكتاب الثلاثون», «قتل الثلاثون»)."""
    first = lexeme(t.key(number.start))
    return first is not None and (number.value is None or number.value > 10 or number.value == 1)


def _value(t: Tokens, number: Number, kind: str | None, *, counted: bool) -> Numeral | None:
    """The number, its point read as one between thousands where something is counted («1.500 شخص»), not measured."""
    form = t.form(number.end - 1)
    if number.points and (form.endswith(".000") or (counted and kind not in _MEASURED_KINDS)):
        return literal(form.replace(".", ""))
    return number.value


_MEASURED_KINDS = frozenset(
    ("distance", "mass", "area", "volume", "power", "temperature", "percent", "percentage points", "time")
)


def name_value(text: str, label: str) -> NameValue | None:
    """The name of an ACTOR or LOCATION span in its normal form, with its country where it stands for one."""
    name = bare_name(text)
    normal = normal_form(name)
    if not normal:
        return None
    country = country_of(name, as_actor=label == "ACTOR")
    return NameValue(name, normal, *country) if country is not None else NameValue(name, normal)


def span_value(label: str, text: str, published: date | str | None = None) -> dict[str, Any] | None:
    """The value of a span by its label, ready for JSON; None where it cannot be read. Never raises."""
    try:
        value: TimeValue | CountValue | NameValue | None
        if label == "TIME":
            value = time_value(text, published)
        elif label == "COUNT":
            value = count_value(text)
        else:
            value = name_value(text, label)
        return None if value is None else value.to_dict()
    except Exception:  # The contract: a span that breaks a reader has no value, and the page goes on
        return None
