"""Windows: nothing is cut off, every word has a subword, and the stock tokenizer agrees."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from khabar.encoding import MAX_CHARACTERS, MAX_SUBWORDS, EncodedPage, PageEncoder, prepare_tokenizer
from khabar.pages import KhabarError, Page
from khabar.text import words
from tests.conftest import PAGE
from tests.test_text import HARD


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> PageEncoder:
    return PageEncoder(AutoTokenizer.from_pretrained(tiny_encoder), length=40, context=8)


def words_in_windows(page: EncodedPage) -> list[int]:
    return [word for window in page.windows for word in window.words if word >= 0]


def test_a_page_of_one_paragraph_is_encoded_as_the_stock_tokenizer_does(encoder: PageEncoder) -> None:
    for text in ["وزارة الدفاع (محمد).", "مُحَمَّدٌ في الخـــرطوم", 'قال: "12.5%" و5 G7', "ﻻ ﷲ ½ …"]:
        (window,) = encoder.encode(Page("p", text)).windows
        assert window.input_ids == encoder.tokenizer(text)["input_ids"]


def test_windows_hold_whole_paragraphs_and_carry_the_beginning(encoder: PageEncoder) -> None:
    page = encoder.encode(Page("p", PAGE))
    assert len(page.windows) > 2
    assert words_in_windows(page) == list(range(len(page.words)))
    first, *later = page.windows
    for window in later:
        carried = window.input_ids[1 : 1 + encoder.context]
        assert carried == first.input_ids[1 : 1 + encoder.context]
        assert window.words[: 2 + encoder.context] == [-1] * (2 + encoder.context)
    assert all(len(window) <= 40 for window in page.windows)


def test_a_title_is_carried_first(encoder: PageEncoder) -> None:
    page = encoder.encode(Page("p", PAGE, title="محمد في الخرطوم"))
    (title,) = encoder.encode(Page("t", "محمد في الخرطوم")).windows
    inside = title.input_ids[:-1]
    assert len(inside) < 1 + encoder.context
    for window in page.windows[1:]:
        carried = window.input_ids[: 1 + encoder.context]
        assert carried[: len(inside)] == inside
        assert carried[len(inside) :] == page.windows[0].input_ids[1 : 2 + encoder.context - len(inside)]


def test_a_long_paragraph_goes_on_in_the_next_window_after_a_sentence(encoder: PageEncoder) -> None:
    text = "محمد في الخرطوم . " * 30
    page = encoder.encode(Page("p", text.strip()))
    assert words_in_windows(page) == list(range(120))
    for window in page.windows[:-1]:
        last = max(window.words)
        assert page.words[last].text == "."


def test_marks_alone_and_very_long_words_have_subwords_too(encoder: PageEncoder) -> None:
    page = encoder.encode(Page("p", "ـــ " + "ب" * 5000 + " نص"))
    assert words_in_windows(page) == [0, 1, 2]
    assert page.shortened == 1
    assert len(page.words[1].text) > MAX_CHARACTERS
    (window,) = page.windows
    assert window.input_ids.count(encoder.unknown) >= 1
    assert len(window) <= 3 + 2 * MAX_SUBWORDS + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.text(alphabet=HARD + "محمد.،؛ \n", max_size=400) | st.text(max_size=200))
def test_every_word_of_any_page_is_in_one_window_once(encoder: PageEncoder, text: str) -> None:
    page = encoder.encode(Page("p", text))
    assert words_in_windows(page) == list(range(len(page.words)))
    assert [w.text for w in page.words] == [w.text for w in words(text)]
    for window in page.windows:
        assert 2 <= len(window) <= 40
        assert len(window.input_ids) == len(window.words) == len(window.paragraphs)
        for word, paragraph in zip(window.words, window.paragraphs, strict=True):
            assert word < 0 or word in page.ranges[paragraph]


def test_a_prepared_tokenizer_survives_saving(tiny_encoder: Path, tmp_path: Path) -> None:
    tokenizer = prepare_tokenizer(AutoTokenizer.from_pretrained(tiny_encoder))
    tokenizer.save_pretrained(tmp_path)
    again = prepare_tokenizer(AutoTokenizer.from_pretrained(tmp_path))
    text = "وَزَارَةُ الدفـاع\u200f (أمس) 1.5"
    assert again(text)["input_ids"] == tokenizer(text)["input_ids"]
    assert again.backend_tokenizer.to_str() == tokenizer.backend_tokenizer.to_str()
    assert again.model_max_length == 512
    assert again.unk_token_id not in again("وَزَارَةُ الدفـاع")["input_ids"]


def test_a_window_too_small_for_a_word_is_refused(tiny_encoder: Path) -> None:
    with pytest.raises(KhabarError, match=r"window\.length=16: expected at least 19"):
        PageEncoder(AutoTokenizer.from_pretrained(tiny_encoder), length=16, context=8)


def test_preparing_leaves_the_given_tokenizer_as_it_was(tiny_encoder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    before = tokenizer.backend_tokenizer.to_str()
    prepare_tokenizer(tokenizer)
    assert tokenizer.backend_tokenizer.to_str() == before
