"""Scores, against counts made by hand and against seqeval."""

import json
import random

import pytest

from khabar.annotated import parse_annotated
from khabar.labels import SPAN_LABELS
from khabar.metrics import Counts, evaluate, score_page, word_scores
from khabar.pages import KhabarError, Page, Span
from khabar.text import words

GOLD = parse_annotated(
    "R|أعلنت <A>وزارة الدفاع</A> «<T>أمس</T>» أن <C>12 جنديا</C> في <L>حلب</L>\nB|المصدر: <A>وكالة</A>", page_id="p"
)


def predict(annotation: str) -> Page:
    return parse_annotated(annotation, page_id="p")


def test_counts() -> None:
    counts = Counts(right=2, predicted=4, gold=5) + Counts(1, 1, 1)
    assert (counts.precision, counts.recall) == (0.6, 0.5)
    assert counts.f1 == pytest.approx(6 / 11)
    assert Counts().f1 == Counts().precision == Counts().recall == 0.0


def test_strict_wants_the_same_characters_and_label_but_for_punctuation_at_edges() -> None:
    scores = evaluate(
        [predict("R|أعلنت <A>وزارة</A> الدفاع <T>«أمس»</T> أن <C>12 جنديا</C> في <A>حلب</A>\nR|المصدر: <A>وكالة</A>")],
        [GOLD],
    )
    assert scores.spans("TIME") == Counts(1, 1, 1)
    assert scores.spans("COUNT") == Counts(1, 1, 1)
    assert scores.spans("ACTOR") == Counts(0, 2, 1)
    assert scores.spans("ACTOR", strict=False) == Counts(1, 2, 1)
    assert scores.spans("LOCATION") == Counts(0, 0, 1)
    assert scores.spans() == Counts(2, 4, 4)
    assert scores.spans(where="everywhere") == Counts(3, 5, 5)
    assert scores.paragraphs("report") == Counts(1, 2, 1)
    assert scores.paragraphs("boilerplate") == Counts(0, 0, 1)
    assert scores.paragraph_macro_f1 == pytest.approx((2 / 3 + 0) / 2)


def test_white_space_makes_no_difference_but_text_does() -> None:
    spaced = "أعلنت  وزارة\u00a0الدفاع «أمس»\tأن 12 جنديا في حلب \r\n\n\n المصدر:   وكالة\n"
    page = Page("p", spaced)
    page.paragraphs = predict("R|x\nB|y").paragraphs
    start = spaced.index("وزارة")
    page.spans = [Span(start, start + len("وزارة الدفاع"), "ACTOR")]
    assert score_page(page, GOLD).strict["report", "ACTOR"] == Counts(1, 1, 1)
    page.text = spaced.replace("حلب", "حماة")
    with pytest.raises(KhabarError, match="differs from the gold's at non-blank character 33"):
        score_page(page, GOLD)
    with pytest.raises(KhabarError, match="'p' of the gold has no prediction"):
        evaluate([], [GOLD])


def test_two_predictions_of_a_page_are_refused() -> None:
    with pytest.raises(KhabarError, match="'p' has two predictions"):
        evaluate([predict("R|x"), predict("R|y")], [GOLD])


def test_a_paragraph_split_otherwise_takes_the_class_that_shares_most_with_it() -> None:
    gold = parse_annotated("R|ا ب ج د\nB|ه و", page_id="p")
    joined = evaluate([parse_annotated("R|ا ب ج د ه و", page_id="p")], [gold])
    assert joined.paragraphs("report") == Counts(1, 2, 1)
    split = evaluate([parse_annotated("B|ا\nR|ب ج د\nB|ه و", page_id="p")], [gold])
    assert split.paragraph_macro_f1 == 1.0


def test_a_span_is_matched_once_by_overlap() -> None:
    gold = parse_annotated("R|<A>ا ب ج</A> د", page_id="p")
    two_in_one = evaluate([predict("R|<A>ا</A> ب <A>ج</A> د")], [gold])
    assert two_in_one.spans(strict=False) == Counts(1, 2, 1)


def test_strict_scores_are_seqevals() -> None:
    generator = random.Random(3)
    gold, predicted = [], []
    for number in range(30):
        text = " ".join("كلمة" for _ in range(20))
        pages = []
        for _ in range(2):
            page = parse_annotated(f"R|{text}", page_id=str(number))
            found = words(text)
            position = 0
            while position < 18:
                length = generator.randint(1, 3)
                if generator.random() < 0.6:
                    end = min(position + length, 20)
                    label = generator.choice(SPAN_LABELS[:2])
                    page.spans.append(Span(found[position].start, found[end - 1].end, label))
                position += length
            pages.append(page)
        gold.append(pages[0])
        predicted.append(pages[1])
    ours = evaluate(predicted, gold)
    theirs = word_scores(predicted, gold)
    assert 0 < ours.spans().f1 < 1
    assert ours.spans().f1 == pytest.approx(theirs["micro avg"]["f1-score"])
    assert ours.spans("ACTOR").precision == pytest.approx(theirs["ACTOR"]["precision"])
    assert word_scores([GOLD.reset()], [GOLD])["micro avg"]["f1-score"] == 0.0


def test_the_report_is_ready_for_json_with_intervals_over_pages() -> None:
    pages = [GOLD, parse_annotated("R|<A>وكالة</A> <L>حلب</L>", page_id="q")]
    half = [GOLD, parse_annotated("R|وكالة <L>حلب</L>", page_id="q")]
    report = json.loads(json.dumps(evaluate(half, pages).to_dict()))
    assert report["strict_report"]["all"] == {"precision": 1.0, "recall": 0.8333, "f1": 0.9091, "gold": 6}
    assert report["paragraphs"]["macro_f1"] == 1.0
    low, high = report["intervals_95"]["spans"]
    assert (low, high) == (0.6667, 1.0)
    assert "all spans" in str(evaluate(half, pages))
