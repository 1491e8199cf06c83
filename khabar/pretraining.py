"""Goes on with an encoder's pretraining on unlabelled pages: whole words are hidden and restored from what is around.

Gururangan et al., "Don't Stop Pretraining", ACL 2020: an encoder that has read text of the kind at hand tags it better.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from safetensors.torch import save_file
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from khabar.config import TrainingConfig
from khabar.learning import Learning
from khabar.pages import KhabarError
from khabar.trainer import tagger_of


def pretrain(config: TrainingConfig, *, resume: bool = False) -> Path:
    """Trains on ``data.unlabelled`` and writes an encoder's folder, without heads, which it returns.

    ``resume`` goes on from the last checkpoint. Raises KhabarError as :func:`khabar.training.train` does, and for
    data with labels.
    """
    data = config.data
    if not data.unlabelled or data.weak or data.annotated or data.conll:
        raise KhabarError("pretraining takes data.unlabelled alone; train.py takes it beside labels")
    if not config.training.restore_weight or not config.training.mask_share:
        raise KhabarError("pretraining restores hidden words: give training.mask_share and training.restore_weight")
    learning = Learning(config)
    tagger = tagger_of(learning.run(resume=resume))
    if not learning.processes.first:
        return config.output
    encoder = cast(PreTrainedModel, tagger.token_classifier.base_model)
    save_encoder(encoder, learning.encoder.tokenizer, config.output)
    best = [log for log in learning.trainer.state.log_history if "eval_score" in log]
    held = max(best, key=lambda log: log["eval_score"]) if best else None
    learning.write_records(held_out=held)
    (config.output / "README.md").write_text(_card(config, data_counts=learning.data.summary(), held=held), "utf-8")
    if held:
        print(f"held-out hidden subwords restored: {held['eval_restored']:.3f}, loss {held['eval_restoring_loss']:.3f}")
    learning.finish()
    return config.output


def save_encoder(encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Writes an encoder without heads in Hugging Face Hub layout, in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.half().contiguous().cpu() for name, weight in encoder.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = encoder.config.to_dict() | {"architectures": [type(encoder).__name__], "dtype": "float32"}
    _write(folder / "config.json", config, without=("khabar", "_name_or_path", "id2label", "label2id", "torch_dtype"))
    tokenizer.save_pretrained(folder)
    written = folder / "tokenizer_config.json"
    _write(written, json.loads(written.read_text("utf-8")), without=("is_local", "local_files_only"))


def _write(path: Path, content: dict[str, Any], *, without: Sequence[str]) -> None:
    kept = {name: value for name, value in content.items() if name not in without}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8")


def _card(config: TrainingConfig, *, data_counts: dict[str, int], held: dict[str, Any] | None) -> str:
    restored = (
        f"Of the hidden subwords of held-out pages {held['eval_restored']:.3f} are restored."
        if held
        else "No pages were held out."
    )
    return "\n".join(
        [
            "---",
            "language: ar",
            "library_name: transformers",
            "pipeline_tag: feature-extraction",
            "---",
            f"# {config.output.name}",
            "",
            f"An encoder, `{config.encoder}` trained on with khabar on {data_counts['training words']} words of pages "
            "without labels: whole words were hidden and restored. It has no head; fine-tune it "
            "(`train.py … encoder=FOLDER`).",
            "",
            f"{restored} `training.yaml` says how it was trained.",
            "",
        ]
    )
