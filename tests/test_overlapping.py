"""Steps that overlap give the same items in the same order, look only so far ahead, and stop with who takes them."""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest

from khabar.overlapping import ahead, side_by_side


def numbers(count: int, given: list[int], closed: list[bool] | None = None) -> Generator[int]:
    try:
        for number in range(count):
            given.append(number)
            yield number
    finally:
        if closed is not None:
            closed.append(True)


@pytest.mark.parametrize("count", [1, 3, 20])
def test_items_come_in_their_order(count: int) -> None:
    assert list(ahead(numbers(10, []), count)) == list(range(10))
    assert list(ahead(numbers(0, []), count)) == []


def test_only_so_many_items_wait() -> None:
    given: list[int] = []
    items = ahead(numbers(100, given), 3)
    for taken in range(5):
        assert next(items) == taken
        # What was taken, and three that wait or are under way.
        assert len(given) <= taken + 1 + 3
    items.close()
    assert len(given) <= 8


def test_the_next_item_is_computed_while_the_last_is_used() -> None:
    second = threading.Event()

    def items() -> Generator[str]:
        yield "first"
        second.set()
        yield "second"

    taken = ahead(items())
    assert next(taken) == "first"
    assert second.wait(timeout=30), "nothing is computed until it is asked for"
    assert next(taken) == "second"


def test_an_error_comes_in_its_place() -> None:
    def failing() -> Generator[int]:
        yield 1
        raise OSError("gone")

    items = ahead(failing(), 5)
    assert next(items) == 1
    with pytest.raises(OSError, match="gone"):
        next(items)


def test_who_stops_ends_all_steps() -> None:
    before = threading.active_count()
    first: list[bool] = []
    second: list[bool] = []

    def doubled(items: Generator[int]) -> Generator[int]:
        try:
            for item in items:
                yield 2 * item
        finally:
            items.close()
            second.append(True)

    for item in (items := ahead(doubled(ahead(numbers(100, [], first))), 4)):
        if item == 6:
            break
    items.close()
    assert first == second == [True]
    assert threading.active_count() == before


def test_items_side_by_side_come_in_their_order() -> None:
    """Each item waits until the one after it is begun: possible only where they are computed at once."""
    begun = [threading.Event() for _ in range(6)]
    threads: list[int] = []

    def compute(number: int) -> int:
        threads.append(threading.get_ident())
        begun[number].set()
        if number % 2 == 0:
            assert begun[number + 1].wait(timeout=30), "the next item is not begun"
        return number

    with ThreadPoolExecutor(2) as pool:
        assert list(side_by_side(range(6), compute, pool, waiting=4)) == list(range(6))
    assert len(set(threads)) == 2


def test_only_so_many_items_are_computed_ahead() -> None:
    given: list[int] = []
    with ThreadPoolExecutor(3) as pool:
        found = side_by_side(iter(numbers(100, given)), abs, pool, waiting=6)
        for taken in range(5):
            assert next(found) == taken
            assert len(given) <= taken + 6
        found.close()
    assert len(given) <= 11


def test_an_error_of_one_item_comes_in_its_place() -> None:
    with ThreadPoolExecutor(2) as pool:
        found = side_by_side([1, 2, 0, 4], lambda number: 8 // number, pool, waiting=4)
        assert [next(found), next(found)] == [8, 4]
        with pytest.raises(ZeroDivisionError):
            next(found)
