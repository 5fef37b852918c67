"""PDFs for tests: typeset by reportlab, drawn line by line, or written object by object for hostile ones."""

import io
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import reportlab
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

WIDTH, HEIGHT = 595, 842
"""Points; A4."""
for _name in ("Vera", "VeraBd"):
    pdfmetrics.registerFont(TTFont(_name, Path(reportlab.__file__).parent / "fonts" / f"{_name}.ttf"))

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
