"""How right spans and paragraphs are, against annotated pages.

Strict: same label and same non-blank characters, edges trimmed of punctuation. Overlap: same label and at least
one common character, each span matched once. Page and annotation are compared on their non-blank characters, so
annotated pages may leave out blank lines and surplus white space.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from khabar.alignment import AlignedPage, Key, classes_of, pair_pages
from khabar.calibration_error import expected_calibration_error
from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS, spans_to_tags
from khabar.pages import Page
from khabar.text import words

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
    """One page's counts; ``strict`` and ``overlap`` by where (``report`` paragraphs or ``everywhere``) and label.

    ``scored_spans`` and ``scored_paragraphs`` hold the score of each prediction that has one, and whether it is right:
    spans in report paragraphs, strictly.
    """

    strict: dict[tuple[str, str], Counts] = field(default_factory=dict)
    overlap: dict[tuple[str, str], Counts] = field(default_factory=dict)
    paragraphs: dict[str, Counts] = field(default_factory=dict)
    scored_spans: list[tuple[float, bool]] = field(default_factory=list)
    scored_paragraphs: list[tuple[float, bool]] = field(default_factory=list)
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

    def calibration_error(self) -> dict[str, float | None]:
        """The expected calibration error of spans (strict, in report paragraphs) and of paragraphs.

        None where predictions carry no scores.
        """
        return {
            "spans": expected_calibration_error([scored for page in self.pages for scored in page.scored_spans]),
            "paragraphs": expected_calibration_error(
                [scored for page in self.pages for scored in page.scored_paragraphs]
            ),
        }

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
        report["calibration_error"] = {
            name: None if error is None else round(error, 4) for name, error in self.calibration_error().items()
        }
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
        errors = [f"{name} {error:.3f}" for name, error in self.calibration_error().items() if error is not None]
        if errors:
            lines.append(f"expected calibration error of scores: {', '.join(errors)}")
        return "\n".join(lines)


def evaluate(predicted: Iterable[Page], gold: Iterable[Page]) -> Scores:
    """Scores predictions against gold pages of the same ids; a predicted page without gold is left out.

    Raises KhabarError where a gold page has no prediction or two, or their non-blank characters differ.
    """
    return Scores([score_page(page, right) for page, right in pair_pages(predicted, gold)])


def score_in_order(predicted: Sequence[Page], gold: Sequence[Page]) -> Scores:
    """Scores predictions of the gold pages themselves, page by page in their order, whatever their ids."""
    return Scores([score_page(page, right) for page, right in zip(predicted, gold, strict=True)])


def score_page(predicted: Page, gold: Page) -> PageScore:
    """One page's counts, strict and by overlap, in the gold's report paragraphs and everywhere."""
    aligned = AlignedPage(predicted, gold)
    score = PageScore(page=gold.id)
    gold_spans, found_spans = aligned.gold_text.spans, aligned.predicted_text.spans
    found_in_report = aligned.in_report(found_spans)
    for where, right, found in (
        ("report", aligned.in_report(gold_spans), found_in_report),
        ("everywhere", gold_spans, found_spans),
    ):
        for label in SPAN_LABELS:
            golds, founds = (sorted(key for key in keys if key[2] == label) for keys in (right, found))
            score.strict[where, label] = Counts(len(set(golds) & set(founds)), len(founds), len(golds))
            score.overlap[where, label] = Counts(_overlaps(founds, golds), len(founds), len(golds))
    score.scored_spans = [
        (span.score, key in gold_spans) for key, span in found_in_report.items() if span.score is not None
    ]
    gold_paragraphs, found_paragraphs = aligned.gold_text.paragraphs, aligned.predicted_text.paragraphs
    truths = [label for _, _, label in gold_paragraphs]
    answers = list(zip(truths, classes_of(gold_paragraphs, found_paragraphs), strict=True))
    for label in PARAGRAPH_LABELS:
        score.paragraphs[label] = Counts(
            sum(truth == answer == label for truth, answer in answers),
            sum(answer == label for _, answer in answers),
            sum(truth == label for truth, _ in answers),
        )
    score.scored_paragraphs = [
        (paragraph.score, paragraph.label == truth)
        for paragraph, truth in zip(predicted.paragraphs, classes_of(found_paragraphs, gold_paragraphs), strict=True)
        if paragraph.score is not None
    ]
    return score


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


def word_scores(predicted: Sequence[Page], gold: Sequence[Page]) -> dict[str, dict[str, float]]:
    """seqeval's strict IOB2 report over the words of pages of the same texts, by label and ``micro avg``."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    truth: list[list[str]] = []
    answers: list[list[str]] = []
    for page, right in zip(predicted, gold, strict=True):
        for side, into in ((right, truth), (page, answers)):
            spans_of = side.spans_by_paragraph()
            for index, paragraph in enumerate(right.paragraphs):
                inside = words(right.text, paragraph.start, paragraph.end)
                into.append(spans_to_tags(inside, spans_of.get(index, []))[0])
    if not any(tag != "O" for tags in [*truth, *answers] for tag in tags):
        return {"micro avg": {"precision": 0.0, "recall": 0.0, "f1-score": 0.0, "support": 0}}
    report: dict[str, dict[str, float]] = classification_report(
        truth, answers, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
    )
    return report
