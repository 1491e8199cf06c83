"""Words -> subwords -> windows that hold several paragraphs, and back.

Every word is tokenised on its own, and every word has at least one subword whatever it holds, so that answers about
subwords are answers about words. A window is ``[CLS] (page's beginning [SEP]) paragraph [SEP] paragraph [SEP] …``; a
page of one paragraph that fits is encoded exactly as the stock tokenizer does it. A paragraph longer than a window
goes on in the next one, cut at a sentence's end where there is one. Nothing is cut off, but for the far end of words
longer than :data:`MAX_CHARACTERS`, which is counted.
"""

from __future__ import annotations

import copy
import logging
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain

from tokenizers import Regex, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from khabar.pages import KhabarError, Page, Paragraph, split_paragraphs
from khabar.remembering import WORDS_REMEMBERED
from khabar.text import MARKS, WORD_PATTERN, Word, words

logger = logging.getLogger(__name__)

#: What the tokenizer reads of one word; links and other runs longer than this say nothing more at their far end.
MAX_CHARACTERS = 64
MAX_SUBWORDS = 16
#: Marks after which a paragraph may be cut between windows.
_SENTENCE_ENDS = frozenset(".؟?!؛;:،,")


@dataclass(slots=True)
class Window:
    """What the encoder reads at once.

    ``input_ids``, ``words`` and ``paragraphs`` run in parallel (Shape: (subwords,)): the subword's id, the index of
    the word it starts (-1 for a later subword of a word and for what is carried or special), and the index of its
    paragraph (-1 for what is carried or special).
    """

    input_ids: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    paragraphs: list[int] = field(default_factory=list)

    def add(self, ids: Sequence[int], words: Sequence[int] | None = None, *, paragraph: int = -1) -> None:
        self.input_ids += ids
        self.words += [-1] * len(ids) if words is None else words
        self.paragraphs += [paragraph] * len(ids)

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(slots=True)
class EncodedPage:
    """A page's words, paragraphs and windows; ``shortened`` counts the words whose far end the encoder does not see."""

    words: list[Word]
    paragraphs: list[Paragraph]
    #: The range of word indices of each paragraph.
    ranges: list[range]
    windows: list[Window]
    shortened: int


class _Subwords:
    """The subwords of a page's words, one after the other, and where each word's begin."""

    def __init__(self, words: list[Word], subwords: list[list[int]]) -> None:
        self._words = words
        self._ids = [*chain.from_iterable(subwords)]
        self._begins = [0, *accumulate(map(len, subwords))]
        self._starting = [-1] * len(self._ids)
        for word, begin in enumerate(self._begins[:-1]):
            self._starting[begin] = word

    def count(self, words: range) -> int:
        return self._begins[words.stop] - self._begins[words.start]

    def of(self, words: range) -> tuple[list[int], list[int]]:
        """The words' subwords, and the word that each starts (-1 for none)."""
        part = slice(self._begins[words.start], self._begins[words.stop])
        return self._ids[part], self._starting[part]

    def fitting(self, rest: range, room: int) -> range:
        """The first words of ``rest`` that fit; all, or up to the last sentence's end in the room's second half."""
        if self.count(rest) <= room:
            return rest
        begin = self._begins[rest.start]
        stop = max(bisect_right(self._begins, begin + room, rest.start, rest.stop) - 1, rest.start)
        for word in range(stop - 1, rest.start - 1, -1):
            if self._begins[word + 1] - begin <= room // 2:
                break
            if self._words[word].text in _SENTENCE_ENDS:
                return range(rest.start, word + 1)
        return range(rest.start, stop)


