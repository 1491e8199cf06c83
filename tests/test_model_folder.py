"""Folders that are no whole tagger: each fault is found at load and told in one line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from khabar import KhabarError, Tagger
from khabar.model import from_encoder, load
from khabar.model_folder import FILES, vocabulary_digest
from tests.conftest import PAGE

TAGS = ["O", "B-ACTOR", "I-ACTOR", "B-LOCATION", "I-LOCATION", "B-TIME", "I-TIME", "B-COUNT", "I-COUNT"]
Weights = dict[str, torch.Tensor]


@pytest.fixture
def folder(tiny_tagger_folder: Path, tmp_path: Path) -> Path:
    """A tagger's folder of one's own, to be damaged."""
    return Path(shutil.copytree(tiny_tagger_folder, tmp_path / "tagger"))


def fault(folder: Path) -> str:
    """What loading says of the folder: one line that begins with its name."""
    with pytest.raises(KhabarError) as raised:
        load(folder)
    line = str(raised.value)
    assert "\n" not in line
    assert len(line) < 1000
    assert line.startswith(f"{folder}: ")
    return line.removeprefix(f"{folder}: ")


def rewrite(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def rewrite_weights(folder: Path, change: Callable[[Weights], object]) -> None:
    path = folder / "model.safetensors"
    weights = load_file(path)
    change(weights)
    save_file(weights, path, {"format": "pt"})


def test_a_folder_knows_its_tags_and_vocabulary(folder: Path, tiny_tagger: Tagger) -> None:
    block = json.loads((folder / "config.json").read_text("utf-8"))["khabar"]
    assert block["tags"] == TAGS
    assert block["vocabulary"] == vocabulary_digest(tiny_tagger.encoder.tokenizer.get_vocab())
    assert vocabulary_digest({"ب": 1, "ا": 0}) == vocabulary_digest({"ا": 0, "ب": 1})
    assert vocabulary_digest({"ا": 0, "ب": 1}) != vocabulary_digest({"ا": 1, "ب": 0})


def test_a_folder_of_before_they_were_kept_loads(folder: Path, tiny_tagger: Tagger) -> None:
    def forget(config: dict[str, Any]) -> None:
        for key in ("tags", "vocabulary", "reading", "decoding"):
            del config["khabar"][key]

    rewrite(folder / "config.json", forget)
    (old,) = Tagger.from_pretrained(folder, device="cpu", dtype="fp32").tag([PAGE])
    assert old.spans == tiny_tagger.tag([PAGE])[0].spans


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_cut_file_is_named(folder: Path, name: str) -> None:
    path = folder / name
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    cut = fault(folder)
    if name == "tokenizer.json":
        assert cut.startswith("cannot be loaded (")
    else:
        assert cut.startswith(f"{name} is damaged (")
    assert cut.endswith("; copy the folder again")
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert fault(folder) == f"{name} is a Git LFS pointer, not the file itself; run 'git lfs pull' there"
    path.write_bytes(b"")
    assert fault(folder) == f"{name} is empty; copy the folder again"
    path.unlink()
    assert fault(folder) == f"{name} is missing; a tagger's folder holds {', '.join(FILES)}"
    path.mkdir()
    assert fault(folder) == f"{name} is missing; a tagger's folder holds {', '.join(FILES)}"


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
@pytest.mark.parametrize("content", [b"[]", b"\xff\xfe{}", b"null", b"[" * 100_000])
def test_a_file_of_other_content_is_damaged(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert fault(folder).startswith(f"{name} is damaged (")


def test_weights_must_be_those_of_the_configuration(folder: Path) -> None:
    rewrite(folder / "config.json", lambda config: config.update(num_hidden_layers=1))
    assert fault(folder) == (
        "model.safetensors is of another model than config.json: it holds 16 weights more "
        "(first: bert.encoder.layer.1.attention.output.LayerNorm.bias)"
    )
    rewrite(folder / "config.json", lambda config: config.update(num_hidden_layers=3))
    assert fault(folder) == (
        "model.safetensors lacks 16 weights (first: bert.encoder.layer.2.attention.output.LayerNorm.bias)"
    )
    rewrite(folder / "config.json", lambda config: config.update(num_hidden_layers=2, intermediate_size=48))
    assert fault(folder) == (
        "model.safetensors is of another model than config.json: bert.encoder.layer.0.intermediate.dense.bias "
        "is (64,), expected (48,)"
    )


def test_a_foreign_paragraph_head_is_told(folder: Path) -> None:
    rewrite_weights(folder, lambda weights: weights.update({"paragraph_head.out.bias": torch.zeros(3)}))
    assert fault(folder) == (
        "model.safetensors is of another model than config.json: paragraph_head.out.bias is (3,), expected (2,)"
    )
    rewrite_weights(folder, lambda weights: weights.update({"paragraph_head.out.bias": torch.zeros(2)}))
    rewrite_weights(folder, lambda weights: weights.pop("paragraph_head.dense.bias"))
    assert fault(folder) == "model.safetensors lacks 1 weights (first: paragraph_head.dense.bias)"
    (folder / "model.safetensors").write_bytes(b"<!DOCTYPE html><html>Not found</html>")
    assert fault(folder).startswith("model.safetensors is damaged (")


@pytest.mark.parametrize("name", ["classifier.weight", "paragraph_head.out.weight"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_found(folder: Path, name: str, value: float) -> None:
    rewrite_weights(folder, lambda weights: weights[name].view(-1)[:1].fill_(value))
    assert fault(folder) == f"model.safetensors holds weights that are no numbers ({name}); train it again"


def test_weights_too_large_to_be_stored_are_not_saved(tiny_encoder: Path, tmp_path: Path) -> None:
    from khabar.model import Settings

    model, tokenizer = from_encoder(str(tiny_encoder), dropout=0.0)
    with torch.no_grad():
        model.paragraph_head.out.bias.fill_(1e6)
    with pytest.raises(KhabarError, match=r"training diverged: paragraph_head\.out\.bias is too large"):
        model.save(tmp_path / "model", tokenizer, Settings(48, 8))
    assert not (tmp_path / "model" / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (
            ["O", "B-LOCATION", "I-LOCATION", "B-ACTOR", "I-ACTOR", *TAGS[5:]],
            "are not those that the weights were stored with",
        ),
        (["O", "I-ACTOR", "B-ACTOR", *TAGS[3:]], "are not in khabar's order"),
        ([*TAGS[1:], "O"], "are not in khabar's order"),
        ([f"LABEL_{row}" for row in range(9)], "are not in khabar's order"),
        (["O"], "are not in khabar's order"),
        ([], "labels (missing) are not in khabar's order"),
    ],
)
def test_labels_in_another_order_are_refused(folder: Path, labels: list[str], told: str) -> None:
    rewrite(folder / "config.json", lambda config: config.update(id2label=dict(enumerate(labels))))
    assert told in fault(folder)


def test_labels_with_a_gap_are_refused(folder: Path) -> None:
    rewrite(folder / "config.json", lambda config: config["id2label"].update({"8": 8}))
    assert "are not in khabar's order" in fault(folder)
    rewrite(folder / "config.json", lambda config: (config["id2label"].pop("8"), config["id2label"].update({"9": "X"})))
    assert "are not in khabar's order" in fault(folder)
    rewrite(folder / "config.json", lambda config: config["khabar"].update(paragraph_labels=["boilerplate", "report"]))
    rewrite(folder / "config.json", lambda config: config.update(id2label=dict(enumerate(TAGS))))
    assert fault(folder) == (
        "paragraph labels ('boilerplate', 'report') are not in khabar's order ('report', 'boilerplate')"
    )


def test_a_vocabulary_that_does_not_fit_is_refused(folder: Path) -> None:
    pieces = json.loads((folder / "config.json").read_text("utf-8"))["vocab_size"]

    def add_piece(tokenizer: dict[str, Any]) -> None:
        tokenizer["model"]["vocab"]["زائد"] = pieces

    rewrite(folder / "tokenizer.json", add_piece)
    assert fault(folder) == f"the tokenizer has {pieces + 1} pieces, the model {pieces}; they do not belong together"


def test_a_tokenizer_of_another_model_is_refused(folder: Path) -> None:
    """As many pieces, and each of them in the embeddings' range: only the digest can tell."""

    def exchange(tokenizer: dict[str, Any]) -> None:
        pieces = tokenizer["model"]["vocab"]
        pieces["محمد"], pieces["الخرطوم"] = pieces["الخرطوم"], pieces["محمد"]

    rewrite(folder / "tokenizer.json", exchange)
    assert fault(folder).startswith("tokenizer.json is not the one that the tagger was saved with")


