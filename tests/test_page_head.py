"""The page head: what the whole page says of its paragraphs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from khabar.annotated import parse_annotated
from khabar.config import TrainingConfig
from khabar.examples import LabelledPage
from khabar.labels import PARAGRAPH_LABELS
from khabar.model import PARAGRAPH_FEATURES, Settings, TaggerModel, load
from khabar.page_head import PageHead, ReadPage, classify, fit_page_head
from khabar.page_training import LEAST_PAGES, train_page_head
from khabar.pages import KhabarError, Page, Paragraph
from khabar.tagging import Tagger
from khabar.text import words

HIDDEN = 6


def page_with_a_turn(length: int, turn: int, generator: torch.Generator) -> ReadPage:
    """Report up to the paragraph ``turn``, whose vector says that another story begins; furniture from there on."""
    vectors = 0.1 * torch.randn(length, HIDDEN, generator=generator)
    vectors[turn, 0] += 2
    targets = torch.zeros(length, 2)
    targets[:turn, 0] = 1
    targets[turn:, 1] = 1
    return ReadPage(vectors, torch.zeros(length, PARAGRAPH_FEATURES), targets)


@pytest.fixture(scope="module")
def pages() -> list[ReadPage]:
    generator = torch.Generator().manual_seed(5)
    return [page_with_a_turn(4 + number % 7, 1 + number % 3, generator) for number in range(160)]


@pytest.fixture(scope="module")
def learned(pages: list[ReadPage]) -> PageHead:
    head = fit_page_head(pages[:130], epochs=40, seed=1)
    assert head is not None
    return head


def test_it_learns_what_only_the_page_tells(learned: PageHead, pages: list[ReadPage]) -> None:
    # After the turn all vectors are alike, before and behind: no paragraph by itself says which it is.
    for page, probabilities in zip(pages[130:], classify(learned, pages[130:]), strict=True):
        assert page.targets is not None
        assert probabilities.argmax(-1).tolist() == page.targets.argmax(-1).tolist()
        torch.testing.assert_close(probabilities.sum(-1), torch.ones(len(page.vectors)))


def test_pages_do_not_tell_of_one_another(learned: PageHead, pages: list[ReadPage]) -> None:
    together = list(classify(learned, pages[:40]))
    for page, probabilities in zip(pages[:40], together, strict=True):
        torch.testing.assert_close(next(classify(learned, [page])), probabilities)


def test_the_same_seed_gives_the_same_head(pages: list[ReadPage]) -> None:
    first, second = (fit_page_head(pages[:20], epochs=2, seed=3) for _ in range(2))
    assert first is not None
    assert second is not None
    for one, other in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_it_goes_on_from_a_head_and_leaves_that_one_alone(learned: PageHead, pages: list[ReadPage]) -> None:
    before = {name: weight.clone() for name, weight in learned.state_dict().items()}
    continued = fit_page_head(pages[:20], epochs=1, seed=3, start=learned)
    assert continued is not None
    assert any(not torch.equal(weight, before[name]) for name, weight in continued.state_dict().items())
    assert all(torch.equal(weight, before[name]) for name, weight in learned.state_dict().items())
    assert fit_page_head([], epochs=1, seed=3, start=learned) is learned
    assert fit_page_head([], epochs=1, seed=3) is None


@pytest.fixture(scope="module")
def folder(tiny_tagger: Tagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagger whose page head calls every paragraph boilerplate."""
    folder = tmp_path_factory.mktemp("paged")
    model = tiny_tagger.model
    head = PageHead(model.token_classifier.config.hidden_size, PARAGRAPH_FEATURES)
    with torch.no_grad():
        head.out.weight.zero_()
        head.out.bias.copy_(torch.tensor([-3.0, 3.0]))
    model.page_head = head
    try:
        model.save(folder, tiny_tagger.encoder.tokenizer, Settings(48, 8))
    finally:
        model.page_head = None
    return folder


