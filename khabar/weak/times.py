"""Sources that find TIME by the kind of expression; each gives the whole span that the grammar reads around its cue."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.arabic.tokens import folded
from khabar.weak.base import Document, Source, Vote, span_source
from khabar.weak.grammar import counts_of, times_of


def _votes(document: Document, *kinds: str) -> Iterator[Vote]:
    cues = set(kinds)
    for first, match in times_of(document):
        if cues & match.kinds():
            yield Vote(first + match.start, first + match.end, "TIME")


@span_source("times")
def calendar_date(document: Document) -> Iterator[Vote]:
    """Days, months and feasts of a calendar («20 سبتمبر 2023», «السابع من أكتوبر», «15/6/2019», «شهر رمضان»)."""
    yield from _votes(document, "date", "month", "feast")


@span_source("times")
def year_or_longer(document: Document) -> Iterator[Vote]:
    """Years, seasons, decades and centuries («عام 1992», «2020 – 2022», «التسعينيات»).

    A bare number from 1900 to 2060 is one unless it counts or numbers something; any other needs a cue.
    """
    yield from _votes(document, "year", "season", "decade", "century")


@span_source("times")
def weekday_or_day(document: Document) -> Iterator[Vote]:
    """Weekdays, relative days and parts of the day («الثلاثاء», «أمس», «فجر السبت», «الليلة الماضية»)."""
    yield from _votes(document, "weekday", "relday", "daypart")


@span_source("times")
def relative_period(document: Document) -> Iterator[Vote]:
    """Periods said by their place («الأسبوع الماضي», «نهاية العام الجاري», «الأيام الثلاثة المقبلة», «هذا الشهر»)."""
    yield from _votes(document, "unit", "edge", "late")


@span_source("times")
def duration(document: Document) -> Iterator[Vote]:
    """Durations with their approximator («10 ساعات», «نحو شهرين», «عدة أيام»).

    Ages that «العمر» or brackets show are none; others («توفي عن 80 عاما») are taken for durations.
    """
    yield from _votes(document, "duration")


@span_source("times")
def clock_time(document: Document) -> Iterator[Vote]:
    """Clock times and stamps with their zone («الساعة الثانية ظهرا», «21:11 GMT»)."""
    yield from _votes(document, "clock", "zone")


#: «الآن», «حاليا», «مؤخرا»: when, but no calendar holds it.
_VAGUE_ADVERBS = folded(
    "الآن حاليا لاحقا مؤخرا سابقا حينها آنذاك حينئذ وقتها آنئذ قريبا أحيانا دائما غالبا باكرا مبكرا"
)
_BARE_PLURALS = folded("أيام ساعات أسابيع أشهر شهور سنوات أعوام دقائق ليالي")


@span_source("none")
def vague_time(document: Document) -> Iterator[Vote]:
    """Denies vague adverbs («حاليا», «مؤخرا») and bare plurals («أيام», «ساعات») that no number stands beside."""
    taken = {i for first, match in times_of(document) for i in range(first + match.start, first + match.end)}
    counted = {i for first, _, match in counts_of(document) for i in range(first + match.start, first + match.end)}
    for i, key in enumerate(document.keys):
        if i in taken or i in counted:
            continue
        if key in _VAGUE_ADVERBS or key in _BARE_PLURALS:
            yield Vote(i, i + 1, None)


SOURCES: list[Source[Vote]] = [
    calendar_date,
    year_or_longer,
    weekday_or_day,
    relative_period,
    duration,
    clock_time,
    vague_time,
]