def test_a_tokenizer_that_splits_otherwise_is_refused(folder: Path) -> None:
    """The same pieces: only what it reads in a text can tell."""
    rewrite(folder / "tokenizer.json", lambda tokenizer: tokenizer.update(normalizer=None))
    assert fault(folder).startswith("tokenizer.json is not the one that the tagger was saved with (it splits words")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"decoding": []}, "the khabar block's decoding is [], expected temperatures and a chain"),
        ({"decoding": {"tag_temperature": 0}}, "decoding.tag_temperature is 0, expected a number above 0"),
        ({"decoding": {"tag_temperature": "1"}}, "decoding.tag_temperature is '1', expected a number above 0"),
        ({"decoding": {"tag_temperature": float("nan")}}, "decoding.tag_temperature is nan, expected"),
        ({"decoding": {"paragraph_temperature": -1}}, "decoding.paragraph_temperature is -1, expected"),
        ({"decoding": {"paragraph_chain": [[0, 0]]}}, "decoding.paragraph_chain is [[0, 0]], expected 2 rows of 2"),
        ({"decoding": {"paragraph_chain": [[0, 0], [0, None]]}}, "decoding.paragraph_chain is [[0, 0], [0, None]]"),
        ({"decoding": {"paragraph_chain": [[0, float("inf")], [0, 0]]}}, "decoding.paragraph_chain is [[0, inf]"),
        ({"decoding": {"grammar": [[0.0] * 9] * 4}}, "expected 5 rows of 9 numbers, or none"),
        ({"decoding": {"span_scaling": [0.0, 1.0]}}, "decoding.span_scaling is [0.0, 1.0], expected a slope above 0"),
        ({"decoding": {"span_scaling": [1.0]}}, "decoding.span_scaling is [1.0], expected a slope above 0"),
        ({"decoding": {"grammar": "all"}}, "decoding.grammar is 'all', expected 5 rows of 9 numbers, or none"),
        ({"decoding": {"subwords": "last"}}, "decoding.subwords is 'last', expected 'first' or 'mean'"),
        ({"decoding": {"subwords": []}}, "decoding.subwords is [], expected 'first' or 'mean'"),
        ({"decoding": {"constrained": 1}}, "decoding.constrained is 1, expected True or False"),
        ({"decoding": {"temper": 1}}, "config.json's khabar block is malformed (Decoding.__init__() got an unexpected"),
        ({"window": "48"}, "the khabar block's window is '48', expected a number of subwords"),
        ({"window": True}, "the khabar block's window is True, expected a number of subwords"),
        ({"window": 512}, "the khabar block's window is 512, but the encoder reads 128 subwords"),
        ({"context": -1}, "the khabar block's context is -1, expected a number of subwords"),
        ({"format": 99}, "is not of format 1; another khabar made it"),
        ({"windows": 3}, "config.json's khabar block is malformed (Settings.__init__() got an unexpected keyword"),
        ({"paragraph_labels": None}, "config.json's khabar block is malformed"),
    ],
)
def test_a_malformed_block_is_told(folder: Path, change: dict[str, Any], told: str) -> None:
    rewrite(folder / "config.json", lambda config: config["khabar"].update(change))
    assert told in fault(folder)


@pytest.mark.parametrize("missing", ["window", "context", "paragraph_labels"])
def test_a_block_that_lacks_something_is_told(folder: Path, missing: str) -> None:
    rewrite(folder / "config.json", lambda config: config["khabar"].pop(missing))
    assert missing in fault(folder)


def test_an_architecture_that_is_not_known_is_told(folder: Path) -> None:
    rewrite(folder / "config.json", lambda config: config.update(model_type="nobody-knows"))
    assert fault(folder).startswith("cannot be loaded (")
