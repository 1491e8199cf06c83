"""The grammar of time expressions: finds them in running text and reads what they hold.

An expression is a chain of parts (weekday, date, clock time, …). Parts that stand side by side are one expression; so
are parts joined by «من» («الساعات الأولى من صباح السبت»), by brackets («أمس (الجمعة)») and by a slash or dash.
What the parts mean on a calendar is worked out by :mod:`khabar.arabic.timex`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from khabar.arabic.approximators import APPROXIMATORS
from khabar.arabic.calendar import DEMONSTRATIVES, FEASTS, SAME, time_word
from khabar.arabic.clock import ZONES, read_clock, read_zone
from khabar.arabic.dates import read_digit_date, read_english_date, read_month_part, read_named_date
from khabar.arabic.days import read_day_part, read_feast, read_late, read_relative_day, read_weekday
from khabar.arabic.durations import COUNTED_FEW, read_duration
from khabar.arabic.numbers import CLITICS_OF_DIGITS
from khabar.arabic.numberwords import lexeme, ordinal_word
from khabar.arabic.periods import read_edge, read_first_or_last, read_hours_of, read_season, read_unit
from khabar.arabic.timeparts import FOUR_DIGITS, Part, proclitics_of
from khabar.arabic.tokens import MOST_WORDS, Tokens, folded, readings
from khabar.arabic.years import read_century, read_decade, read_year
from khabar.remembering import remembered


@dataclass(frozen=True, slots=True)
class TimeMatch:
    """A time expression: words ``start`` to ``end`` and its parts in order."""

    start: int
    end: int
    parts: tuple[Part, ...]

    def kinds(self) -> set[str]:
        return {part.kind for part in self.parts}


_CORRESPONDING = folded("الموافق المصادف الموافقة")
_QUOTES = frozenset("\"«“'")
#: What takes a date for its name: «ميدان 17 فبراير», «قوى 14 آذار».
_NAMED_BY_DATE = folded("صحيفة جريدة موقع قوى ميدان شارع جسر تحالف ملعب حركة جامعة مدينة فريق")


def find_times(t: Tokens) -> list[TimeMatch]:
    """The time expressions of the text, in order, none overlapping another."""
    found: list[TimeMatch] = []
    i = 0
    while i < t.length:
        match = read_time(t, i) if _can_start(t.key(i)) else None
        if match is None:
            i += 1
        else:
            if not _is_name(t, match):
                found.append(match)
            i = match.end
    return found


def _is_name(t: Tokens, match: TimeMatch) -> bool:
    """Whether a day and month name something («ميدان 17 فبراير», «مدينة 6 أكتوبر»)."""
    if match.parts[0].kind != "date" or "year" in match.parts[0].data or len(match.parts) > 1:
        return False
    before = t.key(match.start - 2) if t.key(match.start - 1) in _QUOTES else t.key(match.start - 1)
    return any(rest in _NAMED_BY_DATE for _, rest in readings(before))


@remembered
def _can_start(key: str) -> bool:
    """Whether a time can begin with a folded word: a cheap test that most words of a text do not pass."""
    few = any(rest in COUNTED_FEW for _, rest in readings(key))
    return few or bool(_readers_of(key)) or lexeme(key) is not None


def read_time(t: Tokens, i: int) -> TimeMatch | None:
    """The longest time expression that starts at word ``i``, or None."""
    duration = read_duration(t, i)
    if duration is not None and not (t.whole and duration.end < t.length):
        return TimeMatch(i, duration.end, (duration,))
    parts: list[Part] = []
    end = i
    while end - i < MOST_WORDS:
        here = end if not parts else _join(t, end, parts)
        if here is None:
            break
        bracket = parts and t.key(here - 1) == "(" and here > end
        found = read_part(t, here, parts)
        if found is None:
            break
        inner, stop = [found], found.end
        if bracket:
            while stop - i < MOST_WORDS and (more := read_part(t, stop + (t.key(stop) in ("،", ",")), inner)):
                inner.append(more)
                stop = more.end
            if t.key(stop) != ")":
                break
            stop += 1
        parts += inner
        end = stop
    if not parts or not _stands_alone(t, parts, end):
        return None
    return TimeMatch(parts[0].start, end, tuple(parts))


def _join(t: Tokens, end: int, parts: list[Part]) -> int | None:
    """Where the next part of a chain that ended at ``end`` would start, over a connector if one stands there."""
    key, last = t.key(end), parts[-1]
    if not key:
        return None
    if key in ("(", "/", "-", "–", "ـ", "—"):
        if key != "(" and last.kind not in ("weekday", "month", "daypart", "year", "clock", "relday"):
            return None
        return end + 1
    if key == "من":
        if last.kind in (
            "unit",
            "edge",
            "late",
            "ordinal_unit",
            "season",
            "daypart",
            "month",
            "decade",
            "weekday",
            "century",
            "clock",
        ):
            following = time_word(t.key(end + 1))
            if last.kind == "edge" and FOUR_DIGITS.fullmatch(t.form(end + 1)):
                return end + 1
            if (following is not None and not following.proclitics) or t.key(end + 1) in DEMONSTRATIVES:
                return end + 1
        return None
    if key in _CORRESPONDING and last.kind in ("weekday", "date", "relday"):
        here = end + 2 if t.key(end + 1) in ("ل", "لل") else end + 1
        return here if read_digit_date(t, here, "date") or read_named_date(t, here, "date") else None
    if key in ("،", ","):
        kinds = {part.kind for part in parts}
        part = read_part(t, end + 1, parts)
        if part is None or part.kind in kinds:
            return None
        return end + 1 if part.kind in _AFTER_COMMA.get(last.kind, ()) else None
    return end


_AFTER_COMMA = {
    "weekday": ("date", "clock", "year"),
    "date": ("clock", "year"),
    "daypart": ("date", "clock", "year"),
    "clock": ("date", "year", "weekday"),
    "zone": ("date", "clock", "year", "weekday"),
}


def read_part(t: Tokens, i: int, before: list[Part]) -> Part | None:
    """The one part that starts at word ``i``; ``before`` are the chain's parts so far."""
    if i >= t.length:
        return None
    previous = before[-1].kind if before else ""
    for reader in _readers_of(t.key(i)):
        part = reader(t, i, previous)
        if part is not None:
            if part.kind == "relday" and previous in _BEFORE_DAY and t.key(i - 1) not in ("(", "من"):
                return None
            if before and proclitics_of(t, part.start) and part.kind != "zone":
                return None
            return part
    return None


