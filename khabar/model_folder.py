"""What a tagger's folder must hold, checked before anything is built from it; a fault is told in one line."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from khabar.grammar_tags import GRAMMAR_TAGS
from khabar.labels import PARAGRAPH_LABELS, labels_of, tags_of
from khabar.pages import KhabarError

FORMAT = 1
FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
#: With these keys a configuration names code to fetch or to run: no model of khabar's has them.
CODE_KEYS = ("auto_map", "attn_implementation", "_attn_implementation", "experts_implementation", "quantization_config")
#: Marks, tatweel, both sets of digits, quotes, a clitic, Latin: what tokenizers read differently.
PROBE = "قالَ «النّاطـق» إن 12.5% و٣ دول (غزّة-U.N.) وافقت…"
_LFS_POINTER = b"version https://git-lfs"


def read_config(folder: Path) -> dict[str, Any]:
    """``config.json`` of a tagger's folder.

    Raises KhabarError where one of :data:`FILES` is missing, empty or a Git LFS pointer, where ``config.json`` or
    ``tokenizer_config.json`` is no JSON object or names code, and where there is no ``khabar`` block of this format.
    """
    for name in FILES:
        _check_file(folder, name)
    _read_object(folder, "tokenizer_config.json")
    config = _read_object(folder, "config.json")
    block = config.get("khabar")
    if block is None:
        raise KhabarError(
            f"{folder}: config.json has no 'khabar' block, so this is no tagger of khabar's; "
            "train one with train.py, or give it as encoder=… there"
        )
    if not isinstance(block, dict) or block.get("format") != FORMAT:
        raise KhabarError(f"{folder}: its 'khabar' block {block} is not of format {FORMAT}; another khabar made it")
    return config


def _check_file(folder: Path, name: str) -> None:
    path = folder / name
    if not path.is_file():
        raise KhabarError(f"{folder}: {name} is missing; a tagger's folder holds {', '.join(FILES)}")
    try:
        with path.open("rb") as file:
            head = file.read(len(_LFS_POINTER))
    except OSError as error:
        raise KhabarError(f"{folder}: {name} cannot be read ({error.strerror or error})") from None
    if not head:
        raise KhabarError(f"{folder}: {name} is empty; copy the folder again")
    if head == _LFS_POINTER:
        raise KhabarError(f"{folder}: {name} is a Git LFS pointer, not the file itself; run 'git lfs pull' there")


def _read_object(folder: Path, name: str) -> dict[str, Any]:
    try:
        content = json.loads((folder / name).read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise KhabarError(f"{folder}: {name} is damaged ({error}); copy the folder again") from None
    if not isinstance(content, dict):
        raise KhabarError(f"{folder}: {name} is damaged (no JSON object); copy the folder again")
    if code := [key for key in CODE_KEYS if content.get(key) is not None]:
        raise KhabarError(f"{folder}: {name} has {code[0]!r}, which can name code to run; no tagger of khabar's has it")
    return content


def check_window(folder: Path, *, window: object, context: object, positions: int) -> None:
    """Raises KhabarError where window and context are no numbers of subwords that the encoder can read."""
    for name, value in (("window", window), ("context", context)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise KhabarError(f"{folder}: the khabar block's {name} is {value!r}, expected a number of subwords")
    assert isinstance(window, int)
    if window > positions:
        raise KhabarError(
            f"{folder}: the khabar block's window is {window}, but the encoder reads {positions} subwords"
        )


def check_decoding(folder: Path, block: object, *, tags: int) -> None:
    """Raises KhabarError where a ``decoding`` block holds what cannot be computed with ``tags`` tags."""
    if not isinstance(block, dict):
        raise KhabarError(f"{folder}: the khabar block's decoding is {block!r}, expected temperatures and a chain")
    for name in ("tag_temperature", "paragraph_temperature"):
        value = block.get(name, 1.0)
        if not (_is_finite(value) and value > 0):
            raise KhabarError(f"{folder}: decoding.{name} is {value!r}, expected a number above 0")
    for name, choices in (("subwords", ("first", "mean")), ("constrained", (True, False))):
        if (choice := block.get(name, choices[0])) not in choices or type(choice) is not type(choices[0]):
            raise KhabarError(f"{folder}: decoding.{name} is {choice!r}, expected {choices[0]!r} or {choices[1]!r}")
    size = len(PARAGRAPH_LABELS)
    chain = block.get("paragraph_chain", [[0.0] * size] * size)
    if not _is_table(chain, size, size):
        raise KhabarError(f"{folder}: decoding.paragraph_chain is {chain!r}, expected {size} rows of {size} numbers")
    grammar = block.get("grammar", [])
    if grammar != [] and not _is_table(grammar, len(GRAMMAR_TAGS), tags):
        raise KhabarError(
            f"{folder}: decoding.grammar is {grammar!r}, expected {len(GRAMMAR_TAGS)} rows of {tags} numbers, or none"
        )
    scaling = block.get("span_scaling", [1.0, 0.0])
    if not (_is_row(scaling, 2) and all(map(_is_finite, scaling)) and scaling[0] > 0):
        raise KhabarError(f"{folder}: decoding.span_scaling is {scaling!r}, expected a slope above 0 and an offset")


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_table(value: object, rows: int, columns: int) -> bool:
    return _is_row(value, rows) and all(_is_row(row, columns) and all(map(_is_finite, row)) for row in value)


def _is_row(value: object, size: int) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and len(value) == size


def check_tags(folder: Path, config: Mapping[str, Any], stored: object) -> None:
    """Raises KhabarError where ``id2label`` is no IOB2 tag set, or not the one that the weights were ``stored`` with.

    The tag head's rows are in the order of training: names in another order would call each row by another's name.
    ``stored`` is None where the folder is of before it was kept.
    """
    names = config.get("id2label")
    found = [names.get(str(row)) for row in range(len(names))] if isinstance(names, dict) else []
    told = ", ".join(map(str, found)) or "missing"
    tags = [tag for tag in found if isinstance(tag, str)]
    if len(tags) < len(found) or len(tags) < 3 or tuple(tags) != tags_of(labels_of(tags)):
        raise KhabarError(f"{folder}: config.json's labels ({told}) are not in khabar's order (O, B-ACTOR, I-ACTOR, …)")
    if stored is not None and tags != stored:
        raise KhabarError(
            f"{folder}: config.json's labels ({told}) are not those that the weights were stored with ({stored}); "
            "copy config.json again"
        )


def vocabulary_digest(vocabulary: Mapping[str, int]) -> str:
    """A digest of a tokenizer's pieces and their ids, by which a tokenizer of another model is known."""
    return _digest(sorted((number, piece) for piece, number in vocabulary.items()))


