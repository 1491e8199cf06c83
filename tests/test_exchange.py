"""Out to Label Studio, doccano, annotated pages and CoNLL, corrected there, and back.

The files in ``tests/exchange`` are what Label Studio 1.23.2 exported after three regions were drawn in its page with a
mouse, among emoji and with CRLF, and what doccano 1.8.4 made of its import.
"""

import copy
import dataclasses
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from khabar.annotated import format_annotated, parse_annotated
from khabar.conll import conll_page, page_sentences, parse_conll, write_document
from khabar.exchange import doccano, label_studio
from khabar.exchange.corrections import Corrected, Correction, Extent, Problem, Unseen, correct, visible
from khabar.exchange.incoming import Matching, _of_page, read_corrections
from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS
from khabar.pages import Page, Span, split_paragraphs
from khabar.reading import read_records
from khabar.text import words

FOLDER = Path(__file__).parent / "exchange"


def through_label_studio(page: Page) -> Correction | Problem:
    task = json.loads(json.dumps(label_studio.to_task(page)))
    task |= {"id": 7, "annotations": [{"result": task.pop("predictions")[0]["result"]}]}
    (found,) = label_studio.read_tasks([task], file="f.json")
    return found


def through_doccano(page: Page) -> Correction | Problem:
    line = json.dumps(doccano.to_example(page) | {"id": 1, "Comments": []})
    (found,) = doccano.read_examples([line.encode()], file="f.jsonl")
    return found


def through_annotated(page: Page) -> Correction | Problem:
    return _of_page(parse_annotated(format_annotated(page), page_id=page.id), place="p.txt", file="p.txt")


def through_conll(page: Page) -> Correction | Problem:
    file = io.StringIO()
    write_document(file, page_sentences(page)[0])
    (document,) = parse_conll(io.StringIO(file.getvalue()))
    return _of_page(conll_page(document, page_id=""), place="f.conll")


ROADS = [through_label_studio, through_doccano, through_annotated, through_conll]
TEXTS = st.text(
    "ابتم 12.،()¶<>/\\ALTCRBn\r\n\t\u0640\u064e\u200d\u200f\u202b\u2069\u00a0\u2028\ufeff😀🇸🇾👨", max_size=60
)


def labelled(text: str, generator: random.Random) -> Page:
    """The text with classes and spans of whole words, each with a score and a value that no reader gives."""
    page = Page("p", text, paragraphs=split_paragraphs(text))
    for index, paragraph in enumerate(page.paragraphs):
        paragraph.label, paragraph.score = generator.choice(PARAGRAPH_LABELS), 0.5
        found = words(text, paragraph.start, paragraph.end)
        while found:
            span = found[: generator.randint(1, 3)]
            del found[: len(span)]
            if generator.random() < 0.5:
                start, end, label = span[0].start, span[-1].end, generator.choice(SPAN_LABELS)
                page.spans.append(Span(start, end, label, text[start:end], 0.25, index, {"kept": True}))
    return page


@pytest.mark.parametrize("road", ROADS)
@settings(max_examples=50)
@given(text=TEXTS, seed=st.integers(0, 1000))
@example(text="😀 قتل 12 جنديا\r\n\r\n\u200f\n ¶ نص\u2028نص <A>\\", seed=1)
def test_what_was_not_touched_comes_back_as_it_was(road: Any, text: str, seed: int) -> None:
    page = labelled(text, random.Random(seed))
    correction = road(page)
    if isinstance(correction, Problem):
        assert not visible(text), correction
        return
    corrected = correct(copy.deepcopy(page), correction)
    assert corrected.problems == []
    assert not corrected.changed
    assert corrected.page == page
    assert Matching([correction]).take(page) is correction


@pytest.mark.parametrize("road", ROADS)
@settings(max_examples=25)
@given(text=TEXTS, seeds=st.tuples(st.integers(0, 1000), st.integers(0, 1000)))
def test_what_was_corrected_arrives(road: Any, text: str, seeds: tuple[int, int]) -> None:
    before, after = (labelled(text, random.Random(seed)) for seed in seeds)
    correction = road(after)
    if isinstance(correction, Problem):
        return
    corrected = correct(before, correction)
    assert [(s.start, s.end, s.label) for s in corrected.page.spans] == [(s.start, s.end, s.label) for s in after.spans]
    assert corrected.problems == []
    if road is not through_conll:  # which says nothing of classes
        shown = [i for i, p in enumerate(before.paragraphs) if visible(text[p.start : p.end])]
        assert [corrected.page.paragraphs[i].label for i in shown] == [after.paragraphs[i].label for i in shown]
    changes = corrected.changes
    assert changes["kept"] + changes["removed"] + changes["relabelled"] + changes["moved"] == len(before.spans)
    assert changes["kept"] + changes["added"] + changes["relabelled"] + changes["moved"] == len(after.spans)


