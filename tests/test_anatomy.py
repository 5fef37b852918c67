"""Where the values of a record stand, and what a boilerplate is about."""

import pytest

from extractors.record import extract_record
from schemas.record import Record
from schemas.release import Release
from tests.pipelines import pipeline

TEXT = (
    "Maria Gonzalez to lead Acme Seeds Inc.\n\n"
    "OSLO, 3 May 2025 – Acme Seeds Inc. today named Maria Gonzalez chief executive. She will be paid $2 million.\n\n"
    "“I am glad to work with these people,” said Maria Gonzalez.\n\n"
    "About Acme Seeds Inc.\n\nAcme Seeds Inc. was founded in 1990 by Peter Johnson and has sales of $40 million.\n\n"
    "Media Contact:\n\nLinda Brown\n\nlinda.brown@example.org"
)


@pytest.fixture(scope="module")
def record() -> Record:
    return extract_record(pipeline(), Release(id="r", source="s", title=TEXT.partition("\n")[0], text=TEXT))


def test_values_say_where_they_stand(record: Record) -> None:
    assert {person.name: person.section for person in record.people} == {
        "Maria Gonzalez": "headline",  # of four places the nearest to the news
        "Peter Johnson": "boilerplate",
        "Linda Brown": "contact",
    }
    assert [(amount.text, amount.section) for amount in record.amounts] == [
        ("$2 million", "lead"),
        ("$40 million", "boilerplate"),
    ]
    assert [(date.text, date.section) for date in record.dates][:2] == [("3 May 2025", "dateline"), ("today", "lead")]
    assert [quote.section for quote in record.quotes] == ["body"]


def test_boilerplate_names_its_organisation(record: Record) -> None:
    (boilerplate,) = [section for section in record.sections if section.kind == "boilerplate"]
    assert boilerplate.about == "Acme Seeds Inc."
    assert {section.about for section in record.sections if section.kind != "boilerplate"} == {None}


def test_issuer_and_place(record: Record) -> None:
    assert (record.release.issuer, record.release.place) == ("Acme Seeds Inc.", "OSLO")
