import pytest

from khabar.arabic import nationalities, places
from khabar.pages import Page
from khabar.text import fold
from khabar.weak import places as sources
from khabar.weak.base import Document


def found(text: str) -> list[str]:
    document = Document(Page("test", text))
    votes = {(vote.start, vote.end, vote.label) for source in sources.SOURCES for vote in source.find(document)}
    assert {label for _, _, label in votes} <= {"LOCATION"}
    return [document.text(start, end) for start, end, _ in sorted(votes)]


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("القاهرة", "capital", "EG"),
        ("بالقاهرة", "capital", "EG"),
        ("غزه", "region", "PS"),
        ("قطاع غزة", "region", "PS"),
        ("أمريكا", "country", "US"),
        ("اميركا", "country", "US"),
        ("للولايات المتحدة", "country", "US"),
        ("مدينة بنغازي", "city", "LY"),
        ("وأذربيجان", "country", "AZ"),
        ("قرة باغ", "region", "AZ"),
        ("بوركينا فاسو", "country", "BF"),
        ("العاصمة كييف", "capital", "UA"),
        ("جنوب السودان", "country", "SS"),
        ("البحر الأحمر", "water", ""),
    ],
)
def test_a_place_is_found_by_its_spellings(name: str, kind: str, country: str) -> None:
    place = places.lookup(name)
    assert place is not None
    assert (place.kind, place.country) == (kind, country)


@pytest.mark.parametrize("word", ["بين", "كان", "الوزارة", "محمد", "أمس", "مدينة كبيرة", ""])
def test_an_ordinary_word_is_no_place(word: str) -> None:
    assert places.lookup(word) is None


def test_coordinates_and_population_come_with_a_city() -> None:
    place = places.lookup("بغداد")
    assert place is not None
    assert place.latitude == pytest.approx(33.3, abs=0.1)
    assert place.longitude == pytest.approx(44.4, abs=0.1)
    assert place.population > 5_000_000


def test_a_capital_is_found_by_its_country() -> None:
    capital = places.capital_of("YE")
    assert capital is not None
    assert capital.name == "صنعاء"
    assert places.capital_of("XX") is None


@pytest.mark.parametrize(
    ("adjective", "country"),
    [
        ("العراقية", "IQ"),
        ("سعوديون", "SA"),
        ("الأميركيين", "US"),
        ("فرنسي", "FR"),
        ("الأوكرانية", "UA"),
        ("ليبيتين", "LY"),
    ],
)
def test_nationalities_are_made_from_countries(adjective: str, country: str) -> None:
    assert nationalities.forms()[fold(adjective)] == country


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ارتفعت الأسعار في السودان خلال العام الجاري.", ["السودان"]),
        ("عاد الوفد من باماكو بعد زيارة قصيرة.", ["باماكو"]),
        ("جفت الآبار في مدينة درنة ومحافظة شبوة.", ["مدينة درنة", "ومحافظة شبوة"]),
        ("توسعت الحرائق في الأراضي اليونانية قرب أثينا.", ["الأراضي اليونانية", "أثينا"]),
        ("وصل المراقبون إلى العاصمة الليبية طرابلس أمس.", ["العاصمة الليبية طرابلس"]),
        ("غرق مركب قبالة سواحل تونس.", ["سواحل تونس"]),
        ("قال شهود إن الأمطار غمرت بلدة زلفانة.", ["بلدة زلفانة"]),
        ("نيامي، النيجر (رويترز) -- خرج الآلاف إلى الشوارع.", ["نيامي", "النيجر"]),
        ("تقع المصفاة بالبصرة.", ["بالبصرة"]),
        ("امتدت الهزة إلى مدينتي حلب وإدلب.", ["مدينتي حلب وإدلب"]),
        ("جنيف - بدأت اليوم محادثات جديدة حول المناخ بين الخبراء.", ["جنيف"]),
    ],
)
def test_places_are_found_with_their_type_nouns(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "أعلنت باكو وقف إطلاق النار.",
        "وقعت أرمينيا اتفاقا مع جارتها.",
        "بدأ الاجتماع في الساعة التاسعة بتوقيت موسكو.",
        "خصصت الشركة مبلغا ماليا كبيرا.",
        "وصل المدير صباح الخميس.",
        "لونت الجدران البيضاء.",
    ],
)
def test_a_state_that_acts_and_an_ordinary_word_are_no_locations(text: str) -> None:
    assert found(text) == []
