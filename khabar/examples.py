"""Labelled pages -> training examples: windows with a target distribution for every subword and paragraph."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from datasets import Dataset
from torch import Tensor

from khabar.batching import Floats, collate, paragraph_features, paragraphs_of
from khabar.encoding import EncodedPage, PageEncoder, Window
from khabar.labels import PARAGRAPH_LABELS, spans_to_tags, tags_of
from khabar.model import PARAGRAPH_FEATURES
from khabar.pages import KhabarError, Page

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page with weak labels (``page.words`` is filled) or annotations, and its weight in the loss."""

    page: Page
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class PageTargets:
    """What the heads should say of a page; a row of zeros asks for nothing.

    ``words``: (words, tags). ``paragraphs``: (paragraphs, classes). ``inexact`` counts the spans that whole words
    cannot say.
    """

    words: Floats
    paragraphs: Floats
    inexact: int


def page_targets(labelled: LabelledPage, encoded: EncodedPage, tags: Sequence[str]) -> PageTargets:
    """The targets of one page. Raises KhabarError where its weak labels belong to another text or another tag set."""
    page = labelled.page
    position = {tag: index for index, tag in enumerate(tags)}
    words = np.zeros((len(encoded.words), len(tags)), dtype=np.float32)
    paragraphs = np.zeros((len(encoded.paragraphs), len(PARAGRAPH_LABELS)), dtype=np.float32)
    places = [(paragraph.start, paragraph.end) for paragraph in encoded.paragraphs]
    inexact = 0
    if [(paragraph.start, paragraph.end) for paragraph in page.paragraphs] != places:
        raise KhabarError(f"page {page.id!r}: its paragraphs do not lie where its text has them; label the page again")
    try:
        if page.words is None:
            given, inexact = spans_to_tags(encoded.words, page.spans)
            words[np.arange(len(given)), [position[tag] for tag in given]] = 1
        else:
            if [word[:2] for word in page.words] != [(word.start, word.end) for word in encoded.words]:
                raise KhabarError(f"page {page.id!r}: its weak labels are of other words; run 'khabar label' again")
            for row, (_, _, distribution) in zip(words, page.words, strict=True):
                for tag, probability in distribution.items():
                    row[position[tag]] = probability
    except KeyError as error:
        raise KhabarError(f"page {page.id!r}: label {error.args[0]!r} is not one of {', '.join(tags)}") from None
    for row, paragraph in zip(paragraphs, page.paragraphs, strict=True):
        classes = paragraph.probabilities if paragraph.probabilities is not None else {paragraph.label: 1.0}
        for label, probability in classes.items():
            if label not in PARAGRAPH_LABELS:
                raise KhabarError(
                    f"page {page.id!r}: paragraph class {label!r}, expected {', '.join(PARAGRAPH_LABELS)}"
                )
            row[PARAGRAPH_LABELS.index(label)] = probability
    return PageTargets(words * labelled.weight, paragraphs * labelled.weight, inexact)


def subword_targets(window: Window, words: Floats, tags: Sequence[str], *, first_only: bool = False) -> Floats:
    """The targets of a window's subwords: every subword of a word is labelled, later ones inside what the first begins.

    ``words``: the page's targets (words, tags). ``first_only`` asks nothing of later subwords. Shape: (subwords, tags).
    """
    targets = np.zeros((len(window), len(tags)), dtype=np.float32)
    inside = np.array([tags.index("I" + tag[1:]) if tag.startswith("B-") else i for i, tag in enumerate(tags)])
    word = -1
    for place, (starting, paragraph) in enumerate(zip(window.words, window.paragraphs, strict=True)):
        if starting >= 0:
            word = starting
            targets[place] = words[word]
        elif paragraph >= 0 and not first_only:
            np.add.at(targets[place], inside, words[word])
    return targets


def make_dataset(
    pages: Sequence[LabelledPage], encoder: PageEncoder, tags: Sequence[str], *, first_only: bool = False
) -> tuple[Dataset, int]:
    """The pages' windows with their targets, one example a window, and how many spans whole words cannot say.

    Windows of pages of weight 0 carry no targets: only their hidden words can be learned.
    """
    rows: list[dict[str, Any]] = []
    inexact = 0
    for labelled in pages:
        encoded = encoder.encode(labelled.page)
        targets = page_targets(labelled, encoded, tags)
        inexact += targets.inexact
        features = paragraph_features(encoded)
        for window in encoded.windows:
            held = paragraphs_of(window)
            asks = labelled.weight > 0
            rows.append(
                {
                    "input_ids": window.input_ids,
                    "words": window.words,
                    "paragraphs": window.paragraphs,
                    "features": features[held].tolist(),
                    "tag_targets": (
                        subword_targets(window, targets.words, tags, first_only=first_only).tolist() if asks else []
                    ),
                    "class_targets": targets.paragraphs[held].tolist() if asks else [],
                    "length": len(window),
                }
            )
    return Dataset.from_list(rows), inexact


@dataclass
class TrainingCollator:
    """Examples -> a padded batch with targets."""

    pad: int
    tags: int = len(tags_of())

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """``tag_targets``: (windows, subwords, tags), ``class_targets``: (windows, paragraphs, classes).

        ``starts``: (windows, subwords), true at each word's first subword.
        """
        windows = [Window(row["input_ids"], row["words"], row["paragraphs"]) for row in rows]
        features = [np.asarray(row["features"], dtype=np.float32).reshape(-1, PARAGRAPH_FEATURES) for row in rows]
        batch = collate(windows, features, pad=self.pad)
        starts = torch.zeros(batch.input_ids.shape, dtype=torch.bool)
        tags = torch.zeros(*batch.input_ids.shape, self.tags)
        classes = torch.zeros(*batch.features.shape[:2], len(PARAGRAPH_LABELS))
        for index, row in enumerate(rows):
            starts[index, : len(row["words"])] = torch.tensor(row["words"]) >= 0
            if row["tag_targets"]:
                tags[index, : len(row["tag_targets"])] = torch.tensor(row["tag_targets"])
            if row["class_targets"]:
                classes[index, : len(row["class_targets"])] = torch.tensor(row["class_targets"])
        return {
            "input_ids": batch.input_ids,
            "attention_mask": batch.attention_mask,
            "slots": batch.slots,
            "features": batch.features,
            "starts": starts,
            "tag_targets": tags,
            "class_targets": classes,
        }


def split_pages(pages: Sequence[Item], share: float, seed: int) -> tuple[list[Item], list[Item]]:
    """Training pages and held-out pages: ``share`` of all, whole pages, at least one where there are two."""
    held = min(max(round(len(pages) * share), 1), len(pages) - 1) if share else 0
    order = list(range(len(pages)))
    random.Random(seed).shuffle(order)
    chosen = set(order[:held])
    return (
        [page for index, page in enumerate(pages) if index not in chosen],
        [page for index, page in enumerate(pages) if index in chosen],
    )