@pytest.fixture
def tagged() -> Page:
    (page,) = read_records(FOLDER / "tagged.jsonl")
    return page


def read_one(name: str) -> Correction:
    (found,) = read_corrections([FOLDER / name])
    assert isinstance(found, Correction)
    return found


@pytest.mark.parametrize("name", ["label-studio.json", "label-studio-min.json"])
def test_what_label_studio_exported(name: str, tagged: Page) -> None:
    corrected = correct(tagged, read_one(name))
    assert corrected.problems == []
    assert corrected.changes == {"kept": 6, "added": 3, "paragraphs reclassified": 0}
    added = [(s.start, s.text, s.label, s.paragraph, s.score) for s in corrected.page.spans if s not in tagged.spans]
    assert added == [
        (3, "أعلنت", "LOCATION", 0, None),
        (76, "اليوم", "TIME", 1, None),
        (103, "المصدر", "ACTOR", 2, None),
    ]


def test_what_doccano_exported(tagged: Page) -> None:
    corrected = correct(tagged, read_one("doccano.jsonl"))
    assert corrected.page == tagged
    assert corrected.changes["kept"] == 6


def test_label_studio_takes_the_configuration_and_the_tasks(tagged: Page) -> None:
    interface = pytest.importorskip("label_studio_sdk.label_interface", reason="label-studio-sdk is not installed")
    checked = interface.LabelInterface(label_studio.CONFIGURATION)
    checked.validate()
    task = label_studio.to_task(tagged)
    assert checked.validate_task({"data": task["data"]})
    assert checked.validate_prediction(task["predictions"][0])
    assert not checked.validate_prediction({"result": [task["predictions"][0]["result"][0] | {"from_name": "none"}]})


def test_what_label_studios_converter_makes_of_it_comes_back(tagged: Page, tmp_path: Path) -> None:
    converter = pytest.importorskip("label_studio_sdk.converter", reason="label-studio-sdk is not installed")
    task = label_studio.to_task(tagged)
    annotation = {"id": 1, "completed_by": 1, "result": task["predictions"][0]["result"]}
    (tmp_path / "in.json").write_text(json.dumps([task | {"id": 7, "annotations": [annotation]}]))
    made = converter.Converter(label_studio.CONFIGURATION, project_dir=str(tmp_path))
    made.convert(str(tmp_path / "in.json"), str(tmp_path / "out"), "JSON_MIN", is_dir=False)
    (correction,) = read_corrections([tmp_path / "out" / "result.json"])
    assert isinstance(correction, Correction)
    assert correct(tagged, correction).page == tagged


def test_offsets_of_old_label_studios_are_utf16(tagged: Page) -> None:
    task = label_studio.to_task(tagged)
    regions = task["predictions"][0]["result"]
    for region in regions:
        for edge in ("start", "end"):
            before = tagged.text[: region["value"][edge]]
            region["value"][edge] = len(before.encode("utf-16-le")) // 2
    (correction,) = label_studio.read_tasks([task | {"annotations": [{"result": regions}]}], file="f")
    assert isinstance(correction, Correction)
    assert correct(tagged, correction).page == tagged


def test_the_annotation_changed_last_counts_and_cancelled_ones_do_not(tagged: Page) -> None:
    task = label_studio.to_task(tagged)
    result = task["predictions"][0]["result"]
    annotations = [
        {"result": result[:1], "updated_at": "2024-01-02T00:00:00Z"},
        {"result": result, "updated_at": "2024-01-01T00:00:00Z"},
        {"result": [], "updated_at": "2024-01-03T00:00:00Z", "was_cancelled": True},
    ]
    (correction,) = label_studio.read_tasks([task | {"annotations": annotations}], file="f")
    assert isinstance(correction, Correction)
    assert [extent.label for extent in correction.spans] == ["ACTOR"]
    assert list(label_studio.read_tasks([task, task | {"annotations": []}], file="f")) == [
        Unseen("f, task 1"),
        Unseen("f, task 2"),
    ]


TEXT = "قال محمد علي أمس\nفي حلب ودمشق"


