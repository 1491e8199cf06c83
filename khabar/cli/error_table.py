"""An error analysis as text for a terminal; right-to-left text cannot scramble the lines it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from khabar.cli.terminal import isolated
from khabar.errors import NONE, ErrorAnalysis, Tally, in_context
from khabar.labels import SPAN_LABELS
from khabar.matching import BOUNDARY, CONFUSED, INVENTED, MERGED, MISSED, RIGHT, SPLIT

#: The columns of a tally: from the gold, then from the predictions.
_COLUMNS = (RIGHT, BOUNDARY, CONFUSED, MERGED, MISSED)
_LONE_PREDICTED = (SPLIT, INVENTED)
_TITLES = {
    "label": "errors by label",
    "rarity": "times in the gold",
    "place_table": "name",
    "source": "source",
    "year": "year",
}
_NOTE = (
    "strict spans in report paragraphs; gold: by what became of them (merged: touched by a prediction that answers\n"
    "another); found: predictions, and those that answer none (split: they touch a gold span that another answers)"
)
_WIDTH = 30
#: The isolates around a text are characters without width.
_ISOLATES = len(isolated(""))


def error_table(analysis: ErrorAnalysis) -> str:
    """The whole analysis: tallies, confusions, boundary errors, the worst errors in context."""
    parts = [_tallies(_TITLES.get(name, name), groups) for name, groups in analysis.groups.items()]
    parts.insert(1, _confusions(analysis.confusions()))
    parts.insert(2, _boundaries(analysis.boundaries()))
    if worst := analysis.worst():
        parts.append([surest_errors([in_context(match) for match in worst])])
    return "\n\n".join("\n".join(part) for part in [[_NOTE], *parts])


def surest_errors(errors: Iterable[Mapping[str, Any]]) -> str:
    """Errors as :func:`khabar.errors.in_context` gives them, three lines each."""
    lines = [line for rank, error in enumerate(errors, 1) for line in _worst(rank, error)]
    return "\n".join(["the surest errors", *lines])


def _tallies(title: str, groups: Mapping[str, Tally]) -> list[str]:
    lines = [_line(title, ["gold", *_COLUMNS, "found", *_LONE_PREDICTED])]
    for group, tally in groups.items():
        if not tally.gold and not tally.predicted:
            continue
        gold, predicted = tally.gold, tally.predicted
        counts = [gold.total(), *(gold[outcome] for outcome in _COLUMNS)]
        counts += [predicted.total(), *(predicted[outcome] for outcome in _LONE_PREDICTED)]
        lines.append(_line(group, counts))
    return lines


def _confusions(confusions: Mapping[str, Mapping[str, int]]) -> list[str]:
    lines = [_line("gold, and taken for", (*SPAN_LABELS, NONE))]
    return lines + [
        _line(gold, (row.get(label, "") for label in (*SPAN_LABELS, NONE))) for gold, row in confusions.items()
    ]


def _boundaries(boundaries: Mapping[str, Mapping[str, Mapping[str, int]]]) -> list[str]:
    lines = [_line("boundary errors", ("", "left out", "taken in"))]
    for label, kinds in boundaries.items():
        present = [(kind, counts) for kind, counts in kinds.items() if any(counts.values())]
        for kind, counts in sorted(present, key=lambda item: -sum(item[1].values())):
            lines.append(_line(f"{label} {kind}", ("", counts["left_out"], counts["taken_in"])))
    return lines


def _line(name: str, cells: Iterable[object]) -> str:
    shown = name if name.isascii() else isolated(name)
    width = _WIDTH if name.isascii() else _WIDTH + _ISOLATES
    return f"{shown:{width}}  {'  '.join(f'{cell:>8}' for cell in cells)}".rstrip()


def _worst(rank: int, error: Mapping[str, Any]) -> Iterator[str]:
    """Three lines: what is wrong; gold beside predicted; the text around, with both spans' words in brackets."""
    score = "" if error["score"] is None else f"  score {error['score']:.4f}"
    boundary = error["boundary"]
    detail = "" if boundary is None else f": {boundary['kind']} {'taken in' if boundary['taken_in'] else 'left out'}"
    yield f"{rank:3}  {error['error']}{detail}{score}  {isolated(error['page'])}"
    yield f"     predicted {_span(error['predicted'])} | gold {_span(error['gold'])}"
    yield f"     {isolated('{before}[{text}]{after}'.format_map(error))}"


def _span(span: Mapping[str, str] | None) -> str:
    return NONE if span is None else f"{span['label']} {isolated(span['text'])}"
