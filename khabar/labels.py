"""Label sets, and spans to IOB2 tags and back: the one place where that happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

#: What a span can be, in the order of the model's tags.
SPAN_LABELS = ("ACTOR", "LOCATION", "TIME", "COUNT")
#: What a paragraph can be, in the order of the model's classes.
PARAGRAPH_LABELS = ("report", "boilerplate")
OUTSIDE = "O"


class Extent(Protocol):
    """Anything with a start and an end in one text (a word, a span)."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Labelled(Extent, Protocol):
    @property
    def label(self) -> str: ...


def tags_of(labels: Sequence[str] = SPAN_LABELS) -> tuple[str, ...]:
    """The IOB2 tags of the labels, ``O`` first: ``("O", "B-ACTOR", "I-ACTOR", …)``."""
    return (OUTSIDE, *(f"{position}-{label}" for label in labels for position in "BI"))


def labels_of(tags: Sequence[str]) -> tuple[str, ...]:
    """The labels of a tag set, in its order: the inverse of :func:`tags_of`."""
    return tuple(dict.fromkeys(tag[2:] for tag in tags if tag != OUTSIDE))


def spans_to_tags(words: Sequence[Extent], spans: Sequence[Labelled]) -> tuple[list[str], int]:
    """IOB2 tags of the words, and how many spans the words cannot say exactly.

    A span that starts or ends inside a word is widened to whole words; one that holds no word, or only words
    that an earlier span took, is lost. Both are counted, so that the caller can show them.
    """
    tags = [OUTSIDE] * len(words)
    inexact = 0
    first = taken = 0
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        while first < len(words) and words[first].end <= span.start:
            first += 1
        last = first
        while last < len(words) and words[last].start < span.end:
            last += 1
        if first == last:
            inexact += 1
            continue
        overlaps_earlier = first == taken > 0 and words[first - 1].end > span.start
        inexact += overlaps_earlier or words[first].start < span.start or words[last - 1].end > span.end
        for index in range(first, last):
            tags[index] = f"{'B' if index == first else 'I'}-{span.label}"
        first = taken = last
    return tags, inexact


def tags_to_spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """The spans ``(first word, last word + 1, label)`` of IOB2 tags; an ``I-`` that continues nothing starts a span."""
    spans: list[tuple[int, int, str]] = []
    start, label = 0, ""
    for index, tag in enumerate([*tags, OUTSIDE]):
        position, _, name = tag.partition("-")
        if label and (position != "I" or name != label):
            spans.append((start, index, label))
            label = ""
        if name and not label:
            start, label = index, name
    return spans