def test_it_is_kept_in_the_folder_and_has_the_say(folder: Path, tiny_tagger: Tagger) -> None:
    tagger = Tagger.from_pretrained(folder, dtype="fp32")
    assert tagger.model.page_head is not None
    (page,) = tagger.tag(["عاد محمد أمس\nالمصدر: وكالة الأنباء\nزار حلب"])
    expected = 1 / (1 + torch.exp(torch.tensor(-6.0))).item()
    assert [p.label for p in page.paragraphs] == [PARAGRAPH_LABELS[1]] * 3
    assert [p.score for p in page.paragraphs] == pytest.approx([expected] * 3, abs=1e-4)
    (without,) = tiny_tagger.tag([page.text])
    assert [(s.start, s.end, s.label) for s in page.spans] == [(s.start, s.end, s.label) for s in without.spans]


def test_a_page_without_words_keeps_an_even_class(folder: Path) -> None:
    tagger = Tagger.from_pretrained(folder, dtype="fp32")
    (empty, marks) = tagger.tag([Page("empty", ""), Page("marks", "\u200f\u200f")])
    assert (empty.paragraphs, empty.error) == ([], None)
    assert [p.score for p in marks.paragraphs] == [0.5]


def test_a_page_head_that_lacks_weights_is_told(folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    weights = load_file(damaged / "model.safetensors")
    del weights["page_head.out.bias"]
    save_file(weights, damaged / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(KhabarError, match=r"lacks 1 weights \(first: page_head\.out\.bias\)"):
        load(damaged)


@pytest.fixture(scope="module")
def annotated() -> list[LabelledPage]:
    text = "R|عاد <A>محمد</A> <T>أمس</T>\nB|المصدر: وكالة\nR|زار <L>حلب</L>"
    return [LabelledPage(parse_annotated(text, page_id=str(number))) for number in range(LEAST_PAGES)]


def config_for(tmp_path: Path, **page_head: float) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {"encoder": "-", "output": tmp_path, "data": {"annotated": "-", "noised_share": 0.5}, "page_head": page_head}
    )


def test_it_is_trained_on_what_the_encoder_says(
    tiny_tagger: Tagger, annotated: list[LabelledPage], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, encoder = tiny_tagger.model, tiny_tagger.encoder
    config = config_for(tmp_path, epochs=60, composed_share=0)
    head = train_page_head(model, encoder, annotated, config, start=None)
    assert "page head: 100 pages, 0 of them composed anew" in capsys.readouterr().out
    paged = TaggerModel(model.token_classifier, head)
    page = annotated[0].page
    (found,) = Tagger(paged, encoder, tiny_tagger.device).tag([page.reset()])
    assert [p.label for p in found.paragraphs] == [p.label for p in page.paragraphs]
    assert model.page_head is None


def test_pages_are_composed_anew_for_it(
    tiny_tagger: Tagger, annotated: list[LabelledPage], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train_page_head(
        tiny_tagger.model,
        tiny_tagger.encoder,
        annotated,
        config_for(tmp_path, epochs=1, composed_share=0.25),
        start=None,
    )
    assert "page head: 125 pages, 25 of them composed anew" in capsys.readouterr().out


def test_few_pages_train_none(
    tiny_tagger: Tagger, annotated: list[LabelledPage], tmp_path: Path, learned: PageHead
) -> None:
    model, encoder = tiny_tagger.model, tiny_tagger.encoder
    page = annotated[0].page
    unclassed = Page("", page.text, paragraphs=[Paragraph(p.start, p.end, probabilities={}) for p in page.paragraphs])
    unclassed.words = [(word.start, word.end, {"O": 1.0}) for word in words(page.text)]
    for silent in (LabelledPage(page, 0.0), LabelledPage(unclassed)):
        few = [*annotated[1:], silent]
        assert train_page_head(model, encoder, few, config_for(tmp_path, epochs=1), start=None) is None
    assert train_page_head(model, encoder, few, config_for(tmp_path, epochs=1), start=learned) is learned
    assert train_page_head(model, encoder, annotated, config_for(tmp_path, epochs=0), start=learned) is learned
