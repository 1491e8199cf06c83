"""A document's times and counts, read once by the grammars of :mod:`khabar.arabic` and shared by the sources."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from khabar.arabic.counts import CountMatch, find_counts
from khabar.arabic.times import TimeMatch, find_times
from khabar.arabic.tokens import Tokens
from khabar.weak.base import Document

_Reading = list[tuple[int, Tokens, list[TimeMatch], list[CountMatch]]]
_readings: WeakKeyDictionary[Document, _Reading] = WeakKeyDictionary()


def _read(document: Document) -> _Reading:
    if document not in _readings:
        _readings[document] = _read_paragraphs(document)
    return _readings[document]


def _read_paragraphs(document: Document) -> _Reading:
    read = []
    for indices in document.ranges:
        part = slice(indices.start, indices.stop)
        tokens = Tokens(document.words[part], document.forms[part], document.keys[part])
        times = find_times(tokens)
        read.append((indices.start, tokens, times, find_counts(tokens, times)))
    return read


def times_of(document: Document) -> list[tuple[int, TimeMatch]]:
    """Each time expression with the index of its paragraph's first word, to which its own indices are relative."""
    return [(first, match) for first, _, times, _ in _read(document) for match in times]


def counts_of(document: Document) -> list[tuple[int, Tokens, CountMatch]]:
    """Each count with its paragraph's first word index and tokens."""
    return [(first, tokens, match) for first, tokens, _, counts in _read(document) for match in counts]
