"""Decoding: temperatures, the chain over a page's paragraphs, and how they are fitted."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.annotated import parse_annotated
from khabar.batching import PageAnswers
from khabar.calibration import fit_decoding, fit_span_scaling
from khabar.decoding import paragraph_classes, scaled, tempered
from khabar.encoding import PageEncoder
from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS, spans_to_tags, tags_of
from khabar.model import Decoding, Settings, load
from khabar.pages import Page
from khabar.tagging import Tagger, span_probabilities

TAGS = tags_of(SPAN_LABELS)


def test_a_temperature_above_one_is_less_sure() -> None:
    scores = np.log(np.array([[0.8, 0.2]]))
    np.testing.assert_allclose(np.exp(tempered(scores, 2.0)), [[2 / 3, 1 / 3]])
    np.testing.assert_allclose(np.exp(tempered(scores, 0.5)), [[16 / 17, 1 / 17]])
    assert tempered(scores, 1.0) is scores
    assert tempered(np.zeros((0, 9)), 2.0).shape == (0, 9)


def test_without_a_chain_paragraphs_keep_their_probabilities() -> None:
    alone = np.array([[0.9, 0.1], [0.3, 0.7]])
    np.testing.assert_allclose(paragraph_classes(alone, 1.0, [[0, 0], [0, 0]]), alone)
    assert paragraph_classes(np.zeros((0, 2)), 1.0, [[0, 0], [0, 0]]).shape == (0, 2)


@given(
    st.lists(st.floats(0.01, 0.99), min_size=1, max_size=6),
    st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    st.floats(0.3, 3),
)
def test_the_chain_gives_the_marginals_of_all_paths(
    first: list[float], weights: list[float], temperature: float
) -> None:
    alone = np.array([[p, 1 - p] for p in first])
    chain = np.array(weights).reshape(2, 2)
    emissions = np.log(alone) / temperature
    expected = np.zeros_like(alone)
    for path in itertools.product((0, 1), repeat=len(first)):
        score = sum(emissions[i, c] for i, c in enumerate(path)) + sum(chain[a, b] for a, b in itertools.pairwise(path))
        for place, chosen in enumerate(path):
            expected[place, chosen] += np.exp(score)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(paragraph_classes(alone, temperature, chain), expected, rtol=1e-9)


def test_a_spans_score_is_that_of_exactly_these_words() -> None:
    tags = ("O", "B-X", "I-X")
    scores = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.5, 0.1, 0.4]]))
    path = np.array([0, 1, 2, 0])
    spans = [(1, 3, "X")]
    assert list(span_probabilities(scores, path, spans, tags)) == pytest.approx([0.8 * 0.6 * (1 - 0.4)])
    assert list(span_probabilities(scores[:3], path[:3], spans, tags)) == pytest.approx([0.8 * 0.6])


def test_a_scaled_score_has_scaled_log_odds() -> None:
    assert scaled(0.8, (0.5, math.log(2))) == pytest.approx(0.8)  # odds 4 -> 2 · 2
    assert scaled(0.8, (2.0, 0.0)) == pytest.approx(16 / 17)
    assert scaled(0.8123, (1.0, 0.0)) == 0.8123
    assert 0 < scaled(0.0, (0.9, 0.5)) < 0.001
    assert 0.999 < scaled(1.0, (0.9, 0.5)) < 1
    assert (scaled(0.1, (1000.0, 0.0)), scaled(0.9, (1000.0, 0.0))) == (0.0, 1.0)


def test_span_scaling_makes_scores_the_share_that_is_right() -> None:
    """Of spans scored 0.6 nine in ten are right, of those scored 0.9 all but one in a hundred."""
    scored = [(0.6, n % 10 > 0) for n in range(1000)] + [(0.9, n % 100 > 0) for n in range(1000)]
    scaling = fit_span_scaling(scored)
    assert scaled(0.6, scaling) == pytest.approx(0.9, abs=0.005)
    assert scaled(0.9, scaling) == pytest.approx(0.99, abs=0.005)
    assert fit_span_scaling([]) == (1.0, 0.0)


@pytest.fixture(scope="module")
def encoder(tiny_tagger: Tagger) -> PageEncoder:
    return tiny_tagger.encoder


def answers_about(encoder: PageEncoder, page: Page, *, sure: float, right: list[bool]) -> PageAnswers:
    """A tagger's answers that give ``sure`` to what is right, or to the other class where ``right`` says no."""
    encoded = encoder.encode(page)
    answers = PageAnswers(encoded, tags=len(TAGS), classes=2)
    tags, _ = spans_to_tags(encoded.words, page.spans)
    answers.tags[:] = np.log((1 - sure) / (len(TAGS) - 1))
    answers.tags[np.arange(len(tags)), [TAGS.index(tag) for tag in tags]] = np.log(sure)
    for place, paragraph in enumerate(page.paragraphs):
        column = PARAGRAPH_LABELS.index(str(paragraph.label)) ^ (not right[place])
        answers._classes[place, column], answers._classes[place, 1 - column] = sure, 1 - sure
        answers._subwords[place] = 1
    return answers


