"""Names of actors and places in a form in which their mentions meet."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from khabar.arabic import places
from khabar.arabic.clitics import ARTICLE, readings
from khabar.arabic.lexicon import common_words, word_list
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


def bare_name(text: str) -> str:
    """The name as written without quotes around it and without proclitics before it.

    A letter is taken for a proclitic only where the rest is a known word and the whole is not, or where the article
    follows it («والجيش», «للأمم»), which no word has inside.
    """
    name = _SPACES.sub(" ", text.strip(_EDGES)).strip()
    name = _SET_OFF.sub("", name).strip(_EDGES) or name
    first, _, others = name.partition(" ")
    found = _without_proclitics(normalise(first), others.split(" ")[0] if others else "")
    if found is not None:
        name = f"{found} {others}" if others else found
    return name


@lru_cache(maxsize=65536)
def _without_proclitics(word: str, following: str) -> str | None:
    key = fold(word)
    hidden = _HIDDEN_ARTICLE.match(key)
    if hidden is not None:
        return ARTICLE[0] + word[hidden.end() - 1 :]
    if not word or word[0] not in "وفبلك" or _is_known(key, following):
        return None
    for proclitics, rest in readings(key):
        if not proclitics:
            continue
        after_article = rest[len(ARTICLE) :] if rest.startswith(ARTICLE) else ""
        if _is_known(rest, following) or (after_article and _is_known(after_article, "")):
            return word[len(proclitics) :]
    for proclitics, rest in readings(key):
        if proclitics == "و" and rest.startswith(ARTICLE) and len(rest) >= len(ARTICLE) + _LEAST_AFTER_ARTICLE:
            return word[len(proclitics) :]
    return None


@lru_cache(maxsize=65536)
def _is_known(key: str, following: str) -> bool:
    return key in _known() or (bool(following) and f"{key} {fold(following)}" in _known())


@cache
def _known() -> frozenset[str]:
    lists = (
        "arabic_given_names",
        "foreign_given_names",
        "institutions",
        "organisations",
        "media",
        "peoples",
        "roles",
        "titles",
    )
    names = (key for key, _ in places.names_of_kind(*places.KINDS))
    return common_words().union(names, *map(word_list, lists))


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
