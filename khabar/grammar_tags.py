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
from khabar.labels import spans_to_tags, tags_of
from khabar.pages import Span
from khabar.text import Word

#: What the grammars can say of a word.
GRAMMAR_TAGS = tags_of(("TIME", "COUNT"))


def grammar_tags(words: Sequence[Word], ranges: Sequence[range]) -> npt.NDArray[np.intp]:
    """The grammars' tag of each word of a page, an index into :data:`GRAMMAR_TAGS`. Shape: (words,).

    ``ranges``: the word indices of each paragraph; no expression crosses a paragraph's end.
    """
    read: list[Span] = []
    for span in ranges:
        part = words[span.start : span.stop]
        tokens = Tokens.of_words(part)
        times = find_times(tokens)
        for label, matches in (("TIME", times), ("COUNT", find_counts(tokens, times))):
            read += [Span(part[match.start].start, part[match.end - 1].end, label) for match in matches]
    tags, _ = spans_to_tags(words, read)
    return np.array([GRAMMAR_TAGS.index(tag) for tag in tags], dtype=np.intp)