class PageEncoder:
    """Cuts pages into windows for one tokenizer.

    Arguments: ``length`` is a window's most subwords, special ones included; ``context`` the subwords of the page's
    beginning (its title, where it has one, and its first paragraphs) that later windows carry.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, length: int, context: int) -> None:
        self.tokenizer = prepare_tokenizer(tokenizer)
        # [CLS], the carried beginning, its [SEP], one word, [SEP]
        self.length = min(length, self.tokenizer.model_max_length)
        if self.length < MAX_SUBWORDS + 3:
            raise KhabarError(f"window.length={self.length}: expected at least {MAX_SUBWORDS + 3} subwords")
        if self.length < length:
            logger.warning("window.length=%d is more than the encoder reads; using %d", length, self.length)
        self.context = min(context, self.length - MAX_SUBWORDS - 3)
        self._subwords: dict[str, list[int]] = {}
        self._cls = self._special("cls_token_id", "bos_token_id")
        self._sep = self._special("sep_token_id", "eos_token_id")
        self.unknown = self._special("unk_token_id", "pad_token_id")
        self.pad = self._special("pad_token_id", "unk_token_id")

    def _special(self, *names: str) -> int:
        for name in names:
            if (token := getattr(self.tokenizer, name, None)) is not None:
                return int(token)
        raise KhabarError(f"the tokenizer has no {names[0].removesuffix('_id')}; expected a BERT-like tokenizer")

    def encode(self, page: Page) -> EncodedPage:
        """The page's words, paragraphs and windows."""
        paragraphs = split_paragraphs(page.text)
        page_words: list[Word] = []
        ranges = []
        for paragraph in paragraphs:
            first = len(page_words)
            page_words += words(page.text, paragraph.start, paragraph.end)
            ranges.append(range(first, len(page_words)))
        title = words(page.title) if page.title else []
        texts = [word.text[:MAX_CHARACTERS] for word in page_words]
        title_texts = [word.text[:MAX_CHARACTERS] for word in title]
        known = self._learn({*texts, *title_texts})
        subwords = [known[text] for text in texts]
        beginning = [*(known[text] for text in title_texts), *subwords[: self.context]]
        carried = [*chain.from_iterable(beginning)][: self.context]
        return EncodedPage(
            words=page_words,
            paragraphs=paragraphs,
            ranges=ranges,
            windows=self._pack(_Subwords(page_words, subwords), ranges, carried),
            shortened=sum(len(word.text) > MAX_CHARACTERS for word in page_words),
        )

    def _pack(self, page: _Subwords, ranges: list[range], carried: list[int]) -> list[Window]:
        windows: list[Window] = []

        def start_window() -> Window:
            window = Window()
            window.add([self._cls])
            if windows and carried:
                window.add([*carried, self._sep])
            windows.append(window)
            return window

        window: Window | None = None
        empty = 0
        for number, span in enumerate(ranges):
            rest = span
            while rest:
                if window is None:
                    window = start_window()
                    empty = len(window)
                fitting = page.fitting(rest, self.length - len(window) - 1)
                if (
                    len(fitting) < len(rest)
                    and len(window) > empty
                    and (
                        # A paragraph that fits into a window of its own is not cut to fill this one.
                        not fitting or page.count(rest) <= self.length - len(carried) - 3
                    )
                ):
                    window = None
                    continue
                window.add(*page.of(fitting), paragraph=number)
                window.add([self._sep])
                rest = range(fitting.stop, rest.stop)
                if rest:
                    window = None
        return windows

    def _learn(self, texts: set[str]) -> dict[str, list[int]]:
        """The subwords of these words and others; a word's subwords do not depend on its neighbours."""
        if len(self._subwords) > WORDS_REMEMBERED:
            # A new one, and not this one emptied: another thread may be reading from it.
            self._subwords = {}
        known = self._subwords
        new = sorted(text for text in texts if text not in known)
        if not new:
            return known
        # A lone surrogate cannot reach the tokenizer.
        readable = [text.encode("utf-8", "replace").decode("utf-8") for text in new]
        encoded = self.tokenizer(readable, add_special_tokens=False, return_attention_mask=False)["input_ids"]
        for text, ids in zip(new, encoded, strict=True):
            known[text] = ids[:MAX_SUBWORDS] or [self.unknown]
        return known


def prepare_tokenizer(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerFast:
    """A tokenizer that sees words as khabar does, also in the stock pipeline: marks removed, words split first.

    A custom normaliser survives saving only as ``PreTrainedTokenizerFast``. A tokenizer prepared before is returned
    as it is. Raises KhabarError for a tokenizer without a fast backend.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise KhabarError(f"{type(tokenizer).__name__} has no fast tokenizer; give an encoder with one")
    if tokenizer.init_kwargs.get("khabar_words"):
        assert isinstance(tokenizer, PreTrainedTokenizerFast)
        return tokenizer
    backend = copy.deepcopy(backend)
    marks = normalizers.Replace(Regex(f"[{MARKS}]+"), "")
    split = pre_tokenizers.Split(Regex(WORD_PATTERN), "removed", invert=True)
    backend.normalizer = normalizers.Sequence([marks, *([backend.normalizer] if backend.normalizer else [])])
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [split, *([backend.pre_tokenizer] if backend.pre_tokenizer else [])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        model_max_length=min(tokenizer.model_max_length, 512),
        khabar_words=True,
        **tokenizer.special_tokens_map,
    )
