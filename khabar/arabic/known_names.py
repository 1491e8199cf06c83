"""Names that are known beforehand: organisations, people, media and the place table, in one gazetteer."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from khabar.arabic import places
from khabar.arabic.gazetteer import Gazetteer, key_of
from khabar.arabic.lexicon import lines, word_list
from khabar.arabic.places import Place

#: Kinds of places that act: their names stand for the state as often as for the land.
STATES = ("country", "territory", "continent", "capital")


class KnownName(NamedTuple):
    """What a name names: ``kind`` is organisation, person, media, state or place (then ``place`` says which)."""

    kind: str
    place: Place | None = None


@cache
def known_names() -> Gazetteer[KnownName]:
    """All known names; one that several tables hold is what the first says."""
    entries = [(name, KnownName("organisation")) for name in lines("organisations")]
    entries += [(name, KnownName("person")) for name in lines("persons")]
    for key, place in places.names_of_kind(*places.KINDS):
        entries.append((key, KnownName("state" if place.kind in STATES else "place", place)))
    # A newspaper's one-word name is mostly another word («الحياة», «سبق»): it counts only inside quotation marks.
    entries += [(name, KnownName("media")) for name in lines("media") if " " in name or name.isascii()]
    return Gazetteer(entries)


@cache
def media_names() -> Gazetteer[KnownName]:
    """The names of media, with those that are also ordinary words."""
    return Gazetteer((name, KnownName("media")) for name in lines("media"))


@cache
def words_of_persons() -> frozenset[str]:
    """The words that the names of known people are made of, as keys."""
    return word_list("persons")


@cache
def single_words() -> frozenset[str]:
    """The known people and places of one word, as keys."""
    people = {key_of(name)[0] for name in lines("persons") if " " not in name}
    return frozenset(people | {key for key, _ in places.names_of_kind(*places.KINDS) if " " not in key})
