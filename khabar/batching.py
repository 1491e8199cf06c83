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
from khabar.pages import KhabarError

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

    ``tags``: log-probabilities of each word's tags, from the word's first subword or, where ``mean`` is asked for,
    from the mean of its subwords' scores (a linear head's answer to their mean state). Shape: (words, tags).
    ``paragraphs``: probabilities of each paragraph's classes; those of a paragraph that spans windows are averaged
    by its subwords in each. Shape: (paragraphs, classes).
    ``failed``: why a window of the page got no answer, where one did not.
    """

    def __init__(self, page: EncodedPage, *, tags: int, classes: int, mean: bool = False) -> None:
        self.page = page
        self._mean = mean
        self.failed: str | None = None
        self.tags: Floats = np.zeros((len(page.words), tags), dtype=np.float32)
        self._classes = np.zeros((len(page.paragraphs), classes))
        self._subwords = np.zeros(len(page.paragraphs))

    def add(self, window: Window, tag_scores: Floats, class_probabilities: Floats) -> None:
        """Takes a window's answers: log-probabilities (subwords, tags), probabilities (slots, classes)."""
        words = np.asarray(window.words)
        first = np.flatnonzero(words >= 0)
        self.tags[words[first]] = _means_of_words(tag_scores, window) if self._mean else tag_scores[first]
        counts = np.bincount([p for p in window.paragraphs if p >= 0], minlength=len(self._subwords))
        for slot, paragraph in enumerate(paragraphs_of(window)):
            self._classes[paragraph] += counts[paragraph] * class_probabilities[slot]
            self._subwords[paragraph] += counts[paragraph]

    def check(self) -> None:
        """Raises KhabarError where a window of the page got no answer, or one that is no number."""
        if self.failed is not None:
            raise KhabarError(self.failed)
        if not (np.isfinite(self.paragraphs).all() and np.isfinite(self.tags).all()):
            raise KhabarError("the model's scores are not numbers; it was trained or stored wrongly")

    @property
    def paragraphs(self) -> npt.NDArray[np.float64]:
        # A paragraph without a word (bidi marks only) is in no window; its class is left even.
        seen = np.maximum(self._subwords, 1)[:, None]
        even = 1 / self._classes.shape[1]
        return np.asarray(np.where(self._subwords[:, None] > 0, self._classes / seen, even))


def _means_of_words(tag_scores: Floats, window: Window) -> Floats:
    """Log-probabilities from the mean of each word's subwords' scores. Shape: (subwords, tags) -> (words, tags)."""
    starts = np.asarray(window.words) >= 0
    # A separator between paragraphs belongs to none, so only a paragraph's own subwords follow a word's start.
    inside = np.asarray(window.paragraphs) >= 0
    owners = (np.cumsum(starts) - 1)[inside]
    sums = np.zeros((int(starts.sum()), tag_scores.shape[1]), dtype=np.float32)
    np.add.at(sums, owners, tag_scores[inside])
    means = sums / np.bincount(owners, minlength=len(sums))[:, None]
    scores = means - np.logaddexp.reduce(means, axis=1, keepdims=True)
    return scores.astype(np.float32)
