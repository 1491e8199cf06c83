"""Composed pages: what is report stays report, whatever stands around it, and every span stays where it was."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import datetime

import pytest

from khabar.annotated import format_annotated, parse_annotated
from khabar.composing import compose_pages
from khabar.composing.dates import PARTS
from khabar.composing.furniture import _NUMBERS, ASIDE, PAGE_SLOTS, Furniture, wordings, wordings_for
from khabar.composing.line import Line
from khabar.composing.story import Story
from khabar.composing.typesetting import typeset
from khabar.labels import spans_to_tags
from khabar.pages import Page, split_paragraphs
from khabar.text import words

ANNOTATIONS = {
    "bridge": """
        B|الرئيسية
        R|<A>بلدية المكلا</A> تفتتح <C>جسرين</C> جديدين
        B|صورة الجسر الكبير
        R|افتتحت <A>بلدية المكلا</A> <T>أمس الأحد</T> <C>جسرين</C> في <L>حي الميناء</L>، وقالت إنها "سعيدة" بهما.
        R|وقال <A>المهندس سالم باوزير</A> إن العمل استغرق <T>ثلاث سنوات</T>.
        B|المصدر: <A>صحيفة المرفأ</A>
    """,
    "flood": """
        R|السيول تقطع الطريق بين <L>المكلا</L> <L>وسيئون</L>
        R|قطعت السيول <T>فجر الاثنين</T> الطريق بين <L>المكلا</L> <L>وسيئون</L> وجرفت <C>12 سيارة</C>.
        R|ولم تسجل إصابات، لكن <C>نحو 300 أسرة</C> غادرت منازلها في <L>وادي حضرموت</L>.
        R|ودعت <A>بلدية المكلا</A> السكان إلى تجنب الأودية.
    """,
    "harvest": """
        R|<A>تونس</A> تتوقع موسما قياسيا لزيت الزيتون
        R|توقع <A>وزير الفلاحة التونسي</A> أن يبلغ الإنتاج <C>340 ألف طن</C> في <T>عام 2031</T>.
        R|وأضاف الوزير في <L>صفاقس</L>: «الأمطار أنقذت الموسم».
        R|وتصدر <A>تونس</A> معظم إنتاجها إلى <L>أوروبا</L>.
        R|ويعمل في القطاع <C>أكثر من مليون شخص</C>.
    """,
    "strike": """
        R|أعلنت <A>نقابة عمال السكك الحديدية</A> في <L>الدار البيضاء</L> إضرابا لمدة <T>يومين</T>.
        R|وقال <A>الكاتب العام للنقابة حميد الوافي</A> إن المفاوضات مع <A>وزارة النقل المغربية</A> فشلت.
    """,
    "museum": """
        R|<C>4 آلاف زائر</C> في افتتاح متحف الصحراء
        R|استقبل متحف الصحراء في <L>تمنراست</L> <C>أربعة آلاف زائر</C> <T>يوم الجمعة</T>.
        R|وقالت <A>مديرة المتحف نجاة قاسمي</A> إن <A>وزارة الثقافة الجزائرية</A> تعتزم توسيعه <T>العام المقبل</T>.
    """,
    "rocket": """
        R|<L>نواكشوط</L> (<A>وكالة الساحل</A>) - أطلقت <A>موريتانيا</A> أول قمر اصطناعي لها <T>مساء الخميس</T>.
    """,
}
PAGES = [
    parse_annotated("\n".join(line.strip() for line in text.splitlines()), page_id=name)
    for name, text in ANNOTATIONS.items()
]
#: Kinds that hold names, which stand in stories, too.
NAMES = ("given_name", "father_name", "family_name", "city", "capital", "agency")
BY_ID = {page.id: page for page in PAGES}


@pytest.fixture(scope="module", params=[False, True], ids=["training", "held out"])
def composed(request: pytest.FixtureRequest) -> list[Page]:
    return compose_pages(PAGES, 80, seed=7, held_out=request.param)


def plain(text: str) -> str:
    """The text without what typesetting may change."""
    return re.sub('[«»“”„"]', '"', re.sub(r"\s+", "", text))


def spans_of(page: Page, paragraph: int) -> list[tuple[str, str]]:
    return [(plain(span.text), span.label) for span in page.spans if span.paragraph == paragraph]


def report_of(page: Page) -> list[str]:
    return [plain(page.text[p.start : p.end]) for p in page.paragraphs if p.label == "report"]


def test_as_many_pages_as_asked_for() -> None:
    assert [page.id for page in compose_pages(PAGES, 0.5, 0)] == ["composed-0001", "composed-0002", "composed-0003"]
    assert compose_pages(PAGES, 0.0, 0) == []
    assert compose_pages([], 2.0, 0) == []
    assert compose_pages([parse_annotated("B|الرئيسية", page_id="menu")], 2.0, 0) == []


def test_every_report_is_used_equally_often(composed: list[Page]) -> None:
    assert {name: sum(page.meta["report"] == name for page in composed) for name in BY_ID} == dict.fromkeys(BY_ID, 80)


def test_spans_and_paragraphs_lie_where_they_say(composed: list[Page]) -> None:
    for page in composed:
        assert [(p.start, p.end) for p in page.paragraphs] == [(p.start, p.end) for p in split_paragraphs(page.text)]
        end = 0
        for span in page.spans:
            paragraph = page.paragraphs[span.paragraph]
            assert page.text[span.start : span.end] == span.text == span.text.strip() != ""
            assert paragraph.start <= span.start < span.end <= paragraph.end
            assert end <= span.start
            end = span.end


def test_spans_are_whole_words(composed: list[Page]) -> None:
    assert sum(spans_to_tags(words(page.text), page.spans)[1] for page in composed) == 0


def test_pages_can_be_written_and_read_as_annotated_pages(composed: list[Page]) -> None:
    for page in composed:
        again = parse_annotated(format_annotated(page), page_id=page.id)
        assert plain(again.text) == plain(page.text)
        assert [p.label for p in again.paragraphs] == [p.label for p in page.paragraphs]
        assert [(s.text, s.label, s.paragraph) for s in again.spans] == [
            (s.text, s.label, s.paragraph) for s in page.spans
        ]


def test_report_paragraphs_are_the_beginning_of_one_page(composed: list[Page]) -> None:
    seen = set()
    for page in composed:
        found, given = report_of(page), report_of(BY_ID[page.meta["report"]])
        has_headline = found[0] == given[0]
        assert found == (given if has_headline else given[1:])[: len(found)]
        seen.add((has_headline, len(found) == len(given)))
    assert seen == {(True, True), (True, False), (False, False)}


def test_report_paragraphs_keep_their_spans(composed: list[Page]) -> None:
    for page in composed:
        given = BY_ID[page.meta["report"]]
        expected = {plain(given.text[p.start : p.end]): spans_of(given, i) for i, p in enumerate(given.paragraphs)}
        for index, paragraph in enumerate(page.paragraphs):
            if paragraph.label == "report":
                assert spans_of(page, index) == expected[plain(page.text[paragraph.start : paragraph.end])]


def test_bodies_of_other_stories_are_boilerplate_with_their_spans(composed: list[Page]) -> None:
    found = 0
    for page in composed:
        texts = [plain(page.text[p.start : p.end]) for p in page.paragraphs]
        for other in (given for name, given in BY_ID.items() if name != page.meta["report"]):
            last = max(index for index, p in enumerate(other.paragraphs) if p.label == "report")
            body = plain(other.text[other.paragraphs[last].start : other.paragraphs[last].end])
            for index in (index for index, text in enumerate(texts) if text == body):
                found += 1
                assert page.paragraphs[index].label == "boilerplate"
                assert spans_of(page, index) == spans_of(other, last)
    assert found > 100


def test_some_pages_are_bare_and_on_some_the_other_stories_are_longer(composed: list[Page]) -> None:
    def size(page: Page, label: str) -> int:
        return sum(p.end - p.start for p in page.paragraphs if p.label == label)

    bare = sum(size(page, "boilerplate") == 0 for page in composed) / len(composed)
    mostly_other = sum(size(page, "boilerplate") > size(page, "report") for page in composed) / len(composed)
    first = sum(page.paragraphs[0].label == "report" for page in composed) / len(composed)
    assert 0.05 < bare < 0.25
    assert 0.3 < mostly_other < 0.9
    assert 0.15 < first < 0.5


def test_some_pages_have_their_headline_as_title(composed: list[Page]) -> None:
    titled = [page for page in composed if page.title]
    assert 0.05 < len(titled) / len(composed) < 0.3
    for page in titled:
        headline = Story.of(BY_ID[page.meta["report"]]).headline
        assert headline is not None
        assert headline.text in (page.title or "")


def test_the_seed_decides_and_nothing_else() -> None:
    random.seed(1)
    pages = compose_pages(PAGES, 5, seed=3)
    state = random.getstate()
    assert compose_pages(PAGES, 5, seed=3) == pages
    assert random.getstate() == state
    assert compose_pages(PAGES, 2, seed=3) == pages[: 2 * len(PAGES)]
    other = compose_pages(PAGES, 5, seed=4)
    assert sum(a.text == b.text for a, b in zip(pages, other, strict=True)) <= 2


def test_the_given_pages_stay_as_they_are() -> None:
    before = [page.to_dict() for page in PAGES]
    compose_pages(PAGES, 2, seed=0)
    assert [page.to_dict() for page in PAGES] == before


@pytest.mark.parametrize("held_out", [False, True], ids=["training", "held out"])
def test_wordings_of_the_other_half_never_appear(held_out: bool) -> None:
    absent = {
        line.text
        for kind, lines in wordings_for(held_out=not held_out).items()
        for line in lines
        if not line.slots and kind not in NAMES
    }
    own = {line.text for page in PAGES for line in Story.of(page).lines}
    lines = {
        re.sub(r"\s+", " ", page.text[p.start : p.end]).rstrip(" :.|!»")
        for page in compose_pages(PAGES, 200, seed=1, held_out=held_out)
        for p in page.paragraphs
    }
    assert lines & absent - own == set()
    present = {line.text for lines in wordings_for(held_out=held_out).values() for line in lines}
    assert len(lines & present) > 80


def test_no_wording_stands_twice_and_every_slot_is_known() -> None:
    every = [(kind, line) for kind, lines in wordings().items() for line in lines]
    texts = [line.text for kind, line in every if kind not in NAMES and re.search(r"\w", line.wording)]
    assert sorted({text for text in texts if texts.count(text) > 1}) == []
    known = wordings().keys() | PARTS.keys() | _NUMBERS.keys() | PAGE_SLOTS | {"code"}
    assert {slot for _, line in every for slot in line.slots} - known == set()
    assert len(texts) > 600


def test_every_kind_has_wordings_for_any_page_in_both_halves() -> None:
    for held_out in (False, True):
        lacking = {
            kind
            for kind, lines in wordings_for(held_out=held_out).items()
            if all(PAGE_SLOTS.intersection(line.slots) for line in lines)
        }
        assert lacking == {"page_title"}
    kinds = wordings()
    assert all(len(wordings_for(held_out=True)[kind]) == len(kinds[kind]) // ASIDE for kind in kinds)


def test_parts_of_a_date_in_every_calendar() -> None:
    moment = datetime(2023, 9, 20, 13, 5, 7)
    assert {slot: part(moment) for slot, part in PARTS.items()} == {
        "day": "20",
        "day_digits": "20",
        "month_number": "9",
        "month_digits": "09",
        "month": "سبتمبر",
        "month_levant": "أيلول",
        "month_algeria": "سبتمبر",
        "month_morocco": "شتنبر",
        "month_english": "September",
        "month_short": "Sep",
        "month_french": "septembre",
        "year": "2023",
        "weekday": "الأربعاء",
        "weekday_english": "Wednesday",
        "weekday_french": "mercredi",
        "ordinal": "20th",
        "hour": "13",
        "hour12": "1",
        "minute": "05",
        "second": "07",
        "half": "م",
        "half_long": "مساء",
        "half_english": "PM",
        "hijri_day": "5",
        "hijri_month": "ربيع الأول",
        "hijri_year": "1445",
    }


def test_a_page_keeps_its_site_its_date_and_its_digits() -> None:
    scripts = set()
    for seed in range(20):
        furniture = Furniture(random.Random(seed))
        date = furniture.draw("date").text
        assert {furniture.draw("date").text for _ in range(9)} == {date}
        title = furniture.draw("page_title", headline=Line("عنوان")).text
        assert furniture.given["site"].text in title or furniture.given["domain"].text in title
        scripts.add(frozenset(unicodedata.name(c).rpartition(" DIGIT ")[0] for c in date if c.isdecimal()))
    assert scripts == {frozenset({""}), frozenset({"ARABIC-INDIC"}), frozenset({"EXTENDED ARABIC-INDIC"})}


def test_stamps_say_when_in_spans() -> None:
    furniture = Furniture(random.Random(5))
    date, clock = furniture.draw("date").text, furniture.draw("clock").text
    for wording in wordings()["stamp"]:
        line = wording.fill([furniture.draw(slot) if slot in wordings() else Line("4") for slot in wording.slots])
        times = [line.text[start:end] for start, end, label in line.spans if label == "TIME"]
        assert times
        for part in (date, clock):
            assert line.text.count(part) == sum(time.count(part) for time in times)


def test_slots_are_filled_and_their_spans_shifted() -> None:
    line = Line.parse("المصدر: {agency} - <T>{date}</T> ({city})")
    filled = line.fill([Line.parse("<A>واس</A>"), Line.parse("<T>5 مايو</T> 2031"), Line.parse("مدينة <L>أبها</L>")])
    assert filled.text == "المصدر: واس - 5 مايو 2031 (مدينة أبها)"
    assert [(filled.text[start:end], label) for start, end, label in filled.spans] == [
        ("واس", "ACTOR"),
        ("5 مايو 2031", "TIME"),
        ("أبها", "LOCATION"),
    ]


def test_doubled_spaces_move_the_spans() -> None:
    line = Line.parse("قالت <A>بلدية المكلا</A> <T>أمس الأحد</T> كلمتها")
    wide = line.widened(lambda: True)
    assert wide.text == "قالت  بلدية  المكلا  أمس  الأحد  كلمتها"
    assert [wide.text[start:end] for start, end, _ in wide.spans] == ["بلدية  المكلا", "أمس  الأحد"]


def test_quotation_marks_are_rewritten_in_pairs_only() -> None:
    assert Line('قال "نعم" ثم «لا» و“ربما”').quoted("«»").text == "قال «نعم» ثم «لا» و«ربما»"
    assert Line("الرئيسية » أخبار » محلية").quoted('""').text == "الرئيسية » أخبار » محلية"


def test_typesetting_keeps_the_lines() -> None:
    lines = [Line("أولى", report=True), Line.parse("<A>ثانية</A>"), Line("ثالثة")]
    for seed in range(30):
        page = typeset("p", lines, random.Random(seed))
        assert [page.text[p.start : p.end] for p in page.paragraphs] == ["أولى", "ثانية", "ثالثة"]
        assert [p.label for p in page.paragraphs] == ["report", "boilerplate", "boilerplate"]
        assert [(s.text, s.label, s.paragraph) for s in page.spans] == [("ثانية", "ACTOR", 1)]


def test_a_story_knows_its_headline_and_names() -> None:
    flood, strike, rocket = (Story.of(BY_ID[name]) for name in ("flood", "strike", "rocket"))
    assert flood.headline is not None
    assert flood.headline.text == "السيول تقطع الطريق بين المكلا وسيئون"
    assert strike.headline is None
    assert rocket.headline is None
    names = Story.of(BY_ID["harvest"]).names
    assert [line.text for line in names["ACTOR"]] == ["تونس", "وزير الفلاحة التونسي"]
    assert [line.text for line in names["LOCATION"]] == ["صفاقس", "أوروبا"]
    assert flood.closeness(Story.of(BY_ID["bridge"])) > flood.closeness(strike)
