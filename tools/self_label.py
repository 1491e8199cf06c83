"""Labels pages by taggers that are trained already, for one that is to learn from them: a developer's tool.

python tools/self_label.py sample.jsonl --taggers runs/one runs/two -o data/self.jsonl

What is written is read as ``data.weak``: each word with how likely its tags are, the mean over the taggers
(self-training; several teachers as in Hinton et al., "Distilling the Knowledge in a Neural Network", 2015). Paragraphs
get no class: pages of a corpus are reports throughout, of which a tagger learns nothing about furniture.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from khabar.chunks import chunks_of
from khabar.pages import KhabarError, Page, Paragraph
from khabar.reading import read_pages
from khabar.tagging import Tagger, word_scores
from khabar.writing import jsonl_writer

#: Tags that are less likely are left out.
_LEAST = 0.01


def self_labelled(pages: Sequence[Page], taggers: Sequence[Tagger]) -> Iterator[Page]:
    """The pages with ``words`` filled by the mean of what the taggers say.

    Raises KhabarError for taggers of different tags.
    """
    tags = taggers[0].tags
    if any(tagger.tags != tags for tagger in taggers):
        raise KhabarError("the taggers tag differently; give taggers of the same labels")
    for chunk in chunks_of(pages):
        of_taggers = [tagger.answer(chunk) for tagger in taggers]
        for page, *answers in zip(chunk, *of_taggers, strict=True):
            scores = zip(answers, taggers, strict=True)
            likely = np.mean([np.exp(word_scores(answer, tagger.decoding)) for answer, tagger in scores], axis=0)
            encoded = answers[0].page
            page.words = [
                (word.start, word.end, _distribution(row, tags))
                for word, row in zip(encoded.words, likely, strict=True)
            ]
            page.paragraphs = [
                Paragraph(paragraph.start, paragraph.end, "report", probabilities={})
                for paragraph in encoded.paragraphs
            ]
            yield page


def _distribution(likely: npt.NDArray[np.floating], tags: Sequence[str]) -> dict[str, float]:
    kept = {tag: float(value) for tag, value in zip(tags, likely, strict=True) if value >= _LEAST}
    return {tag: round(value / sum(kept.values()), 3) for tag, value in kept.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", help="files, folders or globs, as infer.py takes them")
    parser.add_argument("--taggers", nargs="+", required=True, metavar="FOLDER", help="who teaches")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    read = list(read_pages(args.pages))
    pages = [page.reset() for page in read if page.error is None]
    if len(pages) < len(read):
        print(f"{len(read) - len(pages)} pages carry an error and are left out", file=sys.stderr)
    taggers = [Tagger.from_pretrained(folder) for folder in args.taggers]
    with jsonl_writer(args.output) as file:
        for page in self_labelled(pages, taggers):
            file.write(page)


if __name__ == "__main__":
    main()
