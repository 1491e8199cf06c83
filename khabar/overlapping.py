"""Work that overlaps: steps of a pipeline, the one preparing the next item, and items computed side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_END: Any = object()


def ahead(items: Generator[Item], count: int = 1) -> Generator[Item]:
    """The items in their order, computed by a thread while earlier ones are used; ``count`` of them may wait.

    An error of ``items`` is raised in its place. Who stops taking items ends the thread with the item under way.
    """
    waiting: deque[Future[Item]] = deque()
    with closing(items), ThreadPoolExecutor(1) as thread:
        try:
            waiting.extend(thread.submit(next, items, _END) for _ in range(count))
            while (item := waiting.popleft().result()) is not _END:
                waiting.append(thread.submit(next, items, _END))
                yield item
        finally:
            for future in waiting:
                future.cancel()


def side_by_side(
    items: Iterable[Item], compute: Callable[[Item], Result], threads: Executor, *, waiting: int
) -> Generator[Result]:
    """What is computed of each item, in their order, by several threads at once.

    At most ``waiting`` items wait or are under way. An error is raised in its item's place. Who stops taking results
    waits for the items under way.
    """
    begun: deque[Future[Result]] = deque()
    try:
        for item in items:
            begun.append(threads.submit(compute, item))
            if len(begun) >= waiting:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        wait([future for future in begun if not future.cancel()])
