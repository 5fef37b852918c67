"""What `dateline show` makes of a record: tables, coloured text, and why each value is what it is."""

from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console, RenderableType

from cli.tables import coloured_text, record_tables
from cli.why import Explained, explain, why_text
from schemas.evidence import Evidence, Reason, Section, When
from schemas.record import Check, Event, Record
from store.models import Item

MakeItem = Callable[..., Item]

SHOWN = [  # title, column, cell
    ("Amounts", "payer", "Norvik Foundation"),
    ("Amounts", "payee", "Harbour School"),
    ("Commitments", "day", "2026-05-04"),
    ("Events", "told as", "to come"),
    ("Dates", "role", "dateline"),
]
SAID = [  # field, attribute, value, rule, the words that show it
    ("people", "name", "Ana Reis", "model:names", "Ana Reis"),
    ("people", "title", "head", "model:positions", "head"),
    ("people", "organisation", "Harbour School", None, "Harbour School"),
    ("dates", "role", "dateline", None, None),
    ("amounts", "value", "2,500,000 EUR up_to", "made-up", "€2.50 million"),
    ("amounts", "payer", "Norvik Foundation", "model:parties", "Norvik Foundation"),
    ("commitments", "payee", "Harbour School", "model:parties", "Harbour School"),  # the amount's reason
    ("commitments", "day", "2026-05-04", None, "May 4, 2026"),
    ("events", "told as", "to come", None, None),
    ("quotes", "speaker", "Ana Reis", "said_name", "Ana Reis"),
    ("sections", "about", "Harbour School", None, None),
]


def printed(what: RenderableType) -> str:
    console = Console(width=200, color_system=None)
    with console.capture() as capture:
        console.print(what, soft_wrap=True)
    return capture.get()


def table_of(title: str, shown: str) -> list[str]:
    """The lines of one table: column names, then rows."""
    lines = [line.rstrip() for line in shown.split("\n")]
    start = lines.index(title) + 1
    return lines[start : lines.index("", start)]


def with_record(item: Item, **fields: Any) -> Record:
    return item.record.model_copy(update=fields)


def values_of(explained: list[Explained], field: str) -> list[Explained]:
    return [value for value in explained if value.field == field]


@pytest.mark.parametrize(("title", "column", "cell"), SHOWN)
def test_tables(make_item: MakeItem, title: str, column: str, cell: str) -> None:
    item = make_item()
    names, *rows = table_of(title, printed(record_tables(item.record, item.release.text)))
    place = names.index(f"{column} ") if f"{column} " in names else names.index(column)
    assert any(row[place:].startswith(cell) for row in rows)


def test_columns_with_nothing_in_them_are_left_out(make_item: MakeItem) -> None:
    item = make_item()
    names, *_ = table_of("Amounts", printed(record_tables(item.record, item.release.text)))
    assert "purpose" not in names
    assert "payer" in names


def test_names_beside_the_news_are_marked(make_item: MakeItem) -> None:
    item = make_item()
    one, other = item.record.organisations
    aside = with_record(item, organisations=(one, other.model_copy(update={"section": "boilerplate"})))
    names, *rows = table_of("Organisations", printed(record_tables(aside, item.release.text)))
    assert "only in" in names
    assert [row.endswith("boilerplate") for row in rows] == [False, True]


def test_what_is_no_news_is_dim(make_item: MakeItem) -> None:
    item = make_item()
    text, end = item.release.text, len(item.release.text)
    close = text.index("More in")
    sections = (Section(kind="body", start=0, end=close, rule="r"),
                Section(kind="contact", start=close, end=end, rule="r"))  # fmt: skip
    shown = coloured_text(with_record(item, sections=sections), text)
    assert [(span.start, span.end) for span in shown.spans if span.style == "dim"] == [(close, end)]


