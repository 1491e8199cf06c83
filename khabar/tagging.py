"""Pages -> pages with paragraphs classified and spans tagged, by a trained tagger."""

from __future__ import annotations

import dataclasses
import logging
import math
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from khabar.batching import Floats, PageAnswers, batches_by_length, collate, paragraph_features, paragraphs_of
from khabar.brackets import whole_spans
from khabar.chunks import chunks_of
from khabar.cores import Cores
from khabar.decoding import best_tags, paragraph_classes, scaled, tempered, with_grammar
from khabar.devices import Device, choose_device
from khabar.encoding import PageEncoder, Window
from khabar.grammar_tags import grammar_tags
from khabar.labels import PARAGRAPH_LABELS, tags_to_spans
from khabar.memory import OUT_OF_MEMORY, Memory
from khabar.model import Decoding, TaggerModel, find_folder, load
from khabar.overlapping import ahead
from khabar.page_head import ReadPage, classify
from khabar.pages import KhabarError, Page, Paragraph, Span
from khabar.values import page_published, span_value

logger = logging.getLogger(__name__)

#: Padded subwords a batch, by device: on a CPU what its caches hold, on a GPU what keeps it busy.
BATCH_TOKENS = {"cpu": 2048, "cuda": 32768}
#: Batches that are computed while pages are decoded and written: so many take longer than a chunk of pages does.
_BATCHES_AHEAD = 8
_DECIMALS = 4

#: Log-probabilities of the tags, probabilities of the classes and the paragraphs' vectors, of a batch's windows.
_Scores = tuple[Floats, Floats, Floats]


