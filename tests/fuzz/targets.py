"""What must hold whatever comes in: a function a target, which raises where it does not."""

from __future__ import annotations

import io
import itertools
import json
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import regex

from khabar.annotated import format_annotated, parse_annotated
from khabar.decoding import best_tags
from khabar.labels import SPAN_LABELS, spans_to_tags, tags_of, tags_to_spans
from khabar.pages import KhabarError, Page, Paragraph, Span, split_paragraphs
from khabar.reading import Columns, _Reader
from khabar.reading.charset import NAMES, UNDECODABLE, UTF8, decode, detect, fault
from khabar.reading.html import page_of_html
from khabar.text import fold, normalise, words
from khabar.values import count_value, name_value, page_published, span_value, time_value
from khabar.writing import json_line
from tests.fuzz.seeds import text_of

_INVISIBLE = regex.compile(r"[\s\p{Z}\p{Cc}\p{Cf}]")
_SURROGATE_PAIR = regex.compile(r"[\uD800-\uDBFF][\uDC00-\uDFFF]")
_TAGS = tags_of()


def check_words(text: str) -> None:
    """Words stand in order, say what the text says, and leave out nothing that can be seen."""
    position = 0
    for word in words(text):
        assert word.text == text[word.start : word.end] != ""
        assert word.start >= position
        assert not _INVISIBLE.sub("", text[position : word.start])
        position = word.end
    assert not _INVISIBLE.sub("", text[position:])


def check_paragraphs(text: str) -> None:
    """Paragraphs stand in order, begin and end visibly, hold no line end, and leave out nothing but blanks."""
    position = 0
    for paragraph in split_paragraphs(text):
        content = text[paragraph.start : paragraph.end]
        assert content == content.strip() != ""
        assert not {"\n", "\r"} & set(content)
        between = text[position : paragraph.start]
        assert not between.strip()
        assert position == 0 or {"\n", "\r"} & set(between)
        position = paragraph.end
    assert not text[position:].strip()


def check_forms(text: str) -> None:
    """Forms of words are forms of themselves, and composed and decomposed spellings have the same."""
    for word in words(text)[:20]:
        form, key = normalise(word.text), fold(word.text)
        assert normalise(form) == form
        assert fold(key) == key
        if len(unicodedata.normalize("NFD", word.text)) <= 256:
            assert fold(unicodedata.normalize("NFC", word.text)) == fold(unicodedata.normalize("NFD", word.text)) == key


def check_labels(data: bytes) -> None:
    """Tags become spans that stand in order, and the spans become the same tags again."""
    tags = [_TAGS[byte % len(_TAGS)] for byte in data[:40]]
    spans = tags_to_spans(tags)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    places = [Span(index, index + 1, "") for index in range(len(tags))]
    again, inexact = spans_to_tags(places, [Span(*span) for span in spans])
    assert inexact == 0
    assert tags_to_spans(again) == spans
    # Spans of any kind: never nested afterwards, whatever they were.
    wild = [Span(first, first + length % 9, SPAN_LABELS[first % 4]) for first, length in itertools.pairwise(data[:12])]
    overlaid, inexact = spans_to_tags(places, wild)
    assert len(overlaid) == len(tags)
    assert 0 <= inexact <= len(wild)


def check_page(page: Page) -> None:
    """Spans say what they say, stand in one paragraph each, in order, and never overlap."""
    position = 0
    for paragraph in page.paragraphs:
        assert position <= paragraph.start < paragraph.end <= len(page.text)
        position = paragraph.end
    end = 0
    for span in sorted(page.spans, key=lambda s: s.start):
        paragraph = page.paragraphs[span.paragraph]
        assert page.text[span.start : span.end] == span.text != ""
        assert paragraph.start <= span.start < span.end <= paragraph.end
        assert span.start >= end
        end = span.end
    if _SURROGATE_PAIR.search(page.text):
        return  # JSON reads it as the one character that it stands for; no file can hold it
    record = json.loads(json_line(page.to_dict()))
    assert Page.from_dict(record) == page


