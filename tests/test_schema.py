"""The documented keys, against what is really read and written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from khabar.labels import SPAN_LABELS
from khabar.pages import Page
from khabar.reading import Columns, page_of_record
from khabar.tagging import Tagger
from khabar.values import span_value
from khabar.weak.labelling import Labeller
from khabar.weak.majority import MajorityVote
from khabar.weak.sources import load_sources
from khabar.writing import json_line
from tests.conftest import PAGE, ROOT

FOLDER = ROOT / "khabar" / "schema"
NAMES = ("input", "output", "weak")


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return loaded


def written(page: Page) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(json_line(page.to_dict()))
    return record


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_schemas_of_a_version(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema(name)["$id"] == f"urn:khabar:schema:{name}:1"


def keys_of(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part.get("properties", {})
        for inner in part.values():
            yield from keys_of(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from keys_of(inner)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_documented(name: str) -> None:
    documentation = (ROOT / "docs" / "formats.md").read_text("utf-8")
    missing = {key for key in keys_of(schema(name)) if f"`{key}`" not in documentation}
    assert missing - {"probabilities", "sources"} == set()
    assert "`paragraphs[].probabilities`" in documentation
    assert "`spans[].sources`" in documentation


def test_what_infer_writes(tiny_tagger: Tagger) -> None:
    validator = Draft202012Validator(schema("output"))
    pages = [
        Page("1", PAGE, title="عنوان", published="2024-10-02", meta={"desk": [1, None]}),
        Page("2", "", error="the page is empty"),
        Page("3", "خبر\ud800\0 قصير\u202e"),
    ]
    for page in tiny_tagger.tag_pages(pages):
        record = written(page)
        validator.validate(record)
        assert list(record) == list(schema("output")["properties"])


def test_what_label_writes() -> None:
    validator = Draft202012Validator(schema("weak"))
    labeller = Labeller(MajorityVote(load_sources()))
    for page in (Page("1", PAGE), Page("2", "x", error="broken"), Page("3", "...")):
        record = written(labeller.label(page))
        validator.validate(record)
        assert set(record) <= set(schema("weak")["properties"])
    lines = (ROOT / "data" / "weak" / "seeds.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 5
    for line in lines:
        validator.validate(json.loads(line))


def test_every_value_that_is_read() -> None:
    whole = schema("output")
    validator = Draft202012Validator({"$defs": whole["$defs"], "$ref": "#/$defs/span"})
    texts = {
        case["text"]
        for path in sorted(Path(ROOT, "tests", "values").glob("*.jsonl"))
        for case in map(json.loads, path.read_text("utf-8").splitlines())
        if case.get("text")
    }
    assert len(texts) > 400
    read = 0
    for text in sorted(texts):
        for label in SPAN_LABELS:
            value = json.loads(json.dumps(span_value(label, text, "2024-10-02"), allow_nan=False))
            read += value is not None
            span = {"start": 0, "end": len(text), "label": label, "text": text, "score": None, "paragraph": 0}
            validator.validate(span | {"value": value})
    assert read > 1000


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"id": 1},
        {"error": 1},
        {"paragraphs": [{"start": 0, "end": 3, "label": "teaser", "score": 1}]},
        {"paragraphs": [{"start": -1, "end": 3, "label": "report", "score": 1}]},
        {"spans": [{"start": 0, "end": 3, "label": "TIME", "text": "أمس", "score": 2, "paragraph": 0, "value": None}]},
        {"spans": [{"start": 0, "end": 3, "label": "TIME", "text": "أمس", "score": 1, "paragraph": 0,
                    "value": {"number": 1, "relation": "=", "unit": None}}]},
        {"error": "x", "paragraphs": [{"start": 0, "end": 3, "label": "report", "score": 1}]},
    ],
)  # fmt: skip
def test_what_is_no_output_is_refused(change: dict[str, Any]) -> None:
    record = written(Page("1", "أمس")) | change
    with pytest.raises(ValidationError):
        Draft202012Validator(schema("output")).validate(record)


@pytest.mark.parametrize(
    ("record", "right"),
    [
        ({"text": "خبر"}, True),
        ({"id": 7, "text": "خبر", "published": 20230920, "title": None, "desk": {"k": [1]}, "meta": "x"}, True),
        ({"id": 7}, False),
        ({"text": 1}, False),
        ({"text": "x", "id": ["x"]}, False),
        ({"text": "x", "id": True}, False),
        ({"text": "x", "title": {}}, False),
    ],
)
def test_the_schema_of_the_input_says_what_the_reader_takes(record: dict[str, Any], right: bool) -> None:
    assert Draft202012Validator(schema("input")).is_valid(record) == right
    page = page_of_record(record, Columns(), page_id="p", place="p")
    assert (page.error is None) == right
