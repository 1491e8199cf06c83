"""Measures how the cost of a word grows with its page's length, and memory with the number of pages.

Memory is measured in a process of its own for each number of pages. They are short ones, since a hundred thousand are
to be tagged (ten million words: three quarters of an hour on two cores); shorter still, a thousand would not fill
what is bounded.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from xml.sax.saxutils import escape

from khabar.cli.bench_memory import peak_memory
from khabar.pages import KhabarError, Page, split_paragraphs
from khabar.reading import read_pages
from khabar.tagging import Tagger
from khabar.text import words

#: Words a page, and pages.
LENGTHS = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
COUNTS = (10, 100, 1_000, 10_000, 100_000)
#: The length and number that others are measured by.
_USUAL_LENGTH, _USUAL_COUNT = 300, 1_000
#: Words a page where memory is measured.
_SHORT = 100
_LEAST_WORDS = 15_000


@dataclass
class Growth:
    """Milliseconds a word by words a page, and GiB above the loaded model by pages."""

    cost: dict[int, float] = field(default_factory=dict)
    memory: dict[int, float] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = ["| words a page | ms a word | of 300 words |", "|---:|---:|---:|"]
        lines += [f"| {n:,} | {cost:.3f} | {cost / self.cost[_USUAL_LENGTH]:.2f} |" for n, cost in self.cost.items()]
        lines += ["", "| pages | MiB above the model | of 1,000 pages |", "|---:|---:|---:|"]
        usual = self.memory[_USUAL_COUNT]
        lines += [f"| {n:,} | {held * 1024:,.0f} | {held / usual:.2f} |" for n, held in self.memory.items()]
        return "\n".join(lines)

    def picture(self) -> str:
        """Both as curves (SVG)."""
        panels = [
            _panel("milliseconds a word, by words a page", self.cost, top=0),
            _panel("MiB above the model, by pages", {n: m * 1024 for n, m in self.memory.items()}, top=_HEIGHT),
        ]
        size = f'width="{_WIDTH}" height="{2 * _HEIGHT}" viewBox="0 0 {_WIDTH} {2 * _HEIGHT}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
        ground = f'<rect width="{_WIDTH}" height="{2 * _HEIGHT}" fill="white"/>'
        return "\n".join([head, ground, *itertools.chain(*panels), "</svg>"]) + "\n"


def measure_growth(sources: Sequence[str], model: str | Path, *, device: str | None, dtype: str) -> Growth:
    """Both growths on pages made of the given ones' paragraphs.

    Raises KhabarError where these hold no words.
    """
    growth = Growth()
    tagger = Tagger.from_pretrained(model, device=device, dtype=dtype)
    tagger.tag([page for page, _ in zip(_of_words(sources, _USUAL_LENGTH), range(8), strict=False)])
    for length in LENGTHS:
        pages = list(itertools.islice(_of_words(sources, length), -(-_LEAST_WORDS // length)))
        count = sum(len(words(page.text)) for page in pages)
        started = time.perf_counter()
        for _ in tagger.tag_pages(pages):
            pass
        growth.cost[length] = (time.perf_counter() - started) / count * 1000
    for count in COUNTS:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            tell = process.submit(_memory_of, str(model), list(sources), count, device=device, dtype=dtype)
            growth.memory[count] = tell.result()
    return growth


def _paragraphs(sources: Sequence[str]) -> Iterator[str]:
    """The pages' paragraphs, over and over."""
    found = False
    while True:
        for page in read_pages(sources):
            if page.error is None:
                for paragraph in split_paragraphs(page.text):
                    found = True
                    yield page.text[paragraph.start : paragraph.end]
        if not found:
            raise KhabarError(f"{', '.join(sources)}: no page with text to measure on")


def _of_words(sources: Sequence[str], length: int) -> Iterator[Page]:
    """Pages of so many words, made of paragraphs one after the other; the last one is cut."""
    paragraphs = _paragraphs(sources)
    for number in itertools.count():
        parts: list[str] = []
        room = length
        while room:
            paragraph = next(paragraphs)
            inside = words(paragraph)[:room]
            if inside:
                parts.append(paragraph[: inside[-1].end])
                room -= len(inside)
        yield Page(str(number), "\n".join(parts))


def _memory_of(model: str, sources: list[str], count: int, *, device: str | None, dtype: str) -> float:
    """GiB that tagging so many short pages takes above the loaded model."""
    tagger = Tagger.from_pretrained(model, device=device, dtype=dtype)
    before = peak_memory()
    for _ in tagger.tag_pages(itertools.islice(_of_words(sources, _SHORT), count)):
        pass
    return peak_memory() - before


_WIDTH, _HEIGHT = 640, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 30, 34, 36


def _panel(title: str, values: dict[int, float], *, top: int) -> list[str]:
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    ground, most = top + _TOP + height, max(values.values())
    # At equal distances, as on a logarithmic axis: each number is about three or ten times the one before it.
    places = [_LEFT + width * place / max(len(values) - 1, 1) for place in range(len(values))]
    heights = [ground - height * value / most for value in values.values()]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, heights, strict=True))
    parts = [
        f'<text x="{_LEFT}" y="{top + 20}" font-weight="bold">{escape(title)}</text>',
        f'<path d="M{_LEFT},{top + _TOP}V{ground}H{_LEFT + width}" fill="none" stroke="#999"/>',
        f'<text x="{_LEFT - 6}" y="{ground}" text-anchor="end">0</text>',
        f'<polyline points="{path}" fill="none" stroke="#4269d0" stroke-width="1.5"/>',
    ]
    for (number, value), x, y in zip(values.items(), places, heights, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#4269d0"/>')
        parts.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{value:.3g}</text>')
        parts.append(f'<text x="{x:.1f}" y="{ground + 16}" text-anchor="middle">{number:,}</text>')
    return parts
