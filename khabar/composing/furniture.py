"""The furniture of web pages: what sites put around their reports, drawn from ``furniture.yaml`` with its spans."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random

import yaml

from khabar.composing.dates import LATIN_PARTS, PARTS
from khabar.composing.line import Line

#: Of a kind's wordings every so manieth is kept aside: pages composed for training never hold it.
ASIDE = 3
#: Slots that only the page itself can fill: its own headline, another story's, an actor and a place of its report.
PAGE_SLOTS = frozenset({"headline", "other", "actor", "place"})
#: Kinds of which a site keeps to one wording.
_HABITS = ("date", "clock")
#: Numbers without a meaning, by slot: their least and greatest value.
_NUMBERS = {"few": (3, 10), "dozens": (11, 59), "number": (10, 9999)}
_DIGITS = ("0123456789", "0123456789", "0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
_LATIN = re.compile("[A-Za-z]")
_CODE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@cache
def wordings() -> Mapping[str, tuple[Line, ...]]:
    """All wordings by kind, in the order of the file."""
    kinds = yaml.safe_load(files(__package__).joinpath("furniture.yaml").read_text("utf-8"))
    return {kind: tuple(map(Line.parse, lines.splitlines())) for kind, lines in kinds.items()}


@cache
def wordings_for(*, held_out: bool) -> Mapping[str, tuple[Line, ...]]:
    """The wordings to train on, or those kept aside: every third one of a kind."""
    return {
        kind: tuple(line for number, line in enumerate(lines, 1) if (number % ASIDE == 0) == held_out)
        for kind, lines in wordings().items()
    }


class Furniture:
    """Draws furniture for one page: its site, its date, its way of writing dates and digits stay the same.

    ``given`` holds what the page gives, by slot; wordings with one of the PAGE_SLOTS that nothing fills are not drawn.
    """

    def __init__(self, random: Random, *, held_out: bool = False) -> None:
        self._random = random
        self._wordings = wordings_for(held_out=held_out)
        self._digits = str.maketrans("0123456789", random.choice(_DIGITS))
        self._moment = datetime(2004, 1, 1) + timedelta(minutes=random.randrange(60 * 24 * 365 * 24))
        self._habits: dict[str, Line] = {}
        self.given: dict[str, Line] = {}
        self.given |= {kind: self.draw(kind) for kind in ("site", "domain", "category")}

    def draw(self, kind: str, **given: Line) -> Line:
        """A line of the kind; its slots are filled with ``given``, what the page gives, or drawn themselves."""
        values = self.given | given
        wording = self._habits.get(kind) or self._choose(kind, PAGE_SLOTS - values.keys())
        if kind in _HABITS:
            self._habits[kind] = wording
        is_latin = _LATIN.search(wording.wording) or not LATIN_PARTS.keys().isdisjoint(wording.slots)
        digits = {} if is_latin else self._digits
        return wording.fill([values[slot] if slot in values else self._slot(slot, digits) for slot in wording.slots])

    def earlier(self) -> None:
        """Moves the page's date some days back, for the stamp of another story."""
        self._moment -= timedelta(minutes=self._random.randrange(60 * 24 * 4))

    def _choose(self, kind: str, missing: frozenset[str]) -> Line:
        return self._random.choice([line for line in self._wordings[kind] if missing.isdisjoint(line.slots)])

    def _slot(self, slot: str, digits: Mapping[int, int]) -> Line:
        if slot in self._wordings:
            return self.draw(slot)
        if slot == "code":
            return Line("".join(self._random.choices(_CODE, k=10)))
        text = str(self._random.randint(*_NUMBERS[slot])) if slot in _NUMBERS else PARTS[slot](self._moment)
        return Line(text.translate(digits))
