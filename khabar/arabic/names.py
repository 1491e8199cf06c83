"""Names of actors and places in a form in which their mentions meet."""

from __future__ import annotations

import re
from functools import cache

from khabar.arabic import nationalities, places
from khabar.arabic.clitics import ARTICLE, readings, without_article
from khabar.arabic.lexicon import common_words, word_list
from khabar.remembering import remembered
from khabar.text import fold, normalise

_QUOTES = "\"'«»“”„‘’‹›()[]{}"
_EDGES = _QUOTES + " \t،,.؛;:!؟?-–—ـ…"
_SPACES = re.compile(r"\s+")
_INNER_QUOTES = re.compile(f"[{re.escape(_QUOTES)}]")
#: A proclitic with a kashida, a quotation mark or Latin letters after it can be nothing else.
_SET_OFF = re.compile(r"^[وف]?[بلك]?(?:ـ+|(?=[\"«“(])|(?=[A-Za-z]))")
#: «للأمم»: ل before the article, whose alif is not written.
_HIDDEN_ARTICLE = re.compile("[وف]?لل(?=.{3})")
_SPELLINGS = (("اميرك", "امريك"), ("جرينتش", "غرينتش"), ("انجلترا", "انكلترا"))
_LEAST_AFTER_ARTICLE = 4
_LARGE_CITY = 100_000


def bare_name(text: str) -> str:
    """The name as written without quotes around it and without proclitics before it.

    A letter is taken for a proclitic only where the rest is a known word and the whole is not, or where it cannot be a
    letter of the word («للأمم», «لـ», «وCNN»).
    """
    name = _trimmed(text)
    name = _trimmed(_SET_OFF.sub("", name)) or name
    first, _, others = name.partition(" ")
    following = fold(others.split(" ")[0]) if others else ""
    found = _without_proclitics((normalise(first), following)) if fold(first) else None
    return name if found is None else f"{found} {others}" if others else found


def _trimmed(text: str) -> str:
    """The text without marks at its edges; a closing mark stays where its opening one stands inside."""
    text = _SPACES.sub(" ", text).strip(_EDGES)
    for opening, closing in ('""', "«»", "“”", "()", "[]"):
        inside = text.count(opening) % 2 if opening == closing else text.count(opening) - text.count(closing)
        if inside > 0:
            text += closing
    return text


@remembered
def _without_proclitics(words: tuple[str, str]) -> str | None:
    """The first of two words without its proclitics, or None where it has none; the second is folded."""
    word, following = words
    key = fold(word)
    if not word or word[0] not in "وفبلك":
        return None
    hidden = _HIDDEN_ARTICLE.match(key)
    if hidden is not None:
        rest = word[hidden.end() :]
        return ARTICLE + (
            "ل" + rest if _begins_with_lam(fold("ل" + rest)) else rest
        )  # «للجنة» hides two of three lams.
    split = [(proclitics, rest) for proclitics, rest in readings(key) if proclitics]
    for proclitics, rest in split:
        bare = without_article(rest)  # «وكالة» holds no article: two letters would be left of «الة».
        if rest.startswith(ARTICLE) and (places.lookup(rest) is not None or (bare != rest and bare in _nouns())):
            return word[len(proclitics) :]
    if key in _known() or f"{key} {following}" in _places():
        return None
    for proclitics, rest in split:
        if _is_name_after(proclitics, rest, following):
            return word[len(proclitics) :]
    return None


def _begins_with_lam(key: str) -> bool:
    return key in _nouns() or key in nationalities.forms()


def _is_name_after(proclitics: str, rest: str, following: str) -> bool:
    """Whether the rest is surely a word of its own; the rarer the proclitic, the more the rest must say."""
    bare = without_article(rest)
    if bare != rest:
        return proclitics == "و" and len(bare) >= _LEAST_AFTER_ARTICLE
    if proclitics == "و" and len(rest) > _LEAST_AFTER_ARTICLE and places.lookup(rest) is not None:
        return True
    if rest in _nouns():
        return len(rest) > 2
    if proclitics[-1] in "فك":
        return False
    if rest in _places() or f"{rest} {following}" in _places():
        return len(rest) > 2
    return rest in word_list("arabic_given_names") and len(rest) >= (3 if proclitics == "و" else 5)


@cache
def _nouns() -> frozenset[str]:
    """Words that names of actors and places begin with: roles, institutions, organisations, peoples, kinds of place."""
    lists = ("institutions", "organisations", "media", "peoples", "roles", "titles", "place_types", "common_nouns")
    return frozenset().union(*map(word_list, lists)) - word_list("arabic_given_names")


@cache
def _places() -> frozenset[str]:
    """Names of countries, capitals, regions, waters and large cities; small towns are too often other words."""
    kinds = tuple(kind for kind in places.KINDS if kind != "city")
    names = {key for key, _ in places.names_of_kind(*kinds)}
    return frozenset(names | {key for key, place in places.names_of_kind("city") if place.population >= _LARGE_CITY})


@cache
def _known() -> frozenset[str]:
    """Words that stay whole although they begin like a proclitic."""
    names = word_list("arabic_given_names") | word_list("foreign_given_names")
    return common_words() | names | _nouns() | _places()


def normal_form(name: str) -> str:
    """The key under which spellings of a name meet: folded, without quotes, with one spelling of «أمريكا»."""
    key = " ".join(fold(word) for word in _INNER_QUOTES.sub(" ", name).split())
    for variant, spelling in _SPELLINGS:
        key = key.replace(variant, spelling)
    return key


def country_of(name: str, *, as_actor: bool) -> tuple[str, str] | None:
    """ISO 3166 code of the country that the name stands for, and as what: ``country``, ``capital``, ``city``, …

    An actor stands for a country only as its name or its capital («أعلنت باكو»); a place also lies in one.
    """
    place = places.lookup(name)
    if place is None or not place.country:
        return None
    if as_actor and place.kind not in ("country", "territory", "capital"):
        return None
    return place.country, place.kind
