"""The tables of docs/roles.md say what the extractors do."""

import datetime as dt
from pathlib import Path
from typing import get_args

import pytest
import spacy

from extractors.date_roles import read_roles
from extractors.dates import extract_dates, mark_dates
from extractors.events import find_events
from extractors.findings import Findings
from extractors.tokenizer import Tokenizer
from schemas.record import Event
from schemas.release import Release
from schemas.values import DateRole

TOKENIZER = Tokenizer(spacy.blank("en").vocab)
DOC = Path(__file__).parent.parent / "docs" / "roles.md"


def _rows(heading: str) -> list[tuple[str, str]]:
    """The rows of the tables with such a second heading."""
    rows: list[tuple[str, str]] = []
    inside = False
    for line in DOC.read_text("utf8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" |")]
        if not line.startswith("| "):
            inside = inside and line.startswith("|-")
        elif len(cells) > 1 and cells[1] == heading:
            inside = True
        elif inside:
            rows.append((cells[0], cells[1]))
    return rows


def _read(words: str) -> Findings:
    text = words.replace("¶", "\n\n")
    title = text.partition("\n\n")[0] if "\n\n" in text else ""
    release = Release(id="r", source="s", title=title, published=dt.date(2025, 4, 11), country="GB", text=text)
    doc = mark_dates(TOKENIZER(text))
    dates, _ = extract_dates(doc, release)
    return find_events(doc, read_roles(doc, Findings(release, None, None, [], [], dates, [], [], [])))


@pytest.mark.parametrize(("words", "expected"), _rows("date and role"))
def test_roles(words: str, expected: str) -> None:
    assert ", ".join(f"`{date.text}` {date.role}" for date in _read(words).dates) == expected


def _written(event: Event) -> str:
    tense = {True: "past", False: "coming", None: "unknown"}[event.is_past]
    return f"{event.rule}, {event.when.value if event.when else None}, {tense}"


@pytest.mark.parametrize(("words", "expected"), _rows("event, date and tense"))
def test_events(words: str, expected: str) -> None:
    assert "; ".join(_written(event) for event in _read(words).events if event.when) == expected


def test_the_tables_are_found_and_explain_every_role() -> None:
    assert [role.strip("`") for role, _ in _rows("what the date is")] == list(get_args(DateRole))
    assert len(_rows("date and role")) > 15
    assert len(_rows("event, date and tense")) > 4
