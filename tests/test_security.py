"""Nothing that khabar reads is run: models, configurations, page ids. SECURITY.md promises it."""

import ast
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from khabar import KhabarError, Page
from khabar.annotated import file_name, read_annotated, write_annotated
from khabar.cli.page_index import read_index
from khabar.config import load_config
from khabar.exchange.corrections import Problem
from khabar.exchange.incoming import read_corrections
from khabar.model import find_folder, from_encoder, load
from khabar.pages import split_paragraphs
from khabar.weak.sources import load_sources
from tests.conftest import PAGE, ROOT
from tests.test_training import write_config

Run = Callable[..., CompletedProcess[bytes]]
CODE = sorted([*(ROOT / "khabar").rglob("*.py"), *(ROOT / "tools").rglob("*.py"), ROOT / "train.py", ROOT / "infer.py"])

# --- what the code never does


def calls(path: Path) -> list[tuple[str, ast.Call]]:
    """The calls of a file by their dotted names."""
    tree = ast.parse(path.read_text("utf-8"))
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_of_others_is_run(path: Path) -> None:
    for name, call in calls(path):
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert given.get("trust_remote_code", "False") == "False", f"line {call.lineno}"
        if name.startswith("Auto") and name.endswith(".from_pretrained"):
            assert given.get("trust_remote_code") == "False", f"line {call.lineno}: {name} must refuse remote code"
        if name == "torch.load":
            assert given.get("weights_only") == "True", f"line {call.lineno}: a pickle may run code"
        assert given.get("shell", "False") == "False", f"line {call.lineno}"
        assert name not in {
            "eval", "exec", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "pickle.load",
            "pickle.loads", "pickle.Unpickler", "joblib.load", "numpy.load", "np.load", "marshal.loads",
        }, f"line {call.lineno}: {name}"  # fmt: skip


def test_only_a_users_own_sources_are_python_that_is_run() -> None:
    """``--sources mine.py`` is the one place: a program that its user wrote, and named."""
    running = {str(path.relative_to(ROOT)) for path in CODE for name, _ in calls(path) if name.startswith("runpy.")}
    assert running == {"khabar/weak/own.py"}


# --- models


