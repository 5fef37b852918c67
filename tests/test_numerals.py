"""Numbers in digits and words."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numerals import find_number_words, find_numerals, read_number, windows
from extractors.words_in import places

EXAMPLES = [
    ("half a million", "500000"),
    ("half-million", "500000"),
    ("a quarter of a million", "250000"),
    ("a million and a half", "1500000"),  # the half is one of a million
    ("one-and-a-half billion", "1500000000"),
    ("twenty-five thousand", "25000"),
    ("one million two hundred thousand", "1200000"),  # adds
    ("2 lakh crore", "2000000000000"),  # multiplies
    ("2½ million", "2500000"),
    ("1.234.567,89", "1234567.89"),  # European
    ("1 452 000,5", "1452000.5"),
    (".56", "0.56"),
    ("8trn", "8000000000000"),
    ("0.1234567", "0.1234567"),
]
NOT_NUMBERS = ["1.2.3", "1,23,4", "12,3456", "9" * 40]


@pytest.mark.parametrize(("text", "value"), EXAMPLES)
def test_reads(text: str, value: str) -> None:
    number = read_number(text)
    assert number is not None
    assert format(number.normalize(), "f") == value


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_unknown_grouping_is_no_number(text: str) -> None:
    assert read_number(text) is None


@given(st.text())
def test_numerals_stand_where_they_say(text: str) -> None:
    for numeral in [*find_numerals(text), *find_number_words(text)]:
        assert text[numeral.start : numeral.end] == numeral.text
        read_number(numeral.text)


@given(st.text(alphabet="abB -é", max_size=600))
def test_windows_rise_and_hold_every_word(text: str) -> None:
    around = places(text, frozenset((b"ab",)))
    assert around == [match.start() for match in re.finditer(r"(?i)(?<![a-z])ab(?![a-z])", text)]
    found = windows(text, around)
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    assert all(any(start <= place < end for start, end in found) for place in around)
