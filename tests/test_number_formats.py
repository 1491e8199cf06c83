"""The faster number format says what fp32 says."""

import numpy as np
import pytest

from khabar import Tagger
from khabar.decoding import best_tags, tempered
from khabar.reading import read_pages
from tests.conftest import ROOT

SHIPPED = ROOT / "models/khabar-compact"


@pytest.mark.skipif(not SHIPPED.is_dir(), reason="models/khabar-compact is not here")
def test_tags_in_bf16_agree_with_fp32() -> None:
    pages = list(read_pages([ROOT / "seeds"]))
    found = []
    for number_format in ("fp32", "bf16"):
        tagger = Tagger.from_pretrained(SHIPPED, device="cpu", dtype=number_format)
        temperature = tagger.decoding.tag_temperature
        answers = [answer for answer in tagger.answer(pages) if len(answer.tags)]
        found.append(np.concatenate([best_tags(tempered(a.tags, temperature), tagger.tags) for a in answers]))
    assert len(found[0]) > 1000
    assert (found[0] == found[1]).mean() >= 0.995
