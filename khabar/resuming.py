"""JSONL output that a later run can go on with.

Beside the output's lines (``OUT.part``) a journal (``OUT.progress``) is kept until both are whole. Its first line says
of which run they are: whatever else must be the same for the same bytes. Each line after it stands for a chunk of
pages (:mod:`khabar.chunks`) whose lines are all written. A run that goes on keeps these and does the rest.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from khabar.chunks import Chunk
from khabar.pages import FIELDS, KhabarError, Page
from khabar.writing import JsonlWriter, LineFile, beside

logger = logging.getLogger(__name__)

#: What a run is made with, by names for people.
Run = Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """A written chunk: its pages and how many of them carry an error, a digest of what they say, its end in bytes."""

    pages: int
    errors: int
    digest: str
    end: int


class ResumableWriter:
    """Writes pages as JSONL, and into the journal what is done. Made by :func:`resumable_writer`."""

    def __init__(self, lines: LineFile, journal: LineFile, done: Sequence[Done], fields: Sequence[str]) -> None:
        self._lines = lines
        self._journal = journal
        self._done = done
        self._jsonl = JsonlWriter(lines.write, fields)
        self._chunk = Chunk()
        #: Pages that another run need not do again, and those of them that carry an error.
        self.pages = sum(chunk.pages for chunk in done)
        self.errors = sum(chunk.errors for chunk in done)

    def rest_of(self, pages: Iterable[Page]) -> Iterator[Page]:
        """The pages behind those that are done; raises KhabarError where ``pages`` does not begin with these."""
        pages = iter(pages)
        before = 0
        for chunk in self._done:
            if digest_of(islice(pages, chunk.pages)) != chunk.digest:
                raise KhabarError(
                    f"--resume: pages {before + 1} to {before + chunk.pages} of the input are not those that are done "
                    "already; give the same input as before, or leave --resume out to start from the beginning"
                )
            before += chunk.pages
        return pages

    def write(self, page: Page) -> None:
        """Writes the next page. Raises KhabarError where it cannot be written."""
        self._jsonl.write(page)
        self._chunk.add(page)
        if self._chunk.full:
            self._close_chunk()

    def _close_chunk(self) -> None:
        pages = self._chunk.pages
        errors = sum(page.error is not None for page in pages)
        self._lines.sync()
        self._journal.write(_line(asdict(Done(len(pages), errors, digest_of(pages), self._lines.size))))
        self.pages += len(pages)
        self.errors += errors
        self._chunk = Chunk()


@contextmanager
def resumable_writer(
    output: Path, run: Run, *, fields: Sequence[str] = FIELDS, resume: bool = False
) -> Iterator[ResumableWriter]:
    """A writer to a file, which takes its final name only when everything is written; until then it can be resumed.

    Raises KhabarError where it cannot be written, and with ``resume`` where what is there is of another run.
    """
    run = {**run, "fields": ",".join(fields)}
    with beside(output) as partial:
        journal = partial.with_suffix(".progress")
        done, kept = _read(journal, partial.stat().st_size, run if resume else None)
        if done and not resume:
            pages = sum(chunk.pages for chunk in done)
            logger.warning("%s: %d pages of a run that was cut off are done again, for want of --resume", output, pages)
            done, kept = [], 0
        with LineFile(partial, keep=done[-1].end if done else 0) as lines, LineFile(journal, keep=kept) as progress:
            if not kept:
                progress.write(_line(run))
            yield ResumableWriter(lines, progress, done, fields)
        journal.unlink()


def _read(journal: Path, written: int, run: Run | None) -> tuple[list[Done], int]:
    """The chunks that are done within ``written`` bytes, and in how many bytes of the journal they stand.

    Raises KhabarError where they are not of this ``run``.
    """
    try:
        content = journal.read_bytes()
    except FileNotFoundError:
        return [], 0
    # A last line without an end was cut off.
    head, *lines = [line for line in content.splitlines(keepends=True) if line.endswith(b"\n")] or [b""]
    try:
        made_with = dict(json.loads(head))
        done = [chunk for line in lines if (chunk := Done(**json.loads(line))).end <= written]
    except (ValueError, TypeError, RecursionError):
        if run is None or not head:
            return [], 0
        raise KhabarError(f"--resume: {journal} is damaged; leave --resume out to start from the beginning") from None
    if not done:
        return [], 0
    if run is not None and made_with != run:
        changed = [name for name in run if made_with.get(name) != run[name]]
        changes = "; ".join(f"{name}: {made_with.get(name)}, now {run[name]}" for name in changed)
        raise KhabarError(
            f"--resume: what is done was done by another run ({changes}); call it as it was, or leave --resume out to "
            "start from the beginning"
        )
    return done, sum(map(len, [head, *lines[: len(done)]]))


def _line(record: Mapping[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def digest_of(pages: Iterable[Page]) -> str:
    """A digest of all that pages were scraped with, in their order: id, text, title, day, address and ``meta``."""
    digest = hashlib.blake2b(digest_size=16)
    for page in pages:
        scraped = (page.id, page.text, page.title, page.published, page.url, page.meta)
        digest.update(json.dumps(scraped).encode())
    return digest.hexdigest()
