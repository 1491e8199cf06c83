"""What people corrected, laid over the pages as they were tagged.

A tool may give a page back with other white space and without its invisible marks: page and correction are compared,
and offsets carried over, on what can be seen of them. A span that breaks a rule is refused with its reason, and the
others go on.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import NamedTuple

import regex

from khabar.labels import SPAN_LABELS
from khabar.pages import KhabarError, Page, Paragraph, Span
from khabar.text import iter_words
from khabar.values import page_published, span_value


class Extent(NamedTuple):
    """A stretch of a text with its label."""

    start: int
    end: int
    label: str


class Problem(NamedTuple):
    """What could not be taken in: where (file and task) and why."""

    place: str
    reason: str


class Unseen(NamedTuple):
    """A task that nobody has submitted: where it stands."""

    place: str


@dataclass
class Correction:
    """What came back of one page: its text, and all its spans and classes with offsets into that text.

    The page is known by its id (``page``), by the name of its annotated file (``file``), or by its words alone.
    Where ``classes`` says nothing of a paragraph, its class stays.
    """

    place: str
    text: str
    page: str | None = None
    file: str | None = None
    spans: list[Extent] = field(default_factory=list)
    classes: list[Extent] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class Corrected:
    """A page with its corrections; ``changes`` counts what they did, ``problems`` says what was refused."""

    page: Page
    changes: Counter[str]
    problems: list[Problem]

    @property
    def changed(self) -> bool:
        return any(count for what, count in self.changes.items() if what != KEPT)


def fault_of(error: Exception) -> str:
    """What is wrong with another program's JSON, by the error that reading it met."""
    if isinstance(error, KeyError):
        return f"it has no {error}"
    # What else Python says of a wrong type is of its own code.
    return str(error) if isinstance(error, JSONDecodeError | KhabarError) else "it is built otherwise"


KEPT, ADDED, REMOVED, RELABELLED, MOVED = "kept", "added", "removed", "relabelled", "moved"
RECLASSIFIED = "paragraphs reclassified"


_VISIBLE = regex.compile(r"[^\s\p{Z}\p{Cc}\p{Cf}]+")


def visible(text: str) -> str:
    """The text without white space, control characters and format characters (bidi marks, joiners).

    Words begin and end with a visible character, and none holds white space.
    """
    return "".join(_VISIBLE.findall(text))


def fits(page: Page, correction: Correction) -> bool:
    """Whether the correction is of this page's text, whatever its white space and invisible marks."""
    return visible(page.text) == visible(correction.text)


def correct(page: Page, correction: Correction) -> Corrected:
    """The page with the correction's spans and classes; where its text fits the page's (:func:`fits`).

    What was not touched stays as it was, with its scores and values; what a person set has no score.
    """
    carry = _Carrier(page.text, correction.text)
    problems = [Problem(correction.place, reason) for reason in correction.problems]
    paragraphs, reclassified = _classes(page, correction, carry, problems)
    corrected = dataclasses.replace(page, paragraphs=paragraphs, words=None)
    wanted: list[Extent] = []
    for extent in correction.spans:
        try:
            wanted.append(carry(extent))
        except ValueError as error:
            problems.append(Problem(correction.place, str(error)))
    accepted, refused = _checked(page, wanted)
    problems += [Problem(correction.place, reason) for reason in refused]
    changes = _compared(page.spans, accepted)
    changes[RECLASSIFIED] = len(reclassified)
    corrected.spans = _spans(corrected, accepted, reclassified)
    return Corrected(corrected, changes, problems)


class _Carrier:
    """Carries extents of one text over to another that shows the same characters."""

    def __init__(self, page: str, other: str) -> None:
        self._page = _visible_places(page)
        self._other = _visible_places(other)
        self._length = len(other)

    def __call__(self, extent: Extent) -> Extent:
        """The extent without invisible edges; raises ValueError where it shows nothing or lies outside."""
        start, end, label = extent
        if not 0 <= start < end <= self._length:
            raise ValueError(f"{label} {start} to {end} lies outside a text of {self._length} characters")
        first, after = bisect_left(self._other, start), bisect_left(self._other, end)
        if first == after:
            raise ValueError(f"{label} {start} to {end} holds no visible character")
        return Extent(self._page[first], self._page[after - 1] + 1, label)


def _visible_places(text: str) -> list[int]:
    return [place for run in _VISIBLE.finditer(text) for place in range(*run.span())]