class Tagger:
    """Tags pages. Made by :meth:`from_pretrained`; knows nothing of training."""

    def __init__(
        self, model: TaggerModel, encoder: PageEncoder, device: Device, decoding: Decoding | None = None
    ) -> None:
        self.model = model.place(device.device, device.dtype).eval()
        self.encoder = encoder
        self.device = device
        self.decoding = decoding or Decoding()
        self.tags = model.tags

    @classmethod
    def from_pretrained(cls, name: str | Path, *, device: str | None = None, dtype: str = "auto") -> Tagger:
        """The tagger of a folder or a Hub id, on ``device`` (a GPU when there is one) in ``dtype``.

        ``dtype`` is ``bf16``, ``fp16``, ``fp32`` or ``auto``, which takes the fastest the machine computes in.
        Raises KhabarError for a folder that is not a whole tagger, naming the cause.
        """
        model, tokenizer, settings = load(find_folder(name))
        encoder = PageEncoder(tokenizer, length=settings.window, context=settings.context)
        return cls(model, encoder, choose_device(precision=dtype, device=device), settings.decoding)

    def tag(self, texts: Iterable[str | Page]) -> list[Page]:
        """The texts' or pages' records, in their order. A text's id is its position from 0.

        Raises KhabarError for a text that stands alone instead of in a list.
        """
        if isinstance(texts, str):
            raise KhabarError("Tagger.tag takes a list of texts, found one text; write tag([text])")
        pages = (item if isinstance(item, Page) else Page(str(index), item) for index, item in enumerate(texts))
        return list(self.tag_pages(pages))

    def tag_pages(self, pages: Iterable[Page]) -> Iterator[Page]:
        """Tags pages as they come, in their order, in bounded memory. A page with an ``error`` keeps it, untagged."""
        shortened = 0
        memory = Memory()
        with (
            Cores(self.device.cores) as cores,
            closing(ahead(self._answered(ahead(self._encoded(pages)), cores, memory), _BATCHES_AHEAD)) as answered,
        ):
            for chunk in answered:
                if chunk is None:
                    continue
                for page, answers in chunk.answers:
                    shortened += answers.page.shortened
                    with _told_of(page):
                        fill(page, answers, self.tags, self.decoding)
                yield from chunk.pages
        if shortened:
            logger.warning("%d words longer than 64 characters were read by their beginning only", shortened)
        if memory.halved:
            logger.warning(
                "out of memory: %d batches were halved and tried again; free some memory for more speed", memory.halved
            )

    def _encoded(self, pages: Iterable[Page]) -> Generator[_Chunk]:
        """The pages in chunks, ready to be answered."""
        for taken in chunks_of(map(_as_scraped, pages)):
            chunk = _Chunk(taken)
            for page in taken:
                if page.error is None:
                    with _told_of(page):
                        chunk.answers.append((page, self._unanswered(page)))
            yield chunk

    def _answered(self, chunks: Iterable[_Chunk], cores: Cores, memory: Memory) -> Generator[_Chunk | None]:
        """The chunks when they are answered, and None after each batch: who stops then waits for no whole chunk."""
        for chunk in chunks:
            for _ in self._answer([answers for _, answers in chunk.answers], cores, memory):
                yield None
            yield chunk

    def answer(self, pages: Sequence[Page]) -> list[PageAnswers]:
        """Both heads' scores for every word and paragraph of the pages, before decoding.

        Raises KhabarError where one window alone does not fit into memory.
        """
        answered = [self._unanswered(page) for page in pages]
        with Cores(self.device.cores) as cores:
            deque(self._answer(answered, cores, Memory()), maxlen=0)
        if failed := [answers.failed for answers in answered if answers.failed is not None]:
            raise KhabarError(failed[0])
        return answered

    def _unanswered(self, page: Page) -> PageAnswers:
        mean = self.decoding.subwords == "mean"
        return PageAnswers(self.encoder.encode(page), tags=len(self.tags), classes=len(PARAGRAPH_LABELS), mean=mean)

    def _answer(self, answers: Sequence[PageAnswers], cores: Cores, memory: Memory) -> Iterator[None]:
        return answer(self.model, answers, pad=self.encoder.pad, device=self.device, cores=cores, memory=memory)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Pages whose windows are batched together, and the answers about those that can be read."""

    pages: list[Page]
    answers: list[tuple[Page, PageAnswers]] = field(default_factory=list)


def _as_scraped(page: Page) -> Page:
    """The page without what an earlier run found; an error that it came with stays."""
    return dataclasses.replace(page.reset(), error=page.error)


@contextmanager
def _told_of(page: Page) -> Iterator[None]:
    """Whatever goes wrong with one page becomes its ``error``: it must not cost the others."""
    try:
        yield
    except KhabarError as error:
        page.paragraphs, page.spans = [], []
        page.error = f"cannot be tagged: {error}"
    except Exception as error:
        page.paragraphs, page.spans = [], []
        page.error = f"cannot be tagged ({type(error).__name__}: {error}); please report this page"


def answer(
    model: TaggerModel, answers: Sequence[PageAnswers], *, pad: int, device: Device, cores: Cores, memory: Memory
) -> Iterator[None]:
    """Adds what both heads say to the answers, in batches of windows of like length; comes back after each batch.

    A batch that does not fit into memory is halved and tried again, down to one window; the page of a window that
    does not fit alone is without answers (:meth:`khabar.batching.PageAnswers.check` tells).
    """
    pages = [page.page for page in answers]
    features = [paragraph_features(page) for page in pages]
    windows = [(index, window) for index, page in enumerate(pages) for window in page.windows]

    @torch.inference_mode()
    def scores(batch: Sequence[tuple[int, Window]]) -> _Scores:
        held = [features[index][paragraphs_of(window)] for index, window in batch]
        tensors = collate([window for _, window in batch], held, pad=pad)
        tag_logits, class_logits, vectors = (read.float() for read in model.read(**tensors.to(device.device)))
        return tag_logits.log_softmax(-1).cpu().numpy(), class_logits.softmax(-1).cpu().numpy(), vectors.cpu().numpy()

    def answered(chosen: Sequence[int]) -> list[tuple[Sequence[tuple[int, Window]], _Scores | None]]:
        return list(memory.halving([windows[index] for index in chosen], scores))

    batches = list(batches_by_length([window for _, window in windows], BATCH_TOKENS[device.device.type]))
    for parts in cores.compute(batches, answered):
        for batch, scored in parts:
            if scored is None:
                answers[batch[0][0]].failed = OUT_OF_MEMORY
                continue
            for row, (index, window) in enumerate(batch):
                answers[index].add(window, scored[0][row, : len(window)], scored[1][row], scored[2][row])
        yield
    if model.page_head is not None:
        whole = [page for page in answers if page.vectors is not None and page.failed is None]
        told = classify(model.page_head, [read_page(page, device) for page in whole])
        for page, probabilities in zip(whole, told, strict=True):
            page.take_page_heads(probabilities.cpu().numpy())


def read_page(answers: PageAnswers, device: Device, targets: Floats | None = None) -> ReadPage:
    """A page's paragraph vectors and features as the page head takes them, with what is right where it is known."""
    assert answers.vectors is not None

    def held(array: Floats) -> torch.Tensor:
        return torch.from_numpy(array).to(device.device)

    features = paragraph_features(answers.page)
    return ReadPage(held(answers.vectors), held(features), None if targets is None else held(targets))


