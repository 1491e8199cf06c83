"""Personal names in running text: names of the lists, and what looks like a name beside them."""

from __future__ import annotations

from khabar.arabic import nationalities
from khabar.arabic import word_classes as wc
from khabar.arabic.known_names import words_of_persons
from khabar.arabic.lexicon import listed_words
from khabar.arabic.word_classes import read_word
from khabar.weak.noun_phrases.cursor import Cursor, Phrase, keys
from khabar.weak.noun_phrases.modifiers import Modifiers

CONNECTORS = keys("بن ابن بنت أبو أبي أبا أم آل عبد ولد دي دو دا دوس فان فون لو دير بو آية ذو ذي بني الدين الله")
_CLOSED_CONNECTORS = keys("الدين الله")
_COMPOUNDS = keys("عبد أبو أم")
_LETTERS_OF_TITLES = keys("د م أ")
_CLAUSE_ENDS = keys("، , : . أن إن")
_OTHER = wc.COMMON | wc.VERB | wc.ADJECTIVE | wc.COMPLEMENT | wc.PARTICLE
_UNKNOWN_WORDS_IN_NAME = 2
#: What a word that is also a given name can be besides.
_OTHER = wc.COMMON | wc.VERB | wc.ADJECTIVE | wc.COMPLEMENT | wc.PARTICLE
_VERB_LIKE = ("ي", "است", "سي", "بال", "وال", "فال", "كال", "لل")
_PRONOUN_LIKE = ("وا", "ها", "هم", "هما", "نا", "ته", "يه", "ات")
_NO_SURNAME = ("ه", "ون", "ين", "ات")


