"""Brackets and quotes at the edges of spans: what a tagger that judges word by word cuts in two is made whole.

A number in brackets is the hard case, «(267) مخالفة»: a bracket of its own is as likely to begin the span as not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from khabar.text import Word

_Span = tuple[int, int, str]
#: Categories of marks that open: brackets and initial quotes. A straight quote may open or close.
_OPENING = ("Ps", "Pi")
_STRAIGHT = '"'


def whole_spans(words: Sequence[Word], spans: Sequence[_Span]) -> Iterator[_Span]:
    """The spans ``(first word, last word + 1, label)`` of a text's words, in order, none broken at a bracket.

    One that ends with an opening mark goes on with the next of its label if that begins right there. One that holds
    a round bracket's end begins with the bracket if that stands right before it. Without a letter or digit it is none.
    """
    before = 0
    for first, end, label in _joined(words, spans):
        inside = words[first:end]
        if not any(word.text[0].isalnum() for word in inside):
            continue
        marks = [word.text for word in inside if word.text in "()"]
        if before < first and words[first - 1].text == "(" and marks[:1] == [")"]:
            first -= 1
        yield first, end, label
        before = end


def _joined(words: Sequence[Word], spans: Sequence[_Span]) -> list[_Span]:
    joined: list[_Span] = []
    for first, end, label in spans:
        if joined and joined[-1][1:] == (first, label) and _opens(words[first - 1].text):
            first = joined.pop()[0]
        joined.append((first, end, label))
    return joined


def _opens(mark: str) -> bool:
    return mark == _STRAIGHT or unicodedata.category(mark[0]) in _OPENING
