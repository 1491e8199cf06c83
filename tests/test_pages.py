"""The record, its paragraphs, and its way to JSON and back."""

import json
from itertools import pairwise

import pytest
from hypothesis import given

from khabar.pages import KhabarError, Page, Paragraph, Span, split_paragraphs
from tests.test_text import texts


@given(texts)
def test_paragraphs_cover_every_visible_character_and_nothing_else(text: str) -> None:
    paragraphs = split_paragraphs(text)
    covered = {position for p in paragraphs for position in range(p.start, p.end)}
    assert {i for i, character in enumerate(text) if not character.isspace()} <= covered
    for paragraph in paragraphs:
        inside = text[paragraph.start : paragraph.end]
        assert inside
        assert inside == inside.strip()
        assert "\n" not in inside
        assert "\r" not in inside
    assert all(a.end < b.start for a, b in pairwise(paragraphs))


def test_line_ends_are_three_and_no_others() -> None:
    text = "أ\r\nب\rج\n\n  د\u2028ه \x0b"
    assert [text[p.start : p.end] for p in split_paragraphs(text)] == ["أ", "ب", "ج", "د\u2028ه"]


def test_record_holds_the_contract_and_comes_back() -> None:
    page = Page(
        "p1",
        "قتل 12 جنديا",
        published="2023-09-20",
        meta={"source": "x"},
        paragraphs=[Paragraph(0, 12, "report", 0.9)],
        spans=[Span(4, 12, "COUNT", "12 جنديا", 0.8, 0, {"number": 12})],
    )
    record = json.loads(json.dumps(page.to_dict()))
    assert record == {
        "id": "p1",
        "text": "قتل 12 جنديا",
        "title": None,
        "published": "2023-09-20",
        "url": None,
        "paragraphs": [{"start": 0, "end": 12, "label": "report", "score": 0.9}],
        "spans": [
            {
                "start": 4,
                "end": 12,
                "label": "COUNT",
                "text": "12 جنديا",
                "score": 0.8,
                "paragraph": 0,
                "value": {"number": 12},
            }
        ],
        "meta": {"source": "x"},
        "error": None,
    }
    assert Page.from_dict(record) == page


def test_weak_labels_travel_too() -> None:
    page = Page("p", "أ ب", words=[(0, 1, {"O": 0.75, "B-ACTOR": 0.25}), (2, 3, {})])
    page.paragraphs = [Paragraph(0, 3, "report", 1.0, {"report": 1.0})]
    page.spans = [Span(0, 1, "ACTOR", "أ", sources=["names"])]
    record = json.loads(json.dumps(page.to_dict()))
    assert record["words"] == [[0, 1, {"O": 0.75, "B-ACTOR": 0.25}], [2, 3, {}]]
    assert record["paragraphs"][0]["probabilities"] == {"report": 1.0}
    assert record["spans"][0]["sources"] == ["names"]
    assert Page.from_dict(record) == page


@pytest.mark.parametrize("record", [{"id": "p"}, {"id": "p", "text": "x", "spans": [{"begin": 1}]}])
def test_a_foreign_record_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(KhabarError, match="not a record of khabar's output"):
        Page.from_dict(record)