@pytest.fixture
def page() -> Page:
    page = Page("p", TEXT, published="2023-09-20", paragraphs=split_paragraphs(TEXT))
    for paragraph in page.paragraphs:
        paragraph.label, paragraph.score = "report", 0.5
    for text, label, index in (("محمد", "ACTOR", 0), ("أمس", "TIME", 0), ("حلب", "ACTOR", 1), ("ودمشق", "ACTOR", 1)):
        start = TEXT.index(text)
        page.spans.append(Span(start, start + len(text), label, text, 0.5, index, {"timex": "2023-09-19"}))
    return page


def corrected(page: Page, *spans: tuple[str, str], classes: list[Extent] | None = None) -> Corrected:
    extents = [Extent(TEXT.index(text), TEXT.index(text) + len(text), label) for text, label in spans]
    return correct(page, Correction("f, task 7", TEXT, page="p", spans=extents, classes=classes or []))


def test_kept_moved_relabelled_removed_and_added_are_counted(page: Page) -> None:
    result = corrected(page, ("محمد علي", "ACTOR"), ("أمس", "TIME"), ("حلب", "LOCATION"), ("قال", "COUNT"))
    assert result.changes == {
        "kept": 1,
        "moved": 1,
        "relabelled": 1,
        "removed": 1,
        "added": 1,
        "paragraphs reclassified": 0,
    }
    assert [(s.text, s.label, s.score) for s in result.page.spans] == [
        ("قال", "COUNT", None),
        ("محمد علي", "ACTOR", None),
        ("أمس", "TIME", 0.5),
        ("حلب", "LOCATION", None),
    ]
    assert result.page.spans[3].value == {"name": "حلب", "normal": "حلب", "country": "SY", "kind": "city"}


def test_a_reclassified_paragraph_reads_its_values_anew(page: Page) -> None:
    spans = [(s.text, s.label) for s in page.spans]
    result = corrected(page, *spans, classes=[Extent(0, 16, "boilerplate"), Extent(17, 29, "report")])
    assert [(p.label, p.score) for p in result.page.paragraphs] == [("boilerplate", None), ("report", 0.5)]
    assert result.changes["paragraphs reclassified"] == 1
    assert [(s.value or {}).get("timex") for s in result.page.spans] == [None, "P-1D", "2023-09-19", "2023-09-19"]
    assert page.paragraphs[0].label == "report"


def test_weak_labels_become_plain_annotations(page: Page) -> None:
    page.words = [(0, 3, {})]
    page.paragraphs[0].probabilities = {"report": 1.0}
    page.spans[0].sources = ["x"]
    again = correct(page, _of_page(page, place="f")).page
    assert (again.words, again.paragraphs[0].probabilities, again.spans[0].sources) == (None, None, None)


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        (Extent(5, 8, "ACTOR"), "ACTOR «حمد» (5 to 8): begins or ends inside a word; spans are whole words"),
        (Extent(4, 12, "ACTOR"), "ACTOR «محمد» (4 to 8): overlaps ACTOR «محمد علي»; spans never nest or overlap"),
        (Extent(13, 19, "TIME"), "TIME «أمس في» (13 to 19): reaches over the end of a paragraph"),
        (Extent(9, 12, "PERSON"), "PERSON «علي» (9 to 12): the label is none of ACTOR, LOCATION, TIME, COUNT"),
        (Extent(8, 9, "ACTOR"), "ACTOR 8 to 9 holds no visible character"),
        (Extent(28, 90, "ACTOR"), "ACTOR 28 to 90 lies outside a text of 29 characters"),
    ],
)
def test_a_span_that_breaks_a_rule_is_refused_and_the_others_go_on(span: Extent, reason: str, page: Page) -> None:
    spans = [Extent(s.start, s.end, s.label) for s in page.spans]
    if span.start == 13:
        spans.pop(1)
    result = correct(page, Correction("f, task 7", TEXT, page="p", spans=[*spans, span]))
    assert result.problems == [Problem("f, task 7", reason)]
    assert len(result.page.spans) == len(spans)


def test_all_spans_of_a_long_page_are_compared() -> None:
    text = "حلب " * 6000
    extents = [Extent(start, start + 3, "ACTOR") for start in range(0, len(text), 4)]
    page = Page("p", text, paragraphs=split_paragraphs(text), spans=[Span(*extent, text="حلب") for extent in extents])
    relabelled = [Extent(start, end, "COUNT") for start, end, _ in extents[:2000]]
    moved = [Extent(start, end + 4, label) for start, end, label in extents[2000:4000:2]]
    result = correct(page, Correction("f", text, spans=[*relabelled, *moved, *extents[4000:]]))
    assert result.problems == []
    assert result.changes == {
        "kept": 2000,
        "relabelled": 2000,
        "moved": 1000,
        "removed": 1000,
        "paragraphs reclassified": 0,
    }


