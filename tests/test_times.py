import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.arabic.times import find_times
from khabar.arabic.tokens import Tokens
from khabar.pages import Page
from khabar.weak.base import Document
from khabar.weak.times import SOURCES
from tests.marked import marked, unmarked

SENTENCES = """
وقع الاتفاق في <20 سبتمبر> على الحدود
بدأ القصف <فجر السبت> واستمر <ثلاث ساعات>
قال المتحدث <أمس الثلاثاء> إن الهدنة صامدة
قال المتحدث <أمس (الجمعة)> إن الهدنة صامدة
وصل الوفد <اليوم الأحد> إلى المدينة
يعود النزاع إلى <عام 1992> حين انهار الاتحاد
استمرت المعارك <أكثر من عقد>
غادر قبل <نحو شهرين> ولم يعد
انقطعت الكهرباء منذ <عدة أيام>
اجتمعوا <الأسبوع الماضي> في العاصمة
تنتهي المهلة في <نهاية العام الجاري>
نزح الآلاف في <اليومين الأخيرين>
اندلعت الحرب في <مايو/ أيار 2009> ثم توقفت
في <20 سبتمبر> عند <الساعة الواحدة ظهرا> بدأ الهجوم
بدأ البث <الساعة 09:00 بتوقيت جرينتش>
حدث ذلك في <السابع من أكتوبر> ولم يتكرر
تراجع الإنتاج بين <عامي 2020 و2022> بشدة
شهدت <السنوات الثلاث الماضية> جفافا
كان ذلك في <منتصف تسعينيات القرن الماضي>
استقال في <الساعات الأولى من صباح السبت>
وصل في <وقت متأخر من مساء الخميس> إلى المطار
قال في وقت سابق من <الشهر الجاري> إنه باق
التقى الطرفان <يومي السبت والأحد> في جنيف
يعقد المؤتمر من <19 إلى 20 نوفمبر المقبل>
توفي <يوم 7 يناير/ كانون الثاني الماضي> في منزله
حكم عليه بالسجن <خمس سنوات>
يعمل هنا منذ <2015> بلا عقد
تأسست الشركة (<2011>) في دبي
<مساء الجمعة> تجمع المئات
عاد <بعد ظهر الأربعاء> إلى بيته
وقع الزلزال في <14 يناير كانون الثاني> قرب الساحل
زار البلاد في <شهر رمضان الماضي> مرتين
<غدا> تبدأ الجلسة <وبعد غد> تنتهي
صدر القرار بتاريخ <15/6/2019> ونشر
انتهت المهلة <الجمعة 8 مارس 2019> دون اتفاق
ارتفعت الأسعار <هذا العام> كثيرا
عثر عليه في <اليوم التالي> حيا
استغرق الأمر <ساعة ونصف>
""".strip().splitlines()
NO_TIMES = """
مارس الرئيس ضغوطا على الوزير
قال الأمين العام السابق إن الاتفاق جيد
ناقشوا الأمر أيام وساعات دون نتيجة
سيصل الوفد لاحقا كما قال سابقا ومؤخرا
قتل 2009 جنود في المعارك
نشرت صحيفة المصري اليوم تقريرا
تظاهروا في ميدان 17 فبراير وسط المدينة
عقد الوزير مؤتمرا صحفيا
قال الأب إن ابنه بخير
الآن حان الوقت
رقم القرار هو 1701 كما قيل
انتخب المدعي العام الحالي بالإجماع
يبلغ من العمر 53 عاما
كريم حسن (53 عاما) من المدينة
قتل علي، 24 عاما، في الحادث
منذ ذلك الحين لم يعد
في هذه الأيام يكثر الكلام
شارك في قمة المناخ العالمية
""".strip().splitlines()


def found(sentence: str) -> str:
    tokens = Tokens.of(sentence)
    spans = [(tokens.words[m.start].start, tokens.words[m.end - 1].end) for m in find_times(tokens)]
    return marked(sentence, spans)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_times_in_running_text(sentence: str) -> None:
    assert found(unmarked(sentence)) == sentence


@pytest.mark.parametrize("sentence", NO_TIMES)
def test_what_only_looks_like_a_time(sentence: str) -> None:
    assert found(sentence) == sentence


@given(st.text(max_size=80) | st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=14).map(" ".join))
def test_expressions_stand_in_order_and_hold_their_parts(text: str) -> None:
    tokens = Tokens.of(text)
    end = 0
    for match in find_times(tokens):
        assert end <= match.start < match.end <= tokens.length
        assert all(match.start <= part.start < part.end <= match.end for part in match.parts)
        end = match.end


def test_sources_that_overlap_give_the_same_span() -> None:
    document = Document(Page("p", "قال أمس الثلاثاء 20 سبتمبر 2023 الساعة 13:00 بتوقيت غرينتش إنه باق"))
    votes = {source.name: [(v.start, v.end, v.label) for v in source.find(document)] for source in SOURCES}
    assert votes["calendar_date"] == votes["weekday_or_day"] == votes["clock_time"] == [(1, 12, "TIME")]
    assert votes["duration"] == votes["vague_time"] == []


def test_vague_times_are_denied_unless_counted() -> None:
    document = Document(Page("p", "قال لاحقا إنه انتظر عدة أيام ثم ساعات"))
    denial = next(source for source in SOURCES if source.name == "vague_time")
    assert [(document.text(v.start, v.end), v.label) for v in denial.find(document)] == [
        ("لاحقا", None),
        ("ساعات", None),
    ]
