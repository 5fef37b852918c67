"""Bytes → characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.encoding import decode, find_signature

LONG_RUSSIAN = "Завод снова откроется в мае после ремонта, который стоил пять миллионов рублей, сообщила компания. " * 4
LONG_GERMAN = "Das Werk in Köln öffnet im März wieder; die Erneuerung kostete fünf Millionen, hieß es am Dienstag. " * 4
LONG_POLISH = "Zakład w Łodzi zostanie ponownie otwarty w maju; naprawa kosztowała pięć milionów złotych. " * 4
LONG_TURKISH = (
    "Fabrika beş milyon liralık onarımın ardından mayıs ayında yeniden açılacak, işçiler çok mutlu oldu. " * 4
)
LONG_LATVIAN = "Rūpnīca pēc remonta, kas maksāja piecus miljonus, maijā tiks atvērta no jauna, sacīja īpašnieks. " * 4
EXAMPLES: list[tuple[bytes, str | None, str]] = [
    ("é".encode(), None, "é"),  # UTF-8 is the default
    ("é".encode("utf-8-sig"), "text/html; charset=iso-8859-1", "é"),  # a mark says more than a header
    ("é€".encode("utf-16"), None, "é€"),  # with a mark
    ("<p>abc é".encode("utf-16-le"), None, "<p>abc é"),  # without one
    ("<p>abc é".encode("utf-16-be"), None, "<p>abc é"),
    ("<p>abc é".encode("utf-32"), None, "<p>abc é"),
    ("“5€”".encode("cp1252"), "text/html; charset=ISO-8859-1", "“5€”"),  # on the web this means windows-1252
    (b"<meta charset=windows-1250>" + "Łoś".encode("cp1250"), None, "<meta charset=windows-1250>Łoś"),
    (b"<?xml version='1.0' encoding='iso-8859-2'?>" + "Łoś".encode("iso-8859-2"), None, "Łoś"),
    (b"<meta charset=utf-16>" + "é".encode(), None, "é"),  # what could be read cannot be UTF-16
    ("é".encode(), "text/html; charset=iso-8859-1", "é"),  # valid UTF-8 is no accident
    ("日本".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本"),
    ("中国".encode("gbk"), 'text/html; charset="gb2312"', "中国"),
    ("한국".encode("euc-kr"), "text/html; charset=ks_c_5601-1987", "한국"),
    ("ไทย".encode("tis-620"), "text/html; charset=TIS-620", "ไทย"),
    (LONG_RUSSIAN.encode("cp1251"), None, LONG_RUSSIAN),  # nobody says, the bytes do
    (LONG_GERMAN.encode("cp1252"), None, LONG_GERMAN),
    (b"<html lang=pl>" + LONG_POLISH.encode("cp1250"), None, LONG_POLISH),  # the language settles it
    (b"<html lang=pl-PL>" + LONG_POLISH.encode("iso-8859-2"), None, LONG_POLISH),
    (b"<html class=x lang='tr'>" + LONG_TURKISH.encode("cp1254"), None, LONG_TURKISH),
    (b'<html lang="lv">' + LONG_LATVIAN.encode("cp1257"), None, LONG_LATVIAN),
    (b"<html lang=en>" + LONG_GERMAN.encode("cp1252"), None, LONG_GERMAN),  # a language that says nothing of it
    (b"<html lang=pl>" + LONG_POLISH.encode(), None, LONG_POLISH),  # UTF-8 is UTF-8
    (b"caf\xe9", "text/html; charset=nonsense", "café"),  # an unknown label is none
    (b"+ADw-", "text/html; charset=utf-7", "+ADw-"),  # refused: a way to smuggle markup
    ("ééé".encode() + b"\xff", "text/html; charset=utf-8", "ééé\ufffd"),  # one broken byte breaks nothing else
]


@pytest.mark.parametrize(("body", "content_type", "text"), EXAMPLES)
def test_decode(body: bytes, content_type: str | None, text: str) -> None:
    assert decode(body, content_type).endswith(text)


KNOWN_FAILURES = [(LONG_POLISH.encode("cp1250"), LONG_POLISH)]  # undeclared and Central European: taken for Baltic


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("body", "text"), KNOWN_FAILURES)
def test_known_failures(body: bytes, text: str) -> None:
    assert decode(body) == text


SIGNATURES: list[tuple[bytes, str | None]] = [
    (b"PK\x03\x04rest", "a ZIP archive or Office document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (bytes(range(256)), "binary"),  # all kinds of bytes
    (b"\0" * 100, "binary"),
    ("Hello".encode("utf-16-le"), None),  # zeros with a reason
    (b"one \x01 in very many characters " * 9, "binary"),  # 3 % are too many
    (b"a stray \x01" + b" does no harm" * 9, None),
]


@pytest.mark.parametrize(("body", "kind"), SIGNATURES)
def test_find_signature(body: bytes, kind: str | None) -> None:
    assert find_signature(body) == kind


@given(st.binary(), st.one_of(st.none(), st.text().map("text/html; charset={}".format)))
def test_decode_never_raises(body: bytes, content_type: str | None) -> None:
    decode(body, content_type).encode("utf8", "surrogatepass")
    find_signature(body)
