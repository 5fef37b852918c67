"""Highlights stand on the right characters, whatever overlaps and whatever the characters are."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.marks import Mark, Part, find_marks, lay_out
from schemas.evidence import Section
from schemas.review import ReviewField, Shown
from tests.growth import assert_linear

FIELDS: tuple[ReviewField, ...] = ("people", "organisations", "dates", "amounts", "quotes")


def _words(parts: list[Part]) -> list[str]:
    """Each piece with the ids of what covers it: `a:words`."""
    return [
        ",".join(sorted(piece.value_ids)) + ":" + piece.text
        for part in parts
        for paragraph in part.paragraphs
        for piece in paragraph.pieces
    ]


EXAMPLES: list[tuple[str, list[tuple[int, int]], list[str]]] = [
    ("no value", [], [":no value"]),
    ("Ana Reis said", [(0, 8)], ["a:Ana Reis", ": said"]),  # at the beginning
    ("said Ana Reis", [(5, 13)], [":said ", "a:Ana Reis"]),  # at the end
    ("Bank of Porto", [(0, 13), (8, 13)], ["a:Bank of ", "a,b:Porto"]),  # one in another
    ("over lap ping", [(0, 8), (5, 13)], ["a:over ", "a,b:lap", "b: ping"]),  # each reaches beyond the other
    ("same same", [(0, 4), (0, 4)], ["a,b:same", ": same"]),  # two at one place
    ("ab", [(0, 1), (1, 2)], ["a:a", "b:b"]),  # side by side
    ("😀 Ana 🇵🇹", [(2, 5), (6, 8)], [":😀 ", "a:Ana", ": ", "b:🇵🇹"]),  # beyond the BMP, by code points
    ("one\n\ntwo", [(0, 8)], ["a:one", "a:two"]),  # over two paragraphs
    ("one\n\n\n\ntwo", [(7, 10)], [":one", "a:two"]),  # an empty paragraph between
    ("one\ntwo", [(4, 7)], [":one\n", "a:two"]),  # a line break stays
    ("<b>&", [(0, 3)], ["a:<b>", ":&"]),  # escaping is not done here
    ("מחיר 5 ₪", [(5, 8)], [":מחיר ", "a:5 ₪"]),  # right to left: logical order
]


@pytest.mark.parametrize(("text", "spans", "expected"), EXAMPLES)
def test_pieces(text: str, spans: list[tuple[int, int]], expected: list[str]) -> None:
    marks = [Mark(start, end, "people", "abc"[number]) for number, (start, end) in enumerate(spans)]
    assert _words(lay_out(text, (), marks)) == expected


@given(
    st.text(alphabet="ab \n😀é", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from(FIELDS)), max_size=8),
    st.lists(st.integers(0, 60), max_size=4),
)
def test_every_character_has_its_values(text: str, wanted: list[tuple[int, int, ReviewField]], cuts: list[int]) -> None:
    marks = [
        Mark(at, min(at + n, len(text)), field, str(i)) for i, (at, n, field) in enumerate(wanted) if at < len(text)
    ]
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    sections = [Section(kind="body", start=a, end=b, rule="test") for a, b in itertools.pairwise(edges)]
    seen = set()
    for part in lay_out(text, sections, marks):
        for paragraph in part.paragraphs:
            assert paragraph.pieces[0].start == paragraph.start
            for piece in paragraph.pieces:
                assert text[piece.start : piece.end] == piece.text
                for place in range(piece.start, piece.end):
                    seen.add(place)
                    assert set(piece.marks) == {mark for mark in marks if mark.start <= place < mark.end}
    missing = {place for place in range(len(text)) if place not in seen}
    assert all(text[place].isspace() for place in missing)  # only blank lines are left out


def test_sections() -> None:
    text = "Head\n\nBody one.\n\nBody two.\n\nAbout us"
    sections = (
        Section(kind="headline", start=0, end=4, rule="r"),
        Section(kind="body", start=6, end=26, rule="r"),
        Section(kind="boilerplate", start=28, end=36, about="Acme", rule="r"),
    )
    parts = lay_out(text, sections, [Mark(28, 33, "organisations", "a")])
    assert [(part.kind, len(part.paragraphs), part.is_aside, part.values) for part in parts] == [
        ("headline", 1, False, 0),
        ("body", 2, False, 0),
        ("boilerplate", 1, True, 1),
    ]
    assert parts[2].about == "Acme"


def test_a_place_for_each_mention() -> None:
    person = Shown(field="people", value_id="p", value={"mentions": [{"start": 9, "end": 12}, {"start": 0, "end": 3}]})
    assert [(mark.start, mark.end) for mark in find_marks([person])] == [(0, 3), (9, 12)]


def test_time_grows_with_the_text() -> None:
    def work(size: int) -> Callable[[], object]:
        text = "Ana Reis paid. " * (size // 15)  # in one paragraph
        marks = [Mark(place, place + 8, "people", str(place % 7)) for place in range(0, len(text) - 15, 150)]
        (part,) = lay_out(text, (), marks)
        assert len(part.paragraphs[0].pieces) == 2 * len(marks)
        return lambda: lay_out(text, (), marks)

    assert_linear(work, 1_000_000)
