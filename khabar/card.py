"""The model card, from a model folder's saved configuration and metrics; never written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from khabar.labels import SPAN_LABELS
from khabar.pages import KhabarError

#: How the stock pipeline joins subwords, by which of them carry a word's label.
_STRATEGIES = {"all": "simple", "first": "first", "mean": "average"}


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
        if "strict_tokens" in metrics["validation"]:
            held = "held-out sentences, which chose the epoch"
        if metrics["data"].get("weakly labelled validation pages"):
            held = "held-out pages against their weak labels (agreement with the rules, not quality)"
        evaluations = [{"data": held, "scores": metrics["validation"]}, *evaluations]
    card = _card(folder.name, config, metrics, evaluations, picture=(folder / "curves.svg").is_file())
    (folder / "README.md").write_text(card, "utf-8")


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


def _card(
    name: str, config: dict[str, Any], metrics: dict[str, Any], evaluations: list[dict[str, Any]], *, picture: bool
) -> str:
    of_tokens = tuple(metrics.get("labels", SPAN_LABELS)) != SPAN_LABELS
    front = _front_matter(name, config, evaluations)
    lines = [
        "---",
        yaml.safe_dump(front, allow_unicode=True, sort_keys=False).strip(),
        "---",
        f"# {name}",
        "",
        (
            f"Tags Arabic text with **{', '.join(metrics['labels'])}**; it was taught no paragraph classes. "
            if of_tokens
            else "Tags Arabic news pages: **actors, locations, times and counts** in the words, and **report or "
            "boilerplate** for each paragraph, in one pass. "
        )
        + f"Trained with khabar from the encoder `{config['encoder']}`.",
        "",
        "```python",
        "from khabar import Tagger",
        "",
        f'pages = Tagger.from_pretrained("{name}").tag(["…"])',
        "```",
        "",
        f'The spans alone, without khabar: `transformers.pipeline("token-classification", model="{name}", '
        f'aggregation_strategy="{_STRATEGIES[config["training"].get("subword_labels", "all")]}")`.',
        "What the grammars of times and counts read, and the classes of paragraphs, are khabar's own.",
        "",
        "## Figures",
        "",
        *_figures(evaluations),
        "",
        *(["![loss, learning rate and held-out scores by epoch](curves.svg)", ""] if picture else []),
        "## Intended use and limits",
        "",
        "Made for news prose in Modern Standard Arabic. Speech, social media and dialects were not measured. A span's "
        "score is the probability that exactly its words are this span; how far scores can be trusted, the calibration "
        "error says.",
        "",
        "To find who, where, when and how many in the reports of news pages, for counting and for reading on. Not to "
        "judge persons by, and not to act on unread: the figures say how often it errs.",
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


def _front_matter(name: str, config: dict[str, Any], evaluations: list[dict[str, Any]]) -> dict[str, Any]:
    """What the Hub reads; see https://huggingface.co/docs/hub/model-cards. What is not known is left out."""
    told = config.get("card") or {}
    front: dict[str, Any] = {"language": "ar"}
    if told.get("license"):
        front["license"] = told["license"]
    front |= {
        "library_name": "transformers",
        "pipeline_tag": "token-classification",
        "tags": ["khabar", "named-entity-recognition", "news", "boilerplate"],
        "metrics": ["f1", "precision", "recall"],
    }
    if config["encoder"].count("/") == 1 and not Path(config["encoder"]).is_dir():
        front["base_model"] = config["encoder"]
    if told.get("datasets"):
        front["datasets"] = told["datasets"]
    if evaluations:
        results = [_result(evaluation["data"], evaluation["scores"]) for evaluation in evaluations]
        front["model-index"] = [{"name": name, "results": results}]
    return front


def _result(data: str, scores: dict[str, Any]) -> dict[str, Any]:
    """One evaluation as the Hub's model-index has it."""
    spans = (scores.get("strict_tokens") or scores["strict_report"])["all"]
    measured = [("f1", "span F1, strict", spans["f1"])]
    measured += [(kind, f"span {kind}, strict", spans[kind]) for kind in ("precision", "recall")]
    if "paragraphs" in scores:
        measured.append(("f1", "paragraph F1, macro", scores["paragraphs"]["macro_f1"]))
    return {
        "task": {"type": "token-classification", "name": "Named entity recognition"},
        "dataset": {"type": "custom", "name": data},
        "metrics": [{"type": kind, "name": shown, "value": value} for kind, shown, value in measured],
    }


def _figures(evaluations: list[dict[str, Any]]) -> list[str]:
    """A table of evaluations on pages, and one of those on token labels, whose labels are their own."""
    pages = [evaluation for evaluation in evaluations if "strict_tokens" not in evaluation["scores"]]
    lines: list[str] = []
    if pages or not evaluations:
        lines += [
            "Strict: same label, same characters but for punctuation at the edges; in report paragraphs. "
            "Intervals: 95 %, bootstrap over pages. Calibration error: how far scores are from the share of right "
            "answers (expected calibration error, 10 bins), of spans and of paragraphs.",
            "",
            "| pages of | all spans F1 | " + " | ".join(SPAN_LABELS) + " | paragraphs, macro F1 | calibration error |",
            "|---|---|" + "---|" * len(SPAN_LABELS) + "---|---|",
            *(_row(evaluation["data"], evaluation["scores"]) for evaluation in pages),
        ]
    for evaluation in evaluations:
        if evaluation not in pages:
            rows = evaluation["scores"]["strict_tokens"]
            count = evaluation["scores"]["sentences"]
            lines += [
                *([""] if lines else []),
                f"Strict seqeval over the tokens of {evaluation['data']} ({count} sentences):",
                "",
                "| | precision | recall | F1 | spans |",
                "|---|---|---|---|---|",
                *(
                    f"| {label} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} | {row['gold']} |"
                    for label, row in rows.items()
                ),
            ]
    return lines


def _row(data: str, scores: dict[str, Any]) -> str:
    strict, intervals = scores["strict_report"], scores["intervals_95"]
    cells = [_with_interval(strict["all"]["f1"], intervals.get("spans"))]
    cells += [f"{strict[label]['f1']:.3f}" for label in SPAN_LABELS]
    cells.append(_with_interval(scores["paragraphs"]["macro_f1"], intervals.get("paragraphs")))
    cells.append(_calibration(scores.get("calibration_error", {})))
    return f"| {data} ({scores['pages']} pages) | " + " | ".join(cells) + " |"


def _calibration(errors: dict[str, float | None]) -> str:
    """Of spans and of paragraphs; a dash where none was measured."""
    return ", ".join("–" if (error := errors.get(name)) is None else f"{error:.3f}" for name in ("spans", "paragraphs"))


def _with_interval(value: float, interval: list[float] | None) -> str:
    return f"{value:.3f}" + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")


def _notes(config: dict[str, Any]) -> list[str]:
    notes = config["data"].get("notes")
    return [notes] if notes else []