class PersonalNames(Modifiers, Cursor):
    """Reads names of people; methods take a word's index and return the index after the name (the same: no name)."""

    def name(self, index: int, *, strict: bool) -> int:
        """A personal name; ``strict`` asks for a name of the lists, else a word that no list knows will do."""
        if self.word(index).classes & wc.TITLE and self._begins_name(index + 1, strict=True):
            index += 1
        match = self.known(index)
        if match is not None and not match.proclitics and match.value.kind == "person":
            return self.rest_of_name(match.end)
        if self.word(index).proclitics:
            return index
        connector = self.key(index) in CONNECTORS and self._begins_name(index + 1, strict=False)
        return self.rest_of_name(index + 1) if connector or self._begins_name(index, strict=strict) else index

    def name_after_office(self, index: int) -> int:
        """A name of the lists, or two words that no list knows, or one such word that ends the clause."""
        end = self.name(index, strict=True)
        if end > index or not self.looks_like_name(index) or self.is_quote(index - 1):
            return end
        if self.looks_like_name(index + 1) or self.may_be_surname(index + 1):
            return self.rest_of_name(index + 1)
        return index + 1 if index + 1 == self.end or self.key(index + 1) in _CLAUSE_ENDS else index

    def rest_of_name(self, index: int) -> int:
        """Given names, connectors and surnames; of words that no list knows at most two."""
        unknown = 0
        while index < self.end:
            key, word = self.keys[index], self.words[index]
            if key in CONNECTORS and self.key(index + 1).isalpha():
                index += 1 if key in _CLOSED_CONNECTORS else 2
            elif (
                word.classes & wc.GIVEN_NAME and not word.proclitics and (key != wc.ALI or self.forms[index] == wc.ALI)
            ):
                index += 1
            elif self.may_be_surname(index) and unknown < (1 if word.definite else _UNKNOWN_WORDS_IN_NAME):
                unknown += 1
                index += 1
            else:
                break
        return min(index, self.end)

    def may_be_surname(self, index: int) -> bool:
        key, word = self.key(index), self.word(index)
        if not key.isalpha() or len(key) < 3:
            return False
        if key in words_of_persons() and not word.classes & (wc.PARTICLE | wc.VERB):
            return True
        if word.definite and read_word(key[2:]).classes & wc.GIVEN_NAME and key not in listed_words():
            return True
        if word.definite and key.endswith(_NO_SURNAME):
            return False
        # «المحتجز», «المزدحمة» are participles more often than surnames.
        if key.startswith("الم") and not key.endswith("ي") and not self.word(index - 1).classes & wc.GIVEN_NAME:
            return False
        return self.may_be_name(index)

    def _begins_name(self, index: int, *, strict: bool) -> bool:
        word = self.word(index)
        if word.core == wc.ALI and not self.is_ali(index):
            return False
        if word.classes & wc.GIVEN_NAME and not word.proclitics:
            # «أسماء», «كامل» are names where another name follows.
            following = self.word(index + 1).classes & wc.GIVEN_NAME or self.may_be_surname(index + 1)
            return not word.classes & _OTHER or bool(following) or self.key(index + 1) in CONNECTORS
        return not strict and self.looks_like_name(index)

    def looks_like_name(self, index: int) -> bool:
        """Whether a word without article that no list knows has the look of a name."""
        return not self.key(index).startswith(("ت", "ال", "ست")) and self.may_be_name(index)

    def may_be_name(self, index: int) -> bool:
        """Whether no list knows a word, and it looks neither like a verb nor like a noun with a pronoun."""
        key = self.key(index)
        if len(key) < 3 or self.word(index).classes or not key.isalpha() or key.isascii() != key[-1].isascii():
            return False
        if key.startswith(("و", *_VERB_LIKE)) or key.endswith(_PRONOUN_LIKE):
            return False
        if key.endswith("ا") and read_word(key[:-1]).classes & wc.COMMON:
            return False  # an accusative («سؤالا»)
        match = self.known(index)
        return match is None or not match.proclitics

    def given_name(self, index: int) -> Phrase | None:
        """A given name and what follows it («سمير حداد», «عبد النور»)."""
        word = self.words[index]
        if not word.classes & wc.GIVEN_NAME or self.forms[index] == "على":
            return None
        compound = word.core in _COMPOUNDS and self.key(index + 1).isalpha()
        end = self.rest_of_name(index + 2 if compound else index + 1)
        if end == index + 1:
            return None
        if word.classes & _OTHER and not compound:
            following = self.keys[index + 1]
            if not (
                self.words[index + 1].classes & wc.GIVEN_NAME
                or following in CONNECTORS
                or following in words_of_persons()
            ):
                return None
        return Phrase(index, end, "person", word.proclitics, name=(index, end))

    def noun_before_name(self, index: int, first: int) -> int:
        """Where the definite noun with its nationality begins that stands before a name («الصبي السوري» عمر حداد).

        A nationality alone («الكندي» جون سميث) and «د.» belong to the name as well.
        """
        if self.words[index].proclitics:
            return index
        if index - 2 >= first and self.keys[index - 1] == "." and self.keys[index - 2] in _LETTERS_OF_TITLES:
            return index - 2
        start = index
        while start - 1 >= first and self._is_definite_adjective(start - 1, lax=start < index - 1):
            start -= 1
        head = self.words[start - 1] if start - 1 >= first else wc.NOTHING
        no_head = head.classes & (wc.PARTICLE | wc.TIME_OR_COUNT) or head.core.endswith(_NO_SURNAME)
        if self.has_nationality(start, index) and head.definite and not no_head:
            return start - 1
        noun = head.definite and not head.classes & wc.PARTICLE
        noun = noun or (bool(head.classes & wc.COMMON) and not head.classes & (wc.VERB | wc.PARTICLE))
        alone = start == index - 1 and self.is_singular_nationality(start) and not noun
        return start if alone and not nationalities.is_plural_of_people(self.words[start].core) else index

    def _is_definite_adjective(self, index: int, *, lax: bool) -> bool:
        word = self.words[index]
        if not word.definite or word.proclitics:
            return False
        return bool(word.classes & (wc.ADJECTIVE | wc.NATIONALITY)) or (lax and self.is_like_adjective(word))
