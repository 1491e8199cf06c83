"""Fine-tunes a tagger on labelled pages, and writes its folder with all that tells how it was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from khabar.card import write_card
from khabar.config import TrainingConfig
from khabar.errors import analyse_errors
from khabar.learning import Learning
from khabar.matching import Match
from khabar.metrics import Scores, score_in_order
from khabar.model import Settings
from khabar.page_training import train_page_head
from khabar.pages import KhabarError
from khabar.tagging import Tagger
from khabar.token_labels import TokenScores, score_tokens
from khabar.trainer import TaggerTrainer, soft_cross_entropy, tagger_of
from khabar.training_data import load_data
from khabar.validation import RestoringValidator

__all__ = ["TaggerTrainer", "load_data", "soft_cross_entropy", "train"]


def train(
    config: TrainingConfig, *, resume: bool = False, show_errors: Callable[[list[Match]], None] | None = None
) -> Path:
    """Trains, keeps the best epoch and writes the model folder, which it returns.

    ``resume`` goes on from the last checkpoint in the output folder, where there is one. ``show_errors`` is given the
    surest errors on annotated held-out pages; they hold text of these pages and are never written. Raises
    KhabarError for data, encoders and devices that cannot be used.
    """
    learning = Learning(config)
    data = learning.data
    if not any(page.weight for page in data.train):
        raise KhabarError("data.unlabelled alone makes no tagger; 'khabar pretrain' makes an encoder of it")
    model = tagger_of(learning.run(resume=resume))
    model.page_head = learning.page_head
    if not learning.processes.first:
        return config.output
    assert not isinstance(learning.validator, RestoringValidator)
    if not data.only_tokens:
        model.page_head = train_page_head(model, learning.encoder, data.train, config, start=learning.page_head)
    decoding = learning.validator.fit_decoding(model, config.seed)
    encoder = learning.encoder
    model.save(config.output, encoder.tokenizer, Settings(encoder.length, encoder.context, decoding))
    scores, errors = _score_saved(learning)
    learning.write_records(labels=list(data.labels), validation=scores.to_dict() if scores else None)
    write_card(config.output)
    if scores:
        print(f"on the {'validation pages' if data.validation else 'held-out sentences'}\n{scores}")
    if errors and show_errors is not None:
        show_errors(errors)
    learning.finish()
    return config.output


def _score_saved(learning: Learning) -> tuple[Scores | TokenScores | None, list[Match]]:
    """The scores of what was written, in its stored number format, and the surest errors on annotated pages."""
    data = learning.data
    if not data.validation and not data.tokens:
        return None, []
    saved = Tagger.from_pretrained(learning.config.output, device=str(learning.device.device), dtype="fp32")
    if data.tokens:
        return score_tokens(saved.tag(page.page for page in data.tokens), data.tokens), []
    predicted = saved.tag(data.validation)
    # Weak labels are not what is right. Errors are found by id, and held-out pages of several folders may share one.
    annotated = [pair for pair in zip(predicted, data.validation, strict=True) if pair[1].words is None]
    found, gold = (
        (
            [replace(page, id=f"{page.id} ({number})") for number, page in enumerate(side, 1)]
            for side in zip(*annotated, strict=True)
        )
        if annotated
        else ([], [])
    )
    return score_in_order(predicted, data.validation), analyse_errors(found, gold).worst()
