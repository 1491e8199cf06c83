"""The error analysis: every span in exactly one bin, tallies counted by hand, the surest errors in context."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.alignment import AlignedPage
from khabar.annotated import parse_annotated
from khabar.cli.error_table import error_table
from khabar.errors import ErrorAnalysis, analyse_errors, boundary_of, year_of
from khabar.labels import SPAN_LABELS
from khabar.matching import GOLD_OUTCOMES, PREDICTED_OUTCOMES, match_spans
from khabar.metrics import score_page
from khabar.pages import Page, Paragraph, Span


def outcomes(gold: str, predicted: str) -> list[tuple[str | None, str | None, str]]:
    """The matches of two annotations of a page as (gold's text, predicted text, outcome)."""
    pages = [parse_annotated(text, page_id="p") for text in (predicted, gold)]
    return [
        (match.gold and match.text(match.gold), match.predicted and match.text(match.predicted), match.outcome)
        for match in match_spans(AlignedPage(*pages))
    ]


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        ("R|«<A>مالطا</A>» أمس", "R|<A>«مالطا»</A> أمس", [("مالطا", "مالطا", "right")]),
        ("R|<A>مالطا</A> أمس", "R|<A>مالطا</A> أمس", [("مالطا", "مالطا", "right")]),
        ("R|<A>مالطا</A> أمس", "R|<L>مالطا</L> أمس", [("مالطا", "مالطا", "confused")]),
        ("R|<A>جيش مالطا</A> أمس", "R|جيش <L>مالطا</L> أمس", [("جيش مالطا", "مالطا", "confused")]),
        ("R|<A>جيش مالطا</A> أمس", "R|جيش <A>مالطا</A> أمس", [("جيش مالطا", "مالطا", "boundary")]),
        ("R|<A>مالطا</A> أمس", "R|مالطا <T>أمس</T>", [("مالطا", None, "missed"), (None, "أمس", "invented")]),
        # one label before more letters: «جيش» answers, «مالطا العظمى» is a piece left over
        (
            "R|<A>جيش مالطا العظمى</A>",
            "R|<A>جيش</A> <L>مالطا العظمى</L>",
            [("جيش مالطا العظمى", "جيش", "boundary"), (None, "مالطا العظمى", "split")],
        ),
        (
            "R|<L>مالطا</L>، <L>قبرص الشمالية</L>",
            "R|<L>مالطا، قبرص الشمالية</L>",
            [("مالطا", None, "merged"), ("قبرص الشمالية", "مالطا، قبرص الشمالية", "boundary")],
        ),
        ("B|<A>مالطا</A> أمس", "B|<L>مالطا</L> أمس", []),
        ("R|مالطا\nB|<A>قبرص</A>", "R|<A>مالطا</A>\nR|<A>قبرص</A>", [(None, "مالطا", "invented")]),
    ],
)
def test_matching(gold: str, predicted: str, expected: list[tuple[str | None, str | None, str]]) -> None:
    assert outcomes(gold, predicted) == expected


WORDS = ["مالطا", "وقبرص", "وزير", "الخارجية", "الفرنسي", "«أمس»", "20", "جنديا", "في", "محمد", "،"]