def test_a_tagger_that_is_always_right_is_made_surer(encoder: PageEncoder) -> None:
    page = parse_annotated("R|زار <A>محمد</A> <L>حلب</L>\nR|عاد <T>أمس</T>\nB|المصدر", page_id="p")
    answers = answers_about(encoder, page, sure=0.6, right=[True] * 3)
    decoding = fit_decoding([answers] * 5, [page] * 5, TAGS)
    assert decoding.tag_temperature < 0.5
    assert decoding.paragraph_temperature < 1
    surer = paragraph_classes(answers.paragraphs, decoding.paragraph_temperature, decoding.paragraph_chain)
    assert (surer.max(axis=1) > 0.8).all()


def test_the_chain_learns_that_classes_come_in_runs(encoder: PageEncoder) -> None:
    report, furniture = "R|عاد <T>أمس</T>", "B|المصدر"
    pages = [parse_annotated("\n".join([report] * 6 + [furniture] * 4), page_id=str(n)) for n in range(10)]
    # One report paragraph in the middle of each page is taken for furniture, more sure than its neighbours are.
    answers = [
        answers_about(encoder, page, sure=0.7, right=[place != 2 + n % 3 for place in range(10)])
        for n, page in enumerate(pages)
    ]
    decoding = fit_decoding(answers, pages, TAGS)
    chain = np.array(decoding.paragraph_chain)
    assert chain[0, 0] > chain[1, 0]
    assert chain[1, 1] > chain[1, 0]
    for page, answer in zip(pages, answers, strict=True):
        classes = paragraph_classes(answer.paragraphs, decoding.paragraph_temperature, chain)
        assert [PARAGRAPH_LABELS[index] for index in classes.argmax(axis=1)] == [p.label for p in page.paragraphs]


def test_without_annotated_pages_decoding_is_plain(encoder: PageEncoder) -> None:
    assert fit_decoding([], [], TAGS) == Decoding()
    empty = Page("empty", "")
    assert fit_decoding([PageAnswers(encoder.encode(empty), tags=9, classes=2)], [empty], TAGS) == Decoding()


def test_decoding_is_kept_in_the_folder(tiny_tagger: Tagger, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("decoding")
    decoding = Decoding(1.25, 0.5, ((0.5, -1.0), (-0.25, 2.0)), span_scaling=(0.8, 0.5))
    tiny_tagger.model.save(folder, tiny_tagger.encoder.tokenizer, Settings(48, 8, decoding))
    _, _, settings = load(folder)
    assert settings.decoding == decoding
    tagger = Tagger.from_pretrained(folder, dtype="fp32")
    plain = Tagger(tagger.model, tagger.encoder, tagger.device)
    text = "عاد محمد أمس\nالمصدر: وكالة الأنباء\nزار حلب"
    (with_decoding,), (without,) = tagger.tag([text]), plain.tag([text])
    (raw,) = plain.answer([Page("0", text)])
    expected = paragraph_classes(raw.paragraphs, 0.5, decoding.paragraph_chain)
    assert [p.score for p in with_decoding.paragraphs] == pytest.approx(expected.max(axis=1), abs=1e-4)
    assert [p.score for p in without.paragraphs] == pytest.approx(raw.paragraphs.max(axis=1), abs=1e-4)
