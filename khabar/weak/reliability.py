"""How often a source is right when it speaks, and what its votes say about the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: No probability falls below it: a source that was never seen to err has not shown that it cannot.
FLOOR = 1e-3
#: For how many votes the prior of a source's precision counts.
PRIOR_VOTES = 20.0


@dataclass(slots=True)
class Votes:
    """Votes as parallel arrays of shape (votes,): the item voted on, the source, what it says, and its weight."""

    item: NDArray[np.intp]
    source: NDArray[np.intp]
    value: NDArray[np.intp]
    weight: Array

    @classmethod
    def of(cls, votes: Sequence[tuple[int, int, int, float]]) -> Votes:
        """Votes from ``(item, source, value, weight)`` tuples."""
        table = np.array(votes, np.float64).reshape(-1, 4)
        whole = table[:, :3].astype(np.intp)
        return cls(whole[:, 0], whole[:, 1], whole[:, 2], table[:, 3].copy())

    def evidence(self, items: int, precision: Array, prior: Array) -> Array:
        """What the votes add to the log odds of each truth. Shape: (items, truths).

        ``precision[source, value, truth]`` is the probability of the truth where only this source speaks; a vote
        multiplies the odds by ``precision / prior`` to the power of its weight.
        """
        total = np.zeros((items, len(prior)))
        gains = np.log(precision[self.source, self.value]) - np.log(prior)
        np.add.at(total, self.item, self.weight[:, None] * gains)
        return total

    def said(self, counts: Array, shape: tuple[int, int]) -> Array:
        """How often each source says each value. Shape: (sources, values)"""
        total = np.zeros(shape)
        np.add.at(total, (self.source, self.value), counts[self.item])
        return total

    def meetings(self, truth: Array, counts: Array, shape: tuple[int, int, int]) -> Array:
        """How often each source's votes met each truth. Shape: (sources, values, truths)."""
        met = np.zeros(shape)
        np.add.at(met, (self.source, self.value), counts[self.item, None] * truth[self.item])
        return met


def trust(precision: Array, said: Array) -> list[float]:
    """How often each source is right when it speaks, over what it says (before it has spoken: over all it could say).

    Shape: ``precision`` (sources, values, truths), ``said`` (sources, values), counts.
    """
    right = np.diagonal(precision, axis1=1, axis2=2)
    weights = np.where(said.sum(-1, keepdims=True) > 0, said, 1.0)
    return [float(share) for share in (weights * right).sum(-1) / weights.sum(-1)]


def floored(probabilities: Array) -> Array:
    """The probabilities with none below the floor, summing to 1 over the last axis."""
    raised = np.maximum(probabilities, FLOOR)
    total: Array = raised.sum(-1, keepdims=True)
    return raised / total


def posterior(log_odds: Array) -> Array:
    """Probabilities of log odds, over the last axis."""
    odds: Array = np.exp(log_odds - log_odds.max(-1, keepdims=True))
    total: Array = odds.sum(-1, keepdims=True)
    return odds / total
