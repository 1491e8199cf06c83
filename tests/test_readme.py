"""What the README shows is what happens."""

import doctest
import re

import pytest

from tests.conftest import ROOT


@pytest.mark.skipif(not (ROOT / "models/khabar-compact").is_dir(), reason="models/khabar-compact is not here")
def test_the_examples_give_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(
        str(ROOT / "README.md"), module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8"
    )
    assert result.attempted >= 5
    assert result.failed == 0


def test_every_test_that_it_names_exists() -> None:
    table = (ROOT / "README.md").read_text("utf-8").partition("## What can go wrong")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 30
    for row in rows:
        file = ""
        named = re.findall(r"`([\w/]*(?:\.py)?)::(\w+)`", row)
        assert named, f"no test is named: {row}"
        for path, test in named:
            file = path or file
            assert re.search(rf"^def {test}\(", (ROOT / "tests" / file).read_text("utf-8"), re.M), f"{file}::{test}"
