"""The desk as the page shows it: groups, states, reasons, differences, checks, forms."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from review.forms import FORMS, fill, guess, held_values
from review.sheet import DeskView, State, state_of, view_desk
from schemas.record import Amount, DateMention, Organisation, Person, Quote
from schemas.review import DeskSheet, Review, ReviewField, Shown
from store.models import Item

AT = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


def _values(item: Item) -> list[Shown]:
    fields: tuple[ReviewField, ...] = ("people", "organisations", "dates", "amounts", "quotes")
    return [
        Shown(field=field, value_id=value.id, value=value.model_dump(mode="json"))
        for field in fields
        for value in getattr(item.record, field)
    ]


def _view(item: Item, values: list[Shown]) -> DeskView:
    sheet = DeskSheet(values=tuple(values), status="open", seen=0, based_on="", opinion=1)
    return view_desk(item.release, item.record, sheet)


def _review(shown: Shown, verdict: Any, human: dict[str, Any] | None) -> Review:
    machine = None if verdict == "added" else shown.value
    return Review(id="r", release_id="1", field=shown.field, value_id=shown.value_id, verdict=verdict, machine=machine,
                  human=human, reviewer="ana", reviewed_at=AT, extractor_version="1", text_sha256="0",
                  comment="hm")  # fmt: skip


def test_groups(make_item: Callable[..., Item]) -> None:
    item = make_item()
    view = _view(item, _values(item))
    assert [(group.title, len(group.rows), group.open) for group in view.groups] == [
        ("People", 1, 1), ("Organisations", 2, 2), ("Amounts", 1, 1), ("Dates", 2, 2), ("Quotes", 1, 1),
    ]  # fmt: skip
    assert (view.total, len(view.open)) == (7, 7)
    (person,) = view.groups[0].rows
    assert (person.headline, person.facts) == ("Ana Reis", [("title", "head"), ("works for", "Harbour School")])
    assert [(why.attribute, why.rule) for why in person.why] == [
        ("found by", "model:names"),
        ("title", "model:positions"),
    ]
    assert [check.words for check in view.checks] == ["Harbour", ""]


def test_a_correction_shows_both(make_item: Callable[..., Item]) -> None:
    item = make_item()
    values = _values(item)
    human = values[0].value | {"title": "director"}
    values[0] = values[0].model_copy(update={"value": human, "review": _review(values[0], "corrected", human)})
    (row,) = _view(item, values).groups[0].rows
    assert (row.state, row.changed, row.comment, row.reviewer) == (
        "corrected",
        [("title", "head", "director")],
        "hm",
        "ana",
    )


STATES: list[tuple[Any, str | None, State]] = [
    (None, None, "open"),
    ("accepted", None, "accepted"),
    ("rejected", None, "rejected"),
    ("added", None, "added"),
    ("accepted", "the words are gone", "reopened"),
]


@pytest.mark.parametrize(("verdict", "reopened", "expected"), STATES)
def test_states(make_item: Callable[..., Item], verdict: Any, reopened: str | None, expected: State) -> None:
    shown = _values(make_item())[0]
    review = _review(shown, verdict, shown.value) if verdict else None
    assert state_of(shown.model_copy(update={"review": review, "reopened": reopened})) == expected


def test_what_the_extractor_says_by_now(make_item: Callable[..., Item]) -> None:
    item = make_item()
    values = _values(item)
    values[0] = values[0].model_copy(update={"machine_now": values[0].value | {"title": "chair"}})
    (row,) = _view(item, values).groups[0].rows
    assert row.now_otherwise == [("title", "head", "chair")]


def test_the_text_is_drawn_again_when_a_value_stands_elsewhere(make_item: Callable[..., Item]) -> None:
    item = make_item()
    values = _values(item)
    before = _view(item, values).marks_key
    decided = values[0].model_copy(update={"review": _review(values[0], "accepted", values[0].value)})
    assert _view(item, [decided, *values[1:]]).marks_key == before
    assert _view(item, values[1:]).marks_key != before


MODELS: dict[str, type[BaseModel]] = {
    "people": Person, "organisations": Organisation, "amounts": Amount, "dates": DateMention, "quotes": Quote,
}  # fmt: skip


@pytest.mark.parametrize("field", FORMS)
def test_forms_ask_for_attributes_that_there_are(field: ReviewField) -> None:
    assert {wanted.name for wanted in FORMS[field]} <= set(MODELS[field].model_fields)


def test_names_are_those_of_the_release(make_item: Callable[..., Item]) -> None:
    item = make_item()
    values = _values(item)
    values[1] = values[1].model_copy(update={"review": _review(values[1], "rejected", None)})
    names = held_values(DeskSheet(values=tuple(values), status="open", seen=0, based_on="", opinion=1))
    assert names == {
        "people": [("Ana Reis", "Ana Reis")],
        "organisations": [("Harbour School", "Harbour School")],
        "amounts": [(item.record.amounts[0].id, "up to 2,500,000 EUR – “€2.50 million”")],
    }
    payer = next(field for field in fill("amounts", {"payer": "Norvik Foundation"}, names) if field.name == "payer")
    assert [title for title, _ in payer.options] == ["People", "Organisations", "As extracted"]
    employer = next(field for field in fill("people", {}, names) if field.name == "organisation")
    assert [title for title, _ in employer.options] == ["Organisations"]


def test_what_an_amount_is_a_part_of_is_told_in_words(make_item: Callable[..., Item]) -> None:
    item = make_item()
    values, first = _values(item), item.record.amounts[0]
    period = {"start": 0, "end": 1, "text": "H", "value": "2026/2028"}
    human = values[5].value | {"id": "new", "value": "1000", "part_of": first.id, "period": period}
    added = Shown(field="amounts", value_id="new", value=human, review=_review(values[5], "corrected", human))
    row = _view(item, [*values, added]).groups[2].rows[1]
    assert row.facts[-2:] == [("period", "H (2026/2028)"), ("part of", "up to 2,500,000 EUR")]
    assert ("part of", "–", "up to 2,500,000 EUR") in row.changed
    sheet = DeskSheet(values=(*values, added), status="open", seen=0, based_on="", opinion=1)
    form = {field.name: field for field in fill("amounts", human, held_values(sheet))}
    assert (form["period"].value, form["period"].start, form["period"].means) == ("H", 0, "2026/2028")
    assert [key for _, group in form["part_of"].options for key, _ in group] == [first.id]  # not itself


def test_guesses(make_item: Callable[..., Item]) -> None:
    record = make_item().record
    assert guess("people", " Eva  Maria ", record) == {"name": "Eva Maria"}
    assert guess("amounts", "US$2,500.50", record) == {"value": "2500.50"}
    assert guess("dates", "may 4, 2026", record) == {"value": "2026-05-04"}
    assert guess("quotes", "we", record) == {}
