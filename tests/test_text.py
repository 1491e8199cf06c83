"""Words, their offsets and forms."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.text import fold, normalise, words

#: Characters that scraped pages trip over, mixed with any others.
HARD = "ابةىؤ١٢٣.,٫٬-/\u064b\u0651\u0640\u200c\u200d\u200e\u200f\u202b\u2066\ufeff\u0301👨🏽\x00\ud800ﷲﻻ \n\r\t\u2028"
texts = st.text() | st.text(alphabet=HARD, max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("١/١/٢٠١٨", ["١", "/", "١", "/", "٢٠١٨"]),
        ("1.5 مليون، 13:58", ["1.5", "مليون", "،", "13", ":", "58"]),
        ("(CNN)-- G7", ["(", "CNN", ")", "-", "-", "G", "7"]),
        ("مُحَمَّد زار «قـره باغ»", ["مُحَمَّد", "زار", "«", "قـره", "باغ", "»"]),
        ("\u200fنص\u200e كلمة\u200cها", ["نص", "كلمة\u200cها"]),
        ("و5 محافظات", ["و", "5", "محافظات"]),
        ("بـ15.2%", ["بـ", "15.2", "%"]),
        ("♨️!", ["♨️", "!"]),
        ("\u200e\x00 \ufeff", []),
    ],
)
def test_words_are(text: str, expected: list[str]) -> None:
    assert [word.text for word in words(text)] == expected


@given(texts)
def test_words_lie_where_they_say_and_cover_what_is_visible(text: str) -> None:
    found = words(text)
    assert [text[word.start : word.end] for word in found] == [word.text for word in found]
    assert all(before.end <= after.start for before, after in pairwise(found))
    covered = {position for word in found for position in range(word.start, word.end)}
    letters_and_digits = {i for i, character in enumerate(text) if character.isalnum()}
    assert letters_and_digits <= covered


@given(texts, st.integers(0, 20), st.integers(0, 20))
def test_words_of_a_part_have_offsets_into_the_whole(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    assert all(start <= w.start < w.end <= end and text[w.start : w.end] == w.text for w in words(text, start, end))


def test_normalise_removes_marks_and_keeps_spelling() -> None:
    assert normalise("أَذْرَبِيجَـــانُ") == "أذربيجان"
    assert normalise("١٢٫٥") == "12.5"
    assert normalise("ﷲ") == "الله"
    assert normalise("ـ") == ""


def test_fold_lets_spelling_variants_meet() -> None:
    assert fold("غزّة") == fold("غزه")
    assert fold("أميركا") == fold("اميركا") != fold("امريكا")
    assert fold("مصطفى") == fold("مصطفي") == fold("مصطفی")
    assert fold("CNN") == "cnn"


@given(texts)
def test_fold_is_settled_after_one_turn(text: str) -> None:
    assert fold(fold(text)) == fold(text)
