import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.annotated import read_annotated
from khabar.cli.bench_beside import READERS, Judge, compare
from khabar.cli.bench_values import run
from khabar.pages import KhabarError
from khabar.values import count_value, name_value, page_published, span_value, time_value

FILES = Path(__file__).parent / "values"
GOLD = Path(__file__).parents[1] / "data" / "gold" / "seeds"


def read_cases(*names: str) -> list[dict[str, Any]]:
    lines = [line for name in names for line in (FILES / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


CASES = read_cases("counts", "names", "times")


def test_there_are_cases_of_every_kind() -> None:
    assert len(CASES) >= 400
    assert {case["label"] for case in CASES} == {"TIME", "COUNT", "ACTOR", "LOCATION"}
    assert sum(case["value"] is None for case in CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['label']} {case['text']} {case.get('published', '')}")
def test_case(case: dict[str, Any]) -> None:
    assert span_value(case["label"], case["text"], case.get("published")) == case["value"]


def test_times_and_counts_of_the_seeds_have_their_right_values() -> None:
    """``published`` is what the page says; null too where a span tells of another story, whose day it does not say."""
    cases = read_cases("seeds")
    spans = [
        (page.id, span.start, span.label, span.text)
        for page in read_annotated(GOLD)
        for span in page.spans
        if span.label in ("TIME", "COUNT")
    ]
    assert [(case["page"], case["start"], case["label"], case["text"]) for case in cases] == spans
    right = sum(span_value(case["label"], case["text"], case["published"]) == case["value"] for case in cases)
    assert right / len(cases) >= 0.95  # 51 of 52; «ساعة مبكّرة من فجر السبت» is read without its «early»


arabic = st.text(
    st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآةىـًّ  0123456789٠١٢٣٤٥/-–:.,،()«»%٪$\n\u200f") | st.characters(),
    max_size=60,
)
WORDS = """
اليوم أمس الثلاثاء من إلى الساعة 20 2023 سبتمبر و نصف مليون الماضي عام شهر قبل بعد كل الأول عشر مئة نحو أكثر بين
– ( ) / : في المئة % يومين التسعينيات القرن صباح هذا آخر رمضان 1444 هـ GMT أول نهاية الربع
"""
words_of_values = st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join)
days = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))


@settings(max_examples=300, deadline=None)
@given(arabic | words_of_values, days)
def test_no_text_breaks_a_reader(text: str, published: date | None) -> None:
    time_value(text, published)
    count_value(text)
    name_value(text, "ACTOR")
    name_value(text, "LOCATION")
    page_published(text)


published_as_given = days | arabic | days.map(str)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(("ACTOR", "LOCATION", "TIME", "COUNT")), arabic | words_of_values, published_as_given)
def test_any_text_has_a_value_ready_for_json_or_none(label: str, text: str, published: date | str | None) -> None:
    value = span_value(label, text, published)
    assert value is None or json.loads(json.dumps(value, allow_nan=False)) == value


@settings(max_examples=200, deadline=None)
@given(words_of_values, days)
def test_a_value_that_is_placed_is_placed_in_order(text: str, published: date | None) -> None:
    value = time_value(text, published)
    if value is not None and value.start is not None and value.end is not None:
        assert value.start.isoformat()[:10] <= value.end.isoformat()[:10]


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_every_day_reads_back_in_iso_form(day: date) -> None:
    value = time_value(day.isoformat())
    assert value is not None
    assert (value.timex, value.start, value.end) == (day.isoformat(), day, day)


@pytest.mark.parametrize("text", ["أمس", "الثلاثاء", "الأسبوع الماضي", "20 سبتمبر", "شهر رمضان", "قبل يومين"])
def test_without_the_day_of_publication_nothing_is_placed(text: str) -> None:
    value = time_value(text)
    assert value is None or (value.start is None and value.end is None)


