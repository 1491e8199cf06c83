"""Chunks: the stretches of the input whose windows are batched together.

What a page is answered depends, in the last bits, on the batch that its windows are in. Batches form inside a chunk,
and where chunks begin depends on the pages alone: so a run that goes on at a chunk's start, or that several processes
share by chunks, gives the same bytes as one run in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from khabar.pages import Page

CHUNK_PAGES = 128
CHUNK_CHARACTERS = 2_000_000


class Chunk:
    """Pages in the order of the input, up to a bounded number of pages and characters."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self._characters = 0

    def add(self, page: Page) -> None:
        self.pages.append(page)
        self._characters += len(page.text)

    @property
    def full(self) -> bool:
        """Whether the next page begins a new chunk."""
        return len(self.pages) >= CHUNK_PAGES or self._characters >= CHUNK_CHARACTERS


def chunks_of(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """The pages in chunks; all but the last are full."""
    chunk = Chunk()
    for page in pages:
        chunk.add(page)
        if chunk.full:
            yield chunk.pages
            chunk = Chunk()
    if chunk.pages:
        yield chunk.pages
