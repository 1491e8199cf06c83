"""A hidden Markov model over the words of a cluster: the true tags are hidden, the sources' votes are seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from khabar.labels import OUTSIDE, tags_of
from khabar.weak.decoding import Distribution
from khabar.weak.reliability import PRIOR_VOTES, Array, Votes, floored, posterior, trust
from khabar.weak.votes import Cluster

TAGS = tags_of()
TAG_INDEX = {tag: index for index, tag in enumerate(TAGS)}
_SAME_LABEL = np.array([[tag[1:] == other[1:] for other in TAGS] for tag in TAGS])
_IMPOSSIBLE = -50.0
_ROUNDS = 40
#: What is believed of a source before anything is seen: its vote is right; the word is in no span; its span begins in
#: the midst of a longer one, or runs on from one into the next; the rest falls to the other labels.
_RIGHT, _OUTSIDE, _TOO_SHORT, _TOO_LONG = 0.8, 0.06, 0.1, 0.02
#: A denial is heard in a cluster only where it is contradicted, most often by a source that reads more than the word.
_RIGHT_DENIAL = 0.4


class ClusterChain:
    """Start, transition and precision of the tags, estimated by EM from clusters; ``families[source]`` is declared."""

    def __init__(self, families: Sequence[str], *, damping: float) -> None:
        self._families = families
        self._damping = damping
        self._prior_precision = np.tile(_prior_precision(), (len(families), 1, 1))
        self.precision = floored(self._prior_precision)
        self._said: Array = np.zeros((len(families), len(TAGS)))
        self._prior = np.full(len(TAGS), 1 / len(TAGS))
        self._start = _normalised(_possible_starts())
        self._transition = _normalised(_possible_transitions())

    def fit(self, clusters: Mapping[Cluster, int], first_guess: Callable[[Cluster], Sequence[Distribution]]) -> None:
        """EM from a first guess of the truth; ``clusters`` holds how often each cluster was seen."""
        batches = [_Batch(group, clusters, self._votes(group), self._families) for group in _by_length(clusters)]
        for batch in batches:
            words = [words for cluster in batch.clusters for words in first_guess(cluster)]
            batch.truth = _array(words).reshape(batch.truth.shape)
        self._said = np.sum([batch.said for batch in batches], axis=0)
        for _ in range(_ROUNDS):
            self._maximise(batches)
            for batch in batches:
                batch.infer(
                    self._emission(batch.votes, len(batch.clusters), batch.length), self._start, self._transition
                )

    def trust(self) -> list[float]:
        """How often each source is right when it speaks about words of a cluster, as estimated."""
        return trust(self.precision, self._said)

    def tag(self, cluster: Cluster) -> list[Distribution]:
        """The tags' probabilities for each word of a cluster."""
        emission = self._emission(self._votes([cluster]), 1, cluster.length)
        truth = _forward_backward(emission, self._start, self._transition)[0][0]
        return [
            {tag: float(p) for tag, p in zip(TAGS, floored_away, strict=True) if p > 0}
            for floored_away in _normalised(np.where(truth < 1e-3, 0.0, truth))
        ]

    def _votes(self, clusters: Sequence[Cluster]) -> Votes:
        """The votes on clusters of one length; the n votes of a family on a word weigh n ** (1 - damping) together."""
        votes: list[tuple[int, int, int]] = []
        for place, cluster in enumerate(clusters):
            offset = place * cluster.length
            for start, end, label, source in cluster.spans:
                for word in range(start, end):
                    votes.append((offset + word, source, TAG_INDEX[f"{'B' if word == start else 'I'}-{label}"]))
            votes += [(offset + word, source, TAG_INDEX[OUTSIDE]) for word, source in cluster.denials]
        voices = Counter((word, self._families[source]) for word, source, _ in votes)
        return Votes.of([(w, s, tag, voices[w, self._families[s]] ** -self._damping) for w, s, tag in votes])

    def _emission(self, votes: Votes, clusters: int, length: int) -> Array:
        """What the votes add to the log odds of each tag; a label that nobody gives a word is out of the question."""
        evidence = votes.evidence(clusters * length, self.precision, self._prior)
        given = np.zeros(evidence.shape, bool)
        np.logical_or.at(given, votes.item, _SAME_LABEL[votes.value])
        return np.where(given, evidence, _IMPOSSIBLE).reshape(clusters, length, len(TAGS))

    def _maximise(self, batches: Sequence[_Batch]) -> None:
        prior = np.ones(len(TAGS))
        start, transition = _possible_starts(), _possible_transitions()
        met = self._prior_precision * PRIOR_VOTES
        for batch in batches:
            rows = batch.truth.reshape(-1, len(TAGS))
            counts = np.repeat(batch.counts, batch.length)
            prior += counts @ rows
            start += batch.counts @ batch.truth[:, 0]
            transition += batch.transitions
            met += batch.votes.meetings(rows, counts * batch.is_shared, met.shape)
            met += batch.unshared * self._prior_precision
        self._prior = floored(prior / prior.sum())
        # Only where somebody denies can a word turn out to be outside: what is seen understates how many are.
        self._prior[TAG_INDEX[OUTSIDE]] = max(self._prior[TAG_INDEX[OUTSIDE]], _OUTSIDE)
        self._start = _normalised(start)
        self._transition = _normalised(transition)
        self.precision = floored(_normalised(met))


