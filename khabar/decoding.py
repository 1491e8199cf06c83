"""Scores -> answers: the best IOB2 sequence of a paragraph's words, and the classes of a page's paragraphs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from khabar.labels import OUTSIDE

#: What a class that was ruled out is still given, so that its neighbours may speak for it.
LEAST_PROBABILITY = 1e-6


@lru_cache
def _forbidden(tags: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Which tag must not follow which. Shape: (previous tag, tag); the last row stands for a paragraph's start."""
    previous = np.array([*tags, OUTSIDE])
    labels = np.array([tag[2:] for tag in previous])
    return np.array([[tag.startswith("I-") and label != tag[2:] for tag in tags] for label in labels])


@lru_cache
def _continuing(tags: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    """Each tag that goes on with a span, and the two that can stand before it, in order: itself and the opening one."""
    position = {tag: index for index, tag in enumerate(tags)}
    pairs = [(index, position.get("B" + tag[1:], index)) for index, tag in enumerate(tags) if tag.startswith("I-")]
    return tuple((index, min(index, opening), max(index, opening)) for index, opening in pairs)


def best_tags(scores: npt.NDArray[np.floating], tags: Sequence[str]) -> npt.NDArray[np.intp]:
    """The tags with the greatest sum of log-probabilities that is right IOB2. Shape: (words, tags) -> (words,)."""
    forbidden = _forbidden(tuple(tags))
    best: npt.NDArray[np.intp] = scores.argmax(axis=1)
    if not forbidden[np.concatenate([[len(tags)], best[:-1]]), best].any():
        # The best tags are a right sequence already, so no other one can beat them.
        return best
    continuing = _continuing(tuple(tags))
    # Plain lists: with so few tags an array's every operation costs more than the whole step.
    first, *rest = scores.tolist()
    total = [-math.inf if never else score for never, score in zip(forbidden[-1].tolist(), first, strict=True)]
    back = []
    for row in rest:
        top = max(total)
        previous = [total.index(top)] * len(total)
        reached = [top + score for score in row]
        for tag, one, other in continuing:
            source = one if total[one] >= total[other] else other
            previous[tag] = source
            reached[tag] = total[source] + row[tag]
        back.append(previous)
        total = reached
    path = [total.index(max(total))]
    for previous in reversed(back):
        path.append(previous[path[-1]])
    return np.array(path[::-1], dtype=np.intp)


def tempered(scores: npt.NDArray[np.floating], temperature: float) -> npt.NDArray[np.floating]:
    """Log-probabilities at a temperature: above 1 less sure of themselves, below 1 more. Shape: (…, classes)."""
    if temperature == 1 or not scores.size:
        return scores
    scaled = scores / temperature
    peak = scaled.max(axis=-1, keepdims=True)
    result: npt.NDArray[np.floating] = scaled - peak - np.log(np.exp(scaled - peak).sum(axis=-1, keepdims=True))
    return result


def scaled(probability: float, scaling: tuple[float, float]) -> float:
    """The probability whose log-odds are ``slope`` times those of ``probability`` plus ``offset``.

    Words judged each by itself make a span less likely than it is: that its first word is right says something of its
    last. Platt, "Probabilistic outputs for support vector machines", 1999.
    """
    slope, offset = scaling
    if (slope, offset) == (1.0, 0.0):
        return probability
    inside = min(max(probability, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)
    odds = slope * math.log(inside / (1 - inside)) + offset
    # The logistic function, in a form that overflows for no slope.
    return (1 + math.tanh(odds / 2)) / 2


def with_grammar(
    scores: npt.NDArray[np.floating], read: npt.NDArray[np.intp], weights: Sequence[Sequence[float]]
) -> npt.NDArray[np.floating]:
    """Log-probabilities of tags, with what the grammars read in mind: a log-linear mixture. Shape: (words, tags).

    ``read``: the grammars' tag of each word (words,). ``weights``: what each of their tags adds to each of the
    encoder's (grammar tags, tags); none leave the scores as they are.
    """
    if not weights or not scores.size:
        return scores
    added = scores + np.asarray(weights)[read]
    result: npt.NDArray[np.floating] = added - np.logaddexp.reduce(added, axis=-1, keepdims=True)
    return result


def paragraph_classes(
    probabilities: npt.NDArray[np.floating], temperature: float, chain: Sequence[Sequence[float]]
) -> npt.NDArray[np.floating]:
    """The probabilities of a page's paragraph classes, given all of its paragraphs (forward-backward).

    ``probabilities``: of each paragraph alone, (paragraphs, classes). ``chain``: log-potentials (class, following
    class). Shape: (paragraphs, classes).
    """
    if not len(probabilities):
        return probabilities
    alone = np.log(np.maximum(probabilities, LEAST_PROBABILITY)) / temperature
    potentials = np.asarray(chain)
    forward, backward = alone.copy(), np.zeros_like(alone)
    for place in range(1, len(alone)):
        forward[place] += np.logaddexp.reduce(forward[place - 1][:, None] + potentials, axis=0)
    for place in range(len(alone) - 2, -1, -1):
        backward[place] = np.logaddexp.reduce(potentials + alone[place + 1] + backward[place + 1], axis=1)
    both = forward + backward
    result: npt.NDArray[np.floating] = np.exp(both - np.logaddexp.reduce(both, axis=1, keepdims=True))
    return result
