"""PDFs → Releases: titles, dates; scans, locks and hostile files."""

import datetime as dt
import io
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from extractors.files import FileEntry, FileProblem, read_file
from extractors.page import PageError, read_page
from extractors.pdf import MAX_LETTERS, MAX_PAGES, PdfError, PdfText, is_pdf, read_pdf
from schemas.page import FetchedPage
from schemas.source import Link, Source
from tests.pdfs import (
    BODY,
    COLUMNS,
    FIRST,
    HEADING,
    LEFT,
    PARAGRAPHS,
    SUBHEAD,
    TITLE,
    drawn,
    lines,
    one_page,
    packed,
    story,
    typeset,
    written,
)


def _title(*heads: tuple[str, ParagraphStyle], declared: str = "") -> str:
    return read_pdf(typeset([*(Paragraph(*item) for item in heads), *story()[1:]], title=declared)).title


NAME = ParagraphStyle("name", HEADING, fontSize=26, leading=30)
TITLES: list[tuple[str, tuple[tuple[str, ParagraphStyle], ...], str]] = [
    (TITLE, ((TITLE, HEADING),), ""),  # the largest line
    (TITLE, (("PRESS RELEASE", NAME), (TITLE, HEADING)), ""),  # what kind of text it is, larger still
    (TITLE, (("P R E S S &nbsp; R E L E A S E", NAME), (TITLE, HEADING)), ""),  # its letters spaced out
    (TITLE, (("Harbour Trust", NAME), (TITLE, HEADING)), ""),  # the issuer's name, larger still
    (TITLE, ((TITLE, HEADING), ("A second, smaller headline below it", SUBHEAD)), ""),  # a smaller one
    (TITLE, (("4 May 2025", NAME), (TITLE, HEADING)), ""),  # a date in large letters
    (TITLE, ((TITLE, SUBHEAD),), ""),  # bold only
    (TITLE, ((TITLE, BODY),), TITLE),  # plain, but the file says so
    (TITLE, ((TITLE, HEADING),), "Microsoft Word - release final v3.docx"),  # what programs put there
    ("", (("Harwich", BODY),), ""),  # nothing stands out
]


@pytest.mark.parametrize(("expected", "heads", "declared"), TITLES)
def test_titles(expected: str, heads: tuple[tuple[str, ParagraphStyle], ...], declared: str) -> None:
    assert _title(*heads, declared=declared) == expected


SOURCE = Source.model_validate({"name": "quay", "url": "https://quay.example/", "discover": "listing", "country": "GB"})
URL = "https://quay.example/releases/7.pdf"
PLAIN = "The rope works on Quay Street will reopen this month after a repair, the Harbour Trust said at noon."


def _fetched(body: bytes, content_type: str = "application/pdf", published: dt.date | None = None) -> FetchedPage:
    link = Link(source="quay", url=URL, published=published)
    at = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    return FetchedPage(link=link, final_url=URL, status=200, fetched_at=at, content_type=content_type, body=body)


DATES: list[tuple[str, dt.date | None, str | None]] = [
    ("4 May 2025", None, "2025-05-04"),  # a line of its own
    ("For release on 04/05/2025", None, "2025-05-04"),  # in the order of the source's country
    (FIRST, None, "2025-05-04"),  # place and date before the dash
    (FIRST, dt.date(2025, 5, 5), "2025-05-04"),  # the text is trusted more than the feed
    ("No date at all", dt.date(2025, 5, 5), "2025-05-05"),  # the feed more than the file's own date
    ("No date at all", None, "2000-01-01"),  # that of the file, which tests keep at the turn of the century
    ("4 May 2029", None, "2000-01-01"),  # the future is a mistake
]


@pytest.mark.parametrize(("words", "hint", "expected"), DATES)
def test_dates(words: str, hint: dt.date | None, expected: str | None) -> None:
    body = typeset([Paragraph(TITLE, HEADING), Paragraph(words, BODY), Paragraph(PLAIN, BODY)])
    release = read_page(_fetched(body, published=hint), SOURCE)
    assert str(release.published) == expected
    assert (release.title, release.url, release.language, release.country) == (TITLE, URL, "en", "GB")


@pytest.mark.parametrize(
    "content_type", ["application/pdf", "text/html; charset=utf-8", "application/octet-stream", "text/plain"]
)
def test_a_fetched_pdf_is_known_by_its_bytes(content_type: str) -> None:
    body = typeset(story())
    assert read_page(_fetched(body, content_type), SOURCE).text == "\n\n".join([TITLE, *PARAGRAPHS])


@pytest.mark.parametrize("name", ["a.pdf", "A.PDF", "release", "a.html", "a.txt"])
def test_a_pdf_is_a_file_like_any_other(name: str) -> None:
    found = next(read_file(name, typeset(story())))
    assert isinstance(found, FileEntry)
    assert found.release.text == "\n\n".join([TITLE, *PARAGRAPHS])


