"""Weeks, months, years and seasons that are said by their place («الأسبوع الماضي», «نهاية العام الجاري»)."""

from __future__ import annotations

from typing import Any

from khabar.arabic.calendar import DEMONSTRATIVES, SAME, time_word
from khabar.arabic.durations import read_counted_unit
from khabar.arabic.numbers import ordinal, read_number
from khabar.arabic.timeparts import Part, read_shift
from khabar.arabic.tokens import Tokens, folded, readings
from khabar.arabic.years import read_year
from khabar.text import fold

_NOT_YEAR_BEFORE = folded(
    "الأمين المدعي المدير الرأي القائد النائب المفتش المراقب القنصل السكرتير المفوض الوضع الإطار القطاع الحاكم"
)


def read_unit(t: Tokens, i: int, previous: str) -> Part | None:
    """«الشهر الماضي», «هذا الأسبوع», «الأيام الثلاثة المقبلة», «نفس العام», «اليوم التالي», «الـ24 ساعة الماضية»."""
    start = i
    data: dict[str, Any] = {}
    rest = next((rest for _, rest in readings(t.key(i)) if rest in DEMONSTRATIVES or rest in SAME), None)
    if rest is not None:
        data["demonstrative" if rest in DEMONSTRATIVES else "anaphora"] = rest if rest in DEMONSTRATIVES else 0
        i += 1
    word = time_word(t.key(i))
    if word is None or (i > start and word.proclitics):
        return None
    unit = word.unit or (("PERIOD", 1) if "period" in word.kinds else None)
    if unit is None and "season" in word.kinds:
        unit = ("SEASON", 1)
        data["season"] = word.kinds["season"]
    if unit == ("Y", 1) and len(t.form(i + 1)) == 4 and t.form(i + 1).isdigit():
        return None
    if unit is not None and unit[0] == "NIGHT" and "demonstrative" in data:
        return None
    if unit is None or not word.definite:
        return None
    data |= {"unit": unit[0], "plural": unit[1]}
    end = i + 1
    second = time_word(t.key(end))
    if (
        second is not None
        and second.proclitics == "و"
        and second.definite
        and "unit" in second.kinds
        and read_shift(t, end + 1)
    ):
        data["second_unit"] = second.unit[0] if second.unit is not None else ""
        end += 1
    number = read_number(t, end) if not (unit[0] == "D" and unit[1] == 1) else None
    if number is not None and number.definite and not number.proclitics and unit[1] == 3:
        data["number"], end = number.value, number.end
        if t.key(end) in ("او", "الي") and (other := read_number(t, end + 1)) is not None and other.definite:
            data["number"], end = None, other.end  # Two numbers to choose from are no number.
    found = ordinal(t, end)
    if found is not None and t.key(end)[:2] == "ال" and unit[1] != 2:
        data["ordinal"], end = found[0], found[1]
    elif t.key(end) in (fold("القليلة"), fold("القليلتين"), fold("العديدة")):
        end += 1
    shift = read_shift(t, end)
    if shift is not None:
        data |= shift[0]
        end = shift[1]
        if (again := read_shift(t, end)) is not None and unit[1] != 1:
            end = again[1]
    if start == i and not previous and not {"shift", "anaphora", "ordinal"} & data.keys():
        return None
    if (
        not previous
        and not {"shift", "ordinal", "number"} & data.keys()
        and ((unit[0] == "PERIOD" and t.key(end) != "من") or (unit[1] == 3 and "demonstrative" in data))
    ):
        return None
    if not _is_time_unit(t, start, i, end, data):
        return None
    return Part("unit", start, end, data)


