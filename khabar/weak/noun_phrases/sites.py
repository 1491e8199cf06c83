"""Places in running text: type nouns with a name, and one-word names that are also other words."""

from __future__ import annotations

from khabar.arabic import word_classes as wc
from khabar.arabic.clitics import readings
from khabar.arabic.lexicon import word_list
from khabar.arabic.word_classes import NOTHING, Reading, read_word
from khabar.weak.noun_phrases.cursor import COMMAS, Cursor, Phrase, keys
from khabar.weak.noun_phrases.modifiers import DIRECTIONS
from khabar.weak.noun_phrases.personal_names import PersonalNames

#: Type nouns after which even a common noun is a name («قرية الزيتون»).
_SMALL_TOWNS = keys("بلدة قرية مخيم ضاحية")
_CAPITAL = "العاصمه"
#: Countries whose name is also an adjective of theirs, and places whose name is also something else.
_ADJECTIVE_TOO = keys("السعودية سورية تركية")
_OTHER_TOO = keys("مالي بنين الجديدة الريف ساري سترة ديرة عقبة القائم البيض الجزيرة الهندية الشرقية")
_BEFORE_PLACE = keys("في من إلى قرب شمال جنوب شرق غرب مدينة محافظة")
_NOUN_ENDINGS = ("ه", "ات", "يا", "ا", "ون", "ين")
_ORDINARY = wc.COMMON | wc.VERB | wc.PARTICLE | wc.ADJECTIVE | wc.HEAD | wc.TITLE


class Sites(PersonalNames, Cursor):
    """Reads places that a type noun names («مدينة رفح», «العاصمة الليبية طرابلس», «الأراضي السورية»)."""

    def site(self, index: int) -> Phrase | None:
        """The phrase of a type noun of places at a word and of the name that follows it."""
        word = self.words[index]
        position = self._after_type_nouns(index)
        opened = self.is_quote(position)
        position += opened
        following = self.word(position)
        match = self.place_at(position)
        if match is not None and not (word.definite and following.classes & wc.NATIONALITY):
            if word.definite and word.core != _CAPITAL:
                return None
            end = self.adjectives_of_place(match.end)
            if word.core.endswith("تي") and (second := self.place_at(end, "و")):
                end = second.end
            if opened and self.is_quote(end) and self.is_singular_nationality(end + 1):
                end += 2
            return Phrase(index, end, "site", word.proclitics, match.value.place)
        close = self.closing_quote(position) if opened else 0
        if close and not word.definite:
            return Phrase(index, close + 1, "site", word.proclitics)
        end = 0 if following.proclitics else self._unlisted(word, following, position)
        return Phrase(index, end, "site", word.proclitics) if end else None

    def _after_type_nouns(self, index: int) -> int:
        """After the type nouns («منطقة جبل …», «شبه جزيرة …»), where the name begins."""
        position = index + 1
        if not self.words[index].definite:
            while self.word(position).plain(wc.PLACE_TYPE) and not self.place_at(position):
                position += 1
        return position

    def _unlisted(self, word: Reading, following: Reading, position: int) -> int:
        """Where a place ends whose name the table lacks; 0 where what follows the type noun is no name."""
        if word.core == _CAPITAL:
            match = self.place_at(position + 1)
            return (match.end if match else position + 1) if following.classes & wc.NATIONALITY else 0
        if word.definite:
            if following.core == "الجوي":
                position, following = position + 1, self.word(position + 1)
            adjective = following.definite and (following.classes & wc.NATIONALITY or following.core in DIRECTIONS)
            return self.adjectives_of_place(position + 1) if adjective else 0
        town = word.core in word_list("towns")
        if following.definite:
            other = wc.PARTICLE | wc.TIME_OR_COUNT | wc.ADJECTIVE | wc.NATIONALITY | wc.PLACE_TYPE | wc.VERB
            if word.core not in _SMALL_TOWNS:
                other |= wc.COMMON | wc.COMPLEMENT | wc.HEAD
            named = town and not following.classes & other and not self.is_like_adjective(following)
            return self.adjectives_of_place(position + 1) if named else 0
        if following.classes & ~wc.GIVEN_NAME or not self.looks_like_name(position):
            return 0
        if not town and following.core.endswith("ه"):
            return 0
        return self.adjectives_of_place(position + 1 + self.looks_like_name(position + 1))

    def is_other_word(self, index: int, proclitics: str, previous: Phrase | None) -> bool:
        """Whether a one-word place name is another word here: «السعودية» an adjective, «البيضاء» a colour.

        It is a place after a type noun, or where it is joined to a place before it.
        """
        core = next(rest for cut, rest in readings(self.keys[index]) if cut == proclitics)
        before = self.words[index - 1] if index else NOTHING
        classes = read_word(core).classes | self.words[index].classes
        if classes & wc.TIME_OR_COUNT:
            return True
        if core in _ADJECTIVE_TOO:
            noun = before.core.endswith(_NOUN_ENDINGS) and not before.classes & (wc.PARTICLE | wc.VERB)
            return noun and before.definite == core.startswith("ال")
        if not classes & _ORDINARY and core not in _OTHER_TOO:
            return False
        if previous is not None and previous.place is not None:
            comma = previous.end == index - 1 and self.keys[index - 1] in COMMAS
            if comma or (previous.end == index and proclitics == "و"):
                return False
        only_verb = not classes & (_ORDINARY & ~wc.VERB) and core not in _OTHER_TOO and before.core in _BEFORE_PLACE
        return (
            not only_verb
            and not before.plain(wc.PLACE_TYPE)
            and not (before.classes & wc.PLACE_TYPE and not before.definite)
        )
