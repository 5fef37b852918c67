"""Which values are right: a record against the one that people left."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from extractors.verdicts import FIELDS, PARTS, Tally, judge
from schemas.evidence import Evidence, Reason
from schemas.record import Record
from store.models import Item

MakeItem = Callable[..., Item]


@pytest.fixture
def record(make_item: MakeItem) -> Record:
    found = make_item().record
    why = {"kind": Reason(rule="model:kinds", confidence=0.5), **found.amounts[0].why}
    return found.model_copy(update={"amounts": (found.amounts[0].model_copy(update={"why": why}),)})


def change(record: Record, field: str, **fields: Any) -> Record:
    first, *others = getattr(record, field)
    return record.model_copy(update={field: (first.model_copy(update=fields), *others)})


def test_a_record_is_right_by_itself(record: Record) -> None:
    judged = judge(record, record)
    assert all(one.right for found in judged.outcomes.values() for one in found)
    counts = {"people": 1, "organisations": 2, "dates": 2, "amounts": 1, "quotes": 1}
    parts = {"people.title": 1, "people.organisation": 1, "quotes.speaker": 1, "amounts.kind": 1, "amounts.payer": 1}
    wanted = {**counts, **parts, "amounts.payee": 1}
    assert judged.tallies == {name: Tally(number, number, number) for name, number in wanted.items()}
    assert sorted(wanted) == sorted((*FIELDS, *PARTS))
    assert judged.outcomes["people.organisation"] == []  # a value without a reason has no probability to judge
    assert judged.outcomes["people.title"][0][:2] == ("model:positions", 0.9)


WRONG = [
    # what people made of it, what is wrong of it then (a name that is no more is no speaker either)
    ("people", {"name": "Ana Maria Reis"}, set()),  # the found name is still a form of hers
    ("people", {"name": "Bo Lim", "mentions": (Evidence(start=0, end=6, text="Bo Lim"),)},
     {"people", "quotes.speaker"}),
    ("people", {"title": "head of the school"}, set()),  # all words of the one are in the other
    ("people", {"title": "treasurer"}, {"people.title"}),
    ("people", {"title": None}, {"people.title"}),
    ("dates", {"value": "2026-05-05"}, {"dates"}),
    ("dates", {"value": None}, {"dates"}),
    ("amounts", {"value": Decimal(3)}, {"amounts"}),
    ("amounts", {"currency": "USD"}, {"amounts"}),
    ("amounts", {"kind": "budget"}, {"amounts.kind"}),
    ("amounts", {"payer": "Harbour School"}, {"amounts.payer"}),
    ("amounts", {"payee": None}, {"amounts.payee"}),
    ("quotes", {"speaker": "Harbour School"}, {"quotes", "quotes.speaker"}),
    ("quotes", {"text": "Nobody said what was there,"}, {"quotes"}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "fields", "expected"), WRONG)
def test_what_people_changed_is_wrong(record: Record, field: str, fields: dict[str, Any], expected: set[str]) -> None:
    judged = judge(record, change(record, field, **fields))
    assert {name for name, found in judged.outcomes.items() if not all(one.right for one in found)} == expected


def test_rejected_and_added_values(record: Record) -> None:
    fewer = record.model_copy(update={"organisations": record.organisations[:1], "dates": record.dates[1:]})
    rejected, added = judge(record, fewer), judge(fewer, record)
    assert (rejected.tallies["organisations"], added.tallies["organisations"]) == (Tally(1, 2, 1), Tally(1, 1, 2))
    assert (rejected.tallies["dates"].errors, added.tallies["dates"].errors) == (1, 1)
    assert [one.right for one in rejected.outcomes["dates"]] == [False, True]


def test_each_entity_is_found_once(record: Record) -> None:
    twice = record.model_copy(update={"people": (*record.people, record.people[0].model_copy())})
    assert [one.right for one in judge(twice, record).outcomes["people"]] == [True, False]
