"""What counted nouns are: people and what befell them, money with its ISO 4217 code, measures with their symbol."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from khabar.text import fold


class Unit(NamedTuple):
    """What a counted noun counts (people, killed, money, distance, …) and its symbol: ``km``, ``USD``, ``%``."""

    kind: str
    symbol: str | None = None


_KINDS = {
    "killed": "قتيل قتيلا قتيلة قتلى قتيلين قتيلان القتلى شهيد شهيدا شهداء شهيدين شهيدان الشهداء وفاة وفيات جثة جثث جثتين جثتان ضحية ضحايا",
    "injured": "جريح جريحا جرحى جريحين جريحان الجرحى مصاب مصابا مصابين مصابان مصابون المصابين إصابة إصابات إصابتين",
    "displaced": "نازح نازحا نازحين نازحون النازحين لاجئ لاجئا لاجئين لاجئون اللاجئين مشرد مشردا مشردين مهجر مهجرا مهجرين",
    "missing": "مفقود مفقودا مفقودين مفقودون مفقودان المفقودين",
    "detained": "معتقل معتقلا معتقلين معتقلون المعتقلين أسير أسيرا أسرى الأسرى سجين سجينا سجناء موقوف موقوفا موقوفين محتجز محتجزا محتجزين رهينة رهائن رهينتين الرهائن",
    "fighters": "جندي جنديا جنود جنديين جنديان الجنود مقاتل مقاتلا مقاتلين مقاتلون مقاتلان المقاتلين مسلح مسلحا مسلحين مسلحان مسلحون المسلحين عسكري عسكريا عسكريين عسكريان ضابط ضابطا ضباط ضابطين شرطي شرطيا شرطيين شرطيان",
    "people": "شخص شخصا أشخاص شخصين شخصان الأشخاص مدني مدنيا مدنيين مدنيان مدنيون المدنيين طفل طفلا أطفال طفلين طفلان طفلة الأطفال امرأة نساء امرأتين امرأتان النساء رجل رجلا رجال رجلين رجلان الرجال نسمة مواطن مواطنا مواطنين مواطنان مواطنون المواطنين ساكن ساكنا سكان السكان فرد فردا أفراد فردين طالب طالبا طلاب طلبة طالبة طالبات عامل عاملا عمال عاملين عاملان مهاجر مهاجرا مهاجرين مهاجرون مستوطن مستوطنا مستوطنين المستوطنين متظاهر متظاهرا متظاهرين المتظاهرين ناخب ناخبا ناخبين عضو عضوا أعضاء عضوين موظف موظفا موظفين صحفي صحفيا صحفيين صحافيا صحافيين شاب شابا شبان شباب شابين فتاة فتيات فتاتين راكب راكبا ركاب مسافر مسافرا مسافرين نائب نائبا نواب",
    "time": "سنة عام عاما عامين سنوات أعوام شهر شهرا شهرين أشهر شهور يوم يوما يومين أيام أسبوع أسبوعا أسبوعين أسابيع ساعة ساعتين ساعات دقيقة دقائق دقيقتين",
}
_MEASURES = {
    ("distance", "km"): "كيلومتر كيلومترا كيلومترات كيلومترين كلم كم km كيلو",
    ("distance", "m"): "متر مترا أمتار مترين m",
    ("distance", "cm"): "سنتيمتر سنتيمترا سنتيمترات سم cm",
    ("distance", "mm"): "مليمتر مليمترا مليمترات ملم mm",
    ("distance", "mi"): "ميل ميلا أميال ميلين",
    ("distance", "ft"): "قدم قدما أقدام قدمين",
    ("distance", "in"): "بوصة بوصات",
    ("mass", "t"): "طن طنا أطنان طنين",
    ("mass", "kg"): "كيلوغرام كيلوغراما كيلوغرامات كيلوجرام كيلوجراما كيلوجرامات كجم كغ كلغ kg",
    ("mass", "g"): "غرام غراما غرامات جرام جراما جرامات",
    ("mass", "lb"): "رطل رطلا أرطال باوند",
    ("area", "ha"): "هكتار هكتارا هكتارات",
    ("area", "acre"): "فدان فدانا أفدنة أفدان",
    ("area", "dunam"): "دونم دونما دونمات",
    ("volume", "l"): "لتر لترا لترات ليتر ليترا",
    ("volume", "bbl"): "برميل برميلا براميل",
    ("power", "MW"): "ميغاواط ميغاوات ميجاوات ميجاواط",
    ("power", "GW"): "غيغاواط جيجاوات",
    ("temperature", "°"): "درجة درجات درجتين",
    ("percent", "%"): "بالمئة بالمائة",
    ("percentage points", "pp"): "نقطة نقاط نقطتين",
}
#: Currencies whose name alone says which one is meant in news; the others need their country.
_CURRENCIES = {
    "USD": "دولار دولارا دولارات دولارين الدولارات $",
    "EUR": "يورو €",
    "GBP": "إسترليني استرليني £",
    "JPY": "ين ¥",
    "CNY": "يوان يوانا",
    "RUB": "روبل روبلا روبلات",
    "ILS": "شيكل شيكلا شواكل شيقل ₪",
    "UAH": "هريفنيا غريفنيا",
    "INR": "",
    "": "دينار دينارا دنانير ليرة ليرات ريال ريالا ريالات درهم درهما دراهم جنيه جنيها جنيهات فرنك فرنكا فرنكات روبية كرون كرونة",
}
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
    for (kind, symbol), nouns in _MEASURES.items():
        table |= {fold(noun): Unit(kind, symbol) for noun in nouns.split()}
    for code, nouns in _CURRENCIES.items():
        table |= {fold(noun): Unit("money", code or None) for noun in nouns.split()}
    for kind, nouns in _KINDS.items():
        table |= {fold(noun): Unit(kind) for noun in nouns.split()}
    return table


def unit_of(noun: str, adjectives: Sequence[str] = ()) -> Unit | None:
    """What a counted noun (folded) is; an adjective after it can name the currency («ريال سعودي»)."""
    found = _units().get(noun)
    if found is not None and found.kind == "money" and adjectives:
        for (name, country), code in _BY_COUNTRY.items():
            if noun.startswith(name) and adjectives[0].startswith(country):
                return Unit("money", code)
    return found
