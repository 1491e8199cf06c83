"""Which encoding bytes are in: UTF-8 where they are UTF-8, another one only where that is clear.

A byte order mark decides. Without one, valid UTF-8 is UTF-8, and so is what is mostly valid: a broken page is told,
not guessed at. Text in which every second byte is 0 or 6 is UTF-16, and where two of four are 0 UTF-32. Of the
encodings of a byte a letter, Windows-1256 and ISO-8859-6 are tried by rule, and the DOS one by charset-normalizer; the
text must come out as Arabic, or it stays undecoded.
"""

from __future__ import annotations

import codecs
import re

UTF8 = "utf-8-sig"
#: What stands in decoded text for bytes that are not of its encoding; no decoder gives it otherwise.
UNDECODABLE = "\udcff"
#: The error handler that puts :data:`UNDECODABLE` there.
MARKING = "khabar.undecodable"
#: Names for people.
NAMES = {
    UTF8: "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32 LE",
    "utf-32-be": "UTF-32 BE",
    "cp1256": "Windows-1256",
    "iso8859_6": "ISO-8859-6",
    "cp720": "DOS 720",
}

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32"),  # Begins as UTF-16's does.
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WITHOUT_MARK = {UTF8: "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_BY_RULE = ("cp1256", "iso8859_6")
_RARE = ["cp720"]
_JUDGED_BYTES = 1 << 16
#: What other files begin with.
_NO_TEXT = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"\x1f\x8b": "compressed",
    b"\x28\xb5\x2f\xfd": "compressed",
}
#: Pairs of bytes that are UTF-8 by chance, for each byte that is not, in Arabic of a byte a letter: one in ten at most.
_CHANCE = 0.1
_LEAST_LETTERS = 10
_HIGH = re.compile(rb"[\x80-\xff]")
_ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a]")
_ARABIC_TEXT = re.compile("[\u060c\u061b\u061f\u0621-\u0652\u0660-\u066c\u0671-\u06d3«»“”‘’–—…•\u00a0\u200c-\u200f]")
#: Together some 60 % of the letters of any Arabic text.
_COMMON = re.compile("[اليمنورتبة]")
_LEAST_COMMON = 0.5
_LEAST_ARABIC = 0.9
#: Accented letters of other languages, read as Arabic ones, stand in the middle of Latin words.
_MIXED = re.compile("[A-Za-z][\u0621-\u063a\u0641-\u064a]|[\u0621-\u063a\u0641-\u064a][A-Za-z]")
_MOST_MIXED = 0.1
_DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*((?:windows-125|iso-8859-1?)\d)\b""", re.IGNORECASE)


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNDECODABLE, error.end


codecs.register_error(MARKING, _mark)


def detect(sample: bytes, *, whole: bool = True) -> str:
    """The codec of a text that begins with ``sample`` (or is it, ``whole``); UTF-8 where no other is clear."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return codec
    return _wide_without_mark(sample) or (UTF8 if _is_utf8(sample, whole) else _of_a_byte_a_letter(sample)) or UTF8


def decode(raw: bytes, *, html: bool = False) -> tuple[str, str]:
    """A whole text and its codec; what cannot be decoded is :data:`UNDECODABLE`.

    With ``html``, text of no Arabic encoding is taken by the one that it declares.
    """
    codec = detect(raw)
    text = raw.decode(codec, MARKING)
    if html and UNDECODABLE in text and (declared := _DECLARED.search(raw[:4096])):
        codec = codecs.lookup(declared[1].decode("ascii")).name
        text = raw.decode(codec, MARKING)
    return text, codec


def fault(text: str, codec: str) -> str | None:
    """Why a decoded text is unusable, in words; None where all of it could be decoded."""
    at = text.find(UNDECODABLE)
    if at < 0:
        return None
    byte = len(text[:at].encode(_WITHOUT_MARK.get(codec, codec), "surrogatepass"))
    return f"byte {byte} is not {NAMES.get(codec, codec)}; save the page as UTF-8"


def no_text(raw: bytes) -> str | None:
    """What a file that cannot be decoded is instead of a text, where its first bytes say so."""
    return next((kind for beginning, kind in _NO_TEXT.items() if raw.startswith(beginning)), None)


def _wide_without_mark(sample: bytes) -> str | None:
    """UTF-32 where two of four bytes are always 0; UTF-16 where one of two is (nearly) always 0 or 6, as in Arabic."""
    if len(sample) < 8:
        return None
    fours = [sample[place : len(sample) // 4 * 4 : 4] for place in range(4)]
    for codec, zeros in (("utf-32-le", fours[2:]), ("utf-32-be", fours[:2])):
        if all(column.count(0) == len(column) for column in zeros):
            return codec
    even, odd = sample[0 : len(sample) // 2 * 2 : 2], sample[1::2]
    for codec, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if _zeros_and_sixes(high) >= 0.8 * len(high) and _zeros_and_sixes(low) <= 0.05 * len(low):
            return codec
    return None


def _zeros_and_sixes(column: bytes) -> int:
    return column.count(0) + column.count(6)


def _is_utf8(sample: bytes, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, whole)
    except UnicodeDecodeError:
        return False
    return True


def _of_a_byte_a_letter(sample: bytes) -> str | None:
    judged = sample[:_JUDGED_BYTES]
    as_utf8 = judged.decode("utf-8", MARKING)
    undecodable = as_utf8.count(UNDECODABLE)
    if sum(character > "\x7f" for character in as_utf8) - undecodable > _CHANCE * undecodable:
        return None
    scores = {codec: score for codec in _BY_RULE if (score := _arabic(judged, codec)) is not None}
    if scores:
        return max(scores, key=scores.__getitem__)
    if len(_HIGH.findall(judged)) < _LEAST_LETTERS:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(judged, cp_isolation=_RARE).best()
    return best.encoding if best is not None and _arabic(judged, best.encoding) is not None else None


def _arabic(raw: bytes, codec: str) -> float | None:
    """How common the letters are that the bytes give in this encoding, up to 1; None where they are not Arabic text."""
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    letters = len(_ARABIC.findall(text))
    if letters < _LEAST_LETTERS or len(_MIXED.findall(text)) > _MOST_MIXED * letters:
        return None
    if len(_ARABIC_TEXT.findall(text)) < _LEAST_ARABIC * len(_HIGH.findall(raw)):
        return None
    common = len(_COMMON.findall(text)) / letters
    return common if common >= _LEAST_COMMON else None
