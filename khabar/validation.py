"""How good a model is while it learns: held-out pages are tagged as it stands, or their hidden words restored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import torch
from torch import Tensor, nn

from khabar.calibration import fit_decoding, fit_span_scaling
from khabar.composing import compose_pages
from khabar.devices import Device
from khabar.encoding import PageEncoder
from khabar.metrics import score_in_order, word_scores
from khabar.model import Decoding
from khabar.pages import Page
from khabar.restoring import Masking, RestoringModel
from khabar.tagging import Tagger, fill
from khabar.token_labels import LabelledTokens, score_tokens
from khabar.trainer import tagger_of


class _TaggingValidator:
    """Tags held-out pages with the model as it stands."""

    def __init__(self, encoder: PageEncoder, device: Device, decoding: Decoding) -> None:
        self._encoder = encoder
        self._device = replace(device, precision="fp32")
        self._decoding = decoding

    def _tagger(self, model: nn.Module) -> Tagger:
        return Tagger(tagger_of(model), self._encoder, self._device, self._decoding)


class PageValidator(_TaggingValidator):
    """Scores annotated (or weakly labelled) pages: strict span F1 (seqeval) and paragraph macro F1."""

    def __init__(self, encoder: PageEncoder, device: Device, decoding: Decoding, gold: Sequence[Page]) -> None:
        super().__init__(encoder, device, decoding)
        self._gold = gold

    def metrics(self, model: nn.Module) -> dict[str, float]:
        """``spans``, ``paragraphs``, and ``score``, their mean."""
        predicted = self._tagger(model).tag(self._gold)
        spans = word_scores(predicted, self._gold)["micro avg"]["f1-score"]
        paragraphs = score_in_order(predicted, self._gold).paragraph_macro_f1
        return {"spans": spans, "paragraphs": paragraphs, "score": (spans + paragraphs) / 2}

    def fit_decoding(self, model: nn.Module, seed: int) -> Decoding:
        """Temperatures, paragraph chain and spans' scaling, from annotated held-out pages and as many composed of them.

        Weak labels fit nothing: they are what the sources made of the pages, not what is right. Without annotated
        pages a tagger that is continued answers as it did before.
        """
        pages = [page for page in self._gold if page.words is None]
        if not pages:
            return self._decoding
        pages += compose_pages(pages, 1.0, seed)
        tagger = self._tagger(model)
        answers = tagger.answer(pages)
        fitted = replace(
            fit_decoding(answers, pages, tagger.tags),
            subwords=self._decoding.subwords,
            constrained=self._decoding.constrained,
        )
        told = [page.reset() for page in pages]
        for page, answer in zip(told, answers, strict=True):
            fill(page, answer, tagger.tags, fitted)
        scored = [span for page in score_in_order(told, pages).pages for span in page.scored_spans]
        return replace(fitted, span_scaling=fit_span_scaling(scored))


class TokenValidator(_TaggingValidator):
    """Scores token labels: strict span F1 (seqeval) over the file's own tokens."""

    def __init__(
        self, encoder: PageEncoder, device: Device, decoding: Decoding, gold: Sequence[LabelledTokens]
    ) -> None:
        super().__init__(encoder, device, decoding)
        self._gold = gold

    def metrics(self, model: nn.Module) -> dict[str, float]:
        """``spans``, which is the ``score`` too."""
        spans = score_tokens(self._tagger(model).tag(page.page for page in self._gold), self._gold).f1
        return {"spans": spans, "score": spans}

    def fit_decoding(self, model: nn.Module, seed: int) -> Decoding:
        """The plain one: temperatures are fitted on pages whose paragraphs have classes."""
        return self._decoding


class RestoringValidator:
    """Scores how many hidden subwords of held-out windows are restored, the same ones each time."""

    def __init__(self, windows: Any, collate: Callable[[Any], dict[str, Tensor]], masking: Masking, batch: int) -> None:
        self._windows = windows
        self._collate = collate
        self._masking = masking
        self._batch = batch

    @torch.no_grad()
    def metrics(self, model: nn.Module) -> dict[str, float]:
        """``restored``: the share restored, which is the ``score`` too; ``restoring_loss``: their cross-entropy."""
        model.eval()
        restoring = cast(RestoringModel, model)
        device = next(model.parameters()).device
        generator = torch.Generator().manual_seed(0)
        right = hidden_subwords = 0
        loss = 0.0
        for first in range(0, len(self._windows), self._batch):
            rows = [self._windows[i] for i in range(first, min(first + self._batch, len(self._windows)))]
            batch = {name: tensor.to(device) for name, tensor in self._collate(rows).items()}
            whole = batch["input_ids"]
            ids, hidden = self._masking(whole, batch["starts"], batch["slots"], generator)
            inputs = {name: batch[name] for name in ("attention_mask", "slots", "features")}
            logits = restoring(hidden=hidden, input_ids=ids, **inputs)[2].float()
            right += int((logits.argmax(-1) == whole[hidden]).sum())
            hidden_subwords += int(hidden.sum())
            loss += float(nn.functional.cross_entropy(logits, whole[hidden], reduction="sum"))
        share = right / max(hidden_subwords, 1)
        return {"restored": share, "restoring_loss": loss / max(hidden_subwords, 1), "score": share}
