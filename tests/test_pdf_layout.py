"""Lines of PDFs → paragraphs: columns, divided words, lists, tables, ends of paragraphs."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Spacer, Table

from extractors.pdf import read_pdf
from extractors.pdf_layout import make_paragraphs
from extractors.pdf_lines import Line, upright
from tests.pdfs import (
    BODY,
    BOOK,
    COLUMNS,
    HEADING,
    LEFT,
    PARAGRAPHS,
    RIGHT,
    SECOND,
    SUBHEAD,
    TITLE,
    Word,
    drawn,
    lines,
    one_page,
    packed,
    story,
    typeset,
)

LAYOUTS: dict[str, Callable[[], bytes]] = {
    "one column": lambda: typeset(story()),
    "two columns": lambda: typeset(story(), columns=2),
    "three columns": lambda: typeset(story(), columns=3),
    # Paragraphs that only an indented first line tells apart, both margins straight.
    "book": lambda: typeset(story(BOOK)),
    "two columns of a book": lambda: typeset(story(BOOK), columns=2),
    # Lines twice as far apart as usual, as drafts have them.
    "wide": lambda: typeset(story(ParagraphStyle("wide", BODY, leading=24, spaceAfter=24))),
    "centred title": lambda: typeset([Paragraph(TITLE, ParagraphStyle("c", HEADING, alignment=1)), *story()[1:]]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_give_the_same_text(layout: str) -> None:
    found = read_pdf(LAYOUTS[layout]())
    assert found.title == TITLE
    assert found.paragraphs == PARAGRAPHS


def test_heads_feet_and_numbers_of_many_pages_are_left_out() -> None:
    numbered = [f"{n}. {text}" for n, text in enumerate(PARAGRAPHS * 12, start=1)]
    found = read_pdf(typeset(story(paragraphs=numbered), head="Harbour Trust – press office – 2025"))
    assert (found.title, found.paragraphs) == (TITLE, numbered)


def test_a_page_that_is_there_twice_is_left_whole() -> None:
    assert read_pdf(drawn([LEFT, LEFT])).paragraphs == COLUMNS[:2] * 2


def test_headings_lists_and_tables() -> None:
    cells = [["Year", "Sales", "Ropes"], ["2023", "£2m", "1,200"], ["2024", "£3m", "1,900"]]
    items = [Paragraph(f"• {text}", BODY) for text in ("Two walks along the quay", "A school of knots")]
    flow = [*story()[:2], Paragraph("What is new", SUBHEAD), *items, Spacer(1, 20), Table(cells, [200, 100, 100])]
    found = read_pdf(typeset([*flow, Spacer(1, 20), Paragraph(SECOND, BODY)]))
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


POINTS = st.floats(-1e4, 1e4)
LINES = st.builds(Line, st.text(min_size=1), POINTS, POINTS, POINTS, POINTS, st.sampled_from([0, 400, 700]))


@given(st.lists(st.lists(st.tuples(LINES, st.integers(0, 359)), max_size=12), max_size=4))
def test_lines_anywhere_become_paragraphs(pages: list[list[tuple[Line, int]]]) -> None:
    paragraphs = make_paragraphs([upright(page) for page in pages])
    assert len(paragraphs) <= sum(map(len, pages))
