"""The lines of a PDF, read in a process of its own: bytes on standard input, JSON on standard output.

PDFium is fast and careful, but written in C++, and a few hundred bytes can make it fill gigabytes: here a hostile file
ends a process that has little memory and time, and nothing else. Runs alone and imports nothing of this project's.
"""

import json
import sys
from collections.abc import Iterator
from ctypes import byref, c_double
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_GAP = 1.5
"""Widths between words, in heights of the line, from which they stand in two columns or cells."""
_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
"""What PDFium gives for a hyphen at a line's end."""
_LINE_ENDS = frozenset({0x0A, 0x0D})
_PICTURES = frozenset({raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM})


class _Sign(NamedTuple):
    code: int
    place: int


class _Box(NamedTuple):
    left: float
    right: float
    bottom: float
    top: float


def limit(megabytes: int, seconds: int) -> None:
    """Bound this process's memory and processor time, and forbid it to write files, where the system can do so."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, value in (("AS", megabytes << 20), ("CPU", seconds), ("FSIZE", 0), ("CORE", 0)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def read(body: bytes, max_pages: int, max_letters: int) -> dict[str, Any]:
    """Number of pages, metadata and pages, or an `error` of PDFium's own; no pages where there is too much of them.

    A page has its lines, each with text, left, bottom, right, top (in points from the lower left corner), weight of its
    font and angle in degrees, and says whether it is `broken` or has `pictures` and no words.
    """
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        return {"error": getattr(error, "err_code", None) or raw.FPDF_ERR_FORMAT}
    count = len(document)
    if count > max_pages:
        return {"count": count, "pages": []}
    pages: list[dict[str, Any]] = []
    for number in range(count):
        pages.append(_page(document, number, max_letters))
        max_letters -= pages[-1]["letters"]
        if max_letters < 0:
            return {"count": count, "pages": []}
    meta = {key: document.get_metadata_value(key) for key in ("Title", "CreationDate")}
    return {"count": count, "meta": meta, "pages": pages}


def _page(document: pdfium.PdfDocument, number: int, max_letters: int) -> dict[str, Any]:
    try:
        page = document[number]
        words = page.get_textpage()
    except pdfium.PdfiumError:
        return {"broken": True, "pictures": False, "letters": 0, "lines": []}
    letters = words.count_chars()
    lines = [part for line in _lines(words) for part in _split(words, line)] if letters <= max_letters else []
    objects = (raw.FPDFPage_GetObject(page, n) for n in range(min(raw.FPDFPage_CountObjects(page), 1000)))
    pictured = not lines and any(raw.FPDFPageObj_GetType(item) in _PICTURES for item in objects)
    page.close()
    return {"broken": False, "pictures": pictured, "letters": letters, "lines": lines}


def _lines(words: pdfium.PdfTextPage) -> Iterator[list[_Sign]]:
    """Characters between line ends, in the order in which the page writes them; PDFium joins divided words itself."""
    line: list[_Sign] = []
    for index in range(words.count_chars()):
        code = raw.FPDFText_GetUnicode(words, index)
        divided = line and line[-1].code in _HYPHENS and code
        if code in _LINE_ENDS or (divided and _is_lower(words, line[-1], _Sign(code, index))):
            yield line
            line = []
        if code and code not in _LINE_ENDS:
            line.append(_Sign(code, index))
    yield line


def _is_lower(words: pdfium.PdfTextPage, before: _Sign, sign: _Sign) -> bool:
    """Whether a sign stands on another line than the one before it."""
    one, other = _box(words, before), _box(words, sign)
    return other.top < one.bottom + (one.top - one.bottom) / 2 or other.right < one.left


def _split(words: pdfium.PdfTextPage, line: list[_Sign]) -> Iterator[list[Any]]:
    """A line's parts between wide gaps."""
    line = _stripped(line)
    if not line:
        return
    start, box = 0, _box(words, line[0])
    height = max(box.top - box.bottom, box.right - box.left, 1.0)
    for place, (before, sign) in enumerate(pairwise(line)):
        if before.code == 0x20 and sign.code != 0x20:
            last = _stripped(line[: place + 1])[-1]
            if _gap(_box(words, last), _box(words, sign)) > _GAP * height:
                yield _part(words, line[start : place + 1])
                start = place + 1
    yield _part(words, line[start:])


def _gap(one: _Box, other: _Box) -> float:
    """Distance of two boxes, in whatever direction their line runs."""
    across = max(other.left - one.right, one.left - other.right)
    return max(across, other.bottom - one.top, one.bottom - other.top)


def _stripped(line: list[_Sign]) -> list[_Sign]:
    start, end = 0, len(line)
    while start < end and line[start].code == 0x20:
        start += 1
    while end > start and line[end - 1].code == 0x20:
        end -= 1
    return line[start:end]


def _part(words: pdfium.PdfTextPage, line: list[_Sign]) -> list[Any]:
    line = _stripped(line)
    text = "".join("\xad" if sign.code in _HYPHENS else chr(sign.code) for sign in line if sign.code < 0x110000)
    points = (line[0], line[len(line) // 2], line[-1])
    boxes = [_box(words, sign) for sign in points]
    sides = (
        min(b.left for b in boxes),
        min(b.bottom for b in boxes),
        max(b.right for b in boxes),
        max(b.top for b in boxes),
    )
    weight = min(raw.FPDFText_GetFontWeight(words, sign.place) for sign in points)
    angle = round(raw.FPDFText_GetCharAngle(words, points[1].place) * 57.29578)
    return [text, *(round(side, 2) for side in sides), weight, angle % 360]


def _box(words: pdfium.PdfTextPage, sign: _Sign) -> _Box:
    sides = [c_double() for _ in range(4)]
    left, right, bottom, top = sides
    rect = raw.FS_RECTF()
    if raw.FPDFText_GetLooseCharBox(words, sign.place, byref(rect)):
        return _Box(rect.left, rect.right, rect.bottom, rect.top)
    raw.FPDFText_GetCharBox(words, sign.place, *map(byref, sides))
    return _Box(left.value, right.value, bottom.value, top.value)


def main() -> None:
    """Arguments: megabytes of memory, seconds of processor time, pages, letters."""
    megabytes, seconds, max_pages, max_letters = map(int, sys.argv[1:])
    limit(megabytes, seconds)
    json.dump(read(sys.stdin.buffer.read(), max_pages, max_letters), sys.stdout)


if __name__ == "__main__":
    main()