def check_annotated(text: str) -> None:
    """Any text is refused in one line or is a page that is written and read back the same; so is any page."""
    for annotation in (text, f"R|{text}", "B|" + text.replace("\n", "\nR|")):
        try:
            page = parse_annotated(annotation, page_id="p")
        except KhabarError as error:
            _is_one_line(str(error))
            continue
        check_page(page)
        assert parse_annotated(format_annotated(page), page_id="p") == page
    check_back_from_annotation(text)


def _is_one_line(message: str) -> None:
    assert len(message.splitlines()) == 1, message


def check_back_from_annotation(text: str) -> None:
    """A page with a span on every other word, or two, comes back from its annotated form."""
    page = Page("p", text)
    for index, paragraph in enumerate(split_paragraphs(text)):
        page.paragraphs.append(Paragraph(paragraph.start, paragraph.end, "boilerplate" if index % 3 else "report"))
        found = words(text, paragraph.start, paragraph.end)
        for first, last in itertools.pairwise(found[::2]):
            start, end = first.start, last.start
            content = text[start:end].rstrip()
            page.spans.append(Span(start, start + len(content), SPAN_LABELS[end % 4], content, paragraph=index))
    check_page(page)
    again = parse_annotated(format_annotated(page), page_id="p")
    assert again.text == "\n".join(text[p.start : p.end] for p in page.paragraphs)
    assert [(s.text, s.label, s.paragraph) for s in again.spans] == [(s.text, s.label, s.paragraph) for s in page.spans]
    assert [p.label for p in again.paragraphs] == [p.label for p in page.paragraphs]


