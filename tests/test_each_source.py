"""Every built-in labelling source, one by one: where it votes, and the trap beside it where it must stay silent.

All sentences and pages are made up here. What the sources say together is tested by family in the other files.
"""

from __future__ import annotations

import pytest

from khabar.pages import Page
from khabar.weak.base import Document
from khabar.weak.sources import PARAGRAPH_SOURCES, SPAN_SOURCES
from tests.marked import marked, unmarked
from tests.test_boilerplate import FLOOD, MATCH

SPANS = {source.name: source for source in SPAN_SOURCES}
PARAGRAPHS = {source.name: source for source in PARAGRAPH_SOURCES}

#: Source, label, and a page with exactly the spans marked for which the source votes; a label of None denies.
VOTES: list[tuple[str, str | None, str]] = [
    ("states_as_places", "LOCATION", "هبطت الطائرة في <البرتغال> ثم حلقت في سماء <باريس>."),
    ("states_as_places", "LOCATION", "<هافانا> (رويترز) - فتحت المدارس أبوابها."),
    ("states_as_places", "LOCATION", "وجه السفير رسالة إلى <البرتغال>."),
    ("continents_by_default", "LOCATION", "تراجع نمو <أفريقيا> هذا العام."),
    ("cities", "LOCATION", "ازدحمت <مراكش> بالزوار."),
    ("cities", "LOCATION", "وصلت الحافلة إلى <طبرق> <والبيضاء>."),
    ("cities", "LOCATION", "فاوضت <تل أبيب> الوسطاء."),
    ("cities", "LOCATION", "انتقل المعرض إلى <إقليم كردستان>."),
    ("sites", "LOCATION", "عاد النازحون إلى <مدينة رفح> عبر <الأراضي السورية>."),
    ("sites", "LOCATION", "وصلت الحافلة إلى <مدينة البيضاء> ثم <شوارع باريس>."),
    ("sites", "LOCATION", "اندلع حريق قرب <قرية شنغوبة>."),
    ("buildings", "LOCATION", "اجتمع الطلاب في <السفارة الكورية>."),
    ("buildings", "LOCATION", "أدان الوزير قصف <القنصلية التركية>."),
    ("institutions", "ACTOR", "نفت <وزارة الدفاع النرويجية> الخبر."),
    ("institutions", "ACTOR", "انتشرت <قوات كندية> ووقعت <شركة يابانية> العقد."),
    ("institutions", "ACTOR", "نفى <الاتحاد السوداني لكرة القدم> الخبر في لندن."),
    ("institutions_that_act", "ACTOR", "نددت <السفارة الكورية> بالحادث."),
    ("institutions_that_act", "ACTOR", "استهدف صاروخ <القنصلية التركية>."),
    ("offices", "ACTOR", "التقى <وزير الزراعة الكندي سمير حداد> المزارعين."),
    ("offices", "ACTOR", "حضر <وزير الزراعة سمير> الطويل الحفل."),
    ("organisations", "ACTOR", "دعا <حلف شمال الأطلسي> إلى ضبط النفس."),
    ("organisations", "ACTOR", 'قالت "<الرياض>" إنه عاد.'),
    ("persons", "ACTOR", "صافح <نيلسون مانديلا> الحضور وغادر <سمير حداد> القاعة."),
    ("repeated_names", "ACTOR", "حضر الوزير بيتر شنغوب الحفل.\nثم غادر <شنغوب> القاعة."),
    ("repeated_names", "ACTOR", "حضر يوسف غني الحفل.\nهذا رجل غني.\nوقال <غني> إنه متعب."),
    ("speakers", "ACTOR", "وقال <بوزنيف> إن السد آمن."),
    ("speakers", "ACTOR", "وقالت <مصاذر> إن السد آمن."),
    ("peoples", "ACTOR", "احتج <الأرمن> <والفلسطينيون> على القرار بعد مقتل <فلسطينيين>."),
    ("states_that_act", "ACTOR", "وقعت <النرويج> اتفاقا مع <غانا>."),
    ("states_that_act", "ACTOR", "<النرويج>: لن نتراجع عن القرار."),
    ("states_by_default", "ACTOR", "ارتفعت صادرات <البرتغال>."),
    ("calendar_date", "TIME", "وقع الزلزال في <20 سبتمبر 2023> قبيل <شهر رمضان>."),
    ("calendar_date", "TIME", "بدأ الحصار في <السابع من أكتوبر> وانتهى <15/6/2019>."),
    ("year_or_longer", "TIME", "بين <عام 1992> <والتسعينيات> تغيرت المدينة."),
    ("year_or_longer", "TIME", "توقف المشروع <2020 – 2022> ثم عاد في <صيف 2023>."),
    ("year_or_longer", "TIME", "عمل في المصنع منذ <1850> وعاد <1992>."),
    ("weekday_or_day", "TIME", "وصل القطار <أمس> وغادر <فجر السبت>."),
    ("weekday_or_day", "TIME", "تعطل القطار <الليلة الماضية>."),
    ("relative_period", "TIME", "تراجع السعر <الأسبوع الماضي> وسيعود <نهاية العام الجاري>."),
    ("relative_period", "TIME", "يستمر البرد <الأيام الثلاثة المقبلة>."),
    ("duration", "TIME", "دام البث <10 ساعات> بعد <نحو شهرين> من الصمت."),
    ("clock_time", "TIME", "افتتح المعرض <الساعة الثانية ظهرا> وأغلق <21:11 GMT>."),
    ("vague_time", None, "يعمل المصنع <حاليا> وقد توقف <مؤخرا> <أيام> الصيف."),
    ("function_words", None, "جلس الطفل <على> الكرسي <ثم> نام."),
    ("function_words_before_numbers", None, "يعمل المصنع <منذ> عام <وفي> 3 مدن."),
    ("verbs", None, "<افتتحت> الفرقة المعرض ثم <غادرت>."),
    ("common_nouns", None, "اشترى <سيارة> <جديدة> <ومنزلا>."),
    ("bare_institutions", None, "قررت <الوزارة> أن <الجيش> عاد إلى <العاصمة>."),
    ("punctuation", None, "عاد <(>الطفل<)><؛> ثم نام<.>"),
    ("digits_with_noun", "COUNT", "قصف الجيش <أكثر من 90 موقعا> وشرد <2261 مدنيا>."),
    ("digits_alone", "COUNT", "سقط قتلى بينهم <1049> من النساء وأصيب <50> آخرون."),
    ("number_words", "COUNT", "أصيب <سبعة أشخاص> وأضرب الأطباء <الستة>."),
    ("number_words", "COUNT", "تبرعت <بنصف مليون دولار>."),
    ("vague_quantity", "COUNT", "سقط <مئات القتلى> ونزح <عشرات الآلاف>."),
    ("percentage", "COUNT", "ارتفع السعر <نحو 20 بالمئة> ثم <15.6 في المائة> ثم <50%>."),
    ("dual_noun", "COUNT", "أصيب <شخصان> بعد خطف <جنديين>."),
    ("numbered_document", None, "نص القرار <2216> والمادة <7> والإعلان رقم <1701> على ذلك."),
    ("uncounted_quantity", None, "زار <بعض> الطلاب <عدة> متاحف مع <عدد من> المعلمين."),
]