@pytest.mark.parametrize("said_of", SAID, ids=lambda said_of: " ".join(said_of[:2]))
def test_what_says_each_attribute(make_item: MakeItem, said_of: tuple[str, ...]) -> None:
    item, (field, name, value, rule, words) = make_item(), said_of
    text = item.release.text
    said = [one for found in values_of(explain(item.record, text), field) for one in found.attributes]
    (attribute,) = (one for one in said if (one.name, one.value) == (name, value))
    assert (attribute.rule, attribute.words and attribute.words.text) == (rule, words)
    if attribute.words:
        shown = attribute.words
        assert text[shown.start - len(shown.before) : shown.end + len(shown.after)] == (
            shown.before + shown.text + shown.after
        )


def test_places_of_rules(make_item: MakeItem) -> None:
    """A date's rule leads to the row of its form, the model of names to the one that the record is by."""
    item = make_item(version="1.0+0123abcd.fast")
    date = item.record.dates[0].model_copy(update={"rule": "month_day_year"})
    explained = explain(with_record(item, dates=(date,)), item.release.text)
    (found,) = values_of(explained, "dates")
    assert str(found.attributes[0].written_in).startswith("extractors/data/date_forms.txt:")
    (person,) = values_of(explained, "people")
    assert str(person.attributes[0].written_in).startswith("extractors/models/fast.onnx")
    assert person.attributes[1].written_in == "extractors/data/positions.json"


def test_checks_stand_with_what_they_are_about(make_item: MakeItem) -> None:
    item = make_item()
    amount, date = item.record.amounts[0], item.record.dates[0]
    checks = (
        Check(code="unclear_currency", message="by id", value_id=amount.id),
        Check(code="ambiguous_date", message="by place", start=date.start, end=date.end),
        Check(code="not_english", message="of nothing in it"),
        Check(code="unread_date", message="of a gone value", value_id="gone"),
    )
    explained = explain(with_record(item, checks=checks), item.release.text)
    about = {(value.field, check.message) for value in explained for check in value.checks}
    assert about == {("amounts", "by id"), ("dates", "by place"), ("release", "of nothing in it"),
                     ("release", "of a gone value")}  # fmt: skip
    assert sum(len(value.checks) for value in explained) == len(checks)


def test_every_value_is_there_once(make_item: MakeItem) -> None:
    record, text = make_item().record, make_item().release.text
    ids = [value.id for value in explain(record, text) if value.id]
    kinds = (record.people, record.organisations, record.dates, record.amounts, record.commitments, record.events)
    wanted = [value.id for values in kinds for value in values] + [quote.id for quote in record.quotes]
    assert sorted(ids) == sorted([*wanted, record.release.id])


def test_a_block_for_each_value(make_item: MakeItem) -> None:
    item = make_item()
    shown = printed(why_text(explain(item.record, item.release.text)))
    assert "  payer: Norvik Foundation  ← model:parties 0.70" in shown
    assert "School up to «€2.50 million». \"We" in shown  # fmt: skip
    assert "  check" in shown


def test_words_that_are_nowhere_near(make_item: MakeItem) -> None:
    """A title and a speaker of which the text has no words, an event with a length of time."""
    item = make_item()
    person = item.record.people[0].model_copy(
        update={"title": "queen", "why": {"title": Reason(rule="r", confidence=1)}}
    )
    when = When(value=None, start=0, end=7, text="Harbour")
    event = Event(id="e", when=when, place=Evidence(start=0, end=7, text="Harbour"), rule="r", confidence=1,
                  start=0, end=7, text="Harbour")  # fmt: skip
    quote = item.record.quotes[0].model_copy(update={"speaker": "Nobody"})
    record = with_record(item, people=(person,), events=(event,), quotes=(quote,))
    explained = explain(record, item.release.text)
    said = {(value.field, one.name): one for value in explained for one in value.attributes}
    assert said["people", "title"].words is None
    assert said["quotes", "speaker"].words is None
    assert (said["events", "when"].value, said["events", "place"].value) == ("Harbour", "Harbour")
