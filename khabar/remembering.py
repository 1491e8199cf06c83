"""Keeps what functions say of words: most words of a page have come before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

#: So many are the words of some hundred pages.
WORDS_REMEMBERED = 4_096


class _Remembered(dict[Key, Value]):
    """What a function said, until there are WORDS_REMEMBERED answers; then all are forgotten at once.

    Answers that went one by one, the oldest first, would leave holes between those that stay, and memory would grow
    with every page.
    """

    def __init__(self, function: Callable[[Key], Value]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, key: Key) -> Value:
        value = self._function(key)
        if len(self) >= WORDS_REMEMBERED:
            self.clear()
        self[key] = value
        return value


def remembered(function: Callable[[Key], Value]) -> Callable[[Key], Value]:
    """The function, for one word (or whatever can be a dict's key): asked once, as long as it is remembered."""
    return _Remembered(function).__getitem__