def fill(page: Page, answers: PageAnswers, tags: Sequence[str], decoding: Decoding) -> None:
    """Writes the answers into the page: classified paragraphs, and spans with score and value."""
    answers.check()
    encoded = answers.page
    published = page.published or page_published(page.text)
    probabilities = paragraph_classes(answers.paragraphs, decoding.paragraph_temperature, decoding.paragraph_chain)
    tag_scores = word_scores(answers, decoding)
    page.paragraphs, page.spans = [], []
    for index, (paragraph, span) in enumerate(zip(encoded.paragraphs, encoded.ranges, strict=True)):
        best = int(probabilities[index].argmax())
        score = round(float(probabilities[index, best]), _DECIMALS)
        page.paragraphs.append(Paragraph(paragraph.start, paragraph.end, PARAGRAPH_LABELS[best], score))
        if not span:
            continue
        # «Sunday» in the teaser of another story is not the Sunday before this page was published.
        told = published if PARAGRAPH_LABELS[best] == "report" else None
        scores = tag_scores[span.start : span.stop]
        path = best_tags(scores, tags) if decoding.constrained else scores.argmax(axis=1)
        inside = encoded.words[span.start : span.stop]
        spans = list(whole_spans(inside, tags_to_spans([tags[tag] for tag in path])))
        for (first, last, label), likely in zip(spans, span_probabilities(scores, path, spans, tags), strict=True):
            start, end = inside[first].start, inside[last - 1].end
            text = page.text[start:end]
            page.spans.append(
                Span(
                    start,
                    end,
                    label,
                    text,
                    score=round(scaled(likely, decoding.span_scaling), _DECIMALS),
                    paragraph=index,
                    value=span_value(label, text, told),
                )
            )


def word_scores(answers: PageAnswers, decoding: Decoding) -> npt.NDArray[np.floating]:
    """Calibrated log-probabilities of each word's tags, the grammars' reading in them. Shape: (words, tags)."""
    scores = tempered(answers.tags, decoding.tag_temperature)
    if not decoding.grammar:
        return scores
    return with_grammar(scores, grammar_tags(answers.page.words, answers.page.ranges), decoding.grammar)


def span_probabilities(
    scores: npt.NDArray[np.floating],
    path: npt.NDArray[np.intp],
    spans: Sequence[tuple[int, int, str]],
    tags: Sequence[str],
) -> Iterator[float]:
    """How likely the words of each span are this span and it goes no further, each word judged by itself.

    ``scores``: log-probabilities of a paragraph's words (words, tags). ``path``: their tags. ``spans``: the first word,
    the last word + 1 and the label of each.
    """
    chosen = scores[np.arange(len(path)), path]
    for first, last, label in spans:
        within = math.exp(chosen[first:last].sum())
        onward = math.exp(scores[last, tags.index(f"I-{label}")]) if last < len(path) else 0.0
        yield within * max(0.0, 1 - onward)
