"""The place table: names of countries, cities, regions and features with what is known about them.

The table ``places.tsv`` is made by ``tools/build_places.py``; its header names its sources. It is read on first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from khabar.arabic.clitics import split
from khabar.arabic.gazetteer import Gazetteer, key_of

#: What a place can be, in the order in which a name shared by several is given to one.
KINDS = ("country", "territory", "continent", "capital", "city", "region", "water", "mountain", "feature")


@dataclass(frozen=True, slots=True)
class Place:
    """A place: ``country`` is its ISO 3166 alpha-2 code ("" where there is none or several).

    ``latitude`` and ``longitude`` are degrees, None where unknown; ``population`` is 0 where unknown.
    """

    name: str
    kind: str
    country: str
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0


@cache
def gazetteer() -> Gazetteer[Place]:
    """All places by name, for finding them in running text."""
    return Gazetteer((name, place) for place, names in _rows() for name in names)


@cache
def capital_of(country: str) -> Place | None:
    """The capital of a country (ISO 3166 alpha-2 code)."""
    return next((place for place, _ in _rows() if place.kind == "capital" and place.country == country), None)


@cache
def names_of_kind(*kinds: str) -> tuple[tuple[str, Place], ...]:
    """All names (keys, words joined by a space) of the places of these kinds."""
    return tuple((key, place) for key, place in _by_key().items() if place.kind in kinds)


def lookup(name: str) -> Place | None:
    """The place of a name as written, with or without proclitics and type noun; None where the table lacks it."""
    key = key_of(name)
    table = _by_key()
    for start in range(min(len(key), 2)):
        reading = split(" ".join(key[start:]), table)
        if reading is not None and (start == 0 or key[0] in _type_nouns()):
            return table[reading[1]]
    return None


@cache
def _by_key() -> dict[str, Place]:
    table: dict[str, Place] = {}
    for place, names in _rows():
        for name in names:
            table.setdefault(" ".join(key_of(name)), place)
    return table


@cache
def _type_nouns() -> frozenset[str]:
    from khabar.arabic.lexicon import word_list

    nouns = word_list("place_types")
    return nouns | {proclitic + noun for noun in nouns for proclitic in "بلو"} | {"العاصمه", "بالعاصمه", "للعاصمه"}


@cache
def _rows() -> tuple[tuple[Place, tuple[str, ...]], ...]:
    rows = []
    text = files("khabar.arabic").joinpath("places.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        kind, country, names, latitude, longitude, population = line.split("\t")
        spellings = tuple(names.split("|"))
        place = Place(
            spellings[0],
            kind,
            country,
            latitude=float(latitude) if latitude else None,
            longitude=float(longitude) if longitude else None,
            population=int(population or 0),
        )
        rows.append((place, spellings))
    return tuple(rows)
