"""The annotated-page format."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.annotated import format_annotated, parse_annotated, read_annotated, write_annotated
from khabar.labels import SPAN_LABELS
from khabar.pages import KhabarError, Page, Span, split_paragraphs
from khabar.text import words
from tests.conftest import ANNOTATED


def test_an_annotated_page_is_read() -> None:
    page = parse_annotated("R|أعلنت <A>باكو</A> ذلك <T>أمس</T>.\n\nB|  المصدر: <A>وكالة</A>  \n", page_id="x")
    assert page.text == "أعلنت باكو ذلك أمس.\nالمصدر: وكالة"
    assert [(p.start, p.end, p.label) for p in page.paragraphs] == [(0, 19, "report"), (20, 33, "boilerplate")]
    assert [(s.text, s.label, s.paragraph) for s in page.spans] == [
        ("باكو", "ACTOR", 0),
        ("أمس", "TIME", 0),
        ("وكالة", "ACTOR", 1),
    ]
    assert all(page.text[s.start : s.end] == s.text for s in page.spans)


def test_a_tag_of_the_page_itself_is_text() -> None:
    page = parse_annotated(r"R|رمز \<A> و\\<L>حلب</L> و\\\</T>", page_id="x")
    assert page.text == "رمز <A> و\\حلب و\\</T>"
    assert [(s.text, s.label) for s in page.spans] == [("حلب", "LOCATION")]
    assert format_annotated(page) == "R|رمز \\<A> و\\\\<L>حلب</L> و\\\\\\</T>\n"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("X|نص", "starts with 'X|', expected 'R|' or 'B|'"),
        ("نص بلا صنف", "expected 'R|' or 'B|'"),
        ("R|<A>باكو", "<A> is never closed"),
        ("R|<A>باكو</L>", "</L> is out of place"),
        ("R|<A>با<T>كو</T></A>", "<T> is out of place"),
        ("R|<A></A>باكو", "holds no text"),
        ("R|<A> </A>باكو", "holds no visible text"),
    ],
)
def test_a_broken_line_is_named(line: str, problem: str) -> None:
    with pytest.raises(KhabarError, match="line 2: ") as raised:
        parse_annotated(f"R|نص\n{line}", page_id="x")
    assert problem in str(raised.value)


TEXTS = st.text(alphabet="ابج <>/\\ALTCRB|\n\r\t.", max_size=80) | st.text(max_size=40)


@given(TEXTS, st.randoms(use_true_random=False))
def test_what_is_written_is_read_again(text: str, random: object) -> None:
    page = Page("p", text, paragraphs=split_paragraphs(text))
    for index, paragraph in enumerate(page.paragraphs):
        paragraph.label = random.choice(["report", "boilerplate"])  # type: ignore[attr-defined]
        for word in words(text, paragraph.start, paragraph.end):
            if random.random() < 0.4:  # type: ignore[attr-defined]
                label = random.choice(SPAN_LABELS)  # type: ignore[attr-defined]
                page.spans.append(Span(word.start, word.end, label, word.text, paragraph=index))
    again = parse_annotated(format_annotated(page), page_id="p")
    assert "".join(again.text.split()) == "".join(text.split())
    assert [p.label for p in again.paragraphs] == [p.label for p in page.paragraphs]
    assert [(s.text, s.label, s.paragraph) for s in again.spans] == [(s.text, s.label, s.paragraph) for s in page.spans]


def test_half_a_character_is_told_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(KhabarError, match=r"^page 'p': U\+D83D is half a character, and cannot be written$"):
        write_annotated([Page("p", "ب \ud83d", paragraphs=split_paragraphs("ب \ud83d"))], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folders_are_written_and_read_in_order(tmp_path: Path) -> None:
    pages = [parse_annotated(ANNOTATED, page_id=name) for name in ("b", "a/../c")]
    write_annotated(pages, tmp_path / "out")
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == ["a_.._c.txt", "b.txt"]
    assert [page.paragraphs for page in read_annotated(tmp_path / "out")] == [pages[0].paragraphs] * 2
    with pytest.raises(KhabarError, match="is there already"):
        write_annotated(
            [parse_annotated(ANNOTATED, page_id="a b"), parse_annotated(ANNOTATED, page_id="a/b")], tmp_path
        )
    with pytest.raises(KhabarError, match="no annotated pages in"):
        list(read_annotated(tmp_path / "nowhere"))
    (tmp_path / "bad.txt").write_bytes(b"R|\xff")
    with pytest.raises(KhabarError, match=r"bad\.txt: byte 2 is not UTF-8"):
        list(read_annotated(tmp_path / "bad.txt"))
