"""Measures tagging: end to end, beside the encoder alone and beside the stock pipeline on the same weights and pages.

What is compared is measured in turn, part of the pages by part, so that whatever else the machine does meets all alike.
"""

from __future__ import annotations

import gc
import platform
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn
from transformers import pipeline
from transformers.utils import logging as transformers_logging

from khabar.batching import batches_by_length, collate, paragraph_features, paragraphs_of
from khabar.chunks import chunks_of
from khabar.cli.bench_memory import peak_memory
from khabar.cores import Cores
from khabar.model import find_folder
from khabar.pages import KhabarError, Page, split_paragraphs
from khabar.reading import Columns, find_files, read_files
from khabar.tagging import BATCH_TOKENS, Tagger
from khabar.text import words
from khabar.writing import jsonl_writer

BATCH_SIZES = (1, 8, 32)
#: What is measured, by name.
WHOLE, ENCODER, BESIDE = "khabar", "encoder alone", "khabar, the pipeline's pages"
_BATCHED, PLAIN = "pipeline in the same number format, batches of", "pipeline as called (fp32, one by one)"
_PARTS = 4
_WARM_UP = 8


@dataclass
class Speed:
    """Pages, words and seconds of one way to tag, summed over the parts."""

    pages: int = 0
    words: int = 0
    seconds: float = 0.0

    def add(self, pages: Sequence[Page], seconds: float) -> None:
        self.pages += len(pages)
        self.words += sum(len(words(page.text)) for page in pages)
        self.seconds += seconds

    @property
    def words_a_second(self) -> float:
        return self.words / self.seconds


@dataclass
class Report:
    """What was measured; ``str`` is a Markdown table."""

    machine: str
    speeds: dict[str, Speed] = field(default_factory=dict)
    subwords: int = 0
    padded: int = 0
    #: Summed over the cores that compute side by side.
    encoder_seconds: float = 0.0
    cores: int = 1
    memory: float = 0.0
    memory_of_model: float = 0.0

    def ratio(self, name: str, to: str) -> float:
        """How many times as many words a second the one does as the other."""
        return self.speeds[name].words_a_second / self.speeds[to].words_a_second

    def ratios(self) -> list[tuple[str, float]]:
        """khabar beside the encoder alone, the stock pipeline at its best batch size, and as people call it."""
        batched = {name: speed.words_a_second for name, speed in self.speeds.items() if name.startswith(_BATCHED)}
        found = [("end to end over the encoder alone", self.ratio(WHOLE, ENCODER))]
        if batched:
            best = max(batched, key=batched.__getitem__)
            found.append((f"khabar over the {best}", self.ratio(BESIDE, best)))
        if PLAIN in self.speeds:
            found.append((f"khabar over the {PLAIN}", self.ratio(BESIDE if BESIDE in self.speeds else WHOLE, PLAIN)))
        return found

    def __str__(self) -> str:
        whole = self.speeds[WHOLE]
        rows = [
            ("pages a second, end to end", f"{whole.pages / whole.seconds:,.1f}"),
            ("words a second, end to end", f"{whole.words_a_second:,.0f}"),
            ("subwords a second, end to end", f"{self.subwords / whole.seconds:,.0f}"),
            ("share of the time in the encoder", f"{self.encoder_seconds / self.cores / whole.seconds:.2f}"),
            ("share of padding", f"{1 - self.subwords / self.padded:.3f}"),
            ("most memory, GiB (the model loaded: GiB)", f"{self.memory:.2f} ({self.memory_of_model:.2f})"),
        ]
        for name, speed in self.speeds.items():
            if name != WHOLE:
                rows.append((f"{name}: words a second ({speed.pages} pages)", f"{speed.words_a_second:,.0f}"))
        rows += [(name, f"{ratio:.2f} ×") for name, ratio in self.ratios()]
        head = [f"{whole.pages} pages, {whole.words:,} words, {self.machine}", "", "| | |", "|---|---:|"]
        return "\n".join(head + [f"| {what} | {figure} |" for what, figure in rows])


def measure(
    sources: Sequence[str], model: str | Path, *, most: int, beside: int, plain: int, device: str | None, dtype: str
) -> Report:
    """Tags ``most`` pages, ``beside`` of them with the stock pipeline too, ``plain`` as people call it (0 for none)."""
    pages = pages_of(sources, most)
    tagger = Tagger.from_pretrained(model, device=device, dtype=dtype)
    report = Report(f"{processor()}, {tagger.device.description}, torch {torch.__version__}", cores=tagger.device.cores)
    report.memory_of_model = peak_memory()
    tagger.tag(pages[:_WARM_UP])
    ways: dict[str, tuple[int, Callable[[Sequence[Page]], float]]] = {
        WHOLE: (len(pages), lambda part: _end_to_end(tagger, part, report)),
        ENCODER: (len(pages), lambda part: _encoder_alone(tagger, part)),
    }
    if beside:
        ways[BESIDE] = beside, lambda part: _end_to_end(tagger, part)
        stock = _pipeline(model, tagger.device.device, tagger.device.dtype)
        for size in BATCH_SIZES:
            ways[f"{_BATCHED} {size}"] = beside, partial(_with_pipeline, stock, batch_size=size)
    if plain:
        ways[PLAIN] = plain, partial(_with_pipeline, _pipeline(model, tagger.device.device, torch.float32))
    for number in range(_PARTS):
        for name, (count, way) in ways.items():
            part = pages[:count][number::_PARTS]
            if not part:
                continue
            gc.collect()
            seconds = way(part)
            report.speeds.setdefault(name, Speed()).add(part, seconds)
            if name == WHOLE and number == 0:
                report.memory = peak_memory()
    return report


