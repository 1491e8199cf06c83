"""Kinds of boundary errors: gold in ‹…›, predicted in [...]."""

import pytest

from khabar.boundaries import KINDS, BoundaryError, boundary_error
from khabar.labels import SPAN_LABELS


def error_of(marked: str, label: str) -> BoundaryError:
    """The boundary error of a sentence in which ‹ › stand around the gold span and [ ] around the predicted one."""
    text, marks = "", {}
    for character in marked:
        if character in "‹›[]":
            marks[character] = len(text)
        else:
            text += character
    return boundary_error(text, (marks["‹"], marks["›"]), (marks["["], marks["]"]), label)


@pytest.mark.parametrize(
    ("marked", "kind", "taken_in"),
    [
        ("قال ‹وزير الخارجية الفرنسي [شارل دوبون›] أمس", "title", False),
        ("قال [الدكتور ‹سامي حداد›] أمس", "title", True),
        ("انسحبت ‹[الشرطة] المالطية› من الساحة", "nationality adjective", False),
        ("زار ‹[وزير] الخارجية› العاصمة", "idafa tail", False),
        ("زار [‹وزير› الخارجية] العاصمة", "idafa tail", True),
        ("أعلنت ‹[لجنة] حقوق الطفل› تقريرها", "idafa tail", False),
        ("قال ‹[الرئيس الفرنسي] شارل مارتان›", "name", False),
        ("قال ‹شارل [مارتان›]", "name", False),
        ("قال ‹[المتحدث] باسم الشرطة› إن", "prepositional phrase", False),
        ("دعا ‹[الأمين العام] للأمم المتحدة› إلى", "prepositional phrase", False),
        ("أقال [‹الرئيس› السابق] نفسه", "other adjective", True),
        ("بين [‹مالطا› وقبرص] اتفاق", "coordination", True),
        ("في [مالطا ‹وقبرص›] معا", "coordination", True),
        ("في [‹مالطا›، قبرص] معا", "coordination", True),
        ('قالت ‹حركة "[الفجر›]" إنها', "quotes or brackets", False),
        ("نفى ‹[الاتحاد] (عون)› ذلك", "quotes or brackets", False),
        ("وصل ‹ل[مالطا›] أمس", "clitic", False),
        ("ضمن ‹و«[مالطا›]» أيضا", "clitic", False),
        ("قالت ‹منظمة [السلام›]", "head noun", False),
        ("قال ‹[شارل مارتان] وزير الصحة›", "title", False),
        ("قال ‹[شارل مارتان] الوزير السابق›", "title", False),
        ("قال ‹[نائب] رئيس الوزراء›", "idafa tail", False),
        ("قال ‹[مستشارو] الرئيس› أمس", "idafa tail", False),
        ("قال ‹[محمد] الزيلعي› أمس", "name", False),
        ("قال ‹محمد [حسن›] أمس", "name", False),
        ("قال [أعلنت ‹مالطا›] أمس", "other", True),
    ],
)
def test_actors(marked: str, kind: str, taken_in: bool) -> None:
    assert error_of(marked, "ACTOR") == (kind, taken_in)


@pytest.mark.parametrize(
    ("marked", "kind", "taken_in"),
    [
        ("في ‹مدينة [صفد›] القديمة", "head noun", False),
        ("في [شمال ‹مالطا›] القديمة", "direction", True),
        ("في ‹[الأراضي] المالطية›", "nationality adjective", False),
        ("في ‹أراضي [مالطا›] القديمة", "head noun", False),
    ],
)
def test_locations(marked: str, kind: str, taken_in: bool) -> None:
    assert error_of(marked, "LOCATION") == (kind, taken_in)


@pytest.mark.parametrize(
    ("marked", "kind", "taken_in"),
    [
        ("وصل [منذ ‹ثلاثة أيام›] فقط", "preposition", True),
        ("وصل [‹20 يونيو› على الساعة الواحدة]", "preposition", True),
        ("وصل ‹[اليوم الثلاثاء] صباحا›", "part of the day", False),
        ("وصل ‹فجر [السبت›]", "part of the day", False),
        ("وصل ‹[20 يونيو] 2019› ظافرا", "date or period", False),
        ("بقي ‹نحو [10 ساعات›] هناك", "approximator", False),
        ("بقي ‹ل[عشر ساعات›] هناك", "clitic", False),
        ("غادر [وصل ‹أمس›]", "other", True),
    ],
)
def test_times(marked: str, kind: str, taken_in: bool) -> None:
    assert error_of(marked, "TIME") == (kind, taken_in)


@pytest.mark.parametrize(
    ("marked", "kind", "taken_in"),
    [
        ("قتل ‹أكثر من [20 جنديا›] أمس", "approximator", False),
        ("قتل ‹ما لا يقل [عن 20 جنديا›] أمس", "approximator", False),
        ("قتل ‹[20] جنديا› أمس", "counted noun", False),
        ("قتل [‹20 جنديا› مالطيا] أمس", "counted noun", True),
        ("نزح ‹[13 ألفا] و500 نازح› أمس", "number", False),
        ("نزح ‹بـ[500 نازح›] أمس", "clitic", False),
        ("قتل ‹جنديين [اثنين›] أمس", "counted noun", False),
        ("أصيب [‹20 جنديا› في] أمس", "preposition", True),
    ],
)
def test_counts(marked: str, kind: str, taken_in: bool) -> None:
    assert error_of(marked, "COUNT") == (kind, taken_in)


def test_of_two_sides_the_one_that_says_more() -> None:
    assert error_of("قال ‹[أعلن وزير] الخارجية›", "ACTOR") == ("idafa tail", False)
    assert error_of("أكد [أعلن ‹الوزير] شارل دوبون›", "ACTOR") == ("name", False)
    assert error_of("أكد ‹الوزير [شارل› دوبون]", "ACTOR") == ("title", False)


def test_every_label_has_kinds_and_other() -> None:
    assert set(KINDS) == set(SPAN_LABELS)
    assert all(kinds[-1] == "other" and len(set(kinds)) == len(kinds) for kinds in KINDS.values())