class Malicious:
    """A pickle of it makes a file, by code, wherever it is read carelessly."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
def test_a_malicious_pickle_does_not_run(tiny_encoder: Path, tmp_path: Path, legacy: bool) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))
    marker = tmp_path / "was-run"
    weights = torch.load(folder / "pytorch_model.bin", weights_only=True) | {"bert.evil": Malicious(marker)}
    torch.save(weights, folder / "pytorch_model.bin", _use_new_zipfile_serialization=not legacy)
    with pytest.raises(KhabarError) as raised:
        from_encoder(str(folder), dropout=0.0)
    assert str(raised.value) == (
        f"encoder={folder}: its weights are a pickle that holds more than tensors, which could run code; nothing of "
        "it was run; give an encoder with a model.safetensors"
    )
    assert not marker.exists()
    torch.load(folder / "pytorch_model.bin", weights_only=False)
    assert marker.exists(), "the pickle must be one that does harm where it is read carelessly"


def test_a_bare_pickle_does_not_run(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))
    marker = tmp_path / "was-run"
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Malicious(marker)))
    with pytest.raises(KhabarError):
        from_encoder(str(folder), dropout=0.0)
    assert not marker.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"<html>"])
def test_weights_that_are_none_are_one_line(tiny_encoder: Path, tmp_path: Path, content: bytes) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))
    (folder / "pytorch_model.bin").write_bytes(content)
    with pytest.raises(KhabarError) as raised:
        from_encoder(str(folder), dropout=0.0)
    assert str(folder) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_tagger_is_never_loaded_from_a_pickle(tiny_tagger_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_tagger_folder, tmp_path / "tagger"))
    marker = tmp_path / "was-run"
    torch.save({"evil": Malicious(marker)}, folder / "pytorch_model.bin")
    load(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(KhabarError, match=r"model\.safetensors is missing"):
        load(folder)
    assert not marker.exists()


def with_remote_code(folder: Path, marker: Path) -> None:
    """The folder asks for classes of its own, in every way that transformers knows."""
    (folder / "evil.py").write_text(
        f"import os\nos.mkdir({str(marker)!r})\n"
        "from transformers import BertConfig as C, BertForTokenClassification as M, BertTokenizerFast as T\n"
    )
    for name, auto_map in {
        "config.json": {"AutoConfig": "evil.C", "AutoModelForTokenClassification": "evil.M"},
        "tokenizer_config.json": {"AutoTokenizer": ["evil.T", "evil.T"]},
    }.items():
        content = json.loads((folder / name).read_text("utf-8"))
        (folder / name).write_text(json.dumps(content | {"auto_map": auto_map}), "utf-8")


def test_code_in_a_model_folder_does_not_run(tiny_tagger_folder: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    marker = tmp_path / "was-run"
    tagger = Path(shutil.copytree(tiny_tagger_folder, tmp_path / "tagger"))
    with_remote_code(tagger, marker)
    with pytest.raises(KhabarError, match="has 'auto_map', which can name code to run"):
        load(tagger)
    encoder = Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))
    with_remote_code(encoder, marker)
    model, _ = from_encoder(str(encoder), dropout=0.0)
    assert type(model.token_classifier).__module__ == "transformers.models.bert.modeling_bert"
    assert not marker.exists()
    config = json.loads((encoder / "config.json").read_text("utf-8"))
    (encoder / "config.json").write_text(json.dumps(config | {"model_type": "evil"}), "utf-8")
    with pytest.raises(KhabarError, match="no encoder that can be loaded"):
        from_encoder(str(encoder), dropout=0.0)
    assert not marker.exists()


@pytest.mark.parametrize("key", ["attn_implementation", "_attn_implementation", "quantization_config"])
def test_kernels_that_a_folder_names_are_not_fetched(tiny_tagger_folder: Path, tmp_path: Path, key: str) -> None:
    folder = Path(shutil.copytree(tiny_tagger_folder, tmp_path / "tagger"))
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {key: "someone/kernel"}), "utf-8")
    with pytest.raises(KhabarError, match=f"config.json has '{key}', which can name code to run"):
        load(folder)


def test_an_encoders_kernels_are_not_fetched(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"attn_implementation": "someone/kernel"}), "utf-8")
    model, _ = from_encoder(str(folder), dropout=0.0)
    assert model.token_classifier.config._attn_implementation in ("sdpa", "eager")


def test_from_the_hub_only_data_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def fetch(name: str, **options: Any) -> str:
        asked.update(options, name=name)
        return str(tmp_path)

    monkeypatch.setattr("khabar.model.snapshot_download", fetch)
    assert find_folder("someone/tagger") == tmp_path
    assert asked == {"name": "someone/tagger", "allow_patterns": ["*.json", "*.safetensors", "*.md"]}


#: Ends the process with this code where anything asks for a name or a connection.
NO_NETWORK = """
import os, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        print("asked for the network:", event, arguments, file=sys.stderr, flush=True)
        os._exit(9)