#: Source and a page on which it has no vote at all.
SILENT: list[tuple[str, str]] = [
    ("states_as_places", "أعلنت البرتغال تمديد الهدنة."),
    ("states_as_places", "سلم السفير رسالة من البرتغال."),
    ("continents_by_default", "اتفقت اليابان مع أفريقيا على خفض الرسوم."),
    ("continents_by_default", "تراجع نمو البرتغال هذا العام."),
    ("cities", "رفرفت الراية البيضاء فوق السطح."),
    ("cities", "وصلت الحافلة إلى مدينة البيضاء."),  # a site
    ("sites", "ارتفع جبل دخان فوق المصنع."),
    ("sites", "هذه الأراضي الخصبة غالية."),
    ("buildings", "استهدف صاروخ القنصلية التركية."),
    ("institutions", "انتشرت قوات على الجسر بعد أن وقعت شركة العقد."),
    ("institutions", "وقعت الوزارة العقد."),
    ("institutions_that_act", "اجتمع الطلاب في السفارة الكورية."),
    ("offices", "قتل ثلاثة جنود كنديين في الجبل."),
    ("organisations", "تعود الحياة إلى القرية."),
    ("organisations", "ذكرت الرياض ذلك."),
    ("persons", "غادر سمير القاعة."),
    ("persons", "كان أمل شنغوب كبيرا."),
    ("repeated_names", "ثم غادر شنغوب القاعة."),
    ("repeated_names", "حضر يوسف غني الحفل.\nهذا رجل غني."),
    ("speakers", "وقال العامل إن بوزنيف زار السد."),
    ("peoples", "زار المعرض طلاب فلسطينيون."),
    ("states_that_act", "تجول الوفد في النرويج."),
    ("states_by_default", "هطلت الأمطار في البرتغال."),
    ("states_by_default", "تراجع نمو أفريقيا هذا العام."),
    ("calendar_date", "مارس الرجل الرياضة في ميدان 17 فبراير."),
    ("year_or_longer", "وزعت اللجنة 1992 قميصا."),
    ("year_or_longer", "بلغت القيمة 1850."),
    ("weekday_or_day", "قال أحد الطلاب إن صحيفة المصري اليوم نشرت تقريرا."),
    ("relative_period", "ناقش الاجتماع الماضي هذه الخطة."),
    ("relative_period", "في نهاية الشارع متجر."),
    ("duration", "يبلغ الرسام من العمر 80 عاما."),
    ("duration", "عمل المهندس سنوات في المصنع."),
    ("clock_time", "انتهت المباراة 3:1 لصالح الضيوف."),
    ("clock_time", "اشترى الساعة الذهبية."),
    ("vague_time", "يعمل المصنع منذ 3 أيام."),
    ("function_words", "جلس على 3 كراس."),
    ("function_words_before_numbers", "باع ما يقرب من 30 كتابا."),  # part of the count
    ("verbs", "في الحادث 3 قتل."),
    ("common_nouns", "احترقت 3 سيارات."),
    ("common_nouns", "نقلت وكالة أنباء عن شاهد."),  # part of a name
    ("bare_institutions", "قررت الوزارة الكندية الإغلاق."),
    ("punctuation", "بلغ السعر 3.5 دولار في 15/6/2019 ليلا"),
    ("punctuation", 'قتلت حركة "طالبان" الرهينة'),
    ("digits_with_noun", "قصف الجيش تسعين موقعا."),
    ("digits_with_noun", "سكن الشقة 90 قرب النهر."),
    ("digits_alone", "أصيب 50 عاملا."),
    ("digits_alone", "سقطت طائرة من طراز إف 16 قرب الجسر."),
    ("number_words", "قال أحد العمال إن هذا هو الحل الثاني."),
    ("vague_quantity", "سقط مئة قتيل."),
    ("percentage", "ارتفع السعر 20 دولارا بعد تصويت مئة عضو."),
    ("dual_noun", "عاد الجنديان إلى البلدين."),
    ("dual_noun", "أكل رغيفين."),  # not listed
    ("numbered_document", "صوت 15 عضوا مع القرار في مارس 2019."),
    ("uncounted_quantity", "دام البث عدة أيام."),
    ("uncounted_quantity", "بلغ عدد الطلاب ألفا."),
]

