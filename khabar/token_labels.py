"""Files of token labels (CoNLL columns) as pages to learn from and to score on: benchmarks, and anyone's own labels.

A file may be one long document without marks between its articles; pages are cut from it by sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khabar.conll import Sentence, conll_page, read_conll
from khabar.labels import SPAN_LABELS, spans_to_tags
from khabar.pages import KhabarError, Page
from khabar.text import Word


@dataclass(frozen=True, slots=True)
class LabelledTokens:
    """A page of a CoNLL file, and the sentences it was made from: their tokens are what is scored."""

    page: Page
    sentences: list[Sentence]


def read_token_labels(path: Path, *, sentences: int) -> Iterator[LabelledTokens]:
    """Pages of ``sentences`` sentences each (0: whole documents), each sentence a paragraph without a class.

    Raises KhabarError for files that are no CoNLL columns.
    """
    for number, document in enumerate(read_conll(path), 1):
        step = sentences or max(len(document), 1)
        for first in range(0, len(document), step):
            part = document[first : first + step]
            page = conll_page(part, page_id=f"{path.stem}-{number}-{first + 1}")
            for paragraph in page.paragraphs:
                paragraph.probabilities = {}  # of no class: the loss asks nothing of it
            yield LabelledTokens(page, part)


def labels_in(pages: Iterable[Page], *, otherwise: Sequence[str] = SPAN_LABELS) -> tuple[str, ...]:
    """The span labels of pages, sorted; khabar's own where they hold no other."""
    found = {span.label for page in pages for span in page.spans}
    return tuple(otherwise) if found <= set(otherwise) else tuple(sorted(found))


def tags_of_tokens(page: Page, sentences: Sequence[Sentence]) -> list[list[str]]:
    """IOB2 tags of the tokens of each sentence, from the spans of a tagged page: a token takes part in a span or not.

    khabar's words may be parts of a token («(د»); a span that covers a part of a token covers the token.
    """
    spans_of = page.spans_by_paragraph()
    tags, start = [], 0
    for index, sentence in enumerate(sentences):
        tokens = []
        for token in sentence.words:
            tokens.append(Word(start, start + len(token), token))
            start += len(token) + 1
        tags.append(spans_to_tags(tokens, spans_of.get(index, []))[0])
    return tags


@dataclass(frozen=True, slots=True)
class TokenScores:
    """seqeval's strict IOB2 report over tokens, by label; ``str()`` is a table, :meth:`to_dict` ready for JSON."""

    sentences: int
    report: dict[str, dict[str, float]]

    @property
    def f1(self) -> float:
        """Micro-averaged over spans: the benchmarks' figure."""
        return float(self.report["micro avg"]["f1-score"])

    @property
    def labels(self) -> list[str]:
        return [name for name in self.report if not name.endswith(" avg")]

    def to_dict(self) -> dict[str, Any]:
        names = {"all": "micro avg"} | {label: label for label in self.labels}
        return {"sentences": self.sentences, "strict_tokens": {name: self._row(key) for name, key in names.items()}}

    def _row(self, name: str) -> dict[str, float]:
        row = self.report[name]
        scores = {"precision": row["precision"], "recall": row["recall"], "f1": row["f1-score"]}
        return {key: round(float(score), 4) for key, score in scores.items()} | {"gold": int(row["support"])}

    def __str__(self) -> str:
        lines = [f"{self.sentences} sentences", f"{'strict, tokens':20}  precision  recall     F1   gold"]
        for name, row in self.to_dict()["strict_tokens"].items():
            shown = "all spans" if name == "all" else name
            lines.append(f"{shown:20}  {row['precision']:9.3f}  {row['recall']:6.3f}  {row['f1']:.3f}  {row['gold']:5}")
        return "\n".join(lines)


def score_tokens(predicted: Sequence[Page], gold: Sequence[LabelledTokens]) -> TokenScores:
    """Scores tagged pages against the tokens they were made from, in their order.

    Raises KhabarError where a page could not be tagged.
    """
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    truth: list[list[str]] = []
    answers: list[list[str]] = []
    for page, right in zip(predicted, gold, strict=True):
        if page.error is not None:
            raise KhabarError(f"page {page.id!r}: {page.error}")
        truth += [sentence.tags for sentence in right.sentences]
        answers += tags_of_tokens(page, right.sentences)
    if not any(tag != "O" for tags in [*truth, *answers] for tag in tags):
        nothing = {"precision": 0.0, "recall": 0.0, "f1-score": 0.0, "support": 0}
        return TokenScores(len(truth), {"micro avg": nothing})
    report: dict[str, dict[str, float]] = classification_report(
        truth, answers, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
    )
    return TokenScores(len(truth), report)
