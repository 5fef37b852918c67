"""PDFs → Releases: layouts, divided words, titles, dates; scans, locks and hostile files."""

import datetime as dt
import io
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from extractors.files import FileEntry, FileProblem, read_file
from extractors.page import PageError, read_page
from extractors.pdf import MAX_LETTERS, MAX_PAGES, PdfError, PdfText, is_pdf, read_pdf
from extractors.pdf_layout import make_paragraphs
from extractors.pdf_lines import Line, upright
from schemas.page import FetchedPage
from schemas.source import Link, Source
from tests.pdfs import Word, drawn, lines, one_page, packed, typeset, written

BODY = ParagraphStyle("body", fontName="Vera", fontSize=10, leading=12.5, spaceAfter=7)
BOOK = ParagraphStyle("book", BODY, alignment=4, spaceAfter=0, firstLineIndent=14)
HEADING = ParagraphStyle("heading", fontName="VeraBd", fontSize=18, leading=22, spaceAfter=12)
SUBHEAD = ParagraphStyle("subhead", BODY, fontName="VeraBd")
TITLE = "Rope works on Quay Street to reopen in May after a repair of two years"
FIRST = (
    "HARWICH, England, 4 May 2025 – The rope works on Quay Street will reopen this month after a £4 million repair, "
    "the Harbour Trust said on Monday. The roof, 400 metres long, was built anew by carpenters of the town."
)
SECOND = (
    "About 120 people are to work there, among them 15 apprentices from the town's college. The first ropes "
    "will go to a tall ship that is being built on the other side of the river, and to two museums."
)
QUOTE = "“We missed the smell of tar,” said Ada Quill, who runs the works. “It is a well-known place.”"
PARAGRAPHS = [FIRST, SECOND, QUOTE] * 2


def _story(style: ParagraphStyle = BODY, paragraphs: list[str] = PARAGRAPHS) -> list[Flowable]:
    return [Paragraph(TITLE, HEADING), *(Paragraph(text, style) for text in paragraphs)]


