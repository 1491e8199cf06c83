"""Steps of a pipeline that overlap: while a step works on one item, the one before it prepares the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any, TypeVar

Item = TypeVar("Item")
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
