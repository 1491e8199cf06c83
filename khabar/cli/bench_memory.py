"""How much memory a process holds."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_memory() -> float:
    """The most memory that this process has held so far, in GiB; 0 where the system does not tell (Windows)."""
    try:
        # getrusage of a process that was just started tells of the one that started it, which may hold more.
        status = Path("/proc/self/status").read_text("ascii", "replace")
        return int(status.partition("VmHWM:")[2].split()[0]) / 2**20
    except (OSError, IndexError, ValueError):
        pass
    try:
        import resource
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux tells it in KiB, macOS in bytes.
    return most / (2**30 if sys.platform == "darwin" else 2**20)
