"""Whole trainings of tiny encoders: on token labels, on pages without labels, short of memory, cut off, and pushed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file
from transformers import AutoModel

from khabar import Tagger
from khabar.cli import run_command
from khabar.learning import Learning
from khabar.model import TaggerModel, from_encoder
from khabar.trainer import TaggerTrainer
from tests.conftest import ANNOTATED, PAGE, ROOT
from tests.test_trainer import CONLL
from tests.test_training import write_config

Change = Callable[..., Any]


@contextmanager
def interrupted(monkeypatch: pytest.MonkeyPatch, *, step: int) -> Iterator[None]:
    """Whoever trains is interrupted as by Ctrl-C when so many updates are done."""
    training_step = TaggerTrainer.training_step

    def dying(self: TaggerTrainer, *arguments: Any, **named: Any) -> torch.Tensor:
        if self.state.global_step == step:
            raise KeyboardInterrupt
        return training_step(self, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(TaggerTrainer, "training_step", dying)
        yield


@pytest.fixture(scope="module")
def token_tagger(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagger trained on token labels alone, as ANERcorp has them; the file lies beside it."""
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "labels.conll").write_text(CONLL * 6, "utf-8")
    content = {
        "encoder": str(tiny_encoder),
        "output": str(folder / "model"),
        "data": {
            "conll": str(folder / "labels.conll"),
            "conll_validation": str(folder / "labels.conll"),
            "conll_sentences": 2,
        },
        "window": {"length": 48, "context": 0},
        "training": {
            "epochs": 12,
            "batch_size": 2,
            "learning_rate": 3e-3,
            "head_learning_rate": 1e-2,
            "mask_share": 0.0,
            "subword_labels": "mean",
            "precision": "fp32",
        },
        "decoding": {"constrained": False},
        "card": {"license": "apache-2.0", "datasets": ["asas-ai/ANERCorp"]},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(content))
    assert run_command("train", ["--config", str(folder / "config.yaml")]) == 0
    return folder


def test_token_labels_make_a_tagger_of_their_labels(token_tagger: Path) -> None:
    tagger = Tagger.from_pretrained(token_tagger / "model", dtype="fp32")
    assert tagger.tags == ("O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PERS", "I-PERS")
    assert (tagger.decoding.subwords, tagger.decoding.constrained) == ("mean", False)
    (page,) = tagger.tag(["أعلنت وزارة الدفاع أمس\nقال (محمد في الخرطوم"])
    assert [(span.text, span.label) for span in page.spans] == [
        ("وزارة الدفاع", "ORG"),
        ("(محمد", "PERS"),
        ("الخرطوم", "LOC"),
    ]
    assert [paragraph.label for paragraph in page.paragraphs] == ["report", "report"]


