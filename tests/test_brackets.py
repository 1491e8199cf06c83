"""Spans that a bracket or a quote broke are whole."""

from __future__ import annotations

import pytest

from khabar.brackets import whole_spans
from khabar.text import words


def whole(text: str, *spans: tuple[int, int, str]) -> list[tuple[str, str]]:
    found = words(text)
    return [(text[found[first].start : found[end - 1].end], label) for first, end, label in whole_spans(found, spans)]


def test_a_bracket_tagged_alone_joins_its_number() -> None:
    # ضبط ( 8 ) مخالفات في المدينة
    text = "ضبط ( 8 ) مخالفات في المدينة"
    assert whole(text, (1, 2, "COUNT"), (2, 5, "COUNT")) == [("( 8 ) مخالفات", "COUNT")]


@pytest.mark.parametrize("opening", ["«", "“", '"', "{"])
def test_a_clitic_and_quote_join_the_name_that_they_open(opening: str) -> None:
    assert whole(f"قال لـ{opening}بي بي سي", (1, 3, "ACTOR"), (3, 6, "ACTOR")) == [(f"لـ{opening}بي بي سي", "ACTOR")]


def test_spans_of_two_labels_and_neighbours_without_a_mark_stay_two() -> None:
    text = "قال وزير تركيا («أنقرة»"
    assert whole(text, (1, 4, "ACTOR"), (4, 6, "LOCATION")) == [("وزير تركيا (", "ACTOR"), ("«أنقرة", "LOCATION")]
    assert whole(text, (1, 2, "ACTOR"), (2, 3, "ACTOR")) == [("وزير", "ACTOR"), ("تركيا", "ACTOR")]


def test_a_number_takes_the_bracket_that_its_own_closes() -> None:
    assert whole("ضبط (267) مخالفة", (2, 5, "COUNT")) == [("(267) مخالفة", "COUNT")]
    # The bracket that closes later opened inside of the span, or is none of the span's.
    assert whole("ضبط (مخالفة (267) اليوم)", (2, 6, "COUNT")) == [("مخالفة (267)", "COUNT")]
    assert whole("ضبط (267 مخالفة)", (2, 4, "COUNT")) == [("267 مخالفة", "COUNT")]


def test_a_bracket_that_another_span_holds_is_left_to_it() -> None:
    assert whole("تركيا (267) مخالفة", (0, 2, "ACTOR"), (2, 5, "COUNT")) == [
        ("تركيا (", "ACTOR"),
        ("267) مخالفة", "COUNT"),
    ]


def test_marks_alone_are_no_span() -> None:
    assert whole("ضبط ( 8", (1, 2, "COUNT")) == []
    assert whole("نعم % ٪ 5%", (1, 3, "COUNT"), (3, 5, "COUNT")) == [("5%", "COUNT")]
