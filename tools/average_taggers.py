"""Averages the weights of taggers that began at the same encoder (a uniform soup). A developer's tool.

python tools/average_taggers.py runs/final-13 runs/final-14 runs/final-15 --validation silver/validation -o OUT

Wortsman et al., "Model soups", ICML 2022: fine-tuned models of one origin lie in one basin, so that their mean is
often better than each. The decoding is fitted anew on the validation pages, as training does.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from khabar.annotated import read_annotated
from khabar.card import write_card
from khabar.devices import choose_device
from khabar.encoding import PageEncoder
from khabar.metrics import score_in_order
from khabar.model import load
from khabar.tagging import Tagger
from khabar.validation import PageValidator


def average(folders: Sequence[Path], validation: Path, output: Path) -> None:
    """Writes the mean of the taggers of ``folders``, with the first one's configuration and all of their records."""
    model, tokenizer, settings = load(folders[0])
    # Page heads began at random, each elsewhere: their mean is none. The first tagger's is kept.
    weights = {name: weight for name, weight in model.state_dict().items() if not name.startswith("page_head.")}
    for folder in folders[1:]:
        other = load(folder)[0].state_dict()
        for name, weight in weights.items():
            weight += other[name]
    for weight in weights.values():
        weight /= len(folders)
    model.load_state_dict(weights, strict=False)
    config = yaml.safe_load((folders[0] / "training.yaml").read_text("utf-8"))
    records = [json.loads((folder / "metrics.json").read_text("utf-8")) for folder in folders]
    gold = list(read_annotated(validation))
    encoder = PageEncoder(tokenizer, length=settings.window, context=settings.context)
    decoding = PageValidator(encoder, choose_device(), settings.decoding, gold).fit_decoding(model, config["seed"])
    model.save(output, tokenizer, replace(settings, decoding=decoding))
    scores = score_in_order(Tagger.from_pretrained(output, dtype="fp32").tag(gold), gold)
    seeds = [yaml.safe_load((folder / "training.yaml").read_text("utf-8"))["seed"] for folder in folders]
    record = records[0] | {
        "validation": scores.to_dict(),
        "averaged": [
            {"seed": seed, "validation": record["validation"], "history": record["history"]}
            for seed, record in zip(seeds, records, strict=True)
        ],
        "seconds": sum(record["seconds"] for record in records),
    }
    (output / "metrics.json").write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", "utf-8")
    config["output"] = str(output)
    (output / "training.yaml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), "utf-8")
    write_card(output)
    print(scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("taggers", nargs="+", type=Path, help="folders that train.py wrote")
    parser.add_argument("--validation", type=Path, required=True, help="annotated pages to fit the decoding on")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    average(args.taggers, args.validation, args.output)


if __name__ == "__main__":
    main()
