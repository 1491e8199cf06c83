"""Tiny encoders and taggers, built on the spot, so that tests need neither a network nor the weights that ship."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
import torch
from transformers import BertConfig, BertModel

from khabar.encoding import PageEncoder
from khabar.model import Settings, from_encoder
from khabar.tagging import Tagger

ROOT = Path(__file__).parents[1]

# How long an example takes says nothing about it on a machine that others use too.
hypothesis.settings.register_profile("khabar", deadline=None)
hypothesis.settings.load_profile("khabar")

PAGE = """وقف إطلاق النار في الوادي

أعلنت وزارة الدفاع السودانية أمس أن 12 جنديا قتلوا في الخرطوم.
وقال المتحدث باسم الحكومة إن المفاوضات تبدأ غدا.
المصدر: وكالة الأنباء
اقرأ أيضا
افتتاح معرض الكتاب في الرباط"""

ANNOTATED = """R|وقف إطلاق النار في <L>الوادي</L>
R|أعلنت <A>وزارة الدفاع السودانية</A> <T>أمس</T> أن <C>12 جنديا</C> قتلوا في <L>الخرطوم</L>.
R|وقال <A>المتحدث باسم الحكومة</A> إن المفاوضات تبدأ <T>غدا</T>.
B|المصدر: <A>وكالة الأنباء</A>
B|اقرأ أيضا
B|افتتاح معرض الكتاب في <L>الرباط</L>
"""


def write_camelbert_shape(folder: Path, *, positions: int = 128) -> Path:
    """A tiny encoder with exactly the files of CAMeLBERT on the Hub: no tokenizer.json, no model_max_length."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = 'ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآؤئء0123456789abcdefghijklmnopqrstuvwxyz.,:;؟،!"«»()-_/'
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "وزارة", "الدفاع", "أمس", "محمد", "الخرطوم", "في", "##ية"]
    pieces = [*words, *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", "utf-8")
    special = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]"}
    (folder / "special_tokens_map.json").write_text(json.dumps(special | {"mask_token": "[MASK]"}))
    (folder / "tokenizer_config.json").write_text(
        '{"do_lower_case": false, "special_tokens_map_file": null, "full_tokenizer_file": null}'
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=positions,
        architectures=["BertForMaskedLM"],
    )
    model = BertModel(config)
    (folder / "config.json").write_text(json.dumps(config.to_dict() | {"architectures": ["BertForMaskedLM"]}))
    weights = {f"bert.{name}": tensor for name, tensor in model.state_dict().items()}
    torch.save(weights, folder / "pytorch_model.bin")
    return folder


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny CAMeLBERT-shaped encoder."""
    return write_camelbert_shape(tmp_path_factory.mktemp("encoder") / "camelbert-tiny")


@pytest.fixture(scope="session")
def tiny_tagger_folder(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny untrained tagger whose heads answer variedly."""
    folder = tmp_path_factory.mktemp("tagger") / "tiny"
    torch.manual_seed(1)
    model, tokenizer = from_encoder(str(tiny_encoder), dropout=0.0)
    with torch.no_grad():
        for head in (model.token_classifier.classifier, model.paragraph_head.out):
            head.weight.normal_(0, 1.0)
            head.bias.zero_()
    encoder = PageEncoder(tokenizer, length=48, context=8)
    model.save(folder, encoder.tokenizer, Settings(window=encoder.length, context=encoder.context))
    return folder


@pytest.fixture(scope="session")
def tiny_tagger(tiny_tagger_folder: Path) -> Tagger:
    return Tagger.from_pretrained(tiny_tagger_folder, device="cpu", dtype="fp32")


@pytest.fixture(scope="session")
def run() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs a script of the project as a user does, in a process of its own."""

    def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, timeout=300, check=False)

    return run