def reading_digest(ids: Sequence[int]) -> str:
    """A digest of what a tokenizer reads in :data:`PROBE`: two with the same pieces can split differently."""
    return _digest(list(ids))


def _digest(content: object) -> str:
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()


def check_reading(folder: Path, ids: Sequence[int], *, stored: object) -> None:
    """Raises KhabarError where a tokenizer reads :data:`PROBE` otherwise than the one the tagger was saved with."""
    if stored is not None and reading_digest(ids) != stored:
        raise KhabarError(
            f"{folder}: tokenizer.json is not the one that the tagger was saved with (it splits words otherwise); "
            "copy the folder again"
        )


def check_vocabulary(folder: Path, vocabulary: Mapping[str, int], *, size: int, stored: object) -> None:
    """Raises KhabarError where a tokenizer's pieces have no place in ``size`` embeddings, or are not those ``stored``.

    ``stored``: the digest that the tagger was saved with, None where its folder is of before there was one.
    """
    largest = max(vocabulary.values(), default=-1)
    if largest >= size:
        raise KhabarError(
            f"{folder}: the tokenizer has {largest + 1} pieces, the model {size}; they do not belong together"
        )
    if stored is not None and vocabulary_digest(vocabulary) != stored:
        raise KhabarError(
            f"{folder}: tokenizer.json is not the one that the tagger was saved with (its {len(vocabulary)} pieces are "
            "others); copy the folder again"
        )
