"""The tagger: an encoder with a tag head and a paragraph head; one forward pass gives both heads' answers.

The encoder and the tag head are the stock token-classification model of their architecture, so that a saved folder
loads in ``AutoModelForTokenClassification`` and ``pipeline("token-classification")`` without a line of ours.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

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

from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS, tags_of
from khabar.model_folder import (
    CODE_KEYS,
    FILES,
    FORMAT,
    PROBE,
    check_decoding,
    check_reading,
    check_tags,
    check_vocabulary,
    check_window,
    read_config,
    reading_digest,
    vocabulary_digest,
)
from khabar.page_head import PageHead
from khabar.pages import KhabarError, first_line

#: What the paragraph head is told of a paragraph besides its subwords; see :func:`khabar.batching.paragraph_features`.
PARAGRAPH_FEATURES = 4
#: How the names of the weights begin that are no part of the stock model.
_OWN = ("paragraph_head.", "page_head.")


@dataclass(frozen=True)
class Decoding:
    """How scores become answers; what is fitted on annotated pages, see :mod:`khabar.calibration`.

    ``paragraph_chain[a][b]`` is added (a log-potential) where a paragraph of class ``b`` follows one of class ``a``.
    ``grammar[g][t]`` is added to the score of tag ``t`` where the grammars read ``g`` of
    :data:`khabar.grammar_tags.GRAMMAR_TAGS`; empty where they are not asked.
    ``span_scaling`` is slope and offset of a span's log-odds, see :func:`khabar.decoding.scaled`.
    ``subwords`` says which speak for a word: its ``first`` or their ``mean``. ``constrained`` takes the best right
    IOB2 sequence instead of each word's best tag.
    """

    tag_temperature: float = 1.0
    paragraph_temperature: float = 1.0
    paragraph_chain: tuple[tuple[float, ...], ...] = ((0.0, 0.0), (0.0, 0.0))
    grammar: tuple[tuple[float, ...], ...] = ()
    span_scaling: tuple[float, float] = (1.0, 0.0)
    subwords: str = "first"
    constrained: bool = True


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

    def forward(self, vectors: Tensor, features: Tensor) -> Tensor:
        """Logits of the paragraphs of each window. Shape: (windows, paragraphs, classes).

        ``vectors``: (windows, paragraphs, hidden size), see :func:`paragraph_means`. ``features``: (windows,
        paragraphs, features).
        """
        joined = torch.cat([vectors, features.to(vectors.dtype)], dim=-1)
        return cast(Tensor, self.out(torch.tanh(self.dense(joined))))


def paragraph_means(hidden: Tensor, slots: Tensor, count: int) -> Tensor:
    """The mean state of each of ``count`` paragraphs' subwords. Shape: (windows, paragraphs, hidden size).

    ``hidden``: (windows, subwords, hidden size). ``slots``: (windows, subwords), the place of each subword's paragraph
    in its window, -1 for none.
    """
    paragraphs = torch.arange(count, device=slots.device)
    members = (slots[:, None, :] == paragraphs[None, :, None]).to(hidden.dtype)
    return members @ hidden / members.sum(-1, keepdim=True).clamp(min=1)


class TaggerModel(nn.Module):
    """The stock token classifier, the paragraph head and, where one was trained, the page head.

    The paragraph head sees a window and is trained with the encoder; the page head sees the whole page, is trained
    when the encoder is, and then has the say (:mod:`khabar.page_head`).
    """

    def __init__(self, token_classifier: PreTrainedModel, page_head: PageHead | None = None) -> None:
        super().__init__()
        self.token_classifier = token_classifier
        self.paragraph_head = ParagraphHead(token_classifier.config.hidden_size)
        self.page_head = page_head

    def own_weights(self) -> dict[str, Tensor]:
        """The weights that are no part of the stock model, by name."""
        return {name: weight for name, weight in self.state_dict().items() if name.startswith(_OWN)}

    def place(self, device: torch.device, dtype: torch.dtype) -> TaggerModel:
        """Moves the model to a device, to compute in a number format; the page head's little work stays in fp32."""
        cast(nn.Module, self.token_classifier).to(device, dtype)
        self.paragraph_head.to(device, dtype)
        if self.page_head is not None:
            self.page_head.to(device)
        return self

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
        tag_logits, class_logits, _ = self.read(
            input_ids=input_ids, attention_mask=attention_mask, slots=slots, features=features
        )
        return tag_logits, class_logits

    def read(
        self, *, input_ids: Tensor, attention_mask: Tensor, slots: Tensor, features: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Both heads' logits as :meth:`forward`, and the paragraphs' vectors for the page head.

        Shape of these: (windows, paragraphs, hidden size).
        """
        states = self.encode(input_ids=input_ids, attention_mask=attention_mask)
        return self.heads(states, slots=slots, features=features)

    def encode(self, *, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The encoder's last states. Shape: (windows, subwords) -> (windows, subwords, hidden size)."""
        encoder = self.token_classifier.base_model
        return cast(Tensor, encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state)

    def heads(self, states: Tensor, *, slots: Tensor, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Both heads' logits and the paragraphs' vectors for an encoder's states; shapes as in :meth:`read`."""
        dropout = getattr(self.token_classifier, "dropout", None)
        dropped = states if dropout is None else dropout(states)
        tag_logits = cast(nn.Module, self.token_classifier.classifier)(dropped)
        vectors = paragraph_means(states, slots, features.shape[1])
        return tag_logits, self.paragraph_head(vectors, features), vectors

    def save(self, folder: Path, tokenizer: PreTrainedTokenizerBase, settings: Settings) -> None:
        """Writes the folder in Hugging Face Hub layout: fp16 weights that load in fp32, tokenizer, configuration.

        The configuration keeps which tags and which tokenizer the weights belong to. Raises KhabarError where weights
        are not finite.
        """
        folder.mkdir(parents=True, exist_ok=True)
        stock = self.token_classifier
        if not all(torch.isfinite(weight).all() for weight in self.parameters()):
            raise KhabarError("training diverged: some weights are no numbers; lower training.learning_rate")
        weights = {**stock.state_dict(), **self.own_weights()}
        compact = {name: (w.half() if w.is_floating_point() else w).contiguous().cpu() for name, w in weights.items()}
        if too_large := [name for name, weight in compact.items() if not torch.isfinite(weight).all()]:
            raise KhabarError(f"training diverged: {too_large[0]} is too large to be stored; lower the learning rates")
        save_file(compact, folder / "model.safetensors", metadata={"format": "pt"})
        config = stock.config.to_dict() | {
            "architectures": [type(stock).__name__],
            # Without this line stock classes would load the weights in fp16, in which training fails.
            "dtype": "float32",
            "khabar": asdict(settings)
            | {
                "tags": list(self.tags),
                "vocabulary": vocabulary_digest(tokenizer.get_vocab()),
                "reading": reading_digest(_read_probe(tokenizer)),
            },
        }
        for private in ("_name_or_path", "torch_dtype", *CODE_KEYS):
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
            # A configuration can name kernels to be fetched from the Hub, which is code.
            config._attn_implementation = None
            for key in ("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"):
                if hasattr(config, key):
                    setattr(config, key, dropout)
            tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
            stock, loading = AutoModelForTokenClassification.from_pretrained(
                name,
                config=config,
                trust_remote_code=False,
                weights_only=True,  # of a pickle (pytorch_model.bin) nothing but tensors
                ignore_mismatched_sizes=True,  # a token classifier of other labels gets a new head
                output_loading_info=True,
            )
    except pickle.UnpicklingError:
        raise KhabarError(
            f"encoder={name}: its weights are a pickle that holds more than tensors, which could run code; nothing of "
            "it was run; give an encoder with a model.safetensors"
        ) from None
    except Exception as error:  # as in load
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
    config = read_config(folder)
    check_tags(folder, config, config["khabar"].get("tags"))
    settings = _settings(folder, config)
    own = _own_weights(folder)
    try:
        with _quiet():
            stock, loading = AutoModelForTokenClassification.from_pretrained(
                folder,
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
                ignore_mismatched_sizes=True,  # they are told below, with their names
                output_loading_info=True,
            )
            tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        model = TaggerModel(stock.float())
        positions = _positions(stock.config)
    except Exception as error:  # what a foreign file makes transformers and tokenizers raise is theirs to choose
        raise KhabarError(f"{folder}: cannot be loaded ({first_line(error)[:200]}); copy the folder again") from None
    if any(name.startswith("page_head.") for name in own):
        model.page_head = PageHead(stock.config.hidden_size, PARAGRAPH_FEATURES)
    _check_weights(folder, loading, own, model)
    model.load_state_dict(own, strict=False)
    check_window(folder, window=settings.window, context=settings.context, positions=positions)
    check_vocabulary(
        folder, tokenizer.get_vocab(), size=stock.config.vocab_size, stored=config["khabar"].get("vocabulary")
    )
    check_reading(folder, _read_probe(tokenizer), stored=config["khabar"].get("reading"))
    return model, tokenizer, settings


def _read_probe(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    return cast(list[int], tokenizer(PROBE, add_special_tokens=False)["input_ids"])


def decoding_of(encoder: str) -> Decoding:
    """How a tagger that is to be continued answers; the plain decoding for what is only an encoder."""
    folder = Path(encoder)
    if not (folder.is_dir() and _is_tagger(folder)):
        return Decoding()
    config = read_config(folder)
    return _settings(folder, config).decoding


def _as_tuples(block: dict[str, Any]) -> dict[str, Any]:
    """The block with a tuple for each list and a tuple of tuples for each table, as :class:`Decoding` holds them."""

    def frozen(value: Any) -> Any:
        return tuple(map(frozen, value)) if isinstance(value, list) else value

    return {name: frozen(value) for name, value in block.items()}


def _settings(folder: Path, config: dict[str, Any]) -> Settings:
    """The ``khabar`` block as :class:`Settings`; raises KhabarError where it is malformed."""
    block = {name: value for name, value in config["khabar"].items() if name not in ("tags", "vocabulary", "reading")}
    decoding = block.pop("decoding", {})
    check_decoding(folder, decoding, tags=len(config["id2label"]))
    try:
        labels = tuple(block.pop("paragraph_labels"))
        settings = Settings(**block, paragraph_labels=labels, decoding=Decoding(**_as_tuples(decoding)))
    except (TypeError, KeyError) as error:
        raise KhabarError(f"{folder}: config.json's khabar block is malformed ({error}); copy it again") from None
    if settings.paragraph_labels != PARAGRAPH_LABELS:
        raise KhabarError(f"{folder}: paragraph labels {labels} are not in khabar's order {PARAGRAPH_LABELS}")
    return settings


def _own_weights(folder: Path) -> dict[str, Tensor]:
    """The weights of khabar's own heads, by name, which stock classes do not load."""
    try:
        with safe_open(folder / "model.safetensors", framework="pt") as weights:
            names = [name for name in weights.keys() if name.startswith(_OWN)]  # noqa: SIM118
            own = {name: weights.get_tensor(name).float() for name in names}
    except (ValueError, OSError, SafetensorError) as error:
        raise KhabarError(f"{folder}: model.safetensors is damaged ({error}); copy the folder again") from None
    if not own:
        raise KhabarError(
            f"{folder}: model.safetensors has no paragraph_head; stock save_pretrained drops it, "
            "save the tagger with khabar (train.py does)"
        )
    return own


def _check_weights(folder: Path, loading: dict[str, Any], own: dict[str, Tensor], model: TaggerModel) -> None:
    """Raises KhabarError where ``model.safetensors`` is not what ``config.json`` asks for, or holds no numbers."""
    expected = model.own_weights()
    missing = [*loading["missing_keys"], *(expected.keys() - own.keys())]
    if missing:
        raise KhabarError(f"{folder}: model.safetensors lacks {len(missing)} weights (first: {min(missing)})")
    sizes = [(name, tuple(found), tuple(wanted)) for name, found, wanted in loading.get("mismatched_keys", ())]
    shapes = {name: (tuple(own[name].shape), tuple(weight.shape)) for name, weight in expected.items()}
    sizes += [(name, found, wanted) for name, (found, wanted) in shapes.items() if found != wanted]
    if sizes:
        name, found, wanted = min(sizes)
        raise KhabarError(
            f"{folder}: model.safetensors is of another model than config.json: {name} is {found}, expected {wanted}"
        )
    unknown = [name for name in loading["unexpected_keys"] if not name.startswith(_OWN)]
    unknown += own.keys() - expected.keys()
    if unknown:
        raise KhabarError(
            f"{folder}: model.safetensors is of another model than config.json: it holds {len(unknown)} weights more "
            f"(first: {min(unknown)})"
        )
    stored = dict(model.token_classifier.named_parameters()) | own
    for name, weight in stored.items():
        if not torch.isfinite(weight).all():
            raise KhabarError(f"{folder}: model.safetensors holds weights that are no numbers ({name}); train it again")


def find_folder(name: str | Path) -> Path:
    """The folder of a tagger: a local one, or one fetched from the Hub. Raises KhabarError where there is none."""
    text = str(name)
    folder = Path(name)
    if text and folder.is_dir():
        return folder
    if folder.exists() or folder.is_absolute() or text.count("/") != 1 or text.startswith("."):
        raise KhabarError(f"{text}: no such model folder; expected a folder with {', '.join(FILES)}, or a Hub id")
    try:
        return Path(snapshot_download(text, allow_patterns=["*.json", "*.safetensors", "*.md"]))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, OSError) as error:
        reason = first_line(error)[:200]
        raise KhabarError(f"{text}: neither a folder here nor to be had from the Hub ({reason})") from None


def _is_tagger(folder: Path) -> bool:
    try:
        return "khabar" in json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
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
        return (
            f"{name}: no encoder that can be loaded ({first_line(error)[:200]}); expected a Hugging Face model folder"
        )
    return (
        f"encoder {name!r} is no folder here and cannot be had from the Hugging Face Hub ({first_line(error)[:200]}); "
        "check the id and the network, or use --config configs/seeds.yaml, which works offline"
    )


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
