"""Arabic proclitics: the conjunctions, prepositions and the article that are written together with their word.

All words here are keys as made by :func:`khabar.text.fold`. A word is never cut blindly: :func:`readings` lists
the ways in which it can be read, whole word first, and the caller takes the first one whose rest it knows.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

ARTICLE = "ال"
CONJUNCTIONS = ("و", "ف")
PREPOSITIONS = ("ب", "ل", "ك")
#: What is left of a word has at least so many letters («وب» is no «و» + «ب» + nothing).
MIN_REST = 2


def readings(key: str) -> Iterator[tuple[str, str]]:
    """The readings ``(proclitics, rest)`` of a folded word, from no proclitics to most.

    Proclitics come in the order of writing: one conjunction, then one preposition. The article belongs to the
    rest, and is put back where «لل» hides it: «وللامم» reads as ``("ول", "الامم")``.
    """
    yield "", key
    yield from _without_preposition("", key)
    if key[:1] in CONJUNCTIONS and len(key) > MIN_REST:
        yield key[0], key[1:]
        yield from _without_preposition(key[0], key[1:])


def _without_preposition(conjunction: str, key: str) -> Iterator[tuple[str, str]]:
    if key[:1] not in PREPOSITIONS or len(key) <= MIN_REST:
        return
    proclitics, rest = conjunction + key[0], key[1:]
    if key.startswith("لل") and len(key) > MIN_REST + 1:
        # «للحرب» is ل + الحرب, «لليمن» ل + اليمن, «للجنه» ل + لجنه or ل + الجنه, «للغه» ل + اللغه.
        yield proclitics, ARTICLE + key[2:]
        yield proclitics, ARTICLE + rest
    yield proclitics, rest


def split(key: str, known: Container[str]) -> tuple[str, str] | None:
    """The first reading of a folded word whose rest is in ``known``; None where there is none.

    A word that is known as it stands is never cut: «وزير» stays «وزير» for a table that knows it.
    """
    return next((reading for reading in readings(key) if reading[1] in known), None)


def without_article(key: str) -> str:
    """The folded word without its article: «العراق» → «عراق»; unchanged where there is none or too little is left."""
    return key[2:] if key.startswith(ARTICLE) and len(key) > len(ARTICLE) + 1 else key
