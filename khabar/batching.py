"""Windows -> tensors for the tagger, and its logits -> answers about words and paragraphs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from khabar.encoding import EncodedPage, Window

Floats = npt.NDArray[np.float32]


def paragraph_features(page: EncodedPage) -> Floats:
    """What the paragraph head is told of each paragraph besides its subwords. Shape: (paragraphs, 4).

    Its distance from the page's first and last paragraph (logarithms), its relative place, and the logarithm of its
    length in words, each scaled to about 0 to 1.
    """
    count = len(page.paragraphs)
    features = [
        (math.log1p(i) / 5, math.log1p(count - 1 - i) / 5, i / max(count - 1, 1), math.log1p(len(page.ranges[i])) / 5)
        for i in range(count)
    ]
    return np.asarray(features, dtype=np.float32).reshape(count, 4)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded windows; see :meth:`khabar.model.TaggerModel.forward` for the shapes."""

    input_ids: Tensor
    attention_mask: Tensor
    slots: Tensor
    features: Tensor

    def to(self, device: torch.device) -> dict[str, Tensor]:
        return {name: getattr(self, name).to(device) for name in ("input_ids", "attention_mask", "slots", "features")}


def paragraphs_of(window: Window) -> list[int]:
    """The indices of the paragraphs that a window holds, in order; their places in it are their slots."""
    return sorted({paragraph for paragraph in window.paragraphs if paragraph >= 0})


def collate(windows: Sequence[Window], features: Sequence[Floats], *, pad: int) -> Batch:
    """Pads windows into one batch; ``features`` are those of the paragraphs that each window holds, in order."""
    longest = max(len(window) for window in windows)
    held = [paragraphs_of(window) for window in windows]
    ids = torch.full((len(windows), longest), pad)
    slots = torch.full((len(windows), longest), -1)
    told = torch.zeros(len(windows), max(1, *map(len, held)), 4)
    for row, (window, paragraphs) in enumerate(zip(windows, held, strict=True)):
        place = {paragraph: slot for slot, paragraph in enumerate(paragraphs)} | {-1: -1}
        ids[row, : len(window)] = torch.tensor(window.input_ids)
        slots[row, : len(window)] = torch.tensor([place[paragraph] for paragraph in window.paragraphs])
        if paragraphs:
            told[row, : len(paragraphs)] = torch.from_numpy(features[row])
    lengths = torch.tensor([len(window) for window in windows])
    attention = (torch.arange(longest)[None, :] < lengths[:, None]).long()
    return Batch(ids, attention, slots, told)


def batches_by_length(windows: Sequence[Window], tokens: int) -> Iterator[list[int]]:
    """Indices of windows in batches of at most ``tokens`` padded subwords, longest windows first."""
    order = sorted(range(len(windows)), key=lambda index: (-len(windows[index]), index))
    batch: list[int] = []
    for index in order:
        if batch and (len(batch) + 1) * len(windows[batch[0]]) > tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


class PageAnswers:
    """Gathers the heads' answers about one page from its windows.

    ``tags``: log-probabilities of each word's tags, from the word's first subword. Shape: (words, tags).
    ``paragraphs``: probabilities of each paragraph's classes; those of a paragraph that spans windows are averaged
    by its subwords in each. Shape: (paragraphs, classes).
    """

    def __init__(self, page: EncodedPage, *, tags: int, classes: int) -> None:
        self.page = page
        self.tags: Floats = np.zeros((len(page.words), tags), dtype=np.float32)
        self._classes = np.zeros((len(page.paragraphs), classes))
        self._subwords = np.zeros(len(page.paragraphs))

    def add(self, window: Window, tag_scores: Floats, class_probabilities: Floats) -> None:
        """Takes a window's answers: log-probabilities (subwords, tags), probabilities (slots, classes)."""
        words = np.asarray(window.words)
        first = np.flatnonzero(words >= 0)
        self.tags[words[first]] = tag_scores[first]
        counts = np.bincount([p for p in window.paragraphs if p >= 0], minlength=len(self._subwords))
        for slot, paragraph in enumerate(paragraphs_of(window)):
            self._classes[paragraph] += counts[paragraph] * class_probabilities[slot]
            self._subwords[paragraph] += counts[paragraph]

    @property
    def paragraphs(self) -> npt.NDArray[np.float64]:
        # A paragraph without a word (bidi marks only) is in no window; its class is left even.
        seen = np.maximum(self._subwords, 1)[:, None]
        even = 1 / self._classes.shape[1]
        return np.asarray(np.where(self._subwords[:, None] > 0, self._classes / seen, even))
