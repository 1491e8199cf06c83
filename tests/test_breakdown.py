"""Scores by news source: each alone, all others without it, and the spread."""

import json
from pathlib import Path

import pytest

from khabar.annotated import parse_annotated, write_annotated
from khabar.breakdown import by_source
from khabar.cli import main
from khabar.metrics import Scores, evaluate
from khabar.pages import Page

RIGHT = "R|أعلنت <A>وزارة الصحة</A> في <L>حلب</L>\nB|اقرأ أيضا"
#: One of two spans and no paragraph of boilerplate: spans 2·1/(1+2), paragraphs (2·1/(2+1) + 0)/2.
HALF = "R|أعلنت <A>وزارة الصحة</A> في حلب\nR|اقرأ أيضا"
WRONG = "B|أعلنت وزارة <A>الصحة</A> في حلب\nR|اقرأ أيضا"
SOURCES = {
    "a": [RIGHT, RIGHT, RIGHT],
    "b": [RIGHT, HALF, WRONG, WRONG],
    "c": [WRONG],
}


def page(page_id: str, annotation: str) -> Page:
    return parse_annotated(annotation, page_id=page_id)


@pytest.fixture
def predicted() -> list[Page]:
    return [page(f"{s}{i}", annotation) for s, pages in SOURCES.items() for i, annotation in enumerate(pages)]


@pytest.fixture
def gold(predicted: list[Page]) -> list[Page]:
    return [page(p.id, RIGHT) for p in predicted]


@pytest.fixture
def scores(predicted: list[Page], gold: list[Page]) -> Scores:
    return evaluate(predicted, gold)


INDEX = {f"{source}{i}": source for source, pages in SOURCES.items() for i in range(len(pages))}


def test_each_source_alone_and_the_others_without_it(scores: Scores) -> None:
    result = by_source(scores, INDEX)
    assert result.pages == {"b": 4, "a": 3, "c": 1}
    # b: 3 right of 5 found and 8 there; report 2 right of 5 found and 4 there, boilerplate 1 right of 3 and 4
    assert result.figures["b"] == pytest.approx(
        {
            "spans": 6 / 13,
            "ACTOR": 2 * 2 / (4 + 4),
            "LOCATION": 2 * 1 / (1 + 4),
            "TIME": None,
            "COUNT": None,
            "paragraphs": (2 * 2 / (5 + 4) + 2 * 1 / (3 + 4)) / 2,
            "others_spans": 2 * 6 / (7 + 8),
            "others_paragraphs": 3 / 4,
        }
    )
    assert result.figures["a"]["spans"] == 1.0
    assert result.figures["a"]["others_spans"] == pytest.approx(2 * 3 / (6 + 10))
    assert result.figures["c"]["paragraphs"] == 0.0
    assert result.figures["c"]["LOCATION"] == 0.0


def test_spread_over_sources_of_three_pages(scores: Scores) -> None:
    spread = by_source(scores, INDEX).spread()
    assert "TIME" not in spread
    # of two figures x and y the standard deviation of a sample is |x - y| / √2
    expected = {"lowest": 6 / 13, "highest": 1.0, "deviation": (1 - 6 / 13) / 2**0.5}
    assert spread["spans"] == pytest.approx(expected)


def test_pages_without_a_source_are_unknown_and_take_no_part_in_the_spread(scores: Scores) -> None:
    result = by_source(scores, {key: source for key, source in INDEX.items() if source != "b"})
    assert result.pages == {"unknown": 4, "a": 3, "c": 1}
    assert result.figures["unknown"]["spans"] == pytest.approx(6 / 13)
    assert result.spread() == {}


def test_one_source_has_no_others(scores: Scores) -> None:
    result = by_source(scores, dict.fromkeys(INDEX, "all"))
    assert result.figures["all"]["spans"] == scores.spans().f1
    assert (result.figures["all"]["others_spans"], result.figures["all"]["others_paragraphs"]) == (None, None)


def test_table(scores: Scores) -> None:
    title, b, a, c, lowest, highest, deviation, note = str(by_source(scores, INDEX)).splitlines()
    assert title.split()[:5] == ["F1", "by", "source", "pages", "spans"]
    assert b.split() == ["b", "4", "0.462", "0.500", "0.400", "–", "–", "0.365", "0.800", "0.750"]
    assert a.split()[:3] == ["a", "3", "1.000"]
    assert c.split()[:3] == ["c", "1", "0.000"]
    assert lowest.split()[:2] == ["lowest", "0.462"]
    assert highest.split()[:2] == ["highest", "1.000"]
    assert deviation.split()[:3] == ["standard", "deviation", "0.381"]
    assert note == "lowest to deviation: over sources with at least 3 pages"


@pytest.fixture
def written(tmp_path: Path, predicted: list[Page], gold: list[Page]) -> list[str]:
    """The command's arguments for predictions and gold on disk."""
    tagged = tmp_path / "tagged.jsonl"
    tagged.write_text("".join(json.dumps(p.to_dict()) + "\n" for p in predicted), "utf-8")
    write_annotated(gold, tmp_path / "gold")
    return ["evaluate", str(tagged), str(tmp_path / "gold")]


def write_index(folder: Path, content: object) -> str:
    path = folder / "index.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return str(path)


def test_command(tmp_path: Path, written: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    index = write_index(tmp_path, [{"id": key, "source": source, "pool": 1} for key, source in INDEX.items()])
    assert main([*written, "--by", index]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("8 pages\n")
    assert "\n\nF1 by source" in out
    assert err == ""
    assert main([*written, "--by", index, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["pages"] == 8
    assert report["by_source"]["sources"]["a"] == {
        "pages": 3, "spans": 1.0, "ACTOR": 1.0, "LOCATION": 1.0, "TIME": None, "COUNT": None, "paragraphs": 1.0,
        "others_spans": 0.375, "others_paragraphs": 0.2929,
    }  # fmt: skip
    assert report["by_source"]["spread"]["spans"] == {"lowest": 0.4615, "highest": 1.0, "deviation": 0.3807}
    assert main([*written, "--json"]) == 0
    assert "by_source" not in json.loads(capsys.readouterr().out)


def test_command_counts_pages_that_the_index_lacks(
    tmp_path: Path, written: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    index = write_index(tmp_path, [{"id": "a0", "source": "a"}])
    assert main([*written, "--by", index]) == 0
    out, err = capsys.readouterr()
    assert err == f"7 of 8 gold pages are not in {index}; shown as source 'unknown'\n"
    assert "\nunknown" in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("[", "not JSON in UTF-8"),
        ({"a0": "a"}, "found an object"),
        (["a0"], "entry 1 has no id and source"),
        ([{"id": "a0", "source": "a"}, {"id": "a1"}], "entry 2 has no id and source"),
        ([{"id": "a0", "source": "a"}, {"id": "a0", "source": "b"}], "page 'a0' is of 'a' and of 'b'"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path, written: list[str], capsys: pytest.CaptureFixture[str], content: object, message: str
) -> None:
    index = str(tmp_path / "nowhere.json") if content is None else write_index(tmp_path, content)
    assert main([*written, "--by", index]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"error: --by {index}: {message}")
    assert err.count("\n") == 1
