"""Sources for ACTOR: persons, institutions, forces, peoples and states that act or are party."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.weak.base import Document, Source, Vote, span_source
from khabar.weak.noun_phrases import phrases
from khabar.weak.roles import ACTOR, LOCATION, actor_or_place


def _of_kind(document: Document, *kinds: str) -> Iterator[Vote]:
    for phrase in phrases(document):
        if phrase.kind in kinds:
            yield Vote(phrase.start, phrase.end, ACTOR)


@span_source("actors")
def institutions(document: Document) -> Iterator[Vote]:
    """The head of an institution with its genitives and adjectives («وزارة الدفاع الأذربيجانية»)."""
    return _of_kind(document, "institution")


@span_source("actors")
def institutions_that_act(document: Document) -> Iterator[Vote]:
    """Embassies, universities, hospitals and the like, unless a preposition makes a place of them."""
    for phrase in phrases(document):
        if phrase.kind == "building" and (actor_or_place(document, phrase) or ("",))[0] != LOCATION:
            yield Vote(phrase.start, phrase.end, ACTOR)


@span_source("actors")
def offices(document: Document) -> Iterator[Vote]:
    """An office or role, with the name that follows («وزير الخارجية الروسي سيرغي لافروف»)."""
    return _of_kind(document, "office")


@span_source("actors")
def organisations(document: Document) -> Iterator[Vote]:
    """Organisations, armed groups, parties and companies of the list, and media."""
    return _of_kind(document, "organisation", "media")


@span_source("actors")
def persons(document: Document) -> Iterator[Vote]:
    """Well-known people, and given names with what follows them."""
    return _of_kind(document, "person")


@span_source("actors")
def repeated_names(document: Document) -> Iterator[Vote]:
    """A surname or given name alone, after the full name on the same page («لافروف» after «سيرغي لافروف»)."""
    return _of_kind(document, "surname")


@span_source("actors")
def speakers(document: Document) -> Iterator[Vote]:
    """Words that no list knows, as the subject of a verb of saying («وقال دارمانان»)."""
    return _of_kind(document, "speaker")


@span_source("actors")
def peoples(document: Document) -> Iterator[Vote]:
    """Peoples and members of nations («الفلسطينيون», «الأرمن»)."""
    return _of_kind(document, "people")


@span_source("actors")
def states_that_act(document: Document) -> Iterator[Vote]:
    """Countries and capitals beside a verb, after «بين», «مع», «ضد» and the like («أعلنت باكو»)."""
    for phrase in phrases(document):
        if phrase.kind == "state":
            role = actor_or_place(document, phrase)
            if role is not None and role[0] == ACTOR:
                yield Vote(phrase.start, phrase.end, ACTOR)


@span_source("actors")
def states_by_default(document: Document) -> Iterator[Vote]:
    """Countries and capitals that no cue gives a role: more often the state than the land."""
    for phrase in phrases(document):
        if phrase.kind == "state" and phrase.place and phrase.place.kind in ("country", "territory", "capital"):
            if actor_or_place(document, phrase) is None:
                yield Vote(phrase.start, phrase.end, ACTOR)


SOURCES: list[Source[Vote]] = [
    institutions,
    institutions_that_act,
    offices,
    organisations,
    persons,
    repeated_names,
    speakers,
    peoples,
    states_that_act,
    states_by_default,
]
