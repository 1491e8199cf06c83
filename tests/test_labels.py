"""Spans to tags and back."""

from hypothesis import given
from hypothesis import strategies as st

from khabar.labels import SPAN_LABELS, labels_of, spans_to_tags, tags_of, tags_to_spans
from khabar.pages import Span
from khabar.text import words


def test_tag_sets_are_in_one_order() -> None:
    assert tags_of(["X", "Y"]) == ("O", "B-X", "I-X", "B-Y", "I-Y")
    assert labels_of(tags_of(SPAN_LABELS)) == SPAN_LABELS


def test_neighbouring_spans_stay_apart() -> None:
    text = "أرمينيا وأذربيجان اليوم"
    spans = [Span(0, 7, "ACTOR"), Span(8, 17, "ACTOR"), Span(18, 23, "TIME")]
    assert spans_to_tags(words(text), spans) == (["B-ACTOR", "B-ACTOR", "B-TIME"], 0)
    assert tags_to_spans(["B-ACTOR", "B-ACTOR", "B-TIME"]) == [(0, 1, "ACTOR"), (1, 2, "ACTOR"), (2, 3, "TIME")]


def test_what_whole_words_cannot_say_is_counted() -> None:
    text = "أيضاالاتحاد الأوروبي ."
    inside_a_word = Span(4, 20, "ACTOR")
    assert spans_to_tags(words(text), [inside_a_word]) == (["B-ACTOR", "I-ACTOR", "O"], 1)
    blank = Span(20, 21, "TIME")
    assert spans_to_tags(words(text), [blank]) == (["O", "O", "O"], 1)
    taken_twice = [Span(0, 11, "ACTOR"), Span(3, 11, "TIME")]
    assert spans_to_tags(words(text), taken_twice) == (["B-ACTOR", "O", "O"], 1)
    assert spans_to_tags(words("أ ب ج"), [Span(0, 3, "ACTOR"), Span(2, 5, "TIME")]) == (
        ["B-ACTOR", "I-ACTOR", "B-TIME"],
        1,
    )


def test_a_continuation_of_nothing_begins_a_span() -> None:
    assert tags_to_spans(["I-TIME", "I-TIME", "I-COUNT", "O", "I-COUNT"]) == [
        (0, 2, "TIME"),
        (2, 3, "COUNT"),
        (4, 5, "COUNT"),
    ]


@given(st.lists(st.sampled_from(tags_of()), max_size=30))
def test_spans_of_tags_come_back_as_tags(tags: list[str]) -> None:
    text = " ".join("ك" for _ in tags)
    found = words(text)
    spans = [Span(found[a].start, found[b - 1].end, label) for a, b, label in tags_to_spans(tags)]
    again, inexact = spans_to_tags(found, spans)
    assert inexact == 0
    assert tags_to_spans(again) == tags_to_spans(tags)
