"""Classifies a page's paragraphs by the whole page: whether a paragraph is of this report is told by the others.

A window sees a few paragraphs at once, and the teaser of another story reads like news. The page head reads the
vectors of all paragraphs in both directions (as the sentence classifiers of Jin and Szolovits, "Hierarchical Neural
Networks for Sequential Sentence Classification in Medical Scientific Abstracts", EMNLP 2018). It is trained when the
encoder is, on its answers about real pages and about pages composed anew.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from transformers import get_linear_schedule_with_warmup

from khabar.labels import PARAGRAPH_LABELS

#: Pages an update, and pages answered at once.
_BATCH = 16
_WIDTH = 128
_LEARNING_RATE = 1e-3
_DROPOUT = 0.2


class PageHead(nn.Module):
    """A recurrent reader (two layers of GRU, both directions) over the vectors of a page's paragraphs."""

    def __init__(self, hidden_size: int, features: int) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden_size + features, _WIDTH)
        self.reader = nn.GRU(_WIDTH, _WIDTH // 2, num_layers=2, bidirectional=True, batch_first=True, dropout=_DROPOUT)
        self.out = nn.Linear(_WIDTH, len(PARAGRAPH_LABELS))
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, vectors: Tensor, features: Tensor, lengths: Tensor) -> Tensor:
        """Logits of the paragraphs of pages. Shape: (pages, paragraphs, classes).

        ``vectors``: (pages, paragraphs, hidden size), the mean state of each paragraph's subwords. ``features``:
        (pages, paragraphs, features). ``lengths``: (pages,), how many paragraphs each page has, at least one.
        """
        joined = torch.cat([vectors, features], dim=-1)
        dense = self.dropout(nn.functional.gelu(self.dense(self.dropout(joined))))
        packed = pack_padded_sequence(dense, lengths.cpu(), batch_first=True, enforce_sorted=False)
        read, _ = pad_packed_sequence(self.reader(packed)[0], batch_first=True)
        return cast(Tensor, self.out(read))


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as the encoder read it: its paragraphs' vectors (paragraphs, hidden size) and features.

    ``targets``: what is right, a distribution over classes a paragraph (paragraphs, classes), zeros where nothing is
    known; None for pages to be classified.
    """

    vectors: Tensor
    features: Tensor
    targets: Tensor | None = None


@torch.no_grad()
def classify(head: PageHead, pages: Sequence[ReadPage]) -> Iterator[Tensor]:
    """The probabilities of each page's paragraph classes, page by page. Shape of each: (paragraphs, classes)."""
    for first in range(0, len(pages), _BATCH):
        batch = pages[first : first + _BATCH]
        logits = head(*_padded(batch)).float().softmax(-1)
        for row, page in zip(logits, batch, strict=True):
            yield row[: len(page.vectors)]


def fit_page_head(
    pages: Sequence[ReadPage], *, epochs: int, seed: int, start: PageHead | None = None
) -> PageHead | None:
    """A page head trained on pages that the encoder has read; the same one for the same seed.

    ``start``: the head to go on from. None (or ``start``) where no page holds a paragraph.
    """
    pages = [page for page in pages if len(page.vectors)]
    if not pages:
        return start
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = copy.deepcopy(start) or PageHead(pages[0].vectors.shape[1], pages[0].features.shape[1])
        return _fit(head.train(), pages, epochs, random.Random(seed))


def _fit(head: PageHead, pages: list[ReadPage], epochs: int, order: random.Random) -> PageHead:
    optimiser = torch.optim.AdamW(head.parameters(), lr=_LEARNING_RATE)
    updates = epochs * -(-len(pages) // _BATCH)
    pace = get_linear_schedule_with_warmup(optimiser, updates // 10, updates)
    for _ in range(epochs):
        order.shuffle(pages)
        for first in range(0, len(pages), _BATCH):
            batch = pages[first : first + _BATCH]
            vectors, features, lengths = _padded(batch)
            targets = nn.utils.rnn.pad_sequence([_targets(page) for page in batch], batch_first=True)
            losses = -(targets * head(vectors, features, lengths).log_softmax(-1)).sum()
            optimiser.zero_grad()
            (losses / (targets.sum(-1) > 0).sum().clamp(min=1)).backward()
            nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimiser.step()
            pace.step()
    return head.eval()


def _targets(page: ReadPage) -> Tensor:
    if page.targets is None:
        raise ValueError("a page without targets cannot be learned from")
    return page.targets


def _padded(pages: Sequence[ReadPage]) -> tuple[Tensor, Tensor, Tensor]:
    vectors = nn.utils.rnn.pad_sequence([page.vectors for page in pages], batch_first=True)
    features = nn.utils.rnn.pad_sequence([page.features for page in pages], batch_first=True)
    return vectors, features, torch.tensor([len(page.vectors) for page in pages])
