"""The tables: their columns, their rows, and the files they are written to."""

import csv
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.annotated import parse_annotated
from khabar.exporting import choose_form, open_export
from khabar.pages import KhabarError, Page, Paragraph
from khabar.tables import files
from khabar.tables.columns import EVENTS, TABLES, Column, to_markdown
from khabar.tables.files import TABLE_FILES, cell, csv_table, defuse
from khabar.tables.rows import ROWS, event_rows, paragraph_rows, span_rows
from khabar.values import span_value
from tests.conftest import ROOT

TEXT = """R|أعلنت <A>وزارة الدفاع السودانية</A> <T>أمس الثلاثاء</T> مقتل <C>أكثر من 90 جنديا</C> و<C>مئات المدنيين</C> \
في <L>الخرطوم</L> و<L>مصر</L>، وقالت <A>وزاره الدفاع السودانية</A> إن <C>بين 12 و15 شخصا</C> اعتقلوا.
R|لا جديد.
B|المصدر: <A>وكالة الأنباء</A>
"""


@pytest.fixture
def page() -> Page:
    page = parse_annotated(TEXT, page_id="p")
    page.published, page.title = "2023-09-20", "=عنوان"
    for paragraph in page.paragraphs:
        paragraph.score = 0.75
    for span in page.spans:
        span.score, span.value = 0.5, span_value(span.label, span.text, page.published)
    return page


def test_the_documentation_shows_the_columns() -> None:
    documentation = (ROOT / "docs/tables.md").read_text("utf-8")
    for name, columns in TABLES.items():
        assert f"## {name}" in documentation
        assert to_markdown(columns) in documentation


@pytest.mark.parametrize("table", TABLES)
def test_rows_fill_the_columns_and_no_others(table: str, page: Page) -> None:
    names = {column.name for column in TABLES[table]}
    rows = list(ROWS[table](page))
    assert rows
    assert all(set(row) <= names for row in rows)
    assert {name for row in rows for name in row} == names


