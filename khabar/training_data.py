"""What a configuration learns from: weak labels, annotated pages, token labels and pages without labels."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from khabar.annotated import read_annotated
from khabar.composing import compose_pages
from khabar.config import DataConfig, TrainingConfig
from khabar.examples import LabelledPage, split_pages
from khabar.labels import SPAN_LABELS
from khabar.noise import noised_pages
from khabar.pages import KhabarError, Page, split_paragraphs
from khabar.reading import read_pages, read_records
from khabar.token_labels import LabelledTokens, labels_in, read_token_labels

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingData:
    """Pages to learn from and pages to choose the best epoch on.

    ``tokens`` are the held-out pages where all labels are of tokens; ``validation`` is empty then.
    """

    train: list[LabelledPage]
    validation: list[Page]
    composed: int = 0
    tokens: list[LabelledTokens] = field(default_factory=list)
    labels: tuple[str, ...] = SPAN_LABELS

    @property
    def only_tokens(self) -> bool:
        """Whether no paragraph has a class: the labels are of tokens."""
        return not any(_has_classes(page.page) for page in self.train)

    @property
    def only_unlabelled(self) -> bool:
        """Whether nothing has a label: only hidden words can be learned."""
        return not any(page.weight for page in self.train)

    def summary(self) -> dict[str, int]:
        """Pages and words by where they come from; written into the model card."""
        counts = {
            "training pages": len(self.train),
            "training words": sum(len(page.page.text.split()) for page in self.train),
            "weakly labelled pages": sum(page.page.words is not None for page in self.train),
            "composed pages": self.composed,
            "validation pages": len(self.validation) + len(self.tokens),
            "weakly labelled validation pages": sum(page.words is not None for page in self.validation),
        }
        unlabelled = sum(not page.weight for page in self.train)
        return counts | ({"pages without labels": unlabelled} if unlabelled else {})


def load_data(config: TrainingConfig) -> TrainingData:
    """The pages of the configuration, split by page. Raises KhabarError where there are none or a file is wrong."""
    data = config.data
    weak = _weak_pages(data)
    annotated = [LabelledPage(page) for folder in data.annotated for page in read_annotated(folder)]
    tokens = [page for path in data.conll for page in read_token_labels(path, sentences=data.conll_sentences)]
    unlabelled = _unlabelled_pages(data)
    if unlabelled and not config.training.restore_weight:
        raise KhabarError("data.unlabelled: its words are learned only where training.restore_weight is above 0")
    if tokens and not annotated and not any(_has_classes(labelled.page) for labelled in weak):
        return _of_tokens(config, tokens, weak, unlabelled)
    if data.conll_validation:
        raise KhabarError("data.conll_validation chooses the epoch where all labels are of data.conll; leave it out")
    validation = [page for folder in data.validation for page in read_annotated(folder)]
    by_hand = {_without_blanks(page) for page in [*(labelled.page for labelled in annotated), *validation]}
    only_weak = [labelled for labelled in weak if _without_blanks(labelled.page) not in by_hand]
    if len(only_weak) < len(weak):
        print(f"{len(weak) - len(only_weak)} weakly labelled pages are annotated too; they count once, as annotated")
    pages = [*only_weak, *annotated]
    if not pages and not unlabelled:
        raise KhabarError("no pages to learn from; give data.weak=FILE, data.annotated=FOLDER or data.conll=FILE")
    if not validation:
        pages, held = split_pages(pages, data.validation_share, config.seed)
        validation = [page.page for page in held]
    right = [page.page for page in pages if page.page.words is None]
    composed = compose_pages(right, data.composed_share, config.seed)
    annotated = [LabelledPage(page) for page in noised_pages([*right, *composed], data.noised_share, config.seed)]
    weak = [page for page in pages if page.page.words is not None]
    by_token = [LabelledPage(page.page) for page in tokens]
    return TrainingData([*weak, *annotated, *by_token, *unlabelled], validation, len(composed))


def _weak_pages(data: DataConfig) -> list[LabelledPage]:
    records = [page for path in data.weak for page in read_records(path)]
    weak = [LabelledPage(page, data.weak_weight) for page in records if page.error is None and page.paragraphs]
    if len(weak) < len(records):
        logger.warning("%d weakly labelled pages carry an error or no text; left out", len(records) - len(weak))
    if any(page.page.words is None for page in weak):
        raise KhabarError(f"data.weak: {data.weak[0]} holds no weak labels; make them with 'khabar label'")
    return weak


def _unlabelled_pages(data: DataConfig) -> list[LabelledPage]:
    """Pages of weight 0: nothing is asked of their tags and paragraphs."""
    if not data.unlabelled:
        return []
    pages = [page for page in read_pages(data.unlabelled) if page.error is None and page.text.strip()]
    for page in pages:
        page.spans = []
        page.words = None
        page.paragraphs = split_paragraphs(page.text)
        for paragraph in page.paragraphs:
            paragraph.probabilities = {}
    return [LabelledPage(page, 0.0) for page in pages]


def _of_tokens(
    config: TrainingConfig, tokens: list[LabelledTokens], weak: list[LabelledPage], unlabelled: list[LabelledPage]
) -> TrainingData:
    data = config.data
    if data.validation:
        raise KhabarError("data.validation: annotated pages cannot score token labels; give data.conll_validation=FILE")
    together = data.conll_sentences
    held = [page for path in data.conll_validation for page in read_token_labels(path, sentences=together)]
    if not held:
        tokens, held = split_pages(tokens, data.validation_share, config.seed)
    train = [LabelledPage(page.page) for page in tokens]
    labels = labels_in(page.page for page in tokens)
    return TrainingData([*weak, *train, *unlabelled], [], tokens=held, labels=labels)


def _has_classes(page: Page) -> bool:
    """Whether a paragraph has a class; one that is given no likely class has none."""
    return any(p.label if p.probabilities is None else p.probabilities for p in page.paragraphs)


def _without_blanks(page: Page) -> str:
    """What a page and its annotation share: annotations may leave out blank lines and surplus white space."""
    return "".join(page.text.split())
