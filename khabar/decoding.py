"""Tag scores -> the best IOB2 sequence (Viterbi): an ``I-`` only ever continues its own label."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from khabar.labels import OUTSIDE


@lru_cache
def _forbidden(tags: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Which tag must not follow which. Shape: (previous tag, tag); the last row stands for a paragraph's start."""
    previous = np.array([*tags, OUTSIDE])
    labels = np.array([tag[2:] for tag in previous])
    return np.array([[tag.startswith("I-") and label != tag[2:] for tag in tags] for label in labels])


def best_tags(scores: npt.NDArray[np.floating], tags: Sequence[str]) -> npt.NDArray[np.intp]:
    """The tags with the greatest sum of log-probabilities that is right IOB2. Shape: (words, tags) -> (words,)."""
    forbidden = _forbidden(tuple(tags))
    best: npt.NDArray[np.intp] = scores.argmax(axis=1)
    if not forbidden[np.concatenate([[len(tags)], best[:-1]]), best].any():
        # The best tags are a right sequence already, so no other one can beat them.
        return best
    transitions = np.where(forbidden, -np.inf, 0.0)
    total = scores[0] + transitions[-1]
    back = np.zeros(scores.shape, dtype=np.intp)
    for word in range(1, len(scores)):
        candidates = total[:, None] + transitions[:-1]
        back[word] = candidates.argmax(axis=0)
        total = candidates.max(axis=0) + scores[word]
    path = np.empty(len(scores), dtype=np.intp)
    path[-1] = total.argmax()
    for word in range(len(scores) - 1, 0, -1):
        path[word - 1] = back[word, path[word]]
    return path
