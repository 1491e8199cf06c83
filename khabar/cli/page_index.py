"""What is known about gold pages besides their annotation: a JSON list of ids with source and date."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from khabar.pages import KhabarError, kind_of

_EXPECTED = 'expected a JSON list of {"id": …, "source": …}'


@dataclass(slots=True)
class PageIndex:
    """The news source, and where it is known the date of publication, of each page's id."""

    source_of: dict[str, str] = field(default_factory=dict)
    published_of: dict[str, str] = field(default_factory=dict)


def read_index(path: Path) -> PageIndex:
    """Reads an index; raises KhabarError where the file is no list of ids with their source."""
    try:
        entries = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise KhabarError(f"--by {path}: cannot be read ({error.strerror or error}); {_EXPECTED}") from None
    except (ValueError, RecursionError) as error:
        raise KhabarError(f"--by {path}: not JSON in UTF-8 ({error}); {_EXPECTED}") from None
    if not isinstance(entries, list):
        raise KhabarError(f"--by {path}: found {kind_of(entries)}; {_EXPECTED}")
    index = PageIndex()
    for number, entry in enumerate(entries, 1):
        page, source = _text(entry, "id"), _text(entry, "source")
        if page is None or source is None:
            raise KhabarError(f"--by {path}: entry {number} has no id and source; {_EXPECTED}")
        known = index.source_of.setdefault(page, source)
        if known != source:
            raise KhabarError(f"--by {path}: page {page!r} is of {known!r} and of {source!r}; expected one")
        if published := _text(entry, "published"):
            index.published_of[page] = published
    return index


def _text(entry: Any, name: str) -> str | None:
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, str) and value else None
