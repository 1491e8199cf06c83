"""All noun phrases of a page that can name an actor or a place."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from khabar.arabic import nationalities
from khabar.arabic import word_classes as wc
from khabar.arabic.clitics import readings
from khabar.arabic.gazetteer import Match
from khabar.arabic.known_names import KnownName, media_names, words_of_persons
from khabar.arabic.lexicon import word_list
from khabar.arabic.word_classes import read_word
from khabar.weak.base import Document
from khabar.weak.noun_phrases.cursor import Phrase, keys
from khabar.weak.noun_phrases.heads import COUNTERS, Heads
from khabar.weak.noun_phrases.personal_names import CONNECTORS

_NEVER_NAMES = frozenset(("على", "إلى", "حتى", "لدى"))
#: How far a phrase can reach, in words: far beyond any that people write, and a bound on what reading a word costs.
_REACH = 32
_TIME_ZONE = keys("بتوقيت توقيت")
_ORDINALS_OF_NAMES = keys("الأب الابن الثاني الثالث")
#: Titles that are offices: what follows their bearer's name is someone else («التقى الرئيس … وزير …»).
_OFFICES = keys(
    "الرئيس الرئيسة الوزير الوزيرة الملك الملكة السلطان البابا السفير المبعوث المفوض المندوب المتحدث الناطق"
)
#: The plainest verbs of saying; what follows is who says it.
_SAID = keys("قال قالت يقول تقول أضاف أضافت يضيف تضيف أوضح أوضحت تابع تابعت أردف أردفت")
#: Verbs of saying that are written like a noun or a particle.
_NOUN_TOO = keys(
    """بين قبل أمل رد بحث أبرز أمر عبر تعد يعد عد بحثا نقل تنقل شهد شهدت تشهد يشهد قدر تقدر وعد طلب كتب نشر تدين تدعو
    شهدته"""
)
#: Nouns of what befalls people («مقتل فلسطينيين»).
_HARM = keys("مقتل قتل اعتقال إصابة اختطاف خطف إطلاق ترحيل محاكمة اغتيال احتجاز اتهام مصرع")
_AMBIGUOUS = wc.COMMON | wc.VERB | wc.ADJECTIVE | wc.HEAD
_SHORTEST_LONE_NAME = 4

_CACHE: WeakKeyDictionary[Document, list[Phrase]] = WeakKeyDictionary()


def phrases(document: Document) -> list[Phrase]:
    """The phrases of a document in order; read once, then remembered as long as the document lives."""
    found = _CACHE.get(document)
    if found is None:
        found = _CACHE[document] = _Page(document).read()
    return found


class _Page(Heads):
    """Reads a page from left to right, then once more for names that only the page or the sentence tells."""

    previous: Phrase | None = None

    def read(self) -> list[Phrase]:
        found: list[Phrase] = []
        for words in self.ranges:
            index, self.previous = words.start, None
            while index < words.stop:
                self.end = min(words.stop, index + _REACH)
                phrase = self.phrase_at(index)
                if phrase is None:
                    index += 1
                    continue
                if phrase.kind == "person":
                    self._take_noun_before(phrase, self.previous.end if self.previous else words.start)
                if self.previous is not None and self._one_span(self.previous, phrase):
                    self.previous.end, self.previous.kind = phrase.end, "office"
                    self.previous.name = self.previous.name or phrase.name
                else:
                    found.append(phrase)
                    self.previous = phrase
                index = phrase.end
        return self._with_lone_names(found)

    def phrase_at(self, index: int) -> Phrase | None:
        """The phrase that begins at a word: the longest of a head's, a known name's and a given name's."""
        key = self.keys[index]
        if (len(key) < 2 and not key.isalpha()) or (index and self.keys[index - 1] in _TIME_ZONE):
            return None
        if self.forms[index] in _NEVER_NAMES or (key == wc.ALI and not self.is_ali(index)):
            return None
        best = self.headed(index)
        match = self.known(index)
        if match is not None and not (match.end == index + 1 and self._is_ordinary(index, match)):
            known = self._known_phrase(index, match)
            if best is None or known.end > best.end or (known.end == best.end and known.kind != "organisation"):
                best = known
        return best or self.given_name(index) or self._people(index)

    def _is_ordinary(self, index: int, match: Match[KnownName]) -> bool:
        """Whether a one-word name is here an ordinary word with or without proclitics."""
        word = self.words[index]
        if match.value.place is not None and self.is_other_word(index, match.proclitics, self.previous):
            return True
        classes = word.classes & ~wc.PROPER
        if not match.proclitics:
            person = match.value.kind == "person" and classes & _AMBIGUOUS and not word.definite
            return bool(person) and not self._says(index - 1)
        return word.proclitics != match.proclitics and classes not in (wc.UNKNOWN, wc.GIVEN_NAME)

    def _known_phrase(self, index: int, match: Match[KnownName]) -> Phrase:
        """The phrase of a known name with the adjectives that follow it."""
        kind, place = match.value
        end = match.end
        if kind == "person":
            following = self.key(end)
            alone = end == index + 1 and self.words[index].classes & wc.GIVEN_NAME
            given = self.word(end).classes & wc.GIVEN_NAME
            if alone and (given or following in CONNECTORS or following in words_of_persons()):
                end = self.rest_of_name(end)
            elif following in _ORDINALS_OF_NAMES:
                end += 1
            return Phrase(index, end, kind, match.proclitics, name=(index, end))
        if place is not None:
            if self.is_quoted(index, end) and media_names().match(self.keys, index, end):
                return Phrase(index, end, "media", match.proclitics)
            return Phrase(index, self.adjectives_of_place(end), kind, match.proclitics, place)
        if kind == "organisation":
            end = self.adjectives(match.end)
            if end > match.end and self.words[end - 1].core in word_list("neutral_adjectives"):
                end = match.end
            if self.is_quote(end) and self.is_singular_nationality(end + 1):
                end += 2
            elif end == match.end:
                end = self.purpose(end)
        return Phrase(index, end, kind, match.proclitics)

    def _people(self, index: int) -> Phrase | None:
        """Members of a people or nation («الفلسطينيون», «الأرمن», «مقتل» *«فلسطينيين»*)."""
        word = self.words[index]
        if not word.classes & wc.NATIONALITY or word.classes & wc.TIME_OR_COUNT:
            return None
        before = self.words[index - 1] if index else wc.NOTHING
        if not word.definite:
            joined = self.previous is not None and self.previous.end == index and self.previous.kind == "people"
            free = before.classes & (wc.PARTICLE | wc.VERB) or before.core in _HARM or joined
            if not free or not nationalities.is_plural_of_people(word.core) or before.core in COUNTERS:
                return None
            return Phrase(index, self.indefinite_adjectives(index), "people", word.proclitics)
        if not nationalities.is_plural_of_people(word.core) and word.core not in word_list("peoples"):
            return None
        start, end = index, index + 1
        if not word.proclitics:
            noun = not before.classes & (wc.PARTICLE | wc.VERB)
            if before.core in COUNTERS or (noun and before.core.endswith(("ها", "هم"))):
                return None
            other = wc.PARTICLE | wc.NATIONALITY | wc.TIME_OR_COUNT
            if before.definite and before.core.endswith(("ون", "ين")) and not before.classes & other:
                start = index - 1
        return Phrase(start, self.adjectives(end), "people", self.words[start].proclitics)

    def _take_noun_before(self, phrase: Phrase, first: int) -> None:
        start = self.noun_before_name(phrase.start, first)
        if start < phrase.start:
            phrase.start, phrase.kind, phrase.proclitics = start, "office", self.words[start].proclitics

    def _one_span(self, before: Phrase, phrase: Phrase) -> bool:
        """Whether role and name stand next to each other, in either order («فلان رئيس الحزب»)."""
        if before.end != phrase.start or phrase.proclitics:
            return False
        if before.name is None:
            return before.kind == "office" and (
                phrase.kind == "person" or (phrase.kind == "office" and bool(phrase.name))
            )
        first = self.words[before.start]
        title = first.classes & wc.TITLE and first.definite and first.core not in _OFFICES
        titled = before.kind in ("person", "speaker") or title or before.name[1] < before.end
        return bool(titled) and phrase.kind == "office" and phrase.name is None

    # Names that only the page or the sentence tells

    def _with_lone_names(self, found: list[Phrase]) -> list[Phrase]:
        """Adds unknown names that speak («وقال» *«دارمانان»*) and surnames met in a full name on the page."""
        covered = bytearray(len(self.keys))
        for phrase in found:
            covered[phrase.start : phrase.end] = b"\1" * (phrase.end - phrase.start)
        added: list[Phrase] = []
        for words in self.ranges:
            for index in range(words.start + 1, words.stop):
                self.end = min(words.stop, index + _REACH)
                if self.words[index - 1].classes & wc.SAYING and not covered[index]:
                    speaker = self._speaker(index)
                    if speaker is not None and not any(covered[speaker.start : speaker.end]):
                        covered[speaker.start : speaker.end] = b"\1" * (speaker.end - speaker.start)
                        added.append(speaker)
        surnames = {name for phrase in (*found, *added) if phrase.name for name in self._short_names(phrase)}
        for index in range(len(self.keys)) if surnames else ():
            if not covered[index]:
                proclitics = self._surname(index, surnames)
                if proclitics is not None:
                    added.append(Phrase(index, index + 1, "surname", proclitics))
        ordered: list[Phrase] = []
        for phrase in sorted((*found, *added), key=lambda phrase: phrase.start):
            if ordered and ordered[-1].kind == "speaker" and self._one_span(ordered[-1], phrase):
                ordered[-1].end, ordered[-1].kind = phrase.end, "office"
            else:
                ordered.append(phrase)
        for phrase in ordered:
            while not self.keys[phrase.end - 1].isalnum() and phrase.end - 1 > phrase.start:
                phrase.end -= 1
        return ordered

    def _says(self, index: int) -> bool:
        """Whether a word is a verb of saying and nothing else."""
        word = self.word(index)
        return (
            bool(word.classes & wc.SAYING) and not word.classes & (wc.PARTICLE | wc.ROLE) and word.core not in _NOUN_TOO
        )

    def _speaker(self, index: int) -> Phrase | None:
        """A name of words that no list knows, after a verb of saying."""
        if not self._says(index - 1):
            return None
        position = index + 1 if self.keys[index] in CONNECTORS else index
        word = self.word(position)
        if word.classes & (wc.PARTICLE | wc.TIME_OR_COUNT) or "ً" in self.texts[index]:
            return None
        if not (word.classes & wc.GIVEN_NAME or self.may_be_name(position)):
            return None
        if word.definite and not (word.core.endswith("ي") and self.may_be_surname(position)):
            return None
        if self.keys[index].startswith(("ب", "ل")) and self.words[index - 1].core not in _SAID:
            return None
        end = self.rest_of_name(position + 1)
        return Phrase(index, end, "speaker", name=(index, end))

    def _short_names(self, phrase: Phrase) -> list[str]:
        """The words of a full name by which the page may call its bearer later."""
        start, end = phrase.name or (0, 0)
        first = self.keys[start]
        if end - start == 1:
            unknown = not self.words[start].classes & ~wc.PROPER
            return [first] if unknown and len(first) >= _SHORTEST_LONE_NAME else []
        if phrase.kind == "speaker":
            return []
        names = [self.keys[end - 1]]
        if self.words[start].classes & wc.GIVEN_NAME and not self.words[start].classes & wc.COMMON:
            names.append(first)
        other = wc.PARTICLE | wc.NATIONALITY | wc.TIME_OR_COUNT
        return [name for name in names if len(name) > 2 and not read_word(name).classes & other]

    def _surname(self, index: int, surnames: set[str]) -> str | None:
        """The proclitics before a surname of the page; None where the word is none."""
        for proclitics, rest in readings(self.keys[index]):
            if rest in surnames and (not read_word(rest).classes & _AMBIGUOUS or self._says(index - 1)):
                return proclitics
        return None
