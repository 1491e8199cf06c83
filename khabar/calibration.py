"""Fits a tagger's decoding on annotated pages: temperatures, the grammars' weights, the chain over paragraphs.

Temperature scaling is of Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; the chain is a linear-chain
CRF (Lafferty et al., ICML 2001) over paragraph classes, whose only weights are its transitions and a temperature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from khabar.batching import Floats, PageAnswers
from khabar.decoding import LEAST_PROBABILITY
from khabar.grammar_tags import GRAMMAR_TAGS, grammar_tags
from khabar.labels import PARAGRAPH_LABELS, spans_to_tags
from khabar.model import Decoding
from khabar.pages import Page

#: Keeps weights small where few pages tell: a Gaussian prior of this precision on each.
_PRIOR = 0.05


@dataclass(frozen=True, slots=True)
class _Known:
    """A page's answers beside what is right."""

    tag_scores: Floats
    grammar: npt.NDArray[np.intp]
    tags: list[int]
    class_scores: Floats
    classes: list[int]


def fit_decoding(answers: Sequence[PageAnswers], gold: Sequence[Page], tags: Sequence[str]) -> Decoding:
    """The temperatures, the grammars' weights and the paragraph chain under which annotated pages are most likely.

    ``answers``: a tagger's raw answers about the pages of ``gold``, in order. Pages without a paragraph tell nothing;
    without any page that does the decoding is the plain one.
    """
    known = [_beside(answer, page, tags) for answer, page in zip(answers, gold, strict=True) if page.paragraphs]
    known = [page for page in known if page.classes]
    if not known:
        return Decoding()
    tag_scores = torch.from_numpy(np.concatenate([page.tag_scores for page in known]))
    right = torch.tensor([tag for page in known for tag in page.tags])
    read = torch.from_numpy(np.concatenate([page.grammar for page in known]))
    log_temperature = torch.zeros(1, requires_grad=True)
    grammar = torch.zeros(len(GRAMMAR_TAGS), len(tags), requires_grad=True)

    def tag_loss() -> Tensor:
        scores = tag_scores / log_temperature.exp() + grammar[read]
        loss = torch.nn.functional.cross_entropy(scores, right, reduction="sum")
        return loss + _PRIOR * ((log_temperature**2).sum() + (grammar**2).sum())

    if len(right):
        _minimise(tag_loss, [log_temperature, grammar])
    chain = torch.zeros(len(PARAGRAPH_LABELS), len(PARAGRAPH_LABELS), requires_grad=True)
    log_sharpness = torch.zeros(1, requires_grad=True)
    scores = [torch.from_numpy(page.class_scores) for page in known]

    def chain_loss() -> Tensor:
        loss = _PRIOR * ((chain**2).sum() + (log_sharpness**2).sum())
        for page, emissions in zip(known, scores, strict=True):
            loss = loss - _log_likelihood(emissions * log_sharpness.exp(), chain, page.classes)
        return loss

    _minimise(chain_loss, [chain, log_sharpness])
    return Decoding(
        tag_temperature=round(float(log_temperature.detach().exp()), 4),
        paragraph_temperature=round(float((-log_sharpness).detach().exp()), 4),
        paragraph_chain=_table(chain),
        grammar=_table(grammar),
    )


def fit_span_scaling(scored: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """The slope and offset of the log-odds under which spans' scores are most likely (:func:`khabar.decoding.scaled`).

    ``scored``: score and rightness of spans of annotated pages; without any, scores stay as they are.
    """
    if not scored:
        return 1.0, 0.0
    scores = torch.tensor([score for score, _ in scored], dtype=torch.float64)
    odds = torch.logit(scores, LEAST_PROBABILITY)
    right = torch.tensor([float(is_right) for _, is_right in scored], dtype=torch.float64)
    log_slope = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    offset = torch.zeros(1, dtype=torch.float64, requires_grad=True)

    def loss() -> Tensor:
        logits = odds * log_slope.exp() + offset
        unlikely = torch.nn.functional.binary_cross_entropy_with_logits(logits, right, reduction="sum")
        return unlikely + _PRIOR * (log_slope**2 + offset**2).sum()

    _minimise(loss, [log_slope, offset])
    return round(float(log_slope.detach().exp()), 4), round(float(offset.detach()), 4)


def _table(weights: Tensor) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(weight), 4) for weight in row) for row in weights.detach())


def _beside(answers: PageAnswers, gold: Page, tags: Sequence[str]) -> _Known:
    page = answers.page
    right, _ = spans_to_tags(page.words, gold.spans)
    return _Known(
        tag_scores=answers.tags,
        grammar=grammar_tags(page.words, page.ranges),
        tags=[tags.index(tag) for tag in right],
        class_scores=np.log(np.maximum(answers.paragraphs, LEAST_PROBABILITY)).astype(np.float32),
        classes=[PARAGRAPH_LABELS.index(paragraph.label) for paragraph in gold.paragraphs if paragraph.label],
    )


def _log_likelihood(emissions: Tensor, chain: Tensor, classes: Sequence[int]) -> Tensor:
    """The log-probability of a page's classes. Shapes: (paragraphs, classes), (classes, classes)."""
    places = torch.tensor(classes)
    told = emissions.gather(1, places[:, None]).sum() + chain[places[:-1], places[1:]].sum()
    total = emissions[0]
    for scores in emissions[1:]:
        total = (total[:, None] + chain).logsumexp(0) + scores
    return told - total.logsumexp(0)


def _minimise(loss: Callable[[], Tensor], weights: list[Tensor]) -> None:
    optimiser = torch.optim.LBFGS(weights, max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(closure)  # type: ignore[no-untyped-call]
