"""Sources for LOCATION: named places where something is or happens."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.weak.base import Document, Source, Vote, span_source
from khabar.weak.noun_phrases import phrases
from khabar.weak.roles import LOCATION, actor_or_place


@span_source("places")
def states_as_places(document: Document) -> Iterator[Vote]:
    """Countries and capitals after a preposition or noun of place («في أذربيجان», «شوارع باريس»)."""
    for phrase in phrases(document):
        if phrase.kind == "state":
            role = actor_or_place(document, phrase)
            if role is not None and role[0] == LOCATION:
                yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def continents_by_default(document: Document) -> Iterator[Vote]:
    """Continents that no cue gives a role: more often the place."""
    for phrase in phrases(document):
        if phrase.kind == "state" and phrase.place and phrase.place.kind == "continent":
            if actor_or_place(document, phrase) is None:
                yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def cities(document: Document) -> Iterator[Vote]:
    """Cities, regions and features of the place table."""
    for phrase in phrases(document):
        if phrase.kind == "place":
            yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def sites(document: Document) -> Iterator[Vote]:
    """A type noun of places with its name («إقليم كردستان», «مدينة رفح», «الأراضي السورية»)."""
    for phrase in phrases(document):
        if phrase.kind == "site":
            yield Vote(phrase.start, phrase.end, LOCATION)


@span_source("places")
def buildings(document: Document) -> Iterator[Vote]:
    """Embassies, universities, hospitals and the like after a preposition of place («في السفارة الروسية»)."""
    for phrase in phrases(document):
        if phrase.kind == "building" and (actor_or_place(document, phrase) or ("",))[0] == LOCATION:
            yield Vote(phrase.start, phrase.end, LOCATION)


SOURCES: list[Source[Vote]] = [states_as_places, continents_by_default, cities, sites, buildings]
