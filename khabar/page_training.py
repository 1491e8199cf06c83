"""Trains the page head on a trained encoder's answers: about the training pages and about pages composed anew."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from khabar.composing import compose_pages
from khabar.config import TrainingConfig
from khabar.devices import choose_device
from khabar.encoding import PageEncoder
from khabar.examples import LabelledPage, page_targets
from khabar.model import TaggerModel
from khabar.noise import noised_pages
from khabar.page_head import PageHead, ReadPage, fit_page_head
from khabar.pages import Page
from khabar.tagging import Tagger, read_page

#: Fewer pages tell too little of how pages go on, and a page head would know them by heart.
LEAST_PAGES = 100
#: Pages read before their words' scores are dropped.
_AT_ONCE = 128


def train_page_head(
    model: TaggerModel,
    encoder: PageEncoder,
    pages: Sequence[LabelledPage],
    config: TrainingConfig,
    *,
    start: PageHead | None,
) -> PageHead | None:
    """The page head for a trained model, going on from ``start`` where there is one; ``start`` where pages are few.

    The encoder knows the training pages, and has settled what each of their paragraphs is. So as many pages as
    ``page_head.composed_share`` asks are composed of the annotated ones anew, which it has not seen.
    """
    settings = config.page_head
    pages = [page for page in pages if page.weight and _has_classes(page.page)]
    if not settings.epochs or len(pages) < LEAST_PAGES:
        return start
    plain = [page.page for page in pages if page.page.words is None and "report" not in page.page.meta]
    composed = compose_pages(plain, settings.composed_share, config.seed + 1)
    noised = noised_pages(composed, config.data.noised_share, config.seed + 1)
    learned = [*pages, *map(LabelledPage, noised)]
    print(f"page head: {len(learned)} pages, {len(composed)} of them composed anew", flush=True)
    read = _read(copy.deepcopy(model), encoder, learned)
    return fit_page_head(read, epochs=settings.epochs, seed=config.seed, start=start)


def _has_classes(page: Page) -> bool:
    return page.words is None or any(paragraph.probabilities for paragraph in page.paragraphs)


def _read(model: TaggerModel, encoder: PageEncoder, pages: Sequence[LabelledPage]) -> list[ReadPage]:
    """The pages as the model reads them, in the number format that it will tag in here."""
    model.page_head = None
    tagger = Tagger(model, encoder, choose_device())
    read = []
    for first in range(0, len(pages), _AT_ONCE):
        batch = pages[first : first + _AT_ONCE]
        for labelled, answers in zip(batch, tagger.answer([page.page.reset() for page in batch]), strict=True):
            if answers.vectors is not None:
                targets = page_targets(labelled, answers.page, tagger.tags).paragraphs
                read.append(read_page(answers, tagger.device, targets))
    return read
