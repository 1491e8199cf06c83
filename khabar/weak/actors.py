"""Sources for ACTOR: persons, institutions, forces, peoples and states that act or are party."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.weak.base import Document, Source, Vote, span_source
from khabar.weak.noun_phrases import phrases
from khabar.weak.roles import ACTOR, is_place


def _of_kind(document: Document, *kinds: str) -> Iterator[Vote]:
    for phrase in phrases(document):
        if phrase.kind in kinds:
            yield Vote(phrase.start, phrase.end, ACTOR)


@span_source("actors")
def institutions(document: Document) -> Iterator[Vote]:
    """The head of an institution or force with its genitives and adjectives («وزارة الدفاع الأذربيجانية»).

    Only heads of the list; a general head («شركة», «قوات») needs a nationality or a name. Prepositional phrases end it,
    but for «ل» with whom it serves.
    """
    return _of_kind(document, "institution")


@span_source("actors")
def institutions_that_act(document: Document) -> Iterator[Vote]:
    """Embassies, hospitals, schools and the like, unless a preposition makes a place of them."""
    for phrase in phrases(document):
        if phrase.kind == "building" and not is_place(document, phrase):
            yield Vote(phrase.start, phrase.end, ACTOR)


@span_source("actors")
def offices(document: Document) -> Iterator[Vote]:
    """An office, role or title, with the name that follows («وزير الخارجية الروسي سيرغي لافروف»).

    Counted people («ثلاثة جنود فرنسيين») are left to the counts. A name ends at the first word that a list knows, so
    that surnames that are ordinary words are cut off.
    """
    return _of_kind(document, "office")


@span_source("actors")
def organisations(document: Document) -> Iterator[Vote]:
    """Organisations, armed groups, parties, companies and media of the lists.

    Newspapers whose name is an ordinary word («الحياة») are missed, but for those named like a place of the table
    («الرياض»): these count in quotation marks, and a place that is quoted is taken for one.
    """
    return _of_kind(document, "organisation", "media")


@span_source("actors")
def persons(document: Document) -> Iterator[Vote]:
    """Well-known people, and given names of the lists with what follows them.

    A given name alone is not enough, nor one that is an ordinary word with an unknown word after it.
    """
    return _of_kind(document, "person")


@span_source("actors")
def repeated_names(document: Document) -> Iterator[Vote]:
    """A surname or given name alone, where its full name stands elsewhere on the page («لافروف»).

    One that is an ordinary word counts only after a verb of saying.
    """
    return _of_kind(document, "surname")


@span_source("actors")
def speakers(document: Document) -> Iterator[Vote]:
    """Words that no list knows, as the subject of a verb of saying («وقال دارمانان»); misspelt words are caught too."""
    return _of_kind(document, "speaker")


@span_source("actors")
def peoples(document: Document) -> Iterator[Vote]:
    """Peoples, communities and members of nations («الفلسطينيون», «الأرمن»).

    Indefinite ones only after a verb, a particle or a noun of what befell them («مقتل فلسطينيين»).
    """
    return _of_kind(document, "people")


@span_source("actors")
def states_that_act(document: Document) -> Iterator[Vote]:
    """Countries and capitals beside a verb, after «مع», «ضد» and the like, or before a headline («أعلنت باكو»)."""
    for phrase in phrases(document):
        if phrase.kind == "state" and is_place(document, phrase) is False:
            yield Vote(phrase.start, phrase.end, ACTOR)


@span_source("actors")
def states_by_default(document: Document) -> Iterator[Vote]:
    """Countries and capitals that no cue gives a role: more often the state than the land, but far from always."""
    for phrase in phrases(document):
        state = phrase.place is not None and phrase.place.kind in ("country", "territory", "capital")
        if phrase.kind == "state" and state and is_place(document, phrase) is None:
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
