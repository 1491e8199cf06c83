"""Words of a text with their offsets, and the forms in which words are compared.

A *word* is what the tagger labels: a run of letters with its marks, a run of digits with inner separators
(``1.5``), or one other visible character with its marks. ``١/١/٢٠١٨`` is three words and two marks.
Offsets are positions in Python's ``str`` of the text exactly as given, end exclusive.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from khabar.remembering import remembered

# Format characters (zero-width joiners, bidi marks) belong to a word only where letters follow them.
_LETTERS = r"\p{L}\p{M}*(?:\p{Cf}*\p{L}\p{M}*)*"
_DIGITS = r"\p{Nd}+(?:[.,٫٬]\p{Nd}+)*\p{M}*"
_OTHER = r"[^\s\p{Z}\p{Cc}\p{Cf}\p{L}\p{Nd}\p{M}]\p{M}*|\p{M}+"
#: A word, in the syntax that Python's ``regex`` and the tokenizers' engine share.
WORD_PATTERN = f"{_LETTERS}|{_DIGITS}|{_OTHER}"
_WORD = regex.compile(WORD_PATTERN)

#: What carries no meaning inside a word: Arabic diacritics and Quranic marks, kashida, zero-width and bidi marks.
MARKS = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff"
    "\u0640\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f"
)
_MARKS = regex.compile(f"[{MARKS}]+")
#: Presentation forms of marks that stand alone; compatibility would make a space of each.
_LONE_MARKS = regex.compile("[\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f]+")
#: What is longer is no word that comes again, and is not remembered.
_LONGEST_KNOWN = 256
_ASCII_DIGITS = {ord(d): str(i % 10) for i, d in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_ASCII_DIGITS |= {ord("٫"): ".", ord("٬"): ","}
_FOREIGN_DIGIT = regex.compile(r"[\p{Nd}\p{Numeric_Type=Digit}--[0-9]]", regex.VERSION1)
_FOLD = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ۀ": "ه", "ە": "ه", "ک": "ك", "گ": "ك"}
    | {"ڤ": "ف", "پ": "ب", "چ": "ج"}
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: ``text == page.text[start:end]``."""

    start: int
    end: int
    text: str


def iter_words(text: str, start: int = 0, end: int | None = None) -> Iterator[Word]:
    """The words of ``text[start:end]`` in order, with offsets into ``text``."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        yield Word(match.start(), match.end(), match.group())


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words of ``text[start:end]`` as a list; see :func:`iter_words`."""
    return list(iter_words(text, start, end))


def normalise(word: str) -> str:
    """The word without diacritics, kashida and bidi marks, presentation forms resolved, digits in ASCII.

    Spelling is kept otherwise: hamza, ta marbuta and alif maksura stay as written, composed (NFC) or not.
    """
    return _normalised(word) if len(word) <= _LONGEST_KNOWN else _normalise(word)


def _normalise(word: str) -> str:
    # A hamza that is a character of its own is one of the marks: it joins its letter before they go.
    composed = unicodedata.normalize("NFKC", _LONE_MARKS.sub("", word))
    plain = unicodedata.normalize("NFC", _MARKS.sub("", composed)).translate(_ASCII_DIGITS)
    return plain if plain.isascii() or plain.isalpha() else _FOREIGN_DIGIT.sub(_ascii_digit, plain)


_normalised = remembered(_normalise)


def _ascii_digit(digit: regex.Match[str]) -> str:
    return str(unicodedata.digit(digit.group(), digit.group()))


def fold(word: str) -> str:
    """A key under which spelling variants of a word meet: :func:`normalise`, then أ إ آ ٱ as ا, ى as ي, ة as ه.

    Persian and Maghrebi letters fall to their Arabic neighbours (ک ی گ ڤ پ چ). Lower case for Latin. Empty for more
    than 256 characters, which are no word: no rule should spend time on them.
    """
    # Some letters become two by folding.
    return key if len(word) <= _LONGEST_KNOWN and len(key := _folded(word)) <= _LONGEST_KNOWN else ""


def fold_pattern(pattern: str) -> str:
    """:func:`fold` for a pattern of any length that folded words are matched with."""
    return _fold(pattern)


def _fold(word: str) -> str:
    plain = normalise(word).translate(_FOLD)
    lower = plain.casefold()
    # Some letters fall apart into a small one and its mark («İ»).
    return lower if lower == plain or lower.isascii() else normalise(lower).translate(_FOLD)


_folded = remembered(_fold)
