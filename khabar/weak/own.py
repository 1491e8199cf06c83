"""A user's own sources: a Python file with ``SOURCES``, or a YAML file of word lists and patterns.

Python, with the decorators of :mod:`khabar.weak.base`::

    from khabar.weak.base import ParagraphVote, Vote, paragraph_source, span_source

    @span_source("actors")
    def clubs(document):
        \"\"\"Football clubs: «نادي …».\"\"\"
        for i, key in enumerate(document.keys[:-1]):
            if key == "نادي":
                yield Vote(i, i + 2, "ACTOR")

    SOURCES = [clubs]

YAML, a source by name; ``label`` is a span's label, ``none`` (a denial), ``report`` or ``boilerplate``::

    clubs:
      label: ACTOR
      words: [نادي الهلال, نادي الزمالك]   # whole words in any spelling; و ف ب ل ك may be written before them
    hashtags:
      label: boilerplate
      pattern: "^#"                        # a regular expression over a paragraph's text as scraped
    matches:
      label: TIME
      pattern: 'الجولة (\\p{L}+ عشرة)'      # the first group, where there is one, is the span
      family: times                        # what other sources read the same cue (default: by the label)

Words of a paragraph source are looked for anywhere in the paragraph. A pattern's span is widened to whole words.
"""

from __future__ import annotations

import runpy
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import regex
import yaml

from khabar.arabic.clitics import readings
from khabar.labels import PARAGRAPH_LABELS, SPAN_LABELS
from khabar.pages import KhabarError, kind_of
from khabar.text import fold, words
from khabar.weak.base import PARAGRAPH_FAMILY, SPAN_FAMILIES, Document, ParagraphVote, Source, Vote

_FAMILY_OF_LABEL = {"ACTOR": "actors", "LOCATION": "places", "TIME": "times", "COUNT": "counts", "none": "none"}
_FIELDS = ("label", "words", "pattern", "family", "description")
OwnSources = tuple[list[Source[Vote]], list[Source[ParagraphVote]]]


def read_own_sources(path: Path) -> OwnSources:
    """The span sources and the paragraph sources of a file; raises KhabarError where it holds anything else."""
    if not path.is_file():
        raise KhabarError(f"--sources {path}: no such file; expected Python with SOURCES, or YAML")
    if path.suffix == ".py":
        found = _read_python(path)
    elif path.suffix in (".yaml", ".yml"):
        found = _read_yaml(path)
    else:
        raise KhabarError(f"--sources {path}: files of kind {path.suffix!r} cannot be read; expected .py or .yaml")
    spans = [source for source in found if source.family in SPAN_FAMILIES]
    paragraphs = [source for source in found if source.family == PARAGRAPH_FAMILY]
    return spans, paragraphs


def _read_python(path: Path) -> list[Source[Any]]:
    try:
        found = runpy.run_path(str(path)).get("SOURCES")
    except (Exception, SystemExit) as error:
        raise KhabarError(f"--sources {path}: cannot be run ({type(error).__name__}: {error})") from error
    if not isinstance(found, list) or not all(isinstance(source, Source) for source in found):
        raise KhabarError(f"--sources {path}: expected a list SOURCES of sources, as docs/labelling.md shows")
    return found


def _read_yaml(path: Path) -> list[Source[Any]]:
    try:
        definitions = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise KhabarError(f"--sources {path}: not YAML in UTF-8 ({' '.join(str(error).split())})") from None
    if not isinstance(definitions, dict):
        found = kind_of(definitions)
        raise KhabarError(f"--sources {path}: found {found}, expected sources by names, as docs/labelling.md shows")
    return [_source_of(str(name), definition, f"--sources {path}: {name}") for name, definition in definitions.items()]