@st.composite
def annotations_of_a_page(draw: st.DrawFn) -> tuple[Page, Page]:
    """The same words with two sets of spans; those of the gold are flat, a prediction's may be anything."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
    cut = draw(st.integers(0, len(words)))
    text = " ".join(words[:cut]) + "\n" + " ".join(words[cut:])
    starts = [i for i in range(len(text)) if not text[i].isspace() and (i == 0 or text[i - 1].isspace())]
    ends = [text.replace("\n", " ").find(" ", start) for start in starts]
    ends = [len(text) if end == -1 else end for end in ends]
    pages = []
    for flat in (True, False):
        page = Page("p", text)
        for label, line in zip(("report", draw(st.sampled_from(("report", "boilerplate")))), (0, 1), strict=True):
            own = [i for i, start in enumerate(starts) if text.count("\n", 0, start) == line]
            if own:
                page.paragraphs.append(Paragraph(starts[own[0]], ends[own[-1]], label))
        taken = -1
        for first, length, label in draw(
            st.lists(
                st.tuples(st.integers(0, len(starts) - 1), st.integers(0, 3), st.sampled_from(SPAN_LABELS)), max_size=8
            )
        ):
            last = min(first + length, len(starts) - 1)
            if "\n" in text[starts[first] : ends[last]] or (flat and first <= taken):
                continue
            taken = last
            page.spans.append(Span(starts[first], ends[last], label, score=draw(st.floats(0, 1))))
        pages.append(page)
    return pages[0], pages[1]


@settings(max_examples=150)
@given(annotations_of_a_page())
def test_every_gold_and_every_predicted_span_is_in_exactly_one_bin(pages: tuple[Page, Page]) -> None:
    gold, predicted = pages
    counts = score_page(predicted, gold)
    expected = sum(counts.strict["report", label].gold for label in SPAN_LABELS)
    found = sum(counts.strict["report", label].predicted for label in SPAN_LABELS)
    analysis = analyse_errors([predicted], [gold], page_groups={"year": {}})
    # each span of either side stands in one match
    for side, number in (("gold", expected), ("predicted", found)):
        keys = [key for match in analysis.matches if (key := getattr(match, side)) is not None]
        assert len(keys) == len(set(keys)) == number
    # and each tally counts each of them once, under an outcome of its side
    for groups in analysis.groups.values():
        assert sum(tally.gold.total() for tally in groups.values()) == expected
        assert sum(tally.predicted.total() for tally in groups.values()) == found
        for tally in groups.values():
            assert set(tally.gold) <= set(GOLD_OUTCOMES)
            assert set(tally.predicted) <= set(PREDICTED_OUTCOMES)
    for label in SPAN_LABELS:
        tally, strict = analysis.groups["label"][label], counts.strict["report", label]
        assert (tally.gold["right"], tally.predicted["right"]) == (strict.right, strict.right)
        assert (tally.gold.total(), tally.predicted.total()) == (strict.gold, strict.predicted)
        boundary = sum(sum(kind.values()) for kind in analysis.boundaries()[label].values())
        assert boundary == tally.gold["boundary"] == tally.predicted["boundary"]
    confusions = analysis.confusions()
    assert sum(sum(row.values()) for row in confusions.values()) == len(analysis.matches)
    for label in SPAN_LABELS:
        assert sum(confusions[label].values()) == analysis.groups["label"][label].gold.total()
        assert (
            sum(row.get(label, 0) for row in confusions.values()) == analysis.groups["label"][label].predicted.total()
        )


GOLD = [
    "R|قال <A>وزير الصحة</A> إن <A>مالطا</A> بخير <T>أمس</T>",
    "R|زار <A>محمد الزيلعي</A> <L>مالطا</L>\nB|وقالت <A>لمالطا</A>",
]
PREDICTED = [
    "R|قال <A>وزير</A> الصحة إن <L>مالطا</L> بخير <T>أمس</T>",
    "R|<A>زار</A> محمد الزيلعي <L>مالطا</L>\nB|وقالت لمالطا",
]
SCORES: list[list[float | None]] = [[0.7, 0.9, 1.0], [None, 0.95]]


@pytest.fixture
def analysis() -> ErrorAnalysis:
    gold = [parse_annotated(text, page_id=f"page {number}") for number, text in enumerate(GOLD)]
    predicted = [parse_annotated(text, page_id=f"page {number}") for number, text in enumerate(PREDICTED)]
    for page, scores in zip(predicted, SCORES, strict=True):
        for span, score in zip(page.spans, scores, strict=True):
            span.score = score
    return analyse_errors(predicted, gold, page_groups={"source": {"page 1": "الأنباء"}})


def tallies(analysis: ErrorAnalysis, name: str) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    groups = analysis.groups[name].items()
    return {
        group: (dict(tally.gold), dict(tally.predicted)) for group, tally in groups if tally.gold or tally.predicted
    }


def test_tallies(analysis: ErrorAnalysis) -> None:
    # «مالطا» stands three times in the gold, «لمالطا» of a boilerplate paragraph among them
    assert tallies(analysis, "rarity") == {
        "never": ({}, {"boundary": 1, "invented": 1}),
        "once": ({"boundary": 1, "missed": 1}, {}),
        "2-4": ({"confused": 1, "right": 1}, {"confused": 1, "right": 1}),
        "time or count": ({"right": 1}, {"right": 1}),
    }
    assert tallies(analysis, "place_table") == {
        "in the place table": ({"confused": 1, "right": 1}, {"confused": 1, "right": 1}),
        "not in it": ({"boundary": 1, "missed": 1}, {"boundary": 1, "invented": 1}),
        "time or count": ({"right": 1}, {"right": 1}),
    }
    assert tallies(analysis, "source") == {
        "unknown": ({"boundary": 1, "confused": 1, "right": 1}, {"boundary": 1, "confused": 1, "right": 1}),
        "الأنباء": ({"missed": 1, "right": 1}, {"invented": 1, "right": 1}),
    }


def test_confusions_and_boundaries(analysis: ErrorAnalysis) -> None:
    confusions = analysis.confusions()
    assert confusions["ACTOR"] == {"ACTOR": 1, "LOCATION": 1, "TIME": 0, "COUNT": 0, "none": 1}
    assert confusions["none"] == {"ACTOR": 1, "LOCATION": 0, "TIME": 0, "COUNT": 0}
    boundaries = {kind: counts for kind, counts in analysis.boundaries()["ACTOR"].items() if any(counts.values())}
    assert boundaries == {"idafa tail": {"left_out": 1, "taken_in": 0}}
    assert Counter(boundary_of(match) is None for match in analysis.matches) == {True: 5, False: 1}


def test_the_surest_errors_come_first_then_those_without_a_score_then_what_was_missed(analysis: ErrorAnalysis) -> None:
    worst = analysis.to_dict()["worst"]
    assert isinstance(worst, list)
    assert [(error["error"], error["score"]) for error in worst] == [
        ("confused", 0.9), ("boundary", 0.7), ("invented", None), ("missed", None),
    ]  # fmt: skip
    assert worst[1] == {
        "page": "page 0",
        "error": "boundary",
        "boundary": {"kind": "idafa tail", "taken_in": False},
        "score": 0.7,
        "predicted": {"label": "ACTOR", "text": "وزير"},
        "gold": {"label": "ACTOR", "text": "وزير الصحة"},
        "before": "قال ",
        "text": "وزير الصحة",
        "after": " إن مالطا بخير أمس",
    }
    assert [match.score for match in analysis.worst(2)] == [0.9, 0.7]


def test_context_is_cut_between_words() -> None:
    text = "كلمة " * 30 + "<A>مالطا</A>" + " كلمة" * 30
    gold = parse_annotated(f"R|أول\nR|{text}\nR|آخر", page_id="p")
    analysis = analyse_errors([dataclasses.replace(gold, spans=[])], [gold])
    (error,) = analysis.to_dict()["worst"]  # type: ignore[misc]
    assert error["before"] == "…" + "كلمة " * 11
    assert error["after"] == " كلمة" * 11 + "…"


def test_table(analysis: ErrorAnalysis) -> None:
    lines = error_table(analysis).splitlines()
    by_start = {line.split("  ")[0]: line.split() for line in lines}
    assert by_start["errors by label"][3:] == [
        "gold", "right", "boundary", "confused", "merged", "missed", "found", "split", "invented",
    ]  # fmt: skip
    assert by_start["LOCATION"][1:] == ["0", "1", "0", "0", "0"]
    assert by_start["ACTOR idafa tail"] == ["ACTOR", "idafa", "tail", "1", "0"]
    assert by_start["\u2068الأنباء\u2069"][1:] == ["2", "1", "0", "0", "0", "1", "2", "0", "1"]
    start = lines.index("the surest errors")
    assert lines[start + 1 : start + 4] == [
        "  1  confused  score 0.9000  \u2068page 0\u2069",
        "     predicted LOCATION \u2068مالطا\u2069 | gold ACTOR \u2068مالطا\u2069",
        "     \u2068قال وزير الصحة إن [مالطا] بخير أمس\u2069",
    ]
    assert lines[-2] == "     predicted none | gold ACTOR \u2068محمد الزيلعي\u2069"


def test_without_errors_nothing_is_shown() -> None:
    page = parse_annotated(GOLD[0], page_id="p")
    analysis = analyse_errors([page], [page])
    assert analysis.worst() == []
    assert "surest" not in error_table(analysis)


@pytest.mark.parametrize(
    ("published", "year"),
    [("2023-09-20", "2023"), ("20 Sep 1998", "1998"), ("20230920", "unknown"), ("", "unknown"), (None, "unknown")],
)
def test_year(published: str | None, year: str) -> None:
    assert year_of(published) == year