def test_a_tagger_is_scored_on_a_conll_file(token_tagger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [str(token_tagger / "model"), str(token_tagger / "labels.conll")]
    assert run_command("evaluate", [*given, "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["sentences"] == 12
    assert scores["strict_tokens"]["all"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "gold": 18}
    assert run_command("evaluate", [*given, "--errors"]) == 2
    assert "--errors is for annotated pages" in capsys.readouterr().err


def test_the_card_tells_the_hub_what_it_reads(token_tagger: Path) -> None:
    _, front, text = (token_tagger / "model/README.md").read_text("utf-8").split("---\n", 2)
    metadata = yaml.safe_load(front)
    assert (metadata["language"], metadata["license"]) == ("ar", "apache-2.0")
    assert metadata["datasets"] == ["asas-ai/ANERCorp"]
    (result,) = metadata["model-index"][0]["results"]
    assert result["task"]["type"] == "token-classification"
    assert result["metrics"][0] == {"type": "f1", "name": "span F1, strict", "value": 1.0}
    assert "**LOC, ORG, PERS**" in text
    assert "| PERS | 1.000 | 1.000 | 1.000 | 6 |" in text
    assert 'aggregation_strategy="average"' in text


def test_the_folder_keeps_logs_and_a_picture(token_tagger: Path) -> None:
    names = {path.name for path in (token_tagger / "model").iterdir()}
    assert {"curves.svg", "logs"} <= names
    assert ".checkpoints" not in names
    (events,) = (token_tagger / "model/logs").glob("events.out.tfevents.*")
    written = events.read_bytes()
    for name in (b"train/loss", b"train/learning_rate", b"eval/spans"):
        assert name in written


def short(tmp_path: Path, encoder: Path, **training: object) -> Path:
    defaults: dict[str, Any] = {"max_steps": 4, "batch_size": 4, "precision": "fp32", "report_to": "none"}
    return write_config(tmp_path, encoder, **(defaults | training))


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def assert_same_weights(one: Path, other: Path) -> None:
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys()
    different = [name for name in first if not torch.equal(first[name], second[name])]
    assert different == []


def test_what_does_not_fit_is_halved(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = short(tmp_path, tiny_encoder, mask_share=0.0)
    halves = ["training.batch_size=2", "training.gradient_accumulation=2", f"output={tmp_path}/halves"]
    assert run_command("train", ["--config", str(config), *halves]) == 0
    capsys.readouterr()
    forward = TaggerModel.forward

    def small(self: TaggerModel, *, input_ids: torch.Tensor, **inputs: torch.Tensor) -> Any:
        if self.training and len(input_ids) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9.00 GiB")
        return forward(self, input_ids=input_ids, **inputs)

    monkeypatch.setattr(TaggerModel, "forward", small)
    assert run_command("train", ["--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "4 windows at once do not fit into memory; from now on 2, 2 times an update\n" in told
    assert told.count("do not fit") == 1
    assert_same_weights(tmp_path / "model", tmp_path / "halves")


def test_one_window_that_does_not_fit_is_told(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: TaggerModel, **inputs: torch.Tensor) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(TaggerModel, "forward", full)
    assert run_command("train", ["--config", str(short(tmp_path, tiny_encoder, batch_size=2))]) == 2
    captured = capsys.readouterr()
    assert "2 windows at once do not fit into memory; from now on 1, 2 times an update" in captured.out
    assert "error: 1 windows of 48 subwords do not fit into the memory of CPU" in captured.err


def test_every_option_goes_on_where_it_was_cut_off(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {
        "max_steps": 10,
        "batch_size": 2,
        "gradient_accumulation": 2,
        "mask_share": 0.2,
        "restore_weight": 0.5,
        "weight_average": 0.9,
        "subword_labels": "mean",
        "layer_decay": 0.8,
        "dropout": 0.1,
    }
    config = str(short(tmp_path, tiny_encoder, **options))
    assert run_command("train", ["--config", config, f"output={tmp_path}/whole"]) == 0
    with interrupted(monkeypatch, step=5):
        assert run_command("train", ["--config", config]) == 130
    assert run_command("train", ["--config", config, "--resume"]) == 0
    assert_same_weights(tmp_path / "model", tmp_path / "whole")


def test_averaged_weights_are_what_is_validated_and_written(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last evaluation, with the averaged weights in place, scores as the written folder does."""
    kept: list[dict[str, torch.Tensor]] = []
    evaluate = TaggerTrainer.evaluate

    def keeping(self: TaggerTrainer, *arguments: Any, **named: Any) -> dict[str, float]:
        assert self.average is not None
        with self.average.in_place():
            kept.append({name: weight.detach().half().clone() for name, weight in self.model.named_parameters()})
        return evaluate(self, *arguments, **named)

    monkeypatch.setattr(TaggerTrainer, "evaluate", keeping)
    config = short(tmp_path, tiny_encoder, max_steps=5, weight_average=0.9, learning_rate=1e-5)
    assert run_command("train", ["--config", str(config)]) == 0
    history = json.loads((tmp_path / "model/metrics.json").read_text())["history"]
    scores = [log["eval_score"] for log in history if "eval_score" in log]
    best = kept[scores.index(max(scores))]
    written = weights_of(tmp_path / "model")
    assert torch.equal(written["classifier.weight"], best["token_classifier.classifier.weight"])


def test_an_encoder_learns_from_pages_without_labels(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(6):
        (pages / f"{number}.txt").write_text(PAGE, "utf-8")
    config = str(short(tmp_path, tiny_encoder, max_steps=10, restore_weight=1.0, mask_share=0.15))
    data = ["data.annotated=null", "data.validation=null", f"data.unlabelled={pages}"]
    assert run_command("pretrain", ["--config", config, *data, f"output={tmp_path}/whole"]) == 0
    with interrupted(monkeypatch, step=7):
        assert run_command("pretrain", ["--config", config, *data]) == 130
    assert run_command("pretrain", ["--config", config, *data, "--resume"]) == 0
    assert_same_weights(tmp_path / "model", tmp_path / "whole")
    metrics = json.loads((tmp_path / "model/metrics.json").read_text())
    assert metrics["data"]["pages without labels"] == 6
    assert 0 <= metrics["held_out"]["eval_restored"] <= 1
    loss = [log["eval_restoring_loss"] for log in metrics["history"] if "eval_restoring_loss" in log]
    assert loss[-1] < loss[0]
    model, _ = from_encoder(str(tmp_path / "model"), dropout=0.0)
    assert model.tags[1] == "B-ACTOR"
    stock, loading = AutoModel.from_pretrained(tmp_path / "model", add_pooling_layer=False, output_loading_info=True)
    assert not loading["missing_keys"]
    assert not loading["unexpected_keys"]
    before, _ = from_encoder(str(tiny_encoder), dropout=0.0)
    embeddings = before.token_classifier.get_input_embeddings().weight
    assert not torch.equal(stock.get_input_embeddings().weight, embeddings)


def test_pretraining_takes_pages_without_labels_alone(
    tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = str(short(tmp_path, tiny_encoder, restore_weight=1.0))
    assert run_command("pretrain", ["--config", config]) == 2
    assert "error: pretraining takes data.unlabelled alone" in capsys.readouterr().err
    assert (
        run_command(
            "train",
            ["--config", config, "data.annotated=null", "data.validation=null", f"data.unlabelled={ROOT / 'seeds'}"],
        )
        == 2
    )
    assert "data.unlabelled alone makes no tagger" in capsys.readouterr().err


def test_two_processes_train_as_one(tiny_encoder: Path, tmp_path: Path) -> None:
    """Dropout and masks are off; what is left is the order in which numbers are added."""
    config = short(tmp_path, tiny_encoder, max_steps=10, mask_share=0.0, batch_size=2, gradient_accumulation=3)
    for page in (tmp_path / "gold").iterdir():
        page.write_text(ANNOTATED, "utf-8")  # 30 windows, so that no update is filled up with windows seen before
    assert run_command("train", ["--config", str(config), f"output={tmp_path}/one"]) == 0
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node=2", "--rdzv_backend=c10d"]
    launcher += ["--rdzv_endpoint=localhost:0", "train.py", "--config", str(config), f"output={tmp_path}/two"]
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    result = subprocess.run(launcher, cwd=ROOT, env=environment, capture_output=True, timeout=580, check=False)
    assert result.returncode == 0, result.stderr.decode()[-3000:]
    told = result.stdout.decode()
    assert told.count("device: CPU") == 1
    assert "fp32, 2 processes\n" in told
    one, two = (json.loads((tmp_path / name / "metrics.json").read_text()) for name in ("one", "two"))
    assert len(one["history"]) == len(two["history"]) > 0
    for log, other in zip(one["history"], two["history"], strict=True):
        assert log.keys() == other.keys()
        for name in log.keys() & {"loss", "eval_spans", "eval_paragraphs", "eval_score", "learning_rate"}:
            assert log[name] == pytest.approx(other[name], abs=1e-3)
    assert any("loss" in log for log in one["history"])


def test_a_logger_that_is_not_here_is_told(
    tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command("train", ["--config", str(short(tmp_path, tiny_encoder, report_to="abacus"))]) == 2
    assert "error: training.report_to=abacus: no logger that is installed here; expected" in capsys.readouterr().err


def test_only_the_first_process_speaks(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from khabar.config import load_config

    learning = Learning(load_config(short(tmp_path, tiny_encoder)))
    learning._tell("heard")
    learning.processes = type(learning.processes)(2, 1, 1)
    learning._tell("not heard")
    assert capsys.readouterr().out == "heard\n"
