r"""Annotated pages: the text form in which people write down what is right.

One file a page, UTF-8, one paragraph a line, its class first and its spans inline::

    R|أعلنت <A>باكو</A> وقف إطلاق النار <T>أمس</T>.
    B|المصدر: <A>وكالة الأنباء</A>

``R`` is report, ``B`` boilerplate; ``A`` actor, ``L`` location, ``T`` time, ``C`` count. A literal ``<A>`` of the page
is written ``\<A>``, and a backslash that stands before a tag is doubled. Blank lines and surplus white space may be
left out; every other character stays, so that annotation and page are compared on their non-blank characters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS
from khabar.pages import KhabarError, Page, Paragraph, Span

CLASS_OF_LETTER = {label[0].upper(): label for label in PARAGRAPH_LABELS}
LABEL_OF_LETTER = {label[0]: label for label in SPAN_LABELS}
# Behind a backslash no match begins: a long run of them would be tried from each of its characters.
_TAG = re.compile(rf"(?<!\\)(?P<slashes>\\*)<(?P<close>/?)(?P<letter>[{''.join(LABEL_OF_LETTER)}])>")
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_annotated(folder: Path) -> Iterator[Page]:
    """The annotated pages of a folder (``*.txt``, in the order of their names) or of one file.

    Raises KhabarError where there is none, or where a line breaks the format.
    """
    paths = sorted(folder.glob("*.txt")) if folder.is_dir() else [folder]
    if not paths or not paths[0].is_file():
        raise KhabarError(f"no annotated pages in {folder}; expected files *.txt with lines 'R|…' and 'B|…'")
    for path in paths:
        try:
            yield parse_annotated(path.read_text("utf-8"), page_id=path.stem)
        except UnicodeDecodeError as error:
            raise KhabarError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
        except KhabarError as error:
            raise KhabarError(f"{path}: {error}") from None


def parse_annotated(annotation: str, *, page_id: str) -> Page:
    """The page of one annotated file: its text is the paragraphs joined by line ends."""
    page = Page(page_id, "")
    parts: list[str] = []
    offset = 0
    for number, line in enumerate(_LINE_END.split(annotation.removeprefix("\ufeff")), 1):
        if not line.strip():
            continue
        if line[1:2] != "|" or line[0] not in CLASS_OF_LETTER:
            raise KhabarError(f"line {number}: starts with {line[:2]!r}, expected 'R|' or 'B|'")
        text, spans = _parse_line(line[2:], number)
        indent = len(text) - len(text.lstrip())
        text = text.strip()
        if not text:
            continue
        for start, end, label in spans:
            start, end = max(start - indent, 0), min(end - indent, len(text))
            if start >= end:
                raise KhabarError(f"line {number}: a span of {label} holds no visible text")
            index = len(page.paragraphs)
            page.spans.append(Span(offset + start, offset + end, label, text=text[start:end], paragraph=index))
        page.paragraphs.append(Paragraph(offset, offset + len(text), CLASS_OF_LETTER[line[0]]))
        parts.append(text)
        offset += len(text) + 1
    page.text = "\n".join(parts)
    return page


def _parse_line(line: str, number: int) -> tuple[str, list[tuple[int, int, str]]]:
    text = ""
    spans: list[tuple[int, int, str]] = []
    opened: tuple[int, str] | None = None
    position = 0
    for tag in _TAG.finditer(line):
        slashes = len(tag["slashes"])
        text += line[position : tag.start()] + "\\" * (slashes // 2)
        position = tag.end()
        if slashes % 2:
            text += line[tag.end("slashes") : tag.end()]
        elif not tag["close"] and opened is None:
            opened = len(text), tag["letter"]
        elif tag["close"] and opened is not None and opened[1] == tag["letter"]:
            if opened[0] == len(text):
                raise KhabarError(f"line {number}: <{tag['letter']}></{tag['letter']}> holds no text")
            spans.append((opened[0], len(text), LABEL_OF_LETTER[tag["letter"]]))
            opened = None
        else:
            found = line[tag.end("slashes") : tag.end()]
            raise KhabarError(f"line {number}: {found} is out of place; spans never nest and close in order")
    if opened is not None:
        raise KhabarError(f"line {number}: <{opened[1]}> is never closed")
    return text + line[position:], spans


def format_annotated(page: Page) -> str:
    """The annotated form of a page; paragraphs without a class are written as report."""
    lines = []
    for index, paragraph in enumerate(page.paragraphs):
        line, position = "", paragraph.start
        for span in sorted((s for s in page.spans if s.paragraph == index), key=lambda s: s.start):
            letter = span.label[0]
            line += _escape(page.text[position : span.start], before_tag=True) + f"<{letter}>"
            line += _escape(page.text[span.start : span.end], before_tag=True) + f"</{letter}>"
            position = span.end
        line += _escape(page.text[position : paragraph.end], before_tag=False)
        lines.append(f"{(paragraph.label or 'report')[0].upper()}|{line}\n")
    return "".join(lines)


def _escape(text: str, *, before_tag: bool) -> str:
    escaped = _TAG.sub(lambda tag: tag["slashes"] * 2 + "\\" + tag.group()[len(tag["slashes"]) :], text)
    trailing = len(escaped) - len(escaped.rstrip("\\")) if before_tag else 0
    return escaped + "\\" * trailing


#: Names that Windows keeps for devices, whatever their ending.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE | re.DOTALL)
#: File systems take names of 255 bytes.
_NAME_BYTES = 200


def file_name(page_id: str) -> str:
    """The name of a page's annotated file: its id, made one safe name in the folder and never a path.

    A long id keeps its beginning, and a digest for the rest.
    """
    safe = re.sub(r"[^\w.-]+", "_", page_id).strip("._") or "page"
    if _RESERVED.fullmatch(safe):
        safe = f"page_{safe}"
    if len(encoded := safe.encode("utf-8")) > _NAME_BYTES:
        digest = hashlib.blake2b(page_id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        safe = f"{encoded[:_NAME_BYTES].decode('utf-8', 'ignore')}-{digest}"
    return f"{safe}.txt"


def write_annotated(pages: Iterable[Page], folder: Path) -> None:
    """Writes one annotated file a page into the folder, named by the page's id made safe for a file name.

    Raises KhabarError where a file is there already (two ids may give one name) or cannot be written.
    """
    for page in pages:
        path = folder / file_name(page.id)
        try:
            content = format_annotated(page).encode("utf-8")
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            raise KhabarError(f"page {page.id!r}: {path} is there already; give pages ids that differ") from None
        except UnicodeEncodeError as error:
            code = ord(error.object[error.start])
            raise KhabarError(f"page {page.id!r}: U+{code:04X} is half a character, and cannot be written") from None
        except OSError as error:
            raise KhabarError(f"page {page.id!r}: {path} cannot be written ({error.strerror or error})") from None
