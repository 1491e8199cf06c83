"""doccano: pages as examples of a sequence labelling project, and what people made of them.

doccano labels spans of one text and, unless told otherwise, lets none overlap. So that the paragraphs' classes can be
corrected too, each paragraph begins with a pilcrow, «¶ », and the label on that sign is the paragraph's class. Blank
lines and white space around paragraphs are left out. Offsets are code points.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from json import loads
from typing import Any

from khabar.exchange.corrections import Correction, Extent, Problem, fault_of
from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS
from khabar.pages import KhabarError, Page

PILCROW = "¶"
_HEAD = f"{PILCROW} "
#: To be imported in doccano under Labels.
LABELS = [
    {"text": label, "suffixKey": key, "backgroundColor": colour, "textColor": "#ffffff"}
    for label, key, colour in zip(
        (*SPAN_LABELS, *PARAGRAPH_LABELS),
        "altcrb",
        ("#b34e02", "#13795a", "#5f5a9c", "#c2185b", "#467312", "#5f6368"),
        strict=True,
    )
]


def to_example(page: Page) -> dict[str, Any]:
    """One example: text, ``label`` (start, end, label) and the page's id as ``page``."""
    text = ""
    labels: list[tuple[int, int, str]] = []
    shifts = []
    for paragraph in page.paragraphs:
        if paragraph.label is not None:
            labels.append((len(text), len(text) + len(PILCROW), paragraph.label))
        shifts.append(len(text) + len(_HEAD) - paragraph.start)
        text += f"{_HEAD}{page.text[paragraph.start : paragraph.end]}\n"
    labels += [
        (span.start + shifts[span.paragraph], span.end + shifts[span.paragraph], span.label) for span in page.spans
    ]
    return {"text": text.removesuffix("\n"), "label": sorted(labels), "page": page.id}


def read_examples(lines: Iterable[bytes], *, file: str) -> Iterator[Correction | Problem]:
    """What people made of the examples, from doccano's export as JSONL."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{file}, line {number}"
        try:
            example = loads(line)
            text, page = example["text"], example["page"]
            labels = [_label(item) for item in example.get("label", example.get("entities"))]
            if not isinstance(text, str) or not isinstance(page, str):
                raise KhabarError("'page' and 'text' must be text")
        except (ValueError, KeyError, TypeError, AttributeError, KhabarError) as error:
            yield Problem(place, f"no example that khabar exported ({fault_of(error)})")
            continue
        yield _correction(place, text, page, labels)


def _label(item: Any) -> Extent:
    if isinstance(item, dict):
        return Extent(int(item["start_offset"]), int(item["end_offset"]), str(item["label"]))
    start, end, label = item
    return Extent(int(start), int(end), str(label))


def _correction(place: str, text: str, page: str, labels: list[Extent]) -> Correction | Problem:
    """The example without its pilcrows: a class that touches one is its line's."""
    lines: list[Extent] = []
    position = 0
    for line in text.split("\n"):
        if line.strip():
            if not line.startswith(_HEAD):
                return Problem(place, f"a paragraph does not begin with {_HEAD!r}: {line[:20]!r}; its text was changed")
            lines.append(Extent(position, position + len(line), line[len(_HEAD) :]))
        position += len(line) + 1
    starts = [line.start for line in lines]

    def plain(offset: int) -> int:
        before = bisect_right(starts, offset)
        return (
            offset if not before else max(offset - before * len(_HEAD), starts[before - 1] - (before - 1) * len(_HEAD))
        )

    correction = Correction(place, "\n".join(line.label for line in lines), page=page)
    for start, end, label in labels:
        is_class = label in PARAGRAPH_LABELS
        if is_class and (touched := bisect_right(starts, start)) and start < starts[touched - 1] + len(PILCROW):
            end = max(end, lines[touched - 1].end)
        wanted = correction.classes if is_class else correction.spans
        wanted.append(Extent(plain(start), plain(end), label))
    return correction
