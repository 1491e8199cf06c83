"""Sources for LOCATION: named places where something is or happens."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.weak.base import Document, Source, Vote, span_source
from khabar.weak.noun_phrases import phrases
from khabar.weak.roles import LOCATION, is_place


@span_source("places")
def states_as_places(document: Document) -> Iterator[Vote]:
    """Countries and capitals after a preposition or noun of place («في أذربيجان», «سماء باريس») or in a dateline.

    A state that is addressed («رسالة إلى إيران») is taken for a place as well, and one that asks, unless a listed
    noun stands before «من» («رسالة من إيران»).
    """
    for phrase in phrases(document):
        if phrase.kind == "state" and is_place(document, phrase):
            yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def continents_by_default(document: Document) -> Iterator[Vote]:
    """Continents that no cue gives a role; there are few of them."""
    for phrase in phrases(document):
        continent = phrase.place is not None and phrase.place.kind == "continent"
        if phrase.kind == "state" and continent and is_place(document, phrase) is None:
            yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def cities(document: Document) -> Iterator[Vote]:
    """Cities, regions and features of the place table, whatever stands beside them.

    One that is also an ordinary word («البيضاء») counts only where it is joined to another place (after a type noun
    it is one of the sites); cities that stand for a government are taken for places all the same.
    """
    for phrase in phrases(document):
        if phrase.kind == "place":
            yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def sites(document: Document) -> Iterator[Vote]:
    """A type noun of places with its name («ولاية سنار», «مدينة رفح», «الأراضي السورية»).

    Names that the table lacks are found after the type noun too, unless a word list knows them («جبل دخان»).
    """
    for phrase in phrases(document):
        if phrase.kind == "site":
            yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def buildings(document: Document) -> Iterator[Vote]:
    """Embassies, hospitals, schools and the like after a preposition of place («في السفارة الروسية»).

    One that is bombed or besieged is a place after the noun («قصف القنصلية التركية»), an actor after the verb.
    """
    for phrase in phrases(document):
        if phrase.kind == "building" and is_place(document, phrase):
            yield Vote(phrase.start, phrase.end, LOCATION)


SOURCES: list[Source[Vote]] = [states_as_places, continents_by_default, cities, sites, buildings]
