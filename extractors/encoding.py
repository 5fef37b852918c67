"""Bytes → characters: which encoding a page or file is written in."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import charset_normalizer

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s;\"',]+)", re.I)
_META_CHARSET = re.compile(rb"<(?:meta|\?xml)\b[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:+-]+)", re.I)
_LANGUAGE = re.compile(rb"<html\b[^>]{0,400}?\blang\s*=\s*[\"']?\s*([a-z]{2})(?![a-z])", re.I)
_C1 = re.compile(rb"[\x80-\x9f]")
"""Signs in the encodings of Windows; in those of ISO 8859, controls that no page has."""
_META_REACH = 4096
"""Bytes searched for a declaration; the standard says 1024, pages with long comments need more."""
_SAMPLE = 65536
_FEWEST_SIGNS = 12
"""Bytes beyond ASCII from which an encoding can be told; with fewer, windows-1252 is right most often."""
_MAGIC = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or Office document",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"{\\rtf": "an RTF document",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"RIFF": "a media file",
    b"\x7fELF": "a program",
    b"SQLite format 3\0": "a SQLite database",
}
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\x1a"))


class _Encodings(NamedTuple):
    labels: dict[str, str]
    refused: frozenset[str]
    multibyte: frozenset[str]
    languages: dict[str, list[str]]


@cache
def _encodings() -> _Encodings:
    data = json.loads((files("extractors.data") / "encodings.json").read_text(encoding="utf8"))
    return _Encodings(data["labels"], frozenset(data["refused"]), frozenset(data["multibyte"]), data["languages"])


def read_label(label: str) -> str | None:
    """Name of Python's codec for an encoding label as browsers understand it, or None if there is none.

    >>> read_label("ISO-8859-1"), read_label("UTF8"), read_label("utf-7"), read_label("nonsense")
    ('cp1252', 'utf-8', None, None)
    """
    label = label.strip().lower()
    if label in _encodings().refused or not label.isascii():
        return None
    try:
        info = codecs.lookup(_encodings().labels.get(label, label))
    except (LookupError, ValueError):
        return None
    is_text = getattr(info, "_is_text_encoding", True)  # "base64" and "zlib" are codecs too
    return info.name if is_text and info.name.replace("_", "-") not in _encodings().refused else None


def read_charset(content_type: str | None) -> str | None:
    """Codec that a `Content-Type` header names.

    >>> read_charset("text/html; charset=Windows-1252")
    'cp1252'
    >>> read_charset("text/html")
    """
    found = _HEADER_CHARSET.search(content_type or "")
    return read_label(found[1]) if found else None


def find_signature(body: bytes) -> str | None:
    """What kind of binary file these bytes are, in words, or None where they can be text.

    >>> find_signature(b"%PDF-1.7"), find_signature(b"Hello")
    ('a PDF document', None)
    """
    if any(body.startswith(bom) for bom, _ in _BOMS):
        return None
    for magic, kind in _MAGIC.items():
        if body.startswith(magic):
            return kind
    head = body[:4096]
    controls = len(head) - len(head.translate(None, _CONTROL))
    return "binary" if controls > len(head) // 50 and _guess_wide(body) is None else None


def decode(body: bytes, content_type: str | None = None) -> str:
    """The characters of a page or text file; raises nothing: bytes that stand for none become U+FFFD.

    Order: byte order mark, HTTP header, declaration in the page, UTF-8, the page's language, statistics. A declared
    single-byte encoding gives way where the bytes are valid UTF-8, since that does not happen by chance.

    >>> decode("Łódź".encode("iso-8859-2"), "text/html; charset=iso-8859-2")
    'Łódź'
    >>> decode("café".encode(), "text/html; charset=iso-8859-1")
    'café'
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body.decode(name, "replace")
    if wide := _guess_wide(body):
        return body.decode(wide, "replace")
    declared = list(_declared(body, content_type))
    if not any(name in _encodings().multibyte for name in declared):
        declared.insert(0, "utf-8")
    text = _decode_strictly(body, declared)
    return _decode_loosely(body, declared) if text is None else text


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    if name := read_charset(content_type):
        yield name
    meta = _META_CHARSET.search(body, 0, _META_REACH)
    name = read_label(meta[1].decode("ascii", "replace")) if meta else None
    if name:  # a declaration that could be read byte by byte cannot be of two-byte units
        yield "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def _guess_wide(body: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: markup or Latin text has its zero bytes in a pattern."""
    head = body[:512]
    if len(head) < 4 or b"\0" not in head:
        return None
    zeros = [head[phase::4].count(0) / max(1, len(head[phase::4])) > 0.7 for phase in range(4)]
    patterns = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return patterns.get((zeros[0], zeros[1], zeros[2], zeros[3]))


def _decode_strictly(body: bytes, names: Iterable[str]) -> str | None:
    for name in names:
        try:
            return body.decode(name)
        except (UnicodeDecodeError, ValueError):
            continue
    return None


def _decode_loosely(body: bytes, declared: list[str]) -> str:
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken <= sum(1 for char in text if char > "\x7f") - broken:  # UTF-8 with a few broken bytes
        return text
    named = next((name for name in declared if name != "utf-8"), None)
    is_enough = sum(byte > 127 for byte in body[:_SAMPLE]) >= _FEWEST_SIGNS
    named = named or _of_language(body)
    guess = charset_normalizer.from_bytes(body[:_SAMPLE]).best() if is_enough and not named else None
    return body.decode(named or (guess.encoding if guess else "cp1252"), "replace")


def _of_language(body: bytes) -> str | None:
    """The encoding that a page's language was written in, where it is one whose letters statistics cannot tell."""
    declared = _LANGUAGE.search(body, 0, _META_REACH)
    windows, iso = _encodings().languages.get(declared[1].decode().lower(), ("", "")) if declared else ("", "")
    return (windows if _C1.search(body) else iso) or None
