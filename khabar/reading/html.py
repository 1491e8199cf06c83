"""HTML -> a page, by trafilatura with its doors wide open: what is boilerplate is for khabar's paragraphs to judge."""

from __future__ import annotations

import importlib.util
import logging
from typing import Any

from khabar.pages import KhabarError, Page

#: What ends a line of text in trafilatura's own markup.
_BLOCKS = {"p", "head", "item", "row", "quote", "lb", "code", "list", "table", "body", "comments"}
NEEDED = "trafilatura"


def require_trafilatura(place: str) -> None:
    """Raises KhabarError where the package that reads HTML is not installed."""
    if importlib.util.find_spec(NEEDED) is None:
        raise KhabarError(f"{place}: reading HTML needs {NEEDED}, which is not installed; pip install 'khabar[html]'")


def page_of_html(html: str, *, page_id: str) -> Page:
    """The text of an HTML page, a paragraph a line, with its title, its first day of publication and its address.

    Tables, lists and readers' comments stay in the text. The day is taken where the page names it, never searched for
    in its text. Raises KhabarError where no text is found.
    """
    from trafilatura import bare_extraction

    # What it has to say about a page is said in the page's error.
    logging.getLogger(NEEDED).setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    options: dict[str, Any] = {
        "favor_recall": True,
        "include_comments": True,
        "include_tables": True,
        "with_metadata": True,
        "date_extraction_params": {"extensive_search": False, "original_date": True},
    }
    # A fragment is refused; inside a page it is read.
    for content in (html, f"<html><body>{html}</body></html>"):
        try:
            document: Any = bare_extraction(content, **options)
        except Exception as error:
            raise KhabarError(f"HTML that cannot be read ({type(error).__name__}: {error})") from None
        if document is not None and (text := _text_of(document)):
            return Page(page_id, text, title=document.title, published=document.date, url=document.url)
    raise KhabarError("no text found in this HTML")


def _text_of(document: Any) -> str:
    parts: list[str] = []
    for body in (document.body, document.commentsbody):
        if body is not None:
            _collect(body, parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _collect(root: Any, parts: list[str]) -> None:
    """The text of an element, line ends around blocks, spaces around a table's cells."""
    from lxml.etree import iterwalk

    for event, element in iterwalk(root, events=("start", "end")):
        if isinstance(element.tag, str):
            edge = "\n" if element.tag in _BLOCKS else " " if element.tag == "cell" else ""
            within = element.text if event == "start" else None
            # Line ends of the source are white space; the page's own are its blocks' edges.
            parts.append(edge + " ".join((within or "").split("\n")))
        if event == "end" and element is not root:
            parts.append(" ".join((element.tail or "").split("\n")))
