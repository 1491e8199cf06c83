"""Cuts an encoder out of a model folder: its lowest layers, without any head. A developer's tool.

python tools/cut_encoder.py models/compact-encoder --layers 9 -o runs/nine-layers
python tools/cut_encoder.py runs/news-tagger -o models/news-encoder
"""

from __future__ import annotations

import argparse
from pathlib import Path

from transformers import AutoModel, AutoTokenizer

from khabar.pretraining import save_encoder


def cut(folder: Path, output: Path, layers: int | None = None) -> None:
    """Writes the encoder of ``folder`` with its ``layers`` lowest layers (all by default), in half precision."""
    encoder = AutoModel.from_pretrained(folder, local_files_only=True, trust_remote_code=False, add_pooling_layer=False)
    if layers is not None:
        encoder.encoder.layer = encoder.encoder.layer[:layers]
        encoder.config.num_hidden_layers = layers
    save_encoder(encoder, AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False), output)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="an encoder's or a tagger's folder")
    parser.add_argument("--layers", type=int, help="how many to keep, from the lowest")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    cut(args.folder, args.output, args.layers)


if __name__ == "__main__":
    main()
