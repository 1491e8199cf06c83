"""The trainer's parts: what the loss divides by, the order of windows, options of words and weights, the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformers import TrainerControl, TrainerState, TrainingArguments

from khabar.averaging import WeightAverage
from khabar.batching import PageAnswers
from khabar.curves import draw_curves
from khabar.devices import Processes, choose_device
from khabar.encoding import PageEncoder
from khabar.model import from_encoder
from khabar.pages import KhabarError, Page, Paragraph, split_paragraphs
from khabar.trainer import Progress, WindowOrder, compute_again, means_of_words, soft_cross_entropy
from khabar.training_data import load_data
from khabar.writing import jsonl_writer
from tests.test_training import write_config


def test_parts_of_an_update_add_up_to_the_whole() -> None:
    torch.manual_seed(0)
    logits, targets = torch.randn(6, 5, 3), torch.rand(6, 5, 3)
    targets[torch.rand(6, 5) < 0.4] = 0
    asked = (targets.sum(-1) > 0).sum()
    parts = [soft_cross_entropy(logits[rows], targets[rows], asked) for rows in ([0], [1, 2], [3, 4, 5])]
    torch.testing.assert_close(torch.stack(parts).sum(), soft_cross_entropy(logits, targets))


def test_a_words_subwords_speak_together() -> None:
    logits = torch.tensor([[[8.0], [1.0], [3.0], [5.0], [9.0], [2.0]]])
    #                       [CLS]  word of three         [SEP]  word
    starts = torch.tensor([[0, 1, 0, 0, 0, 1]]).bool()
    slots = torch.tensor([[-1, 0, 0, 0, -1, 1]])
    means = means_of_words(logits, starts, slots)
    assert means[0, 1:4, 0].tolist() == [3.0, 3.0, 3.0]
    assert means[0, 5, 0].item() == 2.0


def test_training_and_tagging_take_the_same_mean(tiny_encoder: Path) -> None:
    text = "وصل محمد إلى حلب\nثم عاد"
    model, tokenizer = from_encoder(str(tiny_encoder), dropout=0.0)
    encoded = PageEncoder(tokenizer, length=48, context=0).encode(Page("p", text, paragraphs=split_paragraphs(text)))
    (window,) = encoded.windows
    torch.manual_seed(1)
    logits = torch.randn(1, len(window), len(model.tags))
    starts = torch.tensor([window.words]) >= 0
    means = means_of_words(logits, starts, torch.tensor([window.paragraphs])).log_softmax(-1)
    answers = PageAnswers(encoded, tags=len(model.tags), classes=2, mean=True)
    classes, vectors = np.full((2, 2), 0.5, dtype=np.float32), np.zeros((2, 4), dtype=np.float32)
    answers.add(window, logits.log_softmax(-1)[0].numpy(), classes, vectors)
    np.testing.assert_allclose(answers.tags, means[starts].numpy(), rtol=1e-4, atol=1e-5)


def order(epoch: int, **changes: Any) -> list[int]:
    options: dict[str, Any] = {"update": 2, "by_length": True, "seed": 3, "epoch": lambda: epoch}
    return list(WindowOrder([5, 9, 7, 9, 1, 3, 3, 8], **(options | changes)))


def test_the_order_of_windows_comes_from_seed_and_epoch_alone() -> None:
    torch.manual_seed(0)
    first = order(0)
    torch.manual_seed(99)
    assert order(0) == first
    assert sorted(first) == list(range(8))
    assert first[0] in (1, 3)  # the longest, so that what does not fit is known at once
    assert order(1) != first
    assert order(0, seed=4) != first
    at_random = order(0, by_length=False)
    assert sorted(at_random) == list(range(8))
    assert order(0, by_length=False) == at_random


def test_an_average_weighs_updates_by_their_age(tmp_path: Path) -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(1.0)
    average = WeightAverage(model, 0.5)
    for step, value in enumerate((3.0, 5.0), 1000):
        with torch.no_grad():
            model.weight.fill_(value)
        average.update(step)
    with average.in_place():
        assert model.weight.item() == 3.5  # (1 + 3) / 2 = 2, (2 + 5) / 2
    assert model.weight.item() == 5.0
    average.save(tmp_path)
    other = WeightAverage(model, 0.5)
    other.load(tmp_path)
    other.keep()
    assert model.weight.item() == 3.5


def test_an_average_forgets_where_it_began() -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(100.0)
    average = WeightAverage(model, 0.999)
    with torch.no_grad():
        model.weight.fill_(0.0)
    average.update(1)
    average.keep()
    assert model.weight.item() == pytest.approx(10.0)


def test_processes_share_an_update() -> None:
    assert Processes(1, 0, 0).share(8, 3) == (8, 3)
    assert Processes(4, 0, 0).share(8, 3) == (2, 3)
    assert Processes(2, 1, 1).share(3, 4) == (3, 2)
    with pytest.raises(KhabarError, match="batch_size=3 cannot be shared by 2 processes; give a multiple of 2"):
        Processes(2, 1, 1).share(3, 1)


def test_a_launcher_tells_who_is_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Processes.of_environment().first
    for name, value in {"WORLD_SIZE": "4", "RANK": "3", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    assert Processes.of_environment() == Processes(4, 3, 1)
    assert not Processes.of_environment().first


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_the_device_line_names_cores_and_number_format() -> None:
    device = choose_device(precision="fp32")
    assert device.description == f"CPU, {torch.get_num_threads()} cores, fp32"


def test_curves_show_what_was_logged() -> None:
    history = [
        {"epoch": 1.0, "loss": 2.0, "learning_rate": 1e-4},
        {"epoch": 1.0, "eval_spans": 0.5, "eval_score": 0.5},
        {"epoch": 2.0, "loss": 1.0, "learning_rate": 5e-5},
        {"epoch": 2.0, "eval_spans": 0.75, "eval_score": 0.75},
    ]
    root = ElementTree.fromstring(draw_curves(history))
    name = "{http://www.w3.org/2000/svg}"
    titles = [text.text for text in root.iter(f"{name}text") if text.get("font-weight")]
    assert titles == ["training loss", "learning rate (encoder)", "span F1 on held-out pages"]
    lines = [line.get("points") for line in root.iter(f"{name}polyline")]
    # Halfway and at the end of 550 pixels behind 70; from the top of a panel of 100 to its ground.
    assert lines[0] == "345.0,28.0 620.0,128.0"
    assert lines[2] == "345.0,428.0 620.0,328.0"
    assert ElementTree.fromstring(draw_curves([])).get("height") == "150"


CONLL = "أعلنت O\nوزارة B-ORG\nالدفاع I-ORG\nأمس O\n\nقال O\n(محمد B-PERS\nفي O\nالخرطوم B-LOC\n\n"


def test_token_labels_bring_their_own_labels(
    tmp_path: Path, tiny_encoder: Path, write_conll: Callable[..., Path]
) -> None:
    from khabar.config import load_config

    path = write_conll(CONLL * 5)
    nothing = ["data.annotated=null", "data.validation=null"]
    config = load_config(write_config(tmp_path, tiny_encoder), [f"data.conll={path}", *nothing])
    data = load_data(config)
    assert data.labels == ("LOC", "ORG", "PERS")
    assert data.only_tokens
    assert (len(data.train), len(data.tokens), data.validation) == (8, 2, [])
    together = load_config(
        write_config(tmp_path, tiny_encoder),
        [f"data.conll={path}", "data.conll_sentences=4", f"data.conll_validation={path}", *nothing],
    )
    data = load_data(together)
    assert [len(page.page.paragraphs) for page in data.train] == [4, 4, 2]
    assert [len(page.sentences) for page in data.tokens] == [4, 4, 2]


def test_token_labels_go_with_pages_that_taggers_of_them_labelled(
    tmp_path: Path, tiny_encoder: Path, write_conll: Callable[..., Path]
) -> None:
    """Words with how likely their tags are and paragraphs without a class: tools/self_label.py writes such pages."""
    from khabar.config import load_config

    path = write_conll(CONLL * 5)
    page = Page("w", "في دبي", paragraphs=[Paragraph(0, 6, "report", probabilities={})])
    page.words = [(0, 2, {"O": 1.0}), (3, 6, {"B-LOC": 0.75, "O": 0.25})]
    with jsonl_writer(tmp_path / "weak.jsonl") as file:
        file.write(page)
    given = [f"data.conll={path}", f"data.weak={tmp_path / 'weak.jsonl'}", "data.weak_weight=0.5"]
    nothing = ["data.annotated=null", "data.validation=null"]
    data = load_data(load_config(write_config(tmp_path, tiny_encoder), [*given, *nothing]))
    assert data.labels == ("LOC", "ORG", "PERS")
    assert data.only_tokens
    assert (len(data.train), len(data.tokens), data.validation) == (9, 2, [])
    assert data.summary()["weakly labelled pages"] == 1
    assert (data.train[0].page.id, data.train[0].weight) == ("w", 0.5)


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (["data.annotated=null", "data.conll=CONLL"], "annotated pages cannot score token labels"),
        (["data.conll_validation=CONLL"], "data.conll_validation chooses the epoch where all labels are"),
        (["data.unlabelled=CONLL"], "learned only where training.restore_weight is above 0"),
    ],
)
def test_data_that_cannot_go_together_is_refused(
    tmp_path: Path, tiny_encoder: Path, write_conll: Callable[..., Path], overrides: list[str], problem: str
) -> None:
    from khabar.config import load_config

    path = write_conll(CONLL).rename(tmp_path / "labels.txt")
    given = [override.replace("CONLL", str(path)) for override in overrides]
    with pytest.raises(KhabarError, match=problem):
        load_data(load_config(write_config(tmp_path, tiny_encoder), given))


@pytest.fixture
def write_conll(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str) -> Path:
        path = tmp_path / "labels.conll"
        path.write_text(content, "utf-8")
        return path

    return write


def test_checkpointed_gradients_are_the_same(tiny_encoder: Path) -> None:
    def gradients(*, checkpointing: bool) -> list[torch.Tensor]:
        torch.manual_seed(3)
        model, _ = from_encoder(str(tiny_encoder), dropout=0.0)
        if checkpointing:
            compute_again(model)
        model.train()
        ids = torch.arange(1, 21).reshape(2, 10)
        slots, features = torch.zeros_like(ids), torch.zeros(2, 1, 4)
        tags, classes = model(input_ids=ids, attention_mask=torch.ones_like(ids), slots=slots, features=features)
        (tags.square().sum() + classes.sum()).backward()
        assert model.token_classifier.is_activation_checkpointing is checkpointing
        return [weight.grad for weight in model.parameters() if weight.grad is not None]

    plain, checkpointed = gradients(checkpointing=False), gradients(checkpointing=True)
    assert len(plain) == len(checkpointed) > 20
    for one, other in zip(plain, checkpointed, strict=True):
        torch.testing.assert_close(one, other)


def test_the_bar_tells_the_loss_and_the_speed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = iter([100.0, 104.0])
    monkeypatch.setattr("khabar.trainer.time.monotonic", lambda: next(clock))
    progress = Progress(lambda: 6000)
    state, control = TrainerState(max_steps=10, is_world_process_zero=True), TrainerControl()
    arguments = TrainingArguments(output_dir=str(tmp_path), use_cpu=True, report_to="none")
    progress.on_train_begin(arguments, state, control)
    progress.on_log(arguments, state, control, logs={"loss": 0.5})
    assert progress.training_bar.postfix == "loss 0.500, 1,500 subwords/s"
    progress.training_bar.close()
