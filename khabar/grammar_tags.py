"""What the grammars of Arabic times and counts read in a page, as tags: a second opinion beside the encoder's.

Times and counts follow rules that no list of examples holds whole, and the grammars know these rules; what a phrase
means where it stands («صلاة الجمعة», Friday prayers) the encoder knows better. How much each is to be believed is
fitted with the other weights of the decoding, see :mod:`khabar.calibration`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from khabar.arabic.counts import find_counts
from khabar.arabic.times import find_times
from khabar.arabic.tokens import Tokens
from khabar.labels import tags_of
from khabar.text import Word, fold, normalise

#: What the grammars can say of a word.
GRAMMAR_TAGS = tags_of(("TIME", "COUNT"))


def grammar_tags(words: Sequence[Word], ranges: Sequence[range]) -> npt.NDArray[np.intp]:
    """The grammars' tag of each word of a page, an index into :data:`GRAMMAR_TAGS`. Shape: (words,).

    ``ranges``: the word indices of each paragraph; no expression crosses a paragraph's end.
    """
    tags = np.zeros(len(words), dtype=np.intp)
    for span in ranges:
        part = words[span.start : span.stop]
        tokens = Tokens(part, [normalise(word.text) for word in part], [fold(word.text) for word in part])
        times = find_times(tokens)
        for label, matches in (("TIME", times), ("COUNT", find_counts(tokens, times))):
            for match in matches:
                first, last = span.start + match.start, span.start + match.end
                tags[first:last] = GRAMMAR_TAGS.index(f"I-{label}")
                tags[first] = GRAMMAR_TAGS.index(f"B-{label}")
    return tags
