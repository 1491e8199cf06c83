"""Measures the reading of values on cases of numbers, percentages, dates, times, durations and periods."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from khabar.values import count_value, time_value

KINDS = ("number", "percent", "date", "time", "datetime", "duration", "date period", "ordinal")


@dataclass
class Report:
    """Right and all cases by kind, and the misses; ``str()`` is a table."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[Mapping[str, Any], str]] = field(default_factory=list)

    def share(self, kind: str) -> float:
        return self.right[kind] / self.total[kind] if self.total[kind] else 0.0

    def __str__(self) -> str:
        lines = [f"{'kind':12}  right  cases   share"]
        lines += [
            f"{kind:12}  {self.right[kind]:5}  {self.total[kind]:5}   {self.share(kind):.3f}"
            for kind in KINDS
            if self.total[kind]
        ]
        return "\n".join(lines)


def run(cases: Path) -> Report:
    report = Report()
    for line in cases.read_text("utf-8").splitlines():
        case = json.loads(line)
        right, found = judge(case)
        report.total[case["kind"]] += 1
        report.right[case["kind"]] += right
        if not right:
            report.misses.append((case, found))
    return report


def judge(case):
    if case["kind"] in ("number", "percent"):
        v = count_value(case["text"])
        if v is None or v.number is None:
            return False, str(v)
        exp = case["value"]
        pct = exp.endswith("%")
        e = Decimal(exp.rstrip("%"))
        ok = abs(Decimal(v.number) - e) <= abs(e) * Decimal("1e-12")
        if pct:
            ok = ok and v.kind == "percent"
        return ok, str(v)
    if case["kind"] == "ordinal":
        v = count_value(case["text"])
        return v is None, str(v)
    ref = case["reference"]
    published = datetime.fromisoformat(ref) if ref else None
    if published and (published.hour, published.minute) == (0, 0):
        published = published
    v = time_value(case["text"], published)
    if v is None:
        return False, "None"
    if v.timex == case["timex"]:
        return True, v.timex
    for res in (case["past"], case["future"]):
        if (
            "date" in res
            and v.start
            and v.start == v.end
            and v.start.isoformat()[:10] == res["date"]
            and v.type == "DATE"
        ):
            return True, ""
        if "dateTime" in res and isinstance(v.start, datetime) and v.start.isoformat(" ") == res["dateTime"]:
            return True, ""
        if "time" in res and v.timex.startswith("T") and (v.timex[1:] + ":00:00")[:8] == res["time"]:
            return True, ""
        if "startDate" in res and v.start and v.end and v.start.isoformat()[:10] == res["startDate"]:
            last = v.end
            if res["endDate"] in (last.isoformat()[:10], (last + timedelta(1)).isoformat()[:10]):
                return True, ""
    return False, str(v.to_dict())
