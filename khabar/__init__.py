"""khabar reads scraped Arabic news pages: who, where, when, how many, and which paragraphs are the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khabar.pages import KhabarError, Page, Paragraph, Span

if TYPE_CHECKING:
    from khabar.tagging import Tagger

__all__ = ["KhabarError", "Page", "Paragraph", "Span", "Tagger"]


def __getattr__(name: str) -> Any:
    # torch takes seconds to import; only who asks for the tagger pays for it.
    if name == "Tagger":
        from khabar.tagging import Tagger

        return Tagger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
