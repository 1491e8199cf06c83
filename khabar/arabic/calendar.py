"""The words of the calendar: months of every naming tradition, weekdays, parts of the day, units, seasons, zones.

:func:`time_word` looks a word up under its proclitics and article; everything is compared in folded form.
"""

from __future__ import annotations

from typing import NamedTuple

from khabar.arabic.tokens import folded, readings
from khabar.remembering import remembered
from khabar.text import fold

Meaning = int | str | tuple[int | str, ...]


class TimeWord(NamedTuple):
    """A word of the calendar: what it can mean, by kind, and the proclitics and article it was found under.

    ``unit`` is the unit of time that it names, with 1, 2 or 3 for its singular, dual or plural.
    """

    kinds: dict[str, Meaning]
    proclitics: str
    definite: bool
    unit: tuple[str, int] | None = None

    def number(self, kind: str) -> int | None:
        """The word's meaning of a kind that is numbered (month, weekday, relday, …)."""
        found = self.kinds.get(kind)
        return found if isinstance(found, int) else None


#: Gregorian months: Egyptian, Syriac-Levantine, Maghrebi (Algerian, Tunisian, Moroccan) names, and English ones.
MONTHS = {
    1: "يناير|كانون الثاني|كانون ثاني|كانون ثان|جانفي|january|jan",
    2: "فبراير|شباط|فيفري|فبرائر|february|feb",
    3: "مارس|آذار|march|mar",
    4: "أبريل|إبريل|نيسان|أفريل|april|apr",
    5: "مايو|أيار|ماي|may",
    6: "يونيو|يونيه|حزيران|جوان|june|jun",
    7: "يوليو|يوليه|تموز|جويلية|يوليوز|يولي|july|jul",
    8: "أغسطس|آب|أوت|غشت|اوغسطس|august|aug",
    9: "سبتمبر|أيلول|شتنبر|september|sep|sept",
    10: "أكتوبر|تشرين الأول|تشرين أول|اوكتوبر|october|oct",
    11: "نوفمبر|تشرين الثاني|تشرين ثاني|تشرين ثان|نونبر|november|nov",
    12: "ديسمبر|كانون الأول|كانون أول|دجنبر|december|dec",
}
#: Months whose name is also another word (practised, father, May, Joan, sheltered, Nissan) or a person's name.
AMBIGUOUS_MONTHS = folded("مارس آب ماي جوان أوت نيسان may march mar")
HIJRI_MONTHS = {
    1: "محرم|المحرم|محرم الحرام",
    2: "صفر",
    3: "ربيع الأول|ربيع أول",
    4: "ربيع الآخر|ربيع الثاني|ربيع ثاني",
    5: "جمادى الأولى|جمادى الأول|جمادى أولى",
    6: "جمادى الآخرة|جمادى الثانية|جمادى الثاني|جمادى الآخر",
    7: "رجب",
    8: "شعبان",
    9: "رمضان",
    10: "شوال",
    11: "ذو القعدة|ذي القعدة|ذي قعدة|ذو قعدة",
    12: "ذو الحجة|ذي الحجة|ذي حجة|ذو حجة",
}
AMBIGUOUS_HIJRI_MONTHS = folded("محرم المحرم صفر رجب شعبان رمضان شوال")
#: ISO weekdays, Monday is 1.
WEEKDAYS = {
    1: "الاثنين|الإثنين|monday|mon",
    2: "الثلاثاء|الثلثاء|tuesday|tue",
    3: "الأربعاء|الاربعا|wednesday|wed",
    4: "الخميس|thursday|thu",
    5: "الجمعة|friday|fri",
    6: "السبت|saturday|sat",
    7: "الأحد|sunday|sun",
}
#: Weekdays without the article, only after «يوم» or before a date.
BARE_WEEKDAYS = {1: "اثنين|إثنين", 2: "ثلاثاء", 3: "أربعاء", 4: "خميس", 5: "جمعة", 6: "سبت", 7: "أحد"}
#: Parts of the day, as TIMEX3 writes them (MO, AF, EV, NI) or as an hour.
DAY_PARTS = {
    "MO": "صباح|صبيحة|صباحا|ضحى|صباحًا",
    "DAWN": "فجر|فجرا|سحر",
    "NOON": "ظهر|ظهرا",
    "MIDDAY": "ظهيرة",
    "AF": "عصر|عصرا",
    "EV": "مساء|مساءا|عشية|أمسية",
    "NI": "ليل|ليلة|ليلا",
    "DT": "نهار|نهارا",
}
#: Parts of the day that stand alone as an adverb («صباحا»).
DAY_ADVERBS = folded("صباحا فجرا ظهرا عصرا مساء مساءا ليلا نهارا")
UNITS = {
    "S": "|ثانية|ثانيتان ثانيتين|ثوان ثواني",
    "M": "|دقيقة|دقيقتان دقيقتين|دقائق دقايق",
    "H": "|ساعة|ساعتان ساعتين|ساعات",
    "D": "|يوم يوما|يومان يومين|أيام أياما",
    "NIGHT": "|ليلة|ليلتان ليلتين|ليال ليالي",
    "W": "|أسبوع أسبوعا إسبوع إسبوعا|أسبوعان أسبوعين إسبوعين|أسابيع",
    "MONTH": "|شهر شهرا|شهران شهرين|أشهر شهور شهورا",
    "QUARTER": "|فصل|فصلين|فصول",
    "Y": "|عام عاما سنة|عامان عامين سنتان سنتين|أعوام أعواما سنوات سنين",
    "DECADE": "|عقد عقدا|عقدان عقدين|عقود عقودا",
    "CENTURY": "|قرن قرنا|قرنان قرنين|قرون",
}
#: Dual in the construct state, before the two things it names: «عامي 2020 و2022», «يومي السبت والأحد».
CONSTRUCT_DUALS = {"Y": "عامي سنتي", "D": "يومي", "MONTH": "شهري", "H": "ساعتي", "NIGHT": "ليلتي"}
#: Periods without a fixed length.
PERIODS = "فترة|موسم"
SEASONS = {"SP": "ربيع", "SU": "صيف", "FA": "خريف", "WI": "شتاء"}
#: Decades: «التسعينيات», «تسعينات القرن الماضي».
DECADES = {
    tens * 10: "|".join(
        article + stem + ending for article in ("", "ال") for ending in ("ينيات", "ينات") for stem in stems.split()
    )
    for tens, stems in zip(range(2, 10), ["عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع"], strict=True)
}
#: Feasts and remembered days by name; they have no value, as most move from year to year.
_FEAST_NAMES = """
عيد الفطر|عيد الأضحى|عيد الميلاد|عيد الجمهورية|عيد الاستقلال|عيد الفصح|عيد العمال|عيد العرش|عيد المولد|رأس السنة
ليلة القدر|ليلة رأس السنة|عيد الحب|عيد الشكر|يوم القدس|العيد الوطني
"""
#: First word → the words that follow it.
FEASTS: dict[str, list[tuple[str, ...]]] = {}
for _names in _FEAST_NAMES.split("\n"):
    for _name in filter(None, _names.split("|")):
        _head, *_rest = map(fold, _name.split())
        FEASTS.setdefault(_head, []).append(tuple(_rest))
