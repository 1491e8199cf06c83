"""The tagger: an encoder with a tag head and a paragraph head; one forward pass gives both heads' answers.

The encoder and the tag head are the stock token-classification model of their architecture, so that a saved folder
loads in ``AutoModelForTokenClassification`` and ``pipeline("token-classification")`` without a line of ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OfflineModeIsEnabled
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS, labels_of, tags_of
from khabar.pages import KhabarError

FORMAT = 1
FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
#: What the paragraph head is told of a paragraph besides its subwords; see :func:`khabar.batching.paragraph_features`.
PARAGRAPH_FEATURES = 4
_HEAD = "paragraph_head."


@dataclass(frozen=True)
class Decoding:
    """How scores become answers, as fitted on annotated pages; see :mod:`khabar.calibration`.

    ``paragraph_chain[a][b]`` is added (a log-potential) where a paragraph of class ``b`` follows one of class ``a``.
    """

    tag_temperature: float = 1.0
    paragraph_temperature: float = 1.0
    paragraph_chain: tuple[tuple[float, ...], ...] = ((0.0, 0.0), (0.0, 0.0))


@dataclass(frozen=True)
class Settings:
    """The ``khabar`` block of ``config.json``: what a reader of the folder needs besides the architecture."""

    window: int
    context: int
    decoding: Decoding = Decoding()
    paragraph_labels: tuple[str, ...] = PARAGRAPH_LABELS
    format: int = FORMAT


class ParagraphHead(nn.Module):
    """Classifies paragraphs by the mean of their subwords and their place on the page."""

    def __init__(self, hidden_size: int, classes: int = len(PARAGRAPH_LABELS)) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden_size + PARAGRAPH_FEATURES, hidden_size)
        self.out = nn.Linear(hidden_size, classes)

    def forward(self, hidden: Tensor, slots: Tensor, features: Tensor) -> Tensor:
        """Logits of the paragraphs of each window. Shape: (windows, paragraphs, classes).

        ``hidden``: (windows, subwords, hidden size). ``slots``: (windows, subwords), the place of each subword's
        paragraph in its window, -1 for none. ``features``: (windows, paragraphs, features).
        """
        paragraphs = torch.arange(features.shape[1], device=slots.device)
        members = (slots[:, None, :] == paragraphs[None, :, None]).to(hidden.dtype)
        means = members @ hidden / members.sum(-1, keepdim=True).clamp(min=1)
        joined = torch.cat([means, features.to(hidden.dtype)], dim=-1)
        return cast(Tensor, self.out(torch.tanh(self.dense(joined))))


class TaggerModel(nn.Module):
    """The stock token classifier and the paragraph head."""

    def __init__(self, token_classifier: PreTrainedModel) -> None:
        super().__init__()
        self.token_classifier = token_classifier
        self.paragraph_head = ParagraphHead(token_classifier.config.hidden_size)

    @property
    def tags(self) -> tuple[str, ...]:
        id2label = cast(dict[int, str], self.token_classifier.config.id2label)
        return tuple(id2label[index] for index in range(len(id2label)))

    def forward(
        self, *, input_ids: Tensor, attention_mask: Tensor, slots: Tensor, features: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits of the subwords' tags and of the paragraphs' classes.

        ``input_ids``, ``attention_mask`` and ``slots``: (windows, subwords); ``features``: (windows, paragraphs,
        features). Returns (windows, subwords, tags) and (windows, paragraphs, classes).
        """
        states = self.encode(input_ids=input_ids, attention_mask=attention_mask)
        return self.heads(states, slots=slots, features=features)

    def encode(self, *, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The encoder's last states. Shape: (windows, subwords) -> (windows, subwords, hidden size)."""
        encoder = self.token_classifier.base_model
        return cast(Tensor, encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state)

    def heads(self, states: Tensor, *, slots: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """Both heads' logits for an encoder's states; shapes as in :meth:`forward`."""
        tag_logits = cast(nn.Module, self.token_classifier.classifier)(states)
        return tag_logits, self.paragraph_head(states, slots, features)

    def save(self, folder: Path, tokenizer: PreTrainedTokenizerBase, settings: Settings) -> None:
        """Writes the folder in Hugging Face Hub layout: fp16 weights that load in fp32, tokenizer, configuration.

        Raises KhabarError where weights are not finite.
        """
        folder.mkdir(parents=True, exist_ok=True)
        stock = self.token_classifier
        if not all(torch.isfinite(weight).all() for weight in self.parameters()):
            raise KhabarError("training diverged: some weights are no numbers; lower training.learning_rate")
        weights = {**stock.state_dict(), **{_HEAD + name: w for name, w in self.paragraph_head.state_dict().items()}}
        compact = {name: (w.half() if w.is_floating_point() else w).contiguous().cpu() for name, w in weights.items()}
        save_file(compact, folder / "model.safetensors", metadata={"format": "pt"})
        config = stock.config.to_dict() | {
            "architectures": [type(stock).__name__],
            # Without this line stock classes would load the weights in fp16, in which training fails.
            "dtype": "float32",
            "khabar": asdict(settings),
        }
        for private in ("_name_or_path", "torch_dtype"):
            config.pop(private, None)
        text = json.dumps(config, ensure_ascii=False, indent=2, sort_keys=True)
        (folder / "config.json").write_text(text + "\n", "utf-8")
        tokenizer.save_pretrained(folder)


def from_encoder(
    name: str, *, dropout: float, labels: Sequence[str] = SPAN_LABELS
) -> tuple[TaggerModel, PreTrainedTokenizerBase]:
    """A new tagger on a pretrained encoder (a folder or a Hub id) and the encoder's tokenizer.

    A folder with a trained tagger is continued: both its heads are kept. Raises KhabarError where the encoder cannot
    be had, with the configuration that works offline.
    """
    folder = Path(name)
    if folder.is_dir() and _is_tagger(folder):
        model, tokenizer, _ = load(folder)
        if model.tags != tags_of(labels):
            raise KhabarError(f"{name}: its tags are {', '.join(model.tags)}, expected {', '.join(tags_of(labels))}")
        _set_dropout(model.token_classifier, dropout)
        return model, tokenizer
    if not folder.is_dir() and (folder.is_absolute() or name.count("/") != 1 or name.startswith((".", "models/"))):
        raise KhabarError(f"encoder={name}: no such folder; expected a folder or a Hub id such as CAMeL-Lab/…")
    tags = tags_of(labels)
    names = {"id2label": dict(enumerate(tags)), "label2id": {tag: index for index, tag in enumerate(tags)}}
    try:
        with _quiet():
            config = AutoConfig.from_pretrained(name, trust_remote_code=False, num_labels=len(tags), **names)
            for key in ("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"):
                if hasattr(config, key):
                    setattr(config, key, dropout)
            tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
            stock, loading = AutoModelForTokenClassification.from_pretrained(
                name,
                config=config,
                trust_remote_code=False,
                ignore_mismatched_sizes=True,  # a token classifier of other labels gets a new head
                output_loading_info=True,
            )
    except (OSError, ValueError, SafetensorError) as error:
        raise KhabarError(_unavailable(name, error)) from None
    random = map(str, (*loading["missing_keys"], *loading.get("mismatched_keys", [])))
    if absent := sorted(key for key in random if "classifier" not in key and "position_ids" not in key):
        raise KhabarError(
            f"encoder={name}: its weights lack {len(absent)} that {type(stock).__name__} needs (first: {absent[0]}); "
            "they would be random, give an encoder whose weights fit its config.json"
        )
    tokenizer.model_max_length = min(tokenizer.model_max_length, _positions(config))
    return TaggerModel(stock.float()), tokenizer


def load(folder: Path) -> tuple[TaggerModel, PreTrainedTokenizerBase, Settings]:
    """A trained tagger from its folder. Raises KhabarError, naming the cause, for a folder that is not a whole one."""
    for name in FILES:
        if not (folder / name).is_file():
            raise KhabarError(f"{folder}: {name} is missing; a tagger's folder holds {', '.join(FILES)}")
    try:
        block = json.loads((folder / "config.json").read_text("utf-8")).get("khabar")
        with safe_open(folder / "model.safetensors", framework="pt") as weights:
            head = {name.removeprefix(_HEAD): weights.get_tensor(name) for name in weights.keys() if _HEAD in name}  # noqa: SIM118
    except (ValueError, AttributeError, SafetensorError) as error:
        raise KhabarError(
            f"{folder}: config.json or model.safetensors is damaged ({error}); copy the folder again"
        ) from None
    if block is None:
        raise KhabarError(
            f"{folder}: config.json has no 'khabar' block, so this is no tagger of khabar's; "
            "train one with train.py, or give it as encoder=… there"
        )
    if not head:
        raise KhabarError(
            f"{folder}: model.safetensors has no paragraph_head; stock save_pretrained drops it, "
            "save the tagger with khabar (train.py does)"
        )
    if not isinstance(block, dict) or block.get("format") != FORMAT:
        raise KhabarError(f"{folder}: its 'khabar' block {block} is not of format {FORMAT}; another khabar made it")
    try:
        decoding = dict(block.pop("decoding", {}))
        chain = tuple(tuple(map(float, row)) for row in decoding.pop("paragraph_chain", Decoding().paragraph_chain))
        labels = tuple(block.pop("paragraph_labels"))
        settings = Settings(
            **block,
            paragraph_labels=labels,
            decoding=Decoding(**decoding, paragraph_chain=chain),
        )
        if not (isinstance(settings.window, int) and isinstance(settings.context, int)):
            raise TypeError("the khabar block's window and context must be whole numbers")
        with _quiet():
            stock, loading = AutoModelForTokenClassification.from_pretrained(
                folder, use_safetensors=True, trust_remote_code=False, local_files_only=True, output_loading_info=True
            )
            tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        model = TaggerModel(stock.float())
        model.paragraph_head.load_state_dict(head)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        raise KhabarError(f"{folder}: cannot be loaded ({_first_line(error)}); copy the folder again") from None
    if missing := [*loading["missing_keys"], *loading.get("mismatched_keys", [])]:
        raise KhabarError(f"{folder}: model.safetensors lacks {len(missing)} weights (first: {missing[0]})")
    if settings.paragraph_labels != PARAGRAPH_LABELS or model.tags != tags_of(labels_of(model.tags)):
        raise KhabarError(f"{folder}: labels {model.tags} / {settings.paragraph_labels} are not in khabar's order")
    if len(tokenizer) > stock.config.vocab_size:
        raise KhabarError(
            f"{folder}: the tokenizer has {len(tokenizer)} pieces, the model {stock.config.vocab_size}; "
            "they do not belong together"
        )
    return model, tokenizer, settings


def find_folder(name: str | Path) -> Path:
    """The folder of a tagger: a local one, or one fetched from the Hub. Raises KhabarError where there is none."""
    folder = Path(name)
    if folder.is_dir():
        return folder
    text = str(name)
    if folder.exists() or folder.is_absolute() or text.count("/") != 1 or text.startswith("."):
        raise KhabarError(f"{text}: no such model folder; expected a folder with {', '.join(FILES)}, or a Hub id")
    try:
        return Path(snapshot_download(text, allow_patterns=["*.json", "*.safetensors", "*.md"]))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, OSError) as error:
        reason = _first_line(error)
        raise KhabarError(f"{text}: neither a folder here nor to be had from the Hub ({reason})") from None


def _is_tagger(folder: Path) -> bool:
    try:
        return "khabar" in json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False


def _positions(config: PretrainedConfig) -> int:
    """How many subwords the encoder can read at once; CAMeLBERT's tokenizer, for one, does not know."""
    positions = int(getattr(config, "max_position_embeddings", 512))
    # RoBERTa counts positions from behind the padding index.
    return positions - (config.pad_token_id + 1 if "roberta" in config.model_type else 0)


def _set_dropout(model: nn.Module, dropout: float) -> None:
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = dropout


def _unavailable(name: str, error: Exception) -> str:
    if Path(name).is_dir():
        return f"{name}: no encoder that can be loaded ({_first_line(error)}); expected a Hugging Face model folder"
    return (
        f"encoder {name!r} is no folder here and cannot be had from the Hugging Face Hub ({_first_line(error)}); "
        "check the id and the network, or use --config configs/seeds.yaml, which works offline"
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences transformers while it loads: its notes on new heads are no news here."""
    verbosity, bars = transformers_logging.get_verbosity(), transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        if bars:
            transformers_logging.enable_progress_bar()
