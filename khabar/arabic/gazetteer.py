"""Names of one or several words, found in a text's keys with one dictionary look-up a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from khabar.arabic.clitics import readings
from khabar.text import fold, iter_words

T = TypeVar("T")


class Match(NamedTuple, Generic[T]):
    """A name found: ``end`` is the index after its last word, ``proclitics`` what was cut from its first word."""

    end: int
    proclitics: str
    value: T


def key_of(name: str) -> tuple[str, ...]:
    """The folded words of a name: what a name is filed and looked up under."""
    return tuple(fold(word.text) for word in iter_words(name))


class Gazetteer(Generic[T]):
    """A table of names; the value filed first under a key stays."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._names: dict[tuple[str, ...], T] = {}
        for name, value in entries:
            self._names.setdefault(key_of(name), value)
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for key in sorted(self._names, key=len, reverse=True):
            self._by_first.setdefault(key[0], []).append((key[1:], self._names[key]))
        self._candidates: dict[str, list[tuple[str, list[tuple[tuple[str, ...], T]]]]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def get(self, name: str) -> T | None:
        """The value of a name as written, proclitics not cut."""
        return self._names.get(key_of(name))

    def match(self, keys: Sequence[str], start: int, end: int) -> Match[T] | None:
        """The longest name in ``keys[start:end]`` that begins at ``start``; its first word may carry proclitics."""
        first = keys[start]
        candidates = self._candidates.get(first)
        if candidates is None:
            candidates = self._candidates[first] = [
                (proclitics, self._by_first[rest]) for proclitics, rest in readings(first) if rest in self._by_first
            ]
        for proclitics, tails in candidates:
            for tail, value in tails:
                stop = start + 1 + len(tail)
                if stop <= end and tuple(keys[start + 1 : stop]) == tail:
                    return Match(stop, proclitics, value)
        return None