@pytest.mark.parametrize("published", [date(1, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize("text", ["الجمعة", "مايو", "أمس", "غدا", "العام المقبل", "قبل 99999999 يوما", "القرن الماضي"])
def test_times_beyond_the_calendar_have_no_value_or_stay_inside(text: str, published: date) -> None:
    value = time_value(text, published)
    assert value is None or value.start is None or 1 <= value.start.year <= 9999


def test_hours_ago_need_the_time_of_publication() -> None:
    value = time_value("قبل ثلاث ساعات", datetime(2023, 9, 20, 15, 30))
    assert value is not None
    assert (value.type, value.start) == ("TIME", datetime(2023, 9, 20, 12, 30))
    value = time_value("قبل ثلاث ساعات", date(2023, 9, 20))
    assert value is not None
    assert (value.timex, value.start) == ("PT-3H", None)


@pytest.mark.parametrize(
    ("page", "published"),
    [
        ("عنوان الخبر\nتاريخ النشر: 20th, September 2023 GMT\nنص الخبر", date(2023, 9, 20)),
        ("آخر تحديث: الجمعة, 9 أكتوبر/ تشرين الأول, 2009, 13:58 GMT\nنص", date(2009, 10, 9)),
        ("نُشر في 12 مارس 2024\nنص", date(2024, 3, 12)),
        ("نشر بتاريخ: ١٥/٦/٢٠١٩\nنص", date(2019, 6, 15)),
        ("آخر تحديث: 3 مايو 2020\nتاريخ النشر: 2 مايو 2020", date(2020, 5, 2)),
        ("1900 (GMT+04:00) - 01/07/09\nنص", date(2009, 7, 1)),
        ("الثلاثاء 5 مارس 2019 - 14:30\nنص", date(2019, 3, 5)),
        ("عقد الاجتماع في 5 مارس 2019 في العاصمة", None),
        ("نص بلا تاريخ", None),
        ("تاريخ النشر: أمس", None),
        ("", None),
    ],
)
def test_day_of_publication_from_the_page(page: str, published: date | None) -> None:
    assert page_published(page) == published


@pytest.mark.parametrize(
    "page",
    ["خبر " * 260_000, "1" * 1_000_000, "20 سبتمبر " * 100_000, "خبر\n" * 50_000, "20 سبتمبر\n" * 5_000],
    ids=["a line of words", "a line of digits", "a line of dates", "lines of words", "lines of dates"],
)
def test_the_longest_pages_are_searched_for_their_day(page: str) -> None:
    assert page_published(page) is None
    assert page_published(f"تاريخ النشر: 20 سبتمبر 2023\n{page}") == date(2023, 9, 20)


@pytest.mark.parametrize(
    ("published", "timex"),
    [
        ("2023-09-20", "2023-09-19"),
        ("2023-09-20T10:00:00Z", "2023-09-19"),
        ("2023-09-20 17:07:10", "2023-09-19"),
        ("20 سبتمبر 2023", "2023-09-19"),
        ("لا تاريخ", "P-1D"),
        ("2023-13-45", "P-1D"),
        ("", "P-1D"),
        (None, "P-1D"),
    ],
)
def test_published_is_read_leniently(published: str | None, timex: str) -> None:
    value = span_value("TIME", "أمس", published)
    assert value is not None
    assert value["timex"] == timex


def test_an_unknown_label_has_the_value_of_a_name() -> None:
    assert span_value("ORGANISATION", "«حماس»") == {"name": "حماس", "normal": "حماس"}


def test_bench_counts_right_readings_by_kind(tmp_path: Path) -> None:
    past = {"startDate": "2016-06-01", "endDate": "2016-07-01"}
    day = {"date": "2016-11-06"}
    cases: list[dict[str, Any]] = [
        {"kind": "number", "text": "ثلاثة ونصف", "value": "3.5"},
        {"kind": "number", "text": "ثلاثة ونصف", "value": "4"},
        {"kind": "percent", "text": "عشرون بالمئة", "value": "20%"},
        {"kind": "ordinal", "text": "الخامس", "value": "5"},
        {"kind": "date period", "text": "يونيو 2016", "timex": "x", "past": past, "future": past},
        {"kind": "date", "text": "أمس", "timex": "x", "past": day, "future": day},
        {"kind": "time", "text": "الثامنة صباحا", "timex": "x", "past": {"time": "08:00:00"}, "future": {}},
    ]
    reference = {"reference": "2016-11-07T00:00:00"}
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(reference | case) for case in cases), "utf-8")
    report = run(file)
    assert {kind: scores["right"] for kind, scores in report.to_dict().items()} == {
        "number": 1,
        "percent": 1,
        "ordinal": 1,
        "date": 1,
        "time": 1,
        "date period": 1,
    }
    assert "number: ثلاثة ونصف: expected 4, read 3.5" in str(report)


def test_bench_refuses_what_are_no_cases(tmp_path: Path) -> None:
    with pytest.raises(KhabarError, match=r"expected a file of cases"):
        run(tmp_path / "missing.jsonl")
    (tmp_path / "cases.jsonl").write_text('{"kind": "number"}', "utf-8")
    with pytest.raises(KhabarError, match="line 1 is no case"):
        run(tmp_path / "cases.jsonl")


def test_bench_counts_cases_of_our_own_by_their_file(tmp_path: Path) -> None:
    right = {"type": "DATE", "timex": "2023-09-19", "start": "2023-09-19", "end": "2023-09-19"}
    case = {"label": "TIME", "text": "أمس", "published": "2023-09-20"}
    (tmp_path / "own.jsonl").write_text(
        "\n".join(json.dumps(case | {"value": value}) for value in (right, None)), "utf-8"
    )
    (tmp_path / "cases.jsonl").write_text(json.dumps({"kind": "number", "text": "تسعة", "value": "9"}), "utf-8")
    report = run(tmp_path / "own.jsonl", tmp_path / "cases.jsonl")
    assert report.to_dict() == {
        "number": {"right": 1, "cases": 1, "share": 1.0},
        "own": {"right": 1, "cases": 2, "share": 0.5},
    }
    assert report.speed > 0
    assert "TIME: أمس: expected None" in str(report)


def test_bench_compares_with_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> Judge:
        raise ImportError

    readers = {
        "khabar": READERS["khabar"],
        "clock": (lambda: lambda case: case["text"] == "أمس", frozenset(("date",))),
        "absent": (absent, frozenset("x")),
    }
    monkeypatch.setattr("khabar.cli.bench_beside.READERS", readers)
    day = {"date": "2016-11-06"}
    times: dict[str, Any] = {
        "kind": "date",
        "reference": "2016-11-07T00:00:00",
        "timex": "x",
        "past": day,
        "future": day,
    }
    cases = [times | {"text": "أمس"}, times | {"text": "غدا"}, {"kind": "number", "text": "تسعة", "value": "9"}]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in cases), "utf-8")
    table = compare(file).splitlines()
    assert table[:4] == [
        "| kind | cases | khabar | clock |",
        "|---|---:|---:|---:|",
        "| number | 1 | 1 | – |",
        "| date | 2 | 1 | 1 |",
    ]
    assert table[5] == "absent is not installed: pip install absent"


@pytest.mark.parametrize(
    "text", ["بين " + "الثلاثاء و " * 25, "من الاثنين إلى " * 20, "و " * 100_000, "إلى " * 60, "مليون " * 5000]
)
def test_what_goes_on_and_on_has_no_value_and_is_soon_done_with(text: str) -> None:
    # Each of these took a time that doubled with every word, or a number too long to be written.
    assert time_value(text, "2024-01-10") is None
    assert count_value(text) is None


@pytest.mark.parametrize("text", ["۱۲۳1e308", "-1e300", "9^999", "سالب 9^999"])
def test_what_no_float_can_hold_is_no_count(text: str) -> None:
    assert count_value(text) is None


def test_powers_of_ten_are_counts() -> None:
    value = count_value("1.5e12")
    assert value is not None
    assert value.to_dict()["number"] == 1.5e12
