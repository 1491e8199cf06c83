"""Actor or place: what the name of a state or a place is in its sentence.

«أعلنت باكو» is an actor, «في باكو» a place. The cues are the preposition or noun before the name, the verb beside
it, the dateline, and what the name is coordinated with.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from khabar.arabic import word_classes as wc
from khabar.arabic.word_classes import read_word
from khabar.text import fold
from khabar.weak.base import Document
from khabar.weak.noun_phrases import Phrase, phrases

ACTOR, LOCATION = "ACTOR", "LOCATION"
#: The kinds of phrases that have a role.
KINDS = ("state", "place", "site", "building")


def _keys(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


#: Prepositions of place, directions and parts of a land, movements to it: the name is where it happens.
_PLACE_BEFORE = _keys(
    """في فى داخل خارج قرب عبر شمال جنوب شرق غرب شمالي جنوبي شرقي غربي وسط أنحاء أرجاء ربوع حدود أجواء شوارع سماء ساحل سواحل
    صوب باتجاه اتجاه نحو مغادرة مغادرته مغادرتها زيارة زيارته زيارتها وصول وصوله وصولها دخول دخوله غادر غادرت زار زارت يزور تزور وصل وصلت يصل تصل
    احتلال غزو اجتياح مطار سكان أهالي ضواحي ريف حي محيط مشارف قلب أحياء مدن قرى بلدات عاصمة سجون جبال صحراء أراضي اراضي مياه أسواق
    جامعات مدارس مستشفيات فنادق سوق منطقة مناطق محافظات أقاليم مدينة فوق قبالة دخل دخلت يدخل إلى زيارات جولة تاريخ أوضاع مغادرا
    أجزاء وجود انتخابات أقصى أطراف شهد شهدت يشهد تشهد شهدته شهدتها تشهدها تشهده يحده يحدها مقرها مقره باقي بقية عموم سائر معظم كل مستوى تحرير إعمار
    طول تطهير إغاثة أحداث باحتلال بدخول بزيارة لزيارة باجتياح بغزو بلدان طريق قمة مؤتمر مؤتمرات اجتماع اجتماعات محادثات مفاوضات اتفاق اتفاقية
    حرب حروب أزمة زلزال تفجيرات تفجير هجمات متاحف تدخل توجه يتوجه تتوجه عاد عادت يعود يغادر تغادر الشمال الجنوب الشرق الغرب ببقية"""
)
#: The same before a capital or city alone: an attack of a country is one it makes, an attack of a city one it suffers.
_PLACE_BEFORE_CITY = _keys(
    "هجوم هجومي تفجيري تفجير إعلان بيان معركة حصار سقوط معارك قصف مسيرة مظاهرات سجن ميناء ملعب بورصة شرطي متنزه"
)
_NOT_FROM = _keys(
    """كل طلب تطلب طلبت يطلب مطلب مطالب مطالبة دعم بدعم تهديد تهديدات ضغط ضغوط مساعدات مساعدة رد موقف اتهامات مقدم مقدمة قرار أي عدد دعوة دعوات
    مطلوب تمويل بتمويل المدعومة المدعوم المدعومين المدعومون مدعومة مدعوم تقدمت اقتراح مقترح بضغط بطلب تأييد ضمانات تعهدات تعهد جانب مخاوف
    عضو أعضاء بكل قلق خوف انتقادات بإيعاز بأمر أوامر موقفها موقفه المقربة القريب_ التحرك مبعوث مسؤول مسؤولون رسالة تصعيد"""
)
_ON_ACTOR = _keys(
    "عقوبات العقوبات ضغط ضغوط الضغط الضغوط رد الرد ردا ضغوطا ضغطا اعتماد الاعتماد حظر الحظر فرض يتعين يجب ينبغي اللوم باللوم باللائمة اتفاق حكم التفوق"
)
_ON_LAND = _keys(
    "حرب الحرب غارة غارات غارته غارة_ ضربات قصف القصف السيطرة سيطرة الحدود حدود عدوان العدوان إعصار الإعصار تحليق مطلة"
)
_MOVEMENT = (
    "زيار",
    "الزيار",
    "وصول",
    "بزيار",
    "لزيار",
    "رحل",
    "عود",
    "العود",
    "جول",
    "الوصول",
    "لوصول",
    "توجه",
    "مغادر",
    "سفر",
    "عاصم",
    "الشمال",
    "الجنوب",
    "الشرق",
    "الغرب",
)
_ACTOR_BEFORE = _keys(
    """مع ضد جانب تجاه حيال دعم علاقات علاقة اتهام تعتبر ترى لسان مواجهة أن إن لأن بأن لكن باسم بدعم قيادة سياسة موقف رئيس حق أمن سيادة حلفاء
    حليف أعداء مصالح استقلال وزراء رد قرار استخدام عزم قدرة دور جهود كما أما بينما فيما حيث مثل عن بقيادة برعاية بوساطة مساعدة تهديد تهديدات
    طلب هجوم هجمات ضربة ضربات تهديدات التزام دعوة رفض قلق مخاوف حكم قادة زعماء قبل عدا سوى وكلاء أصدقاء شريك شركاء برنامج نظام جارتها جارته
    إذا لو أنّ هل لعل وكأن كأن حتى إلا فإن وأن بتهديد بسياسة لموقف دعوات لدعم عداء تسليح خطة خطط اعتراف بحق رغبة نية نوايا لمواجهة وضد ومع"""
)
_DASHES = frozenset("-–—ـ")
_COMMAS = frozenset("،,")


def actor_or_place(document: Document, phrase: Phrase) -> tuple[str, str] | None:
    """The label of a phrase of :data:`KINDS` and the cue that says so; None where nothing says.

    Cues: ``dateline``, ``preposition``, ``coordination``, ``apposition``, ``verb``, ``title``.
    """
    return _roles(document).get(phrase.start)


_CACHE: WeakKeyDictionary[Document, dict[int, tuple[str, str]]] = WeakKeyDictionary()


def _roles(document: Document) -> dict[int, tuple[str, str]]:
    """The roles by the first words of the phrases; read once a document."""
    roles = _CACHE.get(document)
    if roles is None:
        roles = _CACHE[document] = {}
        ordered = phrases(document)
        position = 0
        for words in document.ranges:
            inside = []
            while position < len(ordered) and ordered[position].start < words.stop:
                inside.append(ordered[position])
                position += 1
            _Roles(document.keys, words, inside, roles).read()
    return roles


class _Roles:
    """Gives roles to the phrases of one paragraph."""

    def __init__(self, keys: list[str], words: range, inside: list[Phrase], roles: dict[int, tuple[str, str]]) -> None:
        self.keys, self.first, self.last, self.phrases, self.roles = keys, words.start, words.stop, inside, roles

    def read(self) -> None:
        dateline = self.end_of_dateline()
        previous: Phrase | None = None
        for phrase in self.phrases:
            if phrase.kind in KINDS:
                role = (LOCATION, "dateline") if phrase.end <= dateline else self.role(phrase, previous)
                if role is not None:
                    self.roles[phrase.start] = role
            previous = phrase

    def end_of_dateline(self) -> int:
        """Where the places before the story's first words end («صنعاء، اليمن (CNN) --», «دبي - …»); 0 where there are none."""
        position = self.first
        for phrase in self.phrases:
            if phrase.start != position or phrase.kind not in KINDS:
                break
            position = phrase.end
            if self.key(position) in _COMMAS:
                position += 1
        if position == self.first:
            return 0
        if self.key(position) == "(":
            close = next((i for i in range(position, min(self.last, position + 8)) if self.keys[i] == ")"), None)
            return position if close is not None and self.key(close + 1) in _DASHES | {":"} else 0
        return position if self.key(position) in _DASHES and self.last - position > 8 else 0

    def key(self, index: int) -> str:
        return self.keys[index] if self.first <= index < self.last else ""

    def role(self, phrase: Phrase, previous: Phrase | None) -> tuple[str, str] | None:
        before, before_that, after = self.key(phrase.start - 1), self.key(phrase.start - 2), self.key(phrase.end)
        joined = self.coordinated_with(phrase, previous, before)
        if "ب" in phrase.proclitics:
            return LOCATION, "preposition"
        if "ل" in phrase.proclitics:
            moving = any(self.key(phrase.start - i).startswith(_MOVEMENT) for i in range(1, 6))
            return (LOCATION if moving else ACTOR), "preposition"
        if joined is not None and joined.start in self.roles:
            return self.roles[joined.start][0], "coordination"
        word = read_word(before) if before else None
        core = word.core if word is not None else ""
        if core[:1] in ("و", "ف") and (
            core[1:] in _PLACE_BEFORE or core[1:] in _ACTOR_BEFORE or core[1:] in ("من", "علي", "بين")
        ):
            core = core[1:]
        city = phrase.place is not None and phrase.place.kind in ("capital", "city") or phrase.kind != "state"
        if core == "لدي":
            return (LOCATION if city else ACTOR), "preposition"
        if before in _COMMAS and read_word(before_that).core == "العاصمه":
            return LOCATION, "apposition"
        if core in ("بين", "بينها"):
            border = any(self.key(phrase.start - i).endswith("حدود") for i in range(2, 5))
            return (LOCATION if border else ACTOR), "preposition"
        if core == "مع" and any("حدود" in self.key(phrase.start - i) for i in (2, 3)):
            return LOCATION, "preposition"
        if core in _PLACE_BEFORE:
            return LOCATION, "preposition"
        if core in _PLACE_BEFORE_CITY and city:
            return LOCATION, "preposition"
        if core == "من":
            cause = read_word(before_that).core if before_that else ""
            return (ACTOR if cause in _NOT_FROM else LOCATION), "preposition"
        if core == "علي":
            cause = read_word(before_that).core if before_that else ""
            onto_land = city or cause in _ON_LAND
            return (LOCATION if onto_land and cause not in _ON_ACTOR else ACTOR), "preposition"
        if after == ":" and phrase.start == self.first:
            said = read_word(self.key(phrase.end + 1))
            speech = said.classes & (wc.VERB | wc.PARTICLE) or not said.core.isalnum()
            return (ACTOR if speech else LOCATION), "title"
        if after == "." and self.key(phrase.end + 1) == "." and phrase.start == self.first:
            return LOCATION, "title"
        if core in _ACTOR_BEFORE or word is not None and word.classes & wc.VERB and core not in _PLACE_BEFORE:
            return ACTOR, "verb"
        following = read_word(after) if after else None
        if following is not None and following.classes & wc.VERB and not following.proclitics:
            return ACTOR, "verb"
        if phrase.start == self.first:
            return ACTOR, "title"
        return None

    def coordinated_with(self, phrase: Phrase, previous: Phrase | None, before: str) -> Phrase | None:
        """The place or state to which «و» or a comma joins this one."""
        if previous is None or previous.kind not in KINDS:
            return None
        if previous.end == phrase.start and phrase.proclitics == "و":
            return previous
        if previous.end == phrase.start - 1 and before in _COMMAS | {"و", "او"}:
            return previous
        return None