#: Where a period lies: what comes before, now, after.
SHIFTS = {
    -1: "ماضي ماضية ماضيين ماضيتين ماض منصرم منصرمة فائت فائتة فائتين منصرمين اماضية ماضين",
    0: "جاري جارية حالي حالية راهن راهنة حاليين جار",
    1: "مقبل مقبلة مقبلين مقبلتين قادم قادمة قادمين قادمتين آتي آتية",
}
#: Modifiers that point to another time of the story, not of the page.
ANAPHORIC_SHIFTS = {
    -1: "سابق سابقة أخير أخيرة أخيرين أخيرتين سابقين",
    0: "نفسه نفسها ذاته ذاتها عينه",
    1: "تالي تالية لاحق لاحقة تاليين لاحقين موالي",
}
EDGES = {
    "START": "بداية مطلع مستهل أوائل غرة بدايات مطالع باكورة فاتحة",
    "MID": "منتصف أواسط وسط",
    "END": "نهاية أواخر ختام نهايات",
}
DEMONSTRATIVES = folded("هذا هذه هذين ذلك تلك")
SAME = folded("نفس ذات")


def _words() -> dict[str, dict[str, Meaning]]:
    table: dict[str, dict[str, Meaning]] = {}

    def add(kind: str, value: Meaning, names: str, separator: str = "|") -> None:
        for name in filter(None, names.split(separator)):
            if " " not in name.strip():
                table.setdefault(fold(name), {}).setdefault(kind, value)

    for number, names in MONTHS.items():
        add("month", number, names)
    for number, names in HIJRI_MONTHS.items():
        add("hijri", number, names)
    for number, names in WEEKDAYS.items():
        add("weekday", number, names)
    for number, names in BARE_WEEKDAYS.items():
        add("bare_weekday", number, names)
    for part, names in DAY_PARTS.items():
        add("part", part, names)
    for unit, names in UNITS.items():
        _, singular, dual, plural = names.split("|")
        add("unit", (unit, 1), singular, " ")
        add("unit", (unit, 2), dual, " ")
        add("unit", (unit, 3), plural, " ")
    for unit, names in CONSTRUCT_DUALS.items():
        add("construct", unit, names, " ")
    add("period", "PERIOD", PERIODS)
    for season, names in SEASONS.items():
        add("season", season, names)
    for decade, names in DECADES.items():
        add("decade", decade, names)
    for shift, names in SHIFTS.items():
        add("shift", shift, names, " ")
    for shift, names in ANAPHORIC_SHIFTS.items():
        add("anaphora", shift, names, " ")
    for edge, names in EDGES.items():
        add("edge", edge, names, " ")
    add("relday", 0, "اليوم")
    add("relday", -1, "أمس|الأمس|البارحة")
    add("relday", 1, "غدا|الغد|غد")
    return table


