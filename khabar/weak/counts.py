"""Sources that find COUNT by how the number is written; each gives the whole span that the grammar reads."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.arabic.counts import CountMatch
from khabar.arabic.tokens import Tokens, folded, readings
from khabar.weak.base import Document, Source, Vote, span_source
from khabar.weak.grammar import counts_of, times_of


def _is_digits(tokens: Tokens, match: CountMatch) -> bool:
    number = match.number
    return number is not None and any(tokens.form(i)[:1].isdigit() for i in range(number.start, number.end))


@span_source("counts")
def digits_with_noun(document: Document) -> Iterator[Vote]:
    """Digits with the noun they count («2261 مدنيا», «أكثر من 90 موقعا»)."""
    for first, tokens, match in counts_of(document):
        if _is_digits(tokens, match) and match.unit is not None and not match.percent:
            yield Vote(first + match.start, first + match.end, "COUNT")


@span_source("counts")
def digits_alone(document: Document) -> Iterator[Vote]:
    """Digits with no noun next to them («بينهم 1049», «50 آخرين»), where nothing says that they name or date."""
    for first, tokens, match in counts_of(document):
        if _is_digits(tokens, match) and match.unit is None:
            yield Vote(first + match.start, first + match.end, "COUNT")


@span_source("counts")
def number_words(document: Document) -> Iterator[Vote]:
    """Number words, with or without a noun («سبعة أشخاص», «نصف مليون», «الستة»)."""
    for first, tokens, match in counts_of(document):
        if match.number is not None and not match.number.vague and not match.percent and not _is_digits(tokens, match):
            yield Vote(first + match.start, first + match.end, "COUNT")


@span_source("counts")
def vague_quantity(document: Document) -> Iterator[Vote]:
    """Orders of magnitude («مئات القتلى», «عشرات الآلاف»)."""
    for first, _, match in counts_of(document):
        if match.number is not None and match.number.vague:
            yield Vote(first + match.start, first + match.end, "COUNT")


@span_source("counts")
def percentage(document: Document) -> Iterator[Vote]:
    """Percentages («نحو 20 بالمئة», «15.6 في المائة», «50%»)."""
    for first, _, match in counts_of(document):
        if match.percent:
            yield Vote(first + match.start, first + match.end, "COUNT")


@span_source("counts")
def dual_noun(document: Document) -> Iterator[Vote]:
    """Indefinite nouns that say two by their form («جنديين», «شخصان»), of a list; misses nouns not listed."""
    for first, _, match in counts_of(document):
        if match.dual:
            yield Vote(first + match.start, first + match.end, "COUNT")


_DOCUMENTS = folded("القرار قرار القانون المادة مادة الفقرة الفصل البند المرسوم رقم القرارين الدورة الظهير برقم")
_UNCOUNTED = folded("بعض عدة بضع")


@span_source("none")
def numbered_document(document: Document) -> Iterator[Vote]:
    """Denies the numbers of laws, resolutions and articles («القرار 2216», «المادة 7», «رقم 1701»)."""
    taken = {i for first, match in times_of(document) for i in range(first + match.start, first + match.end)}
    for i, key in enumerate(document.keys):
        before = document.keys[i - 1] if i else ""
        if key.isdigit() and i not in taken and any(rest in _DOCUMENTS for _, rest in readings(before)):
            yield Vote(i, i + 1, None)


@span_source("none")
def uncounted_quantity(document: Document) -> Iterator[Vote]:
    """Denies «بعض», «عدة» and «عدد من», which say no number; «عدة أيام» is a time and left alone."""
    taken = {i for first, match in times_of(document) for i in range(first + match.start, first + match.end)}
    counted = {i for first, _, match in counts_of(document) for i in range(first + match.start, first + match.end)}
    for i, key in enumerate(document.keys):
        if i in taken or i in counted:
            continue
        if any(rest in _UNCOUNTED for _, rest in readings(key)):
            yield Vote(i, i + 1, None)
        elif key == "عدد" and document.keys[i + 1 : i + 2] == ["من"]:
            yield Vote(i, i + 2, None)


SOURCES: list[Source[Vote]] = [
    digits_with_noun,
    digits_alone,
    number_words,
    vague_quantity,
    percentage,
    dual_noun,
    numbered_document,
    uncounted_quantity,
]
