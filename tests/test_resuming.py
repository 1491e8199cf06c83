"""What is done stays done: JSONL that was cut off anywhere, and gone on with."""

import json
import logging
from pathlib import Path

import pytest

from khabar.pages import KhabarError, Page
from khabar.resuming import resumable_writer
from khabar.writing import LineFile

RUN = {"model": "m", "number format": "bf16"}


@pytest.fixture(autouse=True)
def chunks_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khabar.chunks.CHUNK_PAGES", 3)


def pages(count: int) -> list[Page]:
    return [Page(str(n), f"خبر {n}\nسطر", meta={"n": n}, error="empty" if n == 4 else None) for n in range(count)]


class CutOffError(Exception):
    pass


def write(path: Path, given: list[Page], *, until: int | None = None, resume: bool = True) -> tuple[int, int]:
    """Writes the pages that are left, cut off before page ``until``; returns the pages and errors found done."""
    with resumable_writer(path, RUN, fields=("id", "spans"), resume=resume) as writer:
        found = writer.pages, writer.errors
        for page in writer.rest_of(given):
            if page.id == str(until):
                raise CutOffError
            writer.write(page)
    return found


def cut_off(path: Path, given: list[Page], until: int) -> tuple[Path, Path]:
    """The two files that a run leaves which is cut off before page ``until``."""
    with pytest.raises(CutOffError):
        write(path, given, until=until)
    return path.with_name(path.name + ".part"), path.with_name(path.name + ".progress")


def test_cut_off_anywhere_it_comes_out_the_same(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    write(path, pages(8))
    whole = path.read_bytes()
    part, journal = cut_off(path, pages(8), 7)
    lines, progress = part.read_bytes(), journal.read_bytes()
    assert lines.count(b"\n") == 7
    assert progress.count(b"\n") == 3
    ends = [json.loads(line)["end"] for line in progress.splitlines()[1:]]
    for of_lines in range(0, len(lines) + 1, 7):
        # The journal says that a chunk is done only once its lines are there, so it is cut off before or after that.
        for of_progress in range(0, len(progress) + 1, 11):
            part.write_bytes(lines[:of_lines])
            journal.write_bytes(progress[:of_progress])
            done, errors = write(path, pages(8))
            complete = sum(end <= of_lines for end in ends[: max(0, progress[:of_progress].count(b"\n") - 1)])
            assert (done, errors) == (3 * complete, complete // 2)
            assert path.read_bytes() == whole
            assert not part.exists()
            assert not journal.exists()


def test_half_a_line_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    with pytest.raises(KeyboardInterrupt), LineFile(path) as file:  # noqa: PT012
        file.write("سطر\n")
        with path.open("ab") as half:
            half.write("نصف".encode())
        raise KeyboardInterrupt
    assert path.read_text("utf-8") == "سطر\n"


def test_input_may_have_grown_since(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    write(path, pages(20))
    whole = path.read_bytes()
    cut_off(path, pages(8), 7)
    assert write(path, pages(20)) == (6, 1)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("change", ["id", "text", "title", "published", "url", "meta"])
def test_other_input_is_refused(tmp_path: Path, change: str) -> None:
    part, _ = cut_off(tmp_path / "o.jsonl", pages(8), 7)
    before = part.read_bytes()
    other = pages(8)
    setattr(other[4], change, {"n": 5} if change == "meta" else "other")
    with pytest.raises(KhabarError, match="--resume: pages 4 to 6 of the input are not those that are done already"):
        write(tmp_path / "o.jsonl", other)
    with pytest.raises(KhabarError, match="--resume: pages 4 to 6 of the input are not those that are done already"):
        write(tmp_path / "o.jsonl", pages(5))
    assert part.read_bytes() == before[: before.rindex(b'{"id": "6"')]


def test_another_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    cut_off(path, pages(8), 7)
    problem = r"number format: bf16, now fp32; fields: id,spans, now id\); call it as it was"
    with (
        pytest.raises(KhabarError, match=problem),
        resumable_writer(path, RUN | {"number format": "fp32"}, fields=("id",), resume=True),
    ):
        pass
    assert write(path, pages(8)) == (6, 1)


def test_a_damaged_journal_is_told(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    _, journal = cut_off(path, pages(8), 7)
    journal.write_text('{"model": "m"}\n{"pages": 3}\n')
    with pytest.raises(KhabarError, match=r"o\.jsonl\.progress is damaged; leave --resume out"):
        write(path, pages(8))
    assert write(path, pages(8), resume=False) == (0, 0)


def test_without_resume_it_begins_anew_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "o.jsonl"
    cut_off(path, pages(8), 7)
    with caplog.at_level(logging.WARNING):
        assert write(path, pages(8), resume=False) == (0, 0)
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}: 6 pages of a run that was cut off are done again, for want of --resume"
    ]
    assert path.read_bytes().count(b"\n") == 8
