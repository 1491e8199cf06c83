"""Tools on model folders: cutting an encoder, averaging taggers, labelling pages for another to learn from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import torch
import yaml
from safetensors.torch import load_file, save_file
from transformers import AutoModel, BertModel

from khabar import Tagger
from khabar.examples import LabelledPage, page_targets
from khabar.model import from_encoder
from khabar.reading import read_records
from khabar.tagging import word_scores
from tests.conftest import ANNOTATED, PAGE

Run = Callable[..., CompletedProcess[bytes]]


def test_an_encoder_is_cut_out_of_a_tagger(tiny_tagger_folder: Path, tmp_path: Path, run: Run) -> None:
    result = run("tools/cut_encoder.py", tiny_tagger_folder, "--layers", "1", "-o", tmp_path / "cut")
    assert result.returncode == 0, result.stderr.decode()
    whole = load_file(tiny_tagger_folder / "model.safetensors")
    cut = load_file(tmp_path / "cut" / "model.safetensors")
    assert set(cut) == {
        name.removeprefix("bert.") for name in whole if name.startswith("bert.") and ".layer.1." not in name
    }
    assert all(torch.equal(weight, whole["bert." + name]) for name, weight in cut.items())
    encoder = AutoModel.from_pretrained(tmp_path / "cut", add_pooling_layer=False)
    assert isinstance(encoder, BertModel)
    assert encoder.config.num_hidden_layers == 1
    assert "khabar" not in json.loads((tmp_path / "cut" / "config.json").read_text())
    tagger, _ = from_encoder(str(tmp_path / "cut"), dropout=0.0)
    assert len(tagger.tags) == 9


def test_taggers_are_averaged(tiny_tagger_folder: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "page.txt").write_text(ANNOTATED, "utf-8")
    folders = []
    for seed, change in ((1, 0.25), (2, -0.75)):
        folder = tmp_path / f"tagger-{seed}"
        shutil.copytree(tiny_tagger_folder, folder)
        weights = load_file(folder / "model.safetensors")
        weights["classifier.bias"] = torch.full_like(weights["classifier.bias"], change)
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        training = {"seed": seed, "encoder": "models/tiny", "data": {"notes": None}, "training": {}}
        (folder / "training.yaml").write_text(yaml.safe_dump(training))
        metrics = {"data": {"training pages": 1}, "validation": None, "history": [], "seconds": 10 * seed}
        (folder / "metrics.json").write_text(json.dumps(metrics))
        folders.append(folder)
    output = tmp_path / "mean"
    result = run("tools/average_taggers.py", *folders, "--validation", tmp_path / "gold", "-o", output)
    assert result.returncode == 0, result.stderr.decode()
    mean, first = load_file(output / "model.safetensors"), load_file(folders[0] / "model.safetensors")
    assert torch.equal(mean["classifier.bias"], torch.full((9,), -0.25, dtype=torch.float16))
    assert all(torch.equal(mean[name], first[name]) for name in first if name != "classifier.bias")
    record = json.loads((output / "metrics.json").read_text())
    assert record["seconds"] == 30
    assert [run["seed"] for run in record["averaged"]] == [1, 2]
    decoding = json.loads((output / "config.json").read_text())["khabar"]["decoding"]
    assert decoding["tag_temperature"] != 1.0
    assert decoding["span_scaling"] != [1.0, 0.0]
    assert "# mean" in (output / "README.md").read_text("utf-8")


def test_taggers_label_pages_for_another(
    tiny_tagger_folder: Path, tiny_tagger: Tagger, tmp_path: Path, run: Run
) -> None:
    other = tmp_path / "other"
    shutil.copytree(tiny_tagger_folder, other)
    weights = load_file(other / "model.safetensors")
    weights["classifier.bias"][3] += 1
    save_file(weights, other / "model.safetensors", metadata={"format": "pt"})
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    output = tmp_path / "self.jsonl"
    call = ("tools/self_label.py", tmp_path / "page.txt", "--taggers", tiny_tagger_folder, other, "-o", output)
    result = run(*call)
    assert result.returncode == 0, result.stderr.decode()
    (page,) = read_records(output)
    targets = page_targets(LabelledPage(page), tiny_tagger.encoder.encode(page), tiny_tagger.tags)
    likely = []
    for tagger in map(Tagger.from_pretrained, (tiny_tagger_folder, other)):
        (answers,) = tagger.answer([page])
        likely.append(np.exp(word_scores(answers, tagger.decoding)))
    mean = np.mean(likely, axis=0)
    kept = np.where(mean >= 0.01, mean, 0)
    np.testing.assert_allclose(targets.words, kept / kept.sum(axis=1, keepdims=True), atol=0.002)
    assert not np.allclose(*likely, atol=0.05), "both teach the same"
    assert not targets.paragraphs.any(), "a page of a corpus says nothing about furniture"
