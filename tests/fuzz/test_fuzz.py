"""100,000 inputs through what takes text or bytes from outside; ``make fuzz`` gives a million and more.

Most are put together by a seeded generator, which is quicker by an order of magnitude; hypothesis adds those that it
can shrink to the smallest that fails. The largest seeds come one by one.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import LARGE, PIECES, random_bytes, random_text
from tests.fuzz.targets import BYTES_TARGETS, TEXT_TARGETS, check_annotated, check_text, check_values, check_windows

#: How many inputs each target gets: the cheaper, the more.
INPUTS = {
    "text": 39_800,
    "labels": 15_000,
    "charset": 12_000,
    "annotated": 11_000,
    "reading": 9_000,
    "values": 7_000,
    "decoding": 2_000,
    "windows": 1_000,
    "weak_labels": 400,
    "html": 100,
}
#: Inputs of hypothesis a target; a page of HTML takes too long for it.
BY_HYPOTHESIS = 300
TARGETS = TEXT_TARGETS | BYTES_TARGETS


def test_how_many_inputs() -> None:
    assert INPUTS.keys() == TARGETS.keys()
    assert sum(INPUTS.values()) + BY_HYPOTHESIS * (len(TARGETS) - 1) == 100_000


@pytest.mark.parametrize("target", INPUTS)
def test_generated_inputs(target: str) -> None:
    source = random.Random(target)
    for number in range(INPUTS[target]):
        if target in TEXT_TARGETS:
            text = random_text(source)
            try:
                TEXT_TARGETS[target](text)
            except Exception as error:
                raise AssertionError(f"input {number} of {target}: {text!r}") from error
        else:
            raw = random_bytes(source)
            try:
                BYTES_TARGETS[target](raw)
            except Exception as error:
                raise AssertionError(f"input {number} of {target}: {raw!r}") from error


SHRINKING = settings(max_examples=BY_HYPOTHESIS, suppress_health_check=list(HealthCheck), deadline=None)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=()), max_size=3), max_size=20).map(
    "".join
)


@pytest.mark.parametrize("target", sorted(TEXT_TARGETS.keys() - {"html"}))
@SHRINKING
@given(text=TEXTS)
@example(text="")
def test_texts_by_hypothesis(target: str, text: str) -> None:
    TEXT_TARGETS[target](text)


@pytest.mark.parametrize("target", BYTES_TARGETS)
@SHRINKING
@given(raw=TEXTS.map(lambda text: text.encode("utf-8", "ignore")) | st.binary(max_size=60))
@example(raw=b"")
def test_bytes_by_hypothesis(target: str, raw: bytes) -> None:
    BYTES_TARGETS[target](raw)


@pytest.mark.parametrize("name", LARGE)
def test_large_pages(name: str) -> None:
    """What grew with the square of a page's length would take hours here."""
    page = LARGE[name]
    check_text(page)
    check_annotated(page)
    check_windows(page)
    check_values(page[:100_000])
