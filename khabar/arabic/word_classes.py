"""What a word of news Arabic can be inside a name: head, title, adjective, genitive, given name, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from khabar.arabic import nationalities
from khabar.arabic.clitics import ARTICLE, readings
from khabar.arabic.known_names import single_words
from khabar.arabic.lexicon import derived_forms, listed_words, verb_forms, word_list
from khabar.remembering import remembered

#: «على» and «علي» fold to one key; written with ى it is the preposition.
ALI: Final = "علي"

# The classes are bits: a word can be several things at once.
UNKNOWN: Final = 0
INSTITUTION: Final = 1 << 0
ROLE: Final = 1 << 1
TITLE: Final = 1 << 2
ADJECTIVE: Final = 1 << 3
NATIONALITY: Final = 1 << 4
COMPLEMENT: Final = 1 << 5
GIVEN_NAME: Final = 1 << 6
PLACE_TYPE: Final = 1 << 7
COMMON: Final = 1 << 8
VERB: Final = 1 << 9
SAYING: Final = 1 << 10
PARTICLE: Final = 1 << 11
TIME_OR_COUNT: Final = 1 << 12
PROPER: Final = 1 << 13
HEAD: Final = INSTITUTION | ROLE


class Reading(NamedTuple):
    """A word read: its proclitics, the rest (a key with its article), and the classes of the rest."""

    proclitics: str
    core: str
    classes: int
    definite: bool

    def plain(self, classes: int) -> bool:
        """Whether the word is of one of the classes and carries neither proclitics nor article."""
        return bool(self.classes & classes) and not self.proclitics and not self.definite


#: What stands where there is no word.
NOTHING: Final = Reading("", "", UNKNOWN, False)


@remembered
def read_word(key: str) -> Reading:
    """The most likely reading of a folded word: the first whose rest is in a list, else the whole word, unknown."""
    table = classes()
    for proclitics, core in readings(key):
        if core in table:
            return Reading(proclitics, core, table[core], core.startswith(ARTICLE))
    return Reading("", key, UNKNOWN, key.startswith(ARTICLE))


@cache
def classes() -> dict[str, int]:
    """The classes of all words of the lists."""
    table: dict[str, int] = {}

    def add(keys: Iterable[str], given: int, *, article: bool = False) -> None:
        for key in keys:
            table[key] = table.get(key, UNKNOWN) | given
            if article and not key.startswith(ARTICLE):
                table[ARTICLE + key] = table.get(ARTICLE + key, UNKNOWN) | given

    # What a rule makes of verbs and nouns gives way to a name that is written like it («تعز», «بايدن»).
    names = single_words()
    listed = listed_words()
    add(derived_forms() - (names - listed), COMMON)
    add(listed, COMMON)
    saying = verb_forms("verbs_of_saying")
    add((verb_forms("verbs") | saying) - (names - listed), VERB)
    add(saying - (names - listed), SAYING)
    add(word_list("particles") | word_list("adverbs"), PARTICLE)
    add(word_list("times_and_counts"), TIME_OR_COUNT, article=True)
    add(word_list("institutions"), INSTITUTION, article=True)
    add(word_list("roles"), ROLE, article=True)
    add(word_list("titles"), TITLE)
    add(word_list("actor_adjectives"), ADJECTIVE)
    add(nationalities.forms(), NATIONALITY)
    add((key for key in word_list("peoples") if key.startswith(ARTICLE)), NATIONALITY)
    add(word_list("complements"), COMPLEMENT)
    given_names = word_list("arabic_given_names") | word_list("foreign_given_names")
    add((name for name in given_names if not table.get(name, UNKNOWN) & (PARTICLE | TIME_OR_COUNT)), GIVEN_NAME)
    add({ALI}, GIVEN_NAME)
    add(word_list("place_types"), PLACE_TYPE)
    add(names, PROPER)
    return table
