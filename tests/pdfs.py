"""PDFs for tests: typeset by reportlab, drawn line by line, or written object by object for hostile ones."""

import io
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import reportlab
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

WIDTH, HEIGHT = 595, 842
"""Points; A4."""
for _name in ("Vera", "VeraBd"):
    pdfmetrics.registerFont(TTFont(_name, Path(reportlab.__file__).parent / "fonts" / f"{_name}.ttf"))

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

Word = tuple[float, float, str]
"""Left, bottom (in points), text."""


def typeset(story: list[Flowable], columns: int = 1, head: str = "", title: str = "") -> bytes:
    """A document as programs for text set it; `head` stands at the top of each page, its number at the foot."""

    def edges(canvas: Canvas, document: Any) -> None:
        canvas.setFont("Vera", 8)
        canvas.drawString(60, 810, head)
        canvas.drawRightString(535, 30, f"Page {document.page}")

    out = io.BytesIO()
    width = (WIDTH - 120 - 20 * (columns - 1)) / columns
    frames = [Frame(60 + n * (width + 20), 60, width, 730) for n in range(columns)]
    document = BaseDocTemplate(out, pagesize=(WIDTH, HEIGHT), title=title or None, invariant=1)
    document.addPageTemplates(PageTemplate("plain", frames, onPage=edges))
    document.build(story)
    return out.getvalue()


def drawn(pages: Iterable[Sequence[Word]], turned: int = 0, password: str | None = None, **fonts: Any) -> bytes:
    """Words drawn one by one, in the order given, on pages turned by so many degrees."""
    out = io.BytesIO()
    lock = None if password is None else StandardEncryption(password, ownerPassword="owner", strength=128)
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, encrypt=lock)
    for words in pages:
        canvas.setFont(fonts.get("name", "Vera"), fonts.get("size", 10))
        canvas.setPageRotation(turned)
        if turned == 90:  # what stands upright on a turned page runs upwards on the sheet
            canvas.translate(WIDTH, 0)
            canvas.rotate(90)
        for left, bottom, text in words:
            canvas.drawString(left, bottom, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(*texts: str, left: float = 60, top: float = 780, step: float = 12) -> list[Word]:
    """Lines below each other."""
    return [(left, top - n * step, text) for n, text in enumerate(texts)]


def written(objects: Sequence[bytes]) -> bytes:
    """A document of these objects, numbered from 1; the first is the catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n" % (size, table, size)
    return out + b"startxref\n%d\n%%%%EOF" % start


def packed(unit: bytes, count: int = 1, times: int = 1) -> bytes:
    """A stream object: `unit` so many times over, packed so many times; it is never unpacked here."""
    packer = zlib.compressobj(9)
    content = b"".join(packer.compress(unit) for _ in range(count)) + packer.flush()
    for _ in range(times - 1):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode " * times
    return b"<< /Length %d /Filter [ %b] >>\nstream\n%b\nendstream" % (len(content), filters, content)


def one_page(stream: bytes, fonts: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """A document of one page, drawn by a stream object with the fonts `/F` and `fonts`; `more` objects begin at 6."""
    return written(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R %b "
            b">> >> >>" % fonts,
            stream,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *more,
        ]
    )


def story(style: ParagraphStyle = BODY, paragraphs: list[str] = PARAGRAPHS) -> list[Flowable]:
    """A release, typeset."""
    return [Paragraph(TITLE, HEADING), *(Paragraph(text, style) for text in paragraphs)]


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
