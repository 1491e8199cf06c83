"""Adjectives of nationality (nisba) and their forms, made from the names of countries by rule.

The rule: drop the article and a final «ا», «ة», «يا» of the name and add «ي» («العراق» → «عراقي», «فرنسا» → «فرنسي»,
«ليبيا» → «ليبي»). Names of several words and irregular ones are listed.
"""

from __future__ import annotations

from functools import cache

from khabar.arabic import places
from khabar.arabic.clitics import without_article
from khabar.arabic.lexicon import word_list
from khabar.text import fold

#: Adjectives that the rule does not give: «[country] adjective adjective …».
_IRREGULAR = """
US أمريكي أميركي امريكي اميركي
GB بريطاني إنجليزي انجليزي إنكليزي اسكتلندي إسكتلندي ويلزي
AE إماراتي
SA سعودي
KR كوري
AT نمساوي
NL هولندي
IE أيرلندي إيرلندي ايرلندي
IL إسرائيلي اسرائيلي عبري
BA بوسني
GR يوناني إغريقي
TR تركي عثماني
RU روسي سوفياتي سوفيتي
BY بيلاروسي
CZ تشيكي
RS صربي
XK كوسوفي
FR فرنسي
AF أفغاني افغاني
PH فلبيني فيليبيني
MM بورمي ميانماري
TL تيموري
NZ نيوزيلندي
JP ياباني
CN صيني
TW تايواني
IN هندي
CD كونغولي
CI إيفواري
BF بوركيني بوركينابي
NE نيجري
NG نيجيري
SL سيراليوني
ET إثيوبي أثيوبي حبشي
ER إريتري أريتري
EH صحراوي
VA فاتيكاني
VE فنزويلي
CU كوبي
HT هايتي هاييتي
NI نيكاراغوي
CR كوستاريكي
SV سلفادوري
PA بنمي
EC إكوادوري
PE بيروفي
BR برازيلي
AR أرجنتيني
DO دومينيكي دومينيكاني
JM جامايكي
SY سوري
LB لبناني
PS فلسطيني غزاوي غزي مقدسي
EG مصري
YE يمني
LY ليبي
TN تونسي
DZ جزائري
MA مغربي
MR موريتاني
SD سوداني
SO صومالي
DJ جيبوتي
IQ عراقي
JO أردني
KW كويتي
QA قطري
BH بحريني
OM عماني
IR إيراني ايراني فارسي
ES إسباني أسباني كاتالوني كتالوني باسكي
SE سويدي
DK دنماركي دانماركي
PL بولندي بولوني
HU مجري هنغاري
CY قبرصي
AL ألباني
DE ألماني
"""
#: What the rule would make and no one writes, or what is another word («مالي» is also "financial").
_NOT_ADJECTIVES = frozenset(["ماني", "باني", "نمسي", "مالي", "ويلز", "قمري"])
_ENDINGS = ("", "ه", "ون", "ين", "ان", "تان", "تين", "ات")


@cache
def stems() -> dict[str, str]:
    """Masculine singular indefinite adjectives («سعودي») as keys, with the country's code."""
    found: dict[str, str] = {}
    for line in _IRREGULAR.strip().splitlines():
        code, *adjectives = line.split()
        for adjective in adjectives:
            found.setdefault(fold(adjective), code)
    for key, place in places.names_of_kind("country", "territory"):
        if " " not in key:
            bare = without_article(key)
            for ending in ("يا", "ا", "ه"):
                if bare.endswith(ending) and len(bare) > len(ending) + 2:
                    bare = bare[: -len(ending)]
                    break
            if not bare.endswith("ي") and bare + "ي" not in _NOT_ADJECTIVES:
                found.setdefault(bare + "ي", place.country)
    for word in word_list("peoples"):
        if not word.startswith("ال") and word.endswith("ي"):
            found.setdefault(word, "")
    return found


@cache
def forms() -> dict[str, str]:
    """All forms of the adjectives, indefinite («سعودية», «سعوديون») and definite, with the country's code."""
    found: dict[str, str] = {}
    for stem, code in stems().items():
        for ending in _ENDINGS:
            found.setdefault(stem + ending, code)
            found.setdefault("ال" + stem + ending, code)
    return found


def is_plural_of_people(key: str) -> bool:
    """Whether a form names several people of a nation («سعوديون», «الفلسطينيين»)."""
    return key.endswith(("يون", "يين", "يات"))
