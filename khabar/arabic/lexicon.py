"""Word lists of news Arabic (``words/*.txt``), as sets of keys (:func:`khabar.text.fold`), read on first use.

A list is words separated by white space, or names one a line; ``#`` begins a comment line.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from khabar.text import fold


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of ``words/<name>.txt`` without comments and blank lines."""
    text = files("khabar.arabic").joinpath("words", f"{name}.txt").read_text("utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def word_list(name: str) -> frozenset[str]:
    """The keys of all words of ``words/<name>.txt``."""
    return frozenset(fold(word) for line in lines(name) for word in line.split())


_OBJECTS = ("ه", "ها", "هم", "هما", "نا", "ني")


@cache
def verb_forms(*names: str) -> frozenset[str]:
    """The third-person forms of the verbs in the lists (past and imperfect pairs, one pair a line).

    Made by rule from the past («اعلن») and the imperfect without its prefix («علن»); sound and weak endings.
    """
    forms: set[str] = set()
    for name in names:
        for line in lines(name):
            past, imperfect = (fold(word) for word in line.split())
            past_stem = past[:-1] if past[-1] in "اي" else past
            linked = past_stem + "ا" if past[-1] in "اي" else past
            forms |= {form + ending for form in (linked, past_stem + "ت") for ending in _OBJECTS}
            forms |= {past, past_stem + "ت", past_stem + "وا", past + "ا", past_stem + "تا", past_stem + "ن"}
            stem = imperfect[:-1] if imperfect[-1] in "ويا" else imperfect
            for prefix in ("ي", "ت", "سي", "ست"):
                forms |= {prefix + imperfect + ending for ending in _OBJECTS}
                forms |= {prefix + imperfect, prefix + stem}
                forms |= {prefix + stem + ending for ending in ("ون", "ان", "وا", "ن")}
            forms |= {"ن" + imperfect, "سن" + imperfect}
    return frozenset(form for form in forms if len(form) > 2)


@cache
def derived_nouns(*names: str) -> frozenset[str]:
    """Verbal nouns and participles of the verbs in the lists, made by rule from the unvocalised past.

    «اعلن» gives «اعلان» and «معلن», «استخدم» «استخدام» and «مستخدم». What the rule makes beyond the words in use does
    no harm: nobody writes it.
    """
    nouns: set[str] = set()
    for name in names:
        for line in lines(name):
            past = fold(line.split()[0])
            if past.startswith("ا") and len(past) in (4, 5, 6) and past[-1] in "يا":
                nouns |= {past[:-1] + "اء", "م" + past[1:-1] + "ي"}
            elif past.startswith("ا") and len(past) in (4, 6) and past[-2] == "ا":
                nouns |= {past + "ه", "م" + past[1:-2] + "ي" + past[-1]}
            elif past.startswith("ا") and len(past) in (4, 5, 6):
                nouns |= {past[:-1] + "ا" + past[-1], "م" + past[1:]}
            elif past.startswith("ت") and len(past) in (4, 5):
                nouns |= {past.removesuffix("ا"), "م" + past}
            elif len(past) == 4 and past[1] == "ا":
                nouns |= {"م" + past + "ه", "م" + past}
            elif len(past) == 3 and past[1] not in "اوي" and past[2] not in "اي":
                nouns |= {
                    "ت" + past[:2] + "ي" + past[2],
                    "م" + past,
                    past[0] + "ا" + past[1:],
                    f"م{past[:2]}و{past[2]}",
                }
    return frozenset(noun for noun in nouns if len(noun) > 3)


@cache
def listed_words() -> frozenset[str]:
    """The common words as they stand in the lists: nouns with and without article, particles, adverbs."""
    nouns = word_list("common_nouns")
    return nouns | {"ال" + noun for noun in nouns} | word_list("particles") | word_list("adverbs")


@cache
def derived_forms() -> frozenset[str]:
    """Common words made by rule: nouns from verbs; endings, pronouns and the article on nouns."""
    made = derived_nouns("verbs", "verbs_of_saying") - word_list("arabic_given_names") - word_list("persons")
    nouns = word_list("common_nouns") | made
    forms = made | {"ال" + noun for noun in made}
    forms |= {noun + "ه" for noun in nouns} | {"ال" + noun + "ه" for noun in nouns}
    stems = {noun[:-1] + "ت" if noun.endswith("ه") else noun for noun in nouns}
    forms |= {stem + ending for stem in stems for ending in ("ه", "ها", "هم", "هما", "نا", "ي", "ا", "ك", "هن")}
    plural = {noun.removesuffix("ه") + ending for noun in nouns for ending in ("ات", "ون", "ين", "ان", "يه")}
    return frozenset(forms | plural | {"ال" + noun for noun in plural})


@cache
def common_words() -> frozenset[str]:
    """Words that make no name: particles, adverbs, verbs, common nouns with article and endings."""
    return listed_words() | derived_forms() | verb_forms("verbs", "verbs_of_saying")
