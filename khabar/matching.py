"""Which predicted span answers which gold span, one to one, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from khabar.alignment import AlignedPage, Key

#: A gold and a predicted span: the same; of one label with other edges; of two labels.
RIGHT: Final = "right"
BOUNDARY: Final = "boundary"
CONFUSED: Final = "confused"
#: A gold span alone: no prediction touches it, or one does that answers another gold span.
MISSED: Final = "missed"
MERGED: Final = "merged"
#: A predicted span alone: it touches no gold span, or one that another prediction answers.
INVENTED: Final = "invented"
SPLIT: Final = "split"
GOLD_OUTCOMES = (RIGHT, BOUNDARY, CONFUSED, MERGED, MISSED)
PREDICTED_OUTCOMES = (RIGHT, BOUNDARY, CONFUSED, SPLIT, INVENTED)


@dataclass(frozen=True, slots=True)
class Match:
    """A gold span and the predicted span that answers it, or one of the two alone."""

    page: AlignedPage
    gold: Key | None
    predicted: Key | None
    outcome: str

    @property
    def score(self) -> float | None:
        """The predicted span's score."""
        return None if self.predicted is None else self.page.predicted_text.spans[self.predicted].score

    def text(self, key: Key) -> str:
        start, end = self.page.extent(key)
        return self.page.gold.text[start:end]


def match_spans(page: AlignedPage) -> list[Match]:
    """Every gold and every predicted span of the gold's report paragraphs in exactly one match, in reading order.

    Equal spans are matched first, then those that overlap: of one label before others, the longer overlap first.
    """
    golds, founds = (page.in_report(text.spans).keys() for text in (page.gold_text, page.predicted_text))
    pairs = _overlapping(golds, founds)
    pairs.sort(key=lambda pair: (pair[0] != pair[1], pair[0][2] != pair[1][2], -_shared(*pair), pair))
    answer: dict[Key, Key] = {}
    taken: set[Key] = set()
    for gold, found in pairs:
        if gold not in answer and found not in taken:
            answer[gold] = found
            taken.add(found)
    touched_golds, touched_founds = {gold for gold, _ in pairs}, {found for _, found in pairs}
    matches = [Match(page, gold, found, _outcome(gold, found)) for gold, found in answer.items()]
    matches += [
        Match(page, gold, None, MERGED if gold in touched_golds else MISSED) for gold in golds if gold not in answer
    ]
    matches += [
        Match(page, None, found, SPLIT if found in touched_founds else INVENTED)
        for found in founds
        if found not in taken
    ]
    return sorted(matches, key=lambda match: match.gold or match.predicted or ())


def _outcome(gold: Key, found: Key) -> str:
    return RIGHT if gold == found else BOUNDARY if gold[2] == found[2] else CONFUSED


def _shared(gold: Key, found: Key) -> int:
    return min(gold[1], found[1]) - max(gold[0], found[0])


def _overlapping(golds: Iterable[Key], founds: Iterable[Key]) -> list[tuple[Key, Key]]:
    """All pairs of a gold and a predicted span that share a character; linear in spans that are flat."""
    pairs: list[tuple[Key, Key]] = []
    open_golds: list[Key] = []
    open_founds: list[Key] = []
    for key, is_gold in sorted([*((key, True) for key in golds), *((key, False) for key in founds)]):
        open_golds = [gold for gold in open_golds if gold[1] > key[0]]
        open_founds = [found for found in open_founds if found[1] > key[0]]
        if is_gold:
            pairs += [(key, found) for found in open_founds]
            open_golds.append(key)
        else:
            pairs += [(gold, key) for gold in open_golds]
            open_founds.append(key)
    return pairs
