"""Which device and number format to compute with, chosen from what the machine has and said in one line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from khabar.pages import KhabarError

#: How torch multiplies matrices of a shape on a CPU is kept for a thousand shapes by every thread, near a MB each: a
#: run would grow by these over its first thousands of pages, and by the holes between them. A layer has four or five;
#: the next batch has others.
_SHAPES_KEPT = 6

FORMATS = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


@dataclass(frozen=True)
class Device:
    """A device, its number format (``bf16``, ``fp16`` or ``fp32``), a line that says so, and a CPU's usable cores."""

    device: torch.device
    precision: str
    description: str
    cores: int = 1

    @property
    def dtype(self) -> torch.dtype:
        return FORMATS[self.precision]


@dataclass(frozen=True)
class Processes:
    """The processes that train together, as ``accelerate launch`` or ``torchrun`` started them; one without these."""

    count: int = 1
    rank: int = 0
    local_rank: int = 0

    @classmethod
    def of_environment(cls) -> Processes:
        """What the launcher tells this process."""
        names = {"count": ("WORLD_SIZE", "1"), "rank": ("RANK", "0"), "local_rank": ("LOCAL_RANK", "0")}
        return cls(**{field: int(os.environ.get(name, default)) for field, (name, default) in names.items()})

    @property
    def first(self) -> bool:
        """Whether this process writes and prints for all."""
        return self.rank == 0

    @property
    def device(self) -> str | None:
        """This process's own GPU, where there are several processes and GPUs."""
        return f"cuda:{self.local_rank}" if self.count > 1 and torch.cuda.is_available() else None

    def share(self, batch_size: int, accumulation: int) -> tuple[int, int]:
        """A process's part of an update, so that it takes as many windows as on one: at once, and how many times.

        Raises KhabarError where the windows cannot be shared evenly.
        """
        if batch_size % self.count == 0:
            return batch_size // self.count, accumulation
        if accumulation % self.count == 0:
            return batch_size, accumulation // self.count
        raise KhabarError(
            f"training.batch_size={batch_size} cannot be shared by {self.count} processes; give a multiple of "
            f"{self.count}"
        )


def choose_device(*, precision: str = "auto", device: str | None = None) -> Device:
    """The GPU where there is one, else the CPU, and bf16 where it computes in it (fp16 on older GPUs, else fp32).

    Raises KhabarError for a device or number format that this machine does not have.
    """
    if precision not in ("auto", *FORMATS):
        raise KhabarError(f"number format {precision!r}: expected auto, {', '.join(FORMATS)}")
    try:
        chosen = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    except RuntimeError:
        raise KhabarError(f"device {device!r}: expected cpu, cuda or cuda:0, …") from None
    cores = 1
    if chosen.type == "cuda":
        if not torch.cuda.is_available():
            raise KhabarError(f"device {device!r}: no GPU that torch can use; leave --device out for the CPU")
        if (chosen.index or 0) >= torch.cuda.device_count():
            raise KhabarError(f"device {device!r}: this machine has {torch.cuda.device_count()} GPUs, counted from 0")
        # Older GPUs emulate bf16, which is slower than their fp16.
        native = "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
        properties = torch.cuda.get_device_properties(chosen)
        name = f"{properties.name} ({properties.total_memory / 2**30:.0f} GiB)"
    elif chosen.type == "cpu":
        native = "bf16" if _cpu_computes_bf16() else "fp32"
        usable = usable_cores()
        cores = max(1, usable // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
        torch.set_num_threads(cores)
        # Read when the first matrices are multiplied; ideep's by thread, oneDNN's for all of them.
        os.environ.setdefault("LRU_CACHE_CAPACITY", str(_SHAPES_KEPT))
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(_SHAPES_KEPT * cores))
        name = f"CPU, {usable} cores"
    else:
        raise KhabarError(f"device {device!r}: expected cpu or cuda")
    if precision == "fp16" and chosen.type == "cpu":
        raise KhabarError("number format fp16 needs a GPU; use bf16, fp32 or auto on a CPU")
    picked = native if precision == "auto" else precision
    return Device(chosen, picked, f"{name}, {picked}", cores)


def usable_cores(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """The cores that this process may use, which may be fewer than the machine has.

    ``quota``: where Linux tells a container its share of computing time, as microseconds of each so many ("max" for
    all).
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        share, period = quota.read_text("ascii").split()
        return max(1, min(cores, round(int(share) / int(period))))
    except (OSError, ValueError):
        return cores


def _cpu_computes_bf16() -> bool:
    # torch has no public question for this; without the instructions bf16 is emulated, and slower than fp32.
    questions = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return any(getattr(torch.cpu, name)() for name in questions if hasattr(torch.cpu, name))