def _classes(
    page: Page, correction: Correction, carry: _Carrier, problems: list[Problem]
) -> tuple[list[Paragraph], set[int]]:
    """The paragraphs with the class that covers most of each, and which of them changed theirs."""
    covered: list[Counter[str]] = [Counter() for _ in page.paragraphs]
    starts = [paragraph.start for paragraph in page.paragraphs]
    for extent in correction.classes:
        if not visible(correction.text[slice(*extent[:2])]):
            continue  # A paragraph of a bidi mark alone keeps its class.
        try:
            start, end, label = carry(extent)
        except ValueError as error:
            problems.append(Problem(correction.place, str(error)))
            continue
        index = max(bisect_right(starts, start) - 1, 0)
        while index < len(starts) and starts[index] < end:
            paragraph = page.paragraphs[index]
            covered[index][label] += max(0, min(end, paragraph.end) - max(start, paragraph.start))
            index += 1
    paragraphs, changed = [], set()
    for index, (paragraph, classes) in enumerate(zip(page.paragraphs, covered, strict=True)):
        chosen = max(classes, key=classes.__getitem__) if classes.total() else paragraph.label
        changed |= {index} if chosen != paragraph.label else set()
        score = paragraph.score if chosen == paragraph.label else None
        paragraphs.append(dataclasses.replace(paragraph, label=chosen, score=score, probabilities=None))
    return paragraphs, changed


def _checked(page: Page, wanted: Iterable[Extent]) -> tuple[list[Extent], list[str]]:
    """The spans that keep the rules, in order, and for each other one why not.

    Of two that overlap, what a person set stands before what was there.
    """
    known = {Extent(span.start, span.end, span.label) for span in page.spans}
    starts = {word.start for word in iter_words(page.text)}
    ends = {word.end for word in iter_words(page.text)}
    accepted: list[Extent] = []
    refused: list[str] = []
    for extent in sorted(set(wanted), key=lambda extent: (extent in known, extent)):
        start, end, label = extent
        named = f"{label} «{page.text[start:end]}» ({start} to {end})"
        crossed = _overlapping(accepted, extent)
        if label not in SPAN_LABELS:
            refused.append(f"{named}: the label is none of {', '.join(SPAN_LABELS)}")
        elif crossed:
            other = accepted[crossed.start]
            text = page.text[other.start : other.end]
            refused.append(f"{named}: overlaps {other.label} «{text}»; spans never nest or overlap")
        elif extent not in known and not (start in starts and end in ends):
            refused.append(f"{named}: begins or ends inside a word; spans are whole words")
        elif extent not in known and _paragraph_of(page.paragraphs, start) != _paragraph_of(page.paragraphs, end - 1):
            refused.append(f"{named}: reaches over the end of a paragraph")
        else:
            accepted.insert(crossed.start, extent)
    return accepted, [" ".join(reason.split()) for reason in refused]


def _overlapping(apart: Sequence[Extent], extent: Extent) -> range:
    """Which of some extents, in order and none overlapping another, overlap this one; empty where it would stand."""
    first = bisect_right(apart, extent.start, key=lambda other: other.end)
    return range(first, bisect_left(apart, extent.end, lo=first, key=lambda other: other.start))


def _paragraph_of(paragraphs: Sequence[Paragraph], offset: int) -> int:
    return bisect_right(paragraphs, offset, key=lambda paragraph: paragraph.start) - 1


def _compared(before: Iterable[Span], after: Iterable[Extent]) -> Counter[str]:
    """How many spans were kept, relabelled, moved (one end or both), added and removed; no two of ``after`` overlap."""
    old = {Extent(span.start, span.end, span.label) for span in before}
    new = set(after)
    changes = Counter({KEPT: len(old & new)})
    gone, come = sorted(old - new), sorted(new - old)
    for what, is_pair in ((RELABELLED, _same_place), (MOVED, _same_label)):
        for extent in gone.copy():
            pairs = (index for index in _overlapping(come, extent) if is_pair(extent, come[index]))
            if (pair := next(pairs, None)) is not None:
                changes[what] += 1
                gone.remove(extent)
                del come[pair]
    return changes + Counter({ADDED: len(come), REMOVED: len(gone)})


def _same_place(one: Extent, other: Extent) -> bool:
    return one[:2] == other[:2]


def _same_label(one: Extent, other: Extent) -> bool:
    return one.label == other.label


def _spans(page: Page, accepted: Iterable[Extent], reclassified: set[int]) -> list[Span]:
    """The accepted spans as records; a value is read anew where the span or its paragraph's class is another."""
    known = {Extent(span.start, span.end, span.label): span for span in page.spans}
    published = page.published or page_published(page.text)
    spans = []
    for extent in accepted:
        index = _paragraph_of(page.paragraphs, extent.start)
        old = known.get(extent)
        if old is not None and index not in reclassified:
            spans.append(dataclasses.replace(old, sources=None))
            continue
        text = page.text[extent.start : extent.end]
        told = published if page.paragraphs[index].label == "report" else None
        value = span_value(extent.label, text, told)
        score = old.score if old is not None else None
        spans.append(Span(*extent, text=text, score=score, paragraph=index, value=value))
    return spans
