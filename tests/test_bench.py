"""The benches measure what they say: every page once by every way, and pages of exactly so many words."""

import xml.etree.ElementTree as ElementTree
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import pytest

from khabar import KhabarError, Page
from khabar.cli.bench_growth import Growth, _of_words
from khabar.cli.bench_memory import peak_memory
from khabar.cli.bench_tag import Report, Speed, measure, pages_of
from khabar.text import words
from tests.conftest import PAGE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in "abcdef":
        (tmp_path / f"{name}.txt").write_text(f"{name}\n{PAGE}", "utf-8")
    (tmp_path / "empty.txt").write_text("\n", "utf-8")
    return tmp_path


def test_every_way_gets_its_pages(tiny_tagger_folder: Path, folder: Path) -> None:
    report = measure([str(folder)], tiny_tagger_folder, most=5, beside=4, plain=2, device="cpu", dtype="fp32")
    of_page = len(words(f"a\n{PAGE}"))
    assert {name: (speed.pages, speed.words) for name, speed in report.speeds.items()} == {
        "khabar": (5, 5 * of_page),
        "encoder alone": (5, 5 * of_page),
        "khabar, the pipeline's pages": (4, 4 * of_page),
        "pipeline in the same number format, batches of 1": (4, 4 * of_page),
        "pipeline in the same number format, batches of 8": (4, 4 * of_page),
        "pipeline in the same number format, batches of 32": (4, 4 * of_page),
        "pipeline as called (fp32, one by one)": (2, 2 * of_page),
    }
    assert 0 < report.subwords <= report.padded
    assert 0 < report.encoder_seconds < report.speeds["khabar"].seconds
    assert len(report.ratios()) == 3


def test_ratios_are_against_the_fastest_pipeline() -> None:
    report = Report("a machine", subwords=95, padded=100, encoder_seconds=0.5)
    seconds = {
        "khabar": 1,
        "encoder alone": 0.8,
        "khabar, the pipeline's pages": 1,
        "pipeline in the same number format, batches of 1": 3,
        "pipeline in the same number format, batches of 8": 2,
        "pipeline as called (fp32, one by one)": 8,
    }
    report.speeds = {name: Speed(1, 1000, taken) for name, taken in seconds.items()}
    assert report.ratios() == [
        ("end to end over the encoder alone", pytest.approx(0.8)),
        ("khabar over the pipeline in the same number format, batches of 8", pytest.approx(2)),
        ("khabar over the pipeline as called (fp32, one by one)", pytest.approx(8)),
    ]
    assert "| share of padding | 0.050 |" in str(report).splitlines()


def test_pages_are_taken_in_turn_from_each_file(folder: Path) -> None:
    assert [page.id for page in pages_of([str(folder)], 100)] == list("abcdef")
    (folder / "more.jsonl").write_text('{"id": "1", "text": "x"}\n{"id": "2", "text": "y"}\n')
    assert [page.id for page in pages_of([str(folder / "more.jsonl"), str(folder / "a.txt")], 2)] == ["1", "a"]
    with pytest.raises(KhabarError, match="no page with text"):
        pages_of([str(folder / "empty.txt")], 3)


@pytest.mark.parametrize("length", [1, 7, 500])
def test_pages_have_exactly_so_many_words(folder: Path, length: int) -> None:
    pages: list[Page] = list(islice(_of_words([str(folder)], length), 4))
    assert [len(words(page.text)) for page in pages] == [length] * 4
    assert len({page.text for page in pages}) > 1


def test_growth_is_told_and_drawn() -> None:
    growth = Growth({100: 0.5, 300: 0.4, 1000: 0.44}, {100: 0.1, 1000: 0.25, 10000: 0.26})
    lines = str(growth).splitlines()
    assert "| 1,000 | 0.440 | 1.10 |" in lines
    assert "| 10,000 | 266 | 1.04 |" in lines
    texts = [element.text for element in ElementTree.fromstring(growth.picture()).iter() if element.text]
    assert "0.44" in texts
    assert "10,000" in texts


def test_a_started_process_tells_of_its_own_memory_alone() -> None:
    held = bytearray(b"x") * (200 << 20)
    assert peak_memory() > 0.2
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        of_child = process.submit(peak_memory).result()
    assert 0 < of_child < peak_memory() - len(held) / 2**31
