"""A noun phrase, and the words of a document with the small questions that its readers ask about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from khabar.arabic import nationalities
from khabar.arabic import word_classes as wc
from khabar.arabic.gazetteer import Match
from khabar.arabic.known_names import KnownName, known_names
from khabar.arabic.places import Place
from khabar.arabic.word_classes import NOTHING, Reading, read_word
from khabar.text import fold
from khabar.weak.base import Document

QUOTES = frozenset("\"«»“”'‘’„")
COMMAS = frozenset("،,")
_LONGEST_QUOTE = 6


@dataclass(slots=True)
class Phrase:
    """Words ``start`` to ``end`` of the document (end exclusive) are a noun phrase of this ``kind``.

    Kinds: institution; building (an institution that is also a place); office (a role, perhaps with a name); person;
    speaker (an unknown name that speaks); surname (of a person named before); organisation; media; people;
    state (a country, continent or capital); place (a city or region); site (a type noun of places and a name).
    ``proclitics`` are those of its first word; ``name`` are the words of the personal name in it.
    """

    start: int
    end: int
    kind: str
    proclitics: str = ""
    place: Place | None = None
    name: tuple[int, int] | None = None


@cache
def keys(words: str) -> frozenset[str]:
    """The keys of a string of words."""
    return frozenset(fold(word) for word in words.split())


class Cursor:
    """The words of a document, read; ``end`` is how far it can be read: to the paragraph's end, if that is near."""

    def __init__(self, document: Document) -> None:
        self.keys: Sequence[str] = document.keys
        self.forms: Sequence[str] = document.forms
        self.texts: Sequence[str] = [word.text for word in document.words]
        self.words: list[Reading] = [read_word(key) for key in self.keys]
        self.ranges: Sequence[range] = document.ranges
        self.end = 0
        self.writes_ala = "على" in self.forms

    def word(self, index: int) -> Reading:
        """The word at an index of the paragraph; ``NOTHING`` outside."""
        return self.words[index] if 0 <= index < self.end else NOTHING

    def key(self, index: int) -> str:
        return self.keys[index] if 0 <= index < self.end else ""

    def known(self, index: int) -> Match[KnownName] | None:
        """The longest known name that begins at a word."""
        match = known_names().match(self.keys, index, self.end) if index < self.end else None
        # A weekday or a month is never a place, though «الخميس» and «آب» are.
        other = match is not None and match.end == index + 1 and self.words[index].classes & wc.TIME_OR_COUNT
        return None if other else match

    def place_at(self, index: int, proclitics: str = "") -> Match[KnownName] | None:
        """The name of a place or state that begins at a word with just these proclitics."""
        match = self.known(index)
        found = match is not None and match.proclitics == proclitics and match.value.place is not None
        return match if found else None

    def is_quote(self, index: int) -> bool:
        return self.key(index) in QUOTES

    def closing_quote(self, index: int) -> int:
        """Where the quotation ends that begins at a word; 0 where it is too long for a name."""
        last = min(self.end, index + _LONGEST_QUOTE)
        return next((i for i in range(index, last) if self.keys[i] in QUOTES), 0)

    def is_quoted(self, start: int, end: int) -> bool:
        return self.is_quote(start - 1) and self.is_quote(end)

    def has_nationality(self, start: int, end: int) -> bool:
        return any(self.words[i].classes & wc.NATIONALITY for i in range(start, end))

    def is_singular_nationality(self, index: int) -> bool:
        """Whether a word is a definite adjective of nationality that names no people («الروسي», «الروسية»)."""
        word = self.word(index)
        return (
            word.definite
            and bool(word.classes & wc.NATIONALITY)
            and not nationalities.is_plural_of_people(word.core)
            and not word.proclitics
        )

    def is_ali(self, index: int) -> bool:
        """Whether a word is the name «علي», on a page that writes the preposition «على»."""
        return self.forms[index] == wc.ALI and self.writes_ala
