"""Sentences with their spans marked: «وصل <أمس> إلى المدينة»."""

from __future__ import annotations

import re

_MARK = re.compile("[<>]")


def unmarked(sentence: str) -> str:
    return _MARK.sub("", sentence)


def marked(sentence: str, spans: list[tuple[int, int]]) -> str:
    """The plain sentence with marks around the spans (offsets into it)."""
    out, position = "", 0
    for start, end in spans:
        out += f"{sentence[position:start]}<{sentence[start:end]}>"
        position = end
    return out + sentence[position:]
