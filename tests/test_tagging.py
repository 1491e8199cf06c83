"""The tagger: the stock classes agree with it, and pages keep their order, offsets and errors."""

import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModel,
    AutoModelForTokenClassification,
    AutoTokenizer,
    RobertaConfig,
    XLMRobertaConfig,
    pipeline,
)

from khabar import KhabarError, Page, Tagger
from khabar.decoding import best_tags
from khabar.encoding import EncodedPage
from khabar.labels import tags_of
from khabar.model import from_encoder, load
from khabar.pages import split_paragraphs
from khabar.tagging import BATCH_TOKENS
from tests.conftest import PAGE
from tests.test_text import HARD

TEXTS = [
    "أعلنت وزارة الدفاع (محمد) أمس أن 12.5% في الخرطوم!",
    "وَزَارَةُ الدِّفَاعِ في الخـــرطوم",
    "قال: «نعم» و5 محافظات – G7...",
]


@pytest.mark.filterwarnings("ignore")
def test_the_stock_pipeline_gives_the_same_tags(tiny_tagger: Tagger, tiny_tagger_folder: Path) -> None:
    stock = pipeline(
        "token-classification", model=str(tiny_tagger_folder), aggregation_strategy="none", ignore_labels=[]
    )
    for text in TEXTS:
        answers = tiny_tagger.answer([Page("p", text)])[0]
        ours = [tiny_tagger.tags[index] for index in answers.tags.argmax(axis=1)]
        first_subword: dict[int, str] = {}
        for entity in stock(text):
            first_subword.setdefault(entity["start"], entity["entity"])
        assert ours == [first_subword[word.start] for word in answers.page.words]
        assert len(set(ours)) > 2, "a model that always says the same shows nothing"


def test_the_stock_class_gives_equal_logits(tiny_tagger: Tagger, tiny_tagger_folder: Path) -> None:
    stock = AutoModelForTokenClassification.from_pretrained(tiny_tagger_folder)
    assert stock.config.id2label == dict(enumerate(tags_of()))
    assert next(stock.parameters()).dtype == torch.float32
    ids = torch.tensor([tiny_tagger.encoder.tokenizer(TEXTS[0])["input_ids"]])
    mask = torch.ones_like(ids)
    slots, features = torch.zeros_like(ids), torch.zeros(1, 1, 4)
    with torch.inference_mode():
        ours, _ = tiny_tagger.model(input_ids=ids, attention_mask=mask, slots=slots, features=features)
        torch.testing.assert_close(stock(input_ids=ids, attention_mask=mask).logits, ours)


def test_cores_that_work_side_by_side_change_nothing(tiny_tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    """More batches than cores, as many, and fewer: the same records, and torch's threads as they were."""
    texts = [f"{text} {number}\n{PAGE * (number % 4)}" for number in range(9) for text in TEXTS]
    monkeypatch.setitem(BATCH_TOKENS, "cpu", 256)
    threads = torch.get_num_threads()
    records = []
    for cores in (1, 64, 3, 2):
        monkeypatch.setattr(tiny_tagger, "device", replace(tiny_tagger.device, cores=cores))
        records.append([page.to_dict() for page in tiny_tagger.tag(texts)])
    assert records[1:] == [records[0]] * 3
    assert torch.get_num_threads() == threads


def test_pages_keep_their_order_and_errors(tiny_tagger: Tagger) -> None:
    pages = [Page(str(n), PAGE * (n % 3), error="broken" if n == 4 else None, meta={"n": n}) for n in range(300)]
    tagged = list(tiny_tagger.tag_pages(iter(pages)))
    assert [(page.id, page.meta["n"]) for page in tagged] == [(str(n), n) for n in range(300)]
    assert tagged[4].error == "broken"
    assert tagged[4].spans == tagged[4].paragraphs == []
    alone = tiny_tagger.tag([PAGE])[0]
    assert [(s.start, s.end, s.label) for s in tagged[1].spans] == [(s.start, s.end, s.label) for s in alone.spans]
    assert [p.label for p in tagged[1].paragraphs] == [p.label for p in alone.paragraphs]
    assert alone.spans


def test_a_fault_in_one_page_costs_no_other(tiny_tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = tiny_tagger.encoder.encode

    def failing(page: Page) -> EncodedPage:
        if page.id == "1":
            raise RuntimeError("odd")
        return encode(page)

    monkeypatch.setattr(tiny_tagger.encoder, "encode", failing)
    tagged = tiny_tagger.tag([PAGE, PAGE, PAGE])
    assert [page.error for page in tagged] == [
        None,
        "cannot be tagged (RuntimeError: odd); please report this page",
        None,
    ]
    assert [bool(page.spans) for page in tagged] == [True, False, True]
    assert tagged[0].spans == tagged[2].spans


def test_one_text_alone_is_refused(tiny_tagger: Tagger) -> None:
    with pytest.raises(KhabarError, match=r"write tag\(\[text\]\)"):
        tiny_tagger.tag("نص")


def test_probabilities_do_not_depend_on_the_batch(tiny_tagger: Tagger) -> None:
    long = " ".join(TEXTS) * 5
    alone = tiny_tagger.answer([Page("a", long)])[0]
    among = tiny_tagger.answer([Page("b", TEXTS[0]), Page("a", long), Page("c", PAGE)])[1]
    torch.testing.assert_close(torch.tensor(alone.tags), torch.tensor(among.tags), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(torch.tensor(alone.paragraphs), torch.tensor(among.paragraphs), atol=1e-5, rtol=1e-4)
    assert alone.paragraphs.sum(axis=1) == pytest.approx(1.0)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=HARD + "محمد \n.،", max_size=300) | st.text(max_size=100))
def test_any_text_is_tagged_by_the_contract(tiny_tagger: Tagger, text: str) -> None:
    (page,) = tiny_tagger.tag([text])
    assert [(p.start, p.end) for p in page.paragraphs] == [(p.start, p.end) for p in split_paragraphs(text)]
    assert all(p.label in ("report", "boilerplate") and 0 <= (p.score or 0) <= 1 for p in page.paragraphs)
    for span in page.spans:
        paragraph = page.paragraphs[span.paragraph]
        assert paragraph.start <= span.start < span.end <= paragraph.end
        assert text[span.start : span.end] == span.text
        assert 0 <= (span.score or 0) <= 1
    assert all(a.end <= b.start for a, b in pairwise(page.spans))
    json.dumps(page.to_dict())


def test_a_continuation_follows_only_its_own_label() -> None:
    tags = ("O", "B-X", "I-X", "B-Y", "I-Y")
    scores = torch.tensor([[0.3, 0.2, 0.5, 0, 0], [0, 0.1, 0.4, 0.1, 0.4], [0.1, 0, 0.45, 0.05, 0.4]]).add(1e-6).log()
    assert [tags[index] for index in best_tags(scores.numpy(), tags)] == ["B-X", "I-X", "I-X"]


@given(st.lists(st.lists(st.floats(-9, 0), min_size=5, max_size=5), min_size=1, max_size=5))
def test_the_best_sequence_is_the_best_of_all(rows: list[list[float]]) -> None:
    from itertools import product

    import numpy as np

    tags = ("O", "B-X", "I-X", "B-Y", "I-Y")

    def right(path: tuple[int, ...]) -> bool:
        named = ["O", *(tags[i] for i in path)]
        return all(b[0] != "I" or a[2:] == b[2:] for a, b in pairwise(named))

    scores = np.array(rows)
    sums = [
        sum(row[i] for row, i in zip(rows, path, strict=True))
        for path in product(range(5), repeat=len(rows))
        if right(path)
    ]
    path = tuple(best_tags(scores, tags))
    assert right(path)
    assert sum(row[i] for row, i in zip(rows, path, strict=True)) == pytest.approx(max(sums))


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to / "copy"))


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
def test_a_missing_file_is_named(tiny_tagger_folder: Path, tmp_path: Path, missing: str) -> None:
    folder = copy(tiny_tagger_folder, tmp_path)
    (folder / missing).unlink()
    with pytest.raises(KhabarError, match=f"{missing} is missing"):
        load(folder)