class _Batch:
    """Clusters of one length, each with how often it was seen, and the truth as far as it is known."""

    def __init__(
        self, clusters: Sequence[Cluster], counts: Mapping[Cluster, int], votes: Votes, families: Sequence[str]
    ) -> None:
        self.clusters = clusters
        self.length = clusters[0].length
        self.counts: Array = np.array([counts[cluster] for cluster in clusters], np.float64)
        self.votes = votes
        speaking = defaultdict(set)
        for item, source in zip(votes.item, votes.source, strict=True):
            speaking[item].add(families[source])
        #: 1 for words about which two families speak, else 0. Shape: (clusters * words,)
        self.is_shared: Array = np.array(
            [float(len(speaking[item]) > 1) for item in range(len(clusters) * self.length)]
        )
        #: How often each source says each tag about the other words. Shape: (sources, tags, 1)
        words = np.repeat(self.counts, self.length)
        self.unshared: Array = votes.said(words * (1 - self.is_shared), (len(families), len(TAGS)))[:, :, None]
        #: How often each source says each tag. Shape: (sources, tags)
        self.said: Array = votes.said(words, (len(families), len(TAGS)))
        #: Shape: (clusters, words, tags)
        self.truth: Array = np.zeros((len(clusters), self.length, len(TAGS)))
        #: Expected number of each transition. Shape: (tags, tags)
        self.transitions: Array = np.zeros((len(TAGS), len(TAGS)))

    def infer(self, emission: Array, start: Array, transition: Array) -> None:
        self.truth, pairs = _forward_backward(emission, start, transition)
        self.transitions = np.tensordot(self.counts, pairs, axes=1)


def _forward_backward(emission: Array, start: Array, transition: Array) -> tuple[Array, Array]:
    """Probabilities of the tags, and expected transitions of each cluster.

    Shape: ``emission`` (clusters, words, tags), log odds; gives (clusters, words, tags) and (clusters, tags, tags).
    """
    seen = posterior(emission)
    clusters, length, tags = seen.shape
    forward = np.empty_like(seen)
    forward[:, 0] = _normalised(start * seen[:, 0])
    for word in range(1, length):
        forward[:, word] = _normalised((forward[:, word - 1] @ transition) * seen[:, word])
    backward = np.ones_like(seen)
    pairs = np.zeros((clusters, tags, tags))
    for word in range(length - 1, 0, -1):
        ahead = seen[:, word] * backward[:, word]
        joint = forward[:, word - 1, :, None] * transition * ahead[:, None, :]
        pairs += joint / joint.sum((1, 2), keepdims=True)
        backward[:, word - 1] = _normalised(ahead @ transition.T)
    return _normalised(forward * backward), pairs


def _normalised(values: Array) -> Array:
    total: Array = values.sum(-1, keepdims=True)
    return values / total


def _by_length(clusters: Mapping[Cluster, int]) -> list[list[Cluster]]:
    groups: dict[int, list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        groups[cluster.length].append(cluster)
    return [groups[length] for length in sorted(groups)]


def _array(words: Sequence[Distribution]) -> Array:
    table = np.zeros((len(words), len(TAGS)))
    for row, distribution in enumerate(words):
        for tag, p in distribution.items():
            table[row, TAG_INDEX[tag]] = p
    return table


def _possible_starts() -> Array:
    return np.array([float(tag[0] != "I") for tag in TAGS])


def _possible_transitions() -> Array:
    return np.array([[float(tag[0] != "I" or tag[2:] == before[2:]) for tag in TAGS] for before in TAGS])


def _prior_precision() -> Array:
    """Shape: (votes, truths)"""
    rows = []
    for vote in TAGS:
        row = dict.fromkeys(TAGS, 0.0) | {vote: _RIGHT_DENIAL if vote == OUTSIDE else _RIGHT}
        if vote != OUTSIDE:
            row[OUTSIDE] += _OUTSIDE
            row[("I" if vote[0] == "B" else "B") + vote[1:]] += _TOO_SHORT if vote[0] == "B" else _TOO_LONG
        others = [tag for tag, p in row.items() if p == 0.0]
        rest = (1 - sum(row.values())) / len(others)
        rows.append([row[tag] or rest for tag in TAGS])
    return np.array(rows)
