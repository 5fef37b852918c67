"""PDF → the parts of a release: its title, its paragraphs, and what it says of its date."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from extractors.pdf_layout import Paragraph, make_paragraphs, usual_height
from extractors.pdf_lines import Line, pdf_words, upright

MAX_PAGES = 300
MAX_LETTERS = 500_000
_MEGABYTES = 384
_CPU_SECONDS = 20
_WALL_SECONDS = 120
_WORKER = Path(__file__).with_name("pdf_worker.py")
_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD of PDFium's fpdfview.h."""
_HEADER_REACH = 1024
"""Bytes in which readers look for the header (ISO 32000-1, annex H.3, note 13)."""
_FEWEST_LETTERS = 15
_FEWEST_READABLE = 0.7
"""Share of a text's characters that must stand for something; fonts that do not say what they draw give less."""
_HEAD = 12
"""Paragraphs among which title and date are looked for."""
_LARGER = 1.12
"""Times the height of most letters from which a line is a heading."""
_LETTERHEAD_WORDS = 2
"""Words of a large first line that is rather an organisation's name than a title."""
_LONGEST_TITLE = 300
_LONGEST_DATE_LINE = 120
_DATELINE = re.compile(r"(.{4,100}?)(?:\s[–—―-]{1,2}\s|[–—―]|\s?--)", re.S)
_SPACED = re.compile(r"(?<=\b\w) (?=\w\b)")
"""Between letters that are spaced out, as in `N E W S`."""
_CREATED = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_SIGNS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {
        "\uf0b7": "•",
        "\uf0a7": "▪",
        "\uf06f": "□",
        "\uf0d8": "➢",
        "\uf076": "❖",
        "\uf0fc": "✓",
        "\uf02d": "–",
        "\uf0e0": "→",
    }
)
"""Ligatures, and the marks of lists that word processors take from the fonts Symbol and Wingdings."""
_UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")


