"""Files -> pages: every form, and every fault keeps its place with one clear line."""

import json
import logging
import math
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from khabar.pages import KhabarError, Page
from khabar.reading import Columns, read_pages, read_records
from khabar.writing import jsonl_writer, parse_fields


def read(*sources: Path, **columns: str) -> list[Page]:
    return list(read_pages(list(sources), Columns(**columns)))


def test_text_files_are_named_by_their_stem_and_bom_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("خبر\r\nثان", "utf-8", newline="")
    (tmp_path / "a.txt").write_bytes("\ufeffخبر".encode())
    assert [(page.id, page.text) for page in read(tmp_path)] == [("a", "خبر"), ("b", "خبر\r\nثان")]


def test_other_columns_travel_along_under_meta(tmp_path: Path) -> None:
    record = {"id": 7, "text": "خبر", "published": "2023-09-20", "desk": "قوقاز", "n": [1, {"k": None}]}
    (tmp_path / "p.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n\n", "utf-8")
    assert read(tmp_path / "p.jsonl") == [
        Page("7", "خبر", published="2023-09-20", meta={"desk": "قوقاز", "n": [1, {"k": None}]})
    ]


def test_output_of_khabar_can_be_input_again(tmp_path: Path) -> None:
    page = Page("1", "خبر", meta={"desk": "x"})
    with jsonl_writer(tmp_path / "p.jsonl") as writer:
        writer.write(page)
    assert read(tmp_path / "p.jsonl") == [page]


def test_csv_and_parquet_say_the_same_as_jsonl(tmp_path: Path) -> None:
    rows = [{"key": "1", "body": "سطر\nثان", "extra": "س"}, {"key": "2", "body": "خبر، «آخر»", "extra": ""}]
    (tmp_path / "p.csv").write_text('key,body,extra\n1,"سطر\nثان",س\n2,"خبر، «آخر»",\n', "utf-8")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "p.parquet")
    for name in ("p.csv", "p.parquet"):
        pages = read(tmp_path / name, id="key", text="body")
        assert [(p.id, p.text, p.meta) for p in pages] == [
            ("1", "سطر\nثان", {"extra": "س"}),
            ("2", "خبر، «آخر»", {"extra": ""}),
        ]


def test_a_bad_line_keeps_its_place_and_stops_nothing(tmp_path: Path) -> None:
    lines = [
        b'{"id": "a", "text": "\xd8\xae\xd8\xa8\xd8\xb1"}',
        b'{"id": "b", "text": "\xff"}',
        b"{not json",
        b'["a list"]',
        b'{"id": "e", "body": "x"}',
        b'{"id": "f", "text": null}',
        b'{"id": "g", "text": " \\n\\t"}',
        b'{"text": "\xd8\xae"}',
    ]
    (tmp_path / "p.jsonl").write_bytes(b"\n".join(lines))
    pages = read(tmp_path / "p.jsonl")
    assert [page.id for page in pages] == ["a", "p-2", "p-3", "p-4", "e", "f", "g", "p-8"]
    errors = [page.error for page in pages]
    assert errors[0] is None
    assert errors[7] is None
    assert errors[1] == f"{tmp_path}/p.jsonl, line 2: byte 21 is not UTF-8; save the page as UTF-8"
    assert str(errors[2]).startswith(f"{tmp_path}/p.jsonl, line 3: not JSON (")
    assert errors[3] == f"{tmp_path}/p.jsonl, line 4: a list, expected an object with 'text'"
    assert (
        errors[4] == f"{tmp_path}/p.jsonl, line 5: no column 'text', found 'id', 'body'; "
        "name the right one with --column text=NAME"
    )
    assert errors[5] == f"{tmp_path}/p.jsonl, line 6: 'text' is empty, expected text"
    assert errors[6] == "the page is empty: no visible character, nothing to tag"
    assert pages[6].text == " \n\t"


def test_broken_files_become_pages_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"ok \xff")
    (tmp_path / "bad.parquet").write_bytes(b"PAR0")
    (tmp_path / "bad.csv").write_bytes(b"id,text\n1,ok\n2,\xff\n")
    pages = {page.id: page for page in read(tmp_path)}
    assert pages["bad"].error is not None
    assert [page.error for page in read(tmp_path / "bad.csv")] == [
        None,
        f"{tmp_path}/bad.csv, row 2 (line 3): not UTF-8; save the file as UTF-8",
    ]
    assert str(read(tmp_path / "bad.parquet")[0].error).startswith(f"{tmp_path}/bad.parquet: not a Parquet file")
    assert read(tmp_path / "bad.txt")[0].error == f"{tmp_path}/bad.txt: byte 3 is not UTF-8; save the page as UTF-8"


def test_repeated_ids_and_other_files_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "x", "text": "1"}\n{"id": "x", "text": "2"}\n')
    (tmp_path / "notes.doc").write_text("no page")
    with caplog.at_level(logging.WARNING):
        assert [page.text for page in read(tmp_path)] == ["1", "2"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}: 1 files are not pages and were left out (1 × .doc)",
        "1 pages repeat the id of an earlier page (first: 'x'); all are kept in their places, "
        "give each page its own id to tell them apart",
    ]


