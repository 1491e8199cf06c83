"""From word distributions to spans: what every label model does at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from khabar.labels import OUTSIDE
from khabar.weak.votes import Cluster, DocumentVotes, LabelledSpan, WeakLabels, clusters_of

#: Probabilities of IOB2 tags; they sum to 1, and what is not named is impossible.
Distribution = dict[str, float]
#: What a label model makes of a cluster: a distribution a word, and the spans in the cluster's words.
Decision = tuple[list[Distribution], list[LabelledSpan]]
_REMEMBERED = 50_000
_Path = tuple[str, "_Path"] | None


def predict_clusters(
    votes: DocumentVotes,
    sources: Sequence[str],
    decide: Callable[[Cluster], Decision],
    decided: dict[Cluster, Decision],
) -> WeakLabels:
    """The weak labels of a page's words; a word about which there is nothing but denials is outside for certain.

    ``sources[i]`` is the name of span source ``i``; ``decided`` remembers decisions, because most clusters come again.
    """
    if len(decided) > _REMEMBERED:
        decided.clear()
    words: list[Distribution] = [{} for _ in range(votes.words)]
    for word, _ in votes.denials:
        words[word] = {OUTSIDE: 1.0}
    labels = WeakLabels(words, [], [])
    for first, cluster in clusters_of(votes):
        if cluster not in decided:
            decided[cluster] = decide(cluster)
        distributions, spans = decided[cluster]
        words[first : first + cluster.length] = distributions
        for start, end, label, score in spans:
            voters = {
                vote.source: None
                for vote in cluster.spans
                if vote.label == label and vote.start < end and start < vote.end
            }
            labels.spans.append(LabelledSpan(first + start, first + end, label, score))
            labels.sources.append([sources[source] for source in voters])
    return labels


def best_tags(words: Sequence[Distribution]) -> list[LabelledSpan]:
    """The spans of the tag sequence with the greatest sum of probabilities that is right IOB2 (Viterbi).

    A span's score is the mean probability of its label over its words.
    """
    # a path is its last state and the path before it: copying lists would cost the square of a long cluster's length
    best: dict[str, tuple[float, _Path]] = {OUTSIDE: (0.0, None)}
    for distribution in words:
        following: dict[str, tuple[float, _Path]] = {}
        for tag in distribution | {OUTSIDE: 0.0}:
            gain = distribution.get(tag, 0.0)
            states = [tag] if tag[0] != "I" else [tag, "B" + tag[1:]]
            for state in states:
                for previous, (score, path) in best.items():
                    if state[0] == "I" and previous[2:] != state[2:]:
                        continue
                    # a word whose sources all say "inside" may begin a span where what stood before it was denied
                    own = distribution.get(state, 0.0) if state == tag else gain / 2
                    # among equals a span is preferred to none, and a longer one to two
                    total = score + own + (2e-6 if state[0] == "I" else 1e-6 if state[0] == "B" else 0.0)
                    if state not in following or total > following[state][0]:
                        following[state] = (total, (state, path))
        best = following
    _, path = max(best.values(), key=lambda item: item[0])
    chosen: list[str] = []
    while path is not None:
        state, path = path
        chosen.append(state)
    return _spans(chosen[::-1], words)


def _spans(path: Sequence[str], words: Sequence[Distribution]) -> list[LabelledSpan]:
    spans = []
    start = 0
    while start < len(path):
        if path[start] == OUTSIDE:
            start += 1
            continue
        label, end = path[start][2:], start + 1
        while end < len(path) and path[end] == f"I-{label}":
            end += 1
        masses = [sum(words[i].get(f"{position}-{label}", 0.0) for position in "BI") for i in range(start, end)]
        spans.append(LabelledSpan(start, end, label, sum(masses) / len(masses)))
        start = end
    return spans
