"""The report about the sources as one HTML page that needs nothing else: no script, no file, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from khabar.weak.report import DENIAL, Dispute, Report, SourceFigures, score_rows, worse_than_majority

_STYLE = """
:root { --ink: #1d2430; --soft: #667085; --line: #e4e7ec; --bar: #b9d4f4; --warn: #f6c6b8;
  --ACTOR: #dbe7ff; --LOCATION: #d8f3dc; --TIME: #fff0c7; --COUNT: #f3dcf5; --none: #eceff3; }
body { font: 15px/1.5 system-ui, "Noto Naskh Arabic", "Segoe UI", sans-serif; color: var(--ink); margin: 2rem auto;
  max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
p.lead, td small, .votes, figcaption { color: var(--soft); }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th { text-align: start; font-weight: 600; position: sticky; top: 0; background: #fff; }
td.n, th.n { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.bar { --fill: var(--bar); background: linear-gradient(to right, var(--fill) var(--share), transparent 0); }
td.bar.warn { --fill: var(--warn); }
figure { border: 1px solid var(--line); border-radius: 8px; margin: 0 0 .8rem; padding: .7rem 1rem; }
blockquote { margin: 0 0 .4rem; font-size: 1.1rem; line-height: 2; }
mark, .tag { border-radius: 4px; padding: 0 .3rem; }
mark { background: #fde6b0; outline: 1px solid #e7b84b; }
.ACTOR { background: var(--ACTOR); } .LOCATION { background: var(--LOCATION); } .TIME { background: var(--TIME); }
.COUNT { background: var(--COUNT); } .none { background: var(--none); } b.best { color: #116329; }
"""


def to_html(report: Report) -> str:
    """The page; everything from pages and sources is escaped."""
    return "".join(_page(report))


def _page(report: Report) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>khabar: report on sources</title><style>{_STYLE}</style></head><body>"
    yield "<h1>What the sources said</h1>"
    yield (
        f'<p class="lead">{report.pages:,} pages. {report.words:,} words, any source speaks about '
        f"{report.covered_words:.1%} of them; {report.paragraphs:,} paragraphs, {report.covered_paragraphs:.1%}.</p>"
    )
    if report.scores:
        yield from _scores(report)
    measured = any(source.precision is not None for source in report.sources)
    for kind, title in (("spans", "Sources of spans"), ("paragraphs", "Sources of paragraph classes")):
        yield from _sources(title, [s for s in report.sources if s.kind == kind], measured)
    if report.disputes:
        yield f"<h2>The {len(report.disputes)} most disputed spans</h2>"
        for dispute in report.disputes:
            yield from _dispute(dispute)
    yield "</body></html>\n"


def _scores(report: Report) -> Iterator[str]:
    yield "<h2>Label models on the annotated pages</h2><table><tr><th>strict F1, report paragraphs</th>"
    for name in report.scores:
        chosen = " (written)" if name == report.label_model else ""
        yield f'<th class="n">{escape(name + chosen)}</th>'
    yield "</tr>"
    for label, values in score_rows(report):
        best = max(values)
        cells = (f"<b class='best'>{v:.3f}</b>" if v == best else f"{v:.3f}" for v in values)
        yield f"<tr><td>{escape(label)}</td>" + "".join(f'<td class="n">{cell}</td>' for cell in cells) + "</tr>"
    yield "</table>"
    if warning := worse_than_majority(report):
        yield f"<p>{escape(warning)}</p>"


def _sources(title: str, sources: Iterable[SourceFigures], measured: bool) -> Iterator[str]:
    yield f"<h2>{escape(title)}</h2><table><tr><th>source</th><th>says</th>"
    columns = ["votes", "coverage", "overlap", "conflict", "with none", "weight"]
    columns += ["precision", "recall"] if measured else []
    yield "".join(f'<th class="n">{column}</th>' for column in columns) + "</tr>"
    for source in sources:
        says = " ".join(f'<span class="tag {escape(label)}">{escape(label)}</span>' for label in source.labels)
        yield (
            f"<tr><td>{escape(source.name)}<br><small>{escape(source.description)}</small></td><td>{says}</td>"
            f'<td class="n">{source.votes:,}</td><td class="n">{source.coverage:.2%}</td>'
        )
        yield _bar(source.overlap) + _bar(source.conflict, warn=True) + _bar(source.conflict_none, warn=True)
        yield f'<td class="n">{source.weight:.3f}</td>'
        if measured:
            yield _bar(source.precision) + _bar(source.recall)
        yield "</tr>"
    yield "</table>"


def _bar(share: float | None, *, warn: bool = False) -> str:
    if share is None:
        return '<td class="n">–</td>'
    return f'<td class="n bar{" warn" if warn else ""}" style="--share: {share:.0%}">{share:.1%}</td>'


def _dispute(dispute: Dispute) -> Iterator[str]:
    yield (
        f'<figure><blockquote dir="auto">…{escape(dispute.before)}<mark>{escape(dispute.text)}</mark>'
        f'{escape(dispute.after)}…</blockquote><div class="votes" dir="auto">'
    )
    yield " · ".join(f"{escape(source)}: {_tagged(text, label)}" for source, label, text in dispute.votes)
    decided = " ".join(f"{_tagged(text, label)} {score:.2f}" for text, label, score in dispute.decision)
    yield (
        f'</div><figcaption dir="auto">decided: {decided or _tagged(dispute.text, DENIAL)} — '
        f"{dispute.uncertainty:.2f} bits a word, page {escape(dispute.page)}</figcaption></figure>"
    )


def _tagged(text: str, label: str) -> str:
    return f'<span class="tag {escape(label)}"><bdi>{escape(text)}</bdi> {escape(label)}</span>'
