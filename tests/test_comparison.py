"""The paired bootstrap over pages, against cases that can be worked out by hand."""

from itertools import product

import pytest

from khabar.annotated import parse_annotated
from khabar.comparison import Comparison, Difference, compare
from khabar.metrics import Scores, evaluate

GOLD = "R|أعلنت <A>وزارة الصحة</A> في <L>حلب</L>\nB|اقرأ أيضا"
HALF = "R|أعلنت <A>وزارة الصحة</A> في حلب\nR|اقرأ أيضا"
NOTHING = "B|أعلنت وزارة الصحة في حلب\nR|اقرأ أيضا"


def scores(*annotations: str) -> Scores:
    gold = [parse_annotated(GOLD, page_id=str(i)) for i in range(len(annotations))]
    return evaluate([parse_annotated(text, page_id=str(i)) for i, text in enumerate(annotations)], gold)


def test_better_on_every_page() -> None:
    result = compare(scores(GOLD, GOLD), scores(HALF, HALF), rounds=99)
    # whatever is drawn: 1 against 2·1/(1+2), and 1 against (2/3 + 0)/2
    assert result.differences["spans"] == Difference(1.0, 2 / 3, pytest.approx((1 / 3, 1 / 3)), 0.01)
    assert result.differences["paragraphs"] == Difference(1.0, 1 / 3, pytest.approx((2 / 3, 2 / 3)), 0.01)


def test_a_system_is_not_better_than_itself() -> None:
    result = compare(scores(GOLD, HALF, NOTHING), scores(GOLD, HALF, NOTHING), rounds=50)
    assert result.differences["spans"] == Difference(2 / 3, 2 / 3, (0.0, 0.0), 1.0)
    assert result.differences["paragraphs"].p == 1.0


def test_p_is_the_share_of_samples_in_which_the_first_is_not_better() -> None:
    # better on one page, worse on two, by the same: of the 27 samples of three pages, those with two or three times
    # the first page make the first system better
    first, second = scores(GOLD, HALF, HALF), scores(HALF, GOLD, GOLD)
    better = sum(sample.count(0) >= 2 for sample in product(range(3), repeat=3))
    assert better == 7
    for name in ("spans", "paragraphs"):
        assert compare(first, second).differences[name].p == pytest.approx(1 - better / 27, abs=0.02)
    # spans: the first system has 4 right of 4 found and 6 there, the second 5 of 5 and 6
    assert compare(first, second).differences["spans"].first == pytest.approx(2 * 4 / 10)
    assert compare(first, second).differences["spans"].second == pytest.approx(2 * 5 / 11)


def test_the_same_figure_as_scores_of_the_drawn_pages() -> None:
    # two pages, so that the interval's ends are the figures of one of them drawn twice
    both, low = scores(GOLD, HALF), scores(NOTHING, NOTHING)
    interval = compare(both, low).differences["paragraphs"].interval_95
    assert interval == pytest.approx((scores(HALF).paragraph_macro_f1, scores(GOLD).paragraph_macro_f1))


def test_one_page_tells_nothing() -> None:
    result = compare(scores(GOLD), scores(NOTHING))
    assert result == Comparison({"spans": Difference(1.0, 0.0), "paragraphs": Difference(1.0, 0.0)}, 1, 0)
    assert str(result).splitlines()[1].split() == ["spans", "1.000", "0.000", "+1.000", "–", "–"]


def test_scores_of_other_pages_are_refused() -> None:
    with pytest.raises(ValueError, match="different pages"):
        compare(scores(GOLD), scores(GOLD, GOLD))


def test_table_and_json() -> None:
    result = compare(scores(GOLD, GOLD), scores(HALF, HALF), rounds=99)
    assert str(result).splitlines() == [
        "first against second  first  second  difference  95 % interval        p",
        "spans                 1.000   0.667      +0.333  +0.333 to +0.333  0.0100",
        "paragraphs            1.000   0.333      +0.667  +0.667 to +0.667  0.0100",
        "p: one-sided, that the first is not better; 99 samples of 2 pages",
    ]
    assert result.to_dict()["spans"] == {
        "first": 1.0, "second": 0.6667, "difference": 0.3333, "interval_95": [0.3333, 0.3333], "p": 0.01,
    }  # fmt: skip
