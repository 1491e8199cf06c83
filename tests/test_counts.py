import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.arabic.counts import find_counts
from khabar.arabic.duals import dual_of
from khabar.arabic.tokens import Tokens
from khabar.pages import Page
from khabar.weak.base import Document
from khabar.weak.counts import SOURCES
from tests.marked import marked, unmarked

SENTENCES = """
قصف الجيش <أكثر من 90 موقعا> عسكريا
نزح <2261 مدنيا> من القرى
ارتفعت الأسعار <نحو 20 بالمئة> هذا العام
سقط <مئات القتلى> في الزلزال
أصيب <سبعة أشخاص> بجروح طفيفة
شمل الانقطاع <5 محافظات> كبيرة
تبرع بمبلغ <مليون دولار> أمريكي
يقع على بعد <18 ميلا> من الساحل
سقط قتلى بينهم <1049> من النساء
أضرب الأطباء <الستة> عن الطعام
قتل <سبعة> من الجنود وجرح <50> آخرين
مقتل <جنديين> في انفجار
أصيب <شخصان> بجروح
أفرجوا عن <ما لا يقل عن ثلاثين أسيرا>
صوت له <62 في المائة> من الناخبين
أنفقت الدولة <1.5 مليار دولار>
وصل <عشرات الآلاف> إلى الحدود
وافق <ثلثا الأعضاء> على القانون
أعلن مقتل <13 شخصا> <و20 جريحا>
فاز الحزب <بـ15 مقعدا>
يبلغ من العمر <53 عاما>
قتل كريم حسن (<24 عاما>) في الحادث
حضر <ما بين 350 و400 متظاهر>
اعتقل <20-30 ناشطا>
أطلق <صاروخين> على القاعدة
نجا <شخص واحد> من الحادث
خسر <أكثر من نصف ثروته>
""".strip().splitlines()
NO_COUNTS = """
صدر قرار مجلس الأمن 2216 قبل سنوات
نصت المادة 7 على ذلك
حضر الدورة 27 للمهرجان
هذا هو الحل الثاني في الأزمة
قال أحد الجنود إن بعض القرى خالية
بحث الجانبان عدة ملفات
زار البلدين وفد كبير
سقطت طائرة من طراز إف 16 قرب الحدود
وصل مقاتلو طالبان إلى العاصمة
بثت قناة 24 الخبر
التقى بوتين نظيره
أصيب مسلحين كثر
ألف الكاتب رواية جديدة
لست أول من قال ذلك
حدث ذلك في آن واحد
""".strip().splitlines()


def found(sentence: str) -> str:
    tokens = Tokens.of(sentence)
    spans = [(tokens.words[m.start].start, tokens.words[m.end - 1].end) for m in find_counts(tokens)]
    return marked(sentence, spans)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_counts_in_running_text(sentence: str) -> None:
    assert found(unmarked(sentence)) == sentence


@pytest.mark.parametrize("sentence", NO_COUNTS)
def test_what_only_looks_like_a_count(sentence: str) -> None:
    assert found(sentence) == sentence


@given(st.text(max_size=80) | st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=14).map(" ".join))
def test_counts_stand_in_order(text: str) -> None:
    tokens = Tokens.of(text)
    end = 0
    for match in find_counts(tokens):
        assert end <= match.start < match.end <= tokens.length
        end = match.end


@pytest.mark.parametrize(
    ("word", "singular"),
    [
        ("جنديين", "جندي"),
        ("وجنديان", "جندي"),
        ("بصاروخين", "صاروخ"),
        ("مسلحان", "مسلح"),
        ("مسلحين", None),
        ("الجنديين", None),
        ("امرأتان", "امرأة"),
        ("طالبان", None),
        ("بوتين", None),
        ("أفغانستان", None),
        ("لبنان", None),
        ("مستشفيين", "مستشفى"),
    ],
)
def test_duals(word: str, singular: str | None) -> None:
    from khabar.text import fold

    assert dual_of(fold(word)) == singular


def test_sources_split_counts_by_how_they_are_written() -> None:
    document = Document(Page("p", "قتل 12 جنديا وأصيب سبعة آخرون وفقد مئات المدنيين أي 20% من السكان بينهم طفلان"))
    votes = {source.name: [document.text(v.start, v.end) for v in source.find(document)] for source in SOURCES}
    assert votes == {
        "digits_with_noun": ["12 جنديا"],
        "digits_alone": [],
        "number_words": ["سبعة"],
        "vague_quantity": ["مئات المدنيين"],
        "percentage": ["20%"],
        "dual_noun": ["طفلان"],
        "numbered_document": [],
        "uncounted_quantity": [],
    }


def test_document_numbers_and_uncounted_quantities_are_denied() -> None:
    document = Document(Page("p", "صدر القرار 2216 بعد عدة جلسات حضرها عدد من الوزراء"))
    denied = [(document.text(vote.start, vote.end), vote.label) for source in SOURCES for vote in source.find(document)]
    assert denied == [("2216", None), ("عدة", None), ("عدد من", None)]
