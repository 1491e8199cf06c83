"""Hugging Face's Trainer with the tagger's loss, order of windows and learning rates, validated on whole pages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from torch import Tensor, nn
from torch.utils.data import Sampler
from transformers import PreTrainedModel, Trainer, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import ProgressCallback, TrainerCallback
from transformers.trainer_pt_utils import get_length_grouped_indices

from khabar.averaging import WeightAverage
from khabar.config import OptimisationConfig
from khabar.model import TaggerModel
from khabar.restoring import Masking, RestoringModel


class Validates(Protocol):
    """What tells how good a model is while it learns; ``score`` is what the best epoch is chosen by."""

    def metrics(self, model: nn.Module) -> dict[str, float]: ...


class TaggerTrainer(Trainer):
    """Trainer with the tagger's loss, a learning rate for the heads, and validation by tagging whole pages."""

    def __init__(
        self,
        model: TaggerModel | RestoringModel,
        arguments: TrainingArguments,
        *,
        validator: Validates,
        settings: OptimisationConfig,
        masking: Masking,
        **options: Any,
    ) -> None:
        super().__init__(model, arguments, **options)
        # The loss is divided by what the whole update asks (see get_batch_samples), not by Trainer.
        self.model_accepts_loss_kwargs = True
        self.validator = validator
        self._settings = settings
        self._masking = masking
        #: How many subwords this process has trained on so far.
        self.subwords = 0
        self.average = WeightAverage(model, settings.weight_average) if settings.weight_average else None
        if self.average is not None:
            self.add_callback(_Averaging(self.average))

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        dataset = cast(Any, self.train_dataset if train_dataset is None else train_dataset)
        return WindowOrder(
            list(dataset["length"]),
            update=self._settings.batch_size * self._settings.gradient_accumulation,
            by_length=self._settings.group_by_length,
            seed=self.args.seed,
            # A resumed run has trained a part of its epoch already.
            epoch=lambda: int((self.state.epoch or 0) + 1e-6),
        )

    def get_batch_samples(
        self, epoch_iterator: Iterator[dict[str, Tensor]], num_batches: int, device: torch.device
    ) -> tuple[list[Any], Any]:
        """The batches of one update, their words hidden, and what they ask over all processes.

        What is asked, Shape: (3,): the number of labelled subwords, of classified paragraphs and of hidden subwords.
        """
        batches = [batch for _, batch in zip(range(num_batches), epoch_iterator, strict=False)]
        generator = torch.Generator()
        # From the update's number and not from a state that a resumed run would have to bring back.
        place = self.state.global_step * self.args.world_size + self.args.process_index
        generator.manual_seed(self.args.seed * 1_000_003 + place)
        for batch in batches:
            self.subwords += int(batch["attention_mask"].sum())
            batch["whole"] = batch["input_ids"]
            batch["input_ids"], batch["hidden"] = self._masking(
                batch["whole"], batch["starts"], batch["slots"], generator
            )
        asked = sum((_asked(batch) for batch in batches), torch.zeros(3, dtype=torch.long)).to(device)
        if self.args.world_size > 1:
            asked = self.accelerator.gather(asked[None]).sum(0)
        return batches, asked

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """The tags' cross-entropy, and beside it the paragraph classes' and, where asked for, the restored words'.

        Each is divided by how much of it the whole update asks, over all of its batches and processes.
        """
        words, paragraphs, hidden_words = num_items_in_batch.clamp(min=1)
        tag_targets, class_targets = inputs.pop("tag_targets"), inputs.pop("class_targets")
        whole, hidden, starts = inputs.pop("whole"), inputs.pop("hidden"), inputs.pop("starts")
        if self._settings.restore_weight:
            tag_logits, class_logits, restored = model(hidden=hidden, **inputs)
        else:
            tag_logits, class_logits = model(**inputs)
        scores = tag_logits
        if self._settings.subword_labels == "mean":
            scores = means_of_words(tag_logits.float(), starts, inputs["slots"])
        loss = soft_cross_entropy(scores, tag_targets, words)
        loss = loss + self._settings.paragraph_weight * soft_cross_entropy(class_logits, class_targets, paragraphs)
        if self._settings.restore_weight:
            missed = nn.functional.cross_entropy(restored.float(), whole[hidden], reduction="sum")
            loss = loss + self._settings.restore_weight * missed / hidden_words
        # Gradients are averaged over processes, and it is their sum that is wanted.
        loss = loss * self.args.world_size
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
        if self.average is None:
            metrics = self.validator.metrics(model)
        else:
            with self.average.in_place():
                metrics = self.validator.metrics(model)
        model.train()
        named = {f"{metric_key_prefix}_{name}": value for name, value in metrics.items()}
        self.log(named)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, named)
        return named

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Writes a checkpoint's weights, and beside them their average."""
        super().save_model(output_dir, _internal_call)
        if self.average is not None and self.args.should_save:
            self.average.save(Path(output_dir or str(self.args.output_dir)))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: nn.Module | None = None) -> None:
        super()._load_from_checkpoint(resume_from_checkpoint, model)
        if self.average is not None:
            self.average.load(Path(resume_from_checkpoint))

    def finish(self) -> None:
        """Where an average of the weights is kept, the model takes it on: the best epoch's, or the last."""
        if self.average is not None:
            best = self.state.best_model_checkpoint if self.args.load_best_model_at_end else None
            if best is not None:
                self.average.load(Path(best))
            self.average.keep()


