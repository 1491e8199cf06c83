"""Pages -> pages with paragraphs classified and spans tagged, by a trained tagger."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from khabar.batching import Floats, PageAnswers, batches_by_length, collate, paragraph_features, paragraphs_of
from khabar.decoding import best_tags, paragraph_classes, tempered, with_grammar
from khabar.devices import Device, choose_device
from khabar.encoding import EncodedPage, PageEncoder, Window
from khabar.grammar_tags import grammar_tags
from khabar.labels import PARAGRAPH_LABELS, tags_to_spans
from khabar.memory import OUT_OF_MEMORY, Memory
from khabar.model import Decoding, TaggerModel, find_folder, load
from khabar.pages import KhabarError, Page, Paragraph, Span
from khabar.values import page_published, span_value

logger = logging.getLogger(__name__)

#: Pages whose windows are sorted by length together. Batches form inside a chunk, in input order, so that a run that
#: was cut off and resumed at a chunk's start gives the same bytes.
CHUNK_PAGES = 128
CHUNK_CHARACTERS = 2_000_000
#: Padded subwords a batch, by device.
BATCH_TOKENS = {"cpu": 4096, "cuda": 65536}
_DECIMALS = 4


class Tagger:
    """Tags pages. Made by :meth:`from_pretrained`; knows nothing of training."""

    def __init__(
        self, model: TaggerModel, encoder: PageEncoder, device: Device, decoding: Decoding | None = None
    ) -> None:
        self.model = model.to(device.device, device.dtype).eval()
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
        for chunk in _chunks(pages):
            encoded: list[tuple[Page, EncodedPage]] = []
            for page in chunk:
                if page.error is None:
                    with _told_of(page):
                        encoded.append((page, self.encoder.encode(page)))
            answered = self._answer([page for _, page in encoded], memory)
            for (page, _), answers in zip(encoded, answered, strict=True):
                shortened += answers.page.shortened
                with _told_of(page):
                    fill(page, answers, self.tags, self.decoding)
            yield from chunk
        if shortened:
            logger.warning("%d words longer than 64 characters were read by their beginning only", shortened)
        if memory.halved:
            logger.warning(
                "out of memory: %d batches were halved and tried again; free some memory for more speed", memory.halved
            )

    def answer(self, pages: Sequence[Page]) -> list[PageAnswers]:
        """Both heads' scores for every word and paragraph of the pages, before decoding.

        Raises KhabarError where one window alone does not fit into memory.
        """
        answered = self._answer([self.encoder.encode(page) for page in pages], Memory())
        if failed := [answers.failed for answers in answered if answers.failed is not None]:
            raise KhabarError(failed[0])
        return answered

    def _answer(self, encoded: Sequence[EncodedPage], memory: Memory) -> list[PageAnswers]:
        mean = self.decoding.subwords == "mean"
        return answer(self.model, encoded, pad=self.encoder.pad, device=self.device, memory=memory, mean=mean)


def _chunks(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """The pages without what an earlier run found, in chunks of a bounded number of pages and characters."""
    chunk: list[Page] = []
    characters = 0
    for given in pages:
        page = given.reset()
        page.error = given.error
        chunk.append(page)
        characters += len(page.text)
        if len(chunk) == CHUNK_PAGES or characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


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


@torch.inference_mode()
def answer(
    model: TaggerModel, encoded: Sequence[EncodedPage], *, pad: int, device: Device, memory: Memory, mean: bool = False
) -> list[PageAnswers]:
    """Both heads' answers about every word and paragraph of encoded pages, in batches of windows of like length.

    ``mean``: a word's scores are the mean of its subwords' instead of its first one's.
    A batch that does not fit into memory is halved and tried again, down to one window; the page of a window that
    does not fit alone is without answers (:meth:`khabar.batching.PageAnswers.check` tells).
    """
    answers = [PageAnswers(page, tags=len(model.tags), classes=len(PARAGRAPH_LABELS), mean=mean) for page in encoded]
    features = [paragraph_features(page) for page in encoded]
    windows = [(index, window) for index, page in enumerate(encoded) for window in page.windows]

    def scores(batch: Sequence[tuple[int, Window]]) -> tuple[Floats, Floats]:
        held = [features[index][paragraphs_of(window)] for index, window in batch]
        tensors = collate([window for _, window in batch], held, pad=pad)
        tag_logits, class_logits = model(**tensors.to(device.device))
        return tag_logits.float().log_softmax(-1).cpu().numpy(), class_logits.float().softmax(-1).cpu().numpy()

    for chosen in batches_by_length([window for _, window in windows], BATCH_TOKENS[device.device.type]):
        for batch, scored in memory.halving([windows[index] for index in chosen], scores):
            if scored is None:
                answers[batch[0][0]].failed = OUT_OF_MEMORY
                continue
            for row, (index, window) in enumerate(batch):
                answers[index].add(window, scored[0][row, : len(window)], scored[1][row])
    return answers


def fill(page: Page, answers: PageAnswers, tags: Sequence[str], decoding: Decoding) -> None:
    """Writes the answers into the page: classified paragraphs, and spans with score and value."""
    answers.check()
    encoded = answers.page
    published = page.published or page_published(page.text)
    probabilities = paragraph_classes(answers.paragraphs, decoding.paragraph_temperature, decoding.paragraph_chain)
    tag_scores = tempered(answers.tags, decoding.tag_temperature)
    if decoding.grammar:
        tag_scores = with_grammar(tag_scores, grammar_tags(encoded.words, encoded.ranges), decoding.grammar)
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
        for first, last, label in tags_to_spans([tags[tag] for tag in path]):
            start, end = encoded.words[span.start + first].start, encoded.words[span.start + last - 1].end
            text = page.text[start:end]
            page.spans.append(
                Span(
                    start,
                    end,
                    label,
                    text,
                    score=round(span_probability(scores, path, first, last, tags), _DECIMALS),
                    paragraph=index,
                    value=span_value(label, text, told),
                )
            )


def span_probability(
    scores: npt.NDArray[np.floating], path: npt.NDArray[np.intp], first: int, last: int, tags: Sequence[str]
) -> float:
    """How likely the words ``first`` to ``last`` are this span and it goes no further, each word judged by itself.

    ``scores``: log-probabilities of a paragraph's words (words, tags). ``path``: their tags.
    """
    within = float(scores[np.arange(first, last), path[first:last]].sum())
    if last == len(path):
        return math.exp(within)
    onward = tags.index("I" + tags[path[first]][1:])
    return math.exp(within) * max(0.0, 1 - math.exp(float(scores[last, onward])))
