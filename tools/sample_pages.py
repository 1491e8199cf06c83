"""Draws pages of unlabelled corpora evenly, file by file, for weak labelling: a developer's tool.

python tools/sample_pages.py corpus/*.jsonl.gz --pages 60 --words 80 450 -o sample.jsonl
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path


def sample(paths: Sequence[Path], *, pages: int, words: tuple[int, int], seed: int) -> list[dict[str, object]]:
    """``pages`` records of each JSONL file (plain or gzip) whose text is ``words[0]`` to ``words[1]`` words long."""
    drawn: list[dict[str, object]] = []
    for path in sorted(paths):
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        fitting = [record for record in records if words[0] <= len(str(record["text"]).split()) <= words[1]]
        chosen = random.Random(f"{seed} {path.name}").sample(fitting, min(pages, len(fitting)))
        print(f"{path.name}: {len(chosen)} of {len(fitting)} fitting pages, {len(records)} in all", file=sys.stderr)
        drawn += chosen
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path, help="JSONL files, plain or gzip")
    parser.add_argument("--pages", type=int, default=60, help="pages a file")
    parser.add_argument("--words", type=int, nargs=2, default=(80, 450), metavar=("LOW", "HIGH"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    drawn = sample(args.corpus, pages=args.pages, words=tuple(args.words), seed=args.seed)
    args.output.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in drawn), "utf-8")


if __name__ == "__main__":
    main()