class WindowOrder(Sampler[int]):
    """Each epoch's order of windows, from the seed and the epoch alone.

    A resumed run and every process of one see the same, however many windows each computes at once. ``update``:
    windows an update takes; ``by_length`` brings those of like length together, the longest first.
    """

    def __init__(
        self, lengths: Sequence[int], *, update: int, by_length: bool, seed: int, epoch: Callable[[], int]
    ) -> None:
        self._lengths = lengths
        self._update = update
        self._by_length = by_length
        self._seed = seed
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + self._epoch())
        if self._by_length:
            yield from get_length_grouped_indices(self._lengths, self._update, generator=generator)
        else:
            yield from torch.randperm(len(self), generator=generator).tolist()


class _Averaging(TrainerCallback):
    def __init__(self, average: WeightAverage) -> None:
        self._average = average

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self._average.update(state.global_step)


def _asked(batch: dict[str, Tensor]) -> Tensor:
    words, paragraphs = ((batch[name].sum(-1) > 0).sum() for name in ("tag_targets", "class_targets"))
    return torch.stack([words, paragraphs, batch["hidden"].sum()]).cpu()


def tagger_of(model: nn.Module) -> TaggerModel:
    """The tagger in what is trained."""
    return cast(TaggerModel, model.tagger if isinstance(model, RestoringModel) else model)


def soft_cross_entropy(logits: Tensor, targets: Tensor, count: Tensor | None = None) -> Tensor:
    """Cross-entropy against weighted distributions, divided by how many there are. Shape of both: (…, classes).

    A row of zeros asks for nothing and does not count. A row of mass 0.5 pulls half as hard, also where all do.
    ``count``: how many there are where these are not all.
    """
    losses = -(targets * logits.float().log_softmax(-1)).sum()
    return losses / ((targets.sum(-1) > 0).sum().clamp(min=1) if count is None else count)


def means_of_words(logits: Tensor, starts: Tensor, slots: Tensor) -> Tensor:
    """Each subword's logits replaced by the mean over its word. Shape: (windows, subwords, classes).

    ``starts`` is true at the first subword of each word; subwords outside paragraphs (``slots`` below 0) are no part
    of any word.
    """
    inside = (slots >= 0).to(logits.dtype)
    owners = starts.long().cumsum(1)
    counts = torch.zeros(inside.shape[0], inside.shape[1] + 1, dtype=logits.dtype, device=logits.device)
    counts = counts.scatter_add(1, owners, inside).clamp(min=1)
    places = owners[..., None].expand_as(logits)
    sums = logits.new_zeros(logits.shape[0], logits.shape[1] + 1, logits.shape[2])
    sums = sums.scatter_add(1, places, logits * inside[..., None])
    return (sums / counts[..., None]).gather(1, places)


def compute_again(model: TaggerModel) -> None:
    """Lets the encoder compute its inner states again on the way back instead of keeping them (Chen et al., "Training
    Deep Nets with Sublinear Memory Cost", 2016).
    """
    model.token_classifier.activation_checkpointing_enable({"use_reentrant": False})


class Progress(ProgressCallback):
    """Trainer's progress bar, with its speed, and one readable line an evaluation instead of dictionaries.

    ``subwords`` tells how many were trained on so far; validation counts for time, as it does in the expected end.
    """

    def __init__(self, subwords: Callable[[], int]) -> None:
        super().__init__()
        self._loss: float | None = None
        self._subwords = subwords
        self._started = 0.0

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        super().on_train_begin(args, state, control)  # type: ignore[no-untyped-call]
        self._started = time.monotonic()

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **_: Any
    ) -> None:
        self._loss = (logs or {}).get("loss", self._loss)
        if self.training_bar is not None and self._loss is not None:
            speed = self._subwords() / (time.monotonic() - self._started)
            self.training_bar.set_postfix_str(f"loss {self._loss:.3f}, {speed:,.0f} subwords/s", refresh=False)

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
            named = {"eval_spans": "spans F1", "eval_paragraphs": "paragraphs macro F1", "eval_restored": "restored"}
            shown = ", ".join(f"{name} {metrics[key]:.3f}" for key, name in named.items() if key in metrics)
            self.training_bar.write(f"epoch {state.epoch or 0:.3g}: {loss}validation {shown}")
