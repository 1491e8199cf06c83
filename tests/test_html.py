"""HTML pages: the whole text that trafilatura lets through, and what the page says of itself."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from khabar.cli import run_command
from khabar.pages import KhabarError, Page
from khabar.reading import read_pages
from khabar.reading.html import page_of_html

pytest.importorskip("trafilatura")

ARTICLE = """<article><h1>انفجار في المدينة</h1>
<p>أعلنت <b>وزارة الصحة</b> السودانية
أمس أن 12 شخصا قتلوا في الخرطوم.</p>
<p>وقال المتحدث باسم الحكومة إن التحقيق بدأ.<br>وأضاف أنه مستمر.</p>
<p>المصدر: وكالة الأنباء</p>
<h3>اقرأ أيضا</h3><ul><li><a href="/2">افتتاح معرض الكتاب في الرباط</a></li><li>بند بلا رابط</li></ul>
<table><tr><td>القتلى</td><td>12</td></tr></table></article>"""
HTML = f"""<!doctype html><html lang="ar" dir="rtl"><head>
<title>انفجار في المدينة - موقع</title><meta property="og:title" content="انفجار في المدينة">
<link rel="canonical" href="https://example.org/news/1">
<meta property="article:published_time" content="2023-09-20T10:00:00+03:00"></head><body>
<main>{ARTICLE}<div id="comments"><div class="comment"><p>تعليق من قارئ على هذا الخبر المهم</p></div></div></main>
<script>var x = "نص";</script></body></html>"""
TEXT = """انفجار في المدينة
أعلنت وزارة الصحة السودانية أمس أن 12 شخصا قتلوا في الخرطوم.
وقال المتحدث باسم الحكومة إن التحقيق بدأ.
وأضاف أنه مستمر.
المصدر: وكالة الأنباء
اقرأ أيضا
افتتاح معرض الكتاب في الرباط
بند بلا رابط
القتلى 12"""


def test_text_title_day_and_address() -> None:
    page = page_of_html(HTML, page_id="p")
    assert page.text.startswith(TEXT)
    assert "تعليق من قارئ على هذا الخبر المهم" in page.text
    assert "var x" not in page.text
    assert (page.title, page.published, page.url) == (
        "انفجار في المدينة",
        "2023-09-20",
        "https://example.org/news/1",
    )


def test_a_day_in_the_text_is_not_the_day_of_publication() -> None:
    page = page_of_html(f"<html><body>{ARTICLE}<p>في 3 مارس 2019 بدأ كل شيء.</p></body></html>", page_id="p")
    assert page.published is None


def test_a_fragment_is_read() -> None:
    assert page_of_html("<p>فقرة من صفحة بلا صفحة.</p>", page_id="p") == Page("p", "فقرة من صفحة بلا صفحة.")


@pytest.mark.parametrize("html", ["", " \n", "<html></html>", "\0" * 100, "<script>1</script>", "<!-- خبر -->"])
def test_html_without_text_is_an_error(html: str) -> None:
    with pytest.raises(KhabarError, match="no text found in this HTML"):
        page_of_html(html, page_id="p")


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "نص",
        "<table>" * 2_000 + "<td>نص",
        "<a b='" + "x" * 100_000,
        "&" * 100_000,
        "<p>&#xD800;&#0;&#x110000;&#x202E;نص طويل</p>",
        '<?xml version="1.0" encoding="utf-8"?><html><body><p>نص طويل</p></body></html>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><html><body><p>نص &e; طويل</p></body></html>',
    ],
)
def test_hostile_html_is_text_or_one_line(tmp_path: Path, html: str) -> None:
    (tmp_path / "p.html").write_text(html, "utf-8")
    (page,) = read_pages([tmp_path])
    page.text.encode("utf-8")
    assert Path("/etc/hostname").read_text().strip() not in page.text
    assert "\n" not in (page.error or "")


@pytest.mark.parametrize(
    ("codec", "declared", "told"),
    [
        ("utf-8", "windows-1252", False),  # Valid UTF-8 is UTF-8, whatever it says of itself.
        ("cp1256", "windows-1252", True),
        ("iso8859_6", "", True),
    ],
)
def test_encodings_of_html(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, codec: str, declared: str, told: bool
) -> None:
    html = HTML.replace("<head>", f'<head><meta charset="{declared}">')
    (tmp_path / "p.HTM").write_bytes(html.encode(codec))
    (page,) = read_pages([tmp_path])
    assert page.text.startswith(TEXT)
    assert ("not UTF-8" in caplog.text) == told


def test_a_page_in_no_arabic_encoding_is_read_as_it_declares(tmp_path: Path) -> None:
    html = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1252"></head><body>%s</body>'
    )
    text = "Le président français a été élu à Paris, après une année très mouvementée."
    (tmp_path / "a.html").write_bytes((html % f"<p>{text}</p>").encode("cp1252"))
    (tmp_path / "b.html").write_bytes((html % f"<p>{text}</p>").replace("charset", "x").encode("cp1252"))
    first, second = read_pages([tmp_path])
    assert first.text == text
    assert str(second.error).endswith("is not UTF-8; save the page as UTF-8")


def test_without_trafilatura_the_call_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.html").write_text(HTML, "utf-8")
    found = importlib.util.find_spec

    def missing(name: str, *arguments: Any) -> Any:
        return None if name == "trafilatura" else found(name, *arguments)

    monkeypatch.setattr(importlib.util, "find_spec", missing)
    for command in ("infer", "label"):
        assert run_command(command, [str(tmp_path)]) == 2
        assert capsys.readouterr().err == (
            f"error: {tmp_path}/p.html: reading HTML needs trafilatura, which is not installed; "
            "pip install 'khabar[html]'\n"
        )
