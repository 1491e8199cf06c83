"""Sources for LOCATION: named places where something is or happens."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.weak.base import Document, Source, Vote, span_source
from khabar.weak.noun_phrases import phrases
from khabar.weak.roles import LOCATION, is_place


@span_source("places")
def states_as_places(document: Document) -> Iterator[Vote]:
    """Countries and capitals after a preposition or noun of place («في أذربيجان», «شوارع باريس») or in a dateline.

    After «إلى» and «من» a state that is addressed or asks («رسالة إلى إيران») is taken for a place unless a listed
    noun stands before.
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

    One that is also an ordinary word («البيضاء») counts only after a type noun or joined to another place; cities
    that stand for a government are taken for places all the same.
    """
    for phrase in phrases(document):
        if phrase.kind == "place":
            yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def sites(document: Document) -> Iterator[Vote]:
    """A type noun of places with its name («إقليم كردستان», «مدينة رفح», «الأراضي السورية»).

    Names that the table lacks are found after the type noun too, unless a word list knows them («جبل دخان»).
    """
    for phrase in phrases(document):
        if phrase.kind == "site":
            yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def buildings(document: Document) -> Iterator[Vote]:
    """Embassies, hospitals, schools and the like after a preposition of place («في السفارة الروسية»).

    What is attacked without a preposition («قصف القنصلية») goes to the actors.
    """
    for phrase in phrases(document):
        if phrase.kind == "building" and is_place(document, phrase):
            yield Vote(phrase.start, phrase.end, LOCATION)


SOURCES: list[Source[Vote]] = [states_as_places, continents_by_default, cities, sites, buildings]
