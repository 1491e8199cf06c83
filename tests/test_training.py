"""Training on tiny encoders: the loss, the data, and the whole of train.py as a user runs it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from transformers import AutoTokenizer, pipeline

from khabar import KhabarError, Page, Tagger
from khabar.annotated import parse_annotated
from khabar.config import load_config, to_yaml
from khabar.encoding import PageEncoder
from khabar.examples import LabelledPage, make_dataset, page_targets, split_pages, subword_targets
from khabar.labels import tags_of
from khabar.model import from_encoder, load
from khabar.pages import split_paragraphs
from khabar.training import load_data, soft_cross_entropy
from tests.conftest import ANNOTATED, PAGE, ROOT

Run = Callable[..., CompletedProcess[bytes]]
TAGS = tags_of()


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> PageEncoder:
    return PageEncoder(AutoTokenizer.from_pretrained(tiny_encoder), length=48, context=8)


def test_the_loss_is_cross_entropy_where_targets_are_and_nothing_elsewhere() -> None:
    logits = torch.tensor([[2.0, 0.0, -1.0], [0.5, 0.5, 0.5], [9.0, -9.0, 0.0]])
    hard = torch.tensor([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 0]])
    expected = torch.nn.functional.cross_entropy(logits[:2], torch.tensor([0, 1]))
    torch.testing.assert_close(soft_cross_entropy(logits, hard), expected)
    soft = torch.tensor([[0.25, 0.75, 0.0]])
    torch.testing.assert_close(soft_cross_entropy(logits[:1], soft), -(soft * logits[:1].log_softmax(-1)).sum())
    assert soft_cross_entropy(logits, torch.zeros(3, 3)).item() == 0
    half = soft_cross_entropy(logits, hard * 0.5)
    torch.testing.assert_close(half, expected / 2)
    weighted = torch.tensor([[0.5, 0, 0], [0, 1.0, 0], [0, 0, 0]])
    losses = -logits.log_softmax(-1)
    torch.testing.assert_close(soft_cross_entropy(logits, weighted), (0.5 * losses[0, 0] + losses[1, 1]) / 2)


def test_every_subword_is_labelled_inside_what_the_first_begins(encoder: PageEncoder) -> None:
    page = parse_annotated("R|زار <A>محمد</A> <L>حلب</L>", page_id="p")
    encoded = encoder.encode(page)
    targets = page_targets(LabelledPage(page, 0.5), encoded, TAGS)
    (window,) = encoded.windows
    rows = subword_targets(window, targets.words, TAGS)
    named = [TAGS[row.argmax()] if row.any() else "-" for row in rows]
    assert named == ["-", "O", "O", "O", "B-ACTOR", "B-LOCATION", "I-LOCATION", "I-LOCATION", "-"]
    assert set(rows.sum(axis=1)) == {0.0, 0.5}


def test_soft_labels_become_soft_targets_and_silence_none(encoder: PageEncoder) -> None:
    page = Page("p", "حلب اليوم", paragraphs=split_paragraphs("حلب اليوم"))
    page.paragraphs[0].probabilities = {"report": 0.75, "boilerplate": 0.25}
    page.words = [(0, 3, {"B-LOCATION": 0.5, "I-ACTOR": 0.25, "O": 0.25}), (4, 9, {})]
    encoded = encoder.encode(page)
    targets = page_targets(LabelledPage(page), encoded, TAGS)
    expected = np.zeros((2, 9))
    expected[0, [0, 2, 3]] = [0.25, 0.25, 0.5]
    np.testing.assert_allclose(targets.words, expected)
    np.testing.assert_allclose(targets.paragraphs, [[0.75, 0.25]])
    (window,) = encoded.windows
    second = subword_targets(window, targets.words, TAGS)[2]
    np.testing.assert_allclose(second[[0, 2, 4]], [0.25, 0.25, 0.5])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"words": [(0, 2, {}), (4, 9, {})]}, "weak labels are of other words"),
        ({"words": [(0, 3, {"B-PLANT": 1.0}), (4, 9, {})]}, "label 'B-PLANT' is not one of O, B-ACTOR"),
        ({"paragraphs": []}, "paragraphs do not lie where its text has them"),
    ],
)
def test_labels_of_another_page_are_refused(encoder: PageEncoder, change: dict[str, Any], problem: str) -> None:
    page = Page("p", "حلب اليوم", paragraphs=split_paragraphs("حلب اليوم"), words=[(0, 3, {}), (4, 9, {})])
    page.paragraphs[0].label = "report"
    for name, value in change.items():
        setattr(page, name, value)
    with pytest.raises(KhabarError, match=problem):
        page_targets(LabelledPage(page), encoder.encode(page), TAGS)


def test_windows_of_a_dataset_hold_every_label_once(encoder: PageEncoder) -> None:
    page = parse_annotated(ANNOTATED, page_id="p")
    dataset, inexact = make_dataset([LabelledPage(page)], encoder, TAGS)
    assert inexact == 0
    begun = [sum(row[TAGS.index(f"B-{s.label}")] for r in dataset for row in r["tag_targets"]) for s in page.spans]
    counts = [sum(other.label == s.label for other in page.spans) for s in page.spans]
    assert begun == counts
    assert max(dataset["length"]) <= 48


def test_pages_are_split_whole_and_from_a_seed() -> None:
    pages = [LabelledPage(Page(str(n), "x")) for n in range(10)]
    train, held = split_pages(pages, 0.2, seed=1)
    assert (len(train), len(held)) == (8, 2)
    assert {p.page.id for p in train} | {p.page.id for p in held} == {str(n) for n in range(10)}
    assert split_pages(pages, 0.2, seed=1) == (train, held)
    assert split_pages(pages, 0.2, seed=2)[1] != held
    assert split_pages(pages[:1], 0.2, seed=1) == (pages[:1], [])
    assert split_pages(pages, 0.0, seed=1) == (pages, [])


def write_config(tmp_path: Path, encoder: Path, **training: object) -> Path:
    gold = tmp_path / "gold"
    gold.mkdir(exist_ok=True)
    for name in "abcdef":
        lines = ANNOTATED.splitlines()
        (gold / f"{name}.txt").write_text(ANNOTATED if name < "d" else lines[1], "utf-8")
    content = {
        "encoder": str(encoder),
        "output": str(tmp_path / "model"),
        "data": {"annotated": str(gold), "validation": str(gold)},
        "window": {"length": 48, "context": 8},
        "training": {
            "epochs": 40,
            "batch_size": 2,
            "learning_rate": 0.003,
            "head_learning_rate": 0.01,
            "mask_share": 0.0,
        }
        | training,
    }
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.fixture(scope="module")
def trained(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A tiny tagger trained by train.py from a checkpoint with exactly CAMeLBERT's files."""
    tmp_path = tmp_path_factory.mktemp("trained")
    last_epoch = ["data.validation=null", "data.validation_share=0"]
    result = run("train.py", "--config", write_config(tmp_path, tiny_encoder), "training.precision=fp32", *last_epoch)
    assert result.returncode == 0, result.stderr.decode()
    assert b"device: CPU" in result.stdout
    assert b"data: 6 training pages" in result.stdout
    return tmp_path / "model"


