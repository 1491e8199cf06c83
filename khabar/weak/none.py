"""Sources that deny: words that are in no span of any kind.

A word on which every source is silent teaches nothing; these say where nothing is to be found. They look only at
words outside the phrases that could name an actor or a place, and away from numbers and words of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

from khabar.arabic import word_classes as wc
from khabar.arabic.word_classes import NOTHING, read_word
from khabar.remembering import remembered
from khabar.weak.base import Document, Source, Vote, span_source
from khabar.weak.noun_phrases import phrases
from khabar.weak.noun_phrases.cursor import keys

#: What stands between the parts of a number or a date.
_NUMBER_MARKS = frozenset("-–—/.,،:%()٪'")


@remembered
def _counts_or_dates(key: str) -> bool:
    """Whether a word may be part of a number, a count or a date."""
    return bool(read_word(key).classes & wc.TIME_OR_COUNT) or any(character.isdigit() for character in key)


class _Free:
    """Which words of a document are outside every phrase, and which stand beside a number or a word of time."""

    def __init__(self, document: Document) -> None:
        self.numeric = [_counts_or_dates(key) for key in document.keys]
        self.covered = [False] * len(document.keys)
        for phrase in phrases(document):
            self.covered[phrase.start : phrase.end] = [True] * (phrase.end - phrase.start)

    def beside_number(self, index: int, *, before: bool = True, after: bool = True) -> bool:
        numeric = self.numeric
        return (before and index > 0 and numeric[index - 1]) or (
            after and index + 1 < len(numeric) and numeric[index + 1]
        )


_CACHE: WeakKeyDictionary[Document, _Free] = WeakKeyDictionary()


def _deny(document: Document, denies: Callable[[_Free, int, str], bool]) -> Iterator[Vote]:
    free = _CACHE.get(document)
    if free is None:
        free = _CACHE[document] = _Free(document)
    for index, key in enumerate(document.keys):
        name = key == wc.ALI and document.forms[index] != "على"
        if not free.covered[index] and not free.numeric[index] and not name and denies(free, index, key):
            yield Vote(index, index + 1, None)


@span_source("none")
def function_words(document: Document) -> Iterator[Vote]:
    """Particles, prepositions, pronouns and adverbs; not beside a number, where they may be part of a count."""

    def denies(free: _Free, index: int, key: str) -> bool:
        return bool(read_word(key).classes & wc.PARTICLE) and key not in _NAMES_TOO and not free.beside_number(index)

    return _deny(document, denies)


@span_source("none")
def function_words_before_numbers(document: Document) -> Iterator[Vote]:
    """Prepositions and conjunctions that never belong to the count or date beside them («في 3 مدن», «منذ عام»)."""
    return _deny(document, lambda free, index, key: key in _NEVER_IN_COUNTS)


#: Particles that are also part of names and counts («ما يقرب من», «محمد علي», «بان كي مون»).
_NAMES_TOO = keys("ما بان أم وحدة خلف غير إي لي بي لو")
_NEVER_IN_COUNTS = keys(
    """منذ خلال قبل بعد حتى إلى أن ان إن قد كان كانت الذي التي الذين هو هي وهو وهي ومنذ وخلال وبعد وقبل إنه أنه إنها
    أنها مع عند لدى ضد تحت عبر بينهم بينها بينهما وقد وكان وكانت حيث لكن لم لن ثم إذ كما أيضا لأن ولم ولا وفي وذلك"""
)


@span_source("none")
def verbs(document: Document) -> Iterator[Vote]:
    """Verbs in the third person, also with object pronouns; not right after a number, where many read as nouns."""
    other = wc.PARTICLE | wc.HEAD | wc.GIVEN_NAME | wc.COMPLEMENT

    def denies(free: _Free, index: int, key: str) -> bool:
        classes = read_word(key).classes
        return bool(classes & wc.VERB) and not classes & other and not free.beside_number(index, after=False)

    return _deny(document, denies)


@span_source("none")
def common_nouns(document: Document) -> Iterator[Vote]:
    """Common nouns and adjectives; not after a number, which may count them, and none that fill names."""

    def denies(free: _Free, index: int, key: str) -> bool:
        classes = read_word(key).classes
        if not classes & wc.COMMON or classes & _NAME_WORDS or free.beside_number(index, after=False):
            return False
        before = read_word(document.keys[index - 1]) if index else NOTHING
        if before.classes & _BEFORE_NAMES and not before.proclitics:
            return False
        core = read_word(key).core
        if not core.startswith("ال"):
            return not core.endswith(("ين", "ان")) or len(core) < 5
        return index == 0 or not free.covered[index - 1] or core != key

    return _deny(document, denies)


#: After these a common noun may be part of a name that no phrase was read for («وكالة أنباء …»).
_BEFORE_NAMES = wc.HEAD | wc.PLACE_TYPE | wc.TITLE | wc.NATIONALITY
_NAME_WORDS = (wc.VERB | wc.PARTICLE | wc.HEAD | wc.COMPLEMENT | wc.ADJECTIVE | wc.PLACE_TYPE | wc.TITLE) | (
    wc.GIVEN_NAME | wc.NATIONALITY
)


@span_source("none")
def bare_institutions(document: Document) -> Iterator[Vote]:
    """Definite heads that nothing names further («الوزارة», «الجيش», «العاصمة»): anaphoric, no actor and no place."""

    def denies(free: _Free, index: int, key: str) -> bool:
        word = read_word(key)
        if not word.definite or not word.classes & (wc.HEAD | wc.PLACE_TYPE) or word.classes & wc.NATIONALITY:
            return False
        if index == 0 or free.covered[index - 1] or free.beside_number(index):
            return False
        before = read_word(document.keys[index - 1])
        verbal = word.proclitics != "" or before.classes & (wc.PARTICLE | wc.VERB)
        return bool(verbal) and _ends_phrase(document.keys, index + 1)

    return _deny(document, denies)


def _ends_phrase(words: list[str], index: int) -> bool:
    if index >= len(words):
        return True
    return not words[index].isalnum() or bool(read_word(words[index]).classes & (wc.PARTICLE | wc.VERB))


@span_source("none")
def punctuation(document: Document) -> Iterator[Vote]:
    """Marks away from numbers and from the inside of phrases."""

    def denies(free: _Free, index: int, key: str) -> bool:
        if key.isalnum() or len(key) > 1 or (key in _NUMBER_MARKS and free.beside_number(index)):
            return False
        return key in "،؛؟.:" or True not in free.covered[max(index - 1, 0) : index + 2]

    return _deny(document, denies)


SOURCES: list[Source[Vote]] = [
    function_words,
    function_words_before_numbers,
    verbs,
    common_nouns,
    bare_institutions,
    punctuation,
]
