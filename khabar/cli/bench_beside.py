"""Other readers of Arabic times and numbers on the same cases: dateparser and puckling.

Neither is a dependency of khabar: what is installed is measured, the rest is named. ``pip install dateparser puckling``
installs both; puckling needs Python 3.13. A reader is right where its answer is the past or the future meaning that the
case gives:

- dateparser (https://github.com/scrapinghub/dateparser) answers with one moment: its day is compared for days, its
  clock time for times, both for moments. Numbers, durations and periods it cannot express.
- puckling (https://github.com/mazyod/puckling) answers with the entities that it finds: the longest of the wanted
  dimension counts, though it may not reach over the whole text. It has no percentages.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from khabar.cli.bench_values import KINDS, Case, judge, read_lines

#: Whether the answer to a case is right.
Judge = Callable[[Case], bool]

_UNKNOWN_DAY = datetime(2016, 11, 7)  # for cases of clock times, which come without a day of reference


def compare(*files: Path) -> str:
    """A Markdown table of the right cases by kind, a column for khabar and each other reader that is installed."""
    cases = [case for file in files for _, line in read_lines(file) if "kind" in (case := json.loads(line))]
    counts = Counter(case["kind"] for case in cases)
    kinds = [kind for kind in KINDS if counts[kind]]
    columns, absent = {}, []
    for name, (judge_of, expressed) in READERS.items():
        try:
            is_right = judge_of()
        except ImportError:
            absent.append(name)
            continue
        columns[name] = _column(is_right, [case for case in cases if case["kind"] in expressed], kinds, expressed)
    lines = ["| kind | cases | " + " | ".join(columns) + " |", "|---|---:|" + "---:|" * len(columns)]
    first = [(kind, str(counts[kind])) for kind in kinds] + [("spans a second", "")]
    lines += [
        f"| {kind} | {count} | {' | '.join(cells)} |"
        for (kind, count), *cells in zip(first, *columns.values(), strict=True)
    ]
    return "\n".join([*lines, *(f"{name} is not installed: pip install {name}" for name in absent)])


def _column(is_right: Judge, cases: list[Case], kinds: list[str], expressed: frozenset[str]) -> list[str]:
    right: Counter[str] = Counter()
    for case in cases[:1]:  # rules are built when they are first asked for
        is_right(case)
    started = time.perf_counter()
    for case in cases:
        right[case["kind"]] += is_right(case)
    seconds = time.perf_counter() - started
    cells = [str(right[kind]) if kind in expressed else "–" for kind in kinds]
    return [*cells, f"{len(cases) / seconds:,.0f}" if cases else "–"]


def _reference(case: Case) -> datetime:
    return datetime.fromisoformat(case["reference"]) if case["reference"] else _UNKNOWN_DAY


def _meanings(case: Case) -> list[Mapping[str, str]]:
    return [case[side] for side in ("past", "future")]


def khabar_judge() -> Judge:
    return lambda case: judge(case)[0]


def dateparser_judge() -> Judge:
    """Raises ImportError where dateparser is not installed."""
    parse: Callable[..., datetime | None] = import_module("dateparser").parse

    def is_right(case: Case) -> bool:
        found = parse(case["text"], languages=["ar"], settings={"RELATIVE_BASE": _reference(case)})
        return found is not None and any(_is_moment(found, meaning) for meaning in _meanings(case))

    return is_right


def _is_moment(found: datetime, meaning: Mapping[str, str]) -> bool:
    found = found.replace(tzinfo=None)
    if "date" in meaning:
        return found.date().isoformat() == meaning["date"]
    if "time" in meaning:
        return found.time().isoformat() == meaning["time"]
    return found.isoformat(" ") == meaning.get("dateTime")


def puckling_judge() -> Judge:
    """Raises ImportError where puckling is not installed."""
    api: Any = import_module("puckling")
    options, locale = api.Options(with_latent=True), api.Locale(api.Lang.AR)
    dimensions = {"number": "numeral", "ordinal": "ordinal", "duration": "duration"}

    def is_right(case: Case) -> bool:
        dimension = dimensions.get(case["kind"], "time")
        reference = _reference(case) if dimension == "time" else _UNKNOWN_DAY
        context = api.Context(reference_time=reference.replace(tzinfo=UTC), locale=locale)
        # Asked for one dimension alone, puckling lacks the numbers that its times are made of.
        found = [entity for entity in api.parse(case["text"], context, options) if entity.dim == dimension]
        if not found:
            return False
        value = max(found, key=lambda entity: len(entity.body)).value
        if dimension in ("numeral", "ordinal"):
            expected = float(case["value"])
            return abs(float(value.value) - expected) <= abs(expected) * 1e-12
        if dimension == "duration":
            return float(value.normalized.value) == float(case["past"]["duration"])
        return any(_is_time(value.primary, meaning) for meaning in _meanings(case))

    return is_right


def _is_time(found: Any, meaning: Mapping[str, str]) -> bool:
    """Whether puckling's instant (a moment with a grain) or interval is the day, moment or period that is meant."""
    if "startDate" in meaning:
        first, after = _days(found)
        if first is None or after is None or first.isoformat() != meaning["startDate"]:
            return False
        # As for khabar, the last day and the day after it are both taken for an end; so is one more.
        return meaning["endDate"] in [(after + timedelta(step)).isoformat() for step in (-1, 0, 1)]
    if not hasattr(found, "grain") or (found.grain.value == "day") != ("date" in meaning):
        return False
    return _is_moment(found.value, meaning)


def _days(found: Any) -> tuple[date | None, date | None]:
    """The first day of an interval or of an instant as long as its grain, and the day after it."""
    if hasattr(found, "start"):
        return found.start.value.date(), found.end.value.date()
    if not hasattr(found, "grain"):
        return None, None  # open to one side
    first: date = found.value.date()
    months = {"month": 1, "quarter": 3, "year": 12}.get(found.grain.value)
    if months is None:
        return first, first + timedelta({"week": 7}.get(found.grain.value, 1))
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return first, date(year, month + 1, 1)


_TIMES = frozenset(("date", "time", "datetime"))
#: Readers by name, with the kinds of cases that they can express.
READERS: dict[str, tuple[Callable[[], Judge], frozenset[str]]] = {
    "khabar": (khabar_judge, frozenset(KINDS)),
    "dateparser": (dateparser_judge, _TIMES),
    "puckling": (puckling_judge, _TIMES | {"number", "ordinal", "duration", "date period"}),
}
