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

#: How short a window in a batch may be beside the longest.
_LEAST_LENGTH = 7 / 8


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
    lengths = np.array([len(window) for window in windows])
    held = [paragraphs_of(window) for window in windows]
    ids = np.full((len(windows), lengths.max()), pad)
    slots = np.full_like(ids, -1)
    told = np.zeros((len(windows), max(1, *map(len, held)), 4), dtype=np.float32)
    for row, (window, paragraphs) in enumerate(zip(windows, held, strict=True)):
        ids[row, : len(window)] = window.input_ids
        owners = np.array(window.paragraphs)
        slots[row, : len(window)] = np.where(owners < 0, -1, np.searchsorted(paragraphs, owners))
        told[row, : len(paragraphs)] = features[row]
    attention = (np.arange(ids.shape[1]) < lengths[:, None]).astype(np.int64)
    return Batch(*map(torch.from_numpy, (ids, attention, slots, told)))


def batches_by_length(windows: Sequence[Window], tokens: int) -> Iterator[list[int]]:
    """Indices of windows in batches of at most ``tokens`` padded subwords, longest windows first.

    A window that is much shorter than the batch's longest begins a batch of its own, so that padding stays small
    however large the batches may be.
    """
    order = sorted(range(len(windows)), key=lambda index: (-len(windows[index]), index))
    batch: list[int] = []
    longest = 0
    for index in order:
        length = len(windows[index])
        if batch and ((len(batch) + 1) * longest > tokens or length < _LEAST_LENGTH * longest):
            yield batch
            batch = []
        if not batch:
            longest = length
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
        self._vectors: Floats | None = None
        self._of_page_head: Floats | None = None
        self.tags: Floats = np.zeros((len(page.words), tags), dtype=np.float32)
        self._classes = np.zeros((len(page.paragraphs), classes))
        self._subwords = np.zeros(len(page.paragraphs))

    def add(self, window: Window, tag_scores: Floats, class_probabilities: Floats, vectors: Floats) -> None:
        """Takes a window's answers: log-probabilities (subwords, tags), probabilities (slots, classes).

        ``vectors``: the paragraphs' mean states (slots, hidden size), for a page head.
        """
        words = np.asarray(window.words)
        first = np.flatnonzero(words >= 0)
        self.tags[words[first]] = _means_of_words(tag_scores, window) if self._mean else tag_scores[first]
        owners = np.asarray(window.paragraphs)
        held, counts = np.unique(owners[owners >= 0], return_counts=True)
        self._classes[held] += counts[:, None] * class_probabilities[: len(held)]
        self._subwords[held] += counts
        if self._vectors is None:
            self._vectors = np.zeros((len(self._subwords), vectors.shape[1]), dtype=np.float32)
        self._vectors[held] += counts[:, None] * vectors[: len(held)]

    def check(self) -> None:
        """Raises KhabarError where a window of the page got no answer, or one that is no number."""
        if self.failed is not None:
            raise KhabarError(self.failed)
        if not (np.isfinite(self.paragraphs).all() and np.isfinite(self.tags).all()):
            raise KhabarError("the model's scores are not numbers; it was trained or stored wrongly")

    @property
    def vectors(self) -> Floats | None:
        """The mean state of each paragraph's subwords, over all windows (paragraphs, hidden size); None without any."""
        if self._vectors is None:
            return None
        means: Floats = (self._vectors / np.maximum(self._subwords, 1)[:, None]).astype(np.float32)
        return means

    def take_page_heads(self, probabilities: Floats) -> None:
        """Takes a page head's answer, which then stands for the windows' own: (paragraphs, classes)."""
        self._of_page_head = probabilities

    @property
    def paragraphs(self) -> npt.NDArray[np.float64]:
        if self._of_page_head is not None:
            return self._of_page_head.astype(np.float64)
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
