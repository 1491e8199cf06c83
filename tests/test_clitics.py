import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.arabic.clitics import readings, split, without_article
from khabar.text import fold

HIDDEN = (("", ""), ("لال", "لل"), ("لالل", "لل"))
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءئؤ"


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("وأذربيجان", "أذربيجان", ("و", "اذربيجان")),
        ("بالقاهرة", "القاهرة", ("ب", "القاهره")),
        ("للأمم", "الأمم", ("ل", "الامم")),
        ("وللأمم", "الأمم", ("ول", "الامم")),
        ("للبنان", "لبنان", ("ل", "لبنان")),
        ("لليمن", "اليمن", ("ل", "اليمن")),
        ("للجنة", "لجنة", ("ل", "لجنه")),
        ("للغة", "اللغة", ("ل", "اللغه")),
        ("وبغزة", "غزة", ("وب", "غزه")),
        ("فالعراق", "العراق", ("ف", "العراق")),
        ("كبيروت", "بيروت", ("ك", "بيروت")),
    ],
)
def test_a_known_word_is_found_behind_its_proclitics(word: str, known: str, expected: tuple[str, str]) -> None:
    assert split(fold(word), {fold(known)}) == expected


def test_a_word_that_is_known_itself_is_never_cut() -> None:
    assert split("وزير", {"وزير", "زير"}) == ("", "وزير")
    assert split("بيروت", {"بيروت", "يروت"}) == ("", "بيروت")


def test_an_unknown_word_has_no_reading_in_a_table() -> None:
    assert split("وطن", {"بلد"}) is None


def test_too_little_is_never_left_of_a_word() -> None:
    assert list(readings("وب")) == [("", "وب")]
    assert list(readings("بك")) == [("", "بك")]


def test_the_article_is_cut_only_where_a_word_is_left() -> None:
    assert without_article("العراق") == "عراق"
    assert without_article("الي") == "الي"
    assert without_article("عراق") == "عراق"


@given(st.text(LETTERS, min_size=1, max_size=12))
def test_every_reading_spells_the_word(key: str) -> None:
    first, *rest = readings(key)
    assert first == ("", key)
    for proclitics, core in rest:
        # «لل» hides the article's alif, and one lam of three: «لليمن» may be ل + اليمن, «للغه» ل + اللغه.
        assert key in {(proclitics + core).replace(hidden, written, 1) for hidden, written in HIDDEN}
