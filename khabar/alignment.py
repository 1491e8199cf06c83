"""Predicted pages beside gold pages: both in non-blank characters, which is how they are compared.

So annotated pages may leave out blank lines and surplus white space.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, islice
from typing import TypeVar

from khabar.pages import KhabarError, Page, Span

#: A span in non-blank characters, its edges trimmed of punctuation: start, end, label.
Key = tuple[int, int, str]
#: A paragraph in non-blank characters: start, end, class.
ClassedParagraph = tuple[int, int, str | None]
T = TypeVar("T")


def pair_pages(predicted: Iterable[Page], gold: Iterable[Page]) -> list[tuple[Page, Page]]:
    """Each gold page behind its prediction, by id, in the order of the gold; other predictions are left out.

    Raises KhabarError where a gold page has no prediction or two.
    """
    by_id: dict[str, Page] = {}
    twice: set[str] = set()
    for page in predicted:
        if by_id.setdefault(page.id, page) is not page:
            twice.add(page.id)
    pairs = []
    for page in gold:
        if page.id not in by_id:
            raise KhabarError(f"page {page.id!r} of the gold has no prediction; tag the same pages as the gold holds")
        if page.id in twice:
            raise KhabarError(f"page {page.id!r} has two predictions; give each page its own id")
        pairs.append((by_id[page.id], page))
    return pairs


class NonBlankText:
    """A page's non-blank characters, and its spans and paragraphs counted in them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.characters = "".join(page.text.split())
        self._before = [0, *accumulate(not character.isspace() for character in page.text)]

    @cached_property
    def spans(self) -> dict[Key, Span]:
        """The page's spans; one of punctuation alone is left out, and of two of the same key the first stays."""
        spans: dict[Key, Span] = {}
        for span in self._page.spans:
            start, end = self._before[span.start], self._before[span.end]
            while start < end and _is_edge(self.characters[start]):
                start += 1
            while start < end and _is_edge(self.characters[end - 1]):
                end -= 1
            if start < end:
                spans.setdefault((start, end, span.label), span)
        return spans

    @cached_property
    def paragraphs(self) -> list[ClassedParagraph]:
        return [(self._before[p.start], self._before[p.end], p.label) for p in self._page.paragraphs]

    @cached_property
    def offsets(self) -> list[int]:
        """Where in the page's text each non-blank character stands."""
        return [offset for offset, character in enumerate(self._page.text) if not character.isspace()]


class AlignedPage:
    """A predicted page beside the gold; raises KhabarError where their non-blank characters differ."""

    def __init__(self, predicted: Page, gold: Page) -> None:
        self.predicted, self.gold = predicted, gold
        self.predicted_text, self.gold_text = NonBlankText(predicted), NonBlankText(gold)
        found, expected = self.predicted_text.characters, self.gold_text.characters
        if found != expected:
            raise KhabarError(
                f"page {gold.id!r}: its text differs from the gold's at non-blank character "
                f"{_first_difference(expected, found)}; score the pages that were annotated"
            )

    @cached_property
    def report(self) -> list[tuple[int, int]]:
        """The gold's report paragraphs in non-blank characters."""
        return [(start, end) for start, end, label in self.gold_text.paragraphs if label == "report"]

    def in_report(self, keys: Mapping[Key, T]) -> dict[Key, T]:
        """The spans that begin in one of the gold's report paragraphs."""
        starts = [start for start, _ in self.report]
        return {key: span for key, span in keys.items() if _inside(key, self.report, starts)}

    def extent(self, key: Key) -> tuple[int, int]:
        """A span's start and end in the gold's text."""
        return self.gold_text.offsets[key[0]], self.gold_text.offsets[key[1] - 1] + 1


def classes_of(paragraphs: Sequence[ClassedParagraph], others: Sequence[ClassedParagraph]) -> list[str | None]:
    """For each paragraph the class of what shares most of it among others of the same text (in order, disjoint)."""
    classes: list[str | None] = []
    first = 0
    for start, end, _ in paragraphs:
        while first < len(others) and others[first][1] <= start:
            first += 1
        shared: dict[str | None, int] = {}
        for other_start, other_end, label in islice(others, first, None):
            if other_start >= end:
                break
            shared[label] = shared.get(label, 0) + min(end, other_end) - max(start, other_start)
        classes.append(max(shared, key=lambda label: shared[label], default=None))
    return classes


def _is_edge(character: str) -> bool:
    return unicodedata.category(character)[0] in "PC"


def _inside(key: Key, paragraphs: Sequence[tuple[int, int]], starts: Sequence[int]) -> bool:
    place = bisect_right(starts, key[0]) - 1
    return place >= 0 and key[0] < paragraphs[place][1]


def _first_difference(left: str, right: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
