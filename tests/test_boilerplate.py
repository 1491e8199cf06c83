"""Paragraph sources: lines of every kind, and the story test on pages made up here."""

from __future__ import annotations

import pytest

from khabar.pages import Page
from khabar.weak import boilerplate, layout, story
from khabar.weak.base import Document
from khabar.weak.sources import PARAGRAPH_SOURCES

SOURCES = {source.name: source for source in (*boilerplate.SOURCES, *layout.SOURCES, *story.SOURCES)}

FLOOD = [
    "فيضانات جنوب السودان تشرد آلاف الأسر",
    "جوبا (رويترز) - قالت حكومة جنوب السودان يوم الاثنين إن فيضانات نهر النيل شردت آلاف الأسر في ولاية جونقلي، "
    "وإن المياه غمرت القرى والمزارع على ضفتي النهر.",
    "وأضاف وزير الشؤون الإنسانية في جنوب السودان أن الأسر التي شردتها الفيضانات لجأت إلى مدارس في مدينة بور، "
    "وأن مياه نهر النيل لا تزال ترتفع.",
    "وقالت منظمة الإغاثة إن فيضانات جونقلي هذا العام هي الأسوأ منذ عقود، وإن الأسر في القرى تحتاج إلى الغذاء "
    "والخيام قبل أن ترتفع مياه النيل مرة أخرى.",
    "وتوقعت هيئة الأرصاد في جوبا أمطارا غزيرة على ولاية جونقلي وضفتي نهر النيل خلال الأسبوع المقبل، ما يهدد "
    "القرى التي لم تصلها الفيضانات.",
]
MATCH = [
    "الرجاء يهزم الوداد في ديربي الدار البيضاء",
    "فاز فريق الرجاء على غريمه الوداد بهدفين لواحد في ديربي الدار البيضاء مساء الأحد، أمام مدرجات ممتلئة بجماهير "
    "الفريقين في مركب محمد الخامس.",
    "وسجل المهاجم سفيان رحيمي هدفي الرجاء في الشوط الأول، قبل أن يقلص الوداد النتيجة من ركلة جزاء احتسبها حكم "
    "المباراة في الدقائق الأخيرة.",
    "وبهذا الفوز رفع الرجاء رصيده في صدارة البطولة إلى أربعين نقطة، بفارق خمس نقاط عن الوداد الذي خسر للمرة "
    "الأولى على أرضه هذا الموسم.",
]


def votes(name: str, *lines: str, title: str | None = None) -> list[tuple[int, str]]:
    document = Document(Page("page", "\n".join(lines), title=title))
    return sorted({(vote.index, vote.label) for vote in SOURCES[name].find(document)})


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("navigation", "الرئيسية"),
        ("navigation", "الرئيسية > أخبار > عربي ودولي"),
        ("navigation", "الرئيسية | سياسة | اقتصاد | رياضة"),
        ("navigation", "أخباررياضة"),
        ("publication_stamp", "تاريخ النشر: 12 مارس 2021"),
        ("publication_stamp", "آخر تحديث: الأحد 3 أيار/مايو 2015 - 14:20"),
        ("publication_stamp", "الجمعة، 5 جانفي 2018 10:15"),
        ("publication_stamp", "١٢ رمضان ١٤٤٠ هـ"),
        ("publication_stamp", "منذ 3 ساعات"),
        ("publication_stamp", "Published 20th, October 2022 GMT"),
        ("byline", "كتب: سامي الحداد"),
        ("byline", "بقلم نوال الفاسي"),
        ("byline", "القاهرة - أ ش أ"),
        ("byline", "الصباح – ليلى منصور:"),
        ("byline", "وكالات"),
        ("caption", "صورة أرشيفية لميناء بيروت"),
        ("caption", "مصدر الصورة: غيتي"),
        ("caption", "رجال الإنقاذ في الموقع (رويترز)"),
        ("source_line", "المصدر: صحيفة الأيام"),
        ("source_line", "رابط الخبر في الموقع"),
        ("source_line", "// انتهى //"),
        ("keywords", "كلمات دلالية: النيل فيضانات جوبا"),
        ("keywords", "الوسوم:"),
        ("keywords", "#النيل #جوبا #فيضانات"),
        ("call_to_action", "تابعونا على فيسبوك"),
        ("call_to_action", "تابع أحدث الأخبار عبر تطبيقنا"),
        ("call_to_action", "شارك هذا الخبر"),
        ("call_to_action", "للانضمام إلى قناتنا على تلغرام اضغط هنا"),
        ("call_to_action", "لا توجد تعليقات"),
        ("call_to_action", "اقرأ المزيد"),
        ("call_to_action", "زر الذهاب إلى الأعلى"),
        ("subscription", "اشترك في النشرة البريدية"),
        ("rights", "جميع الحقوق محفوظة © 2019"),
        ("rights", "كانت هذه تفاصيل خبر فيضانات النيل"),
        ("related_heading", "اقرأ أيضًا"),
        ("related_heading", "إقرأ أيضاً:"),
        ("related_heading", "اقرأ أيضاً الرجاء يهزم الوداد"),
        ("related_heading", "مقالات ذات صلة"),
        ("related_heading", "مواضيع متعلقة"),
        ("related_heading", "الأكثر قراءة"),
        ("related_heading", "قد يهمك أيضا"),
        ("related_heading", "Read also"),
        ("links_and_handles", "pic.twitter.com/abc123"),
        ("links_and_handles", "https://example.com/news/12"),
        ("links_and_handles", "example.com"),
        ("embedded_post", "— Sami Haddad (@sami_h) March 3, 2021"),
    ],
)
def test_boilerplate_line_is_known(source: str, line: str) -> None:
    assert votes(source, line) == [(0, "boilerplate")]


