"""Scores by news source: each source alone, all others without it, and how far the sources lie apart."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from khabar.labels import SPAN_LABELS
from khabar.metrics import Counts, PageScore, Scores

#: The source of pages whose source is not known; a mixture, so it takes no part in the spread.
UNKNOWN_SOURCE = "unknown"
#: How many pages a source needs to take part in the spread.
SPREAD_PAGES = 3
#: What is told about a source: of its pages alone, and of all pages but its own.
_ALONE = ("spans", *SPAN_LABELS, "paragraphs")
_OTHERS = ("others_spans", "others_paragraphs")


@dataclass(slots=True)
class SourceScores:
    """Scores by news source, each alone and all others without it; ``str()`` is a table, :meth:`to_dict` is for JSON.

    Where nothing is there and nothing was found, a figure is None.
    """

    pages: dict[str, int]
    figures: dict[str, dict[str, float | None]]

    def spread(self) -> dict[str, dict[str, float]]:
        """The lowest and highest figure and their standard deviation (of a sample), over sources of enough pages."""
        sources = [s for s, pages in self.pages.items() if pages >= SPREAD_PAGES and s != UNKNOWN_SOURCE]
        spread = {}
        for name in (*_ALONE, *_OTHERS):
            values = [value for source in sources if (value := self.figures[source][name]) is not None]
            if len(values) > 1:
                spread[name] = {"lowest": min(values), "highest": max(values), "deviation": statistics.stdev(values)}
        return spread

    def to_dict(self) -> dict[str, object]:
        rounded = {
            source: {name: None if value is None else round(value, 4) for name, value in figures.items()}
            for source, figures in self.figures.items()
        }
        spread = {name: {k: round(v, 4) for k, v in values.items()} for name, values in self.spread().items()}
        sources = {source: {"pages": self.pages[source]} | rounded[source] for source in self.pages}
        return {"sources": sources, "spread": spread, "spread_pages": SPREAD_PAGES}

    def __str__(self) -> str:
        names = ("spans", *(label.lower() for label in SPAN_LABELS), "paragraphs", "others: spans", "paragraphs")
        width = max(map(len, (*self.pages, "standard deviation")))
        lines = [f"{'F1 by source':{width}}  pages  " + "  ".join(f"{name:>10}" for name in names)]
        rows: list[tuple[str, object, Mapping[str, float | None]]]
        rows = [(source, self.pages[source], figures) for source, figures in self.figures.items()]
        spread = self.spread()
        for title, key in (("lowest", "lowest"), ("highest", "highest"), ("standard deviation", "deviation")):
            rows.append((title, "", {name: values[key] for name, values in spread.items()}))
        for title, pages, figures in rows:
            shown = ("–" if (value := figures.get(name)) is None else f"{value:.3f}" for name in (*_ALONE, *_OTHERS))
            lines.append(f"{title:{width}}  {pages:>5}  " + "  ".join(f"{cell:>10}" for cell in shown))
        lines.append(f"lowest to deviation: over sources with at least {SPREAD_PAGES} pages")
        return "\n".join(lines)


def by_source(scores: Scores, source_of: Mapping[str, str]) -> SourceScores:
    """Splits scores by the news source of each page (id -> source); a page that it lacks is of ``unknown`` source.

    Sources stand in the order of their number of pages, the largest first.
    """
    groups: dict[str, list[PageScore]] = {}
    for page in scores.pages:
        groups.setdefault(source_of.get(page.page, UNKNOWN_SOURCE), []).append(page)
    result = SourceScores({}, {})
    for source, pages in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        others = Scores([page for name, group in groups.items() if name != source for page in group])
        own = Scores(pages)
        result.pages[source] = len(pages)
        result.figures[source] = {
            "spans": _f1(own.spans()),
            **{label: _f1(own.spans(label)) for label in SPAN_LABELS},
            "paragraphs": own.paragraph_macro_f1,
            "others_spans": _f1(others.spans()),
            "others_paragraphs": others.paragraph_macro_f1 if others.pages else None,
        }
    return result


def _f1(counts: Counts) -> float | None:
    return counts.f1 if counts.predicted + counts.gold else None