def test_train_learns_what_it_is_shown(trained: Path) -> None:
    tagger = Tagger.from_pretrained(trained, dtype="fp32")
    (page,) = tagger.tag([PAGE])
    gold = parse_annotated(ANNOTATED, page_id="p")
    assert [(s.text, s.label) for s in page.spans] == [(s.text, s.label) for s in gold.spans]
    assert [p.label for p in page.paragraphs] == [p.label for p in gold.paragraphs]
    vocalised = tagger.tag([PAGE.replace("الدفاع", "الدِّفَـــاعِ")])[0]
    assert [s.label for s in vocalised.spans] == [s.label for s in page.spans]
    assert vocalised.spans[1].text == "وزارة الدِّفَـــاعِ السودانية"


def test_the_folder_tells_how_it_was_made(trained: Path) -> None:
    assert {path.name for path in trained.iterdir()} == {
        "README.md", "config.json", "curves.svg", "logs", "metrics.json", "model.safetensors", "tokenizer.json",
        "tokenizer_config.json", "training.yaml",
    }  # fmt: skip
    metrics = json.loads((trained / "metrics.json").read_text())
    assert metrics["data"] == {
        "composed pages": 0,
        "weakly labelled validation pages": 0,
        "training pages": 6, "training words": 135, "weakly labelled pages": 0, "validation pages": 0,
    }  # fmt: skip
    resolved = load_config(trained / "training.yaml")
    assert (resolved.training.epochs, resolved.training.weight_decay, resolved.seed) == (40, 0.01, 13)
    assert (trained / "README.md").read_text().startswith("---\nlanguage: ar\n")
    config = json.loads((trained / "config.json").read_text())
    assert config["architectures"] == ["BertForTokenClassification"]
    assert config["dtype"] == "float32"
    block = config["khabar"]
    assert block.pop("tags") == list(TAGS)
    assert len(block.pop("vocabulary")) == len(block.pop("reading")) == 32
    assert block.pop("decoding") == {
        "tag_temperature": 1.0, "paragraph_temperature": 1.0, "paragraph_chain": [[0.0, 0.0], [0.0, 0.0]],
        "grammar": [], "span_scaling": [1.0, 0.0], "subwords": "first", "constrained": True,
    }  # fmt: skip
    assert block == {"format": 1, "window": 48, "context": 8, "paragraph_labels": ["report", "boilerplate"]}


