"""What stands before a number or a duration and says how exact it is («نحو», «أكثر من», «ما لا يقل عن»)."""

from __future__ import annotations

from khabar.arabic.tokens import Tokens, readings
from khabar.text import fold

EQUAL, ABOUT, MORE, AT_LEAST, LESS, AT_MOST = "=", "≈", ">", "≥", "<", "≤"


#: What stands before a number or a duration, and what it says about it; longest first.
APPROXIMATORS: dict[str, list[tuple[tuple[str, ...], str]]] = {}


for _relation, _phrases in (
    (ABOUT, "نحو|حوالي|قرابة|زهاء|ما يقارب|ما يقرب من|ما يقارب من|ما يناهز|تقريبا|ما يعادل|قراب|بحدود"),
    (ABOUT, "نحوا من|ما يقدر بنحو|ما يقدر بـ|ما مجموعه نحو"),
    (MORE, "أكثر من|ما يزيد على|ما يزيد عن|ما يزيد عل|أزيد من|ما يربو على|ما يربو عن|ما يتجاوز|ما يفوق|فوق|ما فوق"),
    (MORE, "يزيد على|يزيد عن|ما ينيف على|أكبر من|أعلى من|أكثر بقليل من|ما ينوف على"),
    (AT_LEAST, "ما لا يقل عن|ما لايقل عن|لا يقل عن|لايقل عن|مالا يقل عن|ما لا يقل على|لا تقل عن|ما لا تقل عن"),
    (LESS, "أقل من|ما يقل عن|أدنى من|دون|أقل بقليل من"),
    (AT_MOST, "ما يصل إلى|ما لا يزيد على|ما لا يزيد عن|لا يزيد عن|لا يزيد على|ما لا يتجاوز|ما لا يتعدى"),
):
    for _phrase in _phrases.split("|"):
        _keys = tuple(fold(word) for word in _phrase.split())
        APPROXIMATORS.setdefault(_keys[0], []).append((_keys, _relation))


for _phrases_of_word in APPROXIMATORS.values():
    _phrases_of_word.sort(key=lambda entry: -len(entry[0]))


def read_approximator(t: Tokens, i: int) -> tuple[int, str, str] | None:
    """The approximator that starts at word ``i``: its end, relation («أكثر من» is ``>``) and proclitics, or None.

    Of two («نحو أكثر من») the second says the relation.
    """
    first = _read_one(t, i)
    if first is not None and first[1] == ABOUT and (second := _read_one(t, first[0])) is not None:
        return second[0], second[1], first[2]
    return first


def _read_one(t: Tokens, i: int) -> tuple[int, str, str] | None:
    for proclitics, rest in readings(t.key(i)):
        for keys, relation in APPROXIMATORS.get(rest, ()):
            if t.matches(i + 1, *keys[1:]):
                return i + len(keys), relation, proclitics
    return None


def read_approximator_before(t: Tokens, i: int) -> str | None:
    """The relation of the approximator that ends right before word ``i``, or None."""
    for start in range(max(0, i - 5), i):
        found = read_approximator(t, start)
        if found is not None and found[0] == i:
            return found[1]
    return None
