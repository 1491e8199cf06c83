"""One line of a page that is being composed, with its spans."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from khabar.annotated import parse_annotated

_SLOT = re.compile(r"\{(\w+)\}")
_QUOTED = re.compile('[«“„"]([^«»“”„"]*)[»”"]')


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph before it stands on a page: its spans ``(start, end, label)`` are offsets in ``text``."""

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()
    report: bool = False

    @classmethod
    def parse(cls, annotation: str) -> Line:
        """The line of an annotated text: ``المصدر: <A>رويترز</A>``."""
        page = parse_annotated(f"B|{annotation}", page_id="line")
        return cls(page.text, tuple((span.start, span.end, span.label) for span in page.spans))

    def __add__(self, other: Line | str) -> Line:
        if isinstance(other, str):
            return replace(self, text=self.text + other)
        shift = len(self.text)
        spans = tuple((start + shift, end + shift, label) for start, end, label in other.spans)
        return replace(self, text=self.text + other.text, spans=self.spans + spans)

    def cut(self, end: int) -> Line:
        """The line's first characters, with the spans that lie wholly in them."""
        return replace(self, text=self.text[:end], spans=tuple(span for span in self.spans if span[1] <= end))

    def boilerplate(self) -> Line:
        return replace(self, report=False)

    @property
    def slots(self) -> list[str]:
        """The names in braces, in order."""
        return _SLOT.findall(self.text)

    @property
    def wording(self) -> str:
        """The text without its slots."""
        return _SLOT.sub("", self.text)

    def fill(self, values: Sequence[Line]) -> Line:
        """The line with its slots filled in order. Inside a span of the line the values' own spans are left out."""
        filled, position = Line("", report=self.report), 0
        edges = {edge: 0 for start, end, _ in self.spans for edge in (start, end)}
        for place, value in zip([*_SLOT.finditer(self.text), None], [*values, Line("")], strict=True):
            until = place.start() if place else len(self.text)
            for edge in edges:
                if position <= edge <= until:
                    edges[edge] = len(filled.text) + edge - position
            filled += self.text[position:until]
            if place:
                inside = any(start <= place.start() < end for start, end, _ in self.spans)
                filled += value.text if inside else value
                position = place.end()
        spans = [*filled.spans, *((edges[start], edges[end], label) for start, end, label in self.spans)]
        return replace(filled, spans=tuple(sorted(spans)))

    def quoted(self, marks: str) -> Line:
        """The line with its pairs of double quotation marks, whichever they are, written as the two ``marks``."""
        return replace(self, text=_QUOTED.sub(lambda pair: marks[0] + pair[1] + marks[1], self.text))

    def widened(self, is_wide: Callable[[], bool]) -> Line:
        """The line with those of its spaces doubled for which ``is_wide`` says so."""
        text, moved = "", []
        for character in self.text:
            moved.append(len(text))
            text += "  " if character == " " and is_wide() else character
        spans = tuple((moved[start], moved[end - 1] + 1, label) for start, end, label in self.spans)
        return replace(self, text=text, spans=spans)


def join(joint: str, lines: Sequence[Line]) -> Line:
    """One line of at least one, with ``joint`` between them."""
    joined = lines[0]
    for line in lines[1:]:
        joined = joined + joint + line
    return joined
