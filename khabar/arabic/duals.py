"""Nouns that say two by their form: «جنديين», «شخصان», «طائرتين».

The ending ين is also that of the sound masculine plural («مسلحين»), and ان that of many singulars («ميدان»), so the
nouns are listed. Those whose plural is the sound one are taken for a dual only in the nominative («مسلحان»).
"""

from __future__ import annotations

import re
from functools import cache

from khabar.arabic.lexicon import lines, word_list
from khabar.arabic.tokens import readings
from khabar.remembering import remembered
from khabar.text import fold

_FEMININE_DUAL = re.compile("^[\u0621-\u064a]{2,}(?:تان|تين)$")
_NOT_FEMININE_DUALS = re.compile(
    "ستان$|^(?:لاتين|ابستين|ايبستين|اوستين|بوتين|كريستين|كرستين|كوينتين|مارتين|جاستين|الارجنتين|ارجنتين|بساتين|مقيتين|فساتين|سباتين|راتين|ثابتين|صامتين|اثنتين|اثنتان|كلتين|اوبتين)$"
)


@cache
def _duals() -> dict[str, str]:
    """Every dual, folded, with its singular as written."""
    table: dict[str, str] = {}
    for noun in _nouns("nouns_broken_plural"):
        stem = noun[:-1] + "ي" if noun[-1] in "ىا" else noun
        table |= {fold(stem + ending): noun for ending in ("ان", "ين")}
    for noun in _nouns("nouns_feminine"):
        stem = noun[:-1] + "ت" if noun.endswith("ة") else noun
        table |= {fold(stem + ending): noun for ending in ("ان", "ين")}
    for noun in _nouns("nouns_sound_plural"):
        table[fold(noun + "ان")] = noun
    table |= {fold(form): "امرأة" for form in ("امرأتان", "امرأتين")}
    return table


def _nouns(name: str) -> list[str]:
    return [noun for line in lines(name) for noun in line.split()]


@remembered
def dual_of(key: str) -> str | None:
    """The singular of the indefinite dual that a folded word is, or None."""
    for _, rest in readings(key):
        if rest[:2] == "ال" and rest[2:] in _duals():
            return None
        noun = _duals().get(rest)
        if noun is not None:
            return noun
    if any(_NOT_FEMININE_DUALS.search(rest) for _, rest in readings(key)):
        return None
    rest = key[1:] if key[:1] == "و" else key
    if (
        rest[:2] != "ال"
        and rest[:2] != "لل"
        and _FEMININE_DUAL.match(rest)
        and not _NOT_FEMININE_DUALS.search(rest)
        and rest[:3] not in ("بال", "كال")
    ):
        return rest[:-3] + "ة"
    return None


def dual_prefix(key: str) -> str:
    """The proclitics before a folded dual («وقضيتين» → و)."""
    for proclitics, rest in readings(key):
        if rest in _duals():
            return proclitics
    return key[0] if key[:1] == "و" and dual_of(key) is not None else ""


@remembered
def is_countable(key: str) -> bool:
    """Whether a folded word is a listed noun in the singular («مقعد», «بمقعد», «شخصا»), as «مقعد واحد» counts it."""
    countable = word_list("nouns_broken_plural") | word_list("nouns_feminine")
    return any(form in countable for _, rest in readings(key) for form in (rest, rest.removesuffix("ا")))