def pages_of(sources: Sequence[str], most: int) -> list[Page]:
    """The first pages that can be read, in turn from each file, so that no one file speaks for all.

    Raises KhabarError where there is none.
    """
    streams = [read_files([file], Columns()) for file in find_files(sources)]
    pages: list[Page] = []
    while streams and len(pages) < most:
        for stream in list(streams):
            page = next((page for page in stream if page.error is None and page.text.strip()), None)
            if page is None:
                streams.remove(stream)
            else:
                pages.append(page)
    if not pages:
        raise KhabarError(f"{', '.join(sources)}: no page with text to measure on")
    return pages[:most]


def processor() -> str:
    """The processor's name as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _end_to_end(tagger: Tagger, pages: Sequence[Page], report: Report | None = None) -> float:
    """Seconds to read the pages from JSONL, tag them and write them as JSONL."""
    with TemporaryDirectory() as folder:
        given, out = Path(folder) / "pages.jsonl", Path(folder) / "tagged.jsonl"
        with jsonl_writer(given, ("id", "text", "title", "published")) as file:
            for page in pages:
                file.write(page)
        with nullcontext() if report is None else _watched(tagger.model.token_classifier.base_model, report):
            started = time.perf_counter()
            with jsonl_writer(out) as file:
                for page in tagger.tag_pages(read_files([given], Columns())):
                    file.write(page)
            return time.perf_counter() - started


@contextmanager
def _watched(encoder: Any, report: Report) -> Iterator[None]:
    """Adds up what the encoder is given and, on a CPU, how long it takes (a GPU computes on while Python goes on)."""
    of_thread = threading.local()
    adding = threading.Lock()

    def before(module: nn.Module, args: Any, inputs: dict[str, torch.Tensor]) -> None:
        mask = inputs["attention_mask"]
        with adding:
            report.subwords += int(mask.sum())
            report.padded += mask.numel()
        of_thread.started = time.perf_counter()

    def after(module: nn.Module, args: Any, inputs: Any, output: Any) -> None:
        with adding:
            report.encoder_seconds += time.perf_counter() - of_thread.started

    hooks = [
        encoder.register_forward_pre_hook(before, with_kwargs=True),
        encoder.register_forward_hook(after, with_kwargs=True),
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _encoder_alone(tagger: Tagger, pages: Sequence[Page]) -> float:
    """Seconds that the encoder takes for the same windows in the same batches, all prepared beforehand."""
    device = tagger.device.device
    batches = []
    for chunk in chunks_of(pages):
        encoded = [tagger.encoder.encode(page) for page in chunk]
        held = [(paragraph_features(page)[paragraphs_of(w)], w) for page in encoded for w in page.windows]
        for chosen in batches_by_length([window for _, window in held], BATCH_TOKENS[device.type]):
            batch = collate([held[i][1] for i in chosen], [held[i][0] for i in chosen], pad=tagger.encoder.pad)
            batches.append((batch.input_ids.to(device), batch.attention_mask.to(device)))
    _wait(device)
    started = time.perf_counter()
    with Cores(tagger.device.cores) as cores:
        deque(cores.compute(batches, lambda batch: _encode(tagger, *batch)), maxlen=0)
    _wait(device)
    return time.perf_counter() - started


@torch.inference_mode()
def _encode(tagger: Tagger, ids: torch.Tensor, mask: torch.Tensor) -> None:
    tagger.model.encode(input_ids=ids, attention_mask=mask)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _pipeline(model: str | Path, device: torch.device, dtype: torch.dtype) -> Any:
    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        return pipeline("token-classification", model=str(find_folder(model)), device=device, dtype=dtype)
    finally:
        transformers_logging.set_verbosity(level)


def _with_pipeline(stock: Any, pages: Sequence[Page], **options: Any) -> float:
    """Seconds that the stock pipeline takes for the pages' paragraphs."""
    texts = [page.text[p.start : p.end] for page in pages for p in split_paragraphs(page.text)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stock(texts[:2])
        started = time.perf_counter()
        for _ in stock(texts, **options):
            pass
        return time.perf_counter() - started
