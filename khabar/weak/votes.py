"""What all sources said about one page, and what a label model makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from khabar.pages import KhabarError
from khabar.weak.base import Document, ParagraphVote, Source, Vote


@dataclass(frozen=True, slots=True)
class SourceSet:
    """The sources that annotate together; a source is known to label models by its place in here."""

    spans: tuple[Source[Vote], ...]
    paragraphs: tuple[Source[ParagraphVote], ...]

    def __post_init__(self) -> None:
        names = self.names
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise KhabarError(f"two sources are named {double[0]!r}; give each source a name of its own")

    @property
    def names(self) -> list[str]:
        """The names of the span sources, and after them those of the paragraph sources."""
        return [source.name for source in self.spans] + [source.name for source in self.paragraphs]


class SpanVote(NamedTuple):
    """One source's vote: words ``start`` to ``end`` (exclusive) are a span of ``label``."""

    start: int
    end: int
    label: str
    source: int


class Denial(NamedTuple):
    """One source's vote that the word is in no span."""

    word: int
    source: int


@dataclass(frozen=True, slots=True)
class DocumentVotes:
    """All votes on one page. A source says at most one thing about a word: its longest span, else its denial.

    ``words`` is the number of words; ``paragraphs[p]`` holds ``(source, label)`` pairs.
    """

    words: int
    spans: list[SpanVote]
    denials: list[Denial]
    paragraphs: list[list[tuple[int, str]]]


class Cluster(NamedTuple):
    """Span votes that overlap one another, directly or through others, with the denials of their words.

    Offsets count words from the cluster's first word, so that equal disagreements are equal keys wherever they stand.
    """

    length: int
    spans: tuple[SpanVote, ...]
    denials: tuple[Denial, ...]


class LabelledSpan(NamedTuple):
    """A span that a label model decided on: words ``start`` to ``end``, and its probability."""

    start: int
    end: int
    label: str
    score: float


@dataclass(slots=True)
class WeakLabels:
    """A label model's answer for one page.

    ``words[i]`` is a distribution over IOB2 tags, ``paragraphs[p]`` over the classes; ``{}`` where every source
    abstained. ``sources[k]`` are the names of the sources that voted for ``spans[k]``.
    """

    words: list[dict[str, float]]
    spans: list[LabelledSpan]
    sources: list[list[str]]
    paragraphs: list[dict[str, float]] = field(default_factory=list)


class LabelModel(Protocol):
    """Adds up the votes of sources that are neither right always nor independent of one another.

    It knows the sources by name and family, not by what they do, so that it can go to other processes.
    """

    def fit(self, documents: Iterable[DocumentVotes]) -> None:
        """Learns what there is to learn about the sources, from their votes alone."""

    def predict(self, votes: DocumentVotes) -> WeakLabels:
        """The weak labels of one page."""

    def weights(self) -> dict[str, float]:
        """How much a source's word counts, by the source's name; for people to read."""


class SourceError(Exception):
    """A source failed on a page."""


def collect_votes(document: Document, sources: SourceSet) -> DocumentVotes:
    """Asks every source about the page; raises SourceError where one fails or votes outside the page."""
    spans: list[SpanVote] = []
    denials: list[Denial] = []
    size = len(document.words)
    for index, source in enumerate(sources.spans):
        try:
            votes = list(source.find(document))
        except Exception as error:
            raise SourceError(f"source {source.name} failed: {type(error).__name__}: {error}") from error
        taken: set[int] = set()
        ordered = votes if len(votes) < 2 else sorted(votes, key=_spans_then_length)
        for vote in ordered:
            if not 0 <= vote.start < vote.end <= size:
                raise SourceError(f"source {source.name} votes for words {vote.start} to {vote.end} of {size}")
            reach = range(vote.start, vote.end)
            if vote.label is None:
                denials += [Denial(word, index) for word in reach if word not in taken]
                taken.update(reach)
            elif taken.isdisjoint(reach):
                spans.append(SpanVote(vote.start, vote.end, vote.label, index))
                taken.update(reach)
    paragraphs: list[list[tuple[int, str]]] = [[] for _ in document.paragraphs]
    for index, paragraph_source in enumerate(sources.paragraphs):
        try:
            for paragraph in dict.fromkeys(paragraph_source.find(document)):
                paragraphs[paragraph.index].append((index, paragraph.label))
        except Exception as error:
            raise SourceError(f"source {paragraph_source.name} failed: {type(error).__name__}: {error}") from error
    return DocumentVotes(size, spans, denials, paragraphs)


def _spans_then_length(vote: Vote) -> tuple[bool, int, int]:
    return (vote.label is None, vote.start - vote.end, vote.start)


def clusters_of(votes: DocumentVotes) -> list[tuple[int, Cluster]]:
    """The page's clusters in order, each with the index of its first word."""
    denied: dict[int, list[int]] = {}
    for word, source in votes.denials:
        denied.setdefault(word, []).append(source)
    clusters: list[tuple[int, Cluster]] = []
    group: list[SpanVote] = []
    end = 0
    for vote in sorted(votes.spans):
        if group and vote.start >= end:
            clusters.append(_cluster(group, end, denied))
            group = []
        group.append(vote)
        end = max(end, vote.end)
    if group:
        clusters.append(_cluster(group, end, denied))
    return clusters


def _cluster(group: Sequence[SpanVote], end: int, denied: dict[int, list[int]]) -> tuple[int, Cluster]:
    first = group[0].start
    spans = tuple([SpanVote(start - first, stop - first, label, source) for start, stop, label, source in group])
    denials = tuple([Denial(w - first, source) for w in range(first, end) if w in denied for source in denied[w]])
    return first, Cluster(end - first, spans, denials)
