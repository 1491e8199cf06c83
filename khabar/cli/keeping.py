"""What is read is not written over."""

from __future__ import annotations

from pathlib import Path

from khabar.pages import KhabarError


def keep_inputs(output: Path, *inputs: Path) -> None:
    """Raises KhabarError where the output is one of the inputs, which it would replace."""
    for path in inputs:
        if path.exists() and output.exists() and output.samefile(path):
            raise KhabarError(f"-o {output}: is what is read, and would be replaced; choose another -o")
