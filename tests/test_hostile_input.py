"""Input that breaks programs: each kind becomes a page or one line of error, and what stands beside it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from khabar.cli import run_command
from khabar.pages import KhabarError, Page
from khabar.reading import Columns, find_files, read_pages, read_records
from khabar.writing import jsonl_writer

GOOD = '{"id": "good", "text": "خبر"}'


def read(*sources: Path | str) -> list[Page]:
    return list(read_pages(list(sources)))


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"text": "a", "text": "b"}', "not JSON (the key 'text' stands twice); expected one object a line"),
        ('{"text": "x", "m": {"k": 1, "k": 2}}', "not JSON (the key 'k' stands twice); expected one object a line"),
        ('{"text": NaN}', "'text' is a number, expected text"),
        ('{"text": ["x"]}', "'text' is a list, expected text"),
        ('{"text": true}', "'text' is true or false, expected text"),
        ('{"id": ["x"], "text": "x"}', "'id' is a list, expected text or a number"),
        ('{"id": true, "text": "x"}', "'id' is true or false, expected text or a number"),
        (
            '{"title": {}, "url": [], "text": 1}',
            "'title' is an object, expected text or a number; 'url' is a list, expected text or a number; "
            "'text' is a number, expected text",
        ),
        (f'{{"text": "x", "m": {"[" * 150}1{"]" * 150}}}', "a column is nested deeper than 100 levels"),
        ("{}", "no column 'text', found nothing; name the right one with --column text=NAME"),
        ("null", "empty, expected an object with 'text'"),
        ('{"text": "a\0b"}', "not JSON (Invalid control character at: line 1 column 12 (char 11)); "
         "expected one object a line"),
        (f'{{"text": "x", "n": {"9" * 5000}}}', "not JSON (Exceeds the limit (4300 digits) for integer string "
         "conversion: value has 5000 digits); expected one object a line"),
        ("\0", "not JSON (Expecting value: line 1 column 1 (char 0)); expected one object a line"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_page_is_one_error(tmp_path: Path, line: str, error: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(f"{line}\n{GOOD}\n", "utf-8")
    bad, good = read(path)
    assert bad.error == f"{path}, line 1: {error}"
    assert good == Page("good", "خبر")
    with jsonl_writer(tmp_path / "o.jsonl") as writer:
        writer.write(bad)
    assert len(list(read_records(tmp_path / "o.jsonl"))) == 1


@pytest.mark.parametrize("content", ['[\n{"text": "a"},\n{"text": "b"}\n]\n', '\n{\n "text": "a"\n}\n'])
def test_one_json_text_over_many_lines_is_told_at_its_beginning(tmp_path: Path, content: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(content)
    pages = read(path)
    assert len(pages) == sum(bool(line) for line in content.splitlines())
    assert pages[0].error is not None
    assert pages[0].error.endswith(
        "one JSON text over many lines; expected one object a line (jq -c '.[]' makes it so of a list)"
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n", "a PDF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "an image"),
        (b"PK\x03\x04\x14\x00\xff\xff\x08", "a ZIP archive or an office document"),
    ],
)
def test_what_is_no_text_at_all_is_told(tmp_path: Path, content: bytes, kind: str) -> None:
    (tmp_path / "p.txt").write_bytes(content)
    (page,) = read(tmp_path)
    assert page.error == f"{tmp_path}/p.txt: is {kind}, not text; give the text in it"


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_table_of_another_separator_is_read_and_told(
    tmp_path: Path, separator: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "p.csv"
    path.write_text('id;text\n1;"أ; ب, ج"\n2;د\n'.replace(";", separator), "utf-8")
    assert read(path) == [Page("1", f"أ{separator} ب, ج"), Page("2", "د")]
    assert caplog.messages == [f"{path}: its columns are separated by {separator!r}, not by commas"]


def test_a_quoted_header_tells_the_separator_too(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('"id";"text"\n"1";"أ; ب"\n', "utf-8")
    assert read(tmp_path) == [Page("1", "أ; ب")]


@pytest.mark.parametrize("depth", [900, 5000, 200_000])
def test_json_nested_as_deep_as_python_goes(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "p.jsonl"
    nested = "[" * depth + "]" * depth
    path.write_text(f'{{"text": "x", "m": {nested}}}\n{GOOD}\n', "utf-8")
    bad, good = read(path)
    assert str(bad.error).startswith(f"{path}, line 1: ")
    assert good.error is None
    (tmp_path / "r.jsonl").write_text(f'{{"id": "1", "text": "x", "spans": [], "paragraphs": {nested}}}')
    with pytest.raises(KhabarError, match=r"r\.jsonl, line 1: no record of khabar's output"):
        list(read_records(tmp_path / "r.jsonl"))


def test_what_json_may_hold_and_text_rarely_does(tmp_path: Path) -> None:
    lines = [
        {"id": "nul", "text": "خبر\0قصير"},
        {"id": "surrogate", "text": "خبر\ud800", "title": "\udfff"},
        {"id": "\ud83d", "text": "خبر", "\ud800": "\ud800"},
        {"id": "../../etc/passwd", "text": "خبر"},
        {"id": 1.5, "text": "خبر", "published": 20230920, "n": float("nan"), "m": [float("inf")]},
        {"id": float("nan"), "text": "خبر"},
    ]
    path = tmp_path / "p.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "\ufeff" + GOOD, "utf-8")
    pages = read(path)
    assert [page.error for page in pages] == [None] * 7
    assert [page.id for page in pages] == ["nul", "surrogate", "\ud83d", "../../etc/passwd", "1.5", "p-6", "good"]
    assert (pages[0].text, pages[1].text, pages[1].title) == ("خبر\0قصير", "خبر\ud800", "\udfff")
    assert (pages[4].published, pages[4].meta) == ("20230920", {"n": None, "m": [None]})
    with jsonl_writer(tmp_path / "o.jsonl") as writer:
        for page in pages:
            writer.write(page)
    assert list(read_records(tmp_path / "o.jsonl")) == pages


def test_the_longest_lines(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    with path.open("w") as file:
        file.write('{"id": "long", "text": "' + "x" * 100_000_000 + '"}\n' + '{"id": "page", "text": "')
        file.write("x " * 5_000_001 + '"}\n' + '{"id": "good", "text": "x"}\n')
    pages = read(path)
    assert [(page.id, page.text) for page in pages] == [("p-1", ""), ("page", ""), ("good", "x")]
    assert pages[0].error == f"{path}, line 1: longer than 67108864 characters"
    assert pages[1].error == "the page has 10000002 characters, more than 10000000; split it"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", []),
        (b"id,text\n", []),
        (b"id,text\r1,x\r2,y\r", [("1", "x", None), ("2", "y", None)]),
        (b"id,text\n\n1,x\n\n", [("1", "x", None)]),
        (b"id,text\n1\n", [("1", "", "{p}, row 1 (line 2): 'text' is empty, expected text")]),
        (b"id,text\n1,x\0y\n", [("1", "x\0y", None)]),
        (
            b"id,text,text\n1,x,y\n",
            [("p", "", "{p}, line 1: the column 'text' stands twice; give each column a name of its own")],
        ),
        (b'id,te"xt\n1,x\n', [("1", "", "{p}, row 1 (line 2): no column 'text', found 'id', 'te\"xt'; "
                               "name the right one with --column text=NAME")]),
        (b'"id,text\n1,x\n', [("p", "", "{p}, line 1: not CSV (unexpected end of data); "
                               "reading goes on with line 2")]),
        (b"i\xff,text\n1,x\n", [("p", "", "{p}, line 1: not UTF-8; save the file as UTF-8")]),
    ],
)  # fmt: skip
def test_odd_tables(tmp_path: Path, content: bytes, found: list[tuple[str, str, str | None]]) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(content)
    pages = [(page.id, page.text, page.error) for page in read(path)]
    assert pages == [(name, text, error and error.replace("{p}", str(path))) for name, text, error in found]


def test_surplus_cells_are_kept(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,text\n1,x,y,z\n")
    assert read(tmp_path) == [Page("1", "x", meta={"": ["y", "z"]})]


def test_odd_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2], "text": [b"x", None], "m": [[{"k": [1]}], None]}), tmp_path / "a.parquet")
    days = pa.array([0, 2**40], pa.timestamp("s"))
    pq.write_table(pa.table({"text": ["x", "y"], "published": days}), tmp_path / "b.parquet")
    twice = pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["text", "text"])
    pq.write_table(twice, tmp_path / "c.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "d.parquet").write_bytes(whole[:-20])
    (tmp_path / "e.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    (tmp_path / "f.parquet").write_bytes(b"")
    pages = read(tmp_path)
    assert [page.id for page in pages] == ["1", "2", "b-1", "b-2", "c", "d", "e", "f"]
    assert pages[0].error == f"{tmp_path}/a.parquet, row 1: 'text' is bytes, expected text"
    assert pages[1].error == f"{tmp_path}/a.parquet, row 2: 'text' is empty, expected text"
    assert (pages[2].published, pages[2].error) == ("1970-01-01 00:00:00", None)
    assert str(pages[3].error).startswith(f"{tmp_path}/b.parquet, row 2: ")
    assert pages[4].error == (
        f"{tmp_path}/c.parquet: the column 'text' stands twice; give each column a name of its own"
    )
    for page in pages[5:]:
        assert str(page.error).startswith(f"{tmp_path}/{page.id}.parquet: not a Parquet file that can be read (")
        assert "\n" not in str(page.error)


def test_a_folder_is_walked_in_the_order_of_its_paths(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("b/2.txt", "b.txt", "a/3.txt", "a/b/1.txt", "c.md", "d.txt/4.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    pages = read(tmp_path)
    assert [page.id for page in pages] == ["3", "1", "2", "b", "broken", "4"]
    assert pages[4].error == (f"{tmp_path}/broken.txt: cannot be read (No such file or directory); check the file")
    assert f"{tmp_path}: 2 files are not pages and were left out (1 × .md, 1 × .txt)" in caplog.text


def test_globs_walk_folders_and_name_what_they_leave_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("p/b/2.txt", "p/a.txt", "p/c.doc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [page.id for page in read(f"{tmp_path}/p/*")] == ["a", "2"]
    assert f"{tmp_path}/p/*: 1 files are not pages and were left out (1 × .doc)" in caplog.text
    assert [page.id for page in read(f"{tmp_path}/**")] == ["a", "2"]
    (tmp_path / "p" / "[a].txt").write_text("x")
    assert [page.id for page in read(f"{tmp_path}/p/[a].txt")] == ["[a]"]


def test_a_folder_that_cannot_be_read_keeps_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/1.txt", "b/2.txt", "c/3.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "b":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    pages = read(tmp_path)
    assert [page.id for page in pages] == ["1", "b", "3"]
    assert pages[1].error is not None


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.txt"
    with open(path, "w") as file:  # noqa: PTH123
        file.write("خبر")
    (page,) = read(tmp_path)
    assert (page.id, page.text) == ("\udcff\udcfe", "خبر")
    with jsonl_writer(tmp_path / "o.jsonl") as writer:
        writer.write(page)
    assert list(read_records(tmp_path / "o.jsonl")) == [page]


def test_a_file_that_goes_away_is_an_error_of_its_page(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.jsonl").write_text("{}")
    files = find_files([tmp_path])
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.jsonl").unlink()
    from khabar.reading import read_files

    assert [page.error for page in read_files(files, Columns())] == [
        f"{tmp_path}/{name}: cannot be read (No such file or directory); check the file"
        for name in ("a.txt", "b.jsonl")
    ]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_strict_stops_at_the_first_page_with_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], workers: str
) -> None:
    (tmp_path / "p.jsonl").write_text(f"{GOOD}\n[1]\n[2]\n", "utf-8")
    assert run_command("label", [str(tmp_path / "p.jsonl"), "--strict", "--workers", workers]) == 2
    output = capsys.readouterr()
    assert [json.loads(line)["id"] for line in output.out.splitlines()] == ["good"]
    assert output.err.splitlines()[-1] == (
        f"error: page p-2: {tmp_path}/p.jsonl, line 2: a list, expected an object with 'text' "
        "(--strict: stopped at the first page with an error)"
    )


def test_strict_stops_tagging_too(tmp_path: Path, tiny_tagger_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.jsonl").write_text(f"{GOOD}\n[1]\n", "utf-8")
    call = [str(tmp_path / "p.jsonl"), "--model", str(tiny_tagger_folder), "--dtype", "fp32", "--fields", "id"]
    assert run_command("infer", call) == 3
    assert capsys.readouterr().out == '{"id": "good"}\n{"id": "p-2"}\n'
    assert run_command("infer", [*call, "--strict"]) == 2
    output = capsys.readouterr()
    assert output.out == '{"id": "good"}\n'
    assert "(--strict: stopped at the first page with an error)" in output.err


def test_standard_input_is_read_as_it_comes(run: Callable[..., object], tmp_path: Path) -> None:
    code = "import sys; from khabar.reading import read_pages; print([p.id for p in read_pages(['-'])])"
    result = run("-c", code, stdin=f"{GOOD}\n{{}}\n".encode("utf-16"))
    assert result.stdout.decode() == "['good', 'standard input-2']\n"  # type: ignore[attr-defined]
    assert result.stderr.decode() == "standard input: read as UTF-16, not UTF-8\n"  # type: ignore[attr-defined]
