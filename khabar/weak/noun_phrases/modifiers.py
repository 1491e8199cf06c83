"""What follows the head of a noun phrase: adjectives that agree with it, and genitives joined by «و»."""

from __future__ import annotations

from khabar.arabic import nationalities
from khabar.arabic import word_classes as wc
from khabar.arabic.known_names import words_of_persons
from khabar.arabic.lexicon import word_list
from khabar.arabic.word_classes import Reading
from khabar.weak.noun_phrases.cursor import Cursor, keys

DIRECTIONS = keys("الشمالي الشمالية الجنوبي الجنوبية الشرقي الشرقية الغربي الغربية الأوسط الوسطى القديمة القديم")
_OF_PLACES = keys(
    """المحتلة المحتل المحاصرة المحاصر الساحلية الساحلي الحدودية الحدودي الجوية
    النفطي النفطية الجبلية النووية الصحراوي البحثي السياحية الجديدة الكبرى الدولي"""
)
_PLACE_ADJECTIVES = DIRECTIONS | _OF_PLACES
_AFTER_INDEFINITE = keys("رفيع رفيعو رفيعي المستوى مطلع مطلعة سابق سابقون سابقين كبير كبار بارز بارزون بارزين")
#: Adjectives of time, which say when an office was held and begin no name.
TIME_ADJECTIVES = keys("الماضي الماضية الماضيين القادم القادمة المقبل المقبلة الجاري الجارية الأخير الأخيرة الأخيرين")
_PLURAL = ("ون", "ين")
_SHORTEST_RELATIVE = 6
_NEVER_JOINED = wc.VERB | wc.HEAD | wc.NATIONALITY | wc.TIME_OR_COUNT | wc.PLACE_TYPE


class Modifiers(Cursor):
    """Reads modifiers; methods take the index after a head and return the index after what modifies it."""

    def adjectives(self, index: int) -> int:
        """Definite adjectives, also joined by «و» («القوات الأميركية» *«والعراقية»*)."""
        start = index
        of_people = start > 0 and self._names_people(self.words[start - 1])
        while index < self.end:
            word = self.words[index]
            known = word.classes & (wc.ADJECTIVE | wc.NATIONALITY)
            if not word.definite or not (known or (not word.proclitics and self.is_like_adjective(word))):
                break
            if word.classes & wc.TIME_OR_COUNT and word.core not in word_list("neutral_adjectives"):
                break
            if word.core.endswith(_PLURAL) and word.classes & wc.ADJECTIVE and not of_people:
                break
            if word.proclitics and not (
                word.proclitics == "و" and index > start and self._agree(self.words[index - 1], word)
            ):
                break
            index += 1
        return index

    def _agree(self, one: Reading, other: Reading) -> bool:
        alike = one.classes & other.classes & (wc.ADJECTIVE | wc.NATIONALITY) and one.core[-2:] == other.core[-2:]
        return bool(alike) or one.core[-1:] == other.core[-1:] == "ي"

    def _names_people(self, word: Reading) -> bool:
        return word.core.endswith((*_PLURAL, "ان", "و", "ات")) or bool(word.classes & (wc.ROLE | wc.NATIONALITY))

    def is_like_adjective(self, word: Reading) -> bool:
        """Whether a definite word that no list of adjectives holds is made like one («الاجتماعي», «القروية»)."""
        other = wc.VERB | wc.PARTICLE | wc.TIME_OR_COUNT | wc.HEAD | wc.PLACE_TYPE | wc.COMPLEMENT | wc.GIVEN_NAME
        if word.classes & other or len(word.core) < _SHORTEST_RELATIVE or word.core in words_of_persons():
            return False
        if word.core in word_list("nouns_like_adjectives"):
            return False
        return word.core.endswith("يه") or (word.core.endswith("ي") and bool(word.classes & wc.COMMON))

    def indefinite_adjectives(self, index: int) -> int:
        """Indefinite adjectives from the first one on («جنود» *«أميركيون»*, «مسؤول» *«مصري رفيع المستوى»*)."""
        index += 1
        while index < self.end:
            word = self.words[index]
            if word.definite or not word.classes & wc.NATIONALITY or word.proclitics not in ("", "و"):
                break
            index += 1
        while self.key(index) in _AFTER_INDEFINITE:
            index += 1
        return index

    def adjectives_of_place(self, index: int) -> int:
        """Definite nationalities, directions and the like after a place («حقل جزل» *«النفطي»*)."""
        while index < self.end:
            word = self.words[index]
            nationality = word.classes & wc.NATIONALITY and not nationalities.is_plural_of_people(word.core)
            if word.proclitics or not word.definite or not (nationality or word.core in _PLACE_ADJECTIVES):
                break
            index += 1
        return index

    def joined_genitives(self, index: int, *, freely: bool) -> int:
        """Genitives joined by «و» («وزارة التربية» *«والتعليم»*); ``freely`` takes also such that no list knows."""
        while index < self.end:
            word, step = self.words[index], 1
            if self.keys[index] == "و" and not self.word(index + 1).proclitics:
                word, step = self.word(index + 1), 2
            elif word.proclitics != "و":
                break
            listed = word.classes & (wc.COMPLEMENT | wc.ADJECTIVE) and not word.classes & wc.INSTITUTION
            abstract = freely and not word.classes & _NEVER_JOINED and not word.core.endswith("ات")
            if not word.definite or not (listed or abstract):
                break
            index += step
        return index
