"""The course of a training as a picture (SVG): loss, learning rate and held-out scores by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

#: What of a log is drawn, the panel's title and the line's colour; each has a panel of its own.
PANELS = (
    ("loss", "training loss", "#4269d0"),
    ("learning_rate", "learning rate (encoder)", "#9c6b4e"),
    ("eval_spans", "span F1 on held-out pages", "#3ca951"),
    ("eval_paragraphs", "paragraph macro F1 on held-out pages", "#a463f2"),
    ("eval_restored", "share of hidden subwords restored", "#ff725c"),
)
_WIDTH, _HEIGHT = 640, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 28, 22


def draw_curves(history: Sequence[dict[str, Any]]) -> str:
    """The picture of Trainer's log history; what was never logged has no panel."""
    series = [
        (title, colour, [(float(log["epoch"]), float(log[name])) for log in history if name in log])
        for name, title, colour in PANELS
    ]
    drawn = [panel for panel in series if panel[2]]
    height = _HEIGHT * max(len(drawn), 1)
    last = max((epoch for _, _, points in drawn for epoch, _ in points), default=1.0) or 1.0
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
    ]
    for number, (title, colour, points) in enumerate(drawn):
        lines += _panel(title, colour, points, top=number * _HEIGHT, last=last)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _panel(title: str, colour: str, points: Sequence[tuple[float, float]], *, top: int, last: float) -> list[str]:
    low, high = min(value for _, value in points), max(value for _, value in points)
    room = high - low or abs(high) or 1.0
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    ground = top + _TOP + height

    def place(epoch: float, value: float) -> tuple[float, float]:
        return _LEFT + width * epoch / last, ground - height * (value - low) / room

    placed = [place(*point) for point in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    parts = [
        f'<text x="{_LEFT}" y="{top + 18}" font-weight="bold">{escape(title)}</text>',
        f'<path d="M{_LEFT},{top + _TOP}V{ground}H{_LEFT + width}" fill="none" stroke="#999"/>',
        f'<text x="{_LEFT - 6}" y="{top + _TOP + 8}" text-anchor="end">{high:.3g}</text>',
        f'<text x="{_LEFT - 6}" y="{ground}" text-anchor="end">{low:.3g}</text>',
        f'<text x="{_LEFT}" y="{ground + 15}">0</text>',
        f'<text x="{_LEFT + width}" y="{ground + 15}" text-anchor="end">epoch {last:.3g}</text>',
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
    ]
    if len(points) <= 50:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in placed]
    return parts
