"""Measures how long a user waits for the first result, each time in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from khabar.pages import KhabarError

_TIMES = 3
_TEXT = "أعلنت وزارة الصحة أمس أن 12 شخصا أصيبوا في المدينة.\n"


def measure_start(model: str | Path) -> str:
    """A Markdown table: seconds for ``import khabar`` and for tagging one page, the first time and the best of three.

    Raises KhabarError where tagging fails.
    """
    with TemporaryDirectory() as folder:
        page = Path(folder) / "page.txt"
        page.write_text(_TEXT, "utf-8")
        calls = {
            "python -c pass": ["-c", "pass"],
            "import khabar": ["-c", "import khabar"],
            "infer of one page": ["-m", "khabar", "infer", str(page), "--model", str(model)],
        }
        lines = ["| | first, seconds | best of three |", "|---|---:|---:|"]
        for name, call in calls.items():
            seconds = [_seconds(call) for _ in range(_TIMES)]
            lines.append(f"| {name} | {seconds[0]:.2f} | {min(seconds):.2f} |")
    return "\n".join(lines)


def _seconds(call: list[str]) -> float:
    started = time.perf_counter()
    result = subprocess.run([sys.executable, *call], capture_output=True, text=True, check=False)
    if result.returncode:
        raise KhabarError((result.stderr.strip().splitlines() or ["no result"])[-1].removeprefix("error: "))
    return time.perf_counter() - started