class PdfError(ValueError):
    """A PDF without a text that can be read: `encrypted`, `scanned`, `broken`, `too_large` or `no_text`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class PdfText(NamedTuple):
    """What a PDF says."""

    title: str
    """"" where no line stands out."""
    paragraphs: list[str]
    """Without the title."""
    dates: list[str]
    """Words that may give the date of publication, most trusted first."""
    created: str | None
    """ISO date on which the file was made, by its metadata."""


def is_pdf(body: bytes) -> bool:
    """Whether bytes are a PDF, perhaps behind other bytes that a server put before it.

    >>> is_pdf(b"\\r\\n%PDF-1.7"), is_pdf(b"About %PDF-1.7")
    (True, False)
    """
    return body.lstrip().startswith(b"%PDF-") or (b"%PDF-" in body[:_HEADER_REACH] and b"endobj" in body)


def read_pdf(body: bytes, title: str = "") -> PdfText:
    """Title, paragraphs and dates of a PDF; `title` is the one that a feed gave. Raises PdfError.

    PDFium reads it in a process of its own with 384 MB and 20 seconds of processor time: a file that wants more is
    `too_large`, as is one of more than 300 pages or half a million letters.
    """
    found = _run_worker(body)
    _refuse(found)
    pages = [_page_lines(page, number) for number, page in enumerate(found["pages"])]
    paragraphs = [item for item in make_paragraphs(pages) if item.text.strip()]
    _refuse_unreadable(found["pages"], paragraphs)
    headline = find_title(paragraphs, (title, found["meta"]["Title"]))
    head = [item.text for item in paragraphs[:_HEAD] if item not in headline]
    created = _CREATED.match(found["meta"]["CreationDate"])
    return PdfText(
        " ".join(item.text.replace("\n", " ") for item in headline),
        [item.text for item in paragraphs if item not in headline],
        _date_words(head),
        "-".join(created.groups()) if created else None,
    )


def _run_worker(body: bytes) -> dict[str, Any]:
    """What the worker found. Raises PdfError where it ended without an answer."""
    limits = map(str, (_MEGABYTES, _CPU_SECONDS, MAX_PAGES, MAX_LETTERS))
    command = [sys.executable, "-I", str(_WORKER), *limits]
    too_costly = PdfError(
        "too_large", f"needs more than {_CPU_SECONDS} seconds or {_MEGABYTES} MB; save its text in a file"
    )
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=_WALL_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise too_costly from error
    if done.returncode < 0 or b"MemoryError" in done.stderr:  # ended by the system
        raise too_costly
    if done.returncode:
        last = done.stderr.decode("utf8", "replace").strip().rpartition("\n")[2]
        raise PdfError("broken", f"cannot be read ({last}); save its text in a file")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _refuse(found: dict[str, Any]) -> None:
    """Raise PdfError for what PDFium could not open."""
    if found.get("error") == _PASSWORD_ERROR:
        raise PdfError("encrypted", "is encrypted and asks for a password; save it without one")
    if "error" in found or not found["count"]:
        raise PdfError("broken", "is a PDF that cannot be opened; fetch or save it again")
    if not found["pages"]:
        limits = f"more than {MAX_PAGES} of them or {MAX_LETTERS:,} letters"
        raise PdfError("too_large", f"has {found['count']:,} pages, {limits}; save the release alone")
    if lost := [number for number, page in enumerate(found["pages"], start=1) if page["broken"]]:
        raise PdfError("broken", f"page {lost[0]} of {found['count']} cannot be read; fetch or save it again")


def _page_lines(page: dict[str, Any], number: int) -> list[Line]:
    """Upright lines of a page."""
    lines = [
        (Line(text.translate(_SIGNS).strip(), left, bottom, right, top, weight, number), angle)
        for text, left, bottom, right, top, weight, angle in page["lines"]
    ]
    return upright([(line, angle) for line, angle in lines if line.text])


def _refuse_unreadable(pages: Sequence[dict[str, Any]], paragraphs: Sequence[Paragraph]) -> None:
    """Raise PdfError for pictures of text, for no text, and for signs that stand for nothing."""
    text = "".join(item.text for item in paragraphs)
    letters = sum(map(str.isalpha, text))
    if letters < _FEWEST_LETTERS and any(page["pictures"] for page in pages):
        raise PdfError(
            "scanned", "is a scan without a text; let a program for text recognition (OCR) write one into it"
        )
    unreadable = len(_UNREADABLE.findall(text))
    if letters < _FEWEST_LETTERS or unreadable > (1 - _FEWEST_READABLE) * len(text):
        raise PdfError(
            "no_text", "has no words, or fonts that do not say which letters they draw; save its text in a file"
        )


def find_title(paragraphs: Sequence[Paragraph], declared: Sequence[str]) -> list[Paragraph]:
    """The paragraph that is the title, if there is one: a declared one, else the first of the largest or bold ones.

    `declared` are titles by the feed and the file's metadata, which count only where the first page shows them.
    """
    head = [item for item in paragraphs[:_HEAD] if item.page == 0 and _may_be_title(item.text)]
    named = [item for title in declared for item in head if title and _letters(item.text) == _letters(title)][:1]
    usual = usual_height(paragraphs)
    large = [item for item in head if item.height >= _LARGER * usual]
    bold = [item for item in head if item.is_bold and paragraphs[-1] is not item]
    for group in (named, large, bold):
        if group:
            largest = max(group, key=lambda item: round(item.height))
            is_name = len(largest.text.split()) <= _LETTERHEAD_WORDS and largest is group[0]
            worded = [item for item in group if len(item.text.split()) > 2 * _LETTERHEAD_WORDS] if is_name else []
            return [max(worded or [largest], key=lambda item: round(item.height))]
    return []


def _may_be_title(text: str) -> bool:
    words = _SPACED.sub("", " ".join(text.split()))
    is_kind = pdf_words()["above_title"].fullmatch(words) or _is_date_alone(words)
    return sum(map(str.isalpha, words)) >= 4 and len(words) <= _LONGEST_TITLE and not is_kind


def _is_date_alone(words: str) -> bool:
    """Whether a line has a year and few other words."""
    return (
        bool(re.search(r"\b(?:19|20)\d\d\b", words))
        and len(words.split()) <= 5
        and bool(re.search(r"\b\d{1,2}\b", words))
    )


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _date_words(head: Sequence[str]) -> list[str]:
    """Lines of the head that are short, then the place and date before the first dash of a paragraph."""
    short = [text for text in head if len(text) <= _LONGEST_DATE_LINE]
    return short + [found[1] for text in head if len(text) > _LONGEST_DATE_LINE and (found := _DATELINE.match(text))]
