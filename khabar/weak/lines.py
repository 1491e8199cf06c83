"""A page's paragraphs as the paragraph sources read them: folded, spaced, measured; computed once a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from khabar.text import fold_pattern
from khabar.weak.base import Document, ParagraphVote

_CLOSING = frozenset("\"'”“»«’‘)]}*_-–")
_STOP = frozenset((".", "..", "...", "!", "؟", "?"))
_OPENING = frozenset(":;؛،,")
#: From how many words on a paragraph that ends a sentence is running text.
LONG = 18
#: Up to how many words a line may be a headline.
SHORT = 22


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph: its folded words with one space between any two (marks stand alone), and its shape."""

    index: int
    keys: tuple[str, ...]
    text: str
    #: Words that hold a letter or a digit.
    size: int
    #: The line ends a sentence: with a stop, perhaps inside closing quotes.
    is_closed: bool

    @property
    def is_body(self) -> bool:
        """Running text, by its shape."""
        return (self.size >= LONG and self.is_closed) or self.size >= 2 * LONG

    @property
    def is_headline(self) -> bool:
        """Short, neither a sentence's end nor the opening of a list: a headline, a caption, a link, a subheading."""
        return 0 < self.size <= SHORT and not self.is_closed and self.keys[-1] not in _OPENING


@lru_cache(maxsize=4)
def lines_of(document: Document) -> tuple[Line, ...]:
    """The page's paragraphs as lines."""
    lines = []
    keys = document.keys
    for index, reach in enumerate(document.ranges):
        own = tuple(keys[reach.start : reach.stop])
        size = sum(key[0].isalnum() for key in own if key)
        lines.append(Line(index, own, " ".join(own), size, _ends_sentence(own)))
    return tuple(lines)


def _ends_sentence(keys: tuple[str, ...]) -> bool:
    for key in reversed(keys):
        if key in _CLOSING or not key:
            continue
        return key in _STOP
    return False


class Cue:
    """A pattern for phrases in any spelling, matched against ``Line.text``: at its start, anywhere, or the whole line.

    A phrase is a regular expression over folded words with one space between any two; it ends at a word's end.
    Compiled when first asked, so that importing costs nothing.
    """

    def __init__(self, *phrases: str, start: bool = True, whole: bool = False) -> None:
        self._phrases, self._start, self._whole = phrases, start, whole

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        folded = "|".join(" ".join(fold_pattern(phrase).split()) for phrase in self._phrases)
        if self._whole:
            return re.compile(rf"^(?:[^\w\s]+ )*(?:{folded})(?: [^\w\s]+)*$")
        before = r"^(?:[^\w\s]+ )*" if self._start else r"(?:^| )"
        return re.compile(rf"{before}(?:{folded})(?= |$)")

    def found_in(self, line: Line) -> bool:
        return self._pattern.search(line.text) is not None


def boilerplate(document: Document, *cues: Cue, longest: int = 10_000) -> Iterator[ParagraphVote]:
    """Votes for the lines of at most ``longest`` words in which a cue is found."""
    for line in lines_of(document):
        if len(line.keys) <= 2 * longest + 10 and line.size <= longest and any(cue.found_in(line) for cue in cues):
            yield ParagraphVote(line.index, "boilerplate")
