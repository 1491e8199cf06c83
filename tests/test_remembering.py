"""What functions say of words is kept, up to a bound, and no longer."""

import pytest

from khabar import remembering
from khabar.remembering import remembered
from khabar.text import fold


def test_a_word_is_asked_about_once() -> None:
    asked: list[str] = []

    @remembered
    def length(word: str) -> int | None:
        asked.append(word)
        return len(word) or None

    assert [length(word) for word in ("", "دار", "", "دار", "دور")] == [None, 3, None, 3, 3]
    assert asked == ["", "دار", "دور"]


def test_all_is_forgotten_when_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "WORDS_REMEMBERED", 3)
    asked: list[str] = []

    @remembered
    def same(word: str) -> str:
        asked.append(word)
        return word

    assert [same(word) for word in "abcdabcd"] == list("abcdabcd")
    # a b c | d a b | c d
    assert asked == list("abcdabcd")
    assert [same(word) for word in "cd"] == ["c", "d"]
    assert len(asked) == 8


def test_words_stay_right_after_more_than_are_remembered() -> None:
    before = fold("أُولى")
    for number in range(remembering.WORDS_REMEMBERED + 10):
        fold(f"ك{number}")
    assert fold("أُولى") == before == "اولي"
