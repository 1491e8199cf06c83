"""Tagged pages -> files for other programs, a page at a time, beside their final name until they are whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from khabar.annotated import write_annotated
from khabar.conll import page_sentences, write_document
from khabar.exchange import doccano, label_studio
from khabar.pages import KhabarError, Page
from khabar.tables.columns import TABLES
from khabar.tables.files import TABLE_FILES
from khabar.tables.rows import ROWS
from khabar.writing import beside, is_special, json_line

#: Writes one page and returns how many of the form's units it made.
WritePage = Callable[[Page], int]


@contextmanager
def table_export(path: Path, *, table: str, ending: str, bom: bool) -> Iterator[WritePage]:
    """A table of :data:`khabar.tables.columns.TABLES` as CSV, Parquet or Excel."""
    rows_of = ROWS[table]
    with TABLE_FILES[ending](path, TABLES[table], bom=bom) as write_row:
        yield lambda page: sum(write_row(row) is None for row in rows_of(page))


@contextmanager
def conll_export(path: Path) -> Iterator[WritePage]:
    """CoNLL-2003 columns, a document a page and a sentence a paragraph. The paragraphs' classes are not in it."""
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:

        def write(page: Page) -> int:
            write_document(file, page_sentences(page)[0])
            return 1

        yield write


@contextmanager
def label_studio_export(path: Path) -> Iterator[WritePage]:
    """A JSON list of tasks."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        separator = "["

        def write(page: Page) -> int:
            nonlocal separator
            file.write(f"{separator}\n{json_line(label_studio.to_task(page)).rstrip()}")
            separator = ","
            return 1

        yield write
        file.write("\n]\n" if separator == "," else "[]\n")


@contextmanager
def doccano_export(path: Path) -> Iterator[WritePage]:
    """JSONL, an example a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def write(page: Page) -> int:
            file.write(json_line(doccano.to_example(page)))
            return 1

        yield write


@contextmanager
def annotated_export(folder: Path) -> Iterator[WritePage]:
    """A folder of annotated pages."""

    def write(page: Page) -> int:
        write_annotated([page], folder)
        return 1

    folder.mkdir(parents=True, exist_ok=True)
    yield write


@dataclass(frozen=True)
class Form:
    """One thing that tagged pages can be exported as; ``companion`` is what is written beside it (ending, content)."""

    purpose: str
    unit: str
    open: Callable[[Path], AbstractContextManager[WritePage]] | None = None
    companion: tuple[str, str] | None = None


ANNOTATED = "annotated"
FORMS = {
    "spans": Form("a table, one row a span", "rows"),
    "paragraphs": Form("a table, one row a paragraph", "rows"),
    "events": Form("a table, one row a report paragraph with its actors, places, times and counts", "rows"),
    "conll": Form("CoNLL-2003 columns, a word and its tag a line", "documents", conll_export),
    "label-studio": Form(
        "tasks with predictions, and the labelling configuration to paste (.xml)",
        "tasks",
        label_studio_export,
        (".xml", label_studio.CONFIGURATION),
    ),
    "doccano": Form(
        "JSONL for a sequence labelling project, and its labels (.labels.json)",
        "examples",
        doccano_export,
        (".labels.json", json.dumps(doccano.LABELS, indent=1) + "\n"),
    ),
    ANNOTATED: Form("a folder of annotated pages, a text file each", "files", annotated_export),
}
#: The endings by which a form is known where none is named.
FORM_OF_ENDING = dict.fromkeys(TABLE_FILES, "spans") | {"conll": "conll"}


def choose_form(output: Path, form: str | None = None, ending: str | None = None) -> tuple[str, str]:
    """The form, and for a table its kind of file, as named or by the output's ending.

    Raises KhabarError where the ending says none, or where the two do not go together.
    """
    own = output.suffix.removeprefix(".").lower()
    form = form or FORM_OF_ENDING.get(ending or own)
    if form is None:
        known = ", ".join(f".{name}" for name in FORM_OF_ENDING)
        raise KhabarError(f"-o {output}: its ending is none of {known}; say with --as which of {', '.join(FORMS)}")
    if form not in TABLES:
        if ending is not None:
            raise KhabarError(f"--to {ending}: {form} is no table; leave --to out")
        return form, own
    if (ending or own) not in TABLE_FILES:
        raise KhabarError(f"-o {output}: a table ends in .{', .'.join(TABLE_FILES)}; name it so, or say --to csv")
    return form, ending or own


@contextmanager
def open_export(output: Path, form: str, ending: str, *, bom: bool = False) -> Iterator[WritePage]:
    """An export to a file, which takes its final name only when everything is written, or to a new folder.

    To a device or a pipe (``/dev/stdout``) goes the export alone, without its companion.

    ``form`` and ``ending`` are as :func:`choose_form` gives them. Raises KhabarError where it cannot be written.
    """
    chosen = FORMS[form]
    if form == ANNOTATED:
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise KhabarError(f"-o {output}: is there already; annotated pages go into a new folder")
        with annotated_export(output) as write:
            yield write
        return
    opener = chosen.open or partial(table_export, table=form, ending=ending, bom=bom)
    with beside(output) as path:
        try:
            with opener(path) as write:
                yield write
        except BaseException:
            if not is_special(path):
                path.unlink(missing_ok=True)
            raise
        if chosen.companion is not None and not is_special(path):
            suffix, content = chosen.companion
            output.with_suffix(suffix).write_text(content, "utf-8")
