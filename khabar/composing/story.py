"""A page cut into lines: its report, its headline, and what it is about."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from khabar.arabic.places import lookup
from khabar.composing.line import Line
from khabar.pages import Page
from khabar.text import fold, iter_words

#: A headline has at most so many words.
_HEADLINE = 22
_STATES = ("country", "territory", "capital")
_ARABIC = re.compile(r"[\u0621-\u064a \u064b-\u0652-]+")
#: First letters that are no proclitics, and words that begin with a letter that could be one.
_WHOLE_WORD = re.compile(
    "[^وفبلكس]|وز[يا]ر|وكال|وفد|وحد|والي|قائد|كتائب|كتلة|لجن[ةا]|لواء|بعثة|بنك|برلمان|بابا|فريق|فصائل|فيلق|سفير|سلط|سكرتير"
)


@dataclass(frozen=True)
class Story:
    """One page's lines, in order; those that are no report are its own boilerplate."""

    page_id: str
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, page: Page) -> Story:
        spans = defaultdict(list)
        for span in sorted(page.spans, key=lambda span: span.start):
            start = page.paragraphs[span.paragraph].start
            spans[span.paragraph].append((span.start - start, span.end - start, span.label))
        return cls(
            page.id,
            tuple(
                Line(page.text[p.start : p.end], tuple(spans[index]), p.label == "report")
                for index, p in enumerate(page.paragraphs)
            ),
        )

    @cached_property
    def report(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.report)

    @cached_property
    def headline(self) -> Line | None:
        """The report's first line, where it is short, ends like a headline, and more follows."""
        if len(self.report) < 2:
            return None
        first, second = self.report[0].text, self.report[1].text
        is_short = len(first.split()) <= _HEADLINE and 2 * len(first) < max(len(second), 160)
        return self.report[0] if is_short and first[-1] not in ".:،,؛" else None

    @cached_property
    def body(self) -> tuple[Line, ...]:
        return self.report[1:] if self.headline else self.report

    @cached_property
    def terms(self) -> frozenset[str]:
        """What the story is about: the folded words of its beginning and of its actors and places."""
        texts = [self.report[0].text[:160]]
        texts += [
            line.text[s:e] for line in self.report for s, e, label in line.spans if label in ("ACTOR", "LOCATION")
        ]
        return frozenset(key for text in texts for word in iter_words(text) if len(key := fold(word.text)) > 3)

    def closeness(self, other: Story) -> float:
        """How much two stories are about the same, from 0 to 1/2."""
        return len(self.terms & other.terms) / (len(self.terms) + len(other.terms) + 1)

    def shares_text(self, other: Story) -> bool:
        """Whether a paragraph of the one's report stands in the other's, too."""
        return not {line.text for line in self.report}.isdisjoint(line.text for line in other.report)

    @cached_property
    def names(self) -> dict[str, list[Line]]:
        """Its actors and places as they stand without proclitics, by label, as keywords have them.

        Short ones in Arabic letters only. States and capitals are actors, other places locations.
        """
        found: dict[str, dict[str, Line]] = {"ACTOR": {}, "LOCATION": {}}
        for line in self.report:
            for start, end, label in line.spans:
                text = line.text[start:end]
                if label not in found or len(text.split()) > 5 or not _ARABIC.fullmatch(text):
                    continue
                place = lookup(text)
                if place:
                    text, label = place.name, "ACTOR" if place.kind in _STATES else "LOCATION"
                if place or _WHOLE_WORD.match(text):
                    found[label].setdefault(text, Line(text, ((0, len(text), label),)))
        return {label: list(lines.values()) for label, lines in found.items()}
