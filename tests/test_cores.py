"""Batches on all cores: in their order, by the same threads from chunk to chunk."""

import os
import subprocess
import sys
import threading

import torch

from khabar.cores import Cores


def test_chunk_after_chunk_is_computed_by_the_same_threads() -> None:
    own = torch.get_num_threads()
    both = threading.Barrier(2)
    seen: set[int] = set()

    def compute(number: int) -> int:
        both.wait(timeout=30)  # so that neither thread takes two
        seen.add(threading.get_ident())
        return -number

    with Cores(2) as cores:
        for first in range(0, 40, 4):
            batches = range(first, first + 4)
            assert list(cores.compute(batches, compute)) == [-number for number in batches]
    torch.set_num_threads(own)
    assert len(seen) == 2
    assert threading.get_ident() not in seen


def test_what_torch_keeps_of_shapes_is_bounded_and_can_be_told() -> None:
    """In processes of their own: the environment is read once."""
    code = (
        "import os; from khabar.devices import choose_device; device = choose_device(device='cpu');"
        "print(device.cores, os.environ['LRU_CACHE_CAPACITY'], os.environ['ONEDNN_PRIMITIVE_CACHE_CAPACITY'])"
    )
    names = ("LRU_CACHE_CAPACITY", "ONEDNN_PRIMITIVE_CACHE_CAPACITY")
    plain = {name: value for name, value in os.environ.items() if name not in names}

    def told(environment: dict[str, str]) -> list[int]:
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return [int(number) for number in done.stdout.split()]

    cores, by_thread, together = told(plain)
    assert (by_thread, together) == (6, 6 * cores)
    assert told(plain | {"LRU_CACHE_CAPACITY": "99"})[1] == 99
