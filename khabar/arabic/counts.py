"""The grammar of counts: finds how many or how much in running text, and reads approximator, number and noun.

A count starts at its approximator and ends at the counted noun or unit right after the number («أكثر من 90 موقعا»);
where no noun follows, the number stands alone («بينهم 1049»). An indefinite dual is a count («جنديين»).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from khabar.arabic.approximators import EQUAL, read_approximator
from khabar.arabic.calendar import time_word
from khabar.arabic.duals import dual_of, is_countable
from khabar.arabic.durations import read_age
from khabar.arabic.lexicon import word_list
from khabar.arabic.nouns import NO_NOUN, SIGNS, noun_after
from khabar.arabic.numbers import Number, ordinal, read_number
from khabar.arabic.numberwords import lexeme
from khabar.arabic.times import TimeMatch, find_times
from khabar.arabic.tokens import Tokens, folded, readings
from khabar.text import fold


@dataclass(frozen=True, slots=True)
class CountMatch:
    """A count: words ``start`` to ``end``; the number (``high`` of a range), its relation and its unit's words.

    ``dual`` is a noun that says two by its form; then ``number`` is None.
    """

    start: int
    end: int
    number: Number | None
    high: Number | None = None
    relation: str = EQUAL
    unit: tuple[int, int] | None = None
    percent: bool = False
    dual: bool = False


_PERCENT_WORDS = folded("بالمئة بالمائة بالمية بالماية بالميه بالمئه بالمائه")
_HUNDRED = folded("المئة المائة المية الماية")
_ONE = folded("واحد واحدة واحدا")
#: What makes the number after it a name, an ordinal or a document's number.
_LABELS_BEFORE = word_list("number_labels")
_NUMBERED = folded("قرار القرار بالقرار للقرار القانون قانون الفرقة الكتيبة اللواء طراز")
#: Words that show that digits with no noun count: of dead and hurt, totals, and of whom.
_BEFORE_DIGITS = word_list("before_bare_numbers")
_AFTER_DIGITS = folded(
    "من منهم منها منهن آخرين آخرون آخر أخرى بجروح بجراح فقط سقطوا قتلوا أصيبوا قتلى شخصا على آخرا أخريات كانوا"
)
_RANGE_WORDS = frozenset(map(fold, ("إلى", "أو", "حتى")))
_NOT_HALF_AFTER = folded("نهائي النهائي نهائيات الأول الثاني الثالث الرابع الأخير قرن")


def find_counts(t: Tokens, times: Sequence[TimeMatch] | None = None) -> list[CountMatch]:
    """The counts of the text, in order, none overlapping another or one of ``times`` (found here when not given)."""
    taken = [False] * (t.length + 1)
    for match in find_times(t) if times is None else times:
        taken[match.start : match.end] = [True] * (match.end - match.start)
    found: list[CountMatch] = []
    i = 0
    while i < t.length:
        count = None if taken[i] else _count_at(t, i)
        if count is None or any(taken[count.start : count.end]):
            i += 1
        else:
            found.append(count)
            i = count.end
    return found


def _count_at(t: Tokens, i: int) -> CountMatch | None:
    count = read_count(t, i)
    if count is None:
        return None
    return count if count.dual or _is_meant(t, count) else None


def read_count(t: Tokens, i: int) -> CountMatch | None:
    """The longest count that starts at word ``i``, whatever stands around it, or None."""
    start, relation = i, EQUAL
    if t.key(i + 1) in _ONE and is_countable(t.key(i)):
        return CountMatch(i, i + 2, read_number(t, i + 1), None, EQUAL, (i, i + 1))
    age = read_age(t, i)
    if age is not None:
        return CountMatch(i, age, read_number(t, i), None, EQUAL, (age - 1, age), dual=read_number(t, i) is None)
    approximator = read_approximator(t, i)
    if approximator is not None:
        i, relation, _ = approximator
    between = _between(t, i)
    if between is not None:
        i = between
    if t.key(i) in SIGNS and t.form(i + 1)[:1].isdigit():
        number = read_number(t, i + 1)
        if number is not None:
            return CountMatch(start, number.end, number, None, relation, (i, i + 1), t.key(i) in "%٪")
    bracketed = t.key(i) == "(" and t.form(i + 1).isdigit() and t.key(i + 2) == ")"
    number = read_number(t, i + 1 if bracketed else i)
    if number is None:
        if approximator is None and dual_of(t.key(i)) is not None and not _FOLLOWS_DUAL.search(t.key(i - 1)):
            return CountMatch(i, i + 1, None, None, EQUAL, (i, i + 1), dual=True)
        return None
    end = number.end + (1 if bracketed else 0)
    upper = _range_end(t, end, between is not None, number) if not bracketed or between is None else None
    high = None
    if upper is not None:
        high, end = upper, upper.end
    percent = _percent_end(t, end)
    if percent is not None:
        return CountMatch(start, percent, number, high, relation, (end, percent), True)
    noun = noun_after(t, end, high or number)
    if bracketed and noun == end:
        return None
    if between is not None and high is None:
        return None
    return CountMatch(start, noun, number, high, relation, (end, noun) if noun > end else None)


#: A dual after another one is its adjective («عبوتين ناسفتين»).
_FOLLOWS_DUAL = re.compile("...(?:ين|ان)$")


def _between(t: Tokens, i: int) -> int | None:
    """Past «بين» or «ما بين» that opens a range, or None."""
    key = t.key(i)
    if key in ("بين", "وبين"):
        return i + 1
    if key in ("مابين", "ومابين"):
        return i + 1
    return i + 2 if key in ("ما", "وما") and t.key(i + 1) == "بين" else None


def _range_end(t: Tokens, end: int, between: bool, low: Number) -> Number | None:
    """The upper number of «20-30», «20 إلى 30», «خمسة أو ستة», «(بين) 20 و30»."""
    key = t.key(end)
    if key in _RANGE_WORDS or (key in ("-", "–", "ـ") and low.digits):
        high = read_number(t, end + 1)
        if high is not None and high.value is not None and low.value is not None and not high.proclitics:
            if key == fold("أو") or key == fold("إلى"):
                return high if high.value > low.value else None
            return high
        return None
    if not between or key[:1] != "و":
        return None
    high = read_number(t, end)
    if high is None and key == "و":
        high = read_number(t, end + 1)
    return high


def _percent_end(t: Tokens, i: int) -> int | None:
    key = t.key(i)
    if key in ("%", "٪") or key in _PERCENT_WORDS:
        return i + 1
    return i + 2 if key == "في" and t.key(i + 1) in _HUNDRED else None


def _is_meant(t: Tokens, count: CountMatch) -> bool:
    """Whether a number in running text counts something, rather than naming, ordering or dating it."""
    number = count.number
    if number is None:
        return True
    start = count.start
    before, after = t.key(start - 1), t.key(count.end)
    first_key = t.key(number.start)
    if after == "زائد" or t.matches(count.end - 1, "زائد"):
        return False
    previous = ordinal(t, start - 1)
    if previous is not None and (previous[1] > start or (previous[1] == start and first_key[:1] == "و")):
        return False
    if count.percent:
        return True
    if number.digits or t.form(number.start)[:1].isdigit() or t.form(number.start + 1)[:1].isdigit():
        return _digits_are_meant(t, count, before, after)
    first = lexeme(first_key)
    if first is None:
        return True
    if number.fraction:
        if t.key(number.end) in _NOT_HALF_AFTER:
            return False
        return number.end > number.start + 1 or count.unit is not None or number.definite or after in ("من", "")
    if number.value == 1:
        return count.unit is not None or (after in ("منهم", "منها", "اخر") and not number.proclitics)
    if number.value == 2 and (number.definite or first_key.endswith("اثني")):
        return False  # «الاثنين» is Monday, «وأثنى» a verb.
    if first.kind == "unit" and count.unit is None and not number.definite and number.end == number.start + 1:
        return first_key not in ("ست", "ثاني", "ثمان") or count.relation != EQUAL
    if number.value == 1000 and first.kind == "scale" and count.unit is None:
        return count.relation != EQUAL or (number.definite is False and after == "من")
    if number.value == 8 and number.definite and before in ("الصناعيه", "مجموعه", "قمه", "دول"):
        return False
    if number.definite and count.unit is None and not number.vague:
        return before[:2] == "ال" or before in NO_NOUN or not before or time_word(before) is None
    return True


def _digits_are_meant(t: Tokens, count: CountMatch, before: str, after: str) -> bool:
    number = count.number
    assert number is not None
    start = count.start
    plain = next((t.form(k) for k in range(number.start, number.end) if t.form(k)[:1].isdigit()), "")
    rest = next((rest for _, rest in readings(before) if rest in _LABELS_BEFORE), None)
    if rest is not None or (before == ":" and t.key(start - 2) in _LABELS_BEFORE):
        return False
    if before in ("-", "–", "_", "/", ".", ":", "+", "#", "@", "\\") and t.is_tight(start):
        return False
    if after in ("/", ":", "\\", "_") and t.is_tight(count.end) and t.form(count.end + 1)[:1].isdigit():
        return False
    if re.search("[a-z]", before) and (t.is_tight(start) or count.unit is None):
        return False
    if re.search("[a-z]", after) and t.is_tight(count.end):
        return False
    if any(t.key(start - k) in _NUMBERED for k in (2, 3)) and count.unit is None:
        return False
    if after in ("°", "′", "″", "'"):
        return False
    if count.unit is not None or count.relation != EQUAL or len(plain) > 4:
        return True
    if number.definite and before[:2] == "ال":
        return True
    if (
        before not in _BEFORE_DIGITS
        and before[1:] not in _BEFORE_DIGITS
        and after not in _AFTER_DIGITS
        and not number.proclitics
    ):
        return False
    if plain.startswith("0") and plain != "0" and "." not in plain and "," not in plain:
        return False
    if not t.key(start - 1) and after in ("-", ".", ")", "–", "", "ـ", "/"):
        return False
    if before == "(" and after == ")":
        return False
    if after == "-" and t.form(count.end + 1)[:1].isdigit():
        return False
    word = time_word(before)
    if word is not None and count.relation == EQUAL and {"unit", "weekday", "month"} & word.kinds.keys():
        return False
    return not (isinstance(number.value, int) and number.value >= 10**7 and number.end == number.start + 1)
