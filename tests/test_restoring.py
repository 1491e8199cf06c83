"""Hidden words: whole ones, the asked share, and a head that learns to restore them."""

from __future__ import annotations

from pathlib import Path

import torch

from khabar.examples import LabelledPage, TrainingCollator, make_dataset
from khabar.model import from_encoder
from khabar.pages import Page, split_paragraphs
from khabar.restoring import Masking, RestoringModel
from khabar.tagging import Tagger


def test_words_are_hidden_whole_and_nothing_else() -> None:
    torch.manual_seed(0)
    ids = torch.arange(10, 22).repeat(400, 1)
    #                      [CLS] carried  word  word of three  word  [SEP]  padding
    starts = torch.tensor([0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0]).bool().repeat(400, 1)
    slots = torch.tensor([-1, -1, -1, -1, 0, 0, 0, 0, 1, -1, -1, -1]).repeat(400, 1)
    masked, hidden = Masking(mask=4, share=0.3)(ids, starts, slots)
    assert not hidden[:, [0, 1, 2, 3, 9, 10, 11]].any()
    assert (hidden[:, 5] == hidden[:, 6]).all()
    assert (hidden[:, 5] == hidden[:, 7]).all()
    assert torch.equal(masked, torch.where(hidden, 4, ids))
    for column in (4, 5, 8):
        assert 0.2 < hidden[:, column].float().mean() < 0.4
    _, nothing = Masking(mask=4, share=0.0)(ids, starts, slots)
    assert not nothing.any()


def test_hidden_words_are_learned_back(tiny_encoder: Path, tiny_tagger: Tagger) -> None:
    torch.manual_seed(0)
    text = "وزارة الدفاع أمس محمد الخرطوم"
    page = Page("p", text, paragraphs=split_paragraphs(text))
    page.paragraphs[0].probabilities = {}
    page.words = [(w.start, w.end, {}) for w in tiny_tagger.encoder.encode(page).words]
    tagger, _ = from_encoder(str(tiny_encoder), dropout=0.0)
    dataset, _ = make_dataset([LabelledPage(page)], tiny_tagger.encoder, tagger.tags)
    batch = TrainingCollator(pad=tiny_tagger.encoder.pad)([dataset[0]])
    whole, slots = batch["input_ids"], batch["slots"]
    model = RestoringModel(tagger)
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    masking = Masking(mask=4, share=0.4)
    losses = []
    for _ in range(60):
        ids, hidden = masking(whole, batch["starts"], slots)
        inputs = {"attention_mask": batch["attention_mask"], "slots": slots, "features": batch["features"]}
        tags, classes, restored = model(hidden=hidden, input_ids=ids, **inputs)
        assert tags.shape == (*whole.shape, 9)
        assert classes.shape == (1, 1, 2)
        assert len(restored) == hidden.sum()
        if not len(restored):
            continue
        loss = torch.nn.functional.cross_entropy(restored, whole[hidden])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert sum(losses[-10:]) / 10 < 0.3 < losses[0]
