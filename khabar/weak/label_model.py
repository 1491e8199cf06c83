"""A label model that learns how far each source can be trusted, from agreement alone (no annotated page is seen).

The truth is hidden; EM alternates between the truth's probabilities and the sources' reliabilities, as Dawid & Skene
1979 (https://doi.org/10.2307/2346806) did for people who annotate, and Ratner et al. 2016
(https://arxiv.org/abs/1605.07723) for labelling functions. The words of a cluster form a hidden Markov model, as with
Lison et al. 2020 (https://aclanthology.org/2020.acl-main.139) and Safranchik et al. 2020
(https://doi.org/10.1609/aaai.v34i04.6009). Unlike theirs:

- silence is no vote. Most sources know one label only, so what can be learnt about one is how often it is right when
  it speaks, and what the truth is where it is wrong: ``precision[source, vote, truth]``.
- words about which one family alone speaks show nothing about it. There the prior stands in for the truth; else the
  few words that are disputed, where a source is at its worst, would decide what it is worth everywhere.
- sources of one family read the same cue. The ``n`` that speak about a word weigh ``n ** (1 - damping)`` votes in all.

EM starts from the majority vote, every estimate is drawn to a prior, and no probability falls below a floor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from khabar.labels import PARAGRAPH_LABELS
from khabar.weak.cluster_chain import ClusterChain
from khabar.weak.decoding import Decision, Distribution, best_tags, predict_clusters
from khabar.weak.majority import MajorityVote, share
from khabar.weak.reliability import PRIOR_VOTES, Array, Votes, floored, posterior, trust
from khabar.weak.votes import Cluster, DocumentVotes, SourceSet, WeakLabels, clusters_of

#: What the sources said about one paragraph: ``(source, label)`` pairs.
Voices = tuple[tuple[int, str], ...]
_CLASS_INDEX = {label: index for index, label in enumerate(PARAGRAPH_LABELS)}
_ROUNDS = 20
_RIGHT = 0.85


class LearnedModel:
    """A hidden Markov model over the words of each cluster, and naive Bayes over paragraphs."""

    def __init__(self, sources: SourceSet, *, damping: float = 0.5) -> None:
        self._names = sources.names
        self._majority = MajorityVote(sources, damping=damping)
        self._chain = ClusterChain([source.family for source in sources.spans], damping=damping)
        self._paragraphs = _ParagraphModel(len(sources.paragraphs), damping=damping)
        self._decided: dict[Cluster, Decision] = {}

    def fit(self, documents: Iterable[DocumentVotes]) -> None:
        """Estimates everything anew; equal clusters are counted, not repeated."""
        clusters: Counter[Cluster] = Counter()
        paragraphs: Counter[Voices] = Counter()
        for votes in documents:
            clusters.update(cluster for _, cluster in clusters_of(votes))
            paragraphs.update(tuple(voices) for voices in votes.paragraphs if voices)
        self._decided = {}
        if clusters:
            self._chain.fit(clusters, lambda cluster: self._majority.decide(cluster)[0])
        if paragraphs:
            self._paragraphs.fit(paragraphs)

    def predict(self, votes: DocumentVotes) -> WeakLabels:
        labels = predict_clusters(votes, self._names, self._decide, self._decided)
        labels.paragraphs = [self._paragraphs.classify(tuple(voices)) for voices in votes.paragraphs]
        return labels

    def weights(self) -> dict[str, float]:
        """How often a source is right when it speaks about what others speak about, too, as estimated."""
        shares = [*self._chain.trust(), *self._paragraphs.trust()]
        return {name: round(share, 4) for name, share in zip(self._names, shares, strict=True)}

    def _decide(self, cluster: Cluster) -> Decision:
        words = self._chain.tag(cluster)
        return words, best_tags(words)


class _ParagraphModel:
    """Each paragraph on its own: the prior's odds times those of its votes."""

    def __init__(self, sources: int, *, damping: float) -> None:
        classes = len(PARAGRAPH_LABELS)
        self._damping = damping
        self._prior_precision = np.full((sources, classes, classes), (1 - _RIGHT) / (classes - 1))
        self._prior_precision[:, range(classes), range(classes)] = _RIGHT
        self.precision: Array = self._prior_precision
        self._said: Array = np.zeros((sources, classes))
        self._prior: Array = np.full(classes, 1 / classes)

    def fit(self, paragraphs: Mapping[Voices, int]) -> None:
        votes = self._votes(list(paragraphs))
        counts: Array = np.array(list(paragraphs.values()), np.float64)
        self._said = votes.said(counts, self.precision.shape[:2])
        shares = [share(Counter(label for _, label in voices)) for voices in paragraphs]
        truth: Array = np.array([[row.get(label, 0.0) for label in PARAGRAPH_LABELS] for row in shares])
        for _ in range(_ROUNDS):
            prior = 1 + counts @ truth
            self._prior = floored(prior / prior.sum())
            met = PRIOR_VOTES * self._prior_precision + votes.meetings(truth, counts, self.precision.shape)
            self.precision = floored(met / met.sum(-1, keepdims=True))
            truth = self._infer(votes, len(counts))

    def trust(self) -> list[float]:
        """How often each source is right when it speaks, as estimated."""
        return trust(self.precision, self._said)

    def classify(self, voices: Voices) -> Distribution:
        if not voices:
            return {}
        truth = self._infer(self._votes([voices]), 1)[0]
        return dict(zip(PARAGRAPH_LABELS, map(float, truth), strict=True))

    def _votes(self, paragraphs: Sequence[Voices]) -> Votes:
        return Votes.of(
            [
                (item, source, _CLASS_INDEX[label], len(voices) ** -self._damping)
                for item, voices in enumerate(paragraphs)
                for source, label in voices
            ]
        )

    def _infer(self, votes: Votes, items: int) -> Array:
        return posterior(votes.evidence(items, self.precision, self._prior) + np.log(self._prior))
