"""Typed configuration of a training, from YAML and dotted ``key=value`` overrides; unknown keys are refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from khabar.pages import KhabarError, kind_of


def _as_list(value: object) -> object:
    return [] if value is None else value if isinstance(value, list) else [value]


Paths = Annotated[list[Path], BeforeValidator(_as_list)]
Names = Annotated[list[str], BeforeValidator(_as_list)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataConfig(_Section):
    """What the tagger learns from. Weak labels and annotated pages can be mixed."""

    #: JSONL files of weak labels, as ``khabar label`` writes them.
    weak: Paths = []
    #: Folders of annotated pages, each word of full weight.
    annotated: Paths = []
    #: The weight of a weakly labelled word beside an annotated one, before its own certainty.
    weak_weight: float = Field(default=1.0, gt=0)
    #: CoNLL files of words with tags, of any labels; their sentences are paragraphs without a class.
    conll: Paths = []
    #: CoNLL files to choose the best epoch on; never trained on.
    conll_validation: Paths = []
    #: How many sentences of a CoNLL file are read together, as one page; 0 takes whole documents.
    conll_sentences: int = Field(default=1, ge=0)
    #: Pages without labels (as infer.py takes them): only their hidden words are learned, see ``restore_weight``.
    unlabelled: Paths = []
    #: Folders of annotated pages to choose the best epoch on; never trained on.
    validation: Paths = []
    #: Without ``validation``: the share of pages held out to choose the best epoch on.
    validation_share: float = Field(default=0.2, ge=0, lt=1)
    #: Pages composed from the annotated ones, as a share of their number: a report, and other pages' stories around it.
    composed_share: float = Field(default=0.0, ge=0)
    #: The share of annotated and composed pages that are learned in another site's spelling and setting.
    noised_share: float = Field(default=0.0, ge=0, le=1)
    #: What the model card should say of the data: where it comes from, its licence.
    notes: str | None = None


class WindowConfig(_Section):
    """How a page is cut into what the encoder reads at once, in subwords."""

    length: int = Field(default=320, ge=16)
    #: The page's beginning, carried in front of every window after the first.
    context: int = Field(default=64, ge=0)


class DecodingConfig(_Section):
    """How the trained tagger answers; saved in its settings."""

    #: The best right IOB2 sequence; without it each word's best tag (an ``I-`` that continues nothing begins a span).
    constrained: bool = True


class PageHeadConfig(_Section):
    """How the page head learns, when the encoder has."""

    #: Rounds over the pages; 0, and fewer than 100 pages, train none (a tagger that is continued keeps its own).
    epochs: int = Field(default=9, ge=0)
    #: Pages composed anew for it, as a share of the annotated ones.
    composed_share: float = Field(default=0.5, ge=0)


class CardConfig(_Section):
    """What the model card tells the Hugging Face Hub and the training cannot know."""

    #: The model's licence as the Hub names it, such as apache-2.0.
    license: str | None = None
    #: The Hub's ids of the data sets it learned from.
    datasets: Names = []


class OptimisationConfig(_Section):
    """How the tagger learns; handed to Hugging Face's Trainer."""

    epochs: float = Field(default=8, gt=0)
    #: Stops after so many steps instead of epochs, when above 0.
    max_steps: int = -1
    learning_rate: float = Field(default=3e-4, gt=0)
    #: The heads start from nothing and learn faster than the encoder.
    head_learning_rate: float = Field(default=1e-3, gt=0)
    #: Each layer of the encoder learns at this times the rate of the one above it.
    layer_decay: float = Field(default=1.0, gt=0, le=1)
    #: Windows computed at once, over all processes. What does not fit a GPU's memory is halved, and accumulated.
    batch_size: int = Field(default=8, ge=1)
    #: An update takes so many batches.
    gradient_accumulation: int = Field(default=1, ge=1)
    #: Windows of like length share a batch: less padding. Otherwise their order is random.
    group_by_length: bool = True
    warmup_share: float = Field(default=0.1, ge=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0)
    #: The encoder's dropout. On a CPU it costs more than the matrix products: prefer ``mask_share`` there.
    dropout: float = Field(default=0.0, ge=0, lt=1)
    #: The share of words hidden from the encoder while training.
    mask_share: float = Field(default=0.1, ge=0, lt=1)
    #: The loss of restoring hidden words (masked-language modelling) beside the tags' loss; 0 restores none.
    restore_weight: float = Field(default=0.0, ge=0)
    #: The paragraph classes' loss beside the tags' loss.
    paragraph_weight: float = Field(default=0.5, ge=0)
    #: Which subwords carry a word's label: ``all``, its ``first`` (as BERT's authors do it), or the ``mean`` of all.
    subword_labels: Literal["all", "first", "mean"] = "all"
    #: Computes the encoder's inner states again on the way back instead of keeping them: less memory, more time.
    gradient_checkpointing: bool = False
    #: Keeps an exponential moving average of the weights with this decay, validates and saves it; 0 keeps none.
    weight_average: float = Field(default=0.0, ge=0, lt=1)
    #: ``auto`` takes bf16 where the machine computes in it, fp16 on older GPUs, fp32 elsewhere.
    precision: Literal["auto", "bf16", "fp16", "fp32"] = "auto"
    #: Stops when so many evaluations brought nothing better; 0 never stops early.
    patience: int = Field(default=0, ge=0)
    #: Where logs go, as Trainer names it: tensorboard (the model folder's ``logs``), wandb, mlflow …; none for nowhere.
    report_to: Names = ["tensorboard"]


