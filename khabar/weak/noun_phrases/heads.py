"""Institutions and offices: a head, its chain of genitives, its adjectives, and the name of who holds the office."""

from __future__ import annotations

from dataclasses import dataclass

from khabar.arabic import nationalities
from khabar.arabic import word_classes as wc
from khabar.arabic.lexicon import word_list
from khabar.arabic.word_classes import Reading
from khabar.weak.noun_phrases.cursor import Phrase, keys
from khabar.weak.noun_phrases.modifiers import TIME_ADJECTIVES
from khabar.weak.noun_phrases.sites import Sites

#: Institutions that are also the buildings where they sit.
_BUILDINGS = keys("قنصلية سفارة مستشفى مدرسة كنيسة قصر مسجد متحف بورصة سجن مركز")
_HEADQUARTERS = keys("مقر مقري مبنى مقار")
#: «برئاسة …», «بقيادة …»: a circumstance, no institution.
_LED_BY = keys("رئاسة قيادة إدارة مساعدة نيابة مشاركة حضور")
#: Heads whose names join abstract nouns by «و» («حزب العدالة والتنمية», «وزارة التربية والتعليم»).
_JOINING = keys("حزب حركة هيئة منظمة وزارة وزير وزيرة لجنة جمعية مؤسسة مجلس إدارة دائرة")
#: Adjectives after which an office names whom it serves («الأمين العام للأمم المتحدة»).
_OFFICIAL = keys("العام العامة السامي السامية الأعلى الخاص الخاصة الدائم الدائمة التنفيذي التنفيذية رئيسا رئيسة")
#: Heads made definite by a pronoun («نظيره الروسي»).
_POSSESSED = keys("نظيره نظيرته نظيرها نظيرهم نظرائه نظرائهم نظرائها خليفته سلفه")
_RANKED = keys("كبير كبيرة كبار")
_VERB_TOO = keys("طالب حاكم مثل عارض")
_BEFORE_NATIONALITY = keys("عام رسمي رسمية أمني عسكري أمنية عسكرية حكومي حكومية كبير بارز رفيع دبلوماسية سابق")
_IN_THE_NAME_OF = "باسم"
COUNTERS = keys(
    """اثنان اثنين اثنتين ثلاث ثلاثة أربع أربعة خمس خمسة ست ستة سبع سبعة ثمان ثماني ثمانية تسع تسعة عشر عشرة مئة مائة
    مئتين مئتي مئات مائتي ألف ألفي آلاف مليون ملايين عشرات عشرون عشرين ثلاثون ثلاثين أربعون أربعين خمسون خمسين ستين
    سبعين ثمانين تسعين بضعة بضع"""
)
_LONGEST_PURPOSE = 3
_INSTITUTIONS = frozenset(("organisation", "institution", "building"))
_SERVED_OFFICIALLY = frozenset(("office", "state"))


@dataclass(slots=True)
class _Chain:
    """A head and the genitives read so far; ``position`` is the index after them.

    ``proper`` says that they hold a name or nationality, ``general`` that they need one, ``office`` that a person's
    name may follow, ``joining`` that abstract nouns may follow with «و».
    """

    position: int
    general: bool
    office: bool
    joining: bool
    counted: bool
    proper: bool = False
    closed: bool = False
    name: tuple[int, int] | None = None

    def close(self, position: int, *, proper: bool = True, name: tuple[int, int] | None = None) -> bool:
        self.position, self.closed, self.proper = position, True, proper
        self.name = self.name or name
        return True


