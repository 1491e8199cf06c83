"""Tagged pages as one HTML file to look at: text with its spans, and a summary. It needs no network and no other file.

The page's own policy (Content-Security-Policy) lets it run this one script, by its hash, and fetch nothing.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from khabar.views.viewed import ViewedPage, view_data
from khabar.writing import beside

#: Languages of the view's own words; pages are shown right to left or left to right by their letters.
LANGUAGES = ("ar", "en")
_SCRIPTS = ("core.js", "pages.js", "summary.js", "charts.js", "start.js")
_SURROGATE = re.compile("[\ud800-\udfff]")


def page_view(pages: Iterable[ViewedPage], *, title: str, language: str = "ar") -> str:
    """The HTML file's text. Whatever pages hold is data in it, never markup or script."""
    words = json.loads(_asset("words.json"))[language]
    style, script = _asset("view.css"), "".join(map(_asset, _SCRIPTS))
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    )
    return Template(_asset("view.html")).substitute(
        language=language,
        direction=words["direction"],
        policy=policy,
        title=_SURROGATE.sub("\ufffd", escape(title)),
        style=style,
        script=script,
        data=_embedded({"words": words} | view_data(pages)),
    )


def write_page_view(pages: Iterable[ViewedPage], output: Path, *, title: str, language: str = "ar") -> int:
    """Writes the file, which takes its final name only when it is whole, and returns its size in bytes.

    Raises KhabarError where it cannot be written.
    """
    html = page_view(pages, title=title, language=language).encode("utf-8")
    with beside(output) as partial:
        partial.write_bytes(html)
    return len(html)


def _asset(name: str) -> str:
    return files("khabar.views").joinpath("assets", name).read_text("utf-8")


def _hash(text: str) -> str:
    """The policy's name for an inline script or style: only this very text is let in."""
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _embedded(data: object) -> str:
    """JSON that can stand inside a script element: without ``<`` nothing in it can end or open an element."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    return _SURROGATE.sub(lambda lone: f"\\u{ord(lone.group()):04x}", text)
