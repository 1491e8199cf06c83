"""The model card, from a model folder's saved configuration and metrics; never written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from khabar.labels import SPAN_LABELS
from khabar.pages import KhabarError


def write_card(folder: Path) -> None:
    """Writes ``README.md`` of a model folder from its ``training.yaml``, ``metrics.json`` and ``evaluations.json``.

    ``evaluations.json``, where it is there, holds a list of ``{"data": name, "scores": …}`` as ``khabar evaluate
    --record`` adds them.
    """
    config = yaml.safe_load((folder / "training.yaml").read_text("utf-8"))
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    recorded = folder / "evaluations.json"
    evaluations = json.loads(recorded.read_text("utf-8")) if recorded.is_file() else []
    if metrics["validation"]:
        held = "the validation pages, which chose the epoch"
        if metrics["data"].get("weakly labelled validation pages"):
            held = "held-out pages against their weak labels (agreement with the rules, not quality)"
        evaluations = [{"data": held, "scores": metrics["validation"]}, *evaluations]
    (folder / "README.md").write_text(_card(folder.name, config, metrics, evaluations), "utf-8")


def record_evaluation(folder: Path, data: str, scores: dict[str, Any]) -> None:
    """Adds (or replaces) an evaluation on ``data`` in the folder's card."""
    if not (folder / "training.yaml").is_file():
        raise KhabarError(f"--record: {folder} is no model folder that train.py wrote; nothing is recorded")
    path = folder / "evaluations.json"
    evaluations = json.loads(path.read_text("utf-8")) if path.is_file() else []
    evaluations = [evaluation for evaluation in evaluations if evaluation["data"] != data]
    evaluations.append({"data": data, "scores": scores})
    path.write_text(json.dumps(evaluations, ensure_ascii=False, indent=2) + "\n", "utf-8")
    write_card(folder)


def _card(name: str, config: dict[str, Any], metrics: dict[str, Any], evaluations: list[dict[str, Any]]) -> str:
    front = {
        "language": "ar",
        "library_name": "transformers",
        "pipeline_tag": "token-classification",
        "tags": ["khabar", "named-entity-recognition", "news", "boilerplate"],
        "metrics": ["f1", "precision", "recall"],
    }
    if config["encoder"].count("/") == 1 and not Path(config["encoder"]).is_dir():
        front["base_model"] = config["encoder"]
    lines = [
        "---",
        yaml.safe_dump(front, allow_unicode=True, sort_keys=False).strip(),
        "---",
        f"# {name}",
        "",
        "Tags Arabic news pages: **actors, locations, times and counts** in the words, and **report or boilerplate** "
        "for each paragraph, in one pass. Trained with khabar from "
        f"the encoder `{config['encoder']}`.",
        "",
        "```python",
        "from khabar import Tagger",
        "",
        f'pages = Tagger.from_pretrained("{name}").tag(["…"])',
        "```",
        "",
        f'The spans alone, without khabar: `transformers.pipeline("token-classification", model="{name}", '
        'aggregation_strategy="simple")`.',
        "",
        "## Figures",
        "",
        "Strict: same label, same characters but for punctuation at the edges; in report paragraphs. Intervals: 95 %, "
        "bootstrap over pages.",
        "",
        "| pages of | all spans F1 | " + " | ".join(SPAN_LABELS) + " | paragraphs, macro F1 |",
        "|---|---|" + "---|" * len(SPAN_LABELS) + "---|",
        *(_row(evaluation["data"], evaluation["scores"]) for evaluation in evaluations),
        "",
        "## Limits",
        "",
        "Made for news prose in Modern Standard Arabic. Speech, social media and dialects were not measured. A span's "
        "score is the mean of its words' probabilities and is not calibrated.",
        "",
        "## Training data",
        "",
        *(f"- {what}: {count}" for what, count in metrics["data"].items()),
        "",
        *_notes(config),
        "",
        "## Training",
        "",
        f"Took {metrics['seconds']} s. `training.yaml`, resolved:",
        "",
        "```yaml",
        yaml.safe_dump(config, allow_unicode=True, sort_keys=False).strip(),
        "```",
    ]
    return "\n".join(lines) + "\n"


def _row(data: str, scores: dict[str, Any]) -> str:
    strict, intervals = scores["strict_report"], scores["intervals_95"]
    cells = [_with_interval(strict["all"]["f1"], intervals.get("spans"))]
    cells += [f"{strict[label]['f1']:.3f}" for label in SPAN_LABELS]
    cells.append(_with_interval(scores["paragraphs"]["macro_f1"], intervals.get("paragraphs")))
    return f"| {data} ({scores['pages']} pages) | " + " | ".join(cells) + " |"


def _with_interval(value: float, interval: list[float] | None) -> str:
    return f"{value:.3f}" + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")


def _notes(config: dict[str, Any]) -> list[str]:
    notes = config["data"].get("notes")
    return [notes] if notes else []
