"""Composes annotated pages: a real report, surrounded and interrupted by furniture and by other pages' stories.

What is no report cannot be learned from wordings alone: a teaser reads like news, and only the page tells that it is
another story. So each page is composed from one page's report (class report) and from the headlines and bodies of
other pages, often of a close topic (class boilerplate), in the arrangements that web pages have. Spans are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from khabar.composing.arrangement import Arrangement
from khabar.composing.furniture import Furniture
from khabar.composing.story import Story
from khabar.composing.typesetting import typeset
from khabar.pages import Page

#: How many stories a page may draw on.
_SAMPLE = 120


def compose_pages(pages: Sequence[Page], share: float, seed: int, *, held_out: bool = False) -> list[Page]:
    """``round(share * len(pages))`` new annotated pages, made from the given ones; the same ones for the same seed.

    A page holds consecutive report paragraphs of one given page, from its first or second on and in order; every other
    paragraph is boilerplate. ``page.meta["report"]`` is the id of that page. ``held_out`` composes with the wordings
    kept aside for testing only. No pages where none of the given ones holds a report.
    """
    stories = [story for story in map(Story.of, pages) if story.report]
    composed: list[Page] = []
    order: list[Story] = []
    shuffling = Random(f"order {seed}")
    for number in range(1, round(share * len(pages)) + 1 if stories else 1):
        if not order:
            order = shuffling.sample(stories, len(stories))
        random = Random(f"page {seed} {number}")
        story = order.pop()
        sample = random.sample(stories, min(len(stories), _SAMPLE))
        arrangement = Arrangement(random, story, sample, Furniture(random, held_out=held_out))
        page = typeset(f"composed-{number:04}", arrangement.lines(), random)
        page.title, page.meta = arrangement.title(), {"report": story.page_id}
        composed.append(page)
    return composed