def test_the_locks_of_owners_hinder_nobody_from_reading() -> None:
    assert read_pdf(drawn([LEFT], password="")).paragraphs == COLUMNS[:2]


def test_damage_that_can_be_repaired() -> None:
    body = drawn([LEFT])
    for damaged in (b"\r\n\r\n" + body, body.replace(b"startxref", b"startxxxx"), body + b"\0" * 99):
        assert read_pdf(damaged).paragraphs == COLUMNS[:2]


def _scan() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    grey = b"P5 400 600 255\n" + bytes(range(240)) * 1000
    for _ in range(2):
        canvas.drawImage(ImageReader(io.BytesIO(grey)), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _tree(depth: int, width: int) -> bytes:
    """Page nodes, each of which holds the next one many times over."""
    nodes = [b"<< /Type /Pages /Kids [%b] /Count 99 >>" % (b"%d 0 R " % (n + 3) * width) for n in range(depth)]
    return written([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>"])


def _pages(count: int) -> bytes:
    kids = b"".join(b"%d 0 R " % (n + 3) for n in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    return written(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count),
            *[page] * count,
        ]
    )


LOOP = b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000000 >>"
LETTERS = b"BT /F 9 Tf " + b"(A) Tj 1 0 Td " * 100_000 + b"ET "
BROKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a password": ("encrypted", lambda: drawn([LEFT], password="quay")),  # noqa: S106
    "pictures of text": ("scanned", _scan),
    "nothing but its first line": ("broken", lambda: b"%PDF-1.7\n"),
    "noise": ("broken", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 99),
    "cut off after a third": ("broken", lambda: (body := typeset(story()))[: len(body) // 3]),
    "cut off before its table": ("broken", lambda: (body := typeset(story()))[: body.rindex(b"xref\n0")]),
    "empty pages": ("no_text", lambda: _pages(3)),
    "no pages": ("broken", lambda: _pages(0)),
    "too many pages": ("too_large", lambda: _pages(MAX_PAGES + 1)),
    "ten thousand pages": ("too_large", lambda: _pages(10_000)),
    "a page tree that holds itself": ("broken", lambda: written([b"<< /Pages 2 0 R >>", LOOP])),
    "a page tree of 10^9 leaves": ("no_text", lambda: _tree(9, 10)),
    "half a gigabyte in 2 KB": ("too_large", lambda: one_page(packed(b" " * 1_000_000, 500, times=2))),
    "a page of 8 million letters": ("too_large", lambda: one_page(packed(LETTERS, 80, times=2))),
    "too many letters": ("too_large", lambda: drawn([lines(*["x" * 400] * 70)] * (MAX_LETTERS // 28_000 + 1))),
    "private letters": ("no_text", lambda: drawn([lines("\ue000\ue001\ue002" * 9)])),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_said_clearly(name: str) -> None:
    code, make = BROKEN[name]
    body = make()
    with pytest.raises(PdfError) as caught:
        read_pdf(body)
    assert caught.value.code == code
    with pytest.raises(PageError, match=re.escape(URL)) as told:
        read_page(_fetched(body), SOURCE)
    assert (told.value.code, told.value.message) == (code, f"{URL}: {caught.value.message}")


def test_a_file_that_cannot_be_read_is_one_problem() -> None:
    found = next(read_file("a.pdf", b"%PDF-1.7\n"))
    assert isinstance(found, FileProblem)
    assert (found.code, found.message.partition(":")[0]) == ("broken", "a.pdf")


def test_a_mail_without_a_text_is_its_pdf() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["Date"], mail["Message-ID"] = TITLE, "Mon, 05 May 2025 08:00:00 +0100", "<7@quay.example>"
    mail.add_attachment(typeset(story()), maintype="application", subtype="pdf", filename="release.pdf")
    found = next(read_file("a.eml", bytes(mail)))
    assert isinstance(found, FileEntry)
    assert (found.release.title, found.release.text) == (TITLE, "\n\n".join([TITLE, *PARAGRAPHS]))


NOT_PDF: list[bytes] = [b"", b"<p>%PDF-1.7", b"PDF", b"x" * 2000 + b"%PDF-1.7 endobj", b"How a file begins: %PDF-1.7"]


@pytest.mark.parametrize("body", NOT_PDF)
def test_what_is_no_pdf(body: bytes) -> None:
    assert not is_pdf(body)


def test_a_text_without_a_title_keeps_all_its_words() -> None:
    assert read_pdf(drawn([LEFT])) == PdfText("", COLUMNS[:2], COLUMNS[:2], "2000-01-01")
