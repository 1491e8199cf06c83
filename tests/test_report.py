"""The report about the sources: its figures, its table, its JSON and its page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from khabar.annotated import parse_annotated
from khabar.cli import main
from khabar.pages import Page
from khabar.weak.base import ParagraphVote, Source, Vote
from khabar.weak.label_model import LearnedModel
from khabar.weak.majority import MajorityVote
from khabar.weak.report import Report, report_on
from khabar.weak.report_html import to_html
from khabar.weak.votes import LabelModel, SourceSet

ANNOTATED = "R|أعلنت <A>شركة <النور></A> <T>أمس</T> أرباحها في <L>دبي</L>.\nB|اقرأ أيضا"


def fixed(*votes: Vote) -> list[Vote]:
    return list(votes)


#: Words: 0 أعلنت, 1 شركة, 2 <, 3 النور, 4 >, 5 أمس, 6 أرباحها, 7 في, 8 دبي, 9 ., 10 اقرأ, 11 أيضا
SOURCES = SourceSet(
    (
        Source("company", "actors", "Companies <by> name.", lambda d: fixed(Vote(1, 5, "ACTOR"), Vote(8, 9, "ACTOR"))),
        Source("cities", "places", "Cities.", lambda d: fixed(Vote(8, 9, "LOCATION"))),
        Source("yesterday", "times", "Days.", lambda d: fixed(Vote(5, 6, "TIME"))),
        Source("words", "none", "Words.", lambda d: fixed(Vote(0, 1, None), Vote(5, 8, None))),
        Source("silent", "counts", "Nothing.", lambda d: []),
    ),
    (
        Source("first", "boilerplate", "The first line.", lambda d: [ParagraphVote(0, "report")]),
        Source("all", "boilerplate", "All lines.", lambda d: [ParagraphVote(i, "boilerplate") for i in (0, 1)]),
    ),
)


@pytest.fixture
def report() -> Report:
    gold = parse_annotated(ANNOTATED, page_id="<gold>")
    models: dict[str, LabelModel] = {"majority": MajorityVote(SOURCES), "learned": LearnedModel(SOURCES)}
    return report_on([gold.reset(), Page("broken", "", error="broken")], SOURCES, models, "majority", [gold])


def test_figures_of_span_sources(report: Report) -> None:
    company, cities, yesterday, words, silent = (s for s in report.sources if s.kind == "spans")
    assert (company.votes, company.coverage, company.overlap, company.conflict) == (2, 0.4167, 0.2, 0.2)
    assert (company.labels, company.precision, company.recall) == (["ACTOR"], 0.5, 1.0)
    assert (cities.overlap, cities.conflict, cities.conflict_none) == (1.0, 1.0, 0.0)
    assert (cities.precision, cities.recall) == (1.0, 1.0)
    assert (yesterday.conflict, yesterday.conflict_none) == (1.0, 1.0)
    assert (words.votes, words.labels, words.precision, words.recall) == (4, ["none"], 0.75, 0.5)
    assert (silent.votes, silent.coverage, silent.precision, silent.recall) == (0, 0.0, None, None)


def test_figures_of_paragraph_sources(report: Report) -> None:
    first, everything = (s for s in report.sources if s.kind == "paragraphs")
    assert (first.votes, first.coverage, first.overlap, first.conflict) == (1, 0.5, 1.0, 1.0)
    assert (first.precision, first.recall) == (1.0, 1.0)
    assert (everything.precision, everything.recall) == (0.5, 1.0)


def test_whole_pages(report: Report) -> None:
    assert (report.pages, report.words, report.paragraphs) == (1, 12, 2)
    assert (report.covered_words, report.covered_paragraphs) == (0.75, 1.0)
    assert report.scores["majority"].spans("ACTOR").gold == 1


def test_disputes_hold_votes_and_decision(report: Report) -> None:
    by_text = {dispute.text: dispute for dispute in report.disputes}
    assert set(by_text) == {"دبي", "أمس"}
    assert by_text["دبي"].votes == [("company", "ACTOR", "دبي"), ("cities", "LOCATION", "دبي")]
    assert by_text["أمس"].votes == [("yesterday", "TIME", "أمس"), ("words", "none", "أمس")]
    assert by_text["أمس"].before.endswith("<النور> ")
    assert by_text["أمس"].uncertainty == 1.0


def test_table_shows_both_label_models(report: Report) -> None:
    table = str(report)
    assert "majority     learned" in table
    assert "company" in table
    assert "written by: majority" in table


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_is_well_formed_and_escapes_everything(report: Report) -> None:
    parser = _Tags()
    parser.feed(to_html(report))
    assert parser.open == []
    assert not parser.seen & {"script", "link", "img", "iframe", "النور", "by", "gold"}
    assert "Companies <by> name." in parser.text
    assert "<النور>" in parser.text
    assert "page <gold>" in parser.text


def test_command_writes_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.txt"
    page.write_text("أعلنت وزارة الصحة السودانية أمس أن 12 شخصا قتلوا في الخرطوم.", "utf-8")
    gold = tmp_path / "gold"
    gold.mkdir()
    (gold / "one.txt").write_text("R|قتل <C>12 شخصا</C> في <L>الخرطوم</L> <T>أمس</T>.", "utf-8")
    folder, output = tmp_path / "report", tmp_path / "out.jsonl"
    assert main(["label", str(page), "-o", str(output), "--report", str(folder), "--gold", str(gold)]) == 0
    written = json.loads((folder / "report.json").read_text("utf-8"))
    assert written["pages"] == 1
    assert set(written["scores"]) == {"majority", "learned"}
    assert (folder / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert "strict F1, report paragraphs" in capsys.readouterr().err
