"""Pages that no newsroom writes, through every source and the majority vote: they are labelled, and soon."""

from __future__ import annotations

import pytest

from khabar.pages import Page
from khabar.text import normalise
from khabar.weak.labelling import Labeller
from khabar.weak.majority import MajorityVote
from khabar.weak.sources import load_sources

SENTENCE = "أعلنت وزارة الصحة السودانية أمس أن 12 شخصا قتلوا في الخرطوم. "
WORDS_OF_SENTENCE = 12
#: Kashida, diacritics, an alif above, a combining mark of no script, an enclosing mark, a variation selector.
NOTHINGS = ["ـ", "ـــ", "\u064b", "\u0651\u064e", "\u0670", "ـ\u064b", "\u0300", "\u20dd", "\ufe0f"]
FRAMES = [
    "{0}",
    "{0} {0}\n{0}",
    " {0} ".join(SENTENCE.split()),
    "في {0} عام {0} يوم {0} الثلاثاء",
    "12 {0} 13{0} {0}12 {0}: ({0}) «{0}»",
    "بين {0} و{0}",
    "قال وزير {0} الخارجية {0} الروسي {0}",
    "المصدر: {0}",
]


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller(MajorityVote(load_sources()))


def label(labeller: Labeller, text: str) -> Page:
    """The page with weak labels; checks that they came without an error and at the right places.

    What grows with the square of a page's length would take minutes on the long ones here.
    """
    page = labeller.label(Page("p", text))
    assert page.error is None
    assert page.text == text
    assert page.words is not None
    starts, ends = {word[0] for word in page.words}, {word[1] for word in page.words}
    for span in page.spans:
        paragraph = page.paragraphs[span.paragraph]
        assert text[span.start : span.end] == span.text
        assert paragraph.start <= span.start < span.end <= paragraph.end
        assert span.start in starts
        assert span.end in ends
    return page


@pytest.mark.parametrize("blank", ["", " ", "\n\n\r\n", "\u200f\n\u200b", "\ufeff"])
def test_pages_without_a_word(labeller: Labeller, blank: str) -> None:
    page = label(labeller, blank)
    assert (page.spans, page.words) == ([], [])


@pytest.mark.parametrize("nothing", NOTHINGS)
def test_words_that_fold_to_nothing(labeller: Labeller, nothing: str) -> None:
    for frame in FRAMES:
        label(labeller, frame.format(nothing))


def test_line_of_a_megabyte(labeller: Labeller) -> None:
    times = 1_000_000 // len(SENTENCE.encode()) + 1
    page = label(labeller, SENTENCE * times)
    assert page.words is not None
    assert len(page.words) == times * WORDS_OF_SENTENCE
    assert [span.text for span in page.spans] == ["وزارة الصحة السودانية", "أمس", "12 شخصا", "الخرطوم"] * times


def test_twenty_thousand_paragraphs_of_one_word(labeller: Labeller) -> None:
    kinds = ["كلمة", "12", "سوريا", "محمد", "وزير", "أمس", "المصدر:", "#خبر", "2020", "ـ"]
    page = label(labeller, "\n".join(kinds * 2000))
    assert len(page.paragraphs) == 20_000


@pytest.mark.parametrize(
    "word",
    ["محمد", "وزير", "شركة", "مدينة", "المتحدث باسم", "الأمين العام ل", "بن", "2020", "يناير", "12", "«", "سوريا و"],
)
def test_a_word_that_never_ends(labeller: Labeller, word: str) -> None:
    label(labeller, f"{word} " * 12_000)


@pytest.mark.parametrize(
    "after", ["", "/1/2020", "/1", "-1-2020", " مارس", ". مارس", ":30", "%", " شخصا", "." + "1" * 9000]
)
def test_number_of_more_digits_than_python_reads(labeller: Labeller, after: str) -> None:
    label(labeller, "1" * 9000 + after)
    label(labeller, f"عام {'1' * 9000}{after}")


@pytest.mark.parametrize(("digit", "value"), [("፩", "1"), ("᧚", "1"), ("५", "5"), ("٥", "5"), ("۵", "5"), ("²", "2")])
def test_digits_of_every_script_are_digits(labeller: Labeller, digit: str, value: str) -> None:
    assert normalise(f"x{digit}") == f"x{value}"
    for frame in (
        "{0}",
        "{0} مارس",
        "الساعة {0}:{0}{0}",
        "{0}/{0}/2020",
        "المادة {0}",
        "عام {0}{0}{0}{0}",
        "{0} آلاف شخص",
    ):
        label(labeller, frame.format(digit))
