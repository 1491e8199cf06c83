"""The record that goes through every step: a page, its paragraphs and its spans.

Offsets are positions in ``page.text`` (Unicode code points), end exclusive, and
``page.text[span.start:span.end] == span.text`` always holds.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: What a record can be written with, in this order.
FIELDS = ("id", "text", "title", "published", "url", "paragraphs", "spans", "meta", "error")
_LINE = re.compile(r"[^\r\n]+")


class KhabarError(Exception):
    """A user's mistake or a page's fault, told in one line: what was found, what was expected, what to do."""


def first_line(error: Exception) -> str:
    """What another library's error says, in one line; its name where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def kind_of(value: object) -> str:
    """What a value of JSON, YAML or a table is, in words for people."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list | tuple):
        return "a list"
    return "an object" if isinstance(value, dict) else type(value).__name__


@dataclass(slots=True)
class Paragraph:
    """What stands between line ends of the page, stripped, not empty; ``label`` is ``report`` or ``boilerplate``.

    ``probabilities`` is filled by weak labels only: the class's probabilities, summing to 1, or ``{}`` where
    every source abstained.
    """

    start: int
    end: int
    label: str | None = None
    score: float | None = None
    probabilities: dict[str, float] | None = None


@dataclass(slots=True)
class Span:
    """A named stretch of whole words inside one paragraph (``paragraph`` is its index on the page).

    ``sources`` is filled by weak labels only: the names of the labelling functions that voted for it.
    """

    start: int
    end: int
    label: str
    text: str = ""
    score: float | None = None
    paragraph: int = 0
    value: dict[str, Any] | None = None
    sources: list[str] | None = None


@dataclass(slots=True)
class Page:
    """One document as scraped and what was found in it. ``error`` says why it could not be processed.

    ``words`` is filled by weak labels only: ``[start, end, {IOB2 tag: probability}]`` a word.
    """

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    url: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    paragraphs: list[Paragraph] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    words: list[tuple[int, int, dict[str, float]]] | None = None
    error: str | None = None

    def to_dict(self, fields: Sequence[str] = FIELDS) -> dict[str, Any]:
        """The record of the output contract, ready for JSON; weak labels' fields stand where they are filled.

        ``words`` comes with ``spans``.
        """
        record = {name: getattr(self, name) for name in fields}
        if "paragraphs" in record:
            record["paragraphs"] = [_without_none(p, ("probabilities",)) for p in self.paragraphs]
        if "spans" in record:
            record["spans"] = [_without_none(s, ("sources",)) for s in self.spans]
        if self.words is not None and "spans" in fields:
            record["words"] = [list(word) for word in self.words]
        return record

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Page:
        """The page of a record written by :meth:`to_dict`; raises KhabarError when it is no such record."""
        try:
            page = cls(**{name: record[name] for name in FIELDS if name in record})
            page.paragraphs = [Paragraph(**paragraph) for paragraph in page.paragraphs]  # type: ignore[arg-type]
            page.spans = [Span(**span) for span in page.spans]  # type: ignore[arg-type]
            if "words" in record:
                page.words = [(start, end, dict(tags)) for start, end, tags in record["words"]]
            if page.spans and not page.paragraphs:  # Left out of the record
                page.paragraphs = split_paragraphs(page.text)
            page._check()
        except (TypeError, ValueError) as error:
            fields = ", ".join(FIELDS)
            raise KhabarError(f"not a record of khabar's output ({error}); expected the fields {fields}") from None
        return page

    def _check(self) -> None:
        """Raises ValueError where a record from outside has fields of other types, or offsets outside its text."""
        if not isinstance(self.id, str) or not isinstance(self.text, str):
            raise ValueError("id and text must be text")
        items: list[Paragraph | Span] = [*self.paragraphs, *self.spans]
        for item in items:
            if not (isinstance(item.start, int) and isinstance(item.end, int)):
                raise ValueError("start and end must be whole numbers")
            if not 0 <= item.start < item.end <= len(self.text):
                raise ValueError(f"offsets {item.start} to {item.end} are not in a text of {len(self.text)} characters")
        for span in self.spans:
            if span.paragraph not in range(len(self.paragraphs)):
                raise ValueError(f"a span is of paragraph {span.paragraph!r}, and there are {len(self.paragraphs)}")
            if not (span.value is None or isinstance(span.value, dict)):
                raise ValueError(f"the value of a span is {type(span.value).__name__}, expected an object or null")

    def spans_by_paragraph(self) -> dict[int, list[Span]]:
        """The spans by the index of their paragraph, in their order; paragraphs without spans are missing."""
        found: dict[int, list[Span]] = {}
        for span in self.spans:
            found.setdefault(span.paragraph, []).append(span)
        return found

    def reset(self) -> Page:
        """The page as scraped: without paragraphs, spans, weak labels and error."""
        return dataclasses.replace(self, paragraphs=[], spans=[], words=None, error=None)


def _without_none(item: Paragraph | Span, optional: Iterable[str]) -> dict[str, Any]:
    # Not asdict: its deep copies would cost more than all else that writing a page takes.
    record = {name: getattr(item, name) for name in item.__slots__}
    for name in optional:
        if record[name] is None:
            del record[name]
    return record


def split_paragraphs(text: str) -> list[Paragraph]:
    r"""The page's paragraphs in order: what stands between ``\n``, ``\r\n`` or ``\r``, stripped, not empty."""
    paragraphs = []
    for line in _LINE.finditer(text):
        stripped = line.group().strip()
        if stripped:
            start = line.start() + line.group().index(stripped[0])
            paragraphs.append(Paragraph(start, start + len(stripped)))
    return paragraphs
