"""The quality that must not be lost (tests/floors.json), and the gate itself on a tiny project."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.pin_floors import (
    FLOORS,
    WEAK_LABELS,
    Entry,
    committed_floors,
    data_hash,
    lowered,
    main,
    measure,
    read_floors,
    write_floors,
)

ENTRIES = read_floors((ROOT / FLOORS).read_text("utf-8"))
WEAK = [entry for entry in ENTRIES if entry.scored == WEAK_LABELS]
TAGGERS = [entry for entry in ENTRIES if entry.scored != WEAK_LABELS]


def hold(entry: Entry, root: Path = ROOT) -> None:
    """Fails where the data has changed or a figure is below its floor; skips where it cannot be measured."""
    if why := entry.missing(root):
        pytest.skip(why)
    changed = "its gold or pages have changed since it was pinned; run python tools/pin_floors.py"
    assert data_hash(entry, root) == entry.sha256, f"{entry.key}: {changed}"
    measured = measure(entry, root)
    below = {name: measured[name] for name, floor in entry.floors.items() if measured[name] < floor}
    assert not below, f"{entry.key}: measured {below}, the floors are {entry.floors}"


@pytest.mark.parametrize("entry", WEAK, ids=lambda entry: entry.key)
def test_weak_labels_hold_their_floors(entry: Entry) -> None:
    hold(entry)


@pytest.mark.parametrize("entry", TAGGERS, ids=lambda entry: entry.key)
def test_taggers_hold_their_floors(entry: Entry) -> None:
    hold(entry)


def test_no_floor_is_lowered_without_a_reason() -> None:
    versions = committed_floors(ROOT)
    if not versions:
        pytest.skip(f"no git, or no earlier version of {FLOORS} in its history")
    assert {revision: told for revision, before in versions.items() if (told := lowered(ENTRIES, before))} == {}


# The gate itself

#: The sources find the place and the date; nobody finds the third span.
GOLD = "R|وصل الوفد إلى <L>الخرطوم</L> في <T>20 سبتمبر 2023</T> ومعه <A>القوم</A>.\n"
PAGE = "وصل الوفد إلى الخرطوم في 20 سبتمبر 2023 ومعه القوم.\n"
SPANS = 2 * 2 / (2 + 3)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one page in git, its floors pinned and committed."""
    for name, content in (("gold/one.txt", GOLD), ("seeds/one.txt", PAGE)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "tests").mkdir()
    entries = [Entry(WEAK_LABELS, "gold", pages="seeds"), Entry("models/none", "gold", "0", {"spans": 0.5})]
    (tmp_path / FLOORS).write_text(write_floors(entries), "utf-8")
    assert main([], tmp_path) == 0
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "x")


def floors(folder: Path) -> list[Entry]:
    return read_floors((folder / FLOORS).read_text("utf-8"))


def write(folder: Path, **changes: object) -> None:
    """Changes fields of the first entry, as an editor would."""
    records = json.loads((folder / FLOORS).read_text("utf-8"))
    records[0] |= changes
    (folder / FLOORS).write_text(json.dumps(records), "utf-8")


def complaints(folder: Path) -> set[str]:
    return {line for before in committed_floors(folder).values() for line in lowered(floors(folder), before)}


def test_pinning_sets_floors_a_little_under_what_is_measured(project: Path) -> None:
    weak, model = floors(project)
    assert weak.floors == {"spans": round(SPANS - 0.005, 3), "paragraphs": 0.995}
    assert measure(weak, project) == pytest.approx({"spans": SPANS, "paragraphs": 1.0})
    assert model == Entry("models/none", "gold", "0", {"spans": 0.5})
    hold(weak, project)


def test_changed_data_is_noticed(project: Path) -> None:
    for name in ("gold/one.txt", "seeds/one.txt"):
        path = project / name
        content = path.read_text("utf-8")
        path.write_text(content + "\n", "utf-8")
        with pytest.raises(AssertionError, match=r"have changed since it was pinned; run python tools/pin_floors\.py"):
            hold(floors(project)[0], project)
        path.write_text(content, "utf-8")
    hold(floors(project)[0], project)


def test_figure_below_its_floor_fails(project: Path) -> None:
    write(project, floors={"spans": 0.81, "paragraphs": 0.5})
    with pytest.raises(AssertionError, match=r"measured \{'spans': 0\.8\}, the floors are"):
        hold(floors(project)[0], project)


def test_what_is_not_there_is_skipped(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"models/none is not there"):
        hold(floors(project)[1], project)
    write(project, gold="$KHABAR_GOLD/gold")
    monkeypatch.delenv("KHABAR_GOLD", raising=False)
    with pytest.raises(pytest.skip.Exception, match="KHABAR_GOLD names no folder"):
        hold(floors(project)[0], project)
    monkeypatch.setenv("KHABAR_GOLD", str(project))
    assert measure(floors(project)[0], project)["spans"] == pytest.approx(SPANS)


def test_lowered_floor_needs_a_reason_of_its_own(project: Path) -> None:
    assert complaints(project) == set()
    write(project, floors={"spans": 0.7, "paragraphs": 0.995})
    refused = {"weak-labels on gold: the floor of spans is 0.7, it was 0.795; say why in lowered_because"}
    assert complaints(project) == refused
    commit(project)
    assert complaints(project) == refused
    write(project, lowered_because="fewer sources")
    assert complaints(project) == set()
    commit(project)
    commit_again = project / "other.txt"
    commit_again.write_text("x")
    commit(project)
    write(project, floors={"spans": 0.6, "paragraphs": 0.995})
    assert any("0.6, it was 0.7" in line for line in complaints(project))


def test_entry_that_is_gone_is_a_lowered_floor(project: Path) -> None:
    (project / FLOORS).write_text(write_floors(floors(project)[:1]), "utf-8")
    assert any(line.startswith("models/none on gold: the entry is gone") for line in complaints(project))


def test_without_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    assert committed_floors(tmp_path) == {}


def test_pinning_lowers_no_floor_without_a_reason(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, floors={"spans": 0.9, "paragraphs": 0.9})
    before = (project / FLOORS).read_bytes()
    assert main([], project) == 2
    error = capsys.readouterr().err
    assert error == ("error: weak-labels on gold: spans 0.8000 < 0.9: a floor is lowered only with --because REASON\n")
    assert (project / FLOORS).read_bytes() == before
    assert main(["--because", "the gold was corrected"], project) == 0
    weak = floors(project)[0]
    assert (weak.floors, weak.lowered_because) == ({"spans": 0.795, "paragraphs": 0.995}, "the gold was corrected")
