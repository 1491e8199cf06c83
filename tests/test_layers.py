"""Imports go one way, and what needs no torch imports none."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: From the ground up: a module may import its own layer and those below.
LAYERS = [
    {"pages", "text", "labels", "config", "chunks", "overlapping", "remembering"},
    {"annotated", "conll", "token_labels", "reading", "writing", "alignment", "calibration_error", "metrics"},
    {"brackets", "breakdown", "comparison", "matching", "resuming"},
    {"arabic"},
    {"weak", "values", "composing", "tables", "grammar_tags", "noise"},
    {"boundaries", "errors", "exchange"},
    {"exporting"},
    {"encoding", "decoding", "cores", "devices", "memory", "model_folder"},
    {"batching", "model", "page_head"},
    {"calibration", "examples", "restoring", "tagging", "averaging", "card", "curves", "hub", "workers"},
    {"trainer", "training_data", "validation", "learning", "page_training", "training", "pretraining", "views"},
    {"cli", "__main__", "__init__"},
]
LAYER_OF = {name: number for number, names in enumerate(LAYERS) for name in names}
MODULES = sorted((ROOT / "khabar").rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The modules of khabar that a file imports at its top level (what is imported inside functions is deferred)."""
    names = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("khabar."):
            names.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "khabar":
            names |= {alias.name for alias in node.names if alias.name in LAYER_OF}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    own = path.relative_to(ROOT / "khabar").with_suffix("").parts[0]
    above = {name for name in imported(path) if LAYER_OF[name] > LAYER_OF[own]}
    assert not above, f"{path.name} of layer {own} imports {above}"


@pytest.mark.parametrize(
    "module", ["khabar", "khabar.values", "khabar.weak.sources", "khabar.cli.label", "khabar.metrics"]
)
def test_what_needs_no_torch_imports_none(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({{'torch', 'transformers', 'pandas', 'datasets'}} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
