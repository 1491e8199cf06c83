"""An error analysis of strict spans in report paragraphs: what was taken for what, and where errors gather."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from khabar.alignment import AlignedPage, Key, pair_pages
from khabar.arabic.names import bare_name, normal_form
from khabar.arabic.places import lookup
from khabar.boundaries import KINDS, BoundaryError, boundary_error
from khabar.labels import SPAN_LABELS
from khabar.matching import BOUNDARY, GOLD_OUTCOMES, PREDICTED_OUTCOMES, RIGHT, Match, match_spans
from khabar.pages import Page

#: What a span that nothing answers is confused with.
NONE = "none"
UNKNOWN = "unknown"
#: Spans whose label makes them names; only these are rare or frequent.
NAMES = ("ACTOR", "LOCATION")
NO_NAME = "time or count"
RARITIES = ("never", "once", "2-4", "5 or more", NO_NAME)
IN_PLACES, NOT_IN_PLACES = "in the place table", "not in it"
#: How many errors are shown in context, and how many characters of it on each side.
WORST = 20
CONTEXT = 60
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(slots=True)
class Tally:
    """Spans of one group by what became of them, counted from the gold and from the predictions."""

    gold: Counter[str] = field(default_factory=Counter)
    predicted: Counter[str] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, dict[str, int]]:
        return {
            "gold": {"all": self.gold.total()} | {outcome: self.gold[outcome] for outcome in GOLD_OUTCOMES},
            "predicted": {"all": self.predicted.total()}
            | {outcome: self.predicted[outcome] for outcome in PREDICTED_OUTCOMES},
        }


@dataclass(slots=True)
class ErrorAnalysis:
    """All matches of gold and predicted spans; ``groups`` tallies them by label, rarity, place table, source, year."""

    matches: list[Match]
    groups: dict[str, dict[str, Tally]]

    def confusions(self) -> dict[str, dict[str, int]]:
        """How many spans of a gold label (first key) got which label; ``none`` where nothing answers.

        A span with wrong edges counts as its label.
        """
        names = (*SPAN_LABELS, NONE)
        table = {gold: dict.fromkeys(names, 0) for gold in names}
        for match in self.matches:
            table[match.gold[2] if match.gold else NONE][match.predicted[2] if match.predicted else NONE] += 1
        del table[NONE][NONE]
        return table

    def boundaries(self) -> dict[str, dict[str, dict[str, int]]]:
        """Boundary errors by label and kind: how often it was left out and how often taken in."""
        counted = Counter(
            (match.gold[2], boundary_of(match)) for match in self.matches if match.outcome == BOUNDARY and match.gold
        )
        return {
            label: {
                kind: {
                    name: counted[label, BoundaryError(kind, taken_in)]
                    for name, taken_in in (("left_out", False), ("taken_in", True))
                }
                for kind in KINDS[label]
            }
            for label in SPAN_LABELS
        }

    def worst(self, number: int = WORST) -> list[Match]:
        """The surest wrong spans first; then those without a score, then gold spans that nothing answers."""

        def rank(match: Match) -> tuple[bool, float]:
            return match.predicted is None, math.inf if match.score is None else -match.score

        return sorted((match for match in self.matches if match.outcome != RIGHT), key=rank)[:number]

    def to_dict(self) -> dict[str, object]:
        tallies = {
            f"by_{name}": {group: tally.to_dict() for group, tally in groups.items()}
            for name, groups in self.groups.items()
        }
        boundaries = {
            label: {kind: counts for kind, counts in kinds.items() if any(counts.values())}
            for label, kinds in self.boundaries().items()
        }
        worst = [in_context(match) for match in self.worst()]
        return {"confusions": self.confusions(), "boundaries": boundaries} | tallies | {"worst": worst}


def boundary_of(match: Match) -> BoundaryError | None:
    """What is wrong with the edges of a match's predicted span; None where no boundary error is."""
    if match.outcome != BOUNDARY or match.gold is None or match.predicted is None:
        return None
    extent = match.page.extent
    return boundary_error(match.page.gold.text, extent(match.gold), extent(match.predicted), match.gold[2])


