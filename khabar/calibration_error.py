"""Expected calibration error: how far scores are from the share of answers that are right.

Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

#: How many bins of equal width scores from 0 to 1 fall into.
BINS = 10


def expected_calibration_error(scored: Sequence[tuple[float, bool]]) -> float | None:
    """The mean distance of score and share of right answers over bins of equal width, weighted by their answers.

    ``scored``: score and rightness of each answer. A score at a bin's upper edge falls into it. None without answers.
    """
    if not scored:
        return None
    scores = np.array([score for score, _ in scored])
    right = np.array([float(is_right) for _, is_right in scored])
    bins = np.digitize(scores, [edge / BINS for edge in range(1, BINS)], right=True)
    gaps = np.bincount(bins, weights=scores, minlength=BINS) - np.bincount(bins, weights=right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(scored))
