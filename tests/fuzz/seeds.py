"""What fuzzing starts from: pieces of text that break programs, pages that are too large, and texts made of pieces."""

from __future__ import annotations

import random
import unicodedata

PIECES = (
    # Line ends and blanks.
    "\n", "\n\n", "\r\n", "\r", "\t", " ", "\u00a0", "\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\u3000",
    # Bidi marks, embeddings, overrides and isolates; zero-width characters.
    "\u200e", "\u200f", "\u061c", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068",
    "\u2069", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad",
    # Presentation forms, ligatures, lone marks.
    "ﷲ", "ﻻ", "ﷺ", "ﷻ", "ﺍﻟﻌﺮﺑﻴﺔ", "ﴼ", "ﹰ", "ﱞ", "ﳲ", "﷼", "ﬁ", "½", "㎏", "①", "²",
    # Kashida, diacritics, combining marks piled up, marks without a letter.
    "ـ", "ـــــ", "مـــحمد", "مُحَمَّدٌ", "\u064b", "\u0651\u064e", "\u0670", "\u0300", "\u20dd", "\ufe0f",
    "a" + "\u0301" * 30, "ب" + "\u0651" * 30,
    # NFC and NFD twins.
    "\u0622ية", "\u0627\u0653ية", "م\u0624تمر", "م\u0648\u0654تمر", "رئ\u064aس", "ر\u064a\u0654يس", "\u00e9", "e\u0301",
    "\uac00", "\u1100\u1161",
    # Lone surrogates, NUL and other controls, what no decoder gives.
    "\ud800", "\udfff", "\udcff", "\ud83d", "\0", "\x01", "\x1b[31m", "\x7f", "\ufffe", "\ufffd", "\U0010ffff",
    # Emoji with modifiers and joiners, flags.
    "👍🏽", "👩‍👩‍👧‍👦", "🇸🇩", "❤️", "#️⃣",
    # Mixed digits, numbers at the edges of number formats.
    "١٢٣", "۱۲۳", "१२३", "1٢3۴", "1.5", "١٫٥", "١٬٢٣٤", "1,234,567.89", "٪", "%", "1e308", "99999999999999999999",
    "0", "00", "-1", "1/0", "١/١/٢٠١٨", "31/2/2023", "29-2-2023", "2023-13-45", "0/0/0000", "25:61", "٣٠:١٢",
    "12:30", "2^999", "1" * 70,
    # Numerals, counts, times and names.
    "مليون", "ألف", "ألفا", "مئة", "مئات", "عشرات الآلاف", "ثلاثة", "ثلث", "نصف", "ربع", "عشرون", "الثلاثون",
    "أكثر من", "نحو", "ما بين", "بين", "و", "أو", "إلى", "حتى", "من", "في", "على", "عن", "قبل", "بعد", "منذ", "خلال",
    "شخصا", "قتيلا", "جنود", "بالمئة", "دولار", "كيلومتر", "سالب", "صفر", "فاصلة", "أمس", "غدا", "اليوم", "الآن",
    "الساعة", "صباحا", "مساء", "الثلاثاء", "يوم", "أيام", "شهر", "عام", "عامين", "سنوات", "الماضي", "المقبل", "مارس",
    "شباط", "رمضان", "1445 هـ", "2023", "م", "هـ", "الأسبوع", "نهاية", "القرن العشرين", "السبعينيات", "GMT",
    "تاريخ النشر:", "2023-09-20", "20th, September 2023",
    "وزارة الصحة السودانية", "محمد بن علي", "الخرطوم", "لبنان", "الأمم المتحدة", "روسيا", "واشنطن", "قال", "أعلن",
    "المتحدث باسم", "وكالة الأنباء", "المصدر:", "اقرأ أيضا", "#خبر", "@khabar", "https://example.org/a?b=c&d",
    # Markup of annotated pages, JSON, CSV and HTML.
    "R|", "B|", "<A>", "</A>", "<L>", "</L>", "<T>", "</T>", "<C>", "</C>", "\\", "\\\\", "\\<A>", "|", "<", ">",
    '{"text": "', '"}', '{"id": 1, "text": "خبر"}', "{", "}", "[", "]", '"', "'", ",", ":", "null", "NaN", "id,text\n",
    '"a"b', ";", "<p>", "</p>", "<!--", "&#0;", "<script>", "=", "+", "-", "@",
    # Punctuation and letters of other scripts.
    ".", "،", "؛", "؟", "!", "«", "»", "“", "”", "(", ")", "…", "–", "—", "/", "_", "x", "News", "日本語", "Привет",
    "İ", "ß", "ΐ", "ﬀ", "پ", "چ", "گ", "ڤ", "ک", "ی", "ە", "ۀ", "ٱ",
)  # fmt: skip

SENTENCE = "أعلنت وزارة الصحة السودانية أمس أن 12 شخصا قتلوا في الخرطوم. "
#: Pages that are too large, by what is large in them.
LARGE = {
    "a word of a megabyte": "ب" * 1_000_000,
    "a number of a megabyte": "1" * 1_000_000,
    "a kashida of a megabyte": "م" + "ـ" * 1_000_000 + "د",
    "a million combining marks": "ب" + "\u0651" * 1_000_000,
    "a million marks without a letter": "\u200f" * 1_000_000,
    "100,000 paragraphs": "خبر قصير.\n" * 100_000,
    "200,000 blank lines": "\n \r\n\u200f\r" * 200_000,
    "a megabyte without a line end": SENTENCE * 16_000,
    "a megabyte without a blank": SENTENCE.replace(" ", "،") * 16_000,
    "a megabyte of opened marks": "«(<A>\\" * 200_000,
}
LEGACY = ("cp1256", "iso8859_6", "cp720", "cp1252", "gb18030")
_CODECS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", *LEGACY)


def text_of(data: bytes) -> str:
    """A text spelt by bytes, two for one of :data:`PIECES`, a code point, or a change of what stands so far."""
    text = ""
    for high, low in zip(data[::2], data[1::2], strict=False):
        if high < 0xD0:
            text += PIECES[(high << 8 | low) % len(PIECES)]
        elif high < 0xE0:
            text += chr(0x600 | low)
        elif high < 0xF0:
            text += chr((high & 0xF) << 16 | low << 8 | low)
        elif high < 0xF8:
            text += text[-1:] * low
        else:
            text = unicodedata.normalize(("NFC", "NFD", "NFKC", "NFKD")[low % 4], text)
    return text


def random_text(source: random.Random) -> str:
    """A text of up to some twenty pieces."""
    return text_of(source.randbytes(source.choice((2, 4, 8, 16, 16, 32, 48))))


def random_bytes(source: random.Random) -> bytes:
    """A text in some encoding, whole or with bytes changed, cut out or put in; or just bytes."""
    if source.random() < 0.1:
        return source.randbytes(source.randrange(40))
    text = random_text(source) * source.choice((1, 1, 1, 4))
    raw = bytearray(text.encode(source.choice(_CODECS), source.choice(("ignore", "replace"))))
    for _ in range(source.choice((0, 0, 1, 3))):
        at = source.randrange(len(raw) + 1)
        raw[at : at + source.randrange(3)] = source.randbytes(source.randrange(3))
    return bytes(raw)
