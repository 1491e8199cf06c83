"""The page view in a real browser: read, filtered, folded, by hand and by keyboard, printed, attacked, audited."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from khabar.pages import Page as NewsPage
from khabar.pages import Span, split_paragraphs
from khabar.values import span_value
from tests.browser.conftest import OpenView

pytestmark = pytest.mark.browser


def news(page_id: str, *paragraphs: str, published: str | None = "2024-10-02", **fields: Any) -> NewsPage:
    """A page of paragraphs with spans marked ``[ACTOR:الجيش]`` or ``[ACTOR 0.4:الجيش]``; "B|" begins boilerplate."""
    page = NewsPage(page_id, "", published=published, **fields)
    labels = ["boilerplate" if paragraph.startswith("B|") else "report" for paragraph in paragraphs]
    for number, paragraph in enumerate(paragraphs):
        for piece in re.split(r"(\[[A-Z]+(?: [\d.]+)?:[^]]+\])", paragraph.removeprefix("B|")):
            marked = re.fullmatch(r"\[([A-Z]+)(?: ([\d.]+))?:([^]]+)\]", piece)
            if marked is None:
                page.text += piece
                continue
            label, score, text = marked.groups()
            start = len(page.text)
            page.text += text
            value = span_value(label, text, published)
            page.spans.append(Span(start, len(page.text), label, text, float(score or 0.97), number, value))
        page.text += "\n"
    page.paragraphs = split_paragraphs(page.text)
    for paragraph, label in zip(page.paragraphs, labels, strict=True):
        paragraph.label, paragraph.score = label, 0.99
    return page


FIRST = news(
    "wadi-1",
    "B|الرئيسية",
    "B|أخبار",
    "أعلنت [ACTOR:وزارة الصحة اللبنانية] [TIME:أمس] مقتل [COUNT:أكثر من 20 شخصا] في [LOCATION:بيروت].",
    "وقال [ACTOR:الجيش] إن [ACTOR 0.4:قوة] دخلت [LOCATION:بيروت] [TIME:اليوم].",
    "B|المصدر: [ACTOR:وكالة النهار]",
    title="أخبار الوادي",
    url="https://news.example/1",
    meta={"section": "عاجل"},
)
SECOND = news(
    "wadi-2",
    "زار [ACTOR:وزيرُ الخارجيّة] [LOCATION:أذربيجان] في [TIME:عام 2020] مع [COUNT:5 خبراء].",
    "The [ACTOR:Ministry of Health] said nothing.",
)


def marks(page: Page, kind: str = "") -> list[str]:
    return page.locator(f"main mark{kind}").all_inner_texts()


def settle(page: Page) -> None:
    expect(page.locator("main[aria-busy]")).to_have_count(0)


def set_threshold(page: Page, least: str) -> None:
    page.locator("#minimum").fill(least)
    expect(page.locator("#least")).to_have_text(f"{float(least):.2f}")
    settle(page)


def search(page: Page, text: str, *, listed: str) -> None:
    page.locator("#search").fill(text)
    settle(page)
    expect(page.locator("#listed")).to_have_text(listed)


def test_opens_right_to_left_on_the_first_page(open_view: OpenView) -> None:
    page = open_view(FIRST, SECOND)
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.locator("article h2").inner_text() == "أخبار الوادي"
    assert page.locator("#list li").count() == 2
    assert page.locator("#list li").first.locator(".figure").all_inner_texts() == ["3", "2", "2", "1"]
    expected = ["وزارة الصحة اللبنانية", "أمس", "أكثر من 20 شخصا", "بيروت", "الجيش", "قوة", "بيروت", "اليوم"]
    assert marks(page, ":visible") == expected
    assert page.locator("main a[href='https://news.example/1']").count() == 1
    assert page.locator(".columns dd").all_text_contents() == ["عاجل"]


def test_paragraphs_run_in_the_direction_of_their_letters(open_view: OpenView) -> None:
    page = open_view(SECOND, language="en")
    assert page.locator("html").get_attribute("dir") == "ltr"
    assert [p.get_attribute("dir") for p in page.locator(".text p").all()] == ["rtl", "ltr"]


def test_offsets_hold_beyond_the_basic_plane(open_view: OpenView) -> None:
    page = open_view(news("emoji", "😀🇱🇧 قالت [ACTOR:الهيئة] 😀 [TIME:أمس]"))
    assert marks(page) == ["الهيئة", "أمس"]


def test_pages_are_chosen_from_the_list_and_by_next(open_view: OpenView) -> None:
    page = open_view(FIRST, SECOND)
    page.locator("#list a").nth(1).click()
    expect(page.locator("article h2")).to_have_text("wadi-2")
    assert page.locator("#list a[aria-current]").get_attribute("href") == "#page-2"
    page.get_by_role("link", name="السابقة").click()
    expect(page.locator("article h2")).to_have_text("أخبار الوادي")
    page.go_back()
    expect(page.locator("article h2")).to_have_text("wadi-2")


def test_labels_are_told_apart_without_colour(open_view: OpenView) -> None:
    page = open_view(FIRST)
    styles = page.locator("#labels button").evaluate_all("all => all.map(e => getComputedStyle(e).borderBottomStyle)")
    assert styles == ["solid", "dashed", "dotted", "double"]
    lines = page.locator("main mark:visible").evaluate_all("all => all.map(e => getComputedStyle(e).borderBottomStyle)")
    assert lines == ["solid", "dotted", "double", "dashed", "solid", "solid", "dashed", "dotted"]


def test_labels_are_switched_off_and_on(open_view: OpenView) -> None:
    page = open_view(FIRST)
    actors = page.get_by_role("button", name="أطراف", exact=True)
    actors.click()
    assert actors.get_attribute("aria-pressed") == "false"
    assert marks(page, ":visible") == ["أمس", "أكثر من 20 شخصا", "بيروت", "بيروت", "اليوم"]
    assert page.locator("#list .figure").all_inner_texts() == ["0", "2", "2", "1"]
    actors.click()
    assert len(marks(page, ":visible")) == 8


def test_boilerplate_is_dimmed_and_folds(open_view: OpenView) -> None:
    page = open_view(FIRST)
    folds = page.locator("details.boilerplate")
    assert [text.split("\n")[0] for text in folds.locator("summary").all_inner_texts()] == [
        "فقرات ليست من الخبر: 2 الرئيسية",
        "فقرات ليست من الخبر: 1 المصدر: وكالة النهار",
    ]
    source = page.get_by_text("المصدر: وكالة النهار").last
    expect(source).to_be_hidden()
    folds.nth(1).locator("summary").click()
    expect(source).to_be_visible()
    page.get_by_label("طي ما ليس من الخبر").uncheck()
    expect(page.locator("details.boilerplate[open]")).to_have_count(2)
    colours = "e => getComputedStyle(e).color"
    assert source.evaluate(colours) != page.locator(".text > p").first.evaluate(colours)


@pytest.mark.parametrize("by", ["hover", "keyboard"])
def test_score_and_value_are_told(open_view: OpenView, by: str) -> None:
    page = open_view(FIRST)
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_hidden()
    if by == "hover":
        page.get_by_text("أكثر من 20 شخصا").hover()
    else:
        page.locator("main").focus()
        for _ in range(6):  # The address, two folds… up to the third span
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "أكثر من 20 شخصا":
                break
    expect(tip).to_be_visible()
    assert tip.inner_text().split("\n") == ["عدد", "القيمة", "\u2066> 20\u2069 شخصا", "الدرجة", "0.97"]
    mark = page.get_by_text("أكثر من 20 شخصا")
    assert mark.get_attribute("aria-describedby") == "tip"
    box, at = tip.bounding_box(), mark.bounding_box()
    assert box is not None
    assert at is not None
    assert box["y"] + box["height"] <= at["y"] or box["y"] >= at["y"] + at["height"]
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_scores_below_the_threshold_go_or_stay_faint(open_view: OpenView) -> None:
    page = open_view(FIRST)
    set_threshold(page, "0.5")
    assert "قوة" not in marks(page)
    assert page.locator("#list .figure").first.inner_text() == "2"
    page.get_by_label("إظهار ما دونها").check()
    settle(page)
    expect(page.locator("mark.weak")).to_have_text(["قوة"])
    assert page.locator("#list .figure").first.inner_text() == "2"
    page.locator("mark.weak").hover()
    assert "0.40 – دون أدنى درجة" in page.get_by_role("tooltip").inner_text()


def test_search_finds_other_spellings_and_opens_folds(open_view: OpenView) -> None:
    page = open_view(FIRST, SECOND)
    search(page, "وزير الخارجيه", listed="1 / 2")
    expect(page.locator("article h2")).to_have_text("wadi-2")
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["وزيرُ الخارجيّة"]
    search(page, "النهار", listed="1 / 2")
    expect(page.get_by_text("المصدر: وكالة النهار").last).to_be_visible()
    search(page, "(.*", listed="0 / 2")
    expect(page.locator("#shown")).to_have_text("لا صفحة توافق هذه التصفية.")
    page.get_by_role("button", name="إلغاء التصفية").click()
    expect(page.locator("#listed")).to_have_text("2")


@pytest.mark.parametrize("by", ["click", "Enter"])
def test_a_span_filters_by_its_name(open_view: OpenView, by: str) -> None:
    page = open_view(FIRST, SECOND)
    mark = page.locator("main mark", has_text="بيروت").first
    if by == "click":
        mark.click()
    else:
        mark.focus()
        page.keyboard.press("Enter")
    expect(page.locator("#listed")).to_have_text("1 / 2")
    assert page.locator("#name").input_value() == "بيروت"
    assert page.locator("#list .figure:visible").all_inner_texts() == ["0", "2", "0", "0"]
    assert set(marks(page, ":not(.aside)")) == {"بيروت"}
    assert page.evaluate("document.activeElement.textContent") == "بيروت"
    page.keyboard.press("Enter")
    expect(page.locator("#listed")).to_have_text("2")


def test_a_part_of_a_name_or_a_value_filters(open_view: OpenView) -> None:
    page = open_view(FIRST, SECOND)
    for typed, listed in (("اذربيج", "1 / 2"), ("2024-10", "1 / 2"), ("وزار", "1 / 2"), ("و", "2")):
        page.locator("#name").fill(typed)
        expect(page.locator("#listed")).to_have_text(listed)


def test_summary_tells_who_where_when_and_how_many(open_view: OpenView) -> None:
    page = open_view(FIRST, SECOND)
    page.get_by_role("link", name="الخلاصة").click()
    rows = {
        heading: page.get_by_role("region", name=heading, exact=True)
        for heading in ("الأطراف", "الأماكن", "خريطة الأماكن المذكورة", "خط الزمن", "الأعداد حسب الوحدة")
    }
    assert page.locator(".tiles b").all_inner_texts() == ["2", "4", "5", "3", "3", "2"]
    assert rows["الأماكن"].locator("li").all_inner_texts() == ["بيروت\n2", "أذربيجان\n1"]
    titles = rows["خريطة الأماكن المذكورة"].locator("g > title").all_text_contents()
    assert titles == ["بيروت: 2", "أذربيجان: 1"]
    circles = rows["خريطة الأماكن المذكورة"].locator("circle")
    assert [circle.get_attribute("class") for circle in circles.all()] == ["exact", "country"]
    large, small = (float(circle.get_attribute("r") or 0) for circle in circles.all())
    assert large > small
    assert rows["خط الزمن"].locator("li:not(.zero)").all_inner_texts()[:2] == ["1\n2024-10-01", "1\n2024-10-02"]
    assert rows["خط الزمن"].locator(".notice").all_inner_texts() == ["المدد: \n2020"]
    counts = rows["الأعداد حسب الوحدة"].locator("tbody tr").all_inner_texts()
    assert sorted(row.split("\t")[0] for row in counts) == ["خبراء", "شخصا"]


def test_summary_tells_who_stands_with_which_place_and_time(open_view: OpenView) -> None:
    page = open_view(FIRST, SECOND, part="#summary")
    table = page.get_by_role("region", name="من مع أي مكان وأي وقت")
    cells = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()
    }
    assert cells == {
        "وزارة الصحة اللبنانية": ["بيروت", "2024-10-01"],
        "الجيش": ["بيروت", "2024-10-02"],
        "قوة": ["بيروت", "2024-10-02"],
        "وزيرُ الخارجيّة": ["أذربيجان", "2020"],
    }


def test_summary_follows_the_filters(open_view: OpenView) -> None:
    page = open_view(FIRST, SECOND, part="#summary")
    page.get_by_role("region", name="الأطراف").get_by_role("button", name="الجيش").click()
    assert page.locator(".tiles b").all_inner_texts() == ["1", "1", "2", "1", "1", "0"]
    assert page.evaluate("document.activeElement.dataset.name") == "الجيش"
    set_threshold(page, "0.5")
    assert page.locator(".tiles b").all_inner_texts() == ["1", "1", "1", "1", "1", "0"]


def test_rest_of_a_long_list_is_filled_when_opened(open_view: OpenView) -> None:
    names = [f"[ACTOR:هيئة {letter}]" for letter in "ابتثجحخدذرزسشصضطظعغف"]
    page = open_view(news("many", " ".join(names)), part="#summary")
    region = page.get_by_role("region", name="الأطراف")
    assert region.locator("li").count() == 12
    region.locator("summary").click()
    expect(region.locator("li")).to_have_count(20)


ATTACKS = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(3)>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_script_in_a_page_stays_text(open_view: OpenView, attack: str) -> None:
    text = f"{attack} قبل {attack} بعد"
    hostile = NewsPage(
        attack,
        text,
        title=attack,
        url=f"javascript:alert('{attack}')",
        published=attack,
        meta={attack: attack},
        error=attack,
        paragraphs=split_paragraphs(text),
        spans=[Span(0, len(attack), attack, attack, 0.9, 0, {"normal": attack, "name": attack})],
    )
    page = open_view(hostile, FIRST)
    assert page.locator(".text p").inner_text() == text
    assert page.locator("article h2").inner_text() == attack
    assert marks(page) == [attack]
    assert page.locator("main a[href^=javascript]").count() == 0
    page.locator("mark").hover()
    assert attack in page.get_by_role("tooltip").inner_text()
    page.locator("mark").click()
    page.get_by_role("link", name="الخلاصة").click()
    assert page.locator("main h3").last.inner_text() == attack
    assert page.locator("script").count() == 2
    assert page.locator("main img, main script").count() == 0


def test_pages_that_failed_or_have_no_text_say_so(open_view: OpenView) -> None:
    page = open_view(NewsPage("bad", "", error="not UTF-8; save the page as UTF-8"), FIRST, has_text=False)
    assert page.locator("article .fault").inner_text() == "تعذّرت معالجة هذه الصفحة: not UTF-8; save the page as UTF-8"
    assert page.locator("#list .fault").all_inner_texts() == ["خطأ"]
    assert page.locator("article .notice").all_inner_texts() == [
        "السجل بلا نص (استُبعد بالخيار --fields)؛ هذه مقاطعه وحدها."
    ]


def test_prints_the_page_without_what_is_for_hands(open_view: OpenView, tmp_path: Path) -> None:
    page = open_view(FIRST, SECOND)
    page.emulate_media(media="print")
    for hidden in ("body > header", "#list", ".steps"):
        expect(page.locator(hidden)).to_be_hidden()
    first = page.locator("mark:visible").first
    assert first.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"
    assert page.pdf().startswith(b"%PDF")


def test_prints_all_listed_pages_at_once(open_view: OpenView) -> None:
    page = open_view(FIRST, SECOND)
    page.evaluate("window.print = () => { window.printed = document.querySelectorAll('article').length }")
    page.get_by_role("button", name="طباعة المعروض").click()
    assert page.evaluate("window.printed") == 2
    assert page.locator("article").count() == 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("part", ["#page-1", "#page-3", "#summary"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_axe_finds_nothing(open_view: OpenView, part: str, dark: bool, language: str) -> None:
    other = news("other", "زلزال [EVENT:قوي] [ACTOR 0.3:قوة]", meta={"a": 1})
    page = open_view(FIRST, SECOND, other, NewsPage("bad", "", error="e"), part=part, dark=dark, language=language)
    page.locator("#weak").check()
    page.locator("#fold").uncheck()
    settle(page)
    set_threshold(page, "0.5")
    for label in page.locator("#labels button").all()[1:2]:
        label.click()
    if part != "#summary":
        page.locator("mark").first.focus()
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


def test_small_screens_need_no_sideways_scrolling(open_view: OpenView) -> None:
    for part in ("#page-1", "#summary"):
        page = open_view(FIRST, SECOND, part=part)
        page.set_viewport_size({"width": 360, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_screenshot_shows_the_highlight(open_view: OpenView) -> None:
    page = open_view(FIRST)
    text = page.locator(".text > p").first
    before = text.screenshot()
    search(page, "مقتل", listed="1")
    after = text.screenshot()
    assert before.startswith(b"\x89PNG")
    assert after != before


def test_many_pages_stay_fluid(open_view: OpenView) -> None:
    line = "أعلنت [ACTOR:وزارة الصحة] [TIME:أمس] مقتل [COUNT:20 شخصا] في [LOCATION:بيروت] بعد ساعات من الخبر. "
    pages = [news(f"page-{number}", *[line * 3] * 10, title=f"خبر {number}") for number in range(500)]
    page = open_view(*pages)
    assert page.locator("#list li").count() == 500
    assert page.locator("article").count() == 1
    assert page.evaluate("document.querySelectorAll('*').length") < 6000

    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds(action: str) -> float:
        """Of the processor, so that what else the machine does counts little."""
        before = session.send("Performance.getMetrics")["metrics"]
        page.evaluate(f"() => {{ {action}; return document.body.offsetHeight; }}")
        after = session.send("Performance.getMetrics")["metrics"]
        spent = [
            next(each["value"] for each in each_time if each["name"] == "TaskDuration") for each_time in (before, after)
        ]
        return float(spent[1] - spent[0])

    # Some ten times what it takes, and far below what redrawing all pages would.
    assert seconds("document.getElementById('minimum').value = 0.5; filter()") < 0.5
    assert seconds("history.replaceState(null, '', '#page-400'); show()") < 0.5
    assert seconds("document.getElementById('search').value = 'خبر 3'; filter()") < 0.5
    assert seconds("history.replaceState(null, '', '#summary'); show()") < 1
    assert page.locator("#listed").inner_text() == "111 / 500"
