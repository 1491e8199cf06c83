"""Work that overlaps: steps of a pipeline, the one preparing the next item, and items computed side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
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
    items: Iterable[Item], compute: Callable[[Item], Result], threads: int, *, begin: Callable[[], None]
) -> Generator[Result]:
    """What is computed of each item, in their order, by so many threads at once; each thread starts with ``begin``.

    At most twice as many items as threads wait or are under way. An error is raised in its item's place. Who stops
    taking results waits for the items under way.
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, initializer=begin) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(compute, item))
                if len(waiting) >= 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
