"""Cuts an encoder out of a model folder: its lowest layers, without any head. A developer's tool.

python tools/cut_encoder.py models/compact-encoder --layers 9 -o runs/nine-layers
python tools/cut_encoder.py runs/news-tagger -o models/news-encoder
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer


def cut(folder: Path, output: Path, layers: int | None = None) -> None:
    """Writes the encoder of ``folder`` with its ``layers`` lowest layers (all by default), in half precision."""
    encoder = AutoModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False)
    if layers is not None:
        encoder.encoder.layer = encoder.encoder.layer[:layers]
        encoder.config.num_hidden_layers = layers
    output.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.half().contiguous() for name, weight in encoder.state_dict().items()}
    save_file(weights, output / "model.safetensors", metadata={"format": "pt"})
    config = encoder.config.to_dict() | {"architectures": [type(encoder).__name__], "dtype": "float32"}
    _write(output / "config.json", config, without=("khabar", "_name_or_path", "id2label", "label2id", "torch_dtype"))
    AutoTokenizer.from_pretrained(folder, local_files_only=True).save_pretrained(output)
    written = output / "tokenizer_config.json"
    _write(written, json.loads(written.read_text("utf-8")), without=("is_local", "local_files_only"))


def _write(path: Path, content: dict[str, Any], *, without: Sequence[str]) -> None:
    kept = {name: value for name, value in content.items() if name not in without}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="an encoder's or a tagger's folder")
    parser.add_argument("--layers", type=int, help="how many to keep, from the lowest")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    cut(args.folder, args.output, args.layers)


if __name__ == "__main__":
    main()
