"""Measures the reading of values on cases of numbers, percentages, dates, times, durations and periods.

The cases are JSON lines with ``kind`` and ``text``. Cases of numbers hold ``value`` («20 %» for a percentage); cases of
times hold ``reference`` (the moment of speaking), ``timex`` and the ``past`` and ``future`` day, moment or period that
the text can mean. This is the form of the Arabic cases of Recognizers-Text
(https://github.com/microsoft/Recognizers-Text).

Cases of our own, as in ``tests/values``, hold ``label``, ``text``, ``published`` and the whole ``value`` that is right;
they count under the name of their file.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha1
from pathlib import Path
from typing import Any

from khabar.pages import KhabarError
from khabar.values import TimeValue, count_value, span_value, time_value

Case = Mapping[str, Any]
KINDS = ("number", "percent", "ordinal", "date", "time", "datetime", "duration", "date period")
#: Cases whose expected value is not what the text means in news, by the digest of their text, with the reason.
#: They count as misses all the same.
DISPUTED = {
    "14024eacf9": "«من الآن» points ahead; the past stands in the sentence only",
    "35906bef6f": "«من الآن» points ahead; the past stands in the sentence only",
    "15dcb3da81": "the last day of something, not yesterday",
    "15458ee4bc": "no month has a thirty-first of September",
    "683eb6d62e": "the next Sunday is the one after six days, not after thirteen",
    "a25288114e": "says no number of months; three are invented",
    "d39f7e46b9": "twelve milliards are 12,000,000,000",
    "84e145f5f3": "no number is written so",
    "f4ab38d552": "9,500 fifths are 1,900, and nothing says minus",
    "677b0f4923": "9,500 fifths are 1,900",
    "1999c77438": "minus 130 fifths are -26",
    "6a6365114d": "a cardinal: the same text is a case of a number too",
    "bc0b3ec7ca": "a cardinal: no ordinal is written so, and cases of numbers are",
    "dda151ef65": "a cardinal: no ordinal is written so, and cases of numbers are",
    "41679be5c5": "a cardinal: no ordinal is written so, and cases of numbers are",
    "902ba3cda1": "a number alone is no clock time",
    "864453c0f1": "said in November, last September is the one two months ago",
    "4c0994ac3d": "the year after another one of the story",
    "34d70a9350": "says no number of days; three are invented",
    "6211016952": "a number; that it is a decade stands in the sentence only",
    "45babcb09d": "19:28 as well as 1928",
    "a8a3270cfc": "a day, given as the whole month",
}


@dataclass
class Report:
    """Right and all cases by kind, the misses with what was read, and the seconds that one reading of all took."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[Case, str]] = field(default_factory=list)
    seconds: float = 0.0

    def share(self, kind: str) -> float:
        return self.right[kind] / self.total[kind] if self.total[kind] else 0.0

    @property
    def speed(self) -> float:
        """Spans read a second."""
        return self.total.total() / self.seconds if self.seconds else 0.0

    def to_dict(self) -> dict[str, dict[str, float]]:
        kinds = [kind for kind in KINDS if self.total[kind]] + [kind for kind in self.total if kind not in KINDS]
        return {
            kind: {"right": self.right[kind], "cases": self.total[kind], "share": round(self.share(kind), 4)}
            for kind in kinds
        }

    def __str__(self) -> str:
        lines = [f"{'kind':12}  right  cases  share"]
        lines += [f"{kind:12}  {r['right']:5}  {r['cases']:5}  {r['share']:.3f}" for kind, r in self.to_dict().items()]
        lines += ["", f"{self.speed:,.0f} spans a second"]
        disputed = [(case, found) for case, found in self.misses if dispute_of(case) is not None]
        lines += ["", f"misses: {len(self.misses) - len(disputed)}"]
        lines += [_line(case, found) for case, found in self.misses if dispute_of(case) is None]
        lines += ["", f"misses on cases judged wrong: {len(disputed)}"]
        lines += [f"{_line(case, found)}  ({dispute_of(case)})" for case, found in disputed]
        return "\n".join(lines)


