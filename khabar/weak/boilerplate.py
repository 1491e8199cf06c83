"""Paragraph sources that know a line by its wording (the tables are in :mod:`khabar.weak.wordings`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from khabar.weak.base import Document, ParagraphVote, paragraph_source
from khabar.weak.lines import boilerplate, lines_of
from khabar.weak.wordings import (
    AGENCY_LINE,
    BYLINE,
    CAPTION,
    CREDIT,
    FOLLOW,
    HANDLE,
    NAVIGATION,
    ONLY_LINK,
    POSTED,
    RELATED,
    RIGHTS,
    SITE,
    SOURCE,
    STAMP,
    STAMPED,
    SUBSCRIBE,
    TAGS,
)


@lru_cache(maxsize=4)
def cued_lines(document: Document) -> frozenset[int]:
    """The lines that any source of this file knows."""
    return frozenset(vote.index for source in SOURCES for vote in source.find(document))


@paragraph_source
def navigation(document: Document) -> Iterator[ParagraphVote]:
    """Nothing but names of sections and menu entries: «الرئيسية», «أخبار > عربي ودولي». Blind to rare section names."""
    return boilerplate(document, NAVIGATION, longest=150)


@paragraph_source
def publication_stamp(document: Document) -> Iterator[ParagraphVote]:
    """A date or clock time alone, or words of publication with one: «تاريخ النشر: …», «آخر تحديث», «منذ ساعتين»."""
    return boilerplate(document, STAMP, STAMPED, longest=20)


@paragraph_source
def byline(document: Document) -> Iterator[ParagraphVote]:
    """Who wrote it: «كتب: …», «بقلم …», «القاهرة - أ ش أ». Not bare names, which captions and headings are, too."""
    return boilerplate(document, BYLINE, AGENCY_LINE, longest=12)


@paragraph_source
def caption(document: Document) -> Iterator[ParagraphVote]:
    """A picture's caption or credit that says so: «صورة أرشيفية», «مصدر الصورة», a short line with an image agency."""
    yield from boilerplate(document, CAPTION, longest=40)
    for line in lines_of(document):
        if line.is_headline and line.size <= 14 and line.keys[-1:] == (")",) and CREDIT.found_in(line):
            yield ParagraphVote(line.index, "boilerplate")


@paragraph_source
def source_line(document: Document) -> Iterator[ParagraphVote]:
    """Where the site has it from: «المصدر: …», «رابط الخبر …», an agency's end mark «// انتهى //»."""
    return boilerplate(document, SOURCE, longest=16)


@paragraph_source
def keywords(document: Document) -> Iterator[ParagraphVote]:
    """Keywords and tags: «كلمات دلالية: …», «الوسوم», or a line most of whose words are hashtags."""
    yield from boilerplate(document, TAGS, longest=120)
    for line in lines_of(document):
        hashtags = sum(key == "#" and following[:1].isalpha() for key, following in pairwise(line.keys))
        if 2 * hashtags >= max(2, line.size):
            yield ParagraphVote(line.index, "boilerplate")


@paragraph_source
def call_to_action(document: Document) -> Iterator[ParagraphVote]:
    """Share, follow, app, comment and paging prompts: «شارك الخبر», «تابعونا على …», «حمل التطبيق», «اقرأ المزيد»."""
    return boilerplate(document, FOLLOW, longest=20)


@paragraph_source
def subscription(document: Document) -> Iterator[ParagraphVote]:
    """Newsletters and notifications: «اشترك في النشرة البريدية»."""
    return boilerplate(document, SUBSCRIBE, longest=40)


@paragraph_source
def rights(document: Document) -> Iterator[ParagraphVote]:
    """Copyright, terms, imprint, an aggregator's notes about the story: «جميع الحقوق محفوظة», «كانت هذه تفاصيل …»."""
    return boilerplate(document, RIGHTS, longest=90)


@paragraph_source
def related_heading(document: Document) -> Iterator[ParagraphVote]:
    """The heading of other stories, or one in a line with it: «اقرأ أيضا», «مقالات ذات صلة», «الأكثر قراءة»."""
    return boilerplate(document, RELATED, longest=40)


@paragraph_source
def links_and_handles(document: Document) -> Iterator[ParagraphVote]:
    """Embedded posts, bare links and a site's name alone: «pic.twitter.com/…», «@name», «site.com»."""
    yield from boilerplate(document, HANDLE, longest=60)
    yield from boilerplate(document, ONLY_LINK, SITE)


@paragraph_source
def embedded_post(document: Document) -> Iterator[ParagraphVote]:
    """A post's last line, which says who posted it, and up to three short lines of the post above it."""
    lines = lines_of(document)
    for line in lines:
        if line.size <= 25 and "@" in line.keys and POSTED.found_in(line):
            yield ParagraphVote(line.index, "boilerplate")
            for above in reversed(lines[max(0, line.index - 3) : line.index]):
                if above.is_body:
                    break
                yield ParagraphVote(above.index, "boilerplate")


SOURCES = [
    navigation,
    publication_stamp,
    byline,
    caption,
    source_line,
    keywords,
    call_to_action,
    subscription,
    rights,
    related_heading,
    links_and_handles,
    embedded_post,
]
