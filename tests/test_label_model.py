"""Majority vote and the learned model, on votes made up here."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.pages import KhabarError, Page
from khabar.weak.base import Document, ParagraphVote, Source, Vote
from khabar.weak.decoding import best_tags
from khabar.weak.label_model import LearnedModel
from khabar.weak.majority import MajorityVote
from khabar.weak.votes import (
    Denial,
    DocumentVotes,
    LabelledSpan,
    LabelModel,
    SourceError,
    SourceSet,
    SpanVote,
    clusters_of,
    collect_votes,
)

A, L, T = "ACTOR", "LOCATION", "TIME"


def span_sources(*families: str) -> tuple[Source[Vote], ...]:
    return tuple(Source(f"s{i}", family, "", lambda document: []) for i, family in enumerate(families))


def source_set(*families: str, paragraphs: int = 0) -> SourceSet:
    return SourceSet(
        span_sources(*families), tuple(Source(f"p{i}", "boilerplate", "", lambda d: []) for i in range(paragraphs))
    )


def spans(*votes: tuple[int, int, str, int], words: int = 8, denials: tuple[Denial, ...] = ()) -> DocumentVotes:
    return DocumentVotes(words, [SpanVote(*vote) for vote in votes], list(denials), [])


def decided(model: LabelModel, votes: DocumentVotes) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.label) for span in model.predict(votes).spans]


THREE = source_set("places", "actors", "times")


def test_agreement_is_certain() -> None:
    labels = MajorityVote(THREE).predict(spans((1, 3, A, 0), (1, 3, A, 1)))
    assert labels.spans == [LabelledSpan(1, 3, A, 1.0)]
    assert labels.sources == [["s0", "s1"]]
    assert labels.words[1:3] == [{"B-ACTOR": 1.0}, {"I-ACTOR": 1.0}]


def test_silence_is_no_vote() -> None:
    labels = MajorityVote(THREE).predict(spans((1, 2, A, 0), words=4))
    assert labels.words == [{}, {"B-ACTOR": 1.0}, {}, {}]


def test_denial_alone_is_outside() -> None:
    labels = MajorityVote(THREE).predict(spans(words=2, denials=(Denial(1, 0),)))
    assert labels.words == [{}, {"O": 1.0}]
    assert labels.spans == []


@pytest.mark.parametrize("model", [MajorityVote(THREE), LearnedModel(THREE)])
def test_longest_span_wins(model: LabelModel) -> None:
    assert decided(model, spans((0, 2, A, 0), (0, 4, A, 1))) == [(0, 4, A)]
    assert decided(model, spans((2, 4, A, 0), (0, 4, A, 1))) == [(0, 4, A)]


def test_place_inside_an_actor_belongs_to_the_actor() -> None:
    assert decided(MajorityVote(THREE), spans((1, 3, L, 0), (0, 3, A, 1))) == [(0, 3, A)]


def test_majority_decides_between_actor_and_place_and_a_tie_goes_to_the_actor() -> None:
    model = MajorityVote(source_set("places", "times", "actors"))
    assert decided(model, spans((0, 1, L, 0), (0, 1, A, 2))) == [(0, 1, A)]
    assert decided(model, spans((0, 1, L, 0), (0, 1, L, 1), (0, 1, A, 2))) == [(0, 1, L)]


def test_a_family_speaks_with_a_damped_voice() -> None:
    votes = spans((0, 1, L, 0), (0, 1, L, 1), (0, 1, A, 2))
    sources = source_set("places", "places", "actors")
    assert decided(MajorityVote(sources, damping=0.0), votes) == [(0, 1, L)]
    assert decided(MajorityVote(sources, damping=1.0), votes) == [(0, 1, A)]


def test_neighbours_stay_two_spans() -> None:
    votes = spans((0, 2, A, 0), (2, 4, A, 0), (0, 2, A, 1), (2, 4, A, 1))
    assert decided(MajorityVote(THREE), votes) == [(0, 2, A), (2, 4, A)]


def test_denied_words_leave_a_span() -> None:
    sources = source_set("actors", "none", "none")
    votes = spans((0, 3, A, 0), denials=(Denial(2, 1), Denial(2, 2)))
    assert decided(MajorityVote(sources, damping=0.0), votes) == [(0, 2, A)]


def test_inside_without_a_beginning_begins_a_span() -> None:
    words = [{"O": 0.9, "B-ACTOR": 0.1}, {"I-ACTOR": 1.0}, {"I-ACTOR": 1.0}]
    assert best_tags(words) == [LabelledSpan(1, 3, A, 1.0)]


def test_clusters_hold_what_overlaps() -> None:
    votes = spans((1, 3, A, 0), (2, 4, L, 1), (4, 5, T, 2), denials=(Denial(3, 0), Denial(7, 0)))
    (first, overlapping), (second, alone) = clusters_of(votes)
    assert (first, overlapping.length, overlapping.denials) == (1, 3, (Denial(2, 0),))
    assert overlapping.spans == (SpanVote(0, 2, A, 0), SpanVote(1, 3, L, 1))
    assert (second, alone.spans) == (4, (SpanVote(0, 1, T, 2),))


def simulated(pages: int, right: tuple[float, ...], seed: int = 0) -> tuple[list[DocumentVotes], list[list[str]]]:
    """Pages of ten one-word spans, and the truth; source ``i`` is right with probability ``right[i]``."""
    generator = random.Random(seed)
    documents, truths = [], []
    for _ in range(pages):
        truth = [generator.choice((A, L)) for _ in range(10)]
        votes = []
        for word, label in enumerate(truth):
            for source, accuracy in enumerate(right):
                if generator.random() < 0.8:
                    said = label if generator.random() < accuracy else {A: L, L: A}[label]
                    votes.append((2 * word, 2 * word + 1, said, source))
        documents.append(spans(*votes, words=20))
        truths.append(truth)
    return documents, truths


def right_share(model: LabelModel, documents: list[DocumentVotes], truths: list[list[str]]) -> float:
    right = 0
    for votes, truth in zip(documents, truths, strict=True):
        right += sum(truth[start // 2] == label for start, _, label in decided(model, votes))
    return right / sum(map(len, truths))


def test_learned_model_finds_out_whom_to_trust() -> None:
    sources = source_set("places", "actors", "times", "counts")
    documents, truths = simulated(80, (0.95, 0.6, 0.6, 0.6))
    majority, learned = MajorityVote(sources), LearnedModel(sources)
    learned.fit(documents)
    weights = learned.weights()
    assert weights["s0"] > 0.85 > 0.75 > max(weights["s1"], weights["s2"], weights["s3"])
    assert right_share(learned, documents, truths) > right_share(majority, documents, truths) + 0.05


def test_nobody_else_speaking_shows_nothing() -> None:
    learned = LearnedModel(THREE)
    alone = [spans((0, 2, A, 1))] * 500
    disputed = [spans((0, 1, A, 1), (0, 1, T, 2), (0, 1, T, 0))] * 5
    learned.fit([*alone, *disputed])
    assert decided(learned, spans((0, 2, A, 1))) == [(0, 2, A)]
    assert decided(learned, disputed[0]) == [(0, 1, T)]


def test_learned_paragraph_classes() -> None:
    sources = source_set(paragraphs=3)
    paragraphs = [[(0, "report"), (1, "report"), (2, "boilerplate")], [(0, "boilerplate"), (1, "boilerplate")]] * 30
    votes = DocumentVotes(0, [], [], [*paragraphs, [], [(2, "boilerplate")]])
    model = LearnedModel(sources)
    model.fit([votes])
    predicted = model.predict(votes).paragraphs
    assert predicted[-2] == {}
    assert predicted[0]["report"] > 0.9
    assert predicted[1]["boilerplate"] > 0.9
    assert predicted[-1]["report"] > 0.5
    assert MajorityVote(sources).predict(votes).paragraphs[0] == {"report": 2 / 3, "boilerplate": 1 / 3}


def test_fit_on_nothing_is_borne() -> None:
    model = LearnedModel(THREE)
    model.fit([])
    assert decided(model, spans((0, 2, A, 0))) == [(0, 2, A)]


vote = st.builds(
    lambda start, length, label, source: (start, min(8, start + length), label, source),
    st.integers(0, 7), st.integers(1, 5), st.sampled_from((A, L, T)), st.integers(0, 2),
)  # fmt: skip


@given(st.lists(vote, max_size=5), st.lists(st.builds(Denial, st.integers(0, 7), st.integers(0, 2)), max_size=4))
@settings(max_examples=60, deadline=None)
def test_answers_are_distributions_and_flat_spans(
    votes: list[tuple[int, int, str, int]], denials: list[Denial]
) -> None:
    document = spans(*votes, denials=tuple(denials))
    spoken = {word for start, end, _, _ in votes for word in range(start, end)} | {word for word, _ in denials}
    for model in (MajorityVote(THREE), LearnedModel(THREE)):
        labels = model.predict(document)
        for word, tags in enumerate(labels.words):
            assert bool(tags) == (word in spoken)
            assert not tags or math.isclose(sum(tags.values()), 1)
        free = 0
        for span, names in zip(labels.spans, labels.sources, strict=True):
            assert free <= span.start < span.end
            assert names
            assert 0 < span.score <= 1 + 1e-9
            free = span.end


def test_a_source_says_one_thing_about_a_word() -> None:
    def find(document: Document) -> list[Vote]:
        return [Vote(0, 1, A), Vote(0, 3, L), Vote(2, 5, None)]

    document = Document(Page("page", "واحد اثنان ثلاثة أربعة خمسة"))
    votes = collect_votes(document, SourceSet((Source("s", "places", "", find),), ()))
    assert votes.spans == [SpanVote(0, 3, L, 0)]
    assert votes.denials == [Denial(3, 0), Denial(4, 0)]


def test_failing_source_is_named() -> None:
    def find(document: Document) -> list[Vote]:
        raise ZeroDivisionError("by zero")

    with pytest.raises(SourceError, match="source bad failed: ZeroDivisionError: by zero"):
        collect_votes(Document(Page("page", "نص")), SourceSet((Source("bad", "places", "", find),), ()))


def test_vote_outside_the_page_is_an_error() -> None:
    far = Source("far", "places", "", lambda document: [Vote(0, 2, A)])
    with pytest.raises(SourceError, match="source far votes for words 0 to 2 of 1"):
        collect_votes(Document(Page("page", "نص")), SourceSet((far,), ()))


def test_names_are_unique() -> None:
    twice = Source("twice", "boilerplate", "", lambda document: [ParagraphVote(0, "report")])
    with pytest.raises(KhabarError, match="two sources are named 'twice'"):
        SourceSet((), (twice, twice))
