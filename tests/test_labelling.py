"""Pages -> weak labels, a user's own sources, and the command."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from khabar.cli import main
from khabar.pages import KhabarError, Page
from khabar.weak import labelling
from khabar.weak.base import Document, ParagraphVote, Source, Vote
from khabar.weak.labelling import Labeller, sample_pages
from khabar.weak.majority import MajorityVote
from khabar.weak.own import read_own_sources
from khabar.weak.votes import SourceSet

TEXT = "أعلنت شركة النور أمس أرباحها.\n\nاقرأ أيضا"


def find_company(document: Document) -> list[Vote]:
    return [Vote(1, 3, "ACTOR")]


def find_yesterday(document: Document) -> list[Vote]:
    return [Vote(i, i + 1, "TIME") for i, key in enumerate(document.keys) if key == "امس"]


def find_verb(document: Document) -> list[Vote]:
    return [Vote(0, 1, None)]


def find_long_line(document: Document) -> list[ParagraphVote]:
    return [ParagraphVote(i, "report") for i, reach in enumerate(document.ranges) if len(reach) > 4]


@pytest.fixture
def labeller(monkeypatch: pytest.MonkeyPatch) -> Labeller:
    sources = SourceSet(
        (
            Source("company", "actors", "", find_company),
            Source("yesterday", "times", "", find_yesterday),
            Source("verb", "none", "", find_verb),
        ),
        (Source("long_line", "boilerplate", "", find_long_line),),
    )
    monkeypatch.setattr(labelling, "load_sources", lambda own: sources)
    return Labeller(MajorityVote(sources))


def test_record_of_a_page(labeller: Labeller) -> None:
    page = Page("p1", TEXT, published="2020-05-01", meta={"site": "x"})
    record = labeller.label(page).to_dict()
    assert record["words"] == [
        [0, 5, {"O": 1.0}],
        [6, 10, {"B-ACTOR": 1.0}],
        [11, 16, {"I-ACTOR": 1.0}],
        [17, 20, {"B-TIME": 1.0}],
        [21, 28, {}],
        [28, 29, {}],
        [31, 35, {}],
        [36, 40, {}],
    ]
    assert record["paragraphs"] == [
        {"start": 0, "end": 29, "label": "report", "score": 1.0, "probabilities": {"report": 1.0}},
        {"start": 31, "end": 40, "label": "report", "score": None, "probabilities": {}},
    ]
    company, yesterday = record["spans"]
    assert company == {
        "start": 6,
        "end": 16,
        "label": "ACTOR",
        "text": "شركة النور",
        "score": 1.0,
        "paragraph": 0,
        "value": None,
        "sources": ["company"],
    }
    assert (yesterday["text"], yesterday["label"], yesterday["sources"]) == ("أمس", "TIME", ["yesterday"])
    assert (record["published"], record["meta"], record["error"]) == ("2020-05-01", {"site": "x"}, None)
    assert Page.from_dict(record).to_dict() == record


def test_page_with_an_error_keeps_its_place(labeller: Labeller) -> None:
    pages = [Page("a", TEXT), Page("b", "", error="not UTF-8"), Page("c", TEXT)]
    labelled = list(labeller.label_all(pages))
    assert [(page.id, page.error, len(page.spans)) for page in labelled] == [
        ("a", None, 2),
        ("b", "not UTF-8", 0),
        ("c", None, 2),
    ]


def test_failing_source_is_the_page_s_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document: Document) -> list[Vote]:
        raise ValueError("no")

    sources = SourceSet((Source("bad", "none", "", fail),), ())
    monkeypatch.setattr(labelling, "load_sources", lambda own: sources)
    labeller = Labeller(MajorityVote(sources))
    labeller.fit([Page("a", TEXT)])
    assert labeller.label(Page("a", TEXT)).error == "source bad failed: ValueError: no"


def test_rounded_probabilities_sum_to_one() -> None:
    rounded = labelling._rounded({"O": 1 / 3, "B-TIME": 1 / 3, "I-TIME": 1 / 3 - 1e-7, "B-COUNT": 1e-7})
    assert rounded == {"O": 0.3334, "B-TIME": 0.3333, "I-TIME": 0.3333}
    assert math.isclose(sum(rounded.values()), 1)


def test_sample_is_bounded_ordered_and_repeatable() -> None:
    pages = [Page(str(number), "") for number in range(200)]
    drawn = [page.id for page in sample_pages(pages, 20)]
    assert drawn == [page.id for page in sample_pages(iter(pages), 20)]
    assert len(set(drawn)) == 20
    assert drawn == sorted(drawn, key=int)
    assert max(map(int, drawn)) > 100
    assert sample_pages(pages[:5], 20) == pages[:5]


PYTHON = '''
from khabar.weak.base import ParagraphVote, Vote, paragraph_source, span_source

@span_source("actors")
def clubs(document):
    """Football clubs."""
    for i, key in enumerate(document.keys[:-1]):
        if key == "نادي":
            yield Vote(i, i + 2, "ACTOR")

@paragraph_source
def shouting(document):
    """Lines with an exclamation mark."""
    for i, reach in enumerate(document.ranges):
        if "!" in document.keys[reach.start : reach.stop]:
            yield ParagraphVote(i, "boilerplate")

SOURCES = [clubs, shouting]
'''

YAML = r"""
clubs:
  label: ACTOR
  words: [نادي الهلال, النصر]
rounds:
  label: TIME
  pattern: 'الجولة (\p{L}+ عشرة)'
no_places:
  label: none
  words: [الأهلي]
starred:
  label: boilerplate
  pattern: '^\*'
