"""Weekdays, days told from today, parts of the day and feasts."""

from __future__ import annotations

from typing import Any

from khabar.arabic.calendar import DAY_ADVERBS, DEMONSTRATIVES, FEASTS, time_word
from khabar.arabic.dates import read_named_date
from khabar.arabic.numbers import ordinal
from khabar.arabic.timeparts import Part, read_shift
from khabar.arabic.tokens import Tokens, folded, readings
from khabar.text import fold

_NEWSPAPERS = folded("المصري روسيا الإمارات فلسطين عين")
#: «اليوم الوطني», «اليوم العالمي للمرأة»: a day with a name, not today.
_NAMED_DAYS = folded("الوطني العالمي الدولي")
_LATE = folded("متأخر متأخرة مبكر مبكرة متقدمة متقدم")


def read_weekday(t: Tokens, i: int, previous: str) -> Part | None:
    """«الثلاثاء», «يوم الجمعة المقبل», «يومي السبت والأحد»."""
    word = time_word(t.key(i))
    if word is None:
        return None
    start = i
    construct = word.kinds.get("construct") in ("D", "NIGHT")
    if (word.unit == ("D", 1) and not word.definite) or construct:
        i += 1
        named = time_word(t.key(i))
        if named is None or named.proclitics:
            return None
        word = named
        day = word.kinds.get("weekday", word.kinds.get("bare_weekday"))
    else:
        day = word.kinds.get("weekday")
        if day is None and "bare_weekday" in word.kinds and read_named_date(t, i + 1, "weekday") is not None:
            day = word.number("bare_weekday")
    if not isinstance(day, int):
        return None
    if day == 1 and start == i and t.key(i - 1) in ("كلا", "بين", "احد") and not previous:
        return None
    data: dict[str, Any] = {"weekday": day}
    end = i + 1
    if construct:
        second = time_word(t.key(end + 1 if t.key(end) == "و" else end))
        if second is not None and second.number("weekday") is not None:
            data["last_weekday"] = second.kinds["weekday"]
            end += 2 if t.key(end) == "و" else 1
    shift = read_shift(t, end)
    if shift is not None:
        data |= shift[0]
        end = shift[1]
    return Part("weekday", start, end, data)


def read_relative_day(t: Tokens, i: int, previous: str) -> Part | None:
    """«اليوم», «أمس», «غدا», «أول من أمس», «بعد غد», «الليلة الماضية», «هذا الصباح»."""
    start = i
    key = t.key(i)
    rest = key[1:] if key[:1] in ("و", "ف") else key
    for phrase, distance in _DAY_PHRASES.get(rest, ()):
        if t.matches(i + 1, *phrase):
            return Part("relday", i, i + 1 + len(phrase), {"days": distance})
    if rest == fold("يومنا") and t.key(i + 1) == "هذا":
        return Part("relday", i, i + 2, {"days": 0})
    word = time_word(key)
    if word is not None and word.unit == ("D", 1) and not word.definite:
        inner = time_word(t.key(i + 1))
        if inner is not None and not inner.proclitics and inner.kinds.get("relday") in (-1, 1):
            phrase_part = read_relative_day(t, i + 1, previous)
            return None if phrase_part is None else Part("relday", start, phrase_part.end, phrase_part.data)
        return None
    days = word.number("relday") if word is not None else None
    if days is None:
        return None
    if days == 0:
        after = time_word(t.key(i + 1))
        if after is not None and not after.proclitics and {"shift", "anaphora"} & after.kinds.keys():
            return None if after.definite or after.kinds.get("anaphora") == 0 else Part("relday", i, i + 1, {"days": 0})
        if t.key(i + 1) in _NAMED_DAYS:
            return None
        if (ordinal(t, i + 1) is not None and t.key(i + 1)[:2] == "ال") or t.key(i - 1) in _NEWSPAPERS:
            return None
    if key == "غد" and not t.whole and t.key(i - 1) not in ("يوم", "بعد") and previous != "daypart":
        return None
    if t.matches(i + 1, "الاول") and days == -1:
        return Part("relday", i, i + 2, {"days": -2})
    return Part("relday", i, i + 1, {"days": days})


