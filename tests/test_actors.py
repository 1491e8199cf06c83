from itertools import pairwise

import pytest

from khabar.pages import Page
from khabar.weak import actors, none
from khabar.weak.base import Document
from khabar.weak.noun_phrases import phrases
from khabar.weak.roles import actor_or_place


def found(text: str) -> list[str]:
    document = Document(Page("test", text))
    votes = {(vote.start, vote.end, vote.label) for source in actors.SOURCES for vote in source.find(document)}
    assert {label for _, _, label in votes} <= {"ACTOR"}
    return [document.text(start, end) for start, end, _ in sorted(votes)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("أعلنت وزارة الصحة السودانية ارتفاع الإصابات.", ["وزارة الصحة السودانية"]),
        ("التقى وزير الطاقة الجزائري سمير حداد نظيره الليبي.", ["وزير الطاقة الجزائري سمير حداد", "نظيره الليبي"]),
        ("صرح المتحدث باسم الكرملين بأن الحوار مستمر.", ["المتحدث باسم الكرملين"]),
        ("دعا الأمين العام للأمم المتحدة إلى الهدنة.", ["الأمين العام للأمم المتحدة"]),
        ("اعتقلت الشرطة التركية عشرات المحتجين.", ["الشرطة التركية"]),
        ("فاز حزب العدالة والتنمية بالأغلبية.", ["حزب العدالة والتنمية"]),
        ("انتقدت منظمة العفو الدولية القانون.", ["منظمة العفو الدولية"]),
        ('قتلت حركة "طالبان" الرهينة.', ['حركة "طالبان']),
        ("أصيب جنود سعوديون في الانفجار.", ["جنود سعوديون"]),
        ("احتج الفلسطينيون والأرمن على القرار.", ["الفلسطينيون", "والأرمن"]),
        ("أكدت حماس أن الوفد غادر.", ["حماس"]),
        ("وصلت قوات حفظ السلام الروسية إلى الموقع.", ["قوات حفظ السلام الروسية"]),
        ("قدم وزير التربية والتعليم اليمني استقالته.", ["وزير التربية والتعليم اليمني"]),
        ("ذكرت شبكة CNN أن المفاوضات توقفت.", ["شبكة CNN"]),
        ("نفى الاتحاد السوداني لكرة القدم الخبر.", ["الاتحاد السوداني لكرة القدم"]),
        ("رفضت موسكو الاقتراح.", ["موسكو"]),
        ("وقعت إثيوبيا وإريتريا اتفاق سلام.", ["إثيوبيا", "وإريتريا"]),
        ("قال الشيخ أحمد القاسم إن الصلح قريب.", ["الشيخ أحمد القاسم"]),
    ],
)
def test_actors_are_whole_noun_phrases(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "أعلنت الوزارة أن الجيش انسحب.",
        "اتفق الطرفان على هدنة جديدة.",
        "قال المتحدث إن المدنيين في خطر.",
        "قتل ثلاثة جنود فرنسيين في انفجار لغم.",
        "ارتفع سعر الخبز صباح الأحد الماضي.",
    ],
)
def test_bare_and_counted_nouns_are_no_actors(text: str) -> None:
    assert found(text) == []


def test_a_surname_alone_is_an_actor_after_the_full_name_on_the_page() -> None:
    text = "رفضت المبعوثة هيلغا كوفالسكا العرض.\nثم غادرت كوفالسكا القاعة."
    assert found(text) == ["المبعوثة هيلغا كوفالسكا", "كوفالسكا"]
    assert found("ثم غادرت كوفالسكا القاعة.") == []


def test_an_unknown_name_that_speaks_is_an_actor() -> None:
    assert found("وقال بوزنيف إن السد آمن.") == ["بوزنيف"]


@pytest.mark.parametrize(
    ("text", "label", "cue"),
    [
        ("جرت مباحثات بين قبرص واليونان.", "ACTOR", "preposition"),
        ("نشرت دوريات على الحدود بين تشاد والسودان.", "LOCATION", "preposition"),
        ("تظاهر الآلاف في قبرص.", "LOCATION", "preposition"),
        ("اتهمت قبرص جارتها.", "ACTOR", "verb"),
        ("قبرص: مقتل ثلاثة في حريق.", "LOCATION", "title"),
        ("قبرص: لن نتراجع.", "ACTOR", "title"),
        ("نيقوسيا، قبرص (رويترز) - بدأ الاقتراع.", "LOCATION", "dateline"),
        ("عاد المهاجرون من قبرص.", "LOCATION", "preposition"),
        ("جاء الرد بطلب من قبرص.", "ACTOR", "preposition"),
    ],
)
def test_the_role_of_a_state_is_read_from_its_cue(text: str, label: str, cue: str) -> None:
    document = Document(Page("test", text))
    state = next(phrase for phrase in phrases(document) if phrase.kind == "state")
    assert actor_or_place(document, state) == (label, cue)


def denied(text: str) -> list[str]:
    document = Document(Page("test", text))
    votes = {vote.start for source in none.SOURCES for vote in source.find(document) if vote.label is None}
    return [document.words[index].text for index in sorted(votes)]


def test_denials_leave_names_times_and_counts_alone() -> None:
    text = "وأضافت وزارة الصحة أن 12 شخصا أصيبوا في مدينة سرت مساء الجمعة، ولم تذكر التفاصيل."
    assert denied(text) == ["وأضافت", "أن", "في", "ولم", "تذكر", "التفاصيل", "."]


def test_a_bare_institution_is_denied_and_a_named_one_is_not() -> None:
    assert denied("قال الجيش إن الطريق مفتوح.") == ["قال", "الجيش", "إن", "الطريق", "مفتوح", "."]
    assert denied("قال الجيش المالي إن الطريق مفتوح.")[1] != "الجيش"


def test_every_source_says_what_it_is() -> None:
    for source in (*actors.SOURCES, *none.SOURCES):
        assert source.family in ("actors", "none")
        assert len(source.description) > 20


def test_phrases_never_overlap_and_stay_in_their_paragraph() -> None:
    text = "قال رئيس الوزراء\nالعراقي في بغداد إن حزب البعث، وحركة فتح، والأمم المتحدة وافقوا.\nعلي حسن"
    document = Document(Page("test", text))
    ordered = phrases(document)
    assert all(one.end <= other.start for one, other in pairwise(ordered))
    for phrase in ordered:
        assert any(words.start <= phrase.start < phrase.end <= words.stop for words in document.ranges)
