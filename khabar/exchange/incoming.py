"""Corrected files -> corrections, and which of them belongs to which page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from khabar.annotated import file_name, parse_annotated
from khabar.conll import conll_page, read_conll
from khabar.exchange import doccano, label_studio
from khabar.exchange.corrections import Correction, Extent, Problem, Unseen, fits, visible
from khabar.pages import KhabarError, Page

#: Where corrections can come from, by a file's ending.
KINDS = {".json": "Label Studio", ".jsonl": "doccano", ".txt": "annotated pages", ".conll": "CoNLL"}


def read_corrections(paths: Iterable[Path]) -> Iterator[Correction | Problem | Unseen]:
    """What stands in exports of Label Studio and doccano, CoNLL files, annotated pages and folders of these.

    Raises KhabarError for a path that is not there, is of another kind, or cannot be read at all.
    """
    for path in paths:
        inside = sorted(file for file in path.glob("*") if file.suffix.lower() in KINDS) if path.is_dir() else [path]
        if not inside:
            raise KhabarError(f"{path}: holds no corrections; expected files {_kinds()}")
        for file in inside:
            try:
                yield from _read_file(file)
            except OSError as error:
                raise KhabarError(f"{file}: cannot be read ({error.strerror or error})") from None


def _read_file(file: Path) -> Iterator[Correction | Problem | Unseen]:
    match file.suffix.lower():
        case ".json":
            try:
                yield from label_studio.read_tasks(json.loads(file.read_bytes()), file=str(file))
            except (ValueError, RecursionError) as error:
                yield Problem(str(file), f"not JSON ({error})")
        case ".jsonl":
            with file.open("rb") as lines:
                yield from doccano.read_examples(lines, file=str(file))
        case ".txt":
            try:
                page = parse_annotated(file.read_text("utf-8"), page_id=file.stem)
                yield _of_page(page, place=str(file), file=file.name)
            except KhabarError as error:
                yield Problem(str(file), str(error))
            except UnicodeDecodeError as error:
                yield Problem(str(file), f"byte {error.start} is not UTF-8; save the file as UTF-8")
        case ".conll":
            for number, document in enumerate(read_conll(file), 1):
                yield _of_page(conll_page(document, page_id=""), place=f"{file}, document {number}")
        case _:
            raise KhabarError(f"{file}: expected corrections as {_kinds()}")


def _kinds() -> str:
    return ", ".join(f"{ending} ({kind})" for ending, kind in KINDS.items())


def _of_page(page: Page, *, place: str, file: str | None = None) -> Correction:
    spans = [Extent(span.start, span.end, span.label) for span in page.spans]
    classes = [Extent(p.start, p.end, p.label) for p in page.paragraphs if p.label is not None]
    return Correction(place, page.text, file=file, spans=spans, classes=classes)


class Matching:
    """Gives each page its correction, by its id, by its annotated file's name, or by its words alone."""

    def __init__(self, corrections: Iterable[Correction]) -> None:
        self._waiting: dict[tuple[str, str], list[Correction]] = {}
        for correction in corrections:
            self._waiting.setdefault(_key(correction), []).append(correction)
        self._by_words = any(kind == "words" for kind, _ in self._waiting)

    def take(self, page: Page) -> Correction | None:
        """The page's correction, which is then given to no other page; None where there is none of its text."""
        keys = [("page", page.id), ("file", file_name(page.id))]
        keys += [("words", _digest(page.text))] if self._by_words else []
        for key in keys:
            waiting = self._waiting.get(key, [])
            for index, correction in enumerate(waiting):
                if fits(page, correction):
                    return waiting.pop(index)
        return None

    def left(self) -> Iterator[Problem]:
        """The corrections that belong to none of the pages."""
        for waiting in self._waiting.values():
            for correction in waiting:
                name = correction.page if correction.page is not None else correction.file
                of = "with these words" if name is None else f"{name!r} with this text"
                yield Problem(correction.place, f"there is no tagged page {of}; was its text changed?")


def _key(correction: Correction) -> tuple[str, str]:
    if correction.page is not None:
        return "page", correction.page
    if correction.file is not None:
        return "file", correction.file
    return "words", _digest(correction.text)


def _digest(text: str) -> str:
    return hashlib.blake2b(visible(text).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