def dispute_of(case: Case) -> str | None:
    """Why the expected value of a case is judged wrong, or None; cases of our own are never judged wrong."""
    return DISPUTED.get(sha1(case["text"].encode(), usedforsecurity=False).hexdigest()[:10]) if "kind" in case else None


def _line(case: Case, found: str) -> str:
    kind = case.get("kind") or case["label"]
    return f"{kind}: {case['text']}: expected {case.get('timex') or case.get('value')}, read {found}"


def run(*files: Path) -> Report:
    """The report on files of cases; raises KhabarError where one is missing or a line is no case."""
    report = Report()
    cases: list[Case] = []
    for file in files:
        for number, line in read_lines(file):
            try:
                case = json.loads(line)
                right, found = judge(case)
            except (ValueError, KeyError, TypeError) as error:
                expected = "expected kind (or label), text and value"
                raise KhabarError(f"{file}: line {number} is no case ({error}); {expected}") from None
            kind = case.get("kind") or file.stem
            cases.append(case)
            report.total[kind] += 1
            report.right[kind] += right
            if not right:
                report.misses.append((case, found))
    started = time.perf_counter()  # the first reading has loaded the tables
    for case in cases:
        judge(case)
    report.seconds = time.perf_counter() - started
    return report


def read_lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file of cases, counted from 1; raises KhabarError where it cannot be read."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise KhabarError(f"{file}: {error.strerror}; expected a file of cases, one JSON object a line") from None
    yield from enumerate(lines, 1)


def judge(case: Case) -> tuple[bool, str]:
    """Whether the text of a case reads as expected, and what was read. An ordinal must not be read as a count."""
    if "kind" not in case:
        value = span_value(case["label"], case["text"], case.get("published"))
        return value == case["value"], json.dumps(value, ensure_ascii=False)
    if case["kind"] in ("number", "percent", "ordinal"):
        return _judge_number(case)
    return _judge_time(case)


def _judge_time(case: Case) -> tuple[bool, str]:
    reference = datetime.fromisoformat(case["reference"]) if case["reference"] else None
    value = time_value(case["text"], reference)
    if value is None:
        return False, "nothing"
    right = value.timex == case["timex"] or any(_is_at(value, case[side]) for side in ("past", "future"))
    return right, f"{value.timex} ({value.start} to {value.end})"


def _judge_number(case: Case) -> tuple[bool, str]:
    value = count_value(case["text"])
    if case["kind"] == "ordinal":
        return value is None, str(value and value.number)
    if value is None or value.number is None:
        return False, "nothing"
    expected = Decimal(case["value"].rstrip("%"))
    # The cases are written with 15 digits.
    near = abs(Decimal(value.number) - expected) <= abs(expected) * Decimal("1e-12")
    percent = case["value"].endswith("%")
    return near and (not percent or value.kind == "percent"), f"{value.number} {value.unit or ''}".strip()


def _is_at(value: TimeValue, expected: Mapping[str, str]) -> bool:
    """Whether a value is the day, clock time, moment or period that a case gives as its past or future meaning."""
    start, end = value.start, value.end
    if "time" in expected:
        return value.timex.startswith("T") and f"{value.timex[1:]}:00:00"[:8] == expected["time"]
    if start is None or end is None:
        return False
    if "date" in expected:
        return value.type == "DATE" and start == end and _day(start).isoformat() == expected["date"]
    if "dateTime" in expected:
        return isinstance(start, datetime) and start.isoformat(" ") == expected["dateTime"]
    if "startDate" in expected:
        # Our last day is part of the period; the cases give the day after it, but for periods between two spoken days.
        ends = {_day(end).isoformat(), (_day(end) + timedelta(1)).isoformat()}
        return _day(start).isoformat() == expected["startDate"] and expected["endDate"] in ends
    return False


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
