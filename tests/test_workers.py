"""Chunks shared among processes come back in order, few at a time, and what went wrong in one is told."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path

import pytest

from khabar import workers
from khabar.pages import KhabarError, Page
from khabar.workers import TaggerCall, tag_in_processes


class Thread:
    """A worker that tags in a thread, later chunks faster than earlier ones, and warns of each."""

    started: list[int] = []  # noqa: RUF012

    def __init__(self, call: TaggerCall, *, index: int, count: int) -> None:
        self.started.append(index)
        self.connection, self._other = Pipe()
        self._index = index

    def give(self, chunk: list[Page]) -> None:
        def tag() -> None:
            first = int(chunk[0].id)
            time.sleep(0.02 if first % 4 == 0 else 0)
            pages = [Page(page.id, page.text, title="tagged") for page in chunk]
            warnings = [("%d words of %s", (len(pages), "Arabic")), ("beware", ())]
            with suppress(BrokenPipeError):  # Nobody waits for what comes after a problem.
                self._other.send(workers._Answer(pages, "page 12 is odd" if first == 12 else None, warnings))

        threading.Thread(target=tag).start()

    take = workers._Worker.take
    _told_if_it_ended = workers._Worker._told_if_it_ended

    def __enter__(self) -> "Thread":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


@pytest.fixture(autouse=True)
def chunks_of_two_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khabar.chunks.CHUNK_PAGES", 2)
    monkeypatch.setattr(workers, "_Worker", Thread)
    monkeypatch.setattr(Thread, "started", [])


def test_pages_come_in_order_and_few_are_under_way(caplog: pytest.LogCaptureFixture) -> None:
    read: list[str] = []

    def pages() -> Iterator[Page]:
        for n in range(13, 63):
            read.append(str(n))
            yield Page(str(n), "")

    given: list[str] = []
    with caplog.at_level(logging.WARNING):
        for page in tag_in_processes(pages(), TaggerCall("m"), count=3):
            given.append(page.id)
            assert page.title == "tagged"
            assert len(read) - len(given) < 2 * (3 * 3 + 1)
    assert given == read
    assert sorted(Thread.started) == [0, 1, 2]
    assert [record.getMessage() for record in caplog.records] == ["50 words of Arabic", "beware"]


def test_a_short_input_starts_one_process() -> None:
    assert [page.id for page in tag_in_processes([Page("1", "")], TaggerCall("m"), count=8)] == ["1"]
    assert Thread.started == [0]


def test_what_a_process_cannot_do_is_told() -> None:
    with pytest.raises(KhabarError, match="page 12 is odd"):
        list(tag_in_processes([Page(str(n), "") for n in range(40)], TaggerCall("m"), count=2))


def test_a_tagger_that_cannot_be_loaded_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(KhabarError, match="none: no such model folder"):
        list(tag_in_processes([Page("1", "")], TaggerCall(tmp_path / "none"), count=2))
