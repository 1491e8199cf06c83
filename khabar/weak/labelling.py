"""Pages -> weak labels: every source is asked, the label model adds up."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from khabar.labels import PARAGRAPH_LABELS
from khabar.pages import Page, Paragraph, Span
from khabar.weak.base import Document
from khabar.weak.sources import load_sources
from khabar.weak.votes import DocumentVotes, LabelModel, SourceError, WeakLabels, collect_votes

#: On how many pages a label model is fitted, at most.
FIT_PAGES = 2000
_CHUNK = 16
_DECIMALS = 4


@dataclass
class Labeller:
    """Labels pages with the built-in sources and a user's own (``own_sources``, a file of :mod:`khabar.weak.own`)."""

    model: LabelModel
    own_sources: Path | None = None

    def __post_init__(self) -> None:
        self.sources = load_sources(self.own_sources)

    def votes(self, page: Page) -> DocumentVotes:
        """All votes on a page; raises SourceError where a source fails."""
        return collect_votes(Document(page), self.sources)

    def fit(self, pages: Iterable[Page]) -> None:
        """Fits the label model on the votes on these pages; pages with an error are left out."""
        self.model.fit([votes for page in pages if (votes := self._votes_or_none(page)) is not None])

    def _votes_or_none(self, page: Page) -> DocumentVotes | None:
        if page.error is not None:
            return None
        try:
            return self.votes(page)
        except SourceError:
            return None

    def label(self, page: Page) -> Page:
        """A new page with weak labels; one with an error, or on which a source fails, keeps its ``error`` instead."""
        labelled = page.reset()
        labelled.error = page.error
        if page.error is not None:
            return labelled
        document = Document(page)
        try:
            labels = self.model.predict(collect_votes(document, self.sources))
        except SourceError as error:
            labelled.error = str(error)
            return labelled
        fill(labelled, document, labels)
        return labelled

    def label_all(self, pages: Iterable[Page], *, workers: int = 1) -> Iterator[Page]:
        """Labels pages one after the other, in their order; with ``workers`` > 1 in as many processes."""
        if workers < 2:
            yield from map(self.label, pages)
            return
        chunks = _chunks(pages, _CHUNK)
        start = (self.model, self.own_sources)
        # spawn: a fork copies the locks of the caller's threads
        with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start_worker, initargs=start) as pool:
            running: deque[Future[list[Page]]] = deque()
            for chunk in chunks:
                running.append(pool.submit(_label_chunk, chunk))
                if len(running) > 2 * workers:
                    yield from running.popleft().result()
            while running:
                yield from running.popleft().result()


def fill(page: Page, document: Document, labels: WeakLabels) -> None:
    """Writes weak labels into the page: its paragraphs, spans and words."""
    page.paragraphs = []
    for paragraph, probabilities in zip(document.paragraphs, labels.paragraphs, strict=True):
        label = max(probabilities, key=probabilities.__getitem__, default=PARAGRAPH_LABELS[0])
        score = round(probabilities[label], _DECIMALS) if probabilities else None
        page.paragraphs.append(Paragraph(paragraph.start, paragraph.end, label, score, _rounded(probabilities)))
    page.words = [
        (word.start, word.end, _rounded(tags)) for word, tags in zip(document.words, labels.words, strict=True)
    ]
    page.spans = []
    paragraph_of = 0
    for (first, last, label, score), names in zip(labels.spans, labels.sources, strict=True):
        while document.ranges[paragraph_of].stop <= first:
            paragraph_of += 1
        start, end = document.words[first].start, document.words[last - 1].end
        text = page.text[start:end]
        page.spans.append(Span(start, end, label, text, round(score, _DECIMALS), paragraph=paragraph_of, sources=names))


def _rounded(distribution: dict[str, float]) -> dict[str, float]:
    """The distribution with few decimals, summing to 1 all the same."""
    if not distribution:
        return {}
    rounded = {label: round(p, _DECIMALS) for label, p in distribution.items() if p >= 10**-_DECIMALS}
    top = max(rounded, key=rounded.__getitem__)
    rest = sum(p for label, p in rounded.items() if label != top)
    return rounded | {top: round(1 - rest, _DECIMALS)}


def sample_pages(pages: Iterable[Page], size: int = FIT_PAGES, *, seed: int = 0) -> list[Page]:
    """``size`` pages drawn from all with equal chance, in their order (Vitter 1985, algorithm R); bounded memory."""
    generator = random.Random(seed)
    sample: list[tuple[int, Page]] = []
    for index, page in enumerate(pages):
        if index < size:
            sample.append((index, page))
        elif (place := generator.randrange(index + 1)) < size:
            sample[place] = (index, page)
    return [page for _, page in sorted(sample, key=lambda item: item[0])]


def _chunks(pages: Iterable[Page], size: int) -> Iterator[list[Page]]:
    iterator = iter(pages)
    while chunk := list(islice(iterator, size)):
        yield chunk


_labeller: Labeller


def _start_worker(model: LabelModel, own_sources: Path | None) -> None:
    global _labeller
    _labeller = Labeller(model, own_sources)


def _label_chunk(pages: list[Page]) -> list[Page]:
    return [_labeller.label(page) for page in pages]
