"""The noun that a number counts: where it stands right after the number, and what only looks like one."""

from __future__ import annotations

import re

from khabar.arabic.approximators import read_approximator
from khabar.arabic.lexicon import word_list
from khabar.arabic.numbers import Number, ordinal
from khabar.arabic.numberwords import lexeme
from khabar.arabic.tokens import Tokens, folded

#: What can follow a number and is not what it counts.
NO_NOUN = word_list("not_counted")
#: Nouns that begin with a letter that is elsewhere a proclitic.
_NOUNS_WITH_WAW = re.compile(
    "^(?:وزير|وزراء|وزار|وحد|ولاي|وفد|وفود|وفيات|وفا[هة]|وثيق|وثائق|وكال|وكلاء|ورق|وسيل|وسائل|وظيف|وظائف|واجب|وجه|وعد|ولد|ورش|وقائع|واقع|وصي|ودائع|وديع|وجب|واط|ورد|والد|وسيط|وسطاء|وصل|ونش|ولاد|وردي)"
)
_NOUNS_WITH_BA = re.compile(
    "^(?:بلد|بند|بنود|بيت|بيوت|باص|برميل|براميل|بلاغ|بنا[يء]|بطاق|بئر|بنك|بنوك|بيان|بحار|باحث|بطل|بطول|برنامج|برامج|بريطاني|بقر|بندق|بنادق|بوص|بواخر|باخر|بضائع|برج|ابراج|بار[هة]|بورصه|بعث|بلاط|باوند|بترول|بات|بايت|بؤر|بيض|بنغالي|بحريني|بلجيكي|برلماني|بولندي|برازيلي|باكستاني)"
)
_NOUNS_WITH_LAM = re.compile(
    "^(?:لاجئ|لاجي|لجن|لجان|لاعب|لتر|لير|لغ[هات]|لوح|لقاء|لواء|لبناني|ليبي|لغم|لص|لقاح|لوائح|لاجؤ|ليتر|لقط|لحظ)"
)
_NOUNS_WITH_YA = re.compile("^(?:يوم|يورو|يوان|يمني|يهود|يابان|يخت|يد|يونان|يتيم|يافع|يرق|ين$)")
_NOUNS_WITH_KAF = re.compile("^(?:كما|كانو?|كذلك|كل|كلها|كلهم|كي|كونه|كان|كانت|كأن)$")
SIGNS = frozenset("$€£¥₪%٪")
_SYMBOL_UNITS = frozenset(
    [
        "km",
        "kg",
        "cm",
        "mm",
        "m",
        "kw",
        "mw",
        "gw",
        "gb",
        "tb",
        "mb",
        "كم",
        "كلم",
        "كغ",
        "كجم",
        "سم",
        "ملم",
        "كيلو",
        "غ",
    ]
)
_SHORT_NOUNS = folded("طن يد أب أم حي فم")
_ARABIC = re.compile(r"[\u0621-\u064a]{2,}$")
_VERB = re.compile("^(?:[يت].{2,}(?:ون|ان|وا)|(?!عضوا).{3,}وا|ست.{3,}ون)$")


def noun_after(t: Tokens, i: int, number: Number | None = None) -> int:
    """The end of the counted noun or unit that starts at word ``i``; ``i`` itself where what follows is none."""
    key = t.key(i)
    if not key or key in NO_NOUN:
        return i
    if key in SIGNS:
        return i + 1
    if key in _SYMBOL_UNITS:
        return i + 2 if key == "كيلو" and t.key(i + 1) in ("متر", "مترا", "غرام", "جرام", "واط") else i + 1
    if not _ARABIC.match(key) or (len(key) < 3 and key not in _SHORT_NOUNS) or _VERB.match(key):
        return i
    if key[:2] == "ال":
        loose = number is not None and (number.vague or number.fraction) and not number.definite
        return i + 1 if loose and ordinal(t, i) is None and key not in NO_NOUN else i
    if number is not None and number.end == i and not _takes_noun(t, number):
        return i
    if lexeme(key) is not None or read_approximator(t, i) is not None:
        return i
    if t.whole:
        return i + 1
    if key[0] == "ي" and not _NOUNS_WITH_YA.match(key):
        return i
    first = key[0]
    if first == "و" and not _NOUNS_WITH_WAW.match(key):
        return i
    if first == "ب" and not _NOUNS_WITH_BA.match(key):
        return i
    if first == "ل" and not _NOUNS_WITH_LAM.match(key):
        return i
    if first == "ك" and _NOUNS_WITH_KAF.match(key):
        return i
    if number is not None and number.vague and number.definite:
        return i
    return i + 1


def _takes_noun(t: Tokens, number: Number) -> bool:
    """Whether a noun can be counted right after this number: not after «نصفهم», nor after «الدول الخمس»."""
    key = t.key(number.start)
    if number.fraction and number.end == number.start + 1 and key.endswith(("هم", "ها", "هن")):
        return False
    before = t.key(number.start - 1)
    follows_noun = (before[:2] == "ال" and before not in NO_NOUN) or before.endswith("ات")
    return not (number.definite and follows_noun and lexeme(key) is not None)