def in_context(match: Match) -> dict[str, object]:
    """A match for JSON: both spans, and the text of the paragraph around them."""
    extents = [match.page.extent(key) for key in (match.gold, match.predicted) if key is not None]
    start, end = min(start for start, _ in extents), max(end for _, end in extents)
    boundary = boundary_of(match)
    text = match.page.gold.text
    return {
        "page": match.page.gold.id,
        "error": match.outcome,
        "boundary": None if boundary is None else boundary._asdict(),
        "score": match.score,
        "predicted": _shown(match, match.predicted),
        "gold": _shown(match, match.gold),
        "before": _last_words(text[:start]),
        "text": text[start:end],
        "after": _last_words(text[end:][::-1])[::-1],
    }


def _shown(match: Match, key: Key | None) -> dict[str, str] | None:
    return None if key is None else {"label": key[2], "text": match.text(key)}


def _last_words(text: str) -> str:
    """The end of a text, in its last line, cut between words where it is long."""
    line = re.split(r"[\r\n]", text)[-1]
    return line if len(line) <= CONTEXT else "…" + line[-CONTEXT:].partition(" ")[2]


def analyse_errors(
    predicted: Iterable[Page], gold: Iterable[Page], *, page_groups: Mapping[str, Mapping[str, str]] | None = None
) -> ErrorAnalysis:
    """Analyses predictions beside gold pages of the same ids.

    ``page_groups``: by what else spans are tallied: a name (``source``, ``year``), and for it the group of each page's
    id; pages that it lacks are ``unknown``. Raises KhabarError as :func:`khabar.metrics.evaluate` does.
    """
    pages = [AlignedPage(found, right) for found, right in pair_pages(predicted, gold)]
    matches = [match for page in pages for match in match_spans(page)]
    analysis = ErrorAnalysis(matches, {"label": {label: Tally() for label in SPAN_LABELS}})
    analysis.groups["rarity"] = {rarity: Tally() for rarity in RARITIES}
    analysis.groups["place_table"] = {group: Tally() for group in (IN_PLACES, NOT_IN_PLACES, NO_NAME)}
    for name, group_of in (page_groups or {}).items():
        analysis.groups[name] = {group: Tally() for group in _by_size(pages, group_of)}
    mentions = Counter(
        _name(page.gold.text[slice(*page.extent(key))])
        for page in pages
        for key in page.gold_text.spans
        if key[2] in NAMES
    )
    for match in matches:
        for key, is_gold in ((match.gold, True), (match.predicted, False)):
            if key is None:
                continue
            groups = _groups_of_name(match, key, mentions) | {"label": key[2]}
            for name, group_of in (page_groups or {}).items():
                groups[name] = group_of.get(match.page.gold.id, UNKNOWN)
            for name, group in groups.items():
                tally = analysis.groups[name][group]
                (tally.gold if is_gold else tally.predicted)[match.outcome] += 1
    return analysis


def _by_size(pages: Iterable[AlignedPage], group_of: Mapping[str, str]) -> list[str]:
    """The groups, those of most pages first."""
    sizes = Counter(group_of.get(page.gold.id, UNKNOWN) for page in pages)
    return sorted(sizes, key=lambda group: (-sizes[group], group))


def _groups_of_name(match: Match, key: Key, mentions: Mapping[str, int]) -> dict[str, str]:
    if key[2] not in NAMES:
        return {"rarity": NO_NAME, "place_table": NO_NAME}
    text = match.text(key)
    count = mentions.get(_name(text), 0)
    rarity = RARITIES[0 if count == 0 else 1 if count == 1 else 2 if count < 5 else 3]
    return {"rarity": rarity, "place_table": NOT_IN_PLACES if lookup(text) is None else IN_PLACES}


def _name(text: str) -> str:
    """The key under which mentions of a name are counted."""
    return normal_form(bare_name(text))


def year_of(published: str | None) -> str:
    """The year of a date as written («2023-09-20», «20 Sep 2023»); ``unknown`` where there is none."""
    found = _YEAR.search(published or "")
    return found.group() if found else UNKNOWN
