"""The tables of docs/values.md say what the extractors do."""

import datetime as dt
import re
from pathlib import Path

import pytest
import spacy

from extractors.amounts import extract_amounts, mark_amounts
from extractors.dates import extract_dates, mark_dates
from extractors.tokenizer import Tokenizer
from schemas.record import Amount
from schemas.release import Release

TOKENIZER = Tokenizer(spacy.blank("en").vocab)
DOC = Path(__file__).parent.parent / "docs" / "values.md"
_CASE = re.compile(r"(?P<words>.+?)(?: \((?P<country>[A-Z]{2})\))?")


def _rows(heading: str) -> list[tuple[str, str]]:
    """The rows of the tables with such a second heading."""
    rows: list[tuple[str, str]] = []
    inside = False
    for line in DOC.read_text("utf8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) != 2 or not line.startswith("| "):
            inside = inside and line.startswith("|-")
        elif cells[1].rstrip(" |") == heading:
            inside = True
        elif inside:
            rows.append((cells[0], cells[1].rstrip(" |")))
    return rows


def _release(case: str) -> Release:
    match = _CASE.fullmatch(case)
    assert match
    published = dt.date(2025, 4, 11)
    return Release(id="r", source="s", published=published, country=match["country"], text=match["words"])


@pytest.mark.parametrize(("case", "expected"), _rows("date and value"))
def test_dates(case: str, expected: str) -> None:
    release = _release(case)
    dates, checks = extract_dates(mark_dates(TOKENIZER(release.text)), release)
    assert (", ".join(f"`{date.text}` {date.value}" for date in dates), checks) == (expected, [])


def _written(amount: Amount) -> str:
    value = f"{amount.value:f}" + (f" to {amount.maximum:f}" if amount.maximum is not None else "")
    return f"`{amount.text}` {value} {amount.currency} {amount.qualifier}" + " equals" * bool(amount.equals)


@pytest.mark.parametrize(("case", "expected"), _rows("amount and value"))
def test_amounts(case: str, expected: str) -> None:
    release = _release(case)
    amounts, checks = extract_amounts(mark_amounts(TOKENIZER(release.text)), release)
    assert (", ".join(map(_written, amounts)), checks) == (expected, [])


def test_the_tables_are_found() -> None:
    assert len(_rows("date and value")) > 40
    assert len(_rows("amount and value")) > 15
