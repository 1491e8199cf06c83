"""``khabar export`` and ``khabar correct`` as a user runs them, and what training makes of the corrections."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pyarrow.parquet
import pytest

from khabar.annotated import parse_annotated
from khabar.cli import run_command
from khabar.conll import read_conll
from khabar.exporting import FORMS
from khabar.pages import Page
from khabar.tables.columns import SPANS
from khabar.writing import json_line
from tests.conftest import ANNOTATED, PAGE

Run = Callable[..., CompletedProcess[bytes]]


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """Two tagged pages, and one that carries an error between them."""
    pages = [
        parse_annotated(ANNOTATED, page_id="a/1"),
        Page("b", "", error="empty"),
        parse_annotated("B|نص", page_id="c"),
    ]
    path = tmp_path / "tagged.jsonl"
    path.write_text("".join(json_line(page.to_dict()) for page in pages), "utf-8")
    return path


OUTPUTS = {"conll": "o.conll", "label-studio": "o.json", "doccano": "o.jsonl", "annotated": "o"}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_and_says_what(form: str, tagged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tagged.parent / "out" / OUTPUTS.get(form, f"{form}.csv")
    assert run_command("export", [str(tagged), "--as", form, "-o", str(output)]) == 0
    counts = {"spans": 9, "paragraphs": 7, "events": 3}
    told = capsys.readouterr().err
    assert told == (
        f"wrote {output}: {counts.get(form, 2)} {FORMS[form].unit} of 3 pages; 1 page with an error left out\n"
    )
    beside = {"label-studio": {"o.xml"}, "doccano": {"o.labels.json"}}.get(form, set())
    assert {path.name for path in output.parent.iterdir()} == {output.name} | beside


@pytest.mark.parametrize("form", OUTPUTS)
def test_what_comes_back_untouched_is_the_same(form: str, tagged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output, back = tagged.parent / OUTPUTS[form], tagged.parent / "back.jsonl"
    run_command("export", [str(tagged), "--as", form, "-o", str(output)])
    if form == "label-studio":
        tasks = json.loads(output.read_text("utf-8"))
        output.write_text(json.dumps([task | {"annotations": task["predictions"]} for task in tasks]))
    assert run_command("correct", [str(tagged), str(output), "-o", str(back)]) == 0
    assert capsys.readouterr().out == (
        "2 pages corrected, 0 of them changed; "
        "spans: 9 kept, 0 added, 0 removed, 0 relabelled, 0 moved; 0 paragraphs reclassified\n"
    )
    lines = tagged.read_text("utf-8").splitlines()
    assert back.read_text("utf-8").splitlines() == [lines[0], lines[2]]


def test_corrected_pages_become_annotated_pages(tagged: Path, run: Run) -> None:
    folder = tagged.parent
    exported = run("-m", "khabar", "export", tagged, "--as", "annotated", "-o", folder / "to-correct")
    assert exported.returncode == 0, exported.stderr.decode()
    file = folder / "to-correct" / "a_1.txt"
    text = file.read_text("utf-8")
    text = (
        text.replace("<T>أمس</T>", "أمس")
        .replace("B|اقرأ", "R|اقرأ")
        .replace("أن <C>12 جنديا</C>", "أن <C>12</C> جنديا")
    )
    file.write_text(text.replace("<L>الخرطوم", "<L><T>الخرطوم"), "utf-8")
    call = ("-m", "khabar", "correct", tagged, folder / "to-correct", "--changed", "-o", folder / "corrected")
    result = run(*call)
    assert result.returncode == 3
    assert result.stderr.decode().splitlines() == [
        f"{file}: line 2: <T> is out of place; spans never nest and close in order",
        "1 refused, see above; put them right there and run this again",
        f"wrote {folder / 'corrected'}: 0 pages",
    ]
    file.write_text(text, "utf-8")
    (folder / "corrected").rmdir()
    result = run(*call)
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout.decode() == (
        "2 pages corrected, 1 of them changed; "
        "spans: 7 kept, 0 added, 1 removed, 0 relabelled, 1 moved; 1 paragraphs reclassified\n"
    )
    assert [path.name for path in (folder / "corrected").iterdir()] == ["a_1.txt"]
    assert (folder / "corrected" / "a_1.txt").read_text("utf-8") == text


@pytest.mark.parametrize("command", [["export", "--as", "doccano"], ["view"], ["correct", "x.conll"], ["infer"]])
def test_what_is_read_is_not_written_over(command: list[str], tagged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tagged.read_bytes()
    name, *rest = command
    assert run_command(name, [str(tagged), *rest, "-o", str(tagged)]) == 2
    assert capsys.readouterr().err == f"error: -o {tagged}: is what is read, and would be replaced; choose another -o\n"
    assert tagged.read_bytes() == before


def test_two_pages_of_one_name_stop_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [parse_annotated(f"R|نص {name}", page_id=name) for name in ("a/1", "a?1", "b")]
    tagged, examples = tmp_path / "tagged.jsonl", tmp_path / "examples.jsonl"
    tagged.write_text("".join(json_line(page.to_dict()) for page in pages), "utf-8")
    run_command("export", [str(tagged), "--as", "doccano", "-o", str(examples)])
    capsys.readouterr()
    assert run_command("correct", [str(tagged), str(examples), "-o", str(tmp_path / "new")]) == 3
    refused, _, told = capsys.readouterr().err.splitlines()
    assert refused.startswith(f"{examples}, line 2: page 'a?1': {tmp_path / 'new' / 'a_1.txt'} is there already")
    assert told == f"wrote {tmp_path / 'new'}: 2 pages"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"paragraph": 7}, "a span is of paragraph 7, and there are 6"), ({"value": "x"}, "the value of a span is str")],
)
def test_spans_that_are_none_of_ours_are_told_in_one_line(
    changed: dict[str, object], reason: str, tagged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads(tagged.read_text("utf-8").splitlines()[0])
    record["spans"][0] |= changed
    tagged.write_text(json.dumps(record) + "\n")
    assert run_command("export", [str(tagged), "--as", "doccano", "-o", str(tagged.parent / "o.jsonl")]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert f"line 1: no record of khabar's output (not a record of khabar's output ({reason}" in told


def test_a_pipe_is_written_to_and_stays(tagged: Path, run: Run) -> None:
    result = run("-m", "khabar", "export", tagged, "--as", "spans", "--to", "csv", "-o", "/dev/stdout")
    assert result.returncode == 0, result.stderr.decode()
    rows = list(csv.reader(result.stdout.decode().splitlines()))
    assert rows[0] == [column.name for column in SPANS]
    assert len(rows) == 10


def test_what_is_refused_stops_nothing_else(tagged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tagged.parent / "o.jsonl"
    run_command("export", [str(tagged), "--as", "doccano", "-o", str(output)])
    first, second = map(json.loads, output.read_text("utf-8").splitlines())
    first["label"].append([3, 5, "ACTOR"])
    output.write_text("\n".join(map(json.dumps, [first, second | {"page": "z"}, {"text": "x"}])))
    capsys.readouterr()
    assert run_command("correct", [str(tagged), str(output), "-o", str(tagged.parent / "new")]) == 3
    assert capsys.readouterr().err.splitlines()[:3] == [
        f"{output}, line 3: no example that khabar exported (it has no 'page')",
        f"{output}, line 1: ACTOR «قف» (1 to 3): begins or ends inside a word; spans are whole words",
        f"{output}, line 2: there is no tagged page 'z' with this text; was its text changed?",
    ]
    assert [path.name for path in (tagged.parent / "new").iterdir()] == ["a_1.txt"]


def test_tasks_that_nobody_submitted_are_counted(tagged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tasks = tagged.parent / "tasks.json"
    run_command("export", [str(tagged), "--as", "label-studio", "-o", str(tasks)])
    capsys.readouterr()
    assert run_command("correct", [str(tagged), str(tasks), "-o", str(tagged.parent / "new.jsonl")]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "2 tasks have no annotation that was submitted, and were left out"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["export", "{tagged}"], "error: expected TAGGED.jsonl and -o OUT"),
        (["export", "{tagged}", "-o", "x.doc"], "error: -o x.doc: its ending is none of .csv, .parquet, .xlsx, .conll"),
        (["export", "none.jsonl", "-o", "{folder}/x.csv"], "error: none.jsonl: no such file"),
        (["export", "{tagged}", "--as", "annotated", "-o", "{folder}"], "error: -o {folder}: is there already"),
        (["correct", "{tagged}", "{folder}/no.json", "-o", "{folder}/y"], "error: {folder}/no.json: cannot be read"),
        (["show", "{folder}"], "error: {folder}: a folder; expected JSONL as infer.py"),
        (["show", "/dev/null"], "error: /dev/null: holds no page; expected JSONL as infer.py"),
        (["infer", "/dev/null", "-o", "{folder}/x.jsonl"], "error: /dev/null: no regular file; give files or folders"),
        (["correct", "{tagged}", "README.md", "-o", "{folder}/y"], "error: README.md: expected corrections as .json"),
        (["infer", "seeds", "--fields", "id", "-o", "x.csv"], "error: --fields id: chooses fields of JSONL"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], problem: str, tagged: Path, tiny_tagger_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"tagged": str(tagged), "folder": str(tagged.parent)}
    command, *rest = (argument.format(**names) for argument in arguments)
    rest += ["--model", str(tiny_tagger_folder)] if command == "infer" else []
    assert run_command(command, rest) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("tagging with")]
    assert len(told) == 1
    assert told[0].startswith(problem.format(**names))


def test_infer_writes_the_form_of_the_ending(
    tiny_tagger_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.txt").write_text(PAGE, "utf-8")
    (tmp_path / "q.txt").write_text("")
    model = ["--model", str(tiny_tagger_folder), "--dtype", "fp32"]
    for name in ("o.jsonl", "o.csv", "o.parquet", "o.conll"):
        assert run_command("infer", [f"{tmp_path}/*.txt", *model, "-o", str(tmp_path / name)]) == 3
    record = json.loads((tmp_path / "o.jsonl").read_text("utf-8").splitlines()[0])
    expected = [(span["start"], span["end"], span["label"]) for span in record["spans"]]
    assert expected
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [column.name for column in SPANS]
    assert [(int(row["start"]), int(row["end"]), row["label"]) for row in rows] == expected
    table = pyarrow.parquet.read_table(tmp_path / "o.parquet").to_pylist()
    assert [(row["start"], row["end"], row["label"]) for row in table] == expected
    (document,) = read_conll(tmp_path / "o.conll")
    assert sum(tag.startswith("B-") for sentence in document for tag in sentence.tags) == len(expected)
    assert "wrote" in capsys.readouterr().err


def test_a_page_that_is_weakly_labelled_and_annotated_counts_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from khabar.config import load_config
    from khabar.training_data import load_data

    pages = tmp_path / "pages"
    pages.mkdir()
    for name, text in (("a", PAGE), ("b", "قال الوزير أمس.\n\nوصل  غدا."), ("c", "حلب اليوم.")):
        (pages / f"{name}.txt").write_text(text, "utf-8")
    run_command("label", [str(pages), "-o", str(tmp_path / "weak.jsonl")])
    corrected, held_out = tmp_path / "corrected", tmp_path / "held-out"
    for folder, text in ((corrected, "R|قال الوزير <T>أمس</T>.\nR|وصل غدا.\n"), (held_out, "R|حلب اليوم.\n")):
        folder.mkdir()
        (folder / "any-name.txt").write_text(text, "utf-8")
    config = tmp_path / "c.yaml"
    config.write_text(
        f"encoder: e\noutput: o\ndata:\n  weak: {tmp_path}/weak.jsonl\n"
        f"  annotated: {corrected}\n  validation: {held_out}\n"
    )
    capsys.readouterr()
    data = load_data(load_config(config))
    assert capsys.readouterr().out == "2 weakly labelled pages are annotated too; they count once, as annotated\n"
    assert [(page.page.id, page.page.words is None, page.weight) for page in data.train] == [
        ("a", False, 1.0),
        ("any-name", True, 1.0),
    ]
