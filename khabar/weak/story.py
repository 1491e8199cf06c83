"""The story test: which paragraphs tell the page's own story, and where the page has turned to another one.

A teaser of another story reads like news; only the page tells. The main story's words are those of its headline and
first texts; each later text shares many of them or few, and where few, perhaps words with its neighbours that the
main story lacks (the cohesion of Hearst 1997, TextTiling, https://aclanthology.org/J97-1003). One text alone proves
little, so the page is read as a chain of two states, main and other, whose turns are cheap where pages turn (below
«اقرأ أيضا», below the source line, at a headline) and dear elsewhere; the cheapest reading wins (Viterbi).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from khabar.arabic.lexicon import word_list
from khabar.remembering import remembered
from khabar.weak.base import Document, ParagraphVote, paragraph_source
from khabar.weak.boilerplate import cued_lines
from khabar.weak.layout import end_of_story, first_body, headline_of
from khabar.weak.lines import Line, lines_of
from khabar.weak.wordings import RELATED, RELATED_ALONE

#: How many texts, with the headline, say what the story is.
_LEAD = 3
#: Lines of fewer words say nothing about their story.
_TELLING = 10
_NEIGHBOURS = 3

# Log odds of main against other: for each unit of shared weight, for each of words shared with neighbours only.
_SHARED, _FOREIGN, _BIAS = 9.5, -2.5, -0.4
# A short line that ends no sentence is rather another story's headline, in so far as it shares nothing.
_HEADLINE = -1.1
_BELOW_HEADING = -8.0
# Log costs of a turn from main to other, and back.
_LEAVE, _LEAVE_AT_HEADLINE, _LEAVE_AT_END = 8.0, 1.5, 0.8
_RETURN, _RETURN_BELOW_LINKS, _RETURN_AFTER_END = 2.5, 0.5, 7.0

# Light10 of Larkey, Ballesteros & Connell 2002, https://doi.org/10.1145/564376.564425, on folded words.
_PREFIXES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "ال", "لل", "و")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "هم", "ه", "ي", "ا")
_MIN_STEM = 3
#: The weight of a noun that any story may hold, beside a word that is in no list: a name, most often.
_COMMON = 0.4


def light_stem(key: str) -> str:
    """A folded word without article, conjunction and endings, so that forms of a word meet: «والعراقية» → «عراق»."""
    for prefix in _PREFIXES:
        if key.startswith(prefix) and len(key) - len(prefix) >= _MIN_STEM:
            key = key[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if key.endswith(suffix) and len(key) - len(suffix) >= _MIN_STEM:
            return key[: -len(suffix)]
    return key


@cache
def _weights() -> dict[str, float]:
    """The weight of stems that are in every story (0) or in many."""
    every = word_list("particles") | word_list("adverbs") | word_list("verbs") | word_list("verbs_of_saying")
    weights = {light_stem(key): _COMMON for key in word_list("common_nouns")}
    return weights | dict.fromkeys(map(light_stem, every), 0.0)


@remembered
def _weighed(key: str) -> tuple[str, float]:
    stem = light_stem(key)
    return stem, _weights().get(stem, 1.0)


def _stems(line: Line) -> dict[str, float]:
    weighed = (_weighed(key) for key in line.keys if len(key) >= _MIN_STEM and key[0].isalpha())
    return {stem: weight for stem, weight in weighed if weight}


@lru_cache(maxsize=4)
def main_story(document: Document) -> tuple[bool, ...]:
    """For every paragraph, whether the page is in its main story there; lines that a cue knows go with those around."""
    lines = lines_of(document)
    first = first_body(document)
    if first is None:
        return (True,) * len(lines)
    evidence = _evidence(document, first)
    main, other = 0.0, -1e9
    back: list[tuple[bool, bool]] = []
    for line, (leave, come_back) in zip(lines, _turns(document, first), strict=True):
        back.append((main >= other - come_back, main - leave > other))
        main, other = max(main, other - come_back) + evidence[line.index], max(main - leave, other)
    state = main >= other
    states = []
    for main_if_main, main_if_other in reversed(back):
        states.append(state)
        state = main_if_main if state else main_if_other
    return tuple(reversed(states))


def _turns(document: Document, first: int) -> Iterator[tuple[float, float]]:
    """The costs of leaving the main story and of coming back to it, above each line."""
    end, cued = end_of_story(document), cued_lines(document)
    links = 0
    for line in lines_of(document):
        if line.index > end:
            come_back = _RETURN_AFTER_END
        else:
            come_back = _RETURN_BELOW_LINKS if links > 1 and line.is_body else _RETURN
        # a heading with a headline in its line is a whole block; a headline alone below a heading begins a story
        if _is_heading(line):
            links = 0 if RELATED_ALONE.found_in(line) else 2
        elif line.is_headline:
            links += 1
        elif line.index not in cued:
            links = 0
        if line.index <= first:
            yield 1e9, come_back
        elif line.index == end or _is_heading(line):
            yield _LEAVE_AT_END, come_back
        elif line.is_headline and line.size >= 4 and line.index not in cued:
            yield _LEAVE_AT_HEADLINE, come_back
        else:
            yield _LEAVE, come_back


def _is_heading(line: Line) -> bool:
    return not line.is_body and RELATED.found_in(line)


def _evidence(document: Document, first: int) -> list[float]:
    """Log odds of main against other for each line, from its words; 0 where it says nothing."""
    lines, cued, top = lines_of(document), cued_lines(document), headline_of(document)
    stems = [{} if line.index in cued else _stems(line) for line in lines]
    lead = _lead(lines[first:], cued)
    main = {stem for index in (*lead, *([] if top is None else [top])) for stem in stems[index]}
    telling = [line.index for line in lines if line.index not in cued]
    evidence = [0.0] * len(lines)
    for place, index in enumerate(telling):
        line = lines[index]
        if index <= first or index in lead:
            continue
        if line.is_headline:
            below_heading = index > 0 and _is_heading(lines[index - 1])
            evidence[index] += _BELOW_HEADING if below_heading else _HEADLINE if line.size >= 4 else 0.0
        total = sum(stems[index].values())
        if line.size < _TELLING or not total:
            continue
        around = telling[max(0, place - _NEIGHBOURS) : place] + telling[place + 1 : place + 1 + _NEIGHBOURS]
        shared = foreign = 0.0
        for stem, weight in stems[index].items():
            if stem in main:
                shared += weight
            elif any(stem in stems[other] for other in around):
                foreign += weight
        evidence[index] += _SHARED * shared / total + _FOREIGN * foreign / total + _BIAS
    return evidence


def _lead(lines: Sequence[Line], cued: frozenset[int]) -> list[int]:
    """The first texts, as far as no heading and no headline stands between them."""
    lead: list[int] = []
    for line in lines:
        if lead and (_is_heading(line) or (line.is_headline and line.size >= 4 and line.index not in cued)):
            break
        if line.is_body and line.index not in cued:
            lead.append(line.index)
    return lead[:_LEAD]


@paragraph_source
def other_story(document: Document) -> Iterator[ParagraphVote]:
    """Where the page has turned to another story, by the story test. It can miss one on the same people and places."""
    for line, is_main in zip(lines_of(document), main_story(document), strict=True):
        if not is_main:
            yield ParagraphVote(line.index, "boilerplate")


@paragraph_source
def running_text(document: Document) -> Iterator[ParagraphVote]:
    """Long paragraphs that end a sentence, where the page is in its main story."""
    for line, is_main in zip(lines_of(document), main_story(document), strict=True):
        if is_main and line.is_body and not RELATED.found_in(line):
            yield ParagraphVote(line.index, "report")


@paragraph_source
def sentence(document: Document) -> Iterator[ParagraphVote]:
    """Shorter paragraphs of eight words or more that end a sentence, below the first text, in the main story."""
    first, cued = first_body(document), cued_lines(document)
    for line, is_main in zip(lines_of(document), main_story(document), strict=True):
        below_text = first is not None and line.index > first and line.index not in cued
        if is_main and below_text and line.is_closed and line.size >= 8 and not line.is_body:
            yield ParagraphVote(line.index, "report")


SOURCES = [other_story, running_text, sentence]
