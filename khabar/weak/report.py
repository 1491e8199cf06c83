"""How the sources did: how often each speaks, whom it contradicts, and, with annotated pages, how often it is right."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS
from khabar.metrics import Counts, Scores, evaluate
from khabar.pages import KhabarError, Page
from khabar.weak.base import Document
from khabar.weak.labelling import fill
from khabar.weak.votes import DocumentVotes, LabelModel, SourceError, SourceSet, clusters_of, collect_votes

#: How a denial is shown beside the labels.
DENIAL = "none"
_DISPUTES = 20
_CONTEXT = 80


@dataclass(slots=True)
class SourceFigures:
    """One source's figures.

    ``coverage`` is the share of all words (of a paragraph source: of all paragraphs) that it speaks about; of these,
    ``overlap`` is the share about which others speak, too, ``conflict`` where one of them says another label, and
    ``conflict_none`` where one denies. ``weight`` is the label model's.
    ``precision`` and ``recall`` are strict, on annotated pages; a denial is right about each word outside every span.
    """

    name: str
    kind: str
    family: str
    description: str
    labels: list[str] = field(default_factory=list)
    votes: int = 0
    coverage: float = 0.0
    overlap: float = 0.0
    conflict: float = 0.0
    conflict_none: float = 0.0
    weight: float = 0.0
    precision: float | None = None
    recall: float | None = None


@dataclass(slots=True)
class Dispute:
    """Words about which sources disagree: who says what, and what the label model made of it."""

    page: str
    before: str
    text: str
    after: str
    votes: list[tuple[str, str, str]]
    decision: list[tuple[str, str, float]]
    uncertainty: float


@dataclass(slots=True)
class Report:
    """All figures about the sources on some pages; ``str()`` is a table, :meth:`to_dict` is ready for JSON."""

    label_model: str
    pages: int
    words: int
    paragraphs: int
    #: The share of words, and of paragraphs, about which any source speaks.
    covered_words: float
    covered_paragraphs: float
    sources: list[SourceFigures]
    disputes: list[Dispute]
    #: By the label models' names: their scores on the annotated pages.
    scores: dict[str, Scores] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        record = asdict(self)
        record["scores"] = {name: scores.to_dict() for name, scores in self.scores.items()}
        return record

    def __str__(self) -> str:
        return "\n".join(_text(self))


def report_on(
    pages: Iterable[Page], sources: SourceSet, models: Mapping[str, LabelModel], label_model: str, gold: Sequence[Page]
) -> Report:
    """Measures the sources on pages, and on annotated pages (``gold``, may be empty).

    ``models`` are the fitted label models to compare; the weights and disputes are those of ``models[label_model]``.
    Pages with an error are left out; raises KhabarError where a source fails on an annotated page.
    """
    asked = list(_ask(pages, sources))
    model = models[label_model]
    figures = _figures(asked, sources, model.weights())
    words, paragraphs = sum(v.words for _, v in asked), sum(len(v.paragraphs) for _, v in asked)
    report = Report(
        label_model,
        len(asked),
        words,
        paragraphs,
        _share(sum(len(_said_about(votes)) for _, votes in asked), words),
        _share(sum(bool(voices) for _, votes in asked for voices in votes.paragraphs), paragraphs),
        figures,
        _disputes(asked, sources, model),
    )
    if gold:
        gold_votes = [(page, votes) for page, votes in zip(gold, _ask_all(gold, sources), strict=True)]
        _measure_on_gold(gold_votes, sources, figures)
        report.scores = {name: _score(gold_votes, other) for name, other in models.items()}
    return report


def _ask(pages: Iterable[Page], sources: SourceSet) -> Iterator[tuple[Document, DocumentVotes]]:
    for page in pages:
        if page.error is None:
            document = Document(page)
            try:
                yield document, collect_votes(document, sources)
            except SourceError:
                continue


def _ask_all(gold: Sequence[Page], sources: SourceSet) -> list[tuple[Document, DocumentVotes]]:
    asked = []
    for page in gold:
        document = Document(page.reset())
        try:
            asked.append((document, collect_votes(document, sources)))
        except SourceError as error:
            raise KhabarError(f"annotated page {page.id!r}: {error}") from error
    return asked


def _said_about(votes: DocumentVotes) -> dict[int, list[tuple[int, str]]]:
    """What is said about each word that any source speaks about: ``(source, label)``."""
    said: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for start, end, label, source in votes.spans:
        for word in range(start, end):
            said[word].append((source, label))
    for word, source in votes.denials:
        said[word].append((source, DENIAL))
    return said


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _figures(
    asked: Sequence[tuple[Document, DocumentVotes]], sources: SourceSet, weights: Mapping[str, float]
) -> list[SourceFigures]:
    spans = [
        SourceFigures(source.name, "spans", source.family, source.description, weight=weights[source.name])
        for source in sources.spans
    ]
    paragraphs = [
        SourceFigures(source.name, "paragraphs", source.family, source.description, weight=weights[source.name])
        for source in sources.paragraphs
    ]
    span_tally, paragraph_tally = _Tally(len(spans)), _Tally(len(paragraphs))
    for _, votes in asked:
        for vote in votes.spans:
            spans[vote.source].votes += 1
        for denial in votes.denials:
            spans[denial.source].votes += 1
        for said in _said_about(votes).values():
            span_tally.add(said)
        for voices in votes.paragraphs:
            paragraph_tally.add(voices)
            for source, _ in voices:
                paragraphs[source].votes += 1
    span_tally.write(spans, sum(votes.words for _, votes in asked), (*SPAN_LABELS, DENIAL))
    paragraph_tally.write(paragraphs, sum(len(votes.paragraphs) for _, votes in asked), PARAGRAPH_LABELS)
    return [*spans, *paragraphs]


class _Tally:
    """Counts, for each source, the items it speaks about, alone, with others and against others."""

    def __init__(self, sources: int) -> None:
        self._labels: list[set[str]] = [set() for _ in range(sources)]
        self._items = [0] * sources
        self._overlaps = [0] * sources
        self._conflicts = [0] * sources
        self._denied = [0] * sources

    def add(self, said: Sequence[tuple[int, str]]) -> None:
        labels = {label for _, label in said}
        for source, label in said:
            self._labels[source].add(label)
            self._items[source] += 1
            self._overlaps[source] += len(said) > 1
            self._conflicts[source] += len(labels) > 1
            self._denied[source] += label != DENIAL and DENIAL in labels

    def write(self, figures: Sequence[SourceFigures], items: int, order: Sequence[str]) -> None:
        for index, source in enumerate(figures):
            own = self._items[index]
            source.labels = [label for label in order if label in self._labels[index]]
            source.coverage = _share(own, items)
            source.overlap = _share(self._overlaps[index], own)
            source.conflict = _share(self._conflicts[index], own)
            source.conflict_none = _share(self._denied[index], own)


def _measure_on_gold(
    gold: Sequence[tuple[Page, tuple[Document, DocumentVotes]]],
    sources: SourceSet,
    figures: Sequence[SourceFigures],
) -> None:
    """Fills precision and recall in."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for page, (document, votes) in gold:
        truth = {_trimmed(page.text, span.start, span.end, span.label) for span in page.spans}
        inside = {
            index
            for index, word in enumerate(document.words)
            if any(span.start < word.end and word.start < span.end for span in page.spans)
        }
        there.update(span.label for span in page.spans)
        there[DENIAL] += len(document.words) - len(inside)
        for start, end, label, source in votes.spans:
            name = sources.spans[source].name
            extent = _trimmed(page.text, document.words[start].start, document.words[end - 1].end, label)
            said[name] += 1
            right[name] += extent in truth
        for word, source in votes.denials:
            said[sources.spans[source].name] += 1
            right[sources.spans[source].name] += word not in inside
        for paragraph, voices in zip(page.paragraphs, votes.paragraphs, strict=True):
            there[paragraph.label or PARAGRAPH_LABELS[0]] += 1
            for source, label in voices:
                said[sources.paragraphs[source].name] += 1
                right[sources.paragraphs[source].name] += label == paragraph.label
    for source_figures in figures:
        name = source_figures.name
        counts = Counts(right[name], said[name], sum(there[label] for label in source_figures.labels))
        source_figures.precision = round(counts.precision, 4) if counts.predicted else None
        source_figures.recall = round(counts.recall, 4) if counts.gold else None