def test_white_space_at_a_spans_edges_is_no_fault(page: Page) -> None:
    result = correct(page, Correction("f", TEXT, spans=[Extent(3, 9, "ACTOR")]))
    assert (result.changes["kept"], result.problems) == (1, [])


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("x", "no task that khabar exported (it is built otherwise)"),
        ({"data": {"text": "x"}, "annotations": []}, "no task that khabar exported (it has no 'page')"),
        ({"data": {"text": 1, "page": "p"}, "annotations": [{"result": []}]}, "'page' and 'text' must be text"),
    ],
)
def test_a_foreign_task_is_refused_by_its_place(task: Any, reason: str) -> None:
    (found,) = label_studio.read_tasks([task], file="f.json")
    assert isinstance(found, Problem)
    assert found.place == "f.json, task 1"
    assert reason in found.reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (
            {"start": 4, "end": 8, "labels": ["ACTOR"], "text": "علي"},
            "the region 4 to 8 says 'علي', but there stands 'محمد'",
        ),
        ({"start": 4, "end": 8, "labels": []}, "the region 4 to 8 has 0 labels, expected one"),
        ({"start": 4, "labels": ["ACTOR"]}, "a region without start, end and labels"),
    ],
)
def test_a_region_that_says_two_things_is_refused(value: dict[str, Any], reason: str) -> None:
    annotation = {"result": [{"from_name": "spans", "type": "labels", "value": value}]}
    (found,) = label_studio.read_tasks([{"data": {"text": TEXT, "page": "p"}, "annotations": [annotation]}], file="f")
    assert isinstance(found, Correction)
    assert [problem[: len(reason)] for problem in found.problems] == [reason]


def test_doccanos_pilcrows_carry_the_classes(page: Page) -> None:
    example_ = doccano.to_example(page)
    assert example_["text"] == "¶ قال محمد علي أمس\n¶ في حلب ودمشق"
    assert example_["label"][:2] == [(0, 1, "report"), (6, 10, "ACTOR")]
    # A class drawn over a pilcrow and more is the line's; a span drawn over one begins behind it.
    labels = [[0, 4, "boilerplate"], [19, 20, "boilerplate"], [0, 5, "ACTOR"]]
    line = json.dumps(example_ | {"label": labels}).encode()
    (found,) = doccano.read_examples([b"\n", line], file="f")
    assert isinstance(found, Correction)
    result = correct(page, found)
    assert [p.label for p in result.page.paragraphs] == ["boilerplate", "boilerplate"]
    assert [s.text for s in result.page.spans] == ["قال"]
    with_dicts = [{"id": 1, "start_offset": 0, "end_offset": 5, "label": "ACTOR"}]
    (found,) = doccano.read_examples([json.dumps({**example_, "label": with_dicts}).encode()], file="f")
    assert isinstance(found, Correction)
    assert found.spans == [Extent(0, 3, "ACTOR")]


def test_a_foreign_example_is_refused_by_its_line(page: Page) -> None:
    good = json.dumps(doccano.to_example(page)).encode()
    changed = good.replace(b"\\u00b6 ", b"", 1)
    found = list(doccano.read_examples([good, b"{", changed, b'{"text": "x", "label": [], "id": 3}'], file="f"))
    assert [type(item) for item in found] == [Correction, Problem, Problem, Problem]
    assert [item.place for item in found] == ["f, line 1", "f, line 2", "f, line 3", "f, line 4"]
    assert isinstance(found[2], Problem)
    assert found[2].reason.startswith("a paragraph does not begin with '¶ '")


def test_corrections_go_to_the_page_of_their_text(page: Page) -> None:
    twin = dataclasses.replace(page, text="نص آخر")
    first = Correction("f, task 1", "نص آخر", page="p")
    second = Correction("f, task 2", TEXT, page="p")
    lost = Correction("f, task 3", "ضاع", page="q")
    matching = Matching([first, second, lost])
    assert [matching.take(twin), matching.take(page), matching.take(page)] == [first, second, None]
    assert list(matching.left()) == [
        Problem("f, task 3", "there is no tagged page 'q' with this text; was its text changed?")
    ]
