"""Which device and number format to compute with, chosen from what the machine has and said in one line."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from khabar.pages import KhabarError

FORMATS = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


@dataclass(frozen=True)
class Device:
    """A device, its number format (``bf16``, ``fp16`` or ``fp32``) and a line that says so."""

    device: torch.device
    precision: str
    description: str

    @property
    def dtype(self) -> torch.dtype:
        return FORMATS[self.precision]


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
        # Threads from the cores this process may use, which may be fewer than the machine has.
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        torch.set_num_threads(cores)
        name = f"CPU, {cores} cores"
    else:
        raise KhabarError(f"device {device!r}: expected cpu or cuda")
    if precision == "fp16" and chosen.type == "cpu":
        raise KhabarError("number format fp16 needs a GPU; use bf16, fp32 or auto on a CPU")
    picked = native if precision == "auto" else precision
    return Device(chosen, picked, f"{name}, {picked}")


def _cpu_computes_bf16() -> bool:
    # torch has no public question for this; without the instructions bf16 is emulated, and slower than fp32.
    questions = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return any(getattr(torch.cpu, name)() for name in questions if hasattr(torch.cpu, name))
