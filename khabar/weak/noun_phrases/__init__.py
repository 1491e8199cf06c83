"""Noun phrases that can name an actor or a place, read once a document and shared by the sources.

The reader goes through a paragraph from left to right. Where a word can begin a name (the head of an institution,
an office, a title, a type noun of places, a name of one of the tables), it takes the whole noun phrase: the chain
of genitives, the adjectives that agree with the head, and the personal name that follows an office.
Phrases never overlap.
"""

from khabar.weak.noun_phrases.cursor import Phrase
from khabar.weak.noun_phrases.page import phrases

__all__ = ["Phrase", "phrases"]