def _trimmed(text: str, start: int, end: int, label: str) -> tuple[int, int, str]:
    """A span without white space and punctuation at its edges, as the scores compare it."""
    while start < end and unicodedata.category(text[start])[0] in "PCZ":
        start += 1
    while start < end and unicodedata.category(text[end - 1])[0] in "PCZ":
        end -= 1
    return start, end, label


def _score(gold: Sequence[tuple[Page, tuple[Document, DocumentVotes]]], model: LabelModel) -> Scores:
    labelled = []
    for page, (document, votes) in gold:
        answer = page.reset()
        fill(answer, document, model.predict(votes))
        labelled.append(answer)
    return evaluate(labelled, [page for page, _ in gold])


def _disputes(asked: Sequence[tuple[Document, DocumentVotes]], sources: SourceSet, model: LabelModel) -> list[Dispute]:
    """Of the clusters whose sources disagree, those the label model is least certain about; each wording once."""
    found: dict[tuple[str, tuple[tuple[str, str, str], ...]], Dispute] = {}
    for document, votes in asked:
        clusters = [(first, c) for first, c in clusters_of(votes) if _is_disputed(c.spans, c.denials)]
        labels = model.predict(votes) if clusters else None
        for first, cluster in clusters if labels else ():
            assert labels is not None
            end = first + cluster.length
            said = [
                (sources.spans[source].name, label, document.text(first + start, first + stop))
                for start, stop, label, source in cluster.spans
            ] + [(sources.spans[s].name, DENIAL, document.text(first + w, first + w + 1)) for w, s in cluster.denials]
            key = document.text(first, end), tuple(said)
            if key in found:
                continue
            text, start, stop = document.page.text, document.words[first].start, document.words[end - 1].end
            found[key] = Dispute(
                document.page.id,
                text[max(0, start - _CONTEXT) : start],
                key[0],
                text[stop : stop + _CONTEXT],
                said,
                [
                    (document.text(span.start, span.end), span.label, round(span.score, 4))
                    for span in labels.spans
                    if span.start < end and first < span.end
                ],
                round(sum(_entropy(labels.words[word]) for word in range(first, end)) / cluster.length, 4),
            )
    return sorted(found.values(), key=lambda d: (-d.uncertainty, d.page, d.text))[:_DISPUTES]


