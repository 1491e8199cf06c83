"""Noised pages: another site's spelling and setting, the same spans and classes."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.annotated import parse_annotated
from khabar.noise import noised, noised_pages
from khabar.pages import Page, split_paragraphs
from khabar.text import words

ANNOTATED = """R|هدنة في <L>الوادي</L>
R|أعلنت <A>وزارة الدفاع</A> <T>أمس</T> أن <C>12 جنديا</C> قتلوا. وقال <A>د. سامي علي</A> إن <L>القرية</L> بعيدة.
R|عاد <A>علي</A> إلى <L>«المدينة»</L>، ثم غادر <T>في 3. أيار</T>.
B|اقرأ أيضا. افتتاح معرض في <L>الرباط</L>
R|انتهى.
"""
PAGE = parse_annotated(ANNOTATED, page_id="p")


@given(st.integers(0, 10_000))
def test_spans_and_classes_are_kept(seed: int) -> None:
    copy = noised(PAGE, Random(seed))
    assert len(copy.text) == len(PAGE.text)
    assert [(s.start, s.end, s.label) for s in copy.spans] == [(s.start, s.end, s.label) for s in PAGE.spans]
    assert [(p.start, p.end) for p in copy.paragraphs] == [(p.start, p.end) for p in split_paragraphs(copy.text)]
    for span in copy.spans:
        assert span.text == copy.text[span.start : span.end]
        paragraph = copy.paragraphs[span.paragraph]
        assert paragraph.start <= span.start < span.end <= paragraph.end
    for paragraph in PAGE.paragraphs:
        for place in range(paragraph.start, paragraph.end):
            if not copy.text[place].isspace():
                (now,) = [p for p in copy.paragraphs if p.start <= place < p.end]
                assert now.label == paragraph.label
    assert [(w.start, w.end) for w in words(copy.text) if w.end - w.start > 1] == [
        (w.start, w.end) for w in words(PAGE.text) if w.end - w.start > 1
    ]


def test_every_habit_is_taken_on() -> None:
    copies = [noised(PAGE, Random(seed)) for seed in range(200)]
    texts = [copy.text for copy in copies]
    for changed in ("اعلنت", "وزاره", "سامى", "١٢", '"المدينة"', "،", ","):
        assert any(changed in text for text in texts), changed
    counts = {len(copy.paragraphs) for copy in copies}
    assert counts >= {4, 5, 6}
    assert any(text == PAGE.text for text in texts)
    # A full stop inside a span ends no paragraph.
    assert not any("د.\n" in text or "3.\n" in text for text in texts)


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.5, 30, 70), (1.0, 60, 100)])
def test_a_share_of_pages_is_noised_and_the_same_for_a_seed(share: float, low: int, high: int) -> None:
    pages = [Page(str(n), PAGE.text, paragraphs=PAGE.paragraphs, spans=PAGE.spans) for n in range(100)]
    noisy = noised_pages(pages, share, seed=1)
    assert low <= sum(page.text != PAGE.text for page in noisy) <= high
    assert noised_pages(pages, share, seed=1) == noisy
    assert [page.id for page in noisy] == [page.id for page in pages]