def _is_time_unit(t: Tokens, start: int, i: int, end: int, data: dict[str, Any]) -> bool:
    """Whether «العام», «الفصل» or an ordinal day are the unit here, not the adjective, the chapter or a title."""
    before = t.key(start - 1)
    if data["unit"] == "Y" and t.key(i).endswith("العام") and start == i:
        if before in _NOT_YEAR_BEFORE:
            return False
        if "anaphora" in data and before[:2] == "ال" and before not in ("الي",) and time_word(before) is None:
            return False
    if data["unit"] == "S" or (data["unit"] == "M" and "ordinal" in data):
        return False
    if data["unit"] == "H" and data["plural"] == 1:
        return "shift" in data
    return not (data["unit"] in ("QUARTER", "PERIOD", "SEASON") and "ordinal" in data and "shift" not in data)


def read_edge(t: Tokens, i: int, previous: str) -> Part | None:
    """«نهاية», «مطلع», «منتصف», «عطلة نهاية», «الربع الأول», «النصف الثاني»: only before a time."""
    start = i
    key = next(
        (rest for _, rest in readings(t.key(i)) if rest in ("عطله", "الربع", "النصف", "باقي", "بقيه", "الثلث")), None
    )
    if key in ("الربع", "النصف", "الثلث"):
        found = ordinal(t, i + 1)
        word = time_word(t.key(i + 1))
        if found is not None and t.key(i + 1)[:2] == "ال":
            share = {"الربع": 4, "النصف": 2, "الثلث": 3}[key]
            return Part("edge", start, found[1], {"edge": f"{found[0]}/{share}"})
        if word is not None and word.kinds.get("anaphora") == -1:
            return Part("edge", start, i + 2, {"edge": "END"})
        return None
    if key in ("باقي", "بقيه"):
        return Part("edge", start, i + 1, {"edge": "REST"})
    weekend = key == "عطله"
    if weekend:
        i += 1
    word = time_word(t.key(i))
    if word is None or "edge" not in word.kinds:
        return None
    following = t.key(i + 2) if t.key(i + 1) in DEMONSTRATIVES else t.key(i + 1)
    if following == fold("الأسبوع") and t.key(i).endswith(fold("نهاية")):
        weekend = True
    elif weekend:
        return None
    return Part("edge", start, i + 1, {"edge": word.kinds["edge"], "weekend": weekend})


def read_first_or_last(t: Tokens, i: int, previous: str) -> Part | None:
    """«آخر ليلة», «أول يوم», «آخر 24 ساعة»: only with a unit of time."""
    key = next((rest for _, rest in readings(t.key(i)) if rest in ("اول", "اخر", "ثاني", "ثالث")), None)
    if key is None:
        return None
    inner = read_counted_unit(t, i + 1)
    if inner is None or key in ("ثاني", "ثالث"):
        return None
    data, end = inner
    shift = read_shift(t, end)
    return Part("unit", i, shift[1] if shift else end, data | {"anaphora": -1 if key == "اخر" else 0})


def read_hours_of(t: Tokens, i: int, previous: str) -> Part | None:
    """«ساعات الفجر الأولى», «ساعات المساء»."""
    word, part = time_word(t.key(i)), time_word(t.key(i + 1))
    if word is None or word.unit != ("H", 3) or word.definite:
        return None
    if part is None or "part" not in part.kinds or not part.definite or part.proclitics:
        return None
    end = i + 3 if ordinal(t, i + 2) is not None or t.key(i + 2) in (fold("المبكرة"), fold("المتأخرة")) else i + 2
    return Part("daypart", i, end, {"part": part.kinds["part"], "definite": True, "middle": True})


def read_season(t: Tokens, i: int, previous: str) -> Part | None:
    """«صيف 2016», «ربيع عام 2011»."""
    word = time_word(t.key(i))
    if word is None or "season" not in word.kinds or (word.definite and not t.whole):
        return None
    year = read_year(t, i + 1, "month")
    unit = read_unit(t, i + 1, "edge")
    if year is not None:
        return Part("season", i, year.end, {"season": word.kinds["season"]} | year.data)
    if unit is not None and unit.data["unit"] == "Y":
        return Part("season", i, unit.end, {"season": word.kinds["season"]} | unit.data)
    return None