class Heads(Sites):
    """Reads phrases that the head of an institution, an office or a title begins."""

    def phrase_at(self, index: int) -> Phrase | None:
        """The phrase that begins at a word, whatever its kind."""
        raise NotImplementedError

    def headed(self, index: int) -> Phrase | None:
        """The phrase that a head or a type noun at a word begins."""
        word = self.words[index]
        if word.core in _HEADQUARTERS and index + 1 < self.end:
            inside = self.phrase_at(index + 1)
            if inside and not inside.proclitics and inside.kind in ("institution", "organisation", "building", "media"):
                return Phrase(index, inside.end, "site", word.proclitics)
        if word.classes & wc.PLACE_TYPE and (site := self.site(index)):
            return site
        if word.classes & wc.PARTICLE or ("ب" in word.proclitics and word.core in _LED_BY):
            return None
        if word.classes & wc.HEAD:
            definite = word.definite or word.core in _POSSESSED
            phrase = self.definite_head(index) if definite else self.construct_head(index)
            if phrase is not None:
                return phrase
        if word.classes & wc.TITLE:
            end = self.name(index + 1, strict=word.core in word_list("loose_titles") or not word.definite)
            if end > index + 1:
                return Phrase(index, end, "office", word.proclitics, name=(index + 1, end))
        return None

    def definite_head(self, index: int) -> Phrase | None:
        """A head with article and its adjectives («الجيش اللبناني», «الرئيس السوري بشار الأسد», «المتحدث باسم …»)."""
        word, before = self.words[index], self.words[index - 1] if index else wc.NOTHING
        adjective = word.classes & wc.ADJECTIVE and before.definite and not before.classes & wc.PARTICLE
        if (adjective or before.core in COUNTERS) and not word.proclitics:
            return None
        position = index + 1
        proper = self.key(position) == _IN_THE_NAME_OF and position + 1 < self.end
        if proper:
            served = self.phrase_at(position + 1)
            position = served.end if served is not None and not served.proclitics else position + 2
        else:
            position = self.adjectives(position)
            proper = any(self._makes_a_name(self.words[i]) for i in range(index + 1, position))
            after = self.serves(position)
            proper, position = proper or after > position, after
            if proper:
                position = self.purpose(position)
        name = None
        if word.classes & (wc.ROLE | wc.TITLE):
            alone = position == index + 1
            strict = word.core in word_list("loose_titles")
            end = self.name(position, strict=strict) if alone else self.name_after_office(position)
            if end > position:
                name, position, proper = (position, end), end, True
        if not proper:
            return None
        return Phrase(
            index, position, _kind(word, bool(word.classes & (wc.ROLE | wc.TITLE))), word.proclitics, name=name
        )

    def _makes_a_name(self, adjective: Reading) -> bool:
        neutral = adjective.core in word_list("neutral_adjectives")
        return bool(adjective.classes & wc.NATIONALITY or (adjective.classes & wc.ADJECTIVE and not neutral))

    def construct_head(self, index: int) -> Phrase | None:
        """A head without article and its genitives («وزارة الدفاع», «قيادة قوات حفظ السلام الروسية»)."""
        word, following = self.words[index], self.word(index + 1)
        if word.core in _RANKED and not following.classes & wc.HEAD:
            return None
        if word.core in _VERB_TOO and not following.plain(wc.NATIONALITY):
            return None
        before = self.words[index - 1] if index else wc.NOTHING
        chain = _Chain(
            index + 1,
            general=word.core in word_list("general_heads"),
            office=bool(word.classes & wc.ROLE),
            joining=word.core in _JOINING,
            counted=before.core.isdigit() or before.core in COUNTERS,
        )
        if self.key(index + 1) == _IN_THE_NAME_OF:
            chain.position, chain.general = index + 2, False
        while (
            not chain.closed and chain.position < self.end and self._genitive(chain, first=chain.position == index + 1)
        ):
            pass
        if not chain.closed:
            return None
        position = self.adjectives(chain.position)
        proper = chain.proper or self.has_nationality(chain.position, position)
        after = self.purpose(self.serves(position))
        proper, position = proper or after > position, after
        if chain.office and chain.name is None:
            end = self.name_after_office(position)
            if end > position:
                chain.name, position, proper = (position, end), end, True
        if chain.general and not proper:
            return None
        return Phrase(index, position, _kind(word, chain.office), word.proclitics, name=chain.name)

    def _genitive(self, chain: _Chain, *, first: bool) -> bool:
        """Takes one more genitive, or closes the chain with it; False where none stands there."""
        index = chain.position
        if self.key(index) == "(" and first:
            match = self.known(index + 1)
            return match is not None and self.key(match.end) == ")" and chain.close(match.end + 1)
        if self.is_quote(index):
            close = self.closing_quote(index + 1)
            return bool(close) and chain.close(close + 1)
        word, match = self.words[index], self.known(index)
        if (
            match is not None
            and not match.proclitics
            and not (word.classes & wc.NATIONALITY and match.end == index + 1)
        ):
            return chain.close(match.end, name=(index, match.end) if match.value.kind == "person" else None)
        if word.proclitics:
            return False
        if word.classes & wc.NATIONALITY:
            return self._nationality(chain, word)
        if word.definite:
            return self._definite_genitive(chain, word)
        if word.classes & (wc.HEAD | wc.COMPLEMENT) and not word.classes & wc.PARTICLE:
            chain.general = chain.general and word.core in word_list("general_heads")
            chain.position += 1
            return True
        following = self.word(index + 1)
        if word.core in _BEFORE_NATIONALITY and following.plain(wc.NATIONALITY):
            chain.position += 1
            return True
        if (first and self.looks_like_name(index)) or word.classes & wc.GIVEN_NAME:
            end = self.name(index, strict=chain.office)
            return end > index and chain.close(end, name=(index, end))
        return False

    def _nationality(self, chain: _Chain, word: Reading) -> bool:
        if not word.definite:
            return not chain.counted and chain.close(self.indefinite_adjectives(chain.position))
        people = nationalities.is_plural_of_people(word.core) or word.core in word_list("peoples")
        return people and chain.close(chain.position + 1)

    def _definite_genitive(self, chain: _Chain, word: Reading) -> bool:
        if word.classes & wc.PARTICLE or word.core in TIME_ADJECTIVES or word.classes & wc.TIME_OR_COUNT:
            return False
        if word.classes & (wc.COMPLEMENT | wc.HEAD) or (not chain.general and not word.classes & wc.VERB):
            chain.office = chain.office or bool(word.classes & wc.ROLE)
            return chain.close(self.joined_genitives(chain.position + 1, freely=chain.joining), proper=False)
        return chain.general and not word.classes & wc.COMMON and chain.close(chain.position + 1)

    def serves(self, index: int) -> int:
        """After «الأمين العام» *«للأمم المتحدة»*, «رئيس المكتب السياسي» *«لحركة حماس»*: whom an office serves."""
        last = self.words[index - 1]
        if not last.classes & (wc.ADJECTIVE | wc.ROLE) or not self.key(index).startswith("ل"):
            return index
        served = self.phrase_at(index)
        official = last.core in _OFFICIAL
        served_kinds = _INSTITUTIONS | _SERVED_OFFICIALLY if official else _INSTITUTIONS
        if served is not None and served.proclitics == "ل" and served.kind in served_kinds:
            return served.end
        word = self.words[index]
        return index + (official and word.proclitics == "ل" and bool(word.classes & (wc.INSTITUTION | wc.COMPLEMENT)))

    def purpose(self, index: int) -> int:
        """After «الاتحاد السعودي» *«لكرة القدم»*, «جمعية العون» *«للاجئين»*: what the name says it is for."""
        word = self.word(index)
        if word.proclitics != "ل" or not word.classes & wc.COMPLEMENT:
            return index
        if self.words[index - 1].core in TIME_ADJECTIVES or (word.definite and word.classes & wc.INSTITUTION):
            return index
        end = index + 1
        if not word.definite:
            while end < index + _LONGEST_PURPOSE and self.word(end).plain(wc.COMPLEMENT):
                end += 1
            last = self.word(end)
            other = last.classes & (wc.PARTICLE | wc.TIME_OR_COUNT) and not last.classes & wc.COMPLEMENT
            if not last.definite or last.proclitics or other:
                return index
            end += 1
        return self.adjectives(self.joined_genitives(end, freely=True))


def _kind(head: Reading, office: bool) -> str:
    if office:
        return "office"
    return "building" if head.core.removeprefix("ال") in _BUILDINGS else "institution"
