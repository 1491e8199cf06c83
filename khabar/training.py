"""Fine-tunes a tagger on labelled pages with Hugging Face's Trainer."""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import (
    EarlyStoppingCallback,
    PreTrainedModel,
    Trainer,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from transformers.trainer_utils import get_last_checkpoint, set_seed

from khabar.annotated import read_annotated
from khabar.calibration import fit_decoding
from khabar.card import write_card
from khabar.composing import compose_pages
from khabar.config import OptimisationConfig, TrainingConfig, to_yaml
from khabar.devices import Device, choose_device
from khabar.encoding import PageEncoder
from khabar.examples import LabelledPage, TrainingCollator, make_dataset, split_pages
from khabar.metrics import Scores, score_in_order, word_scores
from khabar.model import Decoding, Settings, TaggerModel, from_encoder
from khabar.noise import noised_pages
from khabar.pages import KhabarError, Page
from khabar.reading import read_records
from khabar.restoring import Masking, RestoringModel
from khabar.tagging import Tagger

logger = logging.getLogger(__name__)
CHECKPOINTS = ".checkpoints"


@dataclass(frozen=True)
class TrainingData:
    """Pages to learn from and pages to choose the best epoch on."""

    train: list[LabelledPage]
    validation: list[Page]
    composed: int = 0

    def summary(self) -> dict[str, int]:
        """Pages and words by where they come from; written into the model card."""
        return {
            "training pages": len(self.train),
            "training words": sum(len(page.page.text.split()) for page in self.train),
            "weakly labelled pages": sum(page.page.words is not None for page in self.train),
            "composed pages": self.composed,
            "validation pages": len(self.validation),
            "weakly labelled validation pages": sum(page.words is not None for page in self.validation),
        }


def load_data(config: TrainingConfig) -> TrainingData:
    """The pages of the configuration, split by page. Raises KhabarError where there are none or a file is wrong."""
    data = config.data
    records = [page for path in data.weak for page in read_records(path)]
    weak = [LabelledPage(page, data.weak_weight) for page in records if page.error is None and page.paragraphs]
    if len(weak) < len(records):
        logger.warning("%d weakly labelled pages carry an error or no text; left out", len(records) - len(weak))
    if any(page.page.words is None for page in weak):
        raise KhabarError(f"data.weak: {data.weak[0]} holds no weak labels; make them with 'khabar label'")
    annotated = [LabelledPage(page) for folder in data.annotated for page in read_annotated(folder)]
    validation = [page for folder in data.validation for page in read_annotated(folder)]
    by_hand = {_without_blanks(page) for page in [*(labelled.page for labelled in annotated), *validation]}
    only_weak = [labelled for labelled in weak if _without_blanks(labelled.page) not in by_hand]
    if len(only_weak) < len(weak):
        print(f"{len(weak) - len(only_weak)} weakly labelled pages are annotated too; they count once, as annotated")
    pages = [*only_weak, *annotated]
    if not pages:
        raise KhabarError("no pages to learn from; give data.weak=FILE or data.annotated=FOLDER")
    if not validation:
        pages, held = split_pages(pages, data.validation_share, config.seed)
        validation = [page.page for page in held]
    right = [page.page for page in pages if page.page.words is None]
    composed = compose_pages(right, data.composed_share, config.seed)
    annotated = [LabelledPage(page) for page in noised_pages([*right, *composed], data.noised_share, config.seed)]
    weak = [page for page in pages if page.page.words is not None]
    return TrainingData([*weak, *annotated], validation, len(composed))


def _without_blanks(page: Page) -> str:
    """What a page and its annotation share: annotations may leave out blank lines and surplus white space."""
    return "".join(page.text.split())


def train(config: TrainingConfig, *, resume: bool = False) -> Path:
    """Trains, keeps the best epoch and writes the model folder, which it returns.

    ``resume`` goes on from the last checkpoint in the output folder, where there is one. Raises KhabarError for data,
    encoders and devices that cannot be used.
    """
    started = time.monotonic()
    try:
        config.output.mkdir(parents=True, exist_ok=True)
        (config.output / "evaluations.json").unlink(missing_ok=True)  # the figures of a model that was here before
    except OSError as error:
        raise KhabarError(
            f"output={config.output}: cannot be written ({error.strerror}); give another folder"
        ) from None
    set_seed(config.seed)
    settings = config.training
    device = choose_device(precision=settings.precision)
    data = load_data(config)
    model, tokenizer = from_encoder(config.encoder, dropout=settings.dropout)
    encoder = PageEncoder(tokenizer, length=config.window.length, context=config.window.context)
    dataset, inexact = make_dataset(data.train, encoder, model.tags)
    print(f"device: {device.description}", flush=True)
    print(f"encoder: {config.encoder} ({sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters)")
    print("data: " + ", ".join(f"{count} {what}" for what, count in data.summary().items()))
    print(f"windows: {len(dataset)} of at most {encoder.length} subwords, {sum(dataset['length'])} in all", flush=True)
    if inexact:
        logger.warning("%d spans begin or end inside a word; they are learned as whole words", inexact)
    checkpoints = config.output / CHECKPOINTS
    last = get_last_checkpoint(str(checkpoints)) if resume and checkpoints.is_dir() else None
    if last is None:
        shutil.rmtree(checkpoints, ignore_errors=True)
    else:
        print(f"resuming from {last}")
    mask = tokenizer.mask_token_id if tokenizer.mask_token_id is not None else encoder.unknown
    trainer = TaggerTrainer(
        RestoringModel(model) if settings.restore_weight else model,
        _arguments(config, device, checkpoints, validate=bool(data.validation)),
        validator=Validator(encoder, device, data.validation),
        settings=settings,
        masking=Masking(mask, settings.mask_share),
        data_collator=TrainingCollator(pad=encoder.pad),
        train_dataset=dataset,
        # Only so that Trainer agrees to evaluate: TaggerTrainer tags whole pages instead.
        eval_dataset=data.validation or None,
        callbacks=[EarlyStoppingCallback(settings.patience)] if settings.patience and data.validation else [],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    trainer.add_callback(Progress())
    trainer.train(resume_from_checkpoint=last)
    if not trainer.is_world_process_zero():
        return config.output
    decoding = trainer.validator.fit_decoding(model, config)
    model.save(config.output, encoder.tokenizer, Settings(encoder.length, encoder.context, decoding))
    scores = None
    if data.validation:
        # What is scored is what was written, in its stored number format.
        saved = Tagger.from_pretrained(config.output, device=str(device.device), dtype="fp32")
        scores = score_in_order(saved.tag(data.validation), data.validation)
    _write_records(config, data, trainer, scores, time.monotonic() - started)
    shutil.rmtree(checkpoints, ignore_errors=True)
    if scores:
        print(f"on the validation pages\n{scores}")
    print(f"wrote {config.output} in {time.monotonic() - started:.0f} s")
    return config.output


def _arguments(config: TrainingConfig, device: Device, checkpoints: Path, *, validate: bool) -> TrainingArguments:
    settings = config.training
    on_gpu = device.device.type == "cuda"
    by_steps = settings.max_steps > 0
    pace: dict[str, Any] = {"eval_strategy": "no", "save_strategy": "steps" if by_steps else "epoch"}
    if validate:
        pace["eval_strategy"] = pace["save_strategy"]
        pace |= {"load_best_model_at_end": True, "metric_for_best_model": "score", "greater_is_better": True}
    if by_steps:
        pace["eval_steps"] = pace["save_steps"] = max(1, settings.max_steps // 5)
    return TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=settings.epochs,
        max_steps=settings.max_steps,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup_share,
        weight_decay=settings.weight_decay,
        optim="adamw_torch_fused" if on_gpu else "adamw_torch",
        bf16=device.precision == "bf16",
        fp16=device.precision == "fp16",
        tf32=True if on_gpu and torch.cuda.is_tf32_supported() else None,
        use_cpu=not on_gpu,
        seed=config.seed,
        data_seed=config.seed,
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        logging_steps=10,
        save_total_limit=1,
        remove_unused_columns=False,
        report_to="none",
        dataloader_pin_memory=on_gpu,
        **pace,
    )


class Validator:
    """Tags held-out pages with the model as it stands and scores them."""

    def __init__(self, encoder: PageEncoder, device: Device, gold: Sequence[Page]) -> None:
        self._encoder = encoder
        self._device = Device(device.device, "fp32", device.description)
        self._gold = gold

    def predict(self, model: TaggerModel) -> list[Page]:
        return Tagger(model, self._encoder, self._device).tag(self._gold)

    def fit_decoding(self, model: TaggerModel, config: TrainingConfig) -> Decoding:
        """Temperatures and paragraph chain, from the annotated held-out pages and as many composed from them.

        Weak labels fit nothing: they are what the sources made of the pages, not what is right.
        """
        pages = [page for page in self._gold if page.words is None]
        pages += compose_pages(pages, 1.0, config.seed)
        return fit_decoding(Tagger(model, self._encoder, self._device).answer(pages), pages, model.tags)

    def metrics(self, model: TaggerModel) -> dict[str, float]:
        """Strict span F1 (seqeval) and paragraph macro F1; ``score`` is their mean."""
        predicted = self.predict(model)
        spans = word_scores(predicted, self._gold)["micro avg"]["f1-score"]
        paragraphs = score_in_order(predicted, self._gold).paragraph_macro_f1
        return {"spans": spans, "paragraphs": paragraphs, "score": (spans + paragraphs) / 2}


class TaggerTrainer(Trainer):
    """Trainer with the tagger's loss, a learning rate for the heads, and validation by tagging whole pages."""

    def __init__(
        self,
        model: TaggerModel | RestoringModel,
        arguments: TrainingArguments,
        *,
        validator: Validator,
        settings: OptimisationConfig,
        masking: Masking,
        **options: Any,
    ) -> None:
        super().__init__(model, arguments, **options)
        self.validator = validator
        self._settings = settings
        self._masking = masking

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: object = None,
    ) -> Any:
        """The tags' cross-entropy, and beside it the paragraph classes' and, where asked for, the restored words'."""
        tag_targets, class_targets = inputs.pop("tag_targets"), inputs.pop("class_targets")
        # Masked here and not while batches are made: those are made ahead, and a resumed run must mask the same.
        whole = inputs["input_ids"]
        inputs["input_ids"], hidden = self._masking(whole, inputs.pop("starts"), inputs["slots"])
        if self._settings.restore_weight:
            tag_logits, class_logits, restored = model(hidden=hidden, **inputs)
        else:
            tag_logits, class_logits = model(**inputs)
        loss = soft_cross_entropy(tag_logits, tag_targets)
        loss = loss + self._settings.paragraph_weight * soft_cross_entropy(class_logits, class_targets)
        if self._settings.restore_weight and hidden.any():
            words = nn.functional.cross_entropy(restored.float(), whole[hidden])
            loss = loss + self._settings.restore_weight * words
        return (loss, (tag_logits, class_logits)) if return_outputs else loss

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        learning = cast(nn.Module, self.model)
        decayed = set(self.get_decay_parameter_names(cast(PreTrainedModel, learning)))
        rates = self._learning_rates(tagger_of(learning))
        groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
        for name, parameter in learning.named_parameters():
            rate = rates.get(id(parameter), self._settings.head_learning_rate)
            groups.setdefault((rate, name in decayed), []).append(parameter)
        kind, options = self.get_optimizer_cls_and_kwargs(self.args, cast(PreTrainedModel, learning))
        self.optimizer = kind(
            [
                {"params": parameters, "lr": rate, "weight_decay": self.args.weight_decay if decay else 0.0}
                for (rate, decay), parameters in groups.items()
            ],
            **options,
        )
        return self.optimizer

    def _learning_rates(self, tagger: TaggerModel) -> dict[int, float]:
        """The encoder's parameters (by identity) and their learning rates: its top layer learns fastest."""
        encoder = cast(PreTrainedModel, tagger.token_classifier.base_model)
        top = int(encoder.config.num_hidden_layers)
        rates: dict[int, float] = {}
        for name, parameter in encoder.named_parameters():
            found = re.search(r"(?:^|\.)layer\.(\d+)\.", name)
            # Embeddings lie below layer 0; what stands beside the layers learns as the top one.
            depth = int(found[1]) + 1 if found else 0 if "embeddings" in name else top
            rates[id(parameter)] = self.args.learning_rate * self._settings.layer_decay ** (top - depth)
        return rates

    def evaluate(self, *_: Any, metric_key_prefix: str = "eval", **__: Any) -> dict[str, float]:
        """Validates and tells the callbacks, as Trainer's own does."""
        model = self.accelerator.unwrap_model(self.model)
        metrics = self.validator.metrics(tagger_of(model))
        model.train()
        named = {f"{metric_key_prefix}_{name}": value for name, value in metrics.items()}
        self.log(named)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, named)
        return named