_BEFORE_DAY = ("unit", "relday", "month", "date")
Reader = Callable[[Tokens, int, str], Part | None]
#: The readers in the order in which they are asked, each with the cues (see :func:`_cues`) that its first word can be.
_READERS: tuple[tuple[Reader, str], ...] = (
    (read_zone, "zone"),
    (read_digit_date, "digits"),
    (read_english_date, "digits"),
    (read_named_date, "digits ordinal clitic unit construct"),
    (read_clock, "digits ordinal clitic unit one approximator"),
    (read_feast, "feast unit"),
    (read_weekday, "weekday bare_weekday unit construct"),
    (read_relative_day, "relday unit beside"),
    (read_day_part, "part edge demonstrative beside"),
    (read_late, "late unit"),
    (read_edge, "edge share"),
    (read_decade, "decade"),
    (read_century, "unit"),
    (read_first_or_last, "first"),
    (read_hours_of, "unit"),
    (read_unit, "unit period season demonstrative same"),
    (read_season, "season"),
    (read_month_part, "month hijri month_pair unit construct"),
    (read_year, "digits unit construct period clitic"),
)
_WORD_CUES = {
    word: cue
    for cue, words in (
        ("zone", ZONES | folded("التوقيت توقيت ت")),
        ("one", folded("الواحدة")),
        ("approximator", frozenset(APPROXIMATORS)),
        ("feast", frozenset(FEASTS)),
        ("beside", folded("قبل بعد قبيل بعيد أول يومنا")),
        ("demonstrative", DEMONSTRATIVES),
        ("same", SAME),
        ("late", folded("وقت ساعات")),
        ("share", folded("عطلة الربع النصف الثلث باقي بقية")),
    )
    for word in words
}
_FIRST_OR_LAST = folded("أول آخر")


@remembered
def _readers_of(key: str) -> tuple[Reader, ...]:
    """The readers whose expression can begin with a folded word."""
    cues = _cues(key)
    return tuple(reader for reader, starts in _READERS if not cues.isdisjoint(starts.split()))


def _cues(key: str) -> set[str]:
    """What a folded word can be at the start of a time: the kinds of the calendar's word, and the cues above."""
    word = time_word(key)
    cues: set[str] = set(word.kinds) if word is not None else set()
    if key[:1].isdigit():
        cues.add("digits")
    if key in CLITICS_OF_DIGITS:
        cues.add("clitic")
    number = lexeme(key)
    if ordinal_word(key) is not None or (number is not None and number.definite):
        cues.add("ordinal")
    for _, rest in readings(key):
        if rest in _WORD_CUES:
            cues.add(_WORD_CUES[rest])
        if rest in _FIRST_OR_LAST:
            cues.add("first")
    return cues


def _stands_alone(t: Tokens, parts: list[Part], end: int) -> bool:
    """Whether the chain is a time at all: a bare «نهاية», «صباح» or zone is none."""
    last = parts[-1]
    kinds = {part.kind for part in parts}
    if last.kind in ("edge", "late"):
        return False
    if kinds <= {"edge", "late", "zone"}:
        return False
    if kinds == {"daypart"} and t.whole:
        return True
    if kinds == {"daypart"}:
        data = last.data
        if "days" in data or data.get("adverb") or data.get("middle"):
            return "days" in data or (t.key(end) not in ("الخير",) and not proclitics_of(t, parts[0].start))
        return len(parts) > 1
    return True
