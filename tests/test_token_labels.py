"""Token labels as pages and back, scored as benchmarks have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from khabar.conll import Sentence
from khabar.pages import KhabarError, Page, Span
from khabar.token_labels import LabelledTokens, labels_in, read_token_labels, score_tokens, tags_of_tokens

CONLL = "قال O\n(محمد B-PERS\nعلي I-PERS\nفي O\nحلب B-LOC\n\nأمس O\n\nثم O\n\n"


def read(tmp_path: Path, sentences: int) -> list[LabelledTokens]:
    path = tmp_path / "news.conll"
    path.write_text(CONLL, "utf-8")
    return list(read_token_labels(path, sentences=sentences))


@pytest.mark.parametrize(("sentences", "sizes"), [(1, [1, 1, 1]), (2, [2, 1]), (0, [3])])
def test_pages_are_cut_by_sentences(tmp_path: Path, sentences: int, sizes: list[int]) -> None:
    pages = read(tmp_path, sentences)
    assert [len(page.sentences) for page in pages] == sizes
    assert [len(page.page.paragraphs) for page in pages] == sizes
    assert pages[0].page.id == "news-1-1"
    assert all(paragraph.probabilities == {} for page in pages for paragraph in page.page.paragraphs)


def test_a_pages_own_spans_are_its_own_tags(tmp_path: Path) -> None:
    (page,) = read(tmp_path, 0)
    assert tags_of_tokens(page.page, page.sentences) == [sentence.tags for sentence in page.sentences]
    assert labels_in([page.page]) == ("LOC", "PERS")
    assert score_tokens([page.page], [page]).f1 == 1.0


def test_a_part_of_a_token_stands_for_it() -> None:
    page = Page("p", "(محمد علي", spans=[Span(1, 9, "PERS")])
    assert tags_of_tokens(page, [Sentence(["(محمد", "علي"], ["O", "O"])]) == [["B-PERS", "I-PERS"]]


def test_scores_are_strict_over_tokens(tmp_path: Path) -> None:
    (page,) = read(tmp_path, 0)
    found = Page("p", page.page.text, spans=[Span(4, 9, "PERS"), page.page.spans[1]])
    scores = score_tokens([found], [page])
    assert scores.to_dict() == {
        "sentences": 3,
        "strict_tokens": {
            "all": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "gold": 2},
            "LOC": {"precision": 1.0, "recall": 1.0, "f1": 1.0, "gold": 1},
            "PERS": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "gold": 1},
        },
    }
    assert "all spans" in str(scores)
    assert score_tokens([Page("p", "أمس")], [LabelledTokens(page.page, [Sentence(["أمس"], ["O"])])]).f1 == 0.0


def test_a_page_that_could_not_be_tagged_is_told(tmp_path: Path) -> None:
    pages = read(tmp_path, 0)
    with pytest.raises(KhabarError, match="page 'p': too long"):
        score_tokens([Page("p", "", error="too long")], pages)


def test_khabars_own_labels_stay_whole() -> None:
    assert labels_in([Page("p", "حلب", spans=[Span(0, 3, "LOCATION")])]) == ("ACTOR", "LOCATION", "TIME", "COUNT")