@pytest.mark.filterwarnings("ignore")
def test_the_stock_pipeline_joins_whole_spans(trained: Path) -> None:
    stock = pipeline("token-classification", model=str(trained), aggregation_strategy="simple")
    text = "أعلنت وزارة الدفاع السودانية أمس أن 12 جنديا قتلوا في الخرطوم."
    assert [(e["entity_group"], text[e["start"] : e["end"]]) for e in stock(text)] == [
        ("ACTOR", "وزارة الدفاع السودانية"),
        ("TIME", "أمس"),
        ("COUNT", "12 جنديا"),
        ("LOCATION", "الخرطوم"),
    ]


def test_a_trained_tagger_is_continued(trained: Path, tmp_path: Path, run: Run) -> None:
    config = write_config(tmp_path, trained, max_steps=1, learning_rate=1e-9, head_learning_rate=1e-9)
    result = run("train.py", "--config", config)
    assert result.returncode == 0, result.stderr.decode()
    tagged = [Tagger.from_pretrained(folder, dtype="fp32").tag([PAGE])[0] for folder in (trained, tmp_path / "model")]
    assert [s.text for s in tagged[0].spans] == [s.text for s in tagged[1].spans]
    metrics = json.loads((tmp_path / "model/metrics.json").read_text())
    assert metrics["validation"]["strict_report"]["all"]["f1"] == 1.0
    assert "(6 pages) | 1.000 (1.000–1.000) | 1.000 |" in (tmp_path / "model/README.md").read_text()


def test_a_tagger_that_is_continued_without_held_out_pages_answers_as_it_did(
    trained: Path, tmp_path: Path, run: Run
) -> None:
    start = tmp_path / "start"
    shutil.copytree(trained, start)
    config = json.loads((start / "config.json").read_text())
    config["khabar"]["decoding"] |= {"tag_temperature": 1.5, "paragraph_chain": [[0.5, -0.5], [-0.5, 0.5]]}
    (start / "config.json").write_text(json.dumps(config))
    last_epoch = ["data.validation=null", "data.validation_share=0"]
    result = run("train.py", "--config", write_config(tmp_path, start, max_steps=1), *last_epoch)
    assert result.returncode == 0, result.stderr.decode()
    assert load(tmp_path / "model")[2].decoding == load(start)[2].decoding
    assert load(start)[2].decoding.tag_temperature == 1.5


