"""The parts that stamps are made of, by slot name: «{weekday} {day} {month} {year}», «{hour}:{minute}»."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from babel.dates import get_day_names, get_month_names
from hijridate import Gregorian

from khabar.arabic.calendar import HIJRI_MONTHS, WEEKDAYS

_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def month_name(moment: datetime, locale: str, width: Literal["wide", "abbreviated"] = "wide") -> str:
    """The month's name as CLDR has it for the locale: ``ar_LB`` نيسان, ``ar_DZ`` أفريل, ``ar_EG`` أبريل."""
    return str(get_month_names(width, locale=locale)[moment.month])


def _hijri_month(moment: datetime) -> str:
    month = Gregorian(moment.year, moment.month, moment.day).to_hijri().month
    return HIJRI_MONTHS[month].split("|")[0]


#: Slots that are written in Latin letters, and ask for Latin digits around them.
LATIN_PARTS: dict[str, Callable[[datetime], str]] = {
    "month_english": lambda moment: month_name(moment, "en"),
    "month_short": lambda moment: month_name(moment, "en", "abbreviated"),
    "month_french": lambda moment: month_name(moment, "fr"),
    "weekday_english": lambda moment: str(get_day_names("wide", locale="en")[moment.weekday()]),
    "weekday_french": lambda moment: str(get_day_names("wide", locale="fr")[moment.weekday()]),
    "half_english": lambda moment: "AM" if moment.hour < 12 else "PM",
    "ordinal": lambda moment: f"{moment.day}{_ORDINALS.get(moment.day, 'th')}",
}
PARTS: dict[str, Callable[[datetime], str]] = LATIN_PARTS | {
    "day": lambda moment: str(moment.day),
    "day_digits": lambda moment: f"{moment.day:02}",
    "month_number": lambda moment: str(moment.month),
    "month_digits": lambda moment: f"{moment.month:02}",
    "month": lambda moment: month_name(moment, "ar_EG"),
    "month_levant": lambda moment: month_name(moment, "ar_LB"),
    "month_algeria": lambda moment: month_name(moment, "ar_DZ"),
    "month_morocco": lambda moment: month_name(moment, "ar_MA"),
    "year": lambda moment: str(moment.year),
    "weekday": lambda moment: WEEKDAYS[moment.isoweekday()].split("|")[0],
    "hour": lambda moment: f"{moment.hour:02}",
    "hour12": lambda moment: str(moment.hour % 12 or 12),
    "minute": lambda moment: f"{moment.minute:02}",
    "second": lambda moment: f"{moment.second:02}",
    "half": lambda moment: "ص" if moment.hour < 12 else "م",
    "half_long": lambda moment: "صباحا" if moment.hour < 12 else "مساء",
    "hijri_day": lambda moment: str(Gregorian(moment.year, moment.month, moment.day).to_hijri().day),
    "hijri_month": _hijri_month,
    "hijri_year": lambda moment: str(Gregorian(moment.year, moment.month, moment.day).to_hijri().year),
}