"""


def own(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    return path


def test_own_sources_in_python(tmp_path: Path) -> None:
    (clubs,), (shouting,) = read_own_sources(own(tmp_path, "mine.py", PYTHON))
    document = Document(Page("p", "فاز نادي الهلال.\nسجل الآن!"))
    assert list(clubs.find(document)) == [Vote(1, 3, "ACTOR")]
    assert list(shouting.find(document)) == [ParagraphVote(1, "boilerplate")]
    assert (clubs.family, clubs.description) == ("actors", "Football clubs.")


def test_own_sources_in_yaml(tmp_path: Path) -> None:
    spans, (starred,) = read_own_sources(own(tmp_path, "mine.yaml", YAML))
    clubs, rounds, denied = spans
    document = Document(Page("p", "فاز نادى الهلال على الأهلي والنصر في الجولة الثالثة عشرة.\n* إعلان"))
    assert list(clubs.find(document)) == [Vote(1, 3, "ACTOR"), Vote(5, 6, "ACTOR")]
    assert list(rounds.find(document)) == [Vote(8, 10, "TIME")]
    assert list(denied.find(document)) == [Vote(4, 5, None)]
    assert list(starred.find(document)) == [ParagraphVote(1, "boilerplate")]
    assert [source.family for source in spans] == ["actors", "times", "none"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.txt", "", "files of kind '.txt' cannot be read"),
        ("mine.py", "SOURCES = [1]", "expected a list SOURCES of sources"),
        ("mine.py", "1 / 0", r"cannot be run \(ZeroDivisionError: division by zero\)"),
        ("mine.yaml", "- a", "found a list, expected sources by names"),
        ("mine.yaml", "a: {label: ACTOR, word: [x]}", "a: found word, expected the fields label, words, pattern"),
        ("mine.yaml", "a: {label: CITY, words: [x]}", "a: label 'CITY' is none of ACTOR, LOCATION"),
        ("mine.yaml", "a: {label: ACTOR}", "a: expected either words or pattern"),
        ("mine.py", "raise SystemExit(0)", r"cannot be run \(SystemExit: 0\)"),
        ("mine.yaml", "", "found empty, expected sources by names"),
        ("mine.yaml", "a: {label: ACTOR, words: []}", "a: words is no list of words"),
        ("mine.yaml", "a: {label: ACTOR, pattern: ''}", "a: the pattern is empty"),
        ("mine.yaml", "a: {label: ACTOR, words: x}", "a: words is no list of words"),
        ("mine.yaml", "a: {label: ACTOR, pattern: '('}", r"a: pattern '\(' is no regular expression"),
        ("mine.yaml", "a: {label: report, words: [x], family: times}", "family 'times' does not fit the label report"),
    ],
)
def test_own_sources_that_are_none(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(KhabarError, match=message):
        read_own_sources(own(tmp_path, name, content))


def read_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


PAGE = """فيضانات في الخرطوم
أعلنت وزارة الصحة السودانية أمس أن 12 شخصا قتلوا في فيضانات في الخرطوم بعد ثلاثة أيام من الأمطار الغزيرة على البلاد.
اقرأ أيضا
الرجاء يهزم الوداد في ديربي الدار البيضاء"""


def test_command_writes_weak_labels_the_same_with_one_or_two_processes(tmp_path: Path) -> None:
    pages = tmp_path / "pages.jsonl"
    pages.write_text("".join(json.dumps({"id": f"p{i}", "text": PAGE}) + "\n" for i in range(40)), "utf-8")
    mine = own(tmp_path, "mine.yaml", "clubs: {label: ACTOR, words: [الرجاء, الوداد]}")
    for workers in "12":
        output = str(tmp_path / f"weak{workers}.jsonl")
        assert main(["label", str(pages), "-o", output, "--workers", workers, "--sources", str(mine)]) == 0
    one, two = (tmp_path / "weak1.jsonl").read_bytes(), (tmp_path / "weak2.jsonl").read_bytes()
    assert one == two
    records = read_lines(tmp_path / "weak1.jsonl")
    assert [record["id"] for record in records] == [f"p{i}" for i in range(40)]
    paragraphs = records[0]["paragraphs"]
    assert isinstance(paragraphs, list)
    assert [p["label"] for p in paragraphs] == ["report", "report", "boilerplate", "boilerplate"]
    spans = records[0]["spans"]
    assert isinstance(spans, list)
    assert [s["text"] for s in spans if "clubs" in s["sources"]] == ["الرجاء", "الوداد"]


def test_command_tells_of_pages_with_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.txt").write_text(PAGE, "utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xff")
    output = tmp_path / "weak" / "out.jsonl"
    assert main(["label", str(tmp_path / "*.txt"), "-o", str(output), "--label-model", "majority"]) == 3
    bad, good = read_lines(output)
    assert (bad["id"], bad["spans"], good["error"]) == ("bad", [], None)
    assert "1 page with an error;" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such file"),
        (["{page}", "--sources", "nowhere.py"], "--sources nowhere.py: no such file"),
        (["{page}", "--gold", "nowhere"], "no annotated pages in nowhere"),
        (["{page}", "--workers", "0"], "--workers 0: expected 1 or more"),
        (["{page}", "--report", "{page}"], "is a file; expected a folder"),
        (["{page}", "-o", "weak.csv"], "-o weak.csv: files of kind '.csv' are not written here; expected .jsonl"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE, "utf-8")
    given = [argument.format(page=page) for argument in arguments]
    assert main(["label", "-o", str(tmp_path / "out.jsonl"), *given]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1
