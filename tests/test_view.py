"""The page view's data and file: values as shown, offsets as a browser counts them, nothing of a page as markup."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from khabar.cli import main
from khabar.pages import KhabarError, Page, Paragraph, Span
from khabar.values import span_value
from khabar.views.page_view import page_view, write_page_view
from khabar.views.place_map import background, locate
from khabar.views.viewed import ViewedPage, read_viewed, view_data


def page_of(text: str, *spans: tuple[str, str], published: str | None = None, **fields: Any) -> Page:
    """A page of one report paragraph with spans given as (label, text) in order."""
    page = Page("p", text, published=published, paragraphs=[Paragraph(0, len(text), "report", 0.9)], **fields)
    at = 0
    for label, written in spans:
        at = text.index(written, at)
        page.spans.append(Span(at, at + len(written), label, written, 0.75, 0, span_value(label, written, published)))
        at += len(written)
    return page


def things_of(*pages: Page) -> list[dict[str, Any]]:
    things: list[dict[str, Any]] = view_data(map(ViewedPage, pages))["things"]
    return things


def write_records(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


def test_spellings_of_one_actor_are_one_thing_under_the_most_frequent() -> None:
    page = page_of(
        "قالت أذربيجان، وردت اذربيجان، ثم اذربيجان.",
        ("ACTOR", "أذربيجان"),
        ("ACTOR", "اذربيجان"),
        ("ACTOR", "اذربيجان"),
    )
    assert things_of(page) == [{"name": "اذربيجان", "label": "ACTOR", "country": "AZ"}]


@pytest.mark.parametrize(
    ("label", "written", "expected"),
    [
        ("TIME", "أمس", {"name": "2024-10-01", "value": "2024-10-01", "when": ["2024-10-01", "2024-10-01"]}),
        (
            "TIME",
            "عام 2020",
            {"name": "2020", "value": "2020 (2020-01-01 – 2020-12-31)", "when": ["2020-01-01", "2020-12-31"]},
        ),
        ("TIME", "ثلاث ساعات", {"name": "ثلاث ساعات", "value": "PT3H"}),
        (
            "COUNT",
            "أكثر من 1500 شخص",
            {
                "name": "\u2066> 1,500\u2069 شخص",
                "value": "\u2066> 1,500\u2069 شخص",
                "unit": "شخص",
                "group": "people ",
                "amount": "\u2066> 1,500\u2069",
                "size": 1500,
            },
        ),
        (
            "COUNT",
            "ما بين 20 و30 كتابا",
            {
                "name": "\u206620–30\u2069 كتابا",
                "value": "\u206620–30\u2069 كتابا",
                "unit": "كتابا",
                "group": "كتابا",
                "amount": "\u206620–30\u2069",
                "size": 20,
            },
        ),
        (
            "COUNT",
            "5 ملايين دولار",
            {
                "name": "\u20665,000,000\u2069 دولار",
                "value": "\u20665,000,000\u2069 دولار (USD)",
                "unit": "دولار",
                "group": "money USD",
                "amount": "\u20665,000,000\u2069",
                "size": 5000000,
            },
        ),
        ("LOCATION", "وباكو", {"name": "باكو", "country": "AZ", "at": [40.378, 49.892, 1]}),
        ("LOCATION", "وادي النسيم", {"name": "وادي النسيم", "country": ""}),
    ],
)
def test_things_are_told_by_their_values(label: str, written: str, expected: dict[str, Any]) -> None:
    assert things_of(page_of(f"نص {written} هنا", (label, written), published="2024-10-02")) == [
        {"label": label} | expected
    ]


@pytest.mark.parametrize("value", [None, {"number": "?"}, {"relation": "="}, {"timex": 5, "start": 1, "end": 2}])
def test_values_that_cannot_be_read_or_are_of_another_make_stop_nothing(value: dict[str, Any] | None) -> None:
    page = Page("p", "عدد", paragraphs=[Paragraph(0, 3)], spans=[Span(0, 3, "COUNT", "عدد", None, 0, value)])
    (thing,) = things_of(page)
    assert thing["label"] == "COUNT"


def test_offsets_count_as_browsers_do() -> None:
    page = page_of("😀😀 أعلنت الهيئة 😀 أمس", ("ACTOR", "الهيئة"), ("TIME", "أمس"))
    ((_, score, text, spans),) = view_data([ViewedPage(page)])["pages"][0]["paragraphs"]
    units = text.encode("utf-16-le")
    assert [units[2 * start : 2 * end].decode("utf-16-le") for start, end, *_ in spans] == ["الهيئة", "أمس"]
    assert score == 0.9


def test_spans_that_overlap_an_earlier_one_are_left_out() -> None:
    spans = [Span(0, 5, "ACTOR"), Span(3, 8, "TIME"), Span(6, 8, "COUNT")]
    page = Page("p", "وزارة الصحة", paragraphs=[Paragraph(0, 11)], spans=spans)
    ((*_, placed),) = view_data([ViewedPage(page)])["pages"][0]["paragraphs"]
    assert [(start, end) for start, end, *_ in placed] == [(0, 5), (6, 8)]


def test_labels_of_other_sets_follow_the_known_ones() -> None:
    page = Page("p", "زلزال", paragraphs=[Paragraph(0, 5)], spans=[Span(0, 5, "EVENT")])
    assert view_data([ViewedPage(page)])["labels"] == ["ACTOR", "LOCATION", "TIME", "COUNT", "EVENT"]


def test_a_place_without_a_point_lies_in_the_middle_of_its_country() -> None:
    assert locate("باكو") == (40.378, 49.892, True)
    point = locate("أذربيجان")
    assert point is not None
    assert not point.exact
    assert 38 < point.latitude < 42
    assert 44 < point.longitude < 51
    fiji = locate("فيجي")
    assert fiji is not None
    assert abs(fiji.longitude) > 170
    assert locate("وادي النسيم") is None
    assert len(background()["points"]) > 2000
    assert [40.378, 49.892, "باكو"] in background()["capitals"]


def test_records_without_text_show_their_spans(tmp_path: Path) -> None:
    page = page_of("أعلنت الوزارة أمس النتائج", ("ACTOR", "الوزارة"), ("TIME", "أمس"))
    (viewed,) = read_viewed(write_records(tmp_path / "t.jsonl", page.to_dict(("id", "spans", "paragraphs"))))
    assert not viewed.has_text
    record = view_data([viewed])["pages"][0]
    assert record["textless"] is True
    assert [paragraph[:3] for paragraph in record["paragraphs"]] == [["report", 0.9, "الوزارة · أمس"]]


@pytest.mark.parametrize("line", ["[1]", "{", '{"id": "a"}', '{"id": "a", "spans": [{"start": 0}]}', '{"text": 5}'])
def test_what_is_no_record_is_told_in_one_line(tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bad.jsonl"
    source.write_text(line + "\n", "utf-8")
    assert main(["view", str(source), "-o", str(tmp_path / "out.html")]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: {source}, line 1: no record of khabar's output (")
    assert told.count("\n") == 1
    assert not (tmp_path / "out.html").exists()


def test_missing_and_empty_files_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.jsonl").touch()
    assert main(["view", str(tmp_path / "none.jsonl"), "-o", str(tmp_path / "out.html")]) == 2
    assert main(["view", str(tmp_path / "empty.jsonl"), "-o", str(tmp_path / "out.html")]) == 2
    none, empty = capsys.readouterr().err.splitlines()
    assert "cannot be read (No such file or directory)" in none
    assert "holds no page" in empty


def test_an_output_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(KhabarError, match="is a folder"):
        write_page_view([], tmp_path, title="t")
    (tmp_path / "file").touch()
    with pytest.raises(KhabarError, match="cannot be written"):
        write_page_view([], tmp_path / "file" / "out.html", title="t")


def test_nothing_of_a_page_is_markup() -> None:
    attack = "</script><script>alert(1)</script><!-- <b>"
    page = page_of(attack, ("ACTOR", attack), title=attack, url=attack, meta={attack: attack}, error=attack)
    html = page_view([ViewedPage(page)], title=attack)
    assert "alert(1)</script>" not in html
    assert html.count("<script") == html.count("</script>") == 2
    assert html.count("<!--") == 0
    data = re.search('id="data">(.*?)</script>', html, re.DOTALL)
    assert data is not None
    assert json.loads(data.group(1))["pages"][0]["title"] == attack


def test_lone_surrogates_are_escaped() -> None:
    html = page_view([ViewedPage(page_of("نص \ud83d هنا"))], title="a\ud83db")
    assert "\\ud83d" in html
    html.encode("utf-8")


def test_the_policy_lets_in_this_style_and_script_alone() -> None:
    html = page_view([], title="t")
    policy = re.search('Content-Security-Policy" content="([^"]+)"', html)
    script = re.search("<script>(.*)</script>", html, re.DOTALL)
    style = re.search("<style>(.*)</style>", html, re.DOTALL)
    assert policy is not None
    assert script is not None
    assert style is not None

    def named(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    assert policy.group(1) == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {named(style.group(1))}; script-src {named(script.group(1))}"
    )


def test_all_languages_have_the_same_words() -> None:
    assets = Path(__file__).parents[1] / "khabar" / "views" / "assets"
    words = json.loads((assets / "words.json").read_text("utf-8"))
    assert words["ar"].keys() == words["en"].keys()
    scripts = "".join(path.read_text("utf-8") for path in sorted(assets.glob("*.js")))
    used = set(re.findall(r'word\("([^"]+)"\)', scripts)) | set(
        re.findall('data-word="([^"]+)"', (assets / "view.html").read_text("utf-8"))
    )
    assert used - words["ar"].keys() == set()