def _source_of(name: str, definition: object, place: str) -> Source[Any]:
    if not isinstance(definition, dict) or (unknown := [field for field in definition if field not in _FIELDS]):
        found = ", ".join(map(str, unknown)) if isinstance(definition, dict) else kind_of(definition)
        raise KhabarError(f"{place}: found {found}, expected the fields {', '.join(_FIELDS)}")
    label = definition.get("label")
    if label not in (*_FAMILY_OF_LABEL, *PARAGRAPH_LABELS):
        raise KhabarError(f"{place}: label {label!r} is none of {', '.join((*_FAMILY_OF_LABEL, *PARAGRAPH_LABELS))}")
    if ("words" in definition) == ("pattern" in definition):
        raise KhabarError(f"{place}: expected either words or pattern")
    family = definition.get("family", _FAMILY_OF_LABEL.get(label, PARAGRAPH_FAMILY))
    if (family == PARAGRAPH_FAMILY) != (label in PARAGRAPH_LABELS) or family not in (*SPAN_FAMILIES, PARAGRAPH_FAMILY):
        raise KhabarError(f"{place}: family {family!r} does not fit the label {label}; leave it out")
    description = str(definition.get("description", f"From {place.removeprefix('--sources ').split(':')[0]}."))
    match = _pattern_finder(definition, place) if "pattern" in definition else _word_finder(definition, place)
    if label in PARAGRAPH_LABELS:
        return Source(name, family, description, _paragraph_votes(match, label))
    return Source(name, family, description, _span_votes(match, label if label in SPAN_LABELS else None))


#: Stretches of words on a page: first and last word + 1.
_Finder = Callable[[Document], Iterator[tuple[int, int]]]


def _span_votes(finder: _Finder, label: str | None) -> Callable[[Document], Iterator[Vote]]:
    return lambda document: (Vote(start, end, label) for start, end in finder(document))


def _paragraph_votes(finder: _Finder, label: str) -> Callable[[Document], Iterator[ParagraphVote]]:
    def find(document: Document) -> Iterator[ParagraphVote]:
        stops = [reach.stop for reach in document.ranges]
        for start, _ in finder(document):
            yield ParagraphVote(bisect_right(stops, start), label)

    return find


def _word_finder(definition: dict[str, Any], place: str) -> _Finder:
    given = definition["words"]
    if not isinstance(given, list) or not given or not all(isinstance(entry, str) and words(entry) for entry in given):
        raise KhabarError(f"{place}: words is no list of words")
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for keys in {tuple(fold(word.text) for word in words(entry)) for entry in given}:
        by_first.setdefault(keys[0], []).append(keys)
    for entries in by_first.values():
        entries.sort(key=lambda keys: (-len(keys), keys))

    def find(document: Document) -> Iterator[tuple[int, int]]:
        keys, free = document.keys, 0
        for reach in document.ranges:
            for index in reach:
                if index < free:
                    continue
                rests = [rest for _, rest in readings(keys[index]) if rest in by_first]
                for entry in (entry for rest in rests for entry in by_first[rest]):
                    end = index + len(entry)
                    if end <= reach.stop and tuple(keys[index + 1 : end]) == entry[1:]:
                        yield index, end
                        free = end
                        break

    return find


def _pattern_finder(definition: dict[str, Any], place: str) -> _Finder:
    if definition["pattern"] == "":
        raise KhabarError(f"{place}: the pattern is empty, and would be found everywhere")
    try:
        pattern = regex.compile(definition["pattern"])
    except (regex.error, TypeError) as error:
        raise KhabarError(f"{place}: pattern {definition['pattern']!r} is no regular expression ({error})") from None
    group = 1 if pattern.groups else 0

    def find(document: Document) -> Iterator[tuple[int, int]]:
        ends = [word.end for word in document.words]
        starts = [word.start for word in document.words]
        for paragraph in document.paragraphs:
            for match in pattern.finditer(document.page.text[paragraph.start : paragraph.end]):
                start, end = (paragraph.start + offset for offset in match.span(group))
                first, last = bisect_right(ends, start), bisect_left(starts, end)
                if match.group(group) and first < last:
                    yield first, last

    return find
