"""What the README shows is what happens."""

import doctest

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
