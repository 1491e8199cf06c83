"""Names of months in running text, in one word or two, with the second name that papers put beside the first."""

from __future__ import annotations

from khabar.arabic.calendar import AMBIGUOUS_HIJRI_MONTHS, AMBIGUOUS_MONTHS, MONTH_PAIRS, time_word
from khabar.arabic.timeparts import FOUR_DIGITS
from khabar.arabic.tokens import Tokens, folded, readings
from khabar.text import fold

BEFORE_DATE = folded(
    "في منذ من حتى إلى خلال بين قبل بعد شهر لشهر بشهر وفي ومنذ ومن وحتى منتصف نهاية بداية مطلع أواخر أوائل بحلول"
)
_AMBIGUOUS = AMBIGUOUS_MONTHS | AMBIGUOUS_HIJRI_MONTHS


def read_month(t: Tokens, i: int) -> tuple[str, int, int] | None:
    """A month's name at ``i``: ``month`` or ``hijri``, its number and end.

    Reads names of two words («تشرين الأول») and two names of one month («يوليو/ تموز», «يناير كانون الثاني»).
    """
    first = read_month_name(t, i)
    if first is None:
        return None
    kind, number, end = first
    if kind == "hijri":
        return first
    opening = t.key(end)
    here = end + 1 if opening in ("/", "(", "-", "\\", "–") else end
    second = read_month_name(t, here)
    if second is not None and second[0] == "month" and (second[1] == number or opening in ("/", "(", "\\")):
        if opening == "(":
            if t.key(second[2]) == ")":
                return kind, number, second[2] + 1
        elif opening != "-" or second[1] == number:
            return kind, number, second[2]
    return first


def read_month_name(t: Tokens, i: int) -> tuple[str, int, int] | None:
    word = time_word(t.key(i))
    if word is None:
        return None
    for _, rest in readings(t.key(i)):
        for second, kind, number in MONTH_PAIRS.get(rest, ()):
            if t.key(i + 1) == second:
                return kind, number, i + 2
    for kind in ("month", "hijri"):
        if (found := word.number(kind)) is not None:
            return kind, found, i + 1
    return None


def month_is_meant(t: Tokens, i: int, end: int) -> bool:
    """Whether a month's name that is also another word stands where only a month can."""
    if t.whole:
        return True
    rest = next(
        (bare for _, rest in readings(t.key(i)) for bare in (rest, rest.removeprefix("ال")) if bare in _AMBIGUOUS), None
    )
    if rest is None:
        return True
    word = time_word(t.key(i))
    if (word is not None and word.definite and end == i + 1 and t.key(i) != fold("المحرم")) or (
        rest == "اب" and "آب" not in t.form(i)
    ):
        return False
    if end > i + 1:
        return True
    before, after = t.key(i - 1), time_word(t.key(end))
    if after is not None and ("shift" in after.kinds):
        return True
    if FOUR_DIGITS.fullmatch(t.form(end)) or (t.key(end) in ("عام", "سنه", "من") and rest == "مارس"):
        return True
    word = time_word(before)
    if word is not None and ("edge" in word.kinds or "unit" in word.kinds):
        return True
    return rest in ("مارس", "رمضان") and before in BEFORE_DATE
