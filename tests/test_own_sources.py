"""A user's own sources through the command line, as docs/labelling.md shows them; and the doc's list of sources."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from khabar.weak.sources import sources_as_markdown
from tests.conftest import ROOT

Run = Callable[..., CompletedProcess[bytes]]
DOC = (ROOT / "docs" / "labelling.md").read_text("utf-8")


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The files of the doc's worked example."""
    files = re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```", DOC, re.DOTALL)
    assert [name for name, _ in files] == ["pages.jsonl", "mine.yaml", "mine.py"]
    for name, content in files:
        (tmp_path / name).write_text(content, "utf-8")
    return tmp_path


def label(run: Run, folder: Path, sources: str | None) -> dict[str, Any]:
    out = folder / "weak.jsonl"
    own = ["--sources", folder / sources] if sources else []
    result = run("-m", "khabar", "label", folder / "pages.jsonl", "-o", out, *own)
    assert result.returncode == 0, result.stderr.decode()
    (record,) = map(json.loads, out.read_text("utf-8").splitlines())
    assert isinstance(record, dict)
    return record


def voted(record: dict[str, Any], source: str) -> list[tuple[int, str, str]]:
    return [(s["start"], s["text"], s["label"]) for s in record["spans"] if source in s["sources"]]


def tags(record: dict[str, Any], text: str) -> list[dict[str, float]]:
    """The distributions of the words that are written just so."""
    return [tag for start, end, tag in record["words"] if record["text"][start:end] == text]


def test_sources_in_yaml(example: Path, run: Run) -> None:
    without, record = label(run, example, None), label(run, example, "mine.yaml")
    assert voted(without, "clubs") == []
    assert [text for _, text, _ in voted(record, "clubs")] == ["العربي", "العربي", "السد"]
    assert {kind for _, _, kind in voted(record, "clubs")} == {"ACTOR"}
    assert tags(record, "2") == [{"O": 1.0}]
    assert record["paragraphs"][2]["label"] == "boilerplate"
    assert record["paragraphs"][2]["probabilities"] != without["paragraphs"][2]["probabilities"]


def test_sources_in_python(example: Path, run: Run) -> None:
    record = label(run, example, "mine.py")
    assert voted(record, "winners") == [(5, "العربي", "ACTOR"), (28, "العربي", "ACTOR")]
    assert record["paragraphs"][2]["label"] == "boilerplate"


def test_failing_source_is_the_page_s_error(example: Path, run: Run) -> None:
    broken = (example / "mine.py").read_text("utf-8").replace('if "!" in', 'if 1 / 0 and "!" in')
    (example / "mine.py").write_text(broken, "utf-8")
    result = run("-m", "khabar", "label", example / "pages.jsonl", "--sources", example / "mine.py")
    assert result.returncode == 3
    assert json.loads(result.stdout)["error"] == "source shouting failed: ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.yaml", "clubs: {label: CLUB, words: [x]}", "clubs: label 'CLUB' is none of ACTOR, LOCATION"),
        ("mine.yaml", "cities: {label: LOCATION, words: [الرباط]}", "two sources are named 'cities'"),
        ("mine.py", "SOURCES = [", "cannot be run (SyntaxError"),
    ],
)
def test_mistakes_are_one_line(example: Path, run: Run, name: str, content: str, message: str) -> None:
    (example / name).write_text(content, "utf-8")
    result = run("-m", "khabar", "label", example / "pages.jsonl", "--sources", example / name)
    error = result.stderr.decode()
    assert result.returncode == 2
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1
    assert result.stdout == b""


def test_doc_lists_the_sources_as_they_are() -> None:
    listed = re.search(r"<!-- sources: .*? -->\n\n(.*?)\n<!-- end of sources -->", DOC, re.DOTALL)
    assert listed is not None
    assert listed[1] == sources_as_markdown()