def test_a_run_that_was_cut_off_goes_on(tiny_encoder: Path, tmp_path: Path, run: Run) -> None:
    config = write_config(tmp_path, tiny_encoder, max_steps=10, mask_share=0.2, precision="fp32")
    whole = run("train.py", "--config", config, f"output={tmp_path}/whole")
    assert whole.returncode == 0, whole.stderr.decode()
    # A process that dies in its sixth step, after the checkpoint of the fourth.
    killed = run(
        "-c",
        "import os, sys\n"
        "from khabar.training import TaggerTrainer\n"
        "step = TaggerTrainer.training_step\n"
        "def dying(self, *a, **k):\n"
        "    if self.state.global_step == 5: os._exit(9)\n"
        "    return step(self, *a, **k)\n"
        "TaggerTrainer.training_step = dying\n"
        "from khabar.cli import run_command\n"
        f"run_command('train', ['--config', {str(config)!r}])",
    )
    assert killed.returncode == 9, killed.stderr.decode()
    resumed = run("train.py", "--config", config, "--resume")
    assert resumed.returncode == 0, resumed.stderr.decode()
    assert b"resuming from" in resumed.stdout
    assert (tmp_path / "model/model.safetensors").read_bytes() == (tmp_path / "whole/model.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "error: --config is missing; choose one of configs/"),
        (["--config", "no.yaml"], "error: no.yaml: cannot be read"),
        (["--config", "CONFIG", "training.learningrate=1"],
         "unknown key 'training.learningrate'; did you mean 'learning_rate'?"),
        (["--config", "CONFIG", "data.weak=none.jsonl", "data.annotated=null"], "none.jsonl: no such file"),
        (["--config", "CONFIG", "data.annotated=null"], "no pages to learn from"),
        (["--config", "CONFIG", "encoder=models/none"], "encoder=models/none: no such folder"),
        (["--config", "CONFIG", "training.batch_size=none"], "training.batch_size: Input should be a valid integer"),
        (["--config", "CONFIG", "training.precision=fp16"], "fp16 needs a GPU"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(
    tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    from khabar.cli import run_command

    if problem.endswith("GPU") and torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    config = write_config(tmp_path, tiny_encoder)
    assert run_command("train", [str(config) if a == "CONFIG" else a for a in arguments]) == 2
    errors = capsys.readouterr().err
    assert problem in errors
    assert errors.count("\n") == 1


def test_an_encoder_that_only_the_hub_has_is_told_with_the_way_out(
    tmp_path: Path, tiny_encoder: Path, run: Run
) -> None:
    config = write_config(tmp_path, tiny_encoder)
    offline = "import os; os.environ['HF_HUB_OFFLINE'] = '1'; import sys; from khabar.cli import run_command; "
    result = run(
        "-c", f"{offline}sys.exit(run_command('train', ['--config', {str(config)!r}, 'encoder=CAMeL-Lab/none']))"
    )
    assert result.returncode == 2
    (line,) = result.stderr.decode().splitlines()
    assert line.startswith(
        "error: encoder 'CAMeL-Lab/none' is no folder here and cannot be had from the Hugging Face Hub"
    )
    assert line.endswith("or use --config configs/seeds.yaml, which works offline")


def test_an_encoder_whose_weights_do_not_fit_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "renamed"))
    weights = torch.load(folder / "pytorch_model.bin", weights_only=True)
    torch.save({name.replace("attention", "attn"): w for name, w in weights.items()}, folder / "pytorch_model.bin")
    with pytest.raises(KhabarError, match="they would be random"):
        from_encoder(str(folder), dropout=0.0)


def test_a_diverged_model_is_not_saved(tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from khabar.cli import run_command

    config = write_config(
        tmp_path, tiny_encoder, max_steps=5, learning_rate=1e30, head_learning_rate=1e30, precision="fp32"
    )
    assert run_command("train", ["--config", str(config), "data.validation=null", "data.validation_share=0"]) == 2
    assert "error: training diverged" in capsys.readouterr().err
    assert not (tmp_path / "model/model.safetensors").exists()


def test_retraining_does_not_keep_the_old_figures(trained: Path, tmp_path: Path, tiny_encoder: Path) -> None:
    from khabar.card import record_evaluation
    from khabar.cli import run_command

    config = write_config(tmp_path, tiny_encoder, max_steps=1)
    (tmp_path / "model").mkdir()
    (tmp_path / "model/evaluations.json").write_text('[{"data": "the old gold", "scores": {}}]')
    assert run_command("train", ["--config", str(config)]) == 0
    assert "the old gold" not in (tmp_path / "model/README.md").read_text()
    scores = json.loads((tmp_path / "model/metrics.json").read_text())["validation"]
    record_evaluation(tmp_path / "model", "the new gold", scores)
    assert "| the new gold (6 pages) |" in (tmp_path / "model/README.md").read_text()
    with pytest.raises(KhabarError, match=r"no model folder that train\.py wrote"):
        record_evaluation(tmp_path, "x", scores)


def test_weak_labels_must_be_weak_labels(tmp_path: Path, tiny_encoder: Path) -> None:
    page = parse_annotated(ANNOTATED, page_id="p")
    (tmp_path / "p.jsonl").write_text(json.dumps(page.to_dict()) + "\n")
    config = load_config(write_config(tmp_path, tiny_encoder), [f"data.weak={tmp_path}/p.jsonl"])
    with pytest.raises(KhabarError, match="holds no weak labels"):
        load_data(config)


def test_overrides_are_laid_over_the_file(tmp_path: Path, tiny_encoder: Path) -> None:
    config = load_config(
        write_config(tmp_path, tiny_encoder), ["training.learning_rate=1e-4", "data.weak=[a.jsonl, b.jsonl]"]
    )
    assert config.training.learning_rate == 0.0001
    assert config.data.weak == [Path("a.jsonl"), Path("b.jsonl")]
    (tmp_path / "again.yaml").write_text(to_yaml(config))
    assert load_config(tmp_path / "again.yaml") == config


def test_configurations_of_the_project_are_right() -> None:
    for path in sorted((ROOT / "configs").glob("*.yaml")):
        config = load_config(path)
        assert path.read_text().startswith("# ")
        # The news encoder is cut from the tagger that its configuration trains; what ships is the mean of two runs.
        names = {"news-encoder": "news-tagger", "khabar-compact": "round-3"}
        assert config.output.name == names.get(path.stem, path.stem)
    camelbert = load_config(ROOT / "configs/camelbert.yaml")
    assert camelbert.encoder == "CAMeL-Lab/bert-base-arabic-camelbert-msa"
    assert (camelbert.window.length, camelbert.training.learning_rate) == (512, 5e-5)
    assert camelbert.training.batch_size == 4
    assert camelbert.training.max_steps >= 300
