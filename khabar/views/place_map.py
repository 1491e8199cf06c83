"""Where places lie, for a map without tiles: the place table's own points are the world's shape."""

from __future__ import annotations

from functools import cache
from statistics import fmean
from typing import Any, NamedTuple

from khabar.arabic import places
from khabar.arabic.places import Place


class Point(NamedTuple):
    """Degrees. ``exact`` is False where only the country is known: the point is then the middle of its cities."""

    latitude: float
    longitude: float
    exact: bool


@cache
def locate(name: str) -> Point | None:
    """Where a place of this name lies; None where the place table does not know."""
    place = places.lookup(name)
    if place is None:
        return None
    if place.latitude is not None and place.longitude is not None:
        return Point(place.latitude, place.longitude, exact=True)
    return _middles().get(place.country)


def background() -> dict[str, Any]:
    """Every point of the place table, ``[latitude, longitude]``, and the capitals with their names."""
    points = sorted({(_rounded(place.latitude), _rounded(place.longitude)) for place in _located()})
    capitals = [[place.latitude, place.longitude, place.name] for place in _located() if place.kind == "capital"]
    return {"points": points, "capitals": capitals}


def _rounded(degrees: float | None) -> float:
    return round(degrees or 0.0, 1)


@cache
def _located() -> tuple[Place, ...]:
    found = {place for _, place in places.names_of_kind(*places.KINDS) if place.latitude is not None}
    return tuple(sorted(found, key=lambda place: (place.country, place.name)))


@cache
def _middles() -> dict[str, Point]:
    """The middle of each country's cities; the table has no points for countries."""
    cities: dict[str, list[Place]] = {}
    for place in _located():
        cities.setdefault(place.country, []).append(place)
    return {country: _middle(of_country) for country, of_country in cities.items()}


def _middle(cities: list[Place]) -> Point:
    latitudes = [city.latitude or 0.0 for city in cities]
    longitudes = [city.longitude or 0.0 for city in cities]
    if max(longitudes) - min(longitudes) > 180:  # Across the date line
        longitudes = [longitude % 360 for longitude in longitudes]
    longitude = round(fmean(longitudes), 2)
    return Point(round(fmean(latitudes), 2), longitude - 360 if longitude > 180 else longitude, exact=False)
