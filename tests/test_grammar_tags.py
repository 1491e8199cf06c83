"""The grammars' reading of a page beside the encoder's scores."""

from __future__ import annotations

import cProfile
import pstats
from dataclasses import replace

import numpy as np
import pytest

from khabar.annotated import parse_annotated
from khabar.batching import PageAnswers
from khabar.calibration import fit_decoding
from khabar.decoding import best_tags, tempered, with_grammar
from khabar.encoding import EncodedPage
from khabar.grammar_tags import GRAMMAR_TAGS, grammar_tags
from khabar.labels import SPAN_LABELS, spans_to_tags, tags_of
from khabar.model import Decoding, Settings, load
from khabar.pages import Page
from khabar.tagging import Tagger
from khabar.text import words

TAGS = tags_of(SPAN_LABELS)


def read(encoded: EncodedPage) -> list[str]:
    return [GRAMMAR_TAGS[tag] for tag in grammar_tags(encoded.words, encoded.ranges)]


def test_times_and_counts_of_each_paragraph_are_read(tiny_tagger: Tagger) -> None:
    encoded = tiny_tagger.encoder.encode(Page("p", "قتل 20 شخصا أمس الثلاثاء\nبينهم 30\nأشخاص"))
    assert [word.text for word in encoded.words] == ["قتل", "20", "شخصا", "أمس", "الثلاثاء", "بينهم", "30", "أشخاص"]
    # The noun on the next line is not what «30» counts.
    assert read(encoded) == ["O", "B-COUNT", "I-COUNT", "B-TIME", "I-TIME", "O", "B-COUNT", "O"]


def test_a_page_without_words_has_no_tags(tiny_tagger: Tagger) -> None:
    encoded = tiny_tagger.encoder.encode(Page("p", ""))
    assert grammar_tags(encoded.words, encoded.ranges).shape == (0,)


def test_the_mixture_is_log_linear_and_sums_to_one() -> None:
    scores = np.log(np.array([[0.6, 0.3, 0.1], [0.6, 0.3, 0.1]]))
    weights = [[0.0, 0.0, 0.0], [0.0, np.log(4), 0.0]]
    mixed = np.exp(with_grammar(scores, np.array([0, 1]), weights))
    np.testing.assert_allclose(mixed, [[0.6, 0.3, 0.1], [0.6 / 1.9, 1.2 / 1.9, 0.1 / 1.9]])
    assert with_grammar(scores, np.array([0, 1]), ()) is scores


def test_a_tagger_that_misses_times_learns_to_ask_the_grammar(tiny_tagger: Tagger) -> None:
    texts = ["عاد محمد أمس", "زار حلب في 5 مايو 2020 ثم عاد", "قتل 20 شخصا في حلب", "قال إن صلاة الجمعة أقيمت"]
    annotated = [
        "R|عاد <A>محمد</A> <T>أمس</T>",
        "R|زار <L>حلب</L> في <T>5 مايو 2020</T> ثم عاد",
        "R|قتل <C>20 شخصا</C> في <L>حلب</L>",
        "R|قال إن صلاة الجمعة أقيمت",
    ]
    pages = [parse_annotated(text, page_id=str(n)) for n, text in enumerate(annotated)] * 5
    assert [page.text for page in pages[:4]] == texts
    answers = []
    for page in pages:
        encoded = tiny_tagger.encoder.encode(page)
        answer = PageAnswers(encoded, tags=len(TAGS), classes=2)
        right, _ = spans_to_tags(encoded.words, page.spans)
        # Sure of names, sure too that «صلاة الجمعة» is no time, and unsure of times and counts.
        answer.tags[:] = np.log(0.02)
        for place, tag in enumerate(right):
            missed = tag[2:] in ("TIME", "COUNT")
            answer.tags[place, TAGS.index("O")] = np.log(0.5 if missed else 0.02)
            answer.tags[place, TAGS.index(tag)] = np.log(0.36 if missed else 0.84)
        if page.text == texts[3]:
            answer.tags[3] = np.log([0.9999] + [1e-5] * (len(TAGS) - 1))
        answer._classes[0], answer._subwords[0] = (0.9, 0.1), 1
        answers.append(answer)
    decoding = fit_decoding(answers, pages, TAGS)
    for page, answer in zip(pages, answers, strict=True):
        scores = tempered(answer.tags, decoding.tag_temperature)
        tags = grammar_tags(answer.page.words, answer.page.ranges)
        found = [TAGS[tag] for tag in best_tags(with_grammar(scores, tags, decoding.grammar), TAGS)]
        assert found == spans_to_tags(answer.page.words, page.spans)[0]


def test_the_grammars_weights_are_kept_in_the_folder_and_used(
    tiny_tagger: Tagger, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("grammar")
    # Each of the grammars' tags, and nothing else.
    grammar = tuple(tuple(50.0 if tag == told else -50.0 for tag in TAGS) for told in GRAMMAR_TAGS)
    tiny_tagger.model.save(folder, tiny_tagger.encoder.tokenizer, Settings(48, 8, replace(Decoding(), grammar=grammar)))
    assert load(folder)[2].decoding.grammar == grammar
    (page,) = Tagger.from_pretrained(folder, dtype="fp32").tag(["قتل 20 شخصا أمس الثلاثاء"])
    assert [(span.label, span.text) for span in page.spans] == [("COUNT", "20 شخصا"), ("TIME", "أمس الثلاثاء")]
    assert all(span.score is not None and span.score > 0.99 for span in page.spans)


@pytest.mark.parametrize(
    "again",
    [
        "مليون ", "ألف ", "آلاف ", "ألف و", "مئة و", "0.5 و", "نصف و", "خمسة وعشرون و", "1،234،",
        "٣ ملايين و", "بين 20 و", "3 أيام و", "يومين و", "ساعة ونصف و", "15 و", "الثاني و", "الثلاثاء ",
        "الثلاثاء، ", "صباح يوم ", "مساء أمس (", "يناير ", "عام 2020 ", "2020/", "12:30 ",
        "من الاثنين إلى ", "منذ ", "قبل ", "نحو ", "أكثر من ", "خلال ", "أول ", "حتى ",
    ],
)  # fmt: skip
def test_what_goes_on_and_on_is_read_in_the_time_of_its_length(again: str) -> None:
    def calls(times: int) -> int:
        page_words = words(again * times)
        with cProfile.Profile() as profile:
            grammar_tags(page_words, [range(len(page_words))])
        return pstats.Stats(profile).total_calls  # type: ignore[attr-defined, no-any-return]

    calls(10)  # fills what is remembered of words
    assert calls(600) < 2.5 * calls(300)
