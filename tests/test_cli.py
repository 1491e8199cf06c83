"""The command line, in processes of its own, on good pages and bad ones."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from khabar.annotated import parse_annotated
from tests.conftest import ANNOTATED, PAGE, ROOT

Run = Callable[..., CompletedProcess[bytes]]
KEYS = ["id", "text", "title", "published", "url", "paragraphs", "spans", "meta", "error"]


@pytest.fixture(scope="module")
def tagged(
    tiny_tagger_folder: Path, tmp_path_factory: pytest.TempPathFactory, run: Run
) -> tuple[Path, CompletedProcess[bytes]]:
    """One run of infer.py over all kinds of bad input."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "1-good.txt").write_text(PAGE, "utf-8")
    (folder / "2-empty.txt").write_text("")
    (folder / "3-newlines.txt").write_text("\n\r\n\n")
    (folder / "4-marks.txt").write_text("...!\n؟ -- «»", "utf-8")
    (folder / "5-long.txt").write_text("قال محمد في الخرطوم أمس. " * 42000, "utf-8")
    (folder / "6-broken.txt").write_bytes(b"\xd8\xff\xfe broken")
    lines = [
        {"id": "7-twin", "text": "محمد أمس"},
        {"id": "7-twin", "text": "في الخرطوم"},
        {"id": "8-textless", "body": "x"},
    ]
    (folder / "7.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    out = folder.parent / "out.jsonl"
    return out, run("infer.py", folder, "--model", tiny_tagger_folder, "-o", out, "--dtype", "fp32")


def test_bad_pages_keep_their_place_and_the_others_are_tagged(tagged: tuple[Path, CompletedProcess[bytes]]) -> None:
    out, result = tagged
    assert result.returncode == 3, result.stderr.decode()
    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [record["id"] for record in records] == [
        "1-good", "2-empty", "3-newlines", "4-marks", "5-long", "6-broken", "7-twin", "7-twin", "8-textless",
    ]  # fmt: skip
    assert all(list(record) == KEYS for record in records)
    errors = {record["id"]: record["error"] for record in records if record["error"]}
    assert errors["2-empty"] == errors["3-newlines"] == "the page is empty: no visible character, nothing to tag"
    assert errors["6-broken"].endswith("6-broken.txt: byte 0 is not UTF-8; save the page as UTF-8")
    assert "7.jsonl, line 3: no column 'text', found 'id', 'body'" in errors["8-textless"]
    assert len(errors) == 4
    for record in records:
        assert bool(record["paragraphs"]) == (record["error"] is None)
        for span in record["spans"]:
            assert record["text"][span["start"] : span["end"]] == span["text"]
            paragraph = record["paragraphs"][span["paragraph"]]
            assert paragraph["start"] <= span["start"] < span["end"] <= paragraph["end"]
            assert set(span) == {"start", "end", "label", "text", "score", "paragraph", "value"}
    long = records[4]
    assert len(long["text"]) > 1_000_000
    assert [(p["start"], p["end"]) for p in long["paragraphs"]] == [(0, len(long["text"]) - 1)]


def test_every_fault_is_one_line_and_no_traceback(tagged: tuple[Path, CompletedProcess[bytes]]) -> None:
    _, result = tagged
    lines = result.stderr.decode().replace("\r", "\n").splitlines()
    assert not [line for line in lines if "Traceback" in line]
    assert len([line for line in lines if line.startswith("page ")]) == 4
    assert len([line for line in lines if "repeat the id" in line]) == 1
    assert lines[-1].endswith("4 pages with an error")


def test_standard_input_to_standard_output(tiny_tagger_folder: Path, run: Run) -> None:
    line = json.dumps({"url": "u", "body": PAGE, "desk": 1}).encode()
    call = ["infer.py", "-", "--model", tiny_tagger_folder, "--column", "text=body", "--fields", "id,spans,meta"]
    result = run(*call, stdin=line)
    assert result.returncode == 0, result.stderr.decode()
    (record,) = map(json.loads, result.stdout.decode().splitlines())
    assert list(record) == ["id", "spans", "meta"]
    assert record["id"] == "standard input-1"
    assert record["meta"] == {"desk": 1}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["none.txt"], "error: none.txt: no such file or folder"),
        (["seeds", "--model", "no/such/folder"], "error: no/such/folder: no such model folder"),
        (["seeds", "--model", "seeds"], "error: seeds: config.json is missing"),
        (["seeds", "--fields", "id,labels"], "error: --fields: labels is not a field"),
        (["seeds", "--column", "text"], "error: column 'text': expected FIELD=NAME"),
        (["seeds", "--device", "abacus"], "error: device 'abacus': expected cpu, cuda"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(
    arguments: list[str], problem: str, tiny_tagger_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from khabar.cli import run_command

    model = [] if "--model" in arguments else ["--model", str(tiny_tagger_folder)]
    assert run_command("infer", [*arguments, *model]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(problem)
    assert errors.count("\n") == 1


@pytest.mark.parametrize("script", ["train.py", "infer.py"])
def test_help_tells_how_to_call(script: str, run: Run) -> None:
    result = run(script, "--help")
    assert result.returncode == 0
    assert f"python {script} " in result.stdout.decode()
    assert all(len(line) <= 120 for line in result.stdout.decode().splitlines())


def test_evaluate_and_show_read_what_infer_writes(tiny_tagger_folder: Path, tmp_path: Path, run: Run) -> None:
    gold = tmp_path / "gold"
    gold.mkdir()
    (gold / "p.txt").write_text(ANNOTATED, "utf-8")
    page = parse_annotated(ANNOTATED, page_id="p")
    page.spans = page.spans[:-1]
    (tmp_path / "p.jsonl").write_text(json.dumps(page.to_dict()) + "\n")
    result = run("-m", "khabar", "evaluate", tmp_path / "p.jsonl", gold, "--json")
    assert result.returncode == 0, result.stderr.decode()
    scores = json.loads(result.stdout)
    assert scores["strict_report"]["all"]["f1"] == 1.0
    assert scores["strict_everywhere"]["all"]["recall"] == 0.8889
    table = run("-m", "khabar", "show", tmp_path / "p.jsonl").stdout.decode()
    assert "p: 3 report paragraphs of 6" in table
    assert "actors  \u2068وزارة الدفاع السودانية\u2069" in table
    assert "الرباط" not in table
    by_model = run("-m", "khabar", "evaluate", tiny_tagger_folder, gold)
    assert by_model.returncode == 0, by_model.stderr.decode()
    assert "all spans" in by_model.stdout.decode()


def test_a_reader_that_goes_away_is_no_fault(tiny_tagger_folder: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    pages = tmp_path / "p.jsonl"
    pages.write_text("".join(json.dumps({"id": n, "text": PAGE}) + "\n" for n in range(400)))
    command = f"{sys.executable} infer.py {pages} --model {tiny_tagger_folder} | head -n 1"
    result = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert result.stdout.count(b"\n") == 1
    assert b"Traceback" not in result.stderr
    assert b"Exception" not in result.stderr
