"""Majority vote: every source that speaks about a word has one voice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from khabar.labels import OUTSIDE
from khabar.weak.decoding import Decision, Distribution, best_tags, predict_clusters
from khabar.weak.votes import Cluster, DocumentVotes, SourceSet, SpanVote, WeakLabels

#: How much of its voice a source gives to a longer span of another label that holds its own ("the longest wins").
YIELD = 0.6
#: How much of its voice a source gives to a longer span of the same label, where its own begins.
JOIN = 0.8


class MajorityVote:
    """One voice a source and word; ``n`` sources of a family that speak have ``n ** (1 - damping)`` voices together.

    Where two spans are possible the longest wins (the annotation rule), so the voice of a source whose span lies inside
    a longer one goes in part to the longer one. Sources disagree about ACTOR and LOCATION by votes; a tie is decided
    by ``preferred``, the label that needs more of a cue.
    """

    def __init__(self, sources: SourceSet, *, damping: float = 0.5, preferred: str = "ACTOR") -> None:
        self._names = sources.names
        self._families = [source.family for source in sources.spans]
        self._damping = damping
        self._preferred = preferred
        self._decided: dict[Cluster, Decision] = {}

    def fit(self, documents: Iterable[DocumentVotes]) -> None:
        """Nothing is learned."""

    def weights(self) -> dict[str, float]:
        return dict.fromkeys(self._names, 1.0)

    def predict(self, votes: DocumentVotes) -> WeakLabels:
        labels = predict_clusters(votes, self._names, self.decide, self._decided)
        labels.paragraphs = [share(Counter(label for _, label in voices)) for voices in votes.paragraphs]
        return labels

    def decide(self, cluster: Cluster) -> Decision:
        """The words' distributions and the spans of one cluster."""
        words = self._word_distributions(cluster)
        return words, best_tags(words)

    def _word_distributions(self, cluster: Cluster) -> list[Distribution]:
        voices = [Counter(self._families[vote.source] for vote in cluster.spans if vote.start <= word < vote.end)
                  for word in range(cluster.length)]  # fmt: skip
        for word, source in cluster.denials:
            voices[word][self._families[source]] += 1
        masses: list[Distribution] = [{} for _ in range(cluster.length)]
        for vote in cluster.spans:
            holder = _longest_holder(vote, cluster.spans)
            for word in range(vote.start, vote.end):
                voice = voices[word][self._families[vote.source]] ** -self._damping
                voice += 1e-3 * (vote.label == self._preferred)
                for tag, part in _tags_of(vote, holder, word):
                    masses[word][tag] = masses[word].get(tag, 0.0) + part * voice
        for word, source in cluster.denials:
            voice = voices[word][self._families[source]] ** -self._damping
            masses[word][OUTSIDE] = masses[word].get(OUTSIDE, 0.0) + voice
        return [share(mass) for mass in masses]


def _longest_holder(vote: SpanVote, others: Sequence[SpanVote]) -> SpanVote | None:
    """The longest other vote that the vote lies inside of."""
    holders = [
        other
        for other in others
        if other.start <= vote.start and vote.end <= other.end and other.end - other.start > vote.end - vote.start
    ]
    return max(holders, key=lambda other: (other.end - other.start, other.label == vote.label), default=None)


def _tags_of(vote: SpanVote, holder: SpanVote | None, word: int) -> list[tuple[str, float]]:
    own = f"{'B' if word == vote.start else 'I'}-{vote.label}"
    if holder is None:
        return [(own, 1.0)]
    theirs = f"{'B' if word == holder.start else 'I'}-{holder.label}"
    given = JOIN if holder.label == vote.label else YIELD
    return [(own, 1.0)] if own == theirs else [(own, 1.0 - given), (theirs, given)]


def share(mass: Mapping[str, float]) -> Distribution:
    """Each label's share of the votes; ``{}`` without any."""
    total = sum(mass.values())
    return {label: value / total for label, value in mass.items()} if total else {}