def test_one_row_a_span(page: Page) -> None:
    rows = list(span_rows(page))
    assert [row["text"] for row in rows] == [span.text for span in page.spans]
    assert [page.text[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]
    shown = (
        "paragraph",
        "class",
        "class_score",
        "label",
        "score",
        "name",
        "country",
        "timex",
        "number",
        "relation",
        "low",
    )
    assert [tuple(row.get(name) for name in shown) for row in rows[1:5]] == [
        (0, "report", 0.75, "TIME", 0.5, None, None, "2023-09-19", None, None, None),
        (0, "report", 0.75, "COUNT", 0.5, None, None, None, 90, ">", None),
        (0, "report", 0.75, "COUNT", 0.5, None, None, None, None, "≥", 100),
        (0, "report", 0.75, "LOCATION", 0.5, "الخرطوم", "SD", None, None, None, None),
    ]
    assert rows[3]["vague"] is True
    assert rows[-1]["class"] == "boilerplate"


def test_one_row_a_paragraph(page: Page) -> None:
    rows = list(paragraph_rows(page))
    assert [(row["class"], row["actors"], row["locations"], row["times"], row["counts"]) for row in rows] == [
        ("report", 2, 2, 1, 3),
        ("report", 0, 0, 0, 0),
        ("boilerplate", 1, 0, 0, 0),
    ]
    assert [row["text"] for row in rows[1:]] == ["لا جديد.", "المصدر: وكالة الأنباء"]


def test_one_event_a_report_paragraph_with_what_was_found_normalised(page: Page) -> None:
    first, second = event_rows(page)
    assert first["actors"] == ["وزارة الدفاع السودانية"]
    assert first["actor_keys"] == ["وزاره الدفاع السودانيه"]
    assert first["actor_countries"] == [""]
    assert (first["places"], first["place_countries"]) == (["الخرطوم", "مصر"], ["SD", "EG"])
    assert (first["times"], first["timex"]) == (["أمس الثلاثاء"], ["2023-09-19"])
    assert (first["first_day"], first["last_day"]) == ("2023-09-19", "2023-09-19")
    assert first["count_values"] == [">90", "≥100", "12..15"]
    assert first["counts"] == ["أكثر من 90 جنديا", "مئات المدنيين", "بين 12 و15 شخصا"]
    assert [len(first[name]) for name in ("count_units", "count_kinds")] == [3, 3]
    assert second["actors"] == second["counts"] == []
    assert second["first_day"] is None


def test_values_that_no_reader_gives_do_not_stop_a_table(page: Page) -> None:
    page.spans[1].value = {"timex": ["?"], "start": 5, "end": None}
    page.spans[2].value = {"number": "many", "low": float("nan")}
    page.spans[0].paragraph = 99
    for table in TABLES:
        list(ROWS[table](page))
    assert cell("many", Column("number", "number", "")) is None
    assert cell(float("nan"), Column("number", "number", "")) is None


def export(page: Page, path: Path, form: str | None = None, *, bom: bool = False) -> Path:
    with open_export(path, *choose_form(path, form), bom=bom) as write:
        write(page)
    return path


def test_csv_is_defused_and_numbers_stay(page: Page, tmp_path: Path) -> None:
    page.id = "-1+cmd|'/c calc'!A0"
    page.spans[2].value = {"number": -5, "relation": "=", "unit": "@unit"}
    path = export(page, tmp_path / "spans.csv")
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(page.spans)
    row = rows[2]
    assert (row["page"], row["number"], row["unit"]) == ("'-1+cmd|'/c calc'!A0", "-5", "'@unit")
    assert (row["vague"], row["low"], row["text"]) == ("false", "", "أكثر من 90 جنديا")
    assert export(page, tmp_path / "bom.csv", bom=True).read_bytes().startswith(b"\xef\xbb\xbfpage,published")


@given(st.text())
def test_no_defused_text_begins_like_a_formula(text: str) -> None:
    defused = defuse(text)
    assert defused in (text, f"'{text}")
    assert not defused.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_lists_are_joined_in_csv_and_lists_in_parquet(page: Page, tmp_path: Path) -> None:
    page.spans[0].value = {"name": "أ|ب", "normal": "x"}
    with export(page, tmp_path / "events.csv", "events").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["actors"] == "أ¦ب | وزاره الدفاع السودانية"
    assert (rows[0]["place_countries"], rows[0]["actor_countries"]) == ("SD | EG", " | ")
    table = pyarrow.parquet.read_table(export(page, tmp_path / "events.parquet", "events"))
    assert table.column_names == [column.name for column in EVENTS]
    first = table.to_pylist()[0]
    assert first["actors"] == ["أ|ب", "وزاره الدفاع السودانية"]
    assert first["count_values"] == [">90", "≥100", "12..15"]
    assert first["class_score"] == 0.75


def test_parquet_keeps_types(page: Page, tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(export(page, tmp_path / "spans.parquet"))
    types = {field.name: str(field.type) for field in table.schema}
    assert (types["start"], types["number"], types["vague"], types["text"]) == ("int64", "double", "bool", "string")
    assert table["number"].to_pylist()[2] == 90.0
    assert table["page"].to_pylist() == ["p"] * len(page.spans)


def sheet_cells(path: Path) -> list[list[Any]]:
    """The cells of a workbook's sheet as its XML holds them: text as str, numbers as float."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert not list(root.iter(f"{space}f")), "a formula"
    rows = []
    for row in root.iter(f"{space}row"):
        cells: list[Any] = []
        for item in row:
            value = item.find(f"{space}v")
            text = "".join(part.text or "" for part in item.iter(f"{space}t"))
            cells.append(float(value.text or "") if value is not None else text)
        rows.append(cells)
    return rows


def test_excel_holds_texts_as_texts(page: Page, tmp_path: Path) -> None:
    page.id = "=1+1"
    rows = sheet_cells(export(page, tmp_path / "paragraphs.xlsx", "paragraphs"))
    assert rows[0] == [column.name for column in TABLES["paragraphs"]]
    assert rows[1][:3] == ["=1+1", "2023-09-20", "=عنوان"]
    assert rows[2][-6:] == [page.paragraphs[1].end, "لا جديد.", 0.0, 0.0, 0.0, 0.0]
    assert len(rows) == 4


def test_what_excel_cannot_hold_is_told_and_leaves_no_file(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "EXCEL_ROWS", 3)
    with pytest.raises(KhabarError, match="more than 2 rows, which is all that Excel holds; write "):
        export(page, tmp_path / "spans.xlsx")
    monkeypatch.setattr(files, "EXCEL_CHARACTERS", 10)
    with pytest.raises(KhabarError, match="column 'text': 152 characters, and a cell of Excel holds 10"):
        export(page, tmp_path / "paragraphs.xlsx", "paragraphs")
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_is_no_utf8_can_be_written_everywhere(tmp_path: Path) -> None:
    page = Page("\ud800", "a\x00\ud800b", paragraphs=[Paragraph(0, 4, "report")])
    for ending in TABLE_FILES:
        export(page, tmp_path / f"p.{ending}", "paragraphs")
    table = pyarrow.parquet.read_table(tmp_path / "p.parquet").to_pylist()
    assert (table[0]["page"], table[0]["text"]) == ("\ufffd", "a\x00\ufffdb")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_rows(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PARQUET_BATCH", 200)
    columns = TABLES["paragraphs"]
    row = {"page": "p", "text": "نص " * 30}

    def peak(rows: int) -> int:
        tracemalloc.start()
        with TABLE_FILES[ending](tmp_path / f"t.{ending}", columns) as write:
            for _ in range(rows):
                write(row)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(4000) < 1.5 * peak(400)


def test_the_form_is_known_by_the_ending_or_by_name() -> None:
    assert choose_form(Path("a.CSV")) == ("spans", "csv")
    assert choose_form(Path("a.conll")) == ("conll", "conll")
    assert choose_form(Path("a.txt"), "events", "xlsx") == ("events", "xlsx")
    for arguments, problem in {
        ("a.txt",): "its ending is none of .csv, .parquet, .xlsx, .conll; say with --as which of spans, paragraphs",
        ("a.txt", "events"): "a table ends in .csv, .parquet, .xlsx; name it so, or say --to csv",
        ("a", "annotated", "csv"): "--to csv: annotated is no table; leave --to out",
    }.items():
        with pytest.raises(KhabarError) as raised:
            choose_form(Path(arguments[0]), *arguments[1:])
        assert problem in str(raised.value)


def write_a_row_and_fail(page: Page, path: Path) -> None:
    with open_export(path, "spans", "csv") as write:
        write(page)
        raise RuntimeError("in the middle")


def test_a_table_that_fails_leaves_the_old_file(page: Page, tmp_path: Path) -> None:
    path = export(page, tmp_path / "spans.csv")
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="in the middle"):
        write_a_row_and_fail(page, path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["spans.csv"]


def test_csv_rows_are_lines_of_json_when_read_by_anyone(page: Page, tmp_path: Path) -> None:
    columns = (Column("a", "text", ""), Column("b", "list", ""), Column("c", "flag", ""))
    path = tmp_path / "t.csv"
    with csv_table(path, columns) as write:
        write({"a": 'x "y"\nz', "b": ["1", "2"], "c": True})
    with path.open(encoding="utf-8", newline="") as file:
        assert json.dumps(list(csv.reader(file))) == '[["a", "b", "c"], ["x \\"y\\"\\nz", "1 | 2", "true"]]'