def test_what_is_not_there_is_an_error_of_the_call(tmp_path: Path) -> None:
    for source, problem in [
        (tmp_path / "no.txt", "no such file or folder"),
        ("", "an empty name where pages were expected"),
        (tmp_path, "no pages in"),
        (Path(__file__), "files of kind '.py' cannot be read"),
    ]:
        with pytest.raises(KhabarError, match=problem):
            read(source)
    with pytest.raises(KhabarError, match="expected FIELD=NAME"):
        Columns.parse(["body"])


def test_what_json_cannot_say_is_said_in_words(tmp_path: Path) -> None:
    columns = {"id": ["1"], "text": ["خبر"], "crawled": [datetime(2023, 9, 20, 13)], "raw": [b"\xffx"], "n": [math.nan]}
    pq.write_table(pa.table(columns), tmp_path / "p.parquet")
    (page,) = read(tmp_path / "p.parquet")
    assert page.meta == {"crawled": "2023-09-20T13:00:00", "raw": "\\xffx", "n": None}
    (tmp_path / "p.jsonl").write_text(
        '{"id": "1", "text": "x", "meta": "mine"}\n{"id": "2", "text": "x", "n": %s}' % ("9" * 5000)
    )
    first, second = read(tmp_path / "p.jsonl")
    assert first.meta == {"meta": "mine"}
    assert str(second.error).startswith(f"{tmp_path}/p.jsonl, line 2: not JSON (")


def test_a_time_zone_that_is_none_costs_its_rows_alone(tmp_path: Path) -> None:
    """pyarrow leaves time zones to another package, whose errors are none of pyarrow's."""
    times = pa.array([datetime(2023, 9, 20, 13), None], pa.timestamp("us", tz="Mars/Olympus"))
    pq.write_table(pa.table({"id": ["1", "2"], "text": ["خبر", "خبر"], "at": times}), tmp_path / "a.parquet")
    (tmp_path / "b.txt").write_text("خبر", "utf-8")
    first, second, third = read(tmp_path)
    assert (second.text, second.error, third.text, third.error) == ("خبر", None, "خبر", None)
    assert first.id == "a-1"
    assert str(first.error).startswith(f"{tmp_path}/a.parquet, row 1: cannot be read (")
    assert "Mars/Olympus" in str(first.error)


def test_an_unclosed_quote_swallows_no_rows_in_silence(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('id,text\n1,ok\n2,"open\n3,kept\n4,"a"b\n5,"c\nd"\n')
    pages = read(tmp_path / "p.csv")
    assert [(page.id, page.text) for page in pages] == [
        ("1", "ok"),
        ("p-2", ""),
        ("3", "kept"),
        ("p-4", ""),
        ("5", "c\nd"),
    ]
    assert pages[1].error == (
        f"{tmp_path}/p.csv, row 2 (line 3): not CSV (',' expected after '\"'); reading goes on with line 4"
    )


def test_globs_are_expanded_in_order(tmp_path: Path) -> None:
    for name in ("c.txt", "a.txt", "b.csv"):
        (tmp_path / name).write_text("id,text\n1,x\n" if name.endswith("csv") else "نص")
    assert [page.id for page in read_pages([str(tmp_path / "*.txt")])] == ["a", "c"]


def test_fields_are_chosen_and_misspelt_ones_refused() -> None:
    assert parse_fields("spans, id") == ("id", "spans")
    with pytest.raises(KhabarError, match="span is not a field"):
        parse_fields("id,span")


def test_a_lone_surrogate_is_written_as_an_escape(tmp_path: Path) -> None:
    with jsonl_writer(tmp_path / "o.jsonl", ("id", "text")) as writer:
        writer.write(Page("1", "س\ud800"))
        writer.write(Page("2", "س"))
    assert (tmp_path / "o.jsonl").read_text(
        "utf-8"
    ) == '{"id": "1", "text": "\\u0633\\ud800"}\n{"id": "2", "text": "س"}\n'


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"text": None}, "id and text must be text"),
        (
            {"spans": [{"start": 0, "end": 1000, "label": "ACTOR"}]},
            "offsets 0 to 1000 are not in a text of 3 characters",
        ),
        ({"spans": [{"start": "0", "end": 1, "label": "ACTOR"}]}, "start and end must be whole numbers"),
    ],
)
def test_records_of_other_types_are_refused(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    record = {"id": "1", "text": "خبر", "paragraphs": [], "spans": []} | change
    (tmp_path / "o.jsonl").write_text(json.dumps(record))
    with pytest.raises(KhabarError, match=problem):
        list(read_records(tmp_path / "o.jsonl"))


def test_records_must_be_records(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    path.write_text('{"id": "1", "text": "x"}\n')
    with pytest.raises(KhabarError, match=r"o\.jsonl, line 1: no record of khabar's output"):
        list(read_records(path))
    with pytest.raises(KhabarError, match="no such file"):
        list(read_records(tmp_path / "none.jsonl"))


def test_output_takes_its_name_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "o.jsonl"
    with pytest.raises(RuntimeError), jsonl_writer(path) as writer:  # noqa: PT012
        writer.write(Page("1", "x"))
        raise RuntimeError
    assert not path.exists()
    with pytest.raises(KhabarError, match="is a folder"), jsonl_writer(tmp_path):
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(KhabarError, match="cannot be written"), jsonl_writer(tmp_path / "file" / "o.jsonl"):
        pass
