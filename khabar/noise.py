"""Annotated pages as another site would have spelt and set them, so that a tagger does not lean on one site's habits.

Every change keeps the text's length, so that spans stay where they are: letters that writers leave without their
hamza, final ta marbuta and ya, the two sets of digits, quotation marks and commas, and where paragraphs end.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from khabar.pages import Page, Paragraph, split_paragraphs

_BARE_ALEF = str.maketrans("أإآ", "ااا")
_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_STRAIGHT = str.maketrans("«»“”", '""""')
_COMMA = str.maketrans("،؛", ",;")
_NO_COMMA = str.maketrans("،,", "  ")
#: How many pages of a hundred take a habit on, and what it makes of their text, letter by letter.
_SPELLINGS: tuple[tuple[int, Callable[[str], str]], ...] = (
    (25, lambda text: text.translate(_BARE_ALEF)),
    (15, lambda text: re.sub(r"ة\b", "ه", text)),
    (15, lambda text: re.sub(r"ي\b", "ى", text)),
    (20, lambda text: text.translate(_ARABIC_INDIC)),
    (20, lambda text: text.translate(_WESTERN)),
    (30, lambda text: text.translate(_STRAIGHT)),
    (15, lambda text: text.translate(_COMMA)),
    (10, lambda text: text.translate(_NO_COMMA)),
)
_RESET_SHARE, _BREAK_SHARE, _JOIN_SHARE = 30, 0.4, 0.6
#: The space behind a sentence, and the line end behind a paragraph that ends with one.
_BEHIND_SENTENCE = re.compile(r"(?<=[.!؟])[ \n](?=[^\s\d])")


def noised_pages(pages: Sequence[Page], share: float, seed: int) -> list[Page]:
    """The annotated pages, a share of them spelt and set as another site would; the same ones for the same seed."""
    result = []
    for page in pages:
        random = Random(f"noise {seed} {page.id}")
        result.append(noised(page, random) if random.random() < share else page)
    return result


def noised(page: Page, random: Random) -> Page:
    """One annotated page with some habits of another site. Its spans and paragraph classes are kept."""
    text = page.text
    for share, spelling in _SPELLINGS:
        if random.randrange(100) < share:
            text = spelling(text)
    if random.randrange(100) < _RESET_SHARE:
        text = _reset(text, page, random)
    starts = [paragraph.start for paragraph in page.paragraphs]
    paragraphs = [
        Paragraph(new.start, new.end, page.paragraphs[bisect_right(starts, new.start) - 1].label)
        for new in split_paragraphs(text)
    ]
    starts = [paragraph.start for paragraph in paragraphs]
    spans = [
        replace(span, text=text[span.start : span.end], paragraph=bisect_right(starts, span.start) - 1)
        for span in page.spans
    ]
    return replace(page, text=text, paragraphs=paragraphs, spans=spans)


def _reset(text: str, page: Page, random: Random) -> str:
    """Breaks paragraphs behind sentences and joins neighbours of one class, never inside a span."""
    inside = {place for span in page.spans for place in range(span.start, span.end)}
    borders = {
        place
        for before, after in zip(page.paragraphs, page.paragraphs[1:], strict=False)
        if before.label != after.label
        for place in range(before.end, after.start)
    }

    def set_anew(found: re.Match[str]) -> str:
        mark, place = found[0], found.start()
        if place in inside or place in borders:
            return mark
        if mark == " ":
            return "\n" if random.random() < _BREAK_SHARE else " "
        return " " if random.random() < _JOIN_SHARE else "\n"

    return _BEHIND_SENTENCE.sub(set_anew, text)