@pytest.mark.parametrize(
    "line",
    [
        "المصدر الأمني قال إن قوات الشرطة عثرت على السيارة قرب الجسر وإن التحقيق لا يزال جاريا في الحادث.",
        "كتب الوزير في حسابه إن الحكومة ستدفع تعويضات للأسر التي فقدت منازلها في فيضانات هذا الأسبوع.",
        "تقرير: البنك المركزي يرفع أسعار الفائدة للمرة الثالثة",
        "نشر الجيش مئات الجنود على الحدود بعد الهجوم الذي قتل فيه ثلاثة من حراس المعبر مساء السبت.",
        "ملف إيران",
        "مشاركة النساء في الانتخابات ترتفع إلى النصف",
        "أرسل المغرب طائرات محملة بالخيام والأدوية إلى المناطق التي ضربها الزلزال في جنوب البلاد صباح الأربعاء.",
        "الآراء منقسمة في البرلمان حول قانون الموازنة الذي تناقشه اللجنة المالية منذ أسبوعين من دون اتفاق.",
    ],
)
def test_report_line_is_known_to_no_cue(line: str) -> None:
    assert [source.name for source in boilerplate.SOURCES if votes(source.name, line)] == []


def test_page_title_and_all_above_the_headline_it_repeats() -> None:
    page = ["صحيفة الوادي - " + FLOOD[0], "قسم الأخبار العاجلة", FLOOD[0], *FLOOD[1:]]
    assert votes("site_title", *page) == [(0, "boilerplate"), (1, "boilerplate")]
    assert votes("headline", *page) == [(2, "report")]


def test_headline_is_the_line_that_equals_the_title() -> None:
    assert votes("headline", "عنوان لقصة سابقة هنا", *FLOOD, title=FLOOD[0] + "!") == [(1, "report")]


def test_lines_between_headline_and_dateline() -> None:
    page = [FLOOD[0], "أسر تعبر النهر بالقوارب", *FLOOD[1:]]
    assert votes("above_dateline", *page) == [(1, "boilerplate")]
    assert votes("dateline", *page) == [(2, "report")]


def test_without_dateline_a_line_below_the_headline_is_not_judged() -> None:
    page = [MATCH[0], "هدفان في الشوط الأول يحسمان القمة", *MATCH[1:]]
    assert votes("above_dateline", *page) == []


def test_list_that_the_text_opens_is_no_run_of_links() -> None:
    items = ["سامي الحداد حزب الوفاق", "نوال الفاسي حزب الوسط", "ليلى منصور حزب العدل"]
    opened = [*FLOOD, "وجاءت أسماء المرشحين على النحو التالي:", *items]
    assert votes("run_of_headlines", *opened) == []
    assert votes("run_of_headlines", *FLOOD, *items) == [(i, "boilerplate") for i in (5, 6, 7)]


def test_post_is_known_by_who_posted_it() -> None:
    page = [*FLOOD[:3], "المياه تقترب من بيوتنا", "— Sami (@sami) March 3, 2021", *FLOOD[3:]]
    assert votes("embedded_post", *page) == [(3, "boilerplate"), (4, "boilerplate")]


def other(*lines: str) -> list[int]:
    return [index for index, _ in votes("other_story", *lines)]


def test_other_story_below_a_heading() -> None:
    assert other(*FLOOD, "إقرأ أيضاً:", *MATCH) == [5, 6, 7, 8, 9]


def test_other_story_without_a_heading() -> None:
    assert other(*FLOOD, *MATCH) == [5, 6, 7, 8]


def test_other_story_below_the_source_line() -> None:
    assert other(*FLOOD, "المصدر: وكالات", "كلمات دلالية: النيل", *MATCH) == [5, 6, 7, 8, 9, 10]


def test_the_main_story_comes_back_below_related_headlines() -> None:
    links = ["روابط ذات علاقة", "الرجاء يهزم الوداد في الديربي", "معرض الكتاب يفتح أبوابه في الرباط"]
    assert other(*FLOOD[:3], *links, *FLOOD[3:]) == [3, 4, 5]


def test_a_page_of_one_story_never_turns() -> None:
    assert other(*FLOOD) == []
    assert votes("running_text", *FLOOD) == [(i, "report") for i in (1, 2, 3, 4)]


def test_running_text_of_another_story_is_no_report() -> None:
    assert votes("running_text", *FLOOD, "اقرأ أيضا", *MATCH) == [(i, "report") for i in (1, 2, 3, 4)]


def test_light_stem_meets_forms_of_a_word() -> None:
    assert {story.light_stem(key) for key in ("العراقيه", "والعراقي", "للعراق", "بالعراق")} == {"عراق"}


def test_sources_say_what_they_are() -> None:
    assert all(source.description for source in PARAGRAPH_SOURCES)
    assert {source.family for source in PARAGRAPH_SOURCES} == {"boilerplate"}


def test_pages_without_words_or_texts_are_borne() -> None:
    for text in ("", "\n\n", "***\n---\n•", "كلمة", "\u200f\u200e", "! ? ."):
        document = Document(Page("page", text))
        for source in PARAGRAPH_SOURCES:
            assert all(0 <= vote.index < len(document.paragraphs) for vote in source.find(document))


@pytest.mark.parametrize("token", ["-", ".", "أخبار", "12", "@", "http", "أ", "(", "|"])
def test_no_pattern_runs_away(token: str) -> None:
    document = Document(Page("page", "\n".join([" ".join([token] * 400) + " ؟", " ".join([token] * 30) + " كلمة !"])))
    for source in PARAGRAPH_SOURCES:  # a pattern that backtracks without end would hang here
        assert all(vote.index in (0, 1) for vote in source.find(document))
