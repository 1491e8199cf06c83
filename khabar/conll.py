"""CoNLL-2003 columns: a word a line with its tag, blank lines between sentences, ``-DOCSTART-`` before each document.

The reader takes any label set and any number of columns (the first is the word, the last its tag; Tjong Kim Sang and
De Meulder 2003), separated by spaces or tabs. Tags may be IOB1, IOB2, IOBES or BILOU; they come out as IOB2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from khabar.labels import OUTSIDE, spans_to_tags, tags_to_spans
from khabar.pages import KhabarError, Page, Paragraph, Span
from khabar.text import words

DOCUMENT_START = "-DOCSTART-"
_SEPARATOR = re.compile(r"[ \t]+")
#: What the first letter of a tag says in IOB2; E and L end a span, S and U are one of a single word.
_IOB2_LETTER = {"B": "B", "S": "B", "U": "B", "I": "I", "E": "I", "L": "I", "M": "I"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words and their IOB2 tags, as many of one as of the other."""

    words: list[str]
    tags: list[str]


def read_conll(path: Path) -> Iterator[list[Sentence]]:
    """The file's documents in order, each a list of sentences; a file without ``-DOCSTART-`` is one document.

    Raises KhabarError, with the line, where a word has no tag or a tag is none of the schemes above.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from parse_conll(file, name=str(path))
    except OSError as error:
        raise KhabarError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        raise KhabarError(f"{path}: byte {error.start} of a block is not UTF-8; save the file as UTF-8") from None


def parse_conll(lines: Iterable[str], *, name: str = "CoNLL") -> Iterator[list[Sentence]]:
    """The documents of lines; ``name`` stands in error messages. See :func:`read_conll`."""
    document: list[Sentence] = []
    started = False
    tokens: list[str] = []
    tags: list[str] = []
    for number, line in enumerate(chain(lines, [""]), 1):
        columns = _SEPARATOR.split(line.strip(" \t\r\n"))
        is_start = columns[0] == DOCUMENT_START
        if (columns == [""] or is_start) and tokens:
            document.append(Sentence(tokens, to_iob2(tags)))
            tokens, tags = [], []
        if is_start:
            if started or document:
                yield document
            document, started = [], True
        elif columns != [""]:
            if len(columns) < 2 or not _is_tag(columns[-1]):
                found = "no tag" if len(columns) < 2 else f"tag {columns[-1]!r}"
                raise KhabarError(
                    f"{name}, line {number}: {found}, expected WORD TAG with a tag like B-LOC, I-LOC or O"
                )
            tokens.append(columns[0])
            tags.append(columns[-1])
    if started or document:
        yield document


def _is_tag(tag: str) -> bool:
    letter, hyphen, label = tag.partition("-")
    return tag == OUTSIDE or bool(hyphen and label and letter in _IOB2_LETTER)


def to_iob2(tags: Sequence[str]) -> list[str]:
    """Tags of IOB1, IOB2, IOBES or BILOU as IOB2: every span begins with ``B-``."""
    converted: list[str] = []
    label = ""
    for tag in tags:
        letter, _, name = tag.partition("-")
        if tag == OUTSIDE:
            converted.append(OUTSIDE)
        else:
            begins = _IOB2_LETTER[letter] == "B" or name != label
            converted.append(f"{'B' if begins else 'I'}-{name}")
        label = name
    return converted


def conll_page(document: Sequence[Sentence], *, page_id: str) -> Page:
    """A document as a page: words joined by spaces, a paragraph a sentence, spans with the document's own labels."""
    page = Page(page_id, "\n".join(" ".join(sentence.words) for sentence in document))
    start = 0
    for index, sentence in enumerate(document):
        starts, position = [], start
        for word in sentence.words:
            starts.append(position)
            position += len(word) + 1
        end = position - 1
        page.paragraphs.append(Paragraph(start, end))
        for first, last, label in tags_to_spans(sentence.tags):
            span = Span(starts[first], starts[last - 1] + len(sentence.words[last - 1]), label, paragraph=index)
            span.text = page.text[span.start : span.end]
            page.spans.append(span)
        start = position
    return page


def page_sentences(page: Page) -> tuple[list[Sentence], int]:
    """A page's paragraphs as sentences, and how many of its spans whole words cannot say."""
    sentences, inexact = [], 0
    spans_of = page.spans_by_paragraph()
    for index, paragraph in enumerate(page.paragraphs):
        tokens = words(page.text, paragraph.start, paragraph.end)
        if tokens:
            tags, missed = spans_to_tags(tokens, spans_of.get(index, []))
            inexact += missed
            sentences.append(Sentence([token.text for token in tokens], tags))
    return sentences, inexact


def write_document(file: TextIO, document: Iterable[Sentence]) -> None:
    """Writes one document: ``-DOCSTART-``, and each sentence after a blank line."""
    file.write(f"{DOCUMENT_START} {OUTSIDE}\n\n")
    for sentence in document:
        file.writelines(f"{word} {tag}\n" for word, tag in zip(sentence.words, sentence.tags, strict=True))
        file.write("\n")
