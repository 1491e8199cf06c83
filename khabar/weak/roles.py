"""Actor or place: what the name of a state or a place is in its sentence.

«أعلنت باكو» is an actor, «في باكو» a place. The cues are the preposition or noun before the name, the verb beside
it, the dateline, and what the name is coordinated with.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

from khabar.arabic import word_classes as wc
from khabar.arabic.lexicon import word_list
from khabar.arabic.word_classes import NOTHING, Reading, read_word
from khabar.weak.base import Document
from khabar.weak.noun_phrases import Phrase, phrases

ACTOR, LOCATION = "ACTOR", "LOCATION"
#: The kinds of phrases that have a role.
KINDS = ("state", "place", "site", "building")

#: How the words begin that make a goal of «ل» and a name («زيارته لموسكو», «الشمال الغربي لباكستان»).
_GOALS = (
    *("زيار", "الزيار", "بزيار", "لزيار", "وصول", "الوصول", "لوصول", "رحل", "عود", "العود", "جول", "توجه"),
    *("مغادر", "سفر", "عاصم", "الشمال", "الجنوب", "الشرق", "الغرب"),
)
_GOAL_DISTANCE = 5
_BORDER = "حدود"
_DASHES = frozenset("-–—ـ")
_COMMAS = frozenset("،,")
_JOINS = frozenset(("،", ",", "و", "او"))
_SHORTEST_STORY = 8
_LONGEST_BRACKET = 8


class Role(NamedTuple):
    """A label and the cue for it: dateline, preposition, coordination, apposition, verb or title."""

    label: str
    cue: str


def actor_or_place(document: Document, phrase: Phrase) -> Role | None:
    """The role of a phrase of :data:`KINDS`; None where nothing tells it."""
    return _roles(document).get(phrase.start)


def is_place(document: Document, phrase: Phrase) -> bool | None:
    """Whether a phrase is a place (True) or an actor (False); None where no cue tells."""
    role = actor_or_place(document, phrase)
    return None if role is None else role.label == LOCATION


_CACHE: WeakKeyDictionary[Document, dict[int, Role]] = WeakKeyDictionary()


def _roles(document: Document) -> dict[int, Role]:
    """The roles by the first words of the phrases; read once a document."""
    roles = _CACHE.get(document)
    if roles is None:
        roles = _CACHE[document] = {}
        ordered, position = phrases(document), 0
        for words in document.ranges:
            first = position
            while position < len(ordered) and ordered[position].start < words.stop:
                position += 1
            _Paragraph(document.keys, words, ordered[first:position], roles).read()
    return roles


class _Paragraph:
    """Gives roles to the phrases of one paragraph."""

    def __init__(self, keys: list[str], words: range, inside: list[Phrase], roles: dict[int, Role]) -> None:
        self.keys, self.first, self.last, self.phrases, self.roles = keys, words.start, words.stop, inside, roles

    def read(self) -> None:
        dateline = self.end_of_dateline()
        previous: Phrase | None = None
        for phrase in self.phrases:
            if phrase.kind in KINDS:
                in_dateline = phrase.end <= dateline
                role = Role(LOCATION, "dateline") if in_dateline else self.role(phrase, previous)
                if role is not None:
                    self.roles[phrase.start] = role
            previous = phrase

    def key(self, index: int) -> str:
        return self.keys[index] if self.first <= index < self.last else ""

    def word(self, index: int) -> Reading:
        return read_word(self.keys[index]) if self.first <= index < self.last else NOTHING

    def end_of_dateline(self) -> int:
        """Where the places before the first words end («صنعاء، اليمن (رويترز) --», «دبي - …»); 0: there are none."""
        position = self.first
        for phrase in self.phrases:
            if phrase.start != position or phrase.kind not in KINDS:
                break
            position = phrase.end + (self.key(phrase.end) in _COMMAS)
        if position == self.first:
            return 0
        if self.key(position) == "(":
            brackets = range(position, min(self.last, position + _LONGEST_BRACKET))
            close = next((i for i in brackets if self.keys[i] == ")"), self.last)
            return position if self.key(close + 1) in _DASHES | {":"} else 0
        return position if self.key(position) in _DASHES and self.last - position > _SHORTEST_STORY else 0

    def role(self, phrase: Phrase, previous: Phrase | None) -> Role | None:
        if "ب" in phrase.proclitics:
            return Role(LOCATION, "preposition")
        if "ل" in phrase.proclitics:
            before = range(1, _GOAL_DISTANCE + 1)
            goal = any(self.key(phrase.start - i).startswith(_GOALS) for i in before)
            return Role(LOCATION if goal else ACTOR, "preposition")
        joined = self.joined_to(phrase, previous)
        if joined is not None and joined.start in self.roles:
            return Role(self.roles[joined.start].label, "coordination")
        label = self.after_preposition(phrase)
        if label is not None:
            return Role(label, "preposition")
        if self.key(phrase.start - 1) in _COMMAS and self.word(phrase.start - 2).core == "العاصمه":
            return Role(LOCATION, "apposition")
        if phrase.start == self.first and (label := self.as_title(phrase)):
            return Role(label, "title")
        after = self.word(phrase.end)
        if self.word(phrase.start - 1).classes & wc.VERB or (after.classes & wc.VERB and not after.proclitics):
            return Role(ACTOR, "verb")
        return Role(ACTOR, "title") if phrase.start == self.first else None

    def joined_to(self, phrase: Phrase, previous: Phrase | None) -> Phrase | None:
        """The place or state to which «و» or a comma joins this one."""
        if previous is None or previous.kind not in KINDS:
            return None
        clitic = previous.end == phrase.start and phrase.proclitics == "و"
        mark = previous.end == phrase.start - 1 and self.key(previous.end) in _JOINS
        return previous if clitic or mark else None

    def after_preposition(self, phrase: Phrase) -> str | None:
        """The label that the preposition or noun before a name tells."""
        before, cause = self._core(phrase.start - 1), self.word(phrase.start - 2).core
        city = phrase.kind != "state" or (phrase.place is not None and phrase.place.kind in ("capital", "city"))
        on_border = any(_BORDER in self.key(phrase.start - i) for i in (2, 3))
        if before in ("بين", "بينها", "مع"):
            return LOCATION if on_border else ACTOR
        if before == "من":
            return ACTOR if cause in word_list("before_from_actors") else LOCATION
        if before == "علي":
            on_land = city or cause in word_list("before_on_lands")
            return LOCATION if on_land and cause not in word_list("before_on_actors") else ACTOR
        if before == "لدي":
            return LOCATION if city else ACTOR
        if before in word_list("before_places") or (city and before in word_list("before_cities")):
            return LOCATION
        return ACTOR if before in word_list("before_actors") else None

    def _core(self, index: int) -> str:
        """The word before a name, without «و» or «ف» where the lists know the rest («وفي»)."""
        core = self.word(index).core
        rest = core[1:]
        lists = ("before_places", "before_actors")
        known = rest in ("من", "علي", "بين") or any(rest in word_list(name) for name in lists)
        return rest if core[:1] in ("و", "ف") and known else core

    def as_title(self, phrase: Phrase) -> str | None:
        """The label of a name that a colon or two dots set before a headline («باكو: لن نقبل …», «اليمن: مقتل …»)."""
        mark, following = self.key(phrase.end), self.word(phrase.end + 1)
        if mark == ":":
            speech = following.classes & (wc.VERB | wc.PARTICLE) or not following.core.isalnum()
            return ACTOR if speech else LOCATION
        return LOCATION if mark == following.core == "." else None
