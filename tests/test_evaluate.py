"""The command ``khabar evaluate``: error analysis, comparison and composed pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from khabar.annotated import parse_annotated, read_annotated, write_annotated
from khabar.cli import main
from khabar.composing import compose_pages
from khabar.metrics import evaluate
from khabar.pages import Page
from khabar.tagging import Tagger
from tests.conftest import ANNOTATED

GOLD = [
    ANNOTATED,
    "R|زار <A>وزير الصحة الفرنسي</A> <L>مالطا</L> <T>أمس</T>.\nR|وبحث إغلاق <C>20 مصنعا</C> فيها.\nB|تابعونا هنا",
    "R|فاز <A>نادي الشباب</A> على <A>نادي النهضة</A>.\nR|وسجل اللاعبون <C>ثلاثة أهداف</C>.",
]
#: The first page is right; on the second a label and an edge are wrong; on the third nothing is found.
FOUND = [
    ANNOTATED,
    "R|زار <A>وزير الصحة</A> الفرنسي <A>مالطا</A> <T>أمس</T>.\nR|وبحث إغلاق <C>20 مصنعا</C> فيها.\nB|تابعونا هنا",
    "R|فاز نادي الشباب على نادي النهضة.\nR|وسجل اللاعبون ثلاثة أهداف.",
]
INDEX = [
    {"id": "0", "source": "a", "published": "2019-05-01"},
    {"id": "1", "source": "a", "published": None},
    {"id": "2", "source": "b", "published": "2019-06-01"},
]


def pages_of(annotations: list[str]) -> list[Page]:
    return [parse_annotated(text, page_id=str(number)) for number, text in enumerate(annotations)]


def write_tagged(path: Path, annotations: list[str]) -> str:
    path.write_text("".join(json.dumps(page.to_dict()) + "\n" for page in pages_of(annotations)), "utf-8")
    return str(path)


@pytest.fixture
def gold(tmp_path: Path) -> str:
    write_annotated(pages_of(GOLD), tmp_path / "gold")
    return str(tmp_path / "gold")


@pytest.fixture
def tagged(tmp_path: Path) -> str:
    return write_tagged(tmp_path / "tagged.jsonl", FOUND)


@pytest.fixture
def index(tmp_path: Path) -> str:
    (tmp_path / "index.json").write_text(json.dumps(INDEX))
    return str(tmp_path / "index.json")


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["evaluate", *arguments, "--json"]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


def test_errors_by_source_and_year(gold: str, tagged: str, index: str, capsys: pytest.CaptureFixture[str]) -> None:
    errors = report(capsys, tagged, gold, "--errors", "--by", index)["errors"]
    assert errors["boundaries"] == {
        "ACTOR": {"nationality adjective": {"left_out": 1, "taken_in": 0}}, "LOCATION": {}, "TIME": {}, "COUNT": {},
    }  # fmt: skip
    assert errors["confusions"]["LOCATION"]["ACTOR"] == 1
    assert errors["confusions"]["ACTOR"]["none"] == 2
    assert errors["by_source"]["b"]["gold"] == {
        "all": 3, "right": 0, "boundary": 0, "confused": 0, "merged": 0, "missed": 3,
    }  # fmt: skip
    # the second page's date is not known
    assert {year: tally["gold"]["all"] for year, tally in errors["by_year"].items()} == {"2019": 10, "unknown": 4}
    assert [error["error"] for error in errors["worst"]] == ["boundary", "confused", "missed", "missed", "missed"]


def test_errors_without_an_index_and_as_a_table(gold: str, tagged: str, capsys: pytest.CaptureFixture[str]) -> None:
    errors = report(capsys, tagged, gold, "--errors")["errors"]
    assert [name for name in errors if name.startswith("by_")] == ["by_label", "by_rarity", "by_place_table"]
    assert main(["evaluate", tagged, gold, "--errors"]) == 0
    out = capsys.readouterr().out
    assert "\nACTOR nationality adjective" in out
    assert out.rstrip().endswith("\u2068وسجل اللاعبون [ثلاثة أهداف].\u2069")


def test_the_pages_own_date_comes_before_the_indexs(
    gold: str, index: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = pages_of(FOUND)
    pages[0].published = "2021-01-01"
    tagged = tmp_path / "dated.jsonl"
    tagged.write_text("".join(json.dumps(page.to_dict()) + "\n" for page in pages), "utf-8")
    years = report(capsys, str(tagged), gold, "--errors", "--by", index)["errors"]["by_year"]
    assert {year: tally["gold"]["all"] for year, tally in years.items()} == {"2021": 7, "2019": 3, "unknown": 4}


def test_against(gold: str, tagged: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = write_tagged(tmp_path / "right.jsonl", GOLD)
    against = report(capsys, right, gold, "--against", tagged)["against"]
    assert (against["pages"], against["rounds"]) == (3, 10_000)
    assert against["spans"]["first"] == 1.0
    # 9 right, 11 found, 14 there
    assert against["spans"]["second"] == round(2 * 9 / 25, 4)
    # not better only where the first page is drawn three times
    assert against["spans"]["p"] == pytest.approx(1 / 27, abs=0.01)
    assert against["paragraphs"] == {
        "first": 1.0, "second": 1.0, "difference": 0.0, "interval_95": [0.0, 0.0], "p": 1.0,
    }  # fmt: skip
    assert main(["evaluate", right, gold, "--against", tagged]) == 0
    assert "\n\nfirst against second" in capsys.readouterr().out


def test_composed_pages(gold: str, index: str, tiny_tagger_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    composed = compose_pages(list(read_annotated(Path(gold))), 1.0, 5, held_out=True)
    tagger = Tagger.from_pretrained(tiny_tagger_folder)
    expected = evaluate(tagger.tag(page.reset() for page in composed), composed).to_dict()
    printed = report(capsys, str(tiny_tagger_folder), gold, "--composed", "5", "--by", index, "--errors")
    assert {name: printed[name] for name in expected} == expected
    # the source of a composed page is that of the page whose report it holds
    assert {source: row["pages"] for source, row in printed["by_source"]["sources"].items()} == {"a": 2, "b": 1}
    assert report(capsys, str(tiny_tagger_folder), gold, "--composed")["pages"] == 3


@pytest.mark.parametrize("option", ["", "--against"])
def test_predictions_cannot_be_of_composed_pages(
    gold: str, tagged: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    systems = ["models/none", option, tagged] if option else [tagged]
    assert main(["evaluate", *systems, gold, "--composed"]) == 2
    assert capsys.readouterr().err == (
        f"error: --composed: {tagged} holds predictions, and the pages are only now composed; name a tagger\n"
    )


def test_nothing_to_compose(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_annotated([parse_annotated("B|تابعونا", page_id="0")], tmp_path)
    assert main(["evaluate", "models/none", str(tmp_path), "--composed"]) == 2
    err = capsys.readouterr().err
    assert err == f"error: --composed: no page in {tmp_path} holds a report paragraph; nothing can be composed\n"
