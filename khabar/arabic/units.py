"""What counted nouns are: people and what befell them, money with its ISO 4217 code, measures with their symbol."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from khabar.arabic.lexicon import lines
from khabar.text import fold


class Unit(NamedTuple):
    """What a counted noun counts (people, killed, money, distance, …) and its symbol: ``km``, ``USD``, ``%``."""

    kind: str
    symbol: str | None = None


#: Currencies of one name, told apart by the adjective after it.
_BY_COUNTRY = {
    ("دولار", "كندي"): "CAD",
    ("دولار", "استرالي"): "AUD",
    ("دولار", "سنغافوري"): "SGD",
    ("دينار", "كويتي"): "KWD",
    ("دينار", "اردني"): "JOD",
    ("دينار", "عراقي"): "IQD",
    ("دينار", "بحريني"): "BHD",
    ("دينار", "ليبي"): "LYD",
    ("دينار", "تونسي"): "TND",
    ("دينار", "جزائري"): "DZD",
    ("دينار", "صربي"): "RSD",
    ("ليره", "لبناني"): "LBP",
    ("ليره", "سوري"): "SYP",
    ("ليره", "تركي"): "TRY",
    ("ريال", "سعودي"): "SAR",
    ("ريال", "قطري"): "QAR",
    ("ريال", "عماني"): "OMR",
    ("ريال", "يمني"): "YER",
    ("ريال", "ايراني"): "IRR",
    ("ريال", "برازيلي"): "BRL",
    ("درهم", "اماراتي"): "AED",
    ("درهم", "مغربي"): "MAD",
    ("جنيه", "مصري"): "EGP",
    ("جنيه", "استرليني"): "GBP",
    ("جنيه", "سوداني"): "SDG",
    ("فرنك", "سويسري"): "CHF",
    ("روبيه", "هندي"): "INR",
    ("روبيه", "باكستاني"): "PKR",
}


@cache
def _units() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for line in lines("units"):
        kind, symbol, *nouns = line.split()
        for noun in nouns:
            table.setdefault(fold(noun), Unit(kind.replace("_", " "), None if symbol == "-" else symbol))
    return table


def unit_of(noun: str, adjectives: Sequence[str] = ()) -> Unit | None:
    """What a counted noun (folded) is; an adjective after it can name the currency («ريال سعودي»)."""
    found = _units().get(noun)
    if found is not None and found.kind == "money" and adjectives:
        for (name, country), code in _BY_COUNTRY.items():
            if noun.startswith(name) and adjectives[0].startswith(country):
                return Unit("money", code)
    return found
