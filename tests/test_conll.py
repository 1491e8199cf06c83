"""CoNLL columns in and out, with any labels and schemes."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.annotated import parse_annotated
from khabar.conll import Sentence, conll_page, page_sentences, parse_conll, read_conll, to_iob2, write_document
from khabar.pages import KhabarError
from tests.conftest import ANNOTATED


def test_word_and_tag_are_the_first_and_the_last_column(tmp_path: Path) -> None:
    path = tmp_path / "news.conll"
    path.write_text(
        "\ufeff-DOCSTART- -X- O O\n\nوصل VBD B-VP O\nمحمد\tNNP\tB-NP\tB-PERS\nعلي NNP I-NP I-PERS\n\n\n. . O O\n"
        "-DOCSTART- -X- O O\n\nحلب NNP B-NP B-LOC",
        "utf-8",
    )
    assert list(read_conll(path)) == [
        [Sentence(["وصل", "محمد", "علي"], ["O", "B-PERS", "I-PERS"]), Sentence(["."], ["O"])],
        [Sentence(["حلب"], ["B-LOC"])],
    ]


def test_a_file_without_documents_is_one() -> None:
    assert list(parse_conll(["المفرق B-LOC\n", "\n", "غيث B-PERS\n"])) == [
        [Sentence(["المفرق"], ["B-LOC"]), Sentence(["غيث"], ["B-PERS"])]
    ]
    assert list(parse_conll(["\n"])) == []


def test_an_empty_document_keeps_its_place() -> None:
    assert list(parse_conll(["-DOCSTART- O\n", "\n", "-DOCSTART- O\n", "\n", "حلب O\n"])) == [
        [],
        [Sentence(["حلب"], ["O"])],
    ]


@pytest.mark.parametrize(
    ("given_tags", "iob2"),
    [
        ("I-A I-A O I-A B-A I-B", "B-A I-A O B-A B-A B-B"),
        ("B-A E-A S-B O B-A I-A E-A", "B-A I-A B-B O B-A I-A I-A"),
        ("U-A B-A L-A O I-A", "B-A B-A I-A O B-A"),
    ],
)
def test_every_scheme_becomes_iob2(given_tags: str, iob2: str) -> None:
    assert to_iob2(given_tags.split()) == iob2.split()


@pytest.mark.parametrize(("line", "found"), [("حلب", "no tag"), ("حلب LOC", "tag 'LOC'"), ("حلب B-", "tag 'B-'")])
def test_a_broken_line_is_named(line: str, found: str) -> None:
    with pytest.raises(KhabarError, match=r"^f\.conll, line 2: ") as raised:
        list(parse_conll(["وصل O", line], name="f.conll"))
    assert f"{found}, expected WORD TAG" in str(raised.value)


def test_a_document_is_a_page_with_its_own_labels() -> None:
    page = conll_page(
        [Sentence(["زار", "محمد", "علي"], ["O", "B-PERS", "I-PERS"]), Sentence(["حلب"], ["B-LOC"])], page_id="d"
    )
    assert page.text == "زار محمد علي\nحلب"
    assert [(p.start, p.end) for p in page.paragraphs] == [(0, 12), (13, 16)]
    assert [(s.text, s.label, s.paragraph) for s in page.spans] == [("محمد علي", "PERS", 0), ("حلب", "LOC", 1)]
    assert all(page.text[s.start : s.end] == s.text for s in page.spans)


def test_a_page_is_written_as_columns() -> None:
    file = io.StringIO()
    page = parse_annotated("R|أعلنت <A>وزارة الصحة</A> <T>أمس</T>.\nB|المصدر", page_id="p")
    sentences, inexact = page_sentences(page)
    write_document(file, sentences)
    assert inexact == 0
    assert file.getvalue() == ("-DOCSTART- O\n\nأعلنت O\nوزارة B-ACTOR\nالصحة I-ACTOR\nأمس B-TIME\n. O\n\nالمصدر O\n\n")


def test_spans_inside_words_are_counted() -> None:
    page = parse_annotated("R|و<A>روسيا</A> اليوم", page_id="p")
    assert page_sentences(page) == ([Sentence(["وروسيا", "اليوم"], ["B-ACTOR", "O"])], 1)


WORD = st.text(st.characters(exclude_categories=["Zs", "Zl", "Zp", "Cc", "Cs"]), min_size=1).filter(
    lambda word: word != "-DOCSTART-" and not word.startswith("\ufeff")
)
TAG = st.sampled_from(["O", "B-A", "I-A", "B-LOC", "I-LOC"])
SENTENCE = st.lists(st.tuples(WORD, TAG), min_size=1, max_size=6).map(
    lambda rows: Sentence([word for word, _ in rows], to_iob2([tag for _, tag in rows]))
)


@settings(max_examples=50)
@given(st.lists(st.lists(SENTENCE, max_size=3), max_size=3))
def test_what_is_written_is_read_again(documents: list[list[Sentence]]) -> None:
    file = io.StringIO()
    for document in documents:
        write_document(file, document)
    assert list(parse_conll(io.StringIO(file.getvalue()))) == documents


def test_a_page_comes_back_with_its_spans() -> None:
    page = parse_annotated(ANNOTATED, page_id="p")
    file = io.StringIO()
    write_document(file, page_sentences(page)[0])
    (document,) = parse_conll(io.StringIO(file.getvalue()))
    again = conll_page(document, page_id="p")
    assert [(s.text, s.label, s.paragraph) for s in again.spans] == [(s.text, s.label, s.paragraph) for s in page.spans]