LAYOUTS: dict[str, Callable[[], bytes]] = {
    "one column": lambda: typeset(_story()),
    "two columns": lambda: typeset(_story(), columns=2),
    "three columns": lambda: typeset(_story(), columns=3),
    # Paragraphs that only an indented first line tells apart, both margins straight.
    "book": lambda: typeset(_story(BOOK)),
    "two columns of a book": lambda: typeset(_story(BOOK), columns=2),
    # Lines twice as far apart as usual, as drafts have them.
    "wide": lambda: typeset(_story(ParagraphStyle("wide", BODY, leading=24, spaceAfter=24))),
    "centred title": lambda: typeset([Paragraph(TITLE, ParagraphStyle("c", HEADING, alignment=1)), *_story()[1:]]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_give_the_same_text(layout: str) -> None:
    found = read_pdf(LAYOUTS[layout]())
    assert found.title == TITLE
    assert found.paragraphs == PARAGRAPHS


def test_heads_feet_and_numbers_of_many_pages_are_left_out() -> None:
    numbered = [f"{n}. {text}" for n, text in enumerate(PARAGRAPHS * 12, start=1)]
    found = read_pdf(typeset(_story(paragraphs=numbered), head="Harbour Trust – press office – 2025"))
    assert (found.title, found.paragraphs) == (TITLE, numbered)


def test_headings_lists_and_tables() -> None:
    cells = [["Year", "Sales", "Ropes"], ["2023", "£2m", "1,200"], ["2024", "£3m", "1,900"]]
    items = [Paragraph(f"• {text}", BODY) for text in ("Two walks along the quay", "A school of knots")]
    story = [*_story()[:2], Paragraph("What is new", SUBHEAD), *items, Spacer(1, 20), Table(cells, [200, 100, 100])]
    found = read_pdf(typeset([*story, Spacer(1, 20), Paragraph(SECOND, BODY)]))
    rows = ["Year | Sales | Ropes", "2023 | £2m | 1,200", "2024 | £3m | 1,900"]
    assert found.paragraphs[1:] == ["What is new", "• Two walks along the quay", "• A school of knots", *rows, SECOND]


def test_marks_of_lists_far_before_their_text() -> None:
    items = lines("The roof was built anew by many carpenters of the", "town, with oak from the county.", left=90)
    more = lines("The first ropes go to a tall ship.", left=90, top=756)
    assert read_pdf(drawn([[(70, 780, "•"), *items, (70, 756, "•"), *more]])).paragraphs == [
        "• The roof was built anew by many carpenters of the town, with oak from the county.",
        "• The first ropes go to a tall ship.",
    ]


def test_marks_of_lists_from_a_font_of_signs() -> None:
    table = b"1 beginbfchar <42> <F0B7> endbfchar"  # what word processors say of the bullet of the font Symbol
    cmap = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange %b endcmap" % table
    marked = b"BT /G 9 Tf 60 700 Td (B) Tj /F 9 Tf 30 0 Td (The first ropes go to a tall ship.) Tj ET"
    signs = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 7 0 R >>"
    body = one_page(packed(marked), b"/G 6 0 R", [signs, packed(cmap)])
    assert read_pdf(body).paragraphs == ["• The first ropes go to a tall ship."]


def test_japanese_lines_are_joined_without_a_space() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    body = drawn(
        [lines("株式会社クエイは本日、ロープ工場を五月に再開す", "ると発表した。従業員は百二十名となる。")],
        name="HeiseiMin-W3",
    )
    assert read_pdf(body).paragraphs == [
        "株式会社クエイは本日、ロープ工場を五月に再開すると発表した。従業員は百二十名となる。"
    ]


LEFT = lines(
    "The rope works on Quay Street will", "reopen this month after a repair,", "the Harbour Trust said on Monday."
)
LEFT += lines("About 120 people are to work in it", "from the first of June on.", top=730)
RIGHT = lines(
    "The ropes will go to a tall ship and",
    "to two museums, of which one is in",
    "Rotterdam and one in Bergen.",
    left=320,
)
RIGHT += lines("The roof was built anew by many", "carpenters of the town.", left=320, top=730)
COLUMNS = [
    "The rope works on Quay Street will reopen this month after a repair, the Harbour Trust said on Monday.",
    "About 120 people are to work in it from the first of June on.",
    "The ropes will go to a tall ship and to two museums, of which one is in Rotterdam and one in Bergen.",
    "The roof was built anew by many carpenters of the town.",
]


def test_columns_that_are_written_line_by_line_across_the_page() -> None:
    across = [word for pair in zip(LEFT, RIGHT, strict=True) for word in pair]
    assert read_pdf(drawn([across])).paragraphs == COLUMNS


def test_a_turned_page_is_read_as_it_is_shown() -> None:
    words = [*lines(TITLE, top=500), *lines("It opens on Monday, 4 May, with a", "walk along the quay.", top=470)]
    assert read_pdf(drawn([words], turned=90)).paragraphs == [
        TITLE,
        "It opens on Monday, 4 May, with a walk along the quay.",
    ]


def test_stamps_across_the_page_are_left_out() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for left, bottom, text in LEFT:
        canvas.drawString(left, bottom, text)
    canvas.translate(200, 300)
    canvas.rotate(45)
    canvas.drawString(0, 0, "DRAFT, NOT FOR PUBLICATION")
    canvas.save()
    assert read_pdf(out.getvalue()).paragraphs == COLUMNS[:2]


DIVIDED: list[tuple[tuple[str, ...], str]] = [
    (
        ("The works were closed for refurbish-", "ment of the roof."),
        "The works were closed for refurbishment of the roof.",
    ),
    (("Ropes of the Qyrr-", "bank mill."), "Ropes of the Qyrrbank mill."),  # a name that no list knows
    (
        ("A well-known, that is well-", "known, place."),
        "A well-known, that is well-known, place.",
    ),  # spelt so elsewhere
    (("It is a long-", "term plan."), "It is a long-term plan."),  # two words
    (("It was an Anglo-", "Saxon ship."), "It was an Anglo-Saxon ship."),  # a capital
    (("It cost much in 2019-", "2020 alone."), "It cost much in 2019-2020 alone."),  # numbers
    (("A state-of-the-", "art mill opens."), "A state-of-the-art mill opens."),  # a chain
    (("The mill – built in 1820 –", "is the oldest."), "The mill – built in 1820 – is the oldest."),  # a dash
    (
        ("The mill is old—", "and strong in the wind."),
        "The mill is old—and strong in the wind.",
    ),  # a dash without spaces
]


@pytest.mark.parametrize(("texts", "expected"), DIVIDED)
def test_divided_words(texts: tuple[str, ...], expected: str) -> None:
    assert read_pdf(drawn([lines(*texts)])).paragraphs == [expected]


ENDS: list[tuple[list[Word], list[str]]] = [
    # Lines of an address are broken where they end.
    (lines("Media contact", "Ada Quill, Harbour Trust, Quay Street, Harwich", "+44 1255 000000"),
     ["Media contact\nAda Quill, Harbour Trust, Quay Street, Harwich\n+44 1255 000000"]),
    # Two of them side by side.
    ([word for pair in zip(lines("Media contact", "Ada Quill", "press@quay.example"),
                           lines("Investor contact", "Bo Lindqvist", "+44 1255 000001", left=320), strict=True)
      for word in pair],
     ["Media contact | Investor contact", "Ada Quill | Bo Lindqvist", "press@quay.example | +44 1255 000001"]),
    # One after the other.
    ([*lines("Media contact", "Ada Quill", "press@quay.example"),
      *lines("Investor contact", "Bo Lindqvist", "+44 1255 000001", left=320)],
     ["Media contact\nAda Quill\npress@quay.example", "Investor contact\nBo Lindqvist\n+44 1255 000001"]),
    # A short line with a full stop ends a paragraph, even without a gap.
    (lines("The works will reopen in May after the repair of", "the roof.", "About 120 are to work in the works."),
     ["The works will reopen in May after the repair of the roof.", "About 120 are to work in the works."]),
]  # fmt: skip


@pytest.mark.parametrize(("words", "expected"), ENDS)
def test_ends_of_paragraphs(words: list[Word], expected: list[str]) -> None:
    assert read_pdf(drawn([words])).paragraphs == expected


def test_a_sentence_goes_on_over_the_page() -> None:
    pages = [
        lines("The works will reopen in May after the repair of", top=100),
        lines("the roof, which took two years."),
    ]
    assert read_pdf(drawn(pages)).paragraphs == [
        "The works will reopen in May after the repair of the roof, which took two years."
    ]


def _title(*story: tuple[str, ParagraphStyle], declared: str = "") -> str:
    return read_pdf(typeset([*(Paragraph(*item) for item in story), *_story()[1:]], title=declared)).title


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


@pytest.mark.parametrize(("expected", "story", "declared"), TITLES)
def test_titles(expected: str, story: tuple[tuple[str, ParagraphStyle], ...], declared: str) -> None:
    assert _title(*story, declared=declared) == expected


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
    body = typeset(_story())
    assert read_page(_fetched(body, content_type), SOURCE).text == "\n\n".join([TITLE, *PARAGRAPHS])


@pytest.mark.parametrize("name", ["a.pdf", "A.PDF", "release", "a.html", "a.txt"])
def test_a_pdf_is_a_file_like_any_other(name: str) -> None:
    found = next(read_file(name, typeset(_story())))
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
    "cut off after a third": ("broken", lambda: (body := typeset(_story()))[: len(body) // 3]),
    "cut off before its table": ("broken", lambda: (body := typeset(_story()))[: body.rindex(b"xref\n0")]),
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


POINTS = st.floats(-1e4, 1e4)
LINES = st.builds(Line, st.text(min_size=1), POINTS, POINTS, POINTS, POINTS, st.sampled_from([0, 400, 700]))


@given(st.lists(st.lists(st.tuples(LINES, st.integers(0, 359)), max_size=12), max_size=4))
def test_lines_anywhere_become_paragraphs(pages: list[list[tuple[Line, int]]]) -> None:
    paragraphs = make_paragraphs([upright(page) for page in pages])
    assert len(paragraphs) <= sum(map(len, pages))


def test_a_mail_without_a_text_is_its_pdf() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["Date"], mail["Message-ID"] = TITLE, "Mon, 05 May 2025 08:00:00 +0100", "<7@quay.example>"
    mail.add_attachment(typeset(_story()), maintype="application", subtype="pdf", filename="release.pdf")
    found = next(read_file("a.eml", bytes(mail)))
    assert isinstance(found, FileEntry)
    assert (found.release.title, found.release.text) == (TITLE, "\n\n".join([TITLE, *PARAGRAPHS]))


NOT_PDF: list[bytes] = [b"", b"<p>%PDF-1.7", b"PDF", b"x" * 2000 + b"%PDF-1.7 endobj", b"How a file begins: %PDF-1.7"]


@pytest.mark.parametrize("body", NOT_PDF)
def test_what_is_no_pdf(body: bytes) -> None:
    assert not is_pdf(body)


def test_a_text_without_a_title_keeps_all_its_words() -> None:
    assert read_pdf(drawn([LEFT])) == PdfText("", COLUMNS[:2], COLUMNS[:2], "2000-01-01")