def tagger_of(model: nn.Module) -> TaggerModel:
    """The tagger in what is trained."""
    return cast(TaggerModel, model.tagger if isinstance(model, RestoringModel) else model)


def soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy against weighted distributions, divided by how many there are. Shape of both: (…, classes).

    A row of zeros asks for nothing and does not count. A row of mass 0.5 pulls half as hard, also where all do.
    """
    losses = -(targets * logits.float().log_softmax(-1)).sum()
    return losses / (targets.sum(-1) > 0).sum().clamp(min=1)


class Progress(ProgressCallback):
    """Trainer's progress bar, with one readable line an evaluation instead of dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self._loss: float | None = None

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **_: Any
    ) -> None:
        self._loss = (logs or {}).get("loss", self._loss)
        if self.training_bar is not None and self._loss is not None:
            self.training_bar.set_postfix_str(f"loss {self._loss:.3f}", refresh=False)

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: Any = None,
        **_: Any,
    ) -> None:
        if self.training_bar is not None:
            loss = "" if self._loss is None else f"loss {self._loss:.3f}, "
            self.training_bar.write(
                f"epoch {state.epoch or 0:.3g}: {loss}validation spans F1 {metrics['eval_spans']:.3f}, "
                f"paragraphs macro F1 {metrics['eval_paragraphs']:.3f}"
            )


def _write_records(
    config: TrainingConfig, data: TrainingData, trainer: TaggerTrainer, scores: Scores | None, seconds: float
) -> None:
    (config.output / "training.yaml").write_text(to_yaml(config), "utf-8")
    metrics = {
        "data": data.summary(),
        "validation": scores.to_dict() if scores else None,
        "history": [log for log in trainer.state.log_history if "eval_score" in log or "loss" in log],
        "seconds": round(seconds),
    }
    text = json.dumps(metrics, ensure_ascii=False, indent=2)
    (config.output / "metrics.json").write_text(text + "\n", "utf-8")
    write_card(config.output)