WORDS = _words()
#: Names of months in two words: first word → (second word, kind, number).
MONTH_PAIRS: dict[str, list[tuple[str, str, int]]] = {}
for _kind, _months in (("month", MONTHS), ("hijri", HIJRI_MONTHS)):
    for _number, _names in _months.items():
        for _name in _names.split("|"):
            if " " in _name:
                _first, _second = map(fold, _name.split())
                MONTH_PAIRS.setdefault(_first, []).append((_second, _kind, _number))


def _time_word(kinds: dict[str, Meaning], proclitics: str, definite: bool) -> TimeWord:
    unit = kinds.get("unit")
    return TimeWord(kinds, proclitics, definite, (str(unit[0]), int(unit[1])) if isinstance(unit, tuple) else None)


@remembered
def time_word(key: str) -> TimeWord | None:
    """What a folded word means in the calendar, or None."""
    for proclitics, rest in readings(key):
        kinds = WORDS.get(rest)
        if kinds is not None:
            definite = rest[:2] == "ال"
            if definite and "relday" in kinds:
                kinds = kinds | WORDS.get(rest[2:], {})
            return _time_word(kinds, proclitics, definite)
        if rest[:2] == "ال" and (kinds := WORDS.get(rest[2:])) is not None:
            return _time_word({k: v for k, v in kinds.items() if k not in ("bare_weekday", "relday")}, proclitics, True)
        if rest in MONTH_PAIRS:
            return _time_word({"month_pair": 0}, proclitics, False)
    return None
