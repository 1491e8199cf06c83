"""Masked-language modelling beside the tags: whole words are hidden, and a head restores them from what stands around.

It teaches an encoder the language of the news at hand, with labels or without; see Devlin et al., "BERT", NAACL 2019,
for the task, and its authors' note of May 2019 on whole-word masking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from khabar.model import TaggerModel


@dataclass(frozen=True)
class Masking:
    """Hides a share of the words from the encoder while it learns: what regularises where dropout is dear."""

    mask: int
    share: float

    def __call__(
        self, ids: Tensor, starts: Tensor, slots: Tensor, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """Subword ids with those of some words replaced by the mask, and where. Shape of all: (windows, subwords).

        ``starts`` is true at the first subword of each word. Special and carried subwords (``slots`` below 0) stay.
        """
        words = starts.long().cumsum(1)
        # Drawn on the CPU, so that a GPU hides the same words.
        chosen = (torch.rand(ids.shape, generator=generator) < self.share).to(ids.device)
        hidden = chosen.gather(1, words.clamp(max=ids.shape[1] - 1)) & (slots >= 0)
        return ids.masked_fill(hidden, self.mask), hidden


class RestoringModel(nn.Module):
    """A tagger and, while it learns, a head that restores hidden subwords by the encoder's own embeddings."""

    def __init__(self, tagger: TaggerModel) -> None:
        super().__init__()
        self.tagger = tagger
        pieces, size = self._embeddings.shape
        self.dense = nn.Linear(size, size)
        self.norm = nn.LayerNorm(size)
        self.bias = nn.Parameter(torch.zeros(pieces))
        nn.init.normal_(self.dense.weight, std=0.02)
        nn.init.zeros_(self.dense.bias)

    def forward(self, *, hidden: Tensor, **inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The tagger's two answers, and logits of the hidden subwords. Shape of these: (hidden subwords, pieces).

        ``hidden``: (windows, subwords), true where a subword is hidden; the other inputs are the tagger's.
        """
        states = self.tagger.encode(input_ids=inputs.pop("input_ids"), attention_mask=inputs.pop("attention_mask"))
        places = self.norm(nn.functional.gelu(self.dense(states[hidden])))
        tag_logits, class_logits, _ = self.tagger.heads(states, **inputs)
        return (tag_logits, class_logits, nn.functional.linear(places, self._embeddings, self.bias))

    @property
    def _embeddings(self) -> Tensor:
        return cast(nn.Embedding, self.tagger.token_classifier.get_input_embeddings()).weight
