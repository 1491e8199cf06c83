"""How much memory a process holds."""

from __future__ import annotations

import sys


def peak_memory() -> float:
    """The most memory that this process has held so far, in GiB; 0 where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux tells it in KiB, macOS in bytes.
    return most / (2**30 if sys.platform == "darwin" else 2**20)
