"""Label Studio: pages as tasks with predictions, the labelling configuration, and what people made of them.

Spans and paragraph classes are regions of one text, by two controls: ``spans`` labels what is named, ``classes``
labels whole paragraphs, so that both can be corrected. Label Studio counts code points, as Python does (its versions
before 1.6 counted UTF-16 code units: an offset that does not fit its region's text is read that way).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from khabar.exchange.corrections import Correction, Extent, Problem, Unseen, fault_of, visible
from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS
from khabar.pages import KhabarError, Page

SPANS, CLASSES, TEXT = "spans", "classes", "text"
_COLOURS = {
    "ACTOR": "#d95f02",
    "LOCATION": "#1b9e77",
    "TIME": "#7570b3",
    "COUNT": "#e7298a",
    "report": "#66a61e",
    "boilerplate": "#999999",
}


def _controls(name: str, labels: tuple[str, ...]) -> str:
    lines = [f'    <Label value="{label}" background="{_COLOURS[label]}"/>\n' for label in labels]
    return f'  <Labels name="{name}" toName="{TEXT}">\n{"".join(lines)}  </Labels>\n'


#: To be pasted under Settings, Labeling Interface, Code.
CONFIGURATION = f"""<View>
  <Style>.lsf-htx-richtext, .htx-text {{ white-space: pre-wrap; direction: rtl; text-align: right; }}</Style>
  <Header value="$page"/>
{_controls(SPANS, SPAN_LABELS)}{_controls(CLASSES, PARAGRAPH_LABELS)}\
  <Text name="{TEXT}" value="$text" granularity="word"/>
</View>
"""


def to_task(page: Page) -> dict[str, Any]:
    """One task: the page in ``data``, its spans and classified paragraphs as a prediction."""
    regions = [_region(SPANS, page.text, span.start, span.end, span.label, span.score) for span in page.spans]
    regions += [
        _region(CLASSES, page.text, paragraph.start, paragraph.end, paragraph.label, paragraph.score)
        for paragraph in page.paragraphs
        if paragraph.label is not None
    ]
    optional = {"title": page.title, "published": page.published, "url": page.url}
    data = {"page": page.id, "text": page.text} | {name: value for name, value in optional.items() if value is not None}
    return {"data": data, "predictions": [{"model_version": "khabar", "result": regions}]}


def _region(control: str, text: str, start: int, end: int, label: str, score: float | None) -> dict[str, Any]:
    region: dict[str, Any] = {
        "id": f"{control}-{start}-{end}",
        "from_name": control,
        "to_name": TEXT,
        "type": "labels",
        "value": {"start": start, "end": end, "text": text[start:end], "labels": [label]},
    }
    return region if score is None else region | {"score": score}


def read_tasks(content: Any, *, file: str) -> Iterator[Correction | Problem | Unseen]:
    """What people made of the tasks, from Label Studio's export as JSON or JSON-MIN.

    Of several annotations of a task the one that was changed last counts. A task without an annotation, which nobody
    has looked at, is :class:`~khabar.exchange.corrections.Unseen`.
    """
    if not isinstance(content, list):
        yield Problem(file, "no list of tasks; export from Label Studio as JSON")
        return
    for number, task in enumerate(content, 1):
        place = f"{file}, task {task.get('id', number) if isinstance(task, dict) else number}"
        try:
            regions = _annotated_regions(task)
            data = task.get("data", task)
            text, page = data["text"], data["page"]
            if regions is None:
                yield Unseen(place)
                continue
            if not isinstance(text, str) or not isinstance(page, str):
                raise KhabarError("'page' and 'text' must be text")
        except (KeyError, TypeError, AttributeError, KhabarError) as error:
            yield Problem(place, f"no task that khabar exported ({fault_of(error)})")
            continue
        correction = Correction(place, text, page=page)
        for value in regions:
            extent = _extent(value, text)
            if isinstance(extent, str):
                correction.problems.append(extent)
            else:
                # By the label, not by the control: Label Studio puts a new region under the wrong one at times.
                wanted = correction.classes if extent.label in PARAGRAPH_LABELS else correction.spans
                wanted.append(extent)
        yield correction


def _annotated_regions(task: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The labelled regions of the annotation that counts; None where there is none."""
    if "data" not in task:  # JSON-MIN
        if "annotation_id" not in task:
            return None
        return [value for control in (SPANS, CLASSES) for value in task.get(control) or []]
    made = [annotation for annotation in task.get("annotations") or [] if not annotation.get("was_cancelled")]
    if not made:
        return None
    latest = max(made, key=lambda annotation: str(annotation.get("updated_at") or annotation.get("created_at") or ""))
    return [item["value"] for item in latest["result"] if item.get("type") == "labels"]


def _extent(value: dict[str, Any], text: str) -> Extent | str:
    """The region in code points, or what is wrong with it."""
    try:
        start, end, labels = int(value["start"]), int(value["end"]), value["labels"]
    except (KeyError, TypeError, ValueError):
        return f"a region without start, end and labels: {value!r}"
    if len(labels) != 1:
        return f"the region {start} to {end} has {len(labels)} labels, expected one"
    written = value.get("text")
    if isinstance(written, str) and not _is_written(text[start:end], written):
        by_units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")
        if not _is_written(by_units, written):
            return f"the region {start} to {end} says {written!r}, but there stands {text[start:end]!r}"
        start, end = (_code_points(text, units) for units in (start, end))
    return Extent(start, end, str(labels[0]))


def _is_written(found: str, written: str) -> bool:
    r"""Whether a region's text is what stands there; Label Studio writes a line end as ``\n``, two characters."""
    return visible(found.replace("\\n", "")) == visible(written.replace("\\n", ""))


def _code_points(text: str, units: int) -> int:
    """How many code points so many UTF-16 code units are."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "replace"))
