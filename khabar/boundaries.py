"""What is wrong with the edge of a predicted span: which part of the phrase it leaves out or takes in.

Read from the words at the edge with the word lists of :mod:`khabar.arabic`, so it is a description and no proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from khabar.arabic.approximators import APPROXIMATORS, read_approximator
from khabar.arabic.calendar import time_word
from khabar.arabic.lexicon import word_list
from khabar.arabic.numbers import read_number
from khabar.arabic.tokens import Tokens, folded
from khabar.arabic.word_classes import (
    ADJECTIVE,
    COMMON,
    GIVEN_NAME,
    HEAD,
    INSTITUTION,
    NATIONALITY,
    NOTHING,
    PARTICLE,
    PLACE_TYPE,
    PROPER,
    ROLE,
    TITLE,
    UNKNOWN,
    VERB,
    Reading,
    read_word,
)

OTHER: Final = "other"
_QUOTES = frozenset("\"'«»“”„‘’‹›()[]{}")
#: Proclitics that may stand apart from their word (a kashida, a quotation mark or digits after them), and the article.
_APART = re.compile("[وف]?[بلكس]?")
_TIGHT = re.compile("[وف]?[بلكس]?(?:ال)?|ه|ها|هم|هما|هن|نا|ي|ك|كم")
_AND = folded("و أو ثم")
_COMMAS = frozenset("،,؛;/")
_DIRECTIONS = folded("شمال جنوب شرق غرب شمالي جنوبي شرقي غربي وسط شمالا جنوبا شرقا غربا")


class BoundaryError(NamedTuple):
    """``kind`` is one of :data:`KINDS`; ``taken_in`` says that the prediction holds too much, not too little."""

    kind: str
    taken_in: bool


@dataclass(frozen=True)
class _Fragment:
    """The words by which two spans differ on one side, and the words that they share."""

    text: str
    shared: str
    left: bool
    tight: bool

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens.of(self.text)

    @cached_property
    def words(self) -> list[Reading]:
        """Its words, without marks."""
        return _readings(self.tokens)

    @cached_property
    def shared_words(self) -> list[Reading]:
        return _readings(Tokens.of(self.shared))

    @property
    def first(self) -> Reading:
        return self.words[0] if self.words else NOTHING

    @property
    def before(self) -> Reading:
        """The shared word before a fragment on the right."""
        return self.shared_words[-1] if self.shared_words and not self.left else NOTHING

    @property
    def after_head(self) -> bool:
        """Whether a noun stands before it whose genitive it can be («وزير», and not «الوزير» or «فرنسي»)."""
        is_noun = self.before.plain(HEAD | COMMON | PLACE_TYPE)
        return is_noun and not self.before.classes & (NATIONALITY | ADJECTIVE | GIVEN_NAME)

    def any(self, classes: int) -> bool:
        return any(word.classes & classes for word in self.words)

    def all(self, classes: int) -> bool:
        return bool(self.words) and all(word.classes & classes for word in self.words)


def _readings(tokens: Tokens) -> list[Reading]:
    return [read_word(key) for key in tokens.keys if any(map(str.isalnum, key))]


def boundary_error(text: str, gold: tuple[int, int], predicted: tuple[int, int], label: str) -> BoundaryError:
    """The kind of the first side, in the order of reading, that says more than ``other``.

    ``gold`` and ``predicted`` are starts and ends in the text of two spans of the label that overlap and differ.
    """
    shared_start, shared_end = max(gold[0], predicted[0]), min(gold[1], predicted[1])
    shared = text[shared_start:shared_end]
    errors = []
    for left, start, end, taken_in in (
        (True, min(gold[0], predicted[0]), shared_start, predicted[0] < gold[0]),
        (False, shared_end, max(gold[1], predicted[1]), predicted[1] > gold[1]),
    ):
        if start < end:
            edge = shared_start if left else shared_end
            tight = text[edge - 1].isalnum() and text[edge].isalnum()
            fragment = _Fragment(text[start:end], shared, left, tight)
            kind = next((kind for kind, holds in _RULES[label] if holds(fragment)), OTHER)
            errors.append(BoundaryError(kind, taken_in))
    return next((error for error in errors if error.kind != OTHER), errors[0])


def _clitic(f: _Fragment) -> bool:
    if f.tight:
        return len(f.words) <= 1 and _TIGHT.fullmatch("".join(f.tokens.keys)) is not None
    return f.left and len(f.words) == 1 and _APART.fullmatch(f.first.proclitics + f.first.core) is not None


def _quotes(f: _Fragment) -> bool:
    return not _QUOTES.isdisjoint(f.text)


def _coordination(f: _Fragment) -> bool:
    """The one span ends where the next member of an enumeration begins."""
    joined = [*f.words[1:], *f.shared_words[:1]] if f.left else f.words
    return any(_begins_with_and(word) for word in joined) or not _COMMAS.isdisjoint(f.tokens.keys)


def _begins_with_and(word: Reading) -> bool:
    unknown = word.classes == UNKNOWN and len(word.core) > 3 and not word.proclitics
    return word.core in _AND or word.proclitics[:1] == "و" or (unknown and word.core[0] == "و")


def _title(f: _Fragment) -> bool:
    """Before the name, or in apposition to it («فلان وزير الصحة»)."""
    if f.left:
        return f.any(ROLE | TITLE) or any(word.core in word_list("loose_titles") for word in f.words)
    is_title = f.first.classes & (ROLE | TITLE) and not f.first.classes & ADJECTIVE
    return bool(is_title) and not f.first.proclitics and not f.after_head


def _head_noun(f: _Fragment) -> bool:
    """The noun that says what a name is of («حركة», «مدينة», «أراضي»)."""
    first = f.first.classes
    return f.left and (f.any(INSTITUTION | PLACE_TYPE) or bool(first & COMMON and not first & (VERB | PARTICLE)))


def _direction(f: _Fragment) -> bool:
    return f.left and any(word.core in _DIRECTIONS for word in f.words)


def _preposition(f: _Fragment) -> bool:
    return bool(f.first.classes & PARTICLE) and f.first.core not in _AND


def _prepositional_phrase(f: _Fragment) -> bool:
    with_proclitic = f.first.proclitics[-1:] in ("ل", "ب") or f.first.core == "باسم"
    return not f.left and (_preposition(f) or with_proclitic)


def _nationality(f: _Fragment) -> bool:
    return not f.left and f.any(NATIONALITY) and f.all(NATIONALITY | ADJECTIVE) and not f.first.classes & PROPER


def _adjective(f: _Fragment) -> bool:
    return not f.left and f.all(ADJECTIVE) and not f.after_head


def _name(f: _Fragment) -> bool:
    """The rest of a personal name, or the name that follows a title."""
    if f.left:
        return all(_could_name(word) for word in [*f.words, *f.shared_words[:1]])
    if f.before.classes & GIVEN_NAME:
        return f.first.classes == UNKNOWN or bool(f.first.classes & (GIVEN_NAME | PROPER))
    return _could_name(f.first) and not f.after_head


def _could_name(word: Reading) -> bool:
    return not word.definite and (word.classes == UNKNOWN or bool(word.classes & (GIVEN_NAME | PROPER)))


def _idafa_tail(f: _Fragment) -> bool:
    return not f.left and bool(f.words) and not f.first.classes & VERB


def _approximator(f: _Fragment) -> bool:
    keys = f.tokens.keys
    found = any(read_approximator(f.tokens, index) for index in range(len(keys)))
    words = {word for phrases in APPROXIMATORS.values() for phrase, _ in phrases for word in phrase}
    return f.left and bool(keys) and (found or words.issuperset(keys))


def _number(f: _Fragment) -> bool:
    return any(read_number(f.tokens, index) is not None for index in range(f.tokens.length))


def _counted_noun(f: _Fragment) -> bool:
    return bool(f.words) and not f.first.classes & (PARTICLE | VERB)


def _part_of_day(f: _Fragment) -> bool:
    return any((word := time_word(key)) is not None and "part" in word.kinds for key in f.tokens.keys)


def _date_or_period(f: _Fragment) -> bool:
    return _number(f) or any(time_word(key) is not None for key in f.tokens.keys)


_Rule = tuple[str, Callable[[_Fragment], bool]]
_ANY: list[_Rule] = [("clitic", _clitic), ("quotes or brackets", _quotes)]
_NAMES: list[_Rule] = [
    *_ANY,
    ("coordination", _coordination),
    ("title", _title),
    ("direction", _direction),
    ("head noun", _head_noun),
    ("prepositional phrase", _prepositional_phrase),
    ("nationality adjective", _nationality),
    ("other adjective", _adjective),
    ("name", _name),
    ("idafa tail", _idafa_tail),
]
#: By label what its edges may be wrong by, tried in this order.
_RULES: dict[str, list[_Rule]] = {
    "ACTOR": _NAMES,
    "LOCATION": _NAMES,
    "TIME": [
        *_ANY,
        ("approximator", _approximator),
        ("preposition", _preposition),
        ("part of the day", _part_of_day),
        ("date or period", _date_or_period),
        ("coordination", _coordination),
    ],
    "COUNT": [
        *_ANY,
        ("approximator", _approximator),
        ("preposition", _preposition),
        ("number", _number),
        ("coordination", _coordination),
        ("other adjective", _adjective),
        ("counted noun", _counted_noun),
    ],
}
#: By label the kinds of a boundary error.
KINDS = {label: (*(kind for kind, _ in rules), OTHER) for label, rules in _RULES.items()}
