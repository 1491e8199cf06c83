from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.arabic.approximators import read_approximator
from khabar.arabic.numbers import ordinal, read_number
from khabar.arabic.numberwords import literal
from khabar.arabic.tokens import Tokens
from tests.spelling import Style, spell

styles = st.builds(Style, st.booleans(), st.booleans(), st.sampled_from(["مئة", "مائة"]), st.booleans(), st.booleans())


def value_of(text: str) -> int | Decimal | None:
    """The number that the whole text writes; fails where words are left over."""
    t = Tokens.of(text)
    found = read_number(t, 0)
    assert found is not None, text
    assert found.end == t.length, text
    return found.value


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.integers(1, 10**4), st.integers(1, 10**12)), styles)
def test_every_number_spelled_in_words_reads_back(number: int, style: Style) -> None:
    assert value_of(spell(number, style)) == number


@pytest.mark.parametrize("number", [1, 2, 10, 11, 12, 19, 20, 21, 99, 100, 101, 200, 999, 1000, 2000, 10**6, 10**12])
@pytest.mark.parametrize("style", [Style(), Style(True), Style(False, True), Style(True, True, "مائة", True, True)])
def test_turning_points_of_the_number_grammar(number: int, style: Style) -> None:
    assert value_of(spell(number, style)) == number


@given(st.integers(0, 10**15), st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]), st.sampled_from(",٬،"))
def test_digits_of_every_set_and_separator_read_back(number: int, digits: str, separator: str) -> None:
    written = f"{number:,}".translate(str.maketrans("0123456789,", digits + separator))
    assert value_of(written) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5 مليون", 1_500_000),
        ("13 ألفا و500", 13_500),
        ("مليون ونصف", 1_500_000),
        ("مليون ونصف مليون", 1_500_000),
        ("نصف مليون", 500_000),
        ("ثلاثة أرباع", Decimal("0.75")),
        ("مئة وثلاثة أرباع", Decimal("100.75")),
        ("خمسة ونصف", Decimal("5.5")),
        ("ثلاثمائة وواحد وثلاثون", 331),
        ("3 مئة و21", 321),
        ("دزينتين", 24),
        ("94ر7", Decimal("7.94")),
        ("وخمسين", 50),
        ("بألفين ومئتين", 2200),
        ("الخمسة والعشرين", 25),
    ],
)
def test_mixed_forms(text: str, value: int | Decimal) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "low"),
    [("عشرات", 10), ("مئات الآلاف", 100_000), ("عشرات الملايين", 10_000_000), ("آلاف", 1000), ("للآلاف", 1000)],
)
def test_plurals_without_a_number_say_a_lower_bound_only(text: str, low: int) -> None:
    found = read_number(Tokens.of(text), 0)
    assert found is not None
    assert (found.value, found.low, found.vague) == (None, low, True)


@pytest.mark.parametrize("text", ["الثاني", "السابعة عشرة", "لست", "كمية", "أول", "بيت", "في", "", "15.4.2019"])
def test_what_is_no_number(text: str) -> None:
    assert read_number(Tokens.of(text), 0) is None


@pytest.mark.parametrize(
    ("text", "read"), [("خمسة وستة", 5), ("5 و 10", 5), ("عشرون وثلاثون", 20), ("ألف وألفان", 1000)]
)
def test_lists_are_not_added_up(text: str, read: int) -> None:
    found = read_number(Tokens.of(text), 0)
    assert found is not None
    assert (found.value, found.end) == (read, 1)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("1,234", 1234),
        ("1,23", Decimal("1.23")),
        ("1.234", Decimal("1.234")),
        ("1.234.567", 1234567),
        ("1,234.5", Decimal("1234.5")),
        ("1.234,5", Decimal("1234.5")),
        ("192.168.1.2", None),
        ("0,123", Decimal("0.123")),
    ],
)
def test_separators(form: str, value: int | Decimal | None) -> None:
    assert literal(form) == value


@pytest.mark.parametrize(
    ("text", "value", "end"),
    [
        ("السابع من أكتوبر", 7, 1),
        ("الحادي والعشرين من الشهر", 21, 2),
        ("الثانية عشرة ظهرا", 12, 2),
        ("الثلاثين", 30, 1),
    ],
)
def test_ordinals(text: str, value: int, end: int) -> None:
    found = ordinal(Tokens.of(text), 0)
    assert found is not None
    assert found[:2] == (value, end)


@pytest.mark.parametrize(
    ("text", "relation", "end"),
    [
        ("نحو 20", "≈", 1),
        ("ما لا يقل عن 20", "≥", 4),
        ("بأكثر من 20", ">", 2),
        ("وأقل من 20", "<", 2),
        ("ما يصل إلى 20", "≤", 3),
        ("حوالي أكثر من 20", ">", 3),
    ],
)
def test_approximators(text: str, relation: str, end: int) -> None:
    found = read_approximator(Tokens.of(text), 0)
    assert found is not None
    assert (found[0], found[1]) == (end, relation)
