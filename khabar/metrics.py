"""How right spans and paragraphs are, against annotated pages.

Strict: same label and same non-blank characters, edges trimmed of punctuation. Overlap: same label and at least
one common character, each span matched once. Page and annotation are compared on their non-blank characters, so
annotated pages may leave out blank lines and surplus white space.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice

import numpy as np

from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS, spans_to_tags
from khabar.pages import KhabarError, Page, Span
from khabar.text import words

#: A span in non-blank characters: start, end, label.
Key = tuple[int, int, str]
#: A paragraph in non-blank characters: start, end, class.
_Classed = tuple[int, int, str | None]
BOOTSTRAP_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """Items that are right, that were predicted, and that are in the gold."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.predicted + self.gold) if self.predicted + self.gold else 0.0

    def to_dict(self) -> dict[str, float]:
        scores = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {name: round(score, 4) for name, score in scores.items()} | {"gold": self.gold}


@dataclass(slots=True)
class PageScore:
    """One page's counts; ``strict`` and ``overlap`` by where (``report`` paragraphs or ``everywhere``) and label."""

    strict: dict[tuple[str, str], Counts] = field(default_factory=dict)
    overlap: dict[tuple[str, str], Counts] = field(default_factory=dict)
    paragraphs: dict[str, Counts] = field(default_factory=dict)
    page: str = ""


@dataclass(slots=True)
class Scores:
    """The scores of many pages; ``str()`` is a table, :meth:`to_dict` is ready for JSON."""

    pages: list[PageScore]

    def spans(self, label: str | None = None, *, where: str = "report", strict: bool = True) -> Counts:
        """Counts of a label's spans (all labels: None) in ``report`` paragraphs or ``everywhere``."""
        labels = [label] if label else SPAN_LABELS
        tables = [page.strict if strict else page.overlap for page in self.pages]
        return sum((table.get((where, name), Counts()) for table in tables for name in labels), Counts())

    def paragraphs(self, label: str) -> Counts:
        return sum((page.paragraphs.get(label, Counts()) for page in self.pages), Counts())

    @property
    def paragraph_macro_f1(self) -> float:
        """The mean of the F1 of the paragraph classes that the gold holds."""
        present = [counts for label in PARAGRAPH_LABELS if (counts := self.paragraphs(label)).gold]
        return sum(counts.f1 for counts in present) / len(present) if present else 0.0

    def intervals(self, seed: int = 0) -> dict[str, tuple[float, float]]:
        """95 % bootstrap intervals over pages of the strict span F1 in report paragraphs and of the paragraph F1."""
        generator = np.random.default_rng(seed)
        spans, paragraphs = [], []
        for _ in range(BOOTSTRAP_ROUNDS if len(self.pages) > 1 else 0):
            sample = Scores([self.pages[i] for i in generator.integers(len(self.pages), size=len(self.pages))])
            spans.append(sample.spans().f1)
            paragraphs.append(sample.paragraph_macro_f1)
        if not spans:
            return {}
        return {
            name: (float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5)))
            for name, values in (("spans", spans), ("paragraphs", paragraphs))
        }

    def to_dict(self) -> dict[str, object]:
        report: dict[str, object] = {"pages": len(self.pages)}
        for where in ("report", "everywhere"):
            for kind in ("strict", "overlap"):
                report[f"{kind}_{where}"] = {
                    name: self.spans(label, where=where, strict=kind == "strict").to_dict()
                    for name, label in [("all", None), *((label, label) for label in SPAN_LABELS)]
                }
        report["paragraphs"] = {label: self.paragraphs(label).to_dict() for label in PARAGRAPH_LABELS} | {
            "macro_f1": round(self.paragraph_macro_f1, 4)
        }
        report["intervals_95"] = {k: [round(low, 4), round(high, 4)] for k, (low, high) in self.intervals().items()}
        return report

    def __str__(self) -> str:
        lines = [f"{len(self.pages)} pages", f"{'strict, report':20}  precision  recall     F1   gold   overlap F1"]
        for name, label in [("all spans", None), *((label, label) for label in SPAN_LABELS)]:
            strict, overlap = self.spans(label), self.spans(label, strict=False)
            lines.append(
                f"{name:20}  {strict.precision:9.3f}  {strict.recall:6.3f}  {strict.f1:.3f}  {strict.gold:5}"
                f"   {overlap.f1:10.3f}"
            )
        everywhere = self.spans(where="everywhere")
        lines.append(
            f"{'everywhere':20}  {everywhere.precision:9.3f}  {everywhere.recall:6.3f}  {everywhere.f1:.3f}"
            f"  {everywhere.gold:5}   {self.spans(where='everywhere', strict=False).f1:10.3f}"
        )
        for label in PARAGRAPH_LABELS:
            counts = self.paragraphs(label)
            lines.append(f"{label:20}  {counts.precision:9.3f}  {counts.recall:6.3f}  {counts.f1:.3f}  {counts.gold:5}")
        lines.append(f"{'paragraphs, macro':20}  {'':9}  {'':6}  {self.paragraph_macro_f1:.3f}")
        intervals = self.intervals()
        if intervals:
            shown = ", ".join(f"{name} {low:.3f} to {high:.3f}" for name, (low, high) in intervals.items())
            lines.append(f"95 % intervals over pages: {shown}")
        return "\n".join(lines)


def evaluate(predicted: Iterable[Page], gold: Iterable[Page]) -> Scores:
    """Scores predictions against gold pages of the same ids; a predicted page without gold is left out.

    Raises KhabarError where a gold page has no prediction or two, or their non-blank characters differ.
    """
    by_id: dict[str, Page] = {}
    twice: set[str] = set()
    for page in predicted:
        if by_id.setdefault(page.id, page) is not page:
            twice.add(page.id)
    scores = []
    for page in gold:
        if page.id not in by_id:
            raise KhabarError(f"page {page.id!r} of the gold has no prediction; tag the same pages as the gold holds")
        if page.id in twice:
            raise KhabarError(f"page {page.id!r} has two predictions; give each page its own id")
        scores.append(score_page(by_id[page.id], page))
    return Scores(scores)


