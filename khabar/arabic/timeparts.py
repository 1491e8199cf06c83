"""What the readers of time expressions share: the part that each returns, and the words that place a part in time.

A reader of parts takes the tokens, the index of the first word and ``previous``, the kind of the part before it in the
same expression ("" for the first): «8» is a clock time after «اليوم», and nothing on its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from khabar.arabic.calendar import time_word
from khabar.arabic.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a time expression, words ``start`` to ``end``; ``data`` holds what was read, by name."""

    kind: str
    start: int
    end: int
    data: dict[str, Any] = field(default_factory=dict)


FOUR_DIGITS = re.compile(r"[12]\d{3}")


def proclitics_of(t: Tokens, i: int) -> str:
    word = time_word(t.key(i))
    return word.proclitics if word is not None else ""


def read_shift(t: Tokens, i: int) -> tuple[dict[str, Any], int] | None:
    """«الماضي», «المقبل», «الجاري», «السابق», «نفسه»: what they say and their end."""
    word = time_word(t.key(i))
    if word is None or word.proclitics:
        return None
    if "shift" in word.kinds and word.definite:
        return {"shift": word.kinds["shift"]}, i + 1
    if "anaphora" in word.kinds and (word.definite or word.kinds["anaphora"] == 0):
        recent = {"recent": True} if t.key(i)[2:].startswith("اخير") else {}
        return {"anaphora": word.kinds["anaphora"]} | recent, i + 1
    return None
