"""Several processes, each with a model of its own, that share the chunks of one run."""

from __future__ import annotations

import logging
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khabar.chunks import chunks_of
from khabar.pages import KhabarError, Page

if TYPE_CHECKING:
    from khabar.tagging import Tagger

logger = logging.getLogger(__name__)

#: Chunks a process that are under way: one that is tagged, others that wait for an earlier one to be given away.
_CHUNKS_EACH = 3
#: Seconds that a process takes, at most, to end once its pipe is closed.
_ENDING = 10


@dataclass(frozen=True)
class TaggerCall:
    """How each process loads its tagger: what :meth:`khabar.tagging.Tagger.from_pretrained` is called with."""

    model: str | Path
    device: str | None = None
    dtype: str = "auto"


@dataclass
class _Answer:
    """What a process gives for a chunk: its pages tagged, or why it cannot; and warnings, as (message, arguments)."""

    pages: list[Page]
    problem: str | None
    warnings: list[tuple[str, tuple[Any, ...]]]


class _Worker:
    """A process that tags the chunks that it is given, one after the other."""

    def __init__(self, call: TaggerCall, *, index: int, count: int) -> None:
        context = get_context("spawn")
        self.connection, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, call, index, count), daemon=True)
        with _interrupts_held():
            self._process.start()
        other.close()

    def give(self, chunk: list[Page]) -> None:
        with self._told_if_it_ended():
            self.connection.send(chunk)

    def take(self) -> _Answer:
        """The answer for the chunk that it was given; waits for it."""
        with self._told_if_it_ended():
            answer = self.connection.recv()
        assert isinstance(answer, _Answer)
        if answer.problem is not None:
            raise KhabarError(answer.problem)
        return answer

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self._process.terminate()
        self._process.join()

    @contextmanager
    def _told_if_it_ended(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError):
            self._process.join(_ENDING)
            code = self._process.exitcode or 0
            how = f"by signal {-code}; is there memory for another model?" if code < 0 else f"with exit code {code}"
            raise KhabarError(f"a worker process was ended {how}") from None


@dataclass
class _Task:
    """A chunk under way."""

    pages: list[Page]
    tagged: bool = False


def tag_in_processes(pages: Iterable[Page], call: TaggerCall, *, count: int) -> Iterator[Page]:
    """Tags pages in ``count`` processes and gives them in their order, in bounded memory.

    Each process computes on its share of the cores; where there are GPUs and none is named, on one of its own.
    Raises KhabarError where the tagger cannot be loaded or a process is ended from outside.
    """
    chunks = chunks_of(pages)
    under_way: deque[_Task] = deque()
    idle: list[_Worker] = []
    busy: dict[Any, tuple[_Worker, _Task]] = {}
    warnings: dict[str, tuple[Any, ...]] = {}
    with ExitStack() as stack:
        # Started when there is a chunk for them: a short input needs few.
        workers = (stack.enter_context(_Worker(call, index=index, count=count)) for index in range(count))
        while True:
            while len(busy) < count and len(under_way) < _CHUNKS_EACH * count and (chunk := next(chunks, None)):
                worker, task = idle.pop() if idle else next(workers), _Task(chunk)
                worker.give(chunk)
                busy[worker.connection] = worker, task
                under_way.append(task)
            if not under_way:
                break
            for connection in wait(list(busy), timeout=0 if under_way[0].tagged else None):
                worker, task = busy.pop(connection)
                answer = worker.take()
                _add(answer.warnings, warnings)
                task.pages, task.tagged = answer.pages, True
                idle.append(worker)
            if under_way[0].tagged:
                yield from under_way.popleft().pages
    for message, arguments in warnings.items():
        logger.warning(message, *arguments)


def _serve(connection: Connection, call: TaggerCall, index: int, count: int) -> None:
    """What each process does: tag the chunks that come, until the other end is closed."""
    # As torchrun tells it: each process takes its share of the cores.
    os.environ["LOCAL_WORLD_SIZE"] = str(count)
    heard = _Heard()
    logging.getLogger("khabar").addHandler(heard)
    logging.getLogger("khabar").propagate = False
    tagger = None
    # A broken pipe is the end of the process at its other end.
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            chunk = connection.recv()
            answer = _Answer([], None, heard.warnings)
            try:
                tagger = tagger or _load(call, index)
                answer.pages = list(tagger.tag_pages(chunk))
            except KhabarError as error:
                answer.problem = str(error)
            connection.send(answer)
            heard.warnings.clear()


def _load(call: TaggerCall, index: int) -> Tagger:
    import torch

    from khabar.tagging import Tagger

    device = call.device
    if device is None and torch.cuda.is_available():
        device = f"cuda:{index % torch.cuda.device_count()}"
    return Tagger.from_pretrained(call.model, device=device, dtype=call.dtype)


class _Heard(logging.Handler):
    """Keeps warnings, to be told once for all processes and chunks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.warnings: list[tuple[str, tuple[Any, ...]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.warnings.append((record.msg, record.args if isinstance(record.args, tuple) else ()))


def _add(warnings: Iterable[tuple[str, tuple[Any, ...]]], told: dict[str, tuple[Any, ...]]) -> None:
    """Adds warnings to those ``told``; of the same message, the numbers that they begin with are summed up."""
    for message, arguments in warnings:
        if arguments and isinstance(arguments[0], int) and message in told:
            arguments = (arguments[0] + told[message][0], *arguments[1:])
        told[message] = arguments


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process started here gets no Ctrl-C: it is this one's to end it. What comes meanwhile comes afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
