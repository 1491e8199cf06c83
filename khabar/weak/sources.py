"""Every source that ships with khabar, in the order in which the reports show them."""

from __future__ import annotations

from pathlib import Path

from khabar.weak import actors, boilerplate, counts, layout, none, places, story, times
from khabar.weak.base import ParagraphVote, Source, Vote
from khabar.weak.votes import SourceSet

SPAN_SOURCES: list[Source[Vote]] = [
    *places.SOURCES,
    *actors.SOURCES,
    *times.SOURCES,
    *counts.SOURCES,
    *none.SOURCES,
]
PARAGRAPH_SOURCES: list[Source[ParagraphVote]] = [*boilerplate.SOURCES, *layout.SOURCES, *story.SOURCES]


def sources_as_markdown() -> str:
    """The built-in sources by family with what each fires on, from their docstrings; stands in docs/labelling.md."""
    told = [(source.family, source.name, source.description) for source in SPAN_SOURCES]
    told += [(source.family, source.name, source.description) for source in PARAGRAPH_SOURCES]
    families: dict[str, list[str]] = {}
    for family, name, description in told:
        families.setdefault(family, []).append(f"| `{name}` | {' '.join(description.split())} |\n")
    return "\n".join(
        f"### {family}\n\n| source | fires on |\n|---|---|\n{''.join(rows)}" for family, rows in families.items()
    )


def load_sources(own: Path | None = None) -> SourceSet:
    """The built-in sources, and after them a user's own from a file (see :mod:`khabar.weak.own`)."""
    if own is None:
        return SourceSet(tuple(SPAN_SOURCES), tuple(PARAGRAPH_SOURCES))
    from khabar.weak.own import read_own_sources

    spans, paragraphs = read_own_sources(own)
    return SourceSet((*SPAN_SOURCES, *spans), (*PARAGRAPH_SOURCES, *paragraphs))