class TrainingConfig(_Section):
    """One training: which encoder, on what data, how, and where the model goes."""

    encoder: str
    output: Path
    seed: int = Field(default=13, ge=0, lt=2**32)
    data: DataConfig
    window: WindowConfig = WindowConfig()
    training: OptimisationConfig = OptimisationConfig()
    page_head: PageHeadConfig = PageHeadConfig()
    decoding: DecodingConfig = DecodingConfig()
    card: CardConfig = CardConfig()


def load_config(path: Path, overrides: Iterable[str] = ()) -> TrainingConfig:
    """The configuration of a YAML file with overrides such as ``training.epochs=2`` laid over it.

    Raises KhabarError for a file that is not there or not YAML, an unknown key (with the nearest known one), or a
    value of the wrong type.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise KhabarError(
            f"{path}: cannot be read ({error.strerror}); give a YAML file such as configs/seeds.yaml"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:  # the last: nested too deep
        raise KhabarError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict):
        raise KhabarError(f"{path}: holds no keys; expected at least encoder, output and data")
    for override in overrides:
        _override(content, override)
    try:
        return TrainingConfig.model_validate(content)
    except ValidationError as error:
        raise KhabarError(f"{path}: {_explain(error)}") from None


def _override(content: dict[str, Any], override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals or not key:
        raise KhabarError(f"{override!r}: expected KEY=VALUE, such as training.epochs=2")
    *sections, name = key.split(".")
    for section in sections:
        inner = content.setdefault(section, {})
        if not isinstance(inner, dict):
            raise KhabarError(f"{key}: {section!r} is no section; expected KEY=VALUE with a key of the configuration")
        content = inner
    try:
        content[name] = yaml.safe_load(value) if value else None
    except (yaml.YAMLError, RecursionError):
        raise KhabarError(f"{override!r}: the value is not YAML") from None


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    location = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        known = _keys_beside(first["loc"])
        nearest = difflib.get_close_matches(str(first["loc"][-1]), known, n=1, cutoff=0.5)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"expected one of {', '.join(known)}"
        return f"unknown key {location!r}; {hint}"
    if first["type"] == "missing":
        return f"key {location!r} is missing"
    if first["type"] == "model_type":
        return f"{location}: found {kind_of(first['input'])}, expected a section of keys"
    return f"{location}: {first['msg']} (found {first['input']!r})"


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    section: type[BaseModel] = TrainingConfig
    for name in location[:-1]:
        annotation = section.model_fields[str(name)].annotation
        assert isinstance(annotation, type)
        section = annotation
    return list(section.model_fields)


def to_yaml(config: TrainingConfig) -> str:
    """The resolved configuration, every default written out."""
    content: Mapping[str, Any] = config.model_dump(mode="json")
    return yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False)
