"""Tables of figures in thousands or millions."""

from decimal import Decimal

import pytest
import spacy
from spacy.language import Language

import extractors.tokenizer  # noqa: F401  (registers the tokenizer)
from extractors.amounts import extract_amounts, mark_amounts
from extractors.figures import find_stretches
from schemas.release import Release

PROSE = "\nThe mill earned $3 a share more than in the year before, said its founder in a letter to all who own it."
HEADINGS = [
    ("(in millions, except per share data)", 10**6),
    ("(In thousands)", 10**3),
    ("(unaudited, in thousands of dollars)", 10**3),
    ("($ in millions)", 10**6),
    ("$ in thousands", 10**3),
    ("(Amounts in thousands, except where noted)", 10**3),
    ("Balance sheet (in US$ millions)", 10**6),
    ("(USD million)", 10**6),
    ("All figures are in billions", 10**9),
]
NOT_HEADINGS = [
    "Sales were in the millions",
    "It counts its buyers in millions and its mills in thousands, and has done so for years.",
    "(64 million)",
    "Thousands of families",
    "(dozens in thousands of homes)",
]


@pytest.mark.parametrize(("heading", "factor"), HEADINGS)
def test_headings(heading: str, factor: int) -> None:
    rows = find_stretches(f"{heading}\nRevenue $1,200 $1,100{PROSE}")
    assert [(row.factor, row.certain) for row in rows] == [(Decimal(factor), True)]


@pytest.mark.parametrize("heading", NOT_HEADINGS)
def test_sentences_are_no_headings(heading: str) -> None:
    assert find_stretches(f"{heading}\nRevenue $1,200 $1,100") == []


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "dateline.Tokenizer.v1"}}})


TABLES = [
    ("(in thousands)\nRevenue $1,200 $1,100", [1_200_000, 1_100_000], []),  # a row
    ("(in thousands)\n\nRevenue\t$1,200\t$1,100\n\nCash 4 $5", [1_200_000, 1_100_000, 5000], []),  # rows apart
    ("(in thousands)\nRevenue $1,200 $2 million", [1_200_000, 2_000_000], []),  # a magnitude of its own
    ("(in thousands, except per share)\nEarnings per share $0.50 $0.40", ["0.5", "0.4"], []),  # another unit
    ("(in thousands)\nRevenue $1,200", [1200], ["figures_in_millions"]),  # perhaps no row
    ("(in thousands)" + PROSE, [3], []),  # prose
    ("(in thousands)\nA $5 6\n(in millions)\nB $5 6", [5000, 5_000_000], []),  # the nearer heading counts
    ("Revenue $1,200 $1,100\n(in thousands)", [1200, 1100], []),  # above the heading
]


@pytest.mark.parametrize(("text", "values", "codes"), TABLES)
def test_rows_are_multiplied_and_doubts_are_checked(
    nlp: Language, text: str, values: list[int | str], codes: list[str]
) -> None:
    amounts, checks = extract_amounts(mark_amounts(nlp.make_doc(text)), Release(id="r", source="s", text=text))
    assert [amount.value for amount in amounts] == [Decimal(value) for value in values]
    assert [check.code for check in checks] == codes