def check_charset(raw: bytes) -> None:
    """Bytes become text or marks, in an encoding that can be named; UTF-8 stays UTF-8."""
    text, codec = decode(raw)
    assert codec in NAMES
    assert (fault(text, codec) is None) == (UNDECODABLE not in text)
    assert not {character for character in text if "\ud800" <= character <= "\udfff"} - {UNDECODABLE}
    for end in {len(raw) // 3, len(raw) // 2}:
        assert detect(raw[:end], whole=False) in NAMES
    decode(raw, html=True)
    try:
        plain = raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    if not set(plain) & {"\0", "\x06"}:
        assert (text, codec) == (plain.removeprefix("\ufeff"), UTF8)


def check_reading(raw: bytes) -> None:
    """A page or one line of error for every line, and what is written of it is read back the same."""
    text, codec = decode(raw)
    for form in (".jsonl", ".csv"):
        pages = list(_Reader(Columns(id="i"))._read_lines(io.BytesIO(raw), "file", "stem", form))
        if form == ".jsonl" and codec == UTF8:
            assert len(pages) == sum(bool(line.removeprefix("\ufeff").strip()) for line in text.split("\n"))
        for page in pages:
            _is_one_line(page.error or "no error")
            assert page.id
            assert Page.from_dict(json.loads(json_line(page.to_dict()))) == page


def check_html(text: str) -> None:
    """HTML is a page of visible text or one line of error."""
    try:
        page = page_of_html(text.encode("utf-8", "ignore").decode(), page_id="p")
    except KhabarError as error:
        _is_one_line(str(error))
    else:
        assert page.text.strip() == page.text != ""
        page.text.encode()


def check_values(text: str) -> None:
    """No reader of values raises, and what it reads JSON can say."""
    for published in (None, "2024-02-29"):
        for value in (time_value(text, published), count_value(text)):
            _json_can_say(value.to_dict() if value is not None else None)
    for label in ("ACTOR", "LOCATION"):
        name = name_value(text, label)
        assert name is None or name.normal
    for label in SPAN_LABELS:
        _json_can_say(span_value(label, text, "2024-02-29"))
    span_value("TIME", "أمس", text)
    page_published(text)


def _json_can_say(value: Any) -> None:
    json.dumps(value, allow_nan=False)


def check_decoding(data: bytes) -> None:
    """The best tags are right IOB2, and no other right sequence is better."""
    tags = _TAGS[:5]
    size = min(len(data) // len(tags), 4)
    if not size:
        return
    scores = np.frombuffer(data[: size * len(tags)], np.int8).astype(np.float32).reshape(size, len(tags))
    found = [tags[index] for index in best_tags(scores, tags)]
    assert _is_iob2(found)
    best = sum(scores[row, tags.index(tag)] for row, tag in enumerate(found))
    rivals = itertools.product(range(len(tags)), repeat=size)
    assert best == max(
        sum(scores[row, tag] for row, tag in enumerate(path))
        for path in rivals
        if _is_iob2([tags[tag] for tag in path])
    )


def _is_iob2(tags: Sequence[str]) -> bool:
    return all(tag[0] != "I" or before[2:] == tag[2:] for before, tag in itertools.pairwise(["O", *tags]))


@cache
def _encoder() -> Any:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    from khabar.encoding import PageEncoder

    special = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآؤئء0123456789abcdefghijklmnopqrstuvwxyz.,:;؟،!«»()-_/"
    vocabulary = [*special.values(), "في", "أمس", *letters, *(f"##{letter}" for letter in letters)]
    model = models.WordPiece({piece: number for number, piece in enumerate(vocabulary)}, unk_token="[UNK]")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(model), model_max_length=512, **special)
    return PageEncoder(tokenizer, length=48, context=8)


def check_windows(text: str) -> None:
    """Windows hold every word of the page once, in order, in its paragraph, and are never longer than they may be."""
    encoder = _encoder()
    encoded = encoder.encode(Page("p", text, title=text[:20]))
    assert encoded.words == words(text)
    starts = [
        (word, paragraph)
        for window in encoded.windows
        for word, paragraph in zip(window.words, window.paragraphs, strict=True)
        if word >= 0
    ]
    assert [word for word, _ in starts] == list(range(len(encoded.words)))
    assert all(word in encoded.ranges[paragraph] for word, paragraph in starts)
    for window in encoded.windows:
        assert len(window.input_ids) == len(window.words) == len(window.paragraphs) <= encoder.length


@cache
def _labeller() -> Any:
    from khabar.weak.labelling import Labeller
    from khabar.weak.majority import MajorityVote
    from khabar.weak.sources import load_sources

    return Labeller(MajorityVote(load_sources()))


def check_weak_labels(text: str) -> None:
    """Every page is labelled, and its labels are probabilities."""
    page = _labeller().label(Page("p", text))
    assert page.error is None, page.error
    assert page.words is not None
    check_page(page)
    assert [(start, end) for start, end, _ in page.words] == [(word.start, word.end) for word in words(text)]
    for *_, tags in page.words:
        assert not tags or abs(sum(tags.values()) - 1) < 1e-6


def check_text(text: str) -> None:
    """What is cheap, together."""
    check_words(text)
    check_paragraphs(text)
    check_forms(text)


#: Targets that take text, and those that take bytes.
TEXT_TARGETS: dict[str, Callable[[str], None]] = {
    "text": check_text,
    "annotated": check_annotated,
    "values": check_values,
    "windows": check_windows,
    "weak_labels": check_weak_labels,
    "html": check_html,
}
BYTES_TARGETS: dict[str, Callable[[bytes], None]] = {
    "labels": check_labels,
    "charset": check_charset,
    "reading": check_reading,
    "decoding": check_decoding,
}


def check(target: str, data: bytes) -> None:
    """Hands bytes to a target, as text where it takes text."""
    if target in TEXT_TARGETS:
        TEXT_TARGETS[target](text_of(data))
    else:
        BYTES_TARGETS[target](data)