def _is_disputed(spans: Sequence[tuple[int, int, str, int]], denials: Sequence[object]) -> bool:
    return bool(denials) or len({span[:3] for span in spans}) > 1


def _entropy(distribution: Mapping[str, float]) -> float:
    """In bits."""
    return -sum(p * math.log2(p) for p in distribution.values() if p > 0)


def _text(report: Report) -> Iterator[str]:
    yield (
        f"{report.pages} pages, {report.words} words ({report.covered_words:.1%} spoken about), "
        f"{report.paragraphs} paragraphs ({report.covered_paragraphs:.1%})"
    )
    measured = any(source.precision is not None for source in report.sources)
    for kind in ("spans", "paragraphs"):
        yield ""
        head = (
            f"{'sources of ' + kind:32}{'votes':>8}{'cover':>8}{'overlap':>9}{'conflict':>10}{'none':>7}{'weight':>8}"
        )
        yield head + (f"{'precision':>11}{'recall':>8}" if measured else "")
        for s in (source for source in report.sources if source.kind == kind):
            row = (
                f"{s.name:32}{s.votes:>8}{s.coverage:>8.2%}{s.overlap:>9.1%}{s.conflict:>10.1%}"
                f"{s.conflict_none:>7.1%}{s.weight:>8.3f}"
            )
            yield row + (f"{_cell(s.precision):>11}{_cell(s.recall):>8}" if measured else "")
    if report.scores:
        yield ""
        yield f"{'strict F1, report paragraphs':32}" + "".join(f"{name:>12}" for name in report.scores)
        for label, values in score_rows(report):
            yield f"{label:32}" + "".join(f"{value:>12.3f}" for value in values)
        yield f"written by: {report.label_model}"
        if warning := worse_than_majority(report):
            yield warning


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def score_rows(report: Report) -> Iterator[tuple[str, list[float]]]:
    """Rows of the table of label models: what is scored, and each model's score."""
    for name, label in [("all spans", None), *((label, label) for label in SPAN_LABELS)]:
        yield name, [scores.spans(label).f1 for scores in report.scores.values()]
    yield "paragraphs, macro F1", [scores.paragraph_macro_f1 for scores in report.scores.values()]


def worse_than_majority(report: Report) -> str | None:
    """A warning where the chosen label model is worse than majority vote on the annotated pages."""
    chosen, majority = report.scores.get(report.label_model), report.scores.get("majority")
    if chosen is None or majority is None:
        return None
    worse = [
        name
        for name, values in score_rows(report)
        if dict(zip(report.scores, values, strict=True))[report.label_model]
        < dict(zip(report.scores, values, strict=True))["majority"]
    ]
    return f"note: {report.label_model} is worse than majority vote in {', '.join(worse)}" if worse else None
