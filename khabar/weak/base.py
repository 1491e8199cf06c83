"""What a labelling function (a *source*) sees and says.

A source votes for a span, votes for "none" (a denial), or abstains by saying nothing about a word:
silence is never a vote. Sources are grouped in families that are declared, never guessed, because sources
of one family read the same cue and must not be counted as independent witnesses.
The contract follows skweak's (Lison et al. 2021, https://aclanthology.org/2021.acl-demo.40), but for silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from khabar.pages import Page, Paragraph, split_paragraphs
from khabar.text import Word, fold, normalise, words

#: The families of span sources; ``none`` holds the sources that only deny.
SPAN_FAMILIES = ("places", "actors", "times", "counts", "none")
PARAGRAPH_FAMILY = "boilerplate"


class Document:
    """A page as sources see it: its paragraphs, its words and their forms, each computed once.

    ``words``, ``forms`` (:func:`khabar.text.normalise`) and ``keys`` (:func:`khabar.text.fold`) run in parallel over
    the whole page; ``ranges[p]`` is the range of word indices of paragraph ``p``. No word crosses a paragraph's end.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.paragraphs: list[Paragraph] = split_paragraphs(page.text)
        self.words: list[Word] = []
        self.ranges: list[range] = []
        for paragraph in self.paragraphs:
            first = len(self.words)
            self.words += words(page.text, paragraph.start, paragraph.end)
            self.ranges.append(range(first, len(self.words)))

    @cached_property
    def forms(self) -> list[str]:
        return [normalise(word.text) for word in self.words]

    @cached_property
    def keys(self) -> list[str]:
        return [fold(word.text) for word in self.words]

    def text(self, start: int, end: int) -> str:
        """The page's text from word ``start`` to word ``end``, end exclusive."""
        return self.page.text[self.words[start].start : self.words[end - 1].end]


@dataclass(frozen=True, slots=True)
class Vote:
    """Words ``start`` to ``end`` (indices into ``Document.words``, end exclusive) are one span of ``label``.

    ``label`` None denies: none of these words is in any span.
    """

    start: int
    end: int
    label: str | None


@dataclass(frozen=True, slots=True)
class ParagraphVote:
    """Paragraph ``index`` of the page is ``report`` or ``boilerplate``."""

    index: int
    label: str


V = TypeVar("V", Vote, ParagraphVote)


@dataclass(frozen=True)
class Source(Generic[V]):
    """A labelling function with its name, family and description (what it fires on, and its limits)."""

    name: str
    family: str
    description: str
    find: Callable[[Document], Iterable[V]]


def span_source(family: str) -> Callable[[Callable[[Document], Iterable[Vote]]], Source[Vote]]:
    """Decorator: makes a function from a document to votes a span source, named and described by the function."""
    if family not in SPAN_FAMILIES:
        raise ValueError(f"family {family!r} is none of {', '.join(SPAN_FAMILIES)}")
    return lambda find: Source(find.__name__, family, (find.__doc__ or "").strip(), find)


def paragraph_source(find: Callable[[Document], Iterable[ParagraphVote]]) -> Source[ParagraphVote]:
    """Decorator: makes a function from a document to votes a paragraph source, named and described by the function."""
    return Source(find.__name__, PARAGRAPH_FAMILY, (find.__doc__ or "").strip(), find)