def score_in_order(predicted: Sequence[Page], gold: Sequence[Page]) -> Scores:
    """Scores predictions of the gold pages themselves, page by page in their order, whatever their ids."""
    return Scores([score_page(page, right) for page, right in zip(predicted, gold, strict=True)])


def score_page(predicted: Page, gold: Page) -> PageScore:
    """One page's counts, strict and by overlap, in the gold's report paragraphs and everywhere."""
    gold_text, predicted_text = _NonBlank(gold.text), _NonBlank(predicted.text)
    if gold_text.characters != predicted_text.characters:
        raise KhabarError(
            f"page {gold.id!r}: its text differs from the gold's at non-blank character "
            f"{_first_difference(gold_text.characters, predicted_text.characters)}; score the pages that were annotated"
        )
    score = PageScore(page=gold.id)
    gold_keys, predicted_keys = gold_text.keys(gold), predicted_text.keys(predicted)
    gold_paragraphs = gold_text.paragraphs(gold)
    report = [(start, end) for start, end, label in gold_paragraphs if label == "report"]
    starts = [start for start, _ in report]
    for where in ("report", "everywhere"):
        right, found = (
            {key for key in keys if where == "everywhere" or _inside(key, report, starts)}
            for keys in (gold_keys, predicted_keys)
        )
        for label in SPAN_LABELS:
            golds, founds = (sorted(key for key in keys if key[2] == label) for keys in (right, found))
            score.strict[where, label] = Counts(len(set(golds) & set(founds)), len(founds), len(golds))
            score.overlap[where, label] = Counts(_overlaps(founds, golds), len(founds), len(golds))
    answers = list(
        zip(
            (label for _, _, label in gold_paragraphs),
            _classes_of(gold_paragraphs, predicted_text.paragraphs(predicted)),
            strict=True,
        )
    )
    for label in PARAGRAPH_LABELS:
        score.paragraphs[label] = Counts(
            sum(truth == answer == label for truth, answer in answers),
            sum(answer == label for _, answer in answers),
            sum(truth == label for truth, _ in answers),
        )
    return score


class _NonBlank:
    """A text's non-blank characters, and offsets counted in them."""

    def __init__(self, text: str) -> None:
        self.characters = "".join(text.split())
        self._before = [0, *accumulate(not character.isspace() for character in text)]

    def keys(self, page: Page) -> set[Key]:
        keys = set()
        for span in page.spans:
            start, end = self._before[span.start], self._before[span.end]
            while start < end and _is_edge(self.characters[start]):
                start += 1
            while start < end and _is_edge(self.characters[end - 1]):
                end -= 1
            if start < end:
                keys.add((start, end, span.label))
        return keys

    def paragraphs(self, page: Page) -> list[tuple[int, int, str | None]]:
        return [(self._before[p.start], self._before[p.end], p.label) for p in page.paragraphs]


def _is_edge(character: str) -> bool:
    return unicodedata.category(character)[0] in "PC"


def _inside(key: Key, paragraphs: Sequence[tuple[int, int]], starts: Sequence[int]) -> bool:
    place = bisect_right(starts, key[0]) - 1
    return place >= 0 and key[0] < paragraphs[place][1]


def _overlaps(found: Sequence[Key], gold: Sequence[Key]) -> int:
    """How many spans can be matched one to one with a span they share a character with (both sorted, flat)."""
    matched = i = j = 0
    while i < len(found) and j < len(gold):
        if max(found[i][0], gold[j][0]) < min(found[i][1], gold[j][1]):
            matched, i, j = matched + 1, i + 1, j + 1
        elif found[i][1] <= gold[j][1]:
            i += 1
        else:
            j += 1
    return matched


def _classes_of(gold: Sequence[_Classed], predicted: Sequence[_Classed]) -> list[str | None]:
    """For each gold paragraph the class of the predicted one that shares most with it (both in order, disjoint)."""
    classes: list[str | None] = []
    first = 0
    for start, end, _ in gold:
        while first < len(predicted) and predicted[first][1] <= start:
            first += 1
        shared: dict[str | None, int] = {}
        for other_start, other_end, label in islice(predicted, first, None):
            if other_start >= end:
                break
            shared[label] = shared.get(label, 0) + min(end, other_end) - max(start, other_start)
        classes.append(max(shared, key=lambda label: shared[label], default=None))
    return classes


def _first_difference(left: str, right: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def word_scores(predicted: Sequence[Page], gold: Sequence[Page]) -> dict[str, dict[str, float]]:
    """seqeval's strict IOB2 report over the words of pages of the same texts, by label and ``micro avg``."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    truth: list[list[str]] = []
    answers: list[list[str]] = []
    for page, right in zip(predicted, gold, strict=True):
        for side, into in ((right, truth), (page, answers)):
            spans_of: dict[int, list[Span]] = {}
            for span in side.spans:
                spans_of.setdefault(span.paragraph, []).append(span)
            for index, paragraph in enumerate(right.paragraphs):
                inside = words(right.text, paragraph.start, paragraph.end)
                into.append(spans_to_tags(inside, spans_of.get(index, []))[0])
    if not any(tag != "O" for tags in [*truth, *answers] for tag in tags):
        return {"micro avg": {"precision": 0.0, "recall": 0.0, "f1-score": 0.0, "support": 0}}
    report: dict[str, dict[str, float]] = classification_report(
        truth, answers, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
    )
    return report