sys.addaudithook(refuse)
from khabar.cli import run_command
"""


def test_nothing_asks_for_the_network(tiny_encoder: Path, tiny_tagger_folder: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    config = write_config(tmp_path, tiny_encoder, max_steps=1)
    commands = [
        ("label", [str(tmp_path / "page.txt"), "-o", str(tmp_path / "weak.jsonl")]),
        ("train", ["--config", str(config)]),
        ("infer", [str(tmp_path / "page.txt"), "--model", str(tiny_tagger_folder), "-o", str(tmp_path / "out.jsonl")]),
    ]
    result = run("-c", f"{NO_NETWORK}\nfor name, given in {commands!r}: assert run_command(name, given) == 0, name")
    assert result.returncode == 0, result.stderr.decode()
    assert (tmp_path / "out.jsonl").stat().st_size > 0
    seen = run("-c", f"{NO_NETWORK}\nimport socket; socket.getaddrinfo('localhost', 80)")
    assert seen.returncode == 9, "the hook must see who asks"


# --- configurations


def harmful_yaml(marker: Path) -> list[str]:
    return [
        f"!!python/object/apply:os.mkdir [{marker}]",
        f"!!python/object/new:os.mkdir [{marker}]",
        f'!!python/object/apply:subprocess.check_output [["mkdir", "{marker}"]]',
        "!!python/name:os.system",
        "!!python/module:os",
    ]


@pytest.mark.parametrize("number", range(5))
def test_a_configuration_cannot_execute(tmp_path: Path, number: int) -> None:
    marker = tmp_path / "was-run"
    harm = harmful_yaml(marker)[number]
    path = tmp_path / "config.yaml"
    path.write_text(f"encoder: x\noutput: y\ndata: {{}}\nseed: {harm}\n")
    with pytest.raises(KhabarError, match=r"config\.yaml: not YAML \(could not determine a constructor"):
        load_config(path)
    path.write_text("encoder: x\noutput: y\ndata: {}\n")
    with pytest.raises(KhabarError, match="the value is not YAML"):
        load_config(path, [f"seed={harm}"])
    (tmp_path / "sources.yaml").write_text(f"mine: {harm}\n")
    with pytest.raises(KhabarError, match=r"not YAML in UTF-8 \(could not determine a constructor"):
        load_sources(tmp_path / "sources.yaml")
    assert not marker.exists()


def test_nesting_without_end_is_one_line(tmp_path: Path) -> None:
    """What parsers give up on in a RecursionError: YAML here, JSON in the other files that a user gives."""
    deep = "[" * 5000
    path = tmp_path / "deep.yaml"
    path.write_text(deep)
    with pytest.raises(KhabarError, match=r"deep\.yaml: not YAML \(maximum recursion depth"):
        load_config(path)
    with pytest.raises(KhabarError, match=r"not YAML in UTF-8 \(maximum recursion depth"):
        load_sources(path)
    path.write_text("encoder: x\noutput: y\ndata: {}\n")
    with pytest.raises(KhabarError, match="the value is not YAML"):
        load_config(path, [f"seed={deep}"])
    index = tmp_path / "index.json"
    index.write_text("[" * 100_000)
    with pytest.raises(KhabarError, match=r"not JSON in UTF-8 \(maximum recursion depth"):
        read_index(index)
    (problem,) = read_corrections([index])
    assert isinstance(problem, Problem)
    assert "not JSON (maximum recursion depth" in problem.reason


def test_a_harmful_configuration_is_one_line(tmp_path: Path, run: Run) -> None:
    marker = tmp_path / "was-run"
    (tmp_path / "config.yaml").write_text(harmful_yaml(marker)[0])
    result = run("train.py", "--config", tmp_path / "config.yaml")
    assert result.returncode == 2
    (line,) = result.stderr.decode().splitlines()
    assert line.startswith("error: ")
    assert not marker.exists()


# --- page ids

HOSTILE_IDS = [
    "../../x",
    "..",
    ".",
    "",
    "/etc/passwd",
    "~/x",
    "a/../../b",
    "..\\..\\windows",
    "C:\\x",
    "C:x",
    "x\0.py",
    "\0",
    "x\n../y",
    "ا" * 5_000,
    "../" * 2_000 + "x",
    "CON",
    "nul.txt",
    "Com1.tar.gz",
    "lpt9",
    "x:stream",
    ".bashrc",
    "-rf",
    "x ",
    "x.",
    "\ud800",
    "\u202egpj.txt",
    "http://example.org/?a=1&b=%2e%2e%2f",
    "$(touch x)`touch y`;|&*?<>\"'",
]


def safe(name: str) -> bool:
    """Whether a name is one component in any folder of Linux, macOS and Windows."""
    stem = name.removesuffix(".txt").partition(".")[0]
    return (
        name.endswith(".txt")
        and len(name.encode("utf-8")) <= 255
        and not set(name) & set('/\\:*?"<>|\0\n\r~$`;&')
        and all(character.isprintable() for character in name)
        and not name.startswith(".")
        and stem.lower()
        not in {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
    )


@given(st.text(max_size=60) | st.text(alphabet="./\\:\0~ A-cCoOnN1", max_size=12) | st.sampled_from(HOSTILE_IDS))
def test_any_id_names_a_file_in_the_folder_and_no_path(page_id: str) -> None:
    assert safe(file_name(page_id))


def test_two_long_ids_name_two_files() -> None:
    one, other = (f"https://example.org/{'a' * 500}/{n}" for n in "12")
    assert file_name(one) != file_name(other)
    assert file_name("seed-0") == "seed-0.txt"
    assert file_name("صفحة ١") == "صفحة_١.txt"
    assert file_name("nul") == "page_nul.txt"


def test_hostile_ids_write_nothing_outside(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "out"
    text = "زار محمد حلب"
    for number, page_id in enumerate(HOSTILE_IDS):
        page = Page(page_id, f"{text} {number}", paragraphs=split_paragraphs(f"{text} {number}"))
        inside = folder / str(number)
        write_annotated([page], inside)
        (written,) = inside.iterdir()
        assert written.name == file_name(page_id)
        (again,) = read_annotated(inside)
        assert again.text == page.text
    files = [path for path in tmp_path.rglob("*") if not path.is_dir()]
    assert len(files) == len(HOSTILE_IDS)
    assert all(path.parent.parent == folder for path in files)


def test_a_link_in_the_folder_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "p.txt").symlink_to(target)
    with pytest.raises(KhabarError, match="is there already"):
        write_annotated([Page("p", "نص", paragraphs=split_paragraphs("نص"))], tmp_path / "out")
    assert not target.exists()
