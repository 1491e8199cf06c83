"""The columns of the tables: spans, paragraphs and events. ``docs/tables.md`` shows the same.

The names and their order are a contract: columns are added at the end, and none is renamed or dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "number", "flag", "list"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. A ``list`` holds texts: a list in Parquet, joined by `` | `` in CSV and Excel."""

    name: str
    kind: Kind
    meaning: str


_PAGE = (
    Column("page", "text", "the page's id"),
    Column("published", "text", "the page's day of publication, as given"),
    Column("url", "text", "the page's address, as given"),
)
_PLACE = (
    Column("start", "integer", "where it begins in the page's text, in code points from 0"),
    Column("end", "integer", "where it ends, exclusive"),
)

SPANS = (
    *_PAGE,
    Column("paragraph", "integer", "the paragraph's number on the page, from 0"),
    Column("class", "text", "the paragraph's class: `report` or `boilerplate`"),
    Column("class_score", "number", "how sure the class is, 0 to 1"),
    *_PLACE,
    Column("label", "text", "`ACTOR`, `LOCATION`, `TIME` or `COUNT`"),
    Column("text", "text", "the span as written"),
    Column("score", "number", "how sure the span is, 0 to 1; empty where a person set it"),
    Column("name", "text", "ACTOR, LOCATION: the name without proclitics and quotes"),
    Column("normal", "text", "ACTOR, LOCATION: the key under which spellings of a name meet"),
    Column("country", "text", "ACTOR, LOCATION: ISO 3166 code of the country it stands for or lies in"),
    Column("name_kind", "text", "ACTOR, LOCATION: what it names there: country, capital, city, region, …"),
    Column("time_type", "text", "TIME: `DATE`, `TIME`, `DURATION`, `PERIOD` or `SET`"),
    Column("timex", "text", "TIME: the value in TIMEX3"),
    Column("time_start", "text", "TIME: first day or moment, ISO 8601; empty where it stays relative"),
    Column("time_end", "text", "TIME: last day or moment, ISO 8601"),
    Column("time_zone", "text", "TIME: the zone as said"),
    Column("time_mod", "text", "TIME: TIMEX3's modifier: `APPROX`, `START`, …"),
    Column("number", "number", "COUNT: the number"),
    Column("relation", "text", "COUNT: one of = ≈ > ≥ < ≤"),
    Column("low", "number", "COUNT: the lower end of a range or of a vague number"),
    Column("high", "number", "COUNT: the upper end of a range"),
    Column("unit", "text", "COUNT: the counted noun, as written"),
    Column("count_kind", "text", "COUNT: what is counted, where known: people, killed, injured, money, percent, …"),
    Column("symbol", "text", "COUNT: the unit's symbol or ISO 4217 code"),
    Column("vague", "flag", "COUNT: true where only the magnitude is said («مئات»)"),
)

PARAGRAPHS = (
    *_PAGE,
    Column("title", "text", "the page's title, as given"),
    Column("paragraph", "integer", "the paragraph's number on the page, from 0"),
    Column("class", "text", "`report` or `boilerplate`"),
    Column("class_score", "number", "how sure the class is, 0 to 1; empty where a person set it"),
    *_PLACE,
    Column("text", "text", "the paragraph as written"),
    Column("actors", "integer", "how many ACTOR spans it holds"),
    Column("locations", "integer", "how many LOCATION spans it holds"),
    Column("times", "integer", "how many TIME spans it holds"),
    Column("counts", "integer", "how many COUNT spans it holds"),
)

EVENTS = (
    *_PAGE,
    Column("title", "text", "the page's title, as given"),
    Column("paragraph", "integer", "the paragraph's number on the page, from 0; only paragraphs of class `report`"),
    Column("class_score", "number", "how sure it is that the paragraph is of the report, 0 to 1"),
    *_PLACE,
    Column("text", "text", "the paragraph as written"),
    Column("actors", "list", "its actors, each once, without proclitics and quotes"),
    Column("actor_keys", "list", "one for each actor: the key under which its spellings meet"),
    Column("actor_countries", "list", "one for each actor: ISO 3166 code, empty where it stands for no country"),
    Column("places", "list", "its places, each once, without proclitics and quotes"),
    Column("place_keys", "list", "one for each place: the key under which its spellings meet"),
    Column("place_countries", "list", "one for each place: ISO 3166 code of the country it is or lies in"),
    Column("times", "list", "its times as written"),
    Column("timex", "list", "one for each time: TIMEX3, empty where it could not be read"),
    Column("first_day", "text", "the earliest day of the times that could be placed, ISO 8601"),
    Column("last_day", "text", "the latest day of the times that could be placed, ISO 8601"),
    Column("counts", "list", "its counts as written"),
    Column("count_values", "list", "one for each count: `12`, `>90`, `≈20`, `12..15`, `≥100`; empty where not read"),
    Column("count_units", "list", "one for each count: the counted noun, as written"),
    Column("count_kinds", "list", "one for each count: people, killed, injured, money, …; empty where not known"),
)

TABLES: dict[str, tuple[Column, ...]] = {"spans": SPANS, "paragraphs": PARAGRAPHS, "events": EVENTS}


def to_markdown(columns: tuple[Column, ...]) -> str:
    """The columns as a Markdown table."""
    rows = [f"| `{column.name}` | {column.kind} | {column.meaning} |\n" for column in columns]
    return "| column | holds | |\n|---|---|---|\n" + "".join(rows)
