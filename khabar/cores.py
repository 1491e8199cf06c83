"""A CPU's cores, each with a batch of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

import torch

from khabar.overlapping import side_by_side

Item = TypeVar("Item")
Result = TypeVar("Result")


class Cores:
    """Threads that compute batches, one on each core: cores that share a batch wait for one another at every layer.

    The threads live as long as the ``with`` block. New ones for every chunk of pages would come with memory of their
    own each time, and the run would grow by what they leave.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._threads = ThreadPoolExecutor(count)

    def __enter__(self) -> Cores:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)

    def compute(self, batches: Sequence[Item], function: Callable[[Item], Result]) -> Generator[Result]:
        """What ``function`` says of each batch, in their order; fewer batches than cores share them.

        What is computed is the same on any number of cores.
        """
        at_once = max(1, min(self._count, len(batches)))
        if at_once == 1:
            yield from map(function, batches)
            return

        def alone(batch: Item) -> Result:
            torch.set_num_threads(self._count // at_once)  # of this thread
            return function(batch)

        try:
            yield from side_by_side(batches, alone, self._threads, waiting=2 * at_once)
        finally:
            torch.set_num_threads(self._count)  # what torch gives to every thread that it meets from now on
