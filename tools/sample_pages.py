"""Draws pages of unlabelled corpora, file by file, for weak labelling: a developer's tool.

python tools/sample_pages.py corpus/*.jsonl.gz --pages 60 --words 80 450 --unlike data/gold/seeds -o sample.jsonl

Pages about conflict, politics and crises come first, unless ``--any-topic`` is given. A page that shares a tenth of its
runs of eight words with annotated pages (``--unlike``; less is the site's furniture), or half of them with pages drawn
before, is left out and counted.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from khabar.annotated import read_annotated
from khabar.text import normalise, words

RUN = 8
#: Stems of words that crises are told with; three of them in a page make it one of its topic.
TOPIC = re.compile(
    "قتل|قتيل|جريح|إصاب|هجوم|قصف|غار[ةا]|انفجار|هدن|إطلاق النار|جيش|قوات|مسلح|عسكري|حرب|معارك|نازح|لاجئ|اعتقال|معتقل"
    "|احتجاج|مظاهر|انتخاب|برلمان|حكوم|رئيس|وزير|مجلس الأمن|الأمم المتحدة|عقوبات|مفاوضات|محكم|شرطة|زلزال|فيضان"
    "|وباء|كارث|أزم"
)


def runs(text: str) -> set[tuple[str, ...]]:
    """The text's runs of eight words (shingles), as its words are spelt without marks."""
    spelt = [normalise(text[word.start : word.end]) for word in words(text)]
    return {tuple(spelt[start : start + RUN]) for start in range(max(1, len(spelt) - RUN + 1))}


def sample(
    paths: Sequence[Path],
    *,
    pages: int,
    words: tuple[int, int],
    seed: int,
    unlike: set[tuple[str, ...]],
    any_topic: bool = False,
) -> Iterator[dict[str, object]]:
    """Up to ``pages`` records of each JSONL file (plain or gzip), ``words[0]`` to ``words[1]`` words long."""
    drawn: set[tuple[str, ...]] = set()
    for path in sorted(paths):
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        fitting = [record for record in records if words[0] <= len(str(record["text"]).split()) <= words[1]]
        random.Random(f"{seed} {path.name}").shuffle(fitting)
        if not any_topic:
            fitting.sort(key=lambda record: len(TOPIC.findall(str(record["text"]))) < 3)
        chosen = annotated = repeated = 0
        for record in fitting:
            if chosen == pages:
                break
            found = runs(str(record["text"]))
            if len(found & unlike) > len(found) / 10:
                annotated += 1
            elif len(found & drawn) > len(found) / 2:
                repeated += 1
            else:
                drawn |= found
                chosen += 1
                yield record
        print(
            f"{path.name}: {chosen} of {len(fitting)} fitting pages, {len(records)} in all; "
            f"left out: {annotated} share runs with annotated pages, {repeated} repeat another",
            file=sys.stderr,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path, help="JSONL files, plain or gzip")
    parser.add_argument("--pages", type=int, default=60, help="pages a file")
    parser.add_argument("--words", type=int, nargs=2, default=(80, 450), metavar=("LOW", "HIGH"))
    parser.add_argument("--unlike", type=Path, nargs="*", default=[], help="folders of annotated pages")
    parser.add_argument("--any-topic", action="store_true", help="draw from all pages alike")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    unlike = set().union(*(runs(page.text) for folder in args.unlike for page in read_annotated(folder)))
    low, high = args.words
    drawn = sample(
        args.corpus, pages=args.pages, words=(low, high), seed=args.seed, unlike=unlike, any_topic=args.any_topic
    )
    args.output.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in drawn), "utf-8")


if __name__ == "__main__":
    main()
