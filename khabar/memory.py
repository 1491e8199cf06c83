"""Batches that do not fit into memory: halved and tried again, down to a single item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")

OUT_OF_MEMORY = "out of memory, even for one window of the page alone; free some memory, or use another --device"
#: How torch says on a CPU, in a plain RuntimeError, that memory ran out; a GPU's has a class of its own.
_CPU_MESSAGES = ("DefaultCPUAllocator", "not enough memory", "can't allocate memory", "std::bad_alloc")


class Memory:
    """Tries batches, in one thread or in several; ``halved`` counts those that did not fit as they were."""

    def __init__(self) -> None:
        self.halved = 0
        self._counting = Lock()

    def halving(
        self, batch: Sequence[Item], compute: Callable[[Sequence[Item]], Result]
    ) -> Iterator[tuple[Sequence[Item], Result | None]]:
        """The batch with its result, or its parts in order with theirs; None for an item that does not fit alone.

        Errors that have nothing to do with memory are raised.
        """
        waiting = [batch]
        while waiting:
            part = waiting.pop()
            results = _computed(part, compute)
            if results or len(part) == 1:
                yield part, results[0] if results else None
            else:
                with self._counting:
                    self.halved += 1
                middle = (len(part) + 1) // 2
                waiting += [part[middle:], part[:middle]]


def _computed(batch: Sequence[Item], compute: Callable[[Sequence[Item]], Result]) -> list[Result]:
    """The batch's result, or none where memory ran out."""
    try:
        return [compute(batch)]
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
    # Only here, where the error is gone, is what its frames held free and can be given back to the GPU.
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return []


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error says that memory ran out, on a GPU or a CPU."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(message in str(error) for message in _CPU_MESSAGES)
