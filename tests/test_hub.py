"""Putting a model folder on the Hub, against a stand-in of its API on this machine."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
from huggingface_hub import HfApi

from khabar.hub import check_id, push
from khabar.pages import KhabarError


class StandIn(ThreadingHTTPServer):
    """What the Hub answers when a repository is made and one commit is sent; ``files`` is what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.refuses = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hub = cast(StandIn, self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if hub.refuses:
            return self.answer(403, {"error": "You don't have the rights to create a model under this namespace"})
        if self.headers.get("Authorization") != "Bearer hf_test":
            return self.answer(401, {"error": "Invalid credentials in Authorization header"})
        if self.path == "/api/repos/create":
            hub.asked.append(("create", json.loads(body)))
            return self.answer(200, {"url": f"{hub.address}/me/tiny", "name": "me/tiny"})
        if self.path == "/api/validate-yaml":
            return self.answer(200, {"errors": [], "warnings": []})
        if self.path == "/api/models/me/tiny/preupload/main":
            paths = [file["path"] for file in json.loads(body)["files"]]
            files = [{"path": path, "uploadMode": "regular", "shouldIgnore": False} for path in paths]
            return self.answer(200, {"files": files})
        if self.path == "/api/models/me/tiny/commit/main":
            for line in body.splitlines():
                part = json.loads(line)
                if part["key"] == "file":
                    hub.files[part["value"]["path"]] = base64.b64decode(part["value"]["content"])
                else:
                    hub.asked.append((part["key"], part["value"]))
            commit = {"commitUrl": f"{hub.address}/me/tiny/commit/{'0' * 40}", "commitOid": "0" * 40}
            return self.answer(200, commit | {"pullRequestUrl": None})
        return self.answer(404, {"error": f"not expected: {self.path}"})

    def answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""


@pytest.fixture
def hub() -> Iterator[StandIn]:
    with StandIn() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def folder(tiny_tagger_folder: Path, tmp_path: Path) -> Path:
    for path in tiny_tagger_folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "README.md").write_text("---\nlanguage: ar\n---\n# tiny\n", "utf-8")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/events.json").write_text("{}")
    (tmp_path / ".checkpoints").mkdir()
    (tmp_path / ".checkpoints/model.safetensors").write_bytes(b"")
    (tmp_path / "weights.bin").write_bytes(b"pickle")
    return tmp_path


def test_a_folder_is_pushed_whole_and_nothing_else(hub: StandIn, folder: Path) -> None:
    address = push(folder, "me/tiny", api=HfApi(endpoint=hub.address, token="hf_test"))
    assert address == f"{hub.address}/me/tiny"
    named = {"README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert set(hub.files) == named
    assert all(hub.files[name] == (folder / name).read_bytes() for name in named)
    assert hub.asked[0] == (
        "create", {"name": "tiny", "organization": "me", "visibility": "private", "type": "model"}
    )  # fmt: skip
    assert [what for what, _ in hub.asked] == ["create", "header"]


def test_a_refusal_is_one_line_with_the_way_out(hub: StandIn, folder: Path) -> None:
    hub.refuses = True
    with pytest.raises(KhabarError, match="--push-to-hub me/tiny: the Hub did not take it") as raised:
        push(folder, "me/tiny", api=HfApi(endpoint=hub.address, token="hf_test"))
    assert "\n" not in str(raised.value)
    assert f"the model is in {folder}" in str(raised.value)


@pytest.mark.parametrize("name", ["tiny", "me/you/tiny", "me/ti ny", "../tiny"])
def test_what_is_no_id_is_told_before_training(name: str) -> None:
    with pytest.raises(KhabarError, match="--push-to-hub"):
        check_id(name)
