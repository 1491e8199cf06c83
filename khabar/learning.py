"""One run of Hugging Face's Trainer on what a configuration names; fine-tuning and pretraining share it."""

from __future__ import annotations

import gc
import json
import logging
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import nn
from transformers import EarlyStoppingCallback, TrainingArguments
from transformers.integrations.integration_utils import TensorBoardCallback, get_available_reporting_integrations
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from transformers.trainer_utils import get_last_checkpoint, set_seed

from khabar.config import OptimisationConfig, TrainingConfig, to_yaml
from khabar.curves import draw_curves
from khabar.devices import Processes, choose_device
from khabar.encoding import PageEncoder
from khabar.examples import LabelledPage, TrainingCollator, make_dataset, split_pages
from khabar.model import TaggerModel, decoding_of, from_encoder
from khabar.pages import KhabarError
from khabar.restoring import Masking, RestoringModel
from khabar.trainer import Progress, TaggerTrainer, compute_again
from khabar.training_data import load_data
from khabar.validation import PageValidator, RestoringValidator, TokenValidator

logger = logging.getLogger(__name__)
CHECKPOINTS = ".checkpoints"
LOGS = "logs"


class Learning:
    """One run of the trainer: its data, its device and what it wrote; fine-tuning and pretraining share it."""

    def __init__(self, config: TrainingConfig) -> None:
        self._started = time.monotonic()
        self.config = config
        try:
            config.output.mkdir(parents=True, exist_ok=True)
            # The figures of a model that was here before.
            (config.output / "evaluations.json").unlink(missing_ok=True)
        except OSError as error:
            raise KhabarError(
                f"output={config.output}: cannot be written ({error.strerror}); give another folder"
            ) from None
        _check_loggers(config.training.report_to)
        set_seed(config.seed)
        self.processes = Processes.of_environment()
        self.device = choose_device(precision=config.training.precision, device=self.processes.device)
        self.data = load_data(config)
        self.trainer: TaggerTrainer
        self.encoder: PageEncoder
        self.validator: PageValidator | TokenValidator | RestoringValidator

    def run(self, *, resume: bool) -> nn.Module:
        """Trains and returns the model as it is to be kept.

        What does not fit the GPU's memory is computed in batches of half the size, twice as many an update.
        """
        checkpoints = self.config.output / CHECKPOINTS
        last = get_last_checkpoint(str(checkpoints)) if resume and checkpoints.is_dir() else None
        if last is None and self.processes.first:
            shutil.rmtree(checkpoints, ignore_errors=True)
            shutil.rmtree(self.config.output / LOGS, ignore_errors=True)
        at_once, accumulated = self.processes.share(
            self.config.training.batch_size, self.config.training.gradient_accumulation
        )
        self._tell_device()
        first = True
        while True:
            self.trainer = self._trainer(at_once, accumulated, tell=first)
            if last is not None:
                self._tell(f"resuming from {last}")
            try:
                self.trainer.train(resume_from_checkpoint=last)
                break
            except torch.OutOfMemoryError:
                smaller = next((n for n in range(at_once // 2, 0, -1) if at_once % n == 0), None)
            if smaller is None or self.processes.count > 1:
                raise KhabarError(
                    f"{at_once} windows of {self.encoder.length} subwords do not fit into the memory of "
                    f"{self.device.description}; give a smaller training.batch_size and more "
                    "training.gradient_accumulation, or a shorter window.length"
                )
            accumulated *= at_once // smaller
            self._tell(
                f"{at_once} windows at once do not fit into memory; from now on {smaller}, {accumulated} times an "
                "update"
            )
            at_once, first = smaller, False
            del self.trainer
            gc.collect()
            if self.device.device.type == "cuda":
                torch.cuda.empty_cache()
            set_seed(self.config.seed)
            last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
        self.trainer.finish()
        return self.trainer.accelerator.unwrap_model(self.trainer.model)  # type: ignore[no-any-return]

    def _trainer(self, at_once: int, accumulated: int, *, tell: bool) -> TaggerTrainer:
        config, data = self.config, self.data
        settings = config.training
        model, tokenizer = from_encoder(config.encoder, dropout=settings.dropout, labels=data.labels)
        if data.only_tokens:
            _call_all_report(model)
        # Trained when the encoder is, see khabar.page_training.
        self.page_head, model.page_head = model.page_head, None
        if settings.gradient_checkpointing:
            compute_again(model)
        encoder = self.encoder = PageEncoder(tokenizer, length=config.window.length, context=config.window.context)
        first_only = settings.subword_labels != "all"
        train_pages: list[LabelledPage] = data.train
        held: list[LabelledPage] = []
        if data.only_unlabelled and config.data.validation_share:
            train_pages, held = split_pages(train_pages, config.data.validation_share, config.seed)
        dataset, inexact = make_dataset(train_pages, encoder, model.tags, first_only=first_only)
        decoding = replace(
            decoding_of(config.encoder),
            subwords="mean" if settings.subword_labels == "mean" else "first",
            constrained=config.decoding.constrained,
        )
        mask = tokenizer.mask_token_id if tokenizer.mask_token_id is not None else encoder.unknown
        masking = Masking(mask, settings.mask_share)
        collator = TrainingCollator(pad=encoder.pad, tags=len(model.tags))
        if data.only_unlabelled:
            windows = make_dataset(held, encoder, model.tags)[0] if held else []
            self.validator = RestoringValidator(windows, collator, masking, settings.batch_size)
        elif data.validation or not data.only_tokens:
            self.validator = PageValidator(encoder, self.device, decoding, data.validation)
        else:
            self.validator = TokenValidator(encoder, self.device, decoding, data.tokens)
        held_out = bool(held if data.only_unlabelled else data.validation or data.tokens)
        if tell:
            self._tell(
                f"encoder: {config.encoder} ({sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters)"
            )
            self._tell("data: " + ", ".join(f"{count} {what}" for what, count in data.summary().items()))
            subwords = sum(dataset["length"])
            self._tell(f"windows: {len(dataset)} of at most {encoder.length} subwords, {subwords} in all")
            if inexact and self.processes.first:
                logger.warning("%d spans begin or end inside a word; they are learned as whole words", inexact)
        trainer = TaggerTrainer(
            RestoringModel(model) if settings.restore_weight else model,
            self._arguments(at_once, accumulated, validate=held_out),
            validator=self.validator,
            settings=settings,
            masking=masking,
            data_collator=collator,
            train_dataset=dataset,
            # Only so that Trainer agrees to evaluate: TaggerTrainer tags whole pages instead.
            eval_dataset=[*held, *data.validation, *data.tokens] or None,
            callbacks=[EarlyStoppingCallback(settings.patience)] if settings.patience and held_out else [],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.remove_callback(ProgressCallback)
        trainer.add_callback(Progress(lambda: trainer.subwords))
        if "tensorboard" in settings.report_to:
            board = TensorBoardCallback()
            board.logging_dir = str(config.output / LOGS)
            trainer.add_callback(board)
        return trainer

    def _arguments(self, at_once: int, accumulated: int, *, validate: bool) -> TrainingArguments:
        settings = self.config.training
        on_gpu = self.device.device.type == "cuda"
        arguments = TrainingArguments(
            output_dir=str(self.config.output / CHECKPOINTS),
            num_train_epochs=settings.epochs,
            max_steps=settings.max_steps,
            per_device_train_batch_size=at_once,
            gradient_accumulation_steps=accumulated,
            learning_rate=settings.learning_rate,
            warmup_steps=settings.warmup_share,
            weight_decay=settings.weight_decay,
            optim="adamw_torch_fused" if on_gpu else "adamw_torch",
            bf16=self.device.precision == "bf16",
            fp16=self.device.precision == "fp16",
            tf32=True if on_gpu and torch.cuda.is_tf32_supported() else None,
            use_cpu=not on_gpu,
            ddp_backend=None if on_gpu or self.processes.count == 1 else "gloo",
            ddp_find_unused_parameters=False,
            seed=self.config.seed,
            data_seed=self.config.seed,
            logging_steps=10,
            save_total_limit=1,
            remove_unused_columns=False,
            report_to=[name for name in settings.report_to if name != "tensorboard"] or "none",
            dataloader_pin_memory=on_gpu,
            **_pace(settings, validate=validate),
        )
        if on_gpu and self.processes.count == 1:
            # Several GPUs are for several processes; Trainer would split batches between threads instead.
            arguments._n_gpu = min(arguments.n_gpu, 1)
        return arguments

    def _tell_device(self) -> None:
        processes = f", {self.processes.count} processes" if self.processes.count > 1 else ""
        self._tell(f"device: {self.device.description}{processes}")
        if self.device.device.type == "cuda" and self.processes.count == 1 and torch.cuda.device_count() > 1:
            self._tell(f"1 of {torch.cuda.device_count()} GPUs is used; 'accelerate launch train.py …' uses all")

    def _tell(self, line: str) -> None:
        if self.processes.first:
            print(line, flush=True)

    def write_records(self, **metrics: Any) -> None:
        """Writes the resolved configuration, the figures and the picture of their course."""
        output = self.config.output
        (output / "training.yaml").write_text(to_yaml(self.config), "utf-8")
        history = [log for log in self.trainer.state.log_history if "eval_score" in log or "loss" in log]
        record = {
            "data": self.data.summary(),
            **metrics,
            "history": history,
            "seconds": round(time.monotonic() - self._started),
        }
        text = json.dumps(record, ensure_ascii=False, indent=2)
        (output / "metrics.json").write_text(text + "\n", "utf-8")
        (output / "curves.svg").write_text(draw_curves(history), "utf-8")

    def finish(self) -> None:
        """Removes the checkpoints: what was to be kept is written."""
        shutil.rmtree(self.config.output / CHECKPOINTS, ignore_errors=True)
        print(f"wrote {self.config.output} in {time.monotonic() - self._started:.0f} s")


def _check_loggers(names: Sequence[str]) -> None:
    """Raises KhabarError for what is no logger or not installed, before a run begins."""
    known = {"none", "tensorboard", *get_available_reporting_integrations()}
    for name in names:
        if name not in known:
            raise KhabarError(
                f"training.report_to={name}: no logger that is installed here; expected {', '.join(sorted(known))}"
            )


def _pace(settings: OptimisationConfig, *, validate: bool) -> dict[str, Any]:
    """When to save and to validate: each epoch, or five times in a run of so many steps."""
    by_steps = settings.max_steps > 0
    pace: dict[str, Any] = {"eval_strategy": "no", "save_strategy": "steps" if by_steps else "epoch"}
    if validate:
        pace["eval_strategy"] = pace["save_strategy"]
        pace |= {"load_best_model_at_end": True, "metric_for_best_model": "score", "greater_is_better": True}
    if by_steps:
        pace["eval_steps"] = pace["save_steps"] = max(1, settings.max_steps // 5)
    return pace


@torch.no_grad()
def _call_all_report(model: TaggerModel) -> None:
    """No label tells a paragraph's class: each is called report. The head gets no gradient and stays as it is."""
    model.paragraph_head.out.weight.zero_()
    model.paragraph_head.out.bias.copy_(torch.tensor([10.0, 0.0]))