HEADLINE, DATELINE, *TEXTS = FLOOD
PLAIN = MATCH[1:]  # running texts without a dateline
OTHER = MATCH[0]  # another story's headline, of six words
LINKS = ["معرض الكتاب يفتح أبوابه", "قطار سريع بين المدينتين", "مهرجان السينما يكرم ممثلا"]

#: Source, the lines of a page, and the label of each paragraph for which the source votes; {} where it is silent.
PAGES: list[tuple[str, list[str], dict[int, str]]] = [
    ("navigation", ["الرئيسية > أخبار > عربي ودولي"], {0: "boilerplate"}),
    ("navigation", ["ملف إيران"], {}),
    ("publication_stamp", ["تاريخ النشر: 12 مارس 2021", "منذ ساعتين"], {0: "boilerplate", 1: "boilerplate"}),
    ("publication_stamp", ["نشر الجيش ثلاثة ألوية قرب الجسر", "منذ ساعتين والمدينة بلا ماء"], {}),
    ("byline", ["بقلم نوال الفاسي", "القاهرة - أ ش أ"], {0: "boilerplate", 1: "boilerplate"}),
    ("byline", ["نوال الفاسي", "كتب الوزير رسالة إلى العمال"], {}),
    ("caption", ["صورة أرشيفية لميناء بيروت", "إنقاذ عامل (رويترز)"], {0: "boilerplate", 1: "boilerplate"}),
    ("caption", ["صورة قاتمة للاقتصاد", "القاهرة (رويترز) - فتحت المدارس أبوابها."], {}),
    ("source_line", ["المصدر: صحيفة الأيام", "// انتهى //"], {0: "boilerplate", 1: "boilerplate"}),
    ("source_line", ["المصدر الأمني ينفي الخبر"], {}),
    ("keywords", ["كلمات دلالية: النيل", "#النيل #جوبا"], {0: "boilerplate", 1: "boilerplate"}),
    ("keywords", ["وسم #النيل يتصدر المنصات في جوبا", "كلمات الوزير أغضبت العمال"], {}),
    ("call_to_action", ["شارك الخبر", "تابعونا على فيسبوك"], {0: "boilerplate", 1: "boilerplate"}),
    ("call_to_action", ["شارك الوزير في الحفل", "مشاركة النساء في الاقتراع ترتفع"], {}),
    ("subscription", ["اشترك في النشرة البريدية"], {0: "boilerplate"}),
    ("subscription", ["النشرة الجوية: أمطار في الجنوب"], {}),
    ("rights", ["جميع الحقوق محفوظة © 2019", "كانت هذه تفاصيل الخبر"], {0: "boilerplate", 1: "boilerplate"}),
    ("rights", ["حقوق العمال على طاولة القمة"], {}),
    ("related_heading", ["اقرأ أيضا: " + OTHER, "الأكثر قراءة"], {0: "boilerplate", 1: "boilerplate"}),
    ("related_heading", ["قرأ الوزير أيضا رسالة العمال", "المدن الأكثر قراءة في العالم"], {}),
    ("links_and_handles", ["pic.twitter.com/abc123", "example.com"], {0: "boilerplate", 1: "boilerplate"}),
    ("links_and_handles", ["ارتفع المؤشر 3.5 نقطة", "قال موقع example.com إن السد آمن"], {}),
    (
        "embedded_post",
        [*FLOOD[:3], "المياه تقترب من بيوتنا", "— Sami (@sami) March 3, 2021", *FLOOD[3:]],
        {3: "boilerplate", 4: "boilerplate"},
    ),
    ("embedded_post", [*FLOOD, "كتبت @sami أن المياه تقترب"], {}),
    (
        "site_title",
        ["صحيفة الوادي - " + HEADLINE, "قسم العاجل", HEADLINE, DATELINE],
        {0: "boilerplate", 1: "boilerplate"},
    ),
    ("site_title", ["صحيفة الوادي - " + OTHER, HEADLINE, DATELINE], {}),
    ("headline", ["الرئيسية", HEADLINE, DATELINE], {1: "report"}),
    ("headline", ["الرئيسية", DATELINE, HEADLINE], {}),
    ("above_dateline", [HEADLINE, "أسر تعبر النهر بالقوارب", DATELINE], {1: "boilerplate"}),
    ("above_dateline", [HEADLINE, "أسر تعبر النهر بالقوارب", *PLAIN], {}),
    ("name_below_headline", [HEADLINE, "نوال الفاسي", *PLAIN], {1: "boilerplate"}),
    ("name_below_headline", [HEADLINE, "أسر تعبر النهر بقوارب صغيرة", *PLAIN], {}),
    ("run_of_headlines", [*FLOOD, *LINKS], {5: "boilerplate", 6: "boilerplate", 7: "boilerplate"}),
    ("run_of_headlines", [*FLOOD, *LINKS[:2]], {}),
    ("run_of_headlines", [*FLOOD, "وجاءت نتائج الفرق على النحو التالي:", *LINKS], {}),
    ("below_last_text", [*FLOOD, LINKS[0]], {5: "boilerplate"}),
    ("below_last_text", [*FLOOD[:3], LINKS[0], *FLOOD[3:], "وعاد الهدوء إلى المدينة."], {}),
    (
        "headline_in_text",
        [*FLOOD[:3], "معرض الكتاب يفتح أبوابه للزوار في حديقة المدينة", *FLOOD[3:]],
        {3: "boilerplate"},
    ),
    ("headline_in_text", [*FLOOD[:3], "معرض الكتاب يفتح أبوابه للزوار في المدينة", *FLOOD[3:]], {}),
    ("subheading", [*FLOOD[:3], "مياه لا ترحم", *FLOOD[3:]], {3: "report"}),
    ("subheading", [*FLOOD[:3], "الرئيسية", FLOOD[3], "مياه: لا ترحم", FLOOD[4]], {}),
    ("dateline", [HEADLINE, DATELINE, *TEXTS], {1: "report"}),
    ("dateline", [HEADLINE, *TEXTS, DATELINE], {}),
    ("other_story", [*FLOOD, "اقرأ أيضا", *MATCH[:2]], {5: "boilerplate", 6: "boilerplate", 7: "boilerplate"}),
    ("other_story", FLOOD, {}),
    (
        "running_text",
        [*FLOOD, "اقرأ أيضا", *MATCH],
        {1: "report", 2: "report", 3: "report", 4: "report"},
    ),
    ("running_text", [HEADLINE, "وعاد الهدوء إلى المدينة."], {}),
    ("sentence", [*FLOOD, "وتقول الحكومة إن مياه نهر النيل ستنخفض قريبا."], {5: "report"}),
    ("sentence", [*FLOOD, "وتقول الحكومة إن المياه ستنخفض قريبا.", "وتقول الحكومة إن مياه النيل ستنخفض في جوبا"], {}),
]


