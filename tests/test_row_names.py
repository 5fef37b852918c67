"""Organisations at the heads of rows."""

import re
from collections.abc import Callable

import pytest

from extractors.money_rows import Place
from extractors.row_names import add_row_heads
from extractors.tagger import Name
from tests.growth import assert_linear

SEEN = ("Quayside Trust", "Lumen Foundation", "Wexmoor Clinic")
ROWS = "Quayside Trust Boats $1\n\nLumen Foundation Lamps $2\n\nWexmoor Clinic Beds $3\n\n"

HEADS = [
    ("Norvik Association New Piers $4", ["Norvik Association"]),  # to the word that such names end with
    ("Norvik Network of Sweden New Piers $4", ["Norvik Network of Sweden"]),  # and where it is
    ("Norvik Guides Sweden Young Sailors $4", ["Norvik Guides Sweden"]),  # to a place that other names follow
    ("Norvik Guides – new piers $4", ["Norvik Guides"]),  # to a dash
    ("Women at Sea\n\nNew Piers and Boats $4", ["Women at Sea"]),  # a line of its own
    ("The Norvik Association New Piers $4", ["Norvik Association"]),  # without its article
    ("of the North\n\nNorvik Association New Piers $4", ["Norvik Association"]),  # what is left of the row before
    ("Norvik Guides New Piers $4\n\nNorvik Guides Old Boats $5", ["Norvik Guides"] * 2),  # what two rows begin with
]
NO_HEADS = [
    "Fitted for Work Building a Service $4",  # nothing says where a name would end
    "TOTAL $4",  # one word
    "new piers for the Norvik Association $4",  # begins with other words
    "Norvik Women in Sailing $4\n\nNorvik Women in Rowing $5",  # what both begin with is no whole name
]


def heads(text: str, seen: tuple[str, ...] = SEEN) -> list[str]:
    """The names that are added."""
    sums = [Place(match.start(), match.end()) for match in re.finditer(r"\$\d", text)]
    names = [Name(match.start(), match.end(), "ORG", 0.9) for name in seen for match in re.finditer(name, text)]
    found = add_row_heads(text, sorted(names), sums)
    assert all(name.label == "ORG" and 0 < name.probability <= 0.9 for name in found)
    return [text[name.start : name.end] for name in found if name not in names]


@pytest.mark.parametrize(("row", "expected"), HEADS)
def test_heads(row: str, expected: list[str]) -> None:
    assert heads(ROWS + row) == expected


@pytest.mark.parametrize("row", NO_HEADS)
def test_no_heads(row: str) -> None:
    assert heads(ROWS + row) == []


def test_a_list_that_no_organisations_head_is_left_alone() -> None:
    assert heads(ROWS + "Norvik Association New Piers $4", SEEN[:2]) == []


def test_an_unsure_name_gives_way_to_a_head_and_stands_where_there_is_none() -> None:
    text = ROWS + "Norvik Association New Piers $4\n\nWomen at Sea New Boats $5"
    sums = [Place(match.start(), match.end()) for match in re.finditer(r"\$\d", text)]
    sure = [Name(match.start(), match.end(), "ORG", 0.9) for name in SEEN for match in re.finditer(name, text)]
    long, short = (text.index(words) for words in ("Norvik Association", "Women at Sea"))
    unsure = [Name(long, long + 29, "ORG", 0.3), Name(short, short + 12, "OTHER", 0.3)]
    found = add_row_heads(text, sorted([*sure, *unsure]), sums)
    assert [text[n.start : n.end] for n in found if n.label == "ORG"][3:] == ["Norvik Association", "Women at Sea"]


def test_a_person_or_place_that_heads_a_row_stays_one() -> None:
    text = ROWS + "Ana Reis – new boats $4"
    sums = [Place(match.start(), match.end()) for match in re.finditer(r"\$\d", text)]
    sure = [Name(match.start(), match.end(), "ORG", 0.9) for name in SEEN for match in re.finditer(name, text)]
    ana = Name(text.index("Ana"), text.index("Ana") + 8, "PERSON", 0.9)
    assert add_row_heads(text, sorted([*sure, ana]), sums) == sorted([*sure, ana])


def test_a_list_of_many_rows_costs_their_number() -> None:
    def work(times: int) -> Callable[[], object]:
        rows = "".join(f"Quayside Trust Boats {number} of many Piers $1\n\n" for number in range(times))
        names = [Name(match.start(), match.end(), "ORG", 0.9) for match in re.finditer("Quayside Trust", rows)]
        sums = [Place(match.start(), match.end()) for match in re.finditer(r"\$\d", rows)]
        assert len(add_row_heads(rows, names[::2], sums)) == len(names)
        return lambda: add_row_heads(rows, names[::2], sums)

    assert_linear(work, 8_000)
