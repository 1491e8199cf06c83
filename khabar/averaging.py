"""An exponential moving average of a model's weights while it learns; its answers vary less than the weights' own.

Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM J. Control Optim. 30 (1992).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

FILE = "average.safetensors"


class WeightAverage:
    """The mean of a model's weights over its updates, an update ``n`` steps ago weighing ``decay ** n``."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._model = model
        self._decay = decay
        self._average = {name: weight.detach().clone() for name, weight in model.named_parameters()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes in the weights after update ``step`` (from 1). Early on it forgets faster: it began at random heads."""
        decay = min(self._decay, step / (step + 9))
        for name, weight in self._model.named_parameters():
            self._average[name].lerp_(weight.to(self._average[name].device), 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model with the averaged weights, for as long as the block runs."""
        own = {name: weight.detach().clone() for name, weight in self._model.named_parameters()}
        self._copy(self._average)
        try:
            yield
        finally:
            self._copy(own)

    def keep(self) -> None:
        """The model takes on the averaged weights for good."""
        self._copy(self._average)

    def save(self, folder: Path) -> None:
        save_file({name: weight.contiguous() for name, weight in self._average.items()}, folder / FILE)

    def load(self, folder: Path) -> None:
        for name, weight in load_file(folder / FILE).items():
            self._average[name].copy_(weight)

    @torch.no_grad()
    def _copy(self, weights: dict[str, Tensor]) -> None:
        for name, weight in self._model.named_parameters():
            weight.copy_(weights[name])