def spans_of(name: str, text: str) -> tuple[str, set[str | None]]:
    """The page with the source's spans marked, and the labels it gave."""
    document = Document(Page("page", text))
    votes = list(SPANS[name].find(document))
    offsets = {(document.words[vote.start].start, document.words[vote.end - 1].end) for vote in votes}
    return marked(text, sorted(offsets)), {vote.label for vote in votes}


@pytest.mark.parametrize(("name", "label", "page"), VOTES)
def test_span_source_votes(name: str, label: str | None, page: str) -> None:
    assert spans_of(name, unmarked(page)) == (page, {label})


@pytest.mark.parametrize(("name", "page"), SILENT)
def test_span_source_is_silent(name: str, page: str) -> None:
    assert spans_of(name, page) == (page, set())


@pytest.mark.parametrize(("name", "lines", "labels"), PAGES)
def test_paragraph_source(name: str, lines: list[str], labels: dict[int, str]) -> None:
    document = Document(Page("page", "\n".join(lines)))
    votes = {(vote.index, vote.label) for vote in PARAGRAPHS[name].find(document)}
    assert votes == set(labels.items())


def test_every_source_has_a_page_on_which_it_votes() -> None:
    assert {name for name, _, _ in VOTES} == set(SPANS)
    assert {name for name, _, labels in PAGES if labels} == set(PARAGRAPHS)


def test_every_source_has_a_page_on_which_it_is_silent() -> None:
    assert {name for name, _ in SILENT} == set(SPANS)
    assert {name for name, _, labels in PAGES if not labels} == set(PARAGRAPHS)
