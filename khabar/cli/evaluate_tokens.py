"""Scores a tagger on token labels: strict seqeval over the tokens of a CoNLL file, as benchmarks have it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import yaml

from khabar.pages import KhabarError
from khabar.token_labels import read_token_labels, score_tokens


def evaluate_tokens(args: argparse.Namespace) -> int:
    """Prints the scores of ``khabar evaluate TAGGER FILE.conll``."""
    for option in ("by", "errors", "against", "composed"):
        if getattr(args, option) not in (None, False):
            raise KhabarError(f"--{option} is for annotated pages; {args.gold} holds token labels")
    folder = Path(args.predictions)
    if folder.is_file():
        raise KhabarError(f"{folder}: token labels score a tagger; expected its folder or Hub id")
    gold = list(read_token_labels(args.gold, sentences=_sentences_together(folder)))
    from khabar.tagging import Tagger

    scores = score_tokens(Tagger.from_pretrained(args.predictions).tag(page.page for page in gold), gold)
    if args.record is not None:
        from khabar.card import record_evaluation

        record_evaluation(folder, args.record, scores.to_dict())
    print(json.dumps(scores.to_dict(), ensure_ascii=False, indent=2) if args.json else scores)
    return 0


def _sentences_together(folder: Path) -> int:
    """How many sentences the tagger learned to read together; one where its folder does not tell."""
    training = folder / "training.yaml"
    config = yaml.safe_load(training.read_text("utf-8")) if training.is_file() else {}
    return int(config.get("data", {}).get("conll_sentences", 1))
