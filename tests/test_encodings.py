"""Which encoding a file is in: UTF-8 where it is that, another one only where that is clear, and then it is told."""

from __future__ import annotations

import codecs
import logging
from pathlib import Path

import pytest

from khabar.pages import Page
from khabar.reading import read_pages
from khabar.reading.charset import MARKING, UNDECODABLE, UTF8, decode, detect

NEWS = "أعلنت وزارة الصحة السودانية أمس أن 12 شخصا قتلوا في الخرطوم، وقال المتحدث باسم الحكومة إن التحقيق بدأ."
LATIN = "The ministry said on Tuesday that 12 people were killed."
#: Texts of other languages, in encodings that cannot be told for certain.
OTHERS = {
    "cp1252": "Le président français a été élu à Paris, après une année très mouvementée. " * 3,
    "iso8859_9": "Cumhurbaşkanı dün Ankara'da düzenlenen törende konuştu, görüşmeler sürüyor dedi. " * 3,
    "cp1250": "Prezydent przybył wczoraj do Łodzi, gdzie żółty deszcz zalał część ulic. " * 3,
    "cp1251": "Президент прибыл в Москву вчера вечером, сообщили агентства новостей. " * 3,
    "koi8_r": "Президент прибыл в Москву вчера вечером, сообщили агентства новостей. " * 3,
    "cp1253": "Ο πρόεδρος έφτασε χθες το βράδυ στην Αθήνα, ανέφεραν τα πρακτορεία. " * 3,
    "cp1255": "הנשיא הגיע אמש לירושלים, כך דיווחו סוכנויות הידיעות בעולם. " * 3,
    "gb18030": "总统昨晚抵达北京，新闻机构报道说会谈将于今天开始。" * 5,
    "shift_jis": "大統領は昨夜東京に到着したと通信社が報じた。会談は今日始まる。" * 5,
    "euc_kr": "대통령은 어젯밤 서울에 도착했다고 통신사들이 보도했다. " * 5,
}


@pytest.mark.parametrize(
    ("codec", "mark", "found"),
    [
        ("utf-8", b"", UTF8),
        ("utf-8", codecs.BOM_UTF8, UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("utf-32-le", codecs.BOM_UTF32_LE, "utf-32"),
        ("utf-32-le", b"", "utf-32-le"),
        ("utf-32-be", b"", "utf-32-be"),
        ("cp1256", b"", "cp1256"),
        ("iso8859_6", b"", "iso8859_6"),
    ],
)
def test_encodings_are_recognised(codec: str, mark: bytes, found: str) -> None:
    assert decode(mark + NEWS.encode(codec)) == (NEWS, found)


def test_the_encoding_of_dos_is_left_to_charset_normalizer() -> None:
    text = NEWS.replace("،", "") * 3
    assert decode(text.encode("cp720")) == (text, "cp720")


def test_what_windows_1256_has_beyond_arabic_letters() -> None:
    text = f"«{NEWS}» – كما قال “فلان”… في Besançon، پارس چ ژ گ ‌"
    assert decode(text.encode("cp1256")) == (text, "cp1256")


@pytest.mark.parametrize("text", [LATIN, NEWS, "", "a\0b\0c", "نص\0", "é", "日本語", "\u200f\u202b"])
def test_valid_utf8_is_utf8(text: str) -> None:
    assert decode(text.encode()) == (text, UTF8)


@pytest.mark.parametrize(
    "raw",
    [
        NEWS.encode()[:-2],
        b"ok \xff",
        NEWS.encode() + b"\xe1\xed",
        NEWS.encode() + NEWS.encode("cp1256"),
        "خبر".encode("cp1256"),  # Too short to tell.
        *(text.encode(codec) for codec, text in OTHERS.items()),
        bytes(range(256)) * 4,
    ],
)
def test_what_is_not_clear_is_no_other_encoding(raw: bytes) -> None:
    text, codec = decode(raw)
    assert codec == UTF8
    assert UNDECODABLE in text


def test_a_sample_may_end_inside_a_character() -> None:
    raw = NEWS.encode()
    assert {detect(raw[:end], whole=False) for end in range(len(raw))} == {UTF8}
    assert {detect(NEWS.encode("utf-16-le")[:end], whole=False) for end in range(16, 60)} == {"utf-16-le"}


def test_the_mark_is_given_by_no_other_bytes() -> None:
    assert UNDECODABLE.encode("utf-8", "surrogatepass").decode("utf-8", MARKING) == UNDECODABLE * 3
    assert UNDECODABLE.encode("utf-16-le", "surrogatepass").decode("utf-16-le", MARKING) == UNDECODABLE
    with pytest.raises(UnicodeEncodeError):
        "\ud800".encode("utf-8", MARKING)


def test_files_of_other_encodings_are_read_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.txt").write_bytes(NEWS.encode("cp1256"))
    (tmp_path / "b.jsonl").write_bytes(f'{{"id": "b", "text": "{NEWS}"}}\r\n'.encode("utf-16"))
    (tmp_path / "c.csv").write_bytes(f'id,text\r\nc,"{NEWS}"\r\n'.encode("iso8859_6"))
    (tmp_path / "d.txt").write_text(NEWS, "utf-8")
    with caplog.at_level(logging.WARNING):
        pages = list(read_pages([tmp_path]))
    assert pages == [Page(name, NEWS) for name in "abcd"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}/a.txt: read as Windows-1256, not UTF-8",
        f"{tmp_path}/b.jsonl: read as UTF-16, not UTF-8",
        f"{tmp_path}/c.csv: read as ISO-8859-6, not UTF-8",
    ]


def test_many_files_of_other_encodings_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(12):
        (tmp_path / f"{number:02}.txt").write_bytes(NEWS.encode("cp1256" if number % 2 else "utf-16"))
    with caplog.at_level(logging.WARNING):
        assert [page.text for page in read_pages([tmp_path])] == [NEWS] * 12
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 11
    assert messages[9] == f"{tmp_path}/09.txt: read as Windows-1256, not UTF-8"
    assert messages[10] == "12 files were not read as UTF-8 (6 × UTF-16, 6 × Windows-1256)"


def test_a_broken_line_of_utf16_is_one_error(tmp_path: Path) -> None:
    lines = [f'{{"id": "{number}", "text": "{NEWS}"}}\n'.encode("utf-16-le") for number in range(3)]
    lines[1] = lines[1].replace("س".encode("utf-16-le"), b"\x00\xd8", 1)
    (tmp_path / "p.jsonl").write_bytes(codecs.BOM_UTF16_LE + b"".join(lines) + b"\x31")
    pages = list(read_pages([tmp_path]))
    assert [page.id for page in pages] == ["0", "p-2", "2", "p-4"]
    at = f'{{"id": "1", "text": "{NEWS}"}}\n'.encode("utf-16-le").index("س".encode("utf-16-le"))
    assert pages[1].error == f"{tmp_path}/p.jsonl, line 2: byte {at} is not UTF-16; save the page as UTF-8"
    assert pages[3].error == f"{tmp_path}/p.jsonl, line 4: byte 0 is not UTF-16; save the page as UTF-8"


def test_the_beginning_of_a_byte_order_mark_is_no_empty_file(tmp_path: Path) -> None:
    (tmp_path / "cut.jsonl").write_bytes(b"\xef\xbb")
    (page,) = read_pages([str(tmp_path / "cut.jsonl")])
    assert page.error == f"{tmp_path}/cut.jsonl, line 1: byte 0 is not UTF-8; save the page as UTF-8"
