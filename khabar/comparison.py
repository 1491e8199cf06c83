"""Whether one system is better than another on the same pages: a paired bootstrap over pages.

Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004: pages are drawn with
replacement, both systems are scored on what was drawn, and what counts is how often the first one is not better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS
from khabar.metrics import Counts, Scores

ROUNDS = 10_000
_ROUNDS_AT_ONCE = 1_000
#: Means of equal figures may differ by what rounding leaves.
_ROUNDING = 1e-12
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two systems; ``p`` is one-sided: how likely it is that the first is not better.

    ``interval_95`` is of the difference. Both are None where there is one page only.
    """

    first: float
    second: float
    interval_95: tuple[float, float] | None = None
    p: float | None = None

    def to_dict(self) -> dict[str, object]:
        interval = None if self.interval_95 is None else [round(bound, 4) for bound in self.interval_95]
        return {
            "first": round(self.first, 4),
            "second": round(self.second, 4),
            "difference": round(self.first - self.second, 4),
            "interval_95": interval,
            "p": None if self.p is None else round(self.p, 4),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences by figure (``spans``: strict F1 in report paragraphs; ``paragraphs``: macro F1)."""

    differences: dict[str, Difference]
    pages: int
    rounds: int

    def to_dict(self) -> dict[str, object]:
        figures = {name: difference.to_dict() for name, difference in self.differences.items()}
        return {"pages": self.pages, "rounds": self.rounds, **figures}

    def __str__(self) -> str:
        lines = [f"{'first against second':20}  first  second  difference  95 % interval        p"]
        for name, difference in self.differences.items():
            interval = "–"
            if difference.interval_95 is not None:
                interval = "{:+.3f} to {:+.3f}".format(*difference.interval_95)
            gap = difference.first - difference.second
            p = "–" if difference.p is None else f"{difference.p:.4f}"
            lines.append(
                f"{name:20}  {difference.first:.3f}  {difference.second:6.3f}  {gap:+10.3f}  {interval:16}  {p:>6}"
            )
        lines.append(f"p: one-sided, that the first is not better; {self.rounds} samples of {self.pages} pages")
        return "\n".join(lines)


def compare(first: Scores, second: Scores, *, rounds: int = ROUNDS, seed: int = 0) -> Comparison:
    """Compares two systems' scores on the same gold pages, in the same order; raises ValueError where they differ.

    ``p`` counts the observed pages as one more sample (Davison and Hinkley 1997, section 4.2), so that it is never 0.
    """
    if [page.page for page in first.pages] != [page.page for page in second.pages]:
        raise ValueError("the two scores are of different pages")
    pages = len(first.pages)
    differences = {
        "spans": Difference(first.spans().f1, second.spans().f1),
        "paragraphs": Difference(first.paragraph_macro_f1, second.paragraph_macro_f1),
    }
    if pages < 2:
        return Comparison(differences, pages, 0)
    tables = [(_span_counts(scores), _paragraph_counts(scores)) for scores in (first, second)]
    gaps: dict[str, list[_Floats]] = {"spans": [], "paragraphs": []}
    for drawn in _samples(pages, rounds, seed):
        (spans, paragraphs), (other_spans, other_paragraphs) = tables
        gaps["spans"].append(_f1(drawn @ spans) - _f1(drawn @ other_spans))
        gaps["paragraphs"].append(_macro_f1(drawn, paragraphs) - _macro_f1(drawn, other_paragraphs))
    for name, parts in gaps.items():
        gap = np.concatenate(parts)
        low, high = np.percentile(gap, (2.5, 97.5))
        observed = differences[name]
        p = (1 + int((gap <= _ROUNDING).sum())) / (1 + rounds)
        differences[name] = Difference(observed.first, observed.second, (float(low), float(high)), p)
    return Comparison(differences, pages, rounds)


def _samples(pages: int, rounds: int, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """How often each page was drawn in each sample. Shape of each part: (rounds at once, pages)."""
    generator = np.random.default_rng(seed)
    for start in range(0, rounds, _ROUNDS_AT_ONCE):
        yield generator.multinomial(pages, np.full(pages, 1 / pages), size=min(_ROUNDS_AT_ONCE, rounds - start))


def _row(counts: Counts) -> tuple[int, int, int]:
    return counts.right, counts.predicted, counts.gold


def _span_counts(scores: Scores) -> _Floats:
    """Shape: (pages, 3)."""
    table = [sum((page.strict["report", label] for label in SPAN_LABELS), Counts()) for page in scores.pages]
    return np.array([_row(counts) for counts in table], dtype=np.float64)


def _paragraph_counts(scores: Scores) -> list[_Floats]:
    """By class. Shape of each: (pages, 3)."""
    return [
        np.array([_row(page.paragraphs[label]) for page in scores.pages], dtype=np.float64)
        for label in PARAGRAPH_LABELS
    ]


def _f1(counts: _Floats) -> _Floats:
    """Shape: (rounds, 3) -> (rounds,)."""
    right, items = counts[:, 0], counts[:, 1] + counts[:, 2]
    return np.divide(2 * right, items, out=np.zeros_like(right), where=items > 0)


def _macro_f1(drawn: npt.NDArray[np.int64], tables: list[_Floats]) -> _Floats:
    """The mean of the F1 of the classes that the gold of a sample holds. Shape: (rounds, pages) -> (rounds,)."""
    counts = [drawn @ table for table in tables]
    present = np.stack([sums[:, 2] > 0 for sums in counts])
    summed = np.where(present, np.stack([_f1(sums) for sums in counts]), 0.0).sum(axis=0)
    macro: _Floats = np.divide(summed, present.sum(axis=0), out=np.zeros_like(summed), where=present.any(axis=0))
    return macro
