"""Batches that do not fit into memory, and answers that are no numbers: one page's fault costs no other."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from khabar import KhabarError, Tagger
from khabar.memory import Memory, is_out_of_memory
from tests.conftest import PAGE

Run = Callable[..., CompletedProcess[bytes]]


def exhaust_cpu_memory() -> None:
    """What torch itself raises where a CPU's memory runs out: no machine has a pebibyte."""
    torch.empty(2**50, dtype=torch.uint8)


def exhaust_gpu_memory() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


@contextmanager
def memory_for(
    tagger: Tagger, fits: Callable[[torch.Tensor], bool], exhaust: Callable[[], None]
) -> Iterator[list[int]]:
    """The tagger computes only batches that ``fits`` lets pass; gives the numbers of windows that were tried."""
    tried: list[int] = []

    def before(module: torch.nn.Module, args: Any, kwargs: dict[str, torch.Tensor]) -> None:
        tried.append(len(kwargs["input_ids"]))
        if not fits(kwargs["input_ids"]):
            exhaust()

    hook = tagger.model.token_classifier.base_model.register_forward_pre_hook(before, with_kwargs=True)
    try:
        yield tried
    finally:
        hook.remove()


def test_torch_tells_that_memory_ran_out() -> None:
    with pytest.raises(RuntimeError) as raised:
        exhaust_cpu_memory()
    assert is_out_of_memory(raised.value)
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(RuntimeError("The size of tensor a (3) must match the size of tensor b (4)"))
    assert not is_out_of_memory(ValueError("not enough memory"))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(0, 20))
def test_halving_gives_every_item_once_and_in_order(weights: list[int], room: int) -> None:
    def compute(batch: Sequence[int]) -> int:
        if sum(batch) > room:
            raise MemoryError
        return sum(batch)

    memory = Memory()
    parts = list(memory.halving(weights, compute))
    assert [item for part, _ in parts for item in part] == weights
    for part, result in parts:
        assert result == sum(part) if sum(part) <= room else (result is None and len(part) == 1)
    assert memory.halved == len(parts) - 1


def test_other_errors_are_not_tried_again() -> None:
    tried = []

    def compute(batch: Sequence[int]) -> int:
        tried.append(len(batch))
        raise RuntimeError("odd")

    with pytest.raises(RuntimeError, match="odd"):
        list(Memory().halving([1, 2, 3], compute))
    assert tried == [3]


@pytest.mark.parametrize("exhaust", [exhaust_cpu_memory, exhaust_gpu_memory])
def test_a_batch_that_does_not_fit_is_halved(
    tiny_tagger: Tagger, exhaust: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    expected = tiny_tagger.tag([PAGE] * 5)
    windows = sum(len(answers.page.windows) for answers in tiny_tagger.answer(expected))
    with caplog.at_level(logging.WARNING), memory_for(tiny_tagger, lambda ids: len(ids) <= 2, exhaust) as tried:
        tagged = tiny_tagger.tag([PAGE] * 5)
    assert [page.error for page in tagged] == [None] * 5
    assert [[(s.start, s.end, s.label) for s in page.spans] for page in tagged] == [
        [(s.start, s.end, s.label) for s in page.spans] for page in expected
    ]
    assert sum(count for count in tried if count <= 2) == windows
    halved = sum(count > 2 for count in tried)
    assert halved > 0
    assert [record.getMessage() for record in caplog.records] == [
        f"out of memory: {halved} batches were halved and tried again; free some memory for more speed"
    ]


def test_only_the_page_that_does_not_fit_alone_is_an_error(tiny_tagger: Tagger) -> None:
    texts = [PAGE, "زار محمد حلب", PAGE]
    expected = tiny_tagger.tag(texts)
    name = tiny_tagger.encoder.tokenizer.convert_tokens_to_ids("محمد")
    with memory_for(tiny_tagger, lambda ids: not (ids == name).any(), exhaust_cpu_memory):
        tagged = tiny_tagger.tag(texts)
        with pytest.raises(KhabarError, match="out of memory, even for one window"):
            tiny_tagger.answer(expected)
    assert [page.error for page in tagged] == [
        None,
        "cannot be tagged: out of memory, even for one window of the page alone; free some memory, or use another "
        "--device",
        None,
    ]
    assert tagged[1].spans == tagged[1].paragraphs == []
    assert [s.text for s in tagged[2].spans] == [s.text for s in expected[2].spans] != []


def test_scores_that_are_no_numbers_are_an_error_and_never_tags(tiny_tagger_folder: Path) -> None:
    tagger = Tagger.from_pretrained(tiny_tagger_folder, device="cpu", dtype="fp32")
    texts = [PAGE, "زار محمد حلب", PAGE]
    expected = tagger.tag(texts)
    with torch.no_grad():
        embedding = tagger.model.token_classifier.get_input_embeddings()
        embedding.weight[tagger.encoder.tokenizer.convert_tokens_to_ids("محمد")] = float("nan")
    tagged = tagger.tag(texts)
    assert [page.error for page in tagged] == [
        None,
        "cannot be tagged: the model's scores are not numbers; it was trained or stored wrongly",
        None,
    ]
    assert tagged[1].spans == tagged[1].paragraphs == []
    for place in (0, 2):
        assert [(s.text, s.label) for s in tagged[place].spans] == [(s.text, s.label) for s in expected[place].spans]
        assert tagged[place].spans


def test_a_model_whose_scores_overflow_tags_nothing(tiny_tagger_folder: Path, tmp_path: Path, run: Run) -> None:
    """Weights that are numbers, but too large to be added up: the whole command, as a user runs it."""
    folder = Path(shutil.copytree(tiny_tagger_folder, tmp_path / "tagger"))
    weights = {name: weight.float() for name, weight in load_file(folder / "model.safetensors").items()}
    weights["classifier.weight"] = weights["classifier.weight"].sign() * 3e38
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(PAGE, "utf-8")
    result = run("infer.py", tmp_path / "a.txt", tmp_path / "b.txt", "--model", folder, "-o", tmp_path / "out.jsonl")
    assert result.returncode == 3, result.stderr.decode()
    pages = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [(page["id"], page["spans"], page["paragraphs"]) for page in pages] == [("a", [], []), ("b", [], [])]
    assert {page["error"] for page in pages} == {
        "cannot be tagged: the model's scores are not numbers; it was trained or stored wrongly"
    }
    assert b"Traceback" not in result.stderr