def test_other_damage_is_named(tiny_tagger_folder: Path, tmp_path: Path) -> None:
    folder = copy(tiny_tagger_folder, tmp_path)
    weights = load_file(folder / "model.safetensors")
    save_file({n: w for n, w in weights.items() if "paragraph_head" not in n}, folder / "model.safetensors")
    with pytest.raises(KhabarError, match="stock save_pretrained drops it"):
        load(folder)
    save_file(
        {n: w for n, w in weights.items() if "classifier" not in n}, folder / "model.safetensors", {"format": "pt"}
    )
    with pytest.raises(KhabarError, match="lacks 2 weights"):
        load(folder)
    (folder / "model.safetensors").write_bytes((tiny_tagger_folder / "model.safetensors").read_bytes()[:1000])
    with pytest.raises(KhabarError, match="damaged"):
        load(folder)
    config = json.loads((folder / "config.json").read_text())
    shutil.copy(tiny_tagger_folder / "model.safetensors", folder)
    (folder / "config.json").write_text(json.dumps(config | {"id2label": {"0": "O", "1": "I-ACTOR", "2": "B-ACTOR"}}))
    with pytest.raises(KhabarError, match=r"not in khabar's order|cannot be loaded"):
        load(folder)
    del config["khabar"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(KhabarError, match="no tagger of khabar's"):
        load(folder)
    with pytest.raises(KhabarError, match="no such model folder"):
        Tagger.from_pretrained(tmp_path / "nowhere")
    with pytest.raises(KhabarError, match="number format 'int3'"):
        Tagger.from_pretrained(tiny_tagger_folder, dtype="int3")


@pytest.mark.parametrize("shape", [RobertaConfig, XLMRobertaConfig])
def test_roberta_shapes_tag_too(tiny_encoder: Path, tmp_path: Path, shape: type[RobertaConfig]) -> None:
    config = shape(
        vocab_size=200, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=66, pad_token_id=0, type_vocab_size=1,
    )  # fmt: skip
    AutoModel.from_config(config).save_pretrained(tmp_path / "roberta")
    AutoTokenizer.from_pretrained(tiny_encoder).save_pretrained(tmp_path / "roberta")
    model, tokenizer = from_encoder(str(tmp_path / "roberta"), dropout=0.0)
    assert tokenizer.model_max_length == 65
    from khabar.devices import choose_device
    from khabar.encoding import PageEncoder

    tagger = Tagger(model, PageEncoder(tokenizer, length=64, context=8), choose_device(precision="fp32", device="cpu"))
    assert len(tagger.tag([PAGE * 3])[0].paragraphs) == len(split_paragraphs(PAGE * 3))
