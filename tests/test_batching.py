"""Batches: every window once, within the budget, with little padding."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.batching import batches_by_length
from khabar.devices import usable_cores
from khabar.encoding import Window


def windows_of(lengths: list[int]) -> list[Window]:
    return [Window([7] * length, [0] * length, [0] * length) for length in lengths]


@given(st.lists(st.integers(1, 320), max_size=60), st.integers(300, 5000))
def test_every_window_is_in_one_batch_within_the_budget(lengths: list[int], tokens: int) -> None:
    batches = list(batches_by_length(windows_of(lengths), tokens))
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[index] for index in batch)
        assert len(batch) == 1 or len(batch) * longest <= tokens
        assert min(lengths[index] for index in batch) >= 7 / 8 * longest


def test_batches_are_full_and_the_longest_come_first() -> None:
    assert list(batches_by_length(windows_of([10, 40, 100, 95, 40, 90]), 200)) == [[2, 3], [5], [1, 4], [0]]


@pytest.mark.parametrize(
    ("quota", "cores"), [("max 100000", None), ("100000 100000", 1), ("10000 100000", 1), ("", None), (None, None)]
)
def test_cores_are_those_that_a_container_may_use(quota: str | None, cores: int | None, tmp_path: Path) -> None:
    file = tmp_path / "cpu.max"
    if quota is not None:
        file.write_text(quota)
    assert usable_cores(file) == (usable_cores(tmp_path / "none") if cores is None else cores)
