"""Paragraph sources that know a line by its shape and its place on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from khabar.text import fold, words
from khabar.weak.base import Document, ParagraphVote, paragraph_source
from khabar.weak.boilerplate import cued_lines
from khabar.weak.lines import LONG, Line, lines_of
from khabar.weak.wordings import SOURCE, TAGS

#: How far down the page a headline is looked for.
_TOP = 40
_TITLE_MARKS = frozenset("-–—|:«»/•·")
_AGENCY = r"(?:\w{2,}|[\u0621-\u064a](?: [.] ?| )[\u0621-\u064a](?:(?: [.] ?| )[\u0621-\u064a])?)(?: \w+){0,3}"
_DATELINE = re.compile(
    # «دبي، الإمارات (CNN) --», «القاهرة (رويترز) -», «(CNN)--»
    rf"^(?:\w+(?: \w+){{0,3}}(?: [،,] \w+(?: \w+){{0,3}}){{0,2}} )?\( {_AGENCY} \) (?:[-–—ـ:] ?)+ "
    # «غزة - وفا:», «الرياض – واس - », «نيويورك / الأناضول»
    rf"|^\w+(?: \w+){{0,2}} (?:[-–—ـ/|] )+{_AGENCY} (?:[-–—ـ:/|] ?)+ "
    # «الرباط 12 مارس 2014 (ومع) -»
    rf"|^\w+(?: \w+){{0,2}} (?:في )?\d+ \w+(?: \w+)? (?:\d+ )?[/(] ?{_AGENCY} ?[/)]"
    # «القدس المحتلة: قال …»
    r"|^\w+(?: \w+)? (?:[-–—ـ]|: )+ ?(?=\w{3,} )"
)


def _votes(indices: Iterator[int] | list[int], label: str) -> Iterator[ParagraphVote]:
    return (ParagraphVote(index, label) for index in indices)


@lru_cache(maxsize=4)
def headline_of(document: Document) -> int | None:
    """The index of the page's headline, where its place gives it away.

    The line that equals ``page.title``; else the line that an earlier line repeats together with a site's name; else
    the first short line that no cue knows and that stands above the first running text. None without any.
    """
    lines = lines_of(document)
    if (named := _line_like(document.page.title, lines)) is not None:
        return named
    if (repeated := _repeated_headline(lines)) is not None:
        return repeated[1]
    cued = cued_lines(document)
    for line in lines[:_TOP]:
        if line.index in cued:
            continue
        if line.is_body:
            return None
        if 3 <= line.size <= 30:
            return line.index
    return None


def _line_like(title: str | None, lines: tuple[Line, ...]) -> int | None:
    keys = [fold(word.text) for word in words(title or "")]
    wanted = [key for key in keys if key[:1].isalnum()]
    for line in lines[:_TOP] if len(wanted) > 2 else ():
        if [key for key in line.keys if key[:1].isalnum()] == wanted:
            return line.index
    return None


def _repeated_headline(lines: tuple[Line, ...]) -> tuple[int, int] | None:
    """A line that holds a later one and a mark with a name beside it: «الموقع - العنوان» … «العنوان»."""
    for title in lines[:3]:
        marks = sum(key in _TITLE_MARKS for key in title.keys)
        if not marks or title.size > 40:
            continue
        for line in lines[title.index + 1 : _TOP]:
            rest = title.size - line.size
            if line.size >= 3 and 0 < rest <= 10 and f" {line.text} " in f" {title.text} ":
                return title.index, line.index
    return None


def first_body(document: Document) -> int | None:
    """The index of the first running text that no cue knows."""
    cued = cued_lines(document)
    return next((line.index for line in lines_of(document) if line.is_body and line.index not in cued), None)


def end_of_story(document: Document) -> int:
    """The index of the line that closes the report (source, keywords) after its first text; else the page's length."""
    lines = lines_of(document)
    first = first_body(document)
    below = () if first is None else lines[first + 1 :]
    closing = (line.index for line in below if TAGS.found_in(line) or (SOURCE.found_in(line) and not line.is_body))
    return next(closing, len(lines))


@paragraph_source
def site_title(document: Document) -> Iterator[ParagraphVote]:
    """A page title, «الموقع - العنوان», known by the headline that stands below it, and all between the two."""
    if (repeated := _repeated_headline(lines_of(document))) is not None:
        yield from _votes(list(range(*repeated)), "boilerplate")