_DAY_PHRASES: dict[str, tuple[tuple[tuple[str, ...], int], ...]] = {
    "اول": ((("من", "امس"), -2), (("امس",), -2)),
    "قبل": ((("امس",), -2), (("يوم", "امس"), -2)),
    "بعد": ((("غد",), 2), (("الغد",), 2), (("يوم", "غد"), 2)),
}


def read_day_part(t: Tokens, i: int, previous: str) -> Part | None:
    """«صباح», «بعد ظهر», «منتصف الليل», «مساء»: before a day, after a clock time, or on their own as an adverb."""
    start = i
    if t.key(i) in DEMONSTRATIVES:
        word = time_word(t.key(i + 1))
        if word is not None and "part" in word.kinds and word.definite and not word.proclitics:
            return Part("daypart", i, i + 2, {"part": word.kinds["part"], "days": 0})
        return None
    side = 0
    prefix = next((rest for _, rest in readings(t.key(i)) if rest in ("بعد", "قبل", "قبيل", "بعيد")), None)
    edge = time_word(t.key(i))
    if prefix is not None:
        side = 1 if prefix in ("بعد", "بعيد") else -1
        i += 1
    middle = False
    edge = time_word(t.key(i))
    if edge is not None and edge.kinds.get("edge") == "MID":
        middle = True
        i += 1
    word = time_word(t.key(i))
    if word is None or "part" not in word.kinds or (i > start and word.proclitics):
        return None
    part = word.kinds["part"]
    if middle:
        if part not in ("NI", "DT") or not word.definite or side:
            return None
        part = "MIDNIGHT" if part == "NI" else "MIDDAY"
    if side:
        if part not in ("NOON", "MIDNIGHT"):
            return None
        part = {("NOON", 1): "AF", ("NOON", -1): "MO", ("MIDNIGHT", 1): "NI", ("MIDNIGHT", -1): "NI"}[part, side]
    data: dict[str, Any] = {"part": part}
    end = i + 1
    if word.definite and not middle:
        shift = read_shift(t, end)
        if shift is not None and shift[0].get("shift") is not None:
            return Part("daypart", start, shift[1], data | shift[0] | {"days": shift[0]["shift"]})
        if t.key(i) == fold("الليلة") and (i == start):
            return Part("daypart", start, end, data | {"days": 0})
    data["adverb"] = t.key(i) in DAY_ADVERBS or word.proclitics + t.key(i) in DAY_ADVERBS
    data["definite"] = word.definite
    data["middle"] = middle or bool(side)
    return Part("daypart", start, end, data)


def read_late(t: Tokens, i: int, previous: str) -> Part | None:
    """«وقت متأخر», «ساعة مبكرة»: only before a time («من مساء الخميس»); «وقت سابق» is vague and none."""
    key = next((rest for _, rest in readings(t.key(i)) if rest in ("وقت", "ساعه", "ساعات")), None)
    if key is None or t.key(i + 1) not in _LATE:
        return None
    return Part("late", i, i + 2, {"late": t.key(i + 1)})


def read_feast(t: Tokens, i: int, previous: str) -> Part | None:
    """«عيد الفطر», «ليلة القدر», «رأس السنة»."""
    start = i
    if t.key(i) == "يوم":
        i += 1
    for _, rest in readings(t.key(i)):
        for words in FEASTS.get(rest, ()):
            if t.matches(i + 1, *words):
                end = i + 1 + len(words)
                if t.key(end) in (fold("المبارك"), fold("المجيد"), fold("الميلادية"), fold("الهجرية"), fold("النبوي")):
                    end += 1
                return Part("feast", start, end, {"feast": " ".join((rest, *words))})
    return None
