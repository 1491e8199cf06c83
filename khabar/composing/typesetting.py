"""Lines -> a page's text, with the white space and quotation marks of one site."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from khabar.composing.line import Line
from khabar.labels import PARAGRAPH_LABELS
from khabar.pages import Page, Span, split_paragraphs

_REPORT, _BOILERPLATE = PARAGRAPH_LABELS
_QUOTES = (None, None, None, '""', "«»", "“”")


def typeset(page_id: str, lines: Sequence[Line], random: Random) -> Page:
    """The annotated page of the lines; line ends, blank lines, indents, double spaces and quotation marks vary."""
    newline = random.choice(("\n", "\n", "\n", "\r\n"))
    blank = random.choice(("", "", newline, newline, " " + newline, "\xa0" + newline))
    blank_share = random.choice((1.0, 1.0, 0.4))
    indent_share = random.choice((0.0, 0.0, 0.0, 0.3))
    quotes = random.choice(_QUOTES)
    doubled_share = random.choice((0.0, 0.0, 0.01, 0.03))
    text = ""
    classes: list[str] = []
    spans: list[Span] = []
    for index, line in enumerate(lines):
        if quotes:
            line = line.quoted(quotes)
        if doubled_share:
            line = line.widened(lambda: random.random() < doubled_share)
        if random.random() < indent_share:
            text += random.choice((" ", "  ", "\t", "\xa0"))
        for start, end, label in line.spans:
            name = line.text[start:end]
            spans.append(Span(start + len(text), end + len(text), label, text=name, paragraph=index))
        text += line.text
        classes.append(_REPORT if line.report else _BOILERPLATE)
        if random.random() < indent_share:
            text += random.choice((" ", "  "))
        text += newline + (blank if random.random() < blank_share else "")
    text = text.rstrip()
    paragraphs = split_paragraphs(text)
    for paragraph, label in zip(paragraphs, classes, strict=True):
        paragraph.label = label
    return Page(page_id, text, paragraphs=paragraphs, spans=spans)