@paragraph_source
def headline(document: Document) -> Iterator[ParagraphVote]:
    """The headline: by the page's title field, by a page title that repeats it, or by its place above the text."""
    if (index := headline_of(document)) is not None:
        yield ParagraphVote(index, "report")


@paragraph_source
def above_dateline(document: Document) -> Iterator[ParagraphVote]:
    """Short lines between the headline and a text with a dateline, «القاهرة (رويترز) -»: captions, names, links."""
    top, first = headline_of(document), first_body(document)
    lines = lines_of(document)
    if top is None or first is None or not _DATELINE.search(lines[first].text):
        return
    yield from _votes(list(range(top + 1, first)), "boilerplate")


@paragraph_source
def name_below_headline(document: Document) -> Iterator[ParagraphVote]:
    """A line of two to four words between headline and text: a writer, a place, a desk."""
    top, first = headline_of(document), first_body(document)
    if top is None or first is None:
        return
    for line in lines_of(document)[top + 1 : min(first, top + 4)]:
        if 1 <= line.size <= 4 and not line.is_closed:
            yield ParagraphVote(line.index, "boilerplate")


def _writes_full_stops(lines: tuple[Line, ...]) -> bool:
    """Whether the site ends its sentences with stops, so that a line without one says something."""
    long = [line.is_closed for line in lines if line.size >= LONG]
    return 5 * sum(long) >= 4 * len(long)


def _opens_list(line: Line) -> bool:
    """«… على النحو التالي:» in running text, not «اقرأ أيضا:»."""
    return line.size > 4 and line.keys[-1] == ":"


@paragraph_source
def run_of_headlines(document: Document) -> Iterator[ParagraphVote]:
    """Three or more lines in a row that are short and end no sentence, below the first text: lists of links.

    A list inside a report looks the same where its items carry no full stop.
    """
    first = first_body(document)
    lines = lines_of(document)
    start = None
    for index in range(0 if first is None else first + 1, len(lines) + 1):
        if first is not None and index < len(lines) and lines[index].is_headline:
            start = index if start is None else start
        elif start is not None:
            if index - start >= 3 and not _opens_list(lines[start - 1]):
                yield from _votes(list(range(start, index)), "boilerplate")
            start = None


@paragraph_source
def below_last_text(document: Document) -> Iterator[ParagraphVote]:
    """Short lines that end no sentence, below the page's last running text."""
    lines = lines_of(document)
    last = max((line.index for line in lines if line.is_body), default=None)
    if last is not None and _writes_full_stops(lines):
        below = takewhile(lambda line: not _opens_list(line), lines[last:])
        yield from _votes([line.index for line in below if line.is_headline], "boilerplate")


@paragraph_source
def headline_in_text(document: Document) -> Iterator[ParagraphVote]:
    """A line of eight words or more that ends no sentence, between running texts: another story's headline.

    Shorter ones are as often subheadings of the report.
    """
    first, lines = first_body(document), lines_of(document)
    for line in lines if _writes_full_stops(lines) else ():
        if first is not None and line.index > first and line.is_headline and line.size >= 8:
            yield ParagraphVote(line.index, "boilerplate")


@paragraph_source
def subheading(document: Document) -> Iterator[ParagraphVote]:
    """One to five words without a mark, between two running texts and known to no cue: the report's subheading."""
    lines, cued = lines_of(document), cued_lines(document)
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        plain = line.size == len(line.keys) and 1 <= line.size <= 5 and line.index not in cued
        if plain and before.is_body and after.is_body and line.index < end_of_story(document):
            yield ParagraphVote(line.index, "report")


@paragraph_source
def dateline(document: Document) -> Iterator[ParagraphVote]:
    """The first running text that begins with place and agency: «القاهرة (رويترز) - …», «غزة - وفا: …»."""
    first = first_body(document)
    if first is not None and _DATELINE.search(lines_of(document)[first].text):
        yield ParagraphVote(first, "report")


SOURCES = [
    site_title,
    headline,
    above_dateline,
    name_below_headline,
    run_of_headlines,
    below_last_text,
    headline_in_text,
    subheading,
    dateline,
]
