"""The words of a stretch of text as the grammars of numbers, times and counts read them."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.arabic import clitics
from khabar.remembering import remembered
from khabar.text import Word, fold, iter_words, normalise


class Tokens:
    """Parallel lists over words: ``forms`` (normalised), ``keys`` (folded), ``tight`` (no space before the word).

    ``whole`` says that the text is one expression and no running text: then nothing around it can speak against it.
    """

    __slots__ = ("forms", "keys", "length", "tight", "whole", "words")

    def __init__(
        self, words: Sequence[Word], forms: Sequence[str], keys: Sequence[str], *, whole: bool = False
    ) -> None:
        self.whole = whole
        self.words = words
        self.forms = forms
        self.keys = keys
        self.length = len(words)
        self.tight = [False] * len(words)
        for i in range(1, len(words)):
            self.tight[i] = words[i].start == words[i - 1].end

    @classmethod
    def of(cls, text: str, *, whole: bool = False) -> Tokens:
        return cls.of_words(list(iter_words(text)), whole=whole)

    @classmethod
    def of_words(cls, words: Sequence[Word], *, whole: bool = False) -> Tokens:
        return cls(words, [normalise(w.text) for w in words], [fold(w.text) for w in words], whole=whole)

    def part(self, start: int, end: int) -> Tokens:
        """The words from ``start`` to ``end``."""
        return Tokens(self.words[start:end], self.forms[start:end], self.keys[start:end], whole=self.whole)

    def key(self, index: int) -> str:
        """The folded word at ``index``, or "" outside the text."""
        return self.keys[index] if 0 <= index < self.length else ""

    def form(self, index: int) -> str:
        """The normalised word at ``index``, or "" outside the text."""
        return self.forms[index] if 0 <= index < self.length else ""

    def raw(self, index: int) -> str:
        """The word at ``index`` as written, or "" outside the text."""
        return self.words[index].text if 0 <= index < self.length else ""

    def is_tight(self, index: int) -> bool:
        """Whether no white space stands between the word at ``index`` and the one before it."""
        return 0 < index < self.length and self.tight[index]

    def matches(self, index: int, *keys: str) -> bool:
        """Whether the words from ``index`` on are exactly these folded words."""
        return index >= 0 and all(self.key(index + offset) == key for offset, key in enumerate(keys))


#: More words than any expression of times or numbers has. Where each word of a run begins an expression that takes in
#: the rest («مليون مليون …»), reading to the end every time would take the square of the run's length.
MOST_WORDS = 64


@remembered
def readings(key: str) -> tuple[tuple[str, str], ...]:
    """:func:`khabar.arabic.clitics.readings` of a folded word as a tuple that is remembered."""
    return tuple(reading for reading in clitics.readings(key) if len(reading[1]) > 1)


def folded(words: str) -> frozenset[str]:
    """The words of a text in the form in which keys are compared."""
    return frozenset(fold(word) for word in words.split())
