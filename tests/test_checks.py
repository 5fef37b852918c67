"""Checks: each is documented, and its example gives it."""

import datetime as dt
from pathlib import Path
from typing import Any, get_args

import pytest

from extractors.check_docs import check_table, write_docs
from extractors.record import extract_record
from schemas.record import Record
from schemas.release import Release
from schemas.values import CheckCode
from tests.pipelines import pipeline

CODES = get_args(CheckCode)
NLP = pipeline()
WITH_EXAMPLE = sorted(code for code in CODES if check_table()[code]["example"])
NO_EXAMPLE = {
    "misfit_mark",  # a rule's defect: nobody knows one
    "name_uncertain",  # hangs on the names model
    "near_copy",  # takes two releases: tests/test_copies.py
}


def record_of(text: str, **facts: Any) -> Record:
    published = facts.pop("published", None)
    day = dt.date.fromisoformat(published) if published else None
    return extract_record(NLP, Release(id="c", source="tests", text=text, published=day, **facts))


def codes_of(record: Record) -> set[str]:
    return {check.code for check in record.checks}


def test_every_check_is_documented() -> None:
    assert sorted(check_table()) == sorted(CODES)
    assert {code for code, entry in check_table().items() if entry["example"] is None} == NO_EXAMPLE


def test_the_page_is_made_from_the_table() -> None:
    page = Path(__file__).parent.parent / "docs" / "checks.md"
    assert page.read_text("utf8") == write_docs(), "run: python -m extractors.check_docs > docs/checks.md"


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_example(code: str) -> None:
    assert code in codes_of(record_of(**check_table()[code]["example"]))


FINE: list[tuple[str, str, dict[str, Any]]] = [
    ("dateline_date_differs", "GENEVA, 8 April 2025 – The bridge opened.", {"published": "2025-04-10"}),
    ("dateline_date_differs", "GENEVA, 8 April 2025 – The bridge opened.", {}),  # nothing to hold it against
    ("event_after_publication", "The mayor will sign the treaty on 3 June 2025.", {"published": "2025-04-10"}),
    ("parts_exceed_total", "It gave $6 million, part of a $9 million campaign. Its $3 million of the $9 million.", {}),
    ("not_english", "The bridge was opened by the mayor, after years of work, and everybody in the town came.", {}),
    ("person_with_two_employers", "Maria Lindholm of Kelvarro said no. Maria Lindholm of Kelvarro Inc. said yes.", {}),
    ("text_too_short", "word " * 30, {}),
]


@pytest.mark.parametrize(("code", "text", "facts"), FINE)
def test_what_fits_gives_no_check(code: str, text: str, facts: dict[str, Any]) -> None:
    assert code not in codes_of(record_of(text, **facts))


def test_a_check_knows_its_value() -> None:
    record = record_of("The bridge opened on 31 June 2025 for Lindqvist.")
    (check,) = (check for check in record.checks if check.code == "impossible_date")
    assert check.value_id == record.dates[0].id
