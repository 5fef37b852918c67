"""Payments follow what people say of amounts: they come, join, part and leave with them."""

from typing import Any

import pytest

from schemas.record import Commitment, Record
from schemas.review import Add, Correct, Target
from store.review_case import Case
from tests.conftest import TEXT
from tests.reviewing import spot
from tests.test_review_changes import Desk, open_desk

MORE = f"{TEXT}\n\nThe €2.50 million is for boats. They sold a ship for $5 million."
SHIP, BOATS = spot(MORE, "$5 million"), spot(MORE, "€2.50 million", 1)
PARTIES = {"payer": "Norvik Foundation", "payee": "Ana Reis"}
GRANT = {"kind": "commitment", "value": "2500000", "currency": "EUR"}


def add(desk: Desk, place: dict[str, Any], **said: Any) -> Desk:
    return desk.do(Add(field="amounts", value={"value": "5000000", "currency": "USD", **place, **said}))


def correct(desk: Desk, words: str, **changes: Any) -> Desk:
    return desk.do(Correct(target=desk.target(words), changes=changes))


def told(record: Record) -> list[tuple[str, str, int]]:
    """Kind, sum and number of amounts of each payment."""
    return [(row.kind, f"{row.value:.0f}", len(row.amounts)) for row in record.commitments]


FIRST = ("commitment", "2500000", 1)
ADDED: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, int]]]] = [
    (SHIP, {"kind": "price", **PARTIES}, [FIRST, ("price", "5000000", 1)]),
    (SHIP, {"kind": "penalty"}, [FIRST, ("penalty", "5000000", 1)]),  # a payment whoever pays
    (SHIP, {"kind": "price", "payer": "Ana Reis"}, [FIRST]),  # nobody knows to whom
    (SHIP, {**PARTIES}, [FIRST]),  # nor what it is
    (BOATS, GRANT, [("commitment", "2500000", 2)]),  # the same told again
    (BOATS, {**GRANT, "payee": "Harbour School"}, [("commitment", "2500000", 2)]),
    (BOATS, {**GRANT, "payee": "Ana Reis"}, [FIRST, FIRST]),  # to somebody else
]


@pytest.mark.parametrize(("place", "said", "expected"), ADDED)
def test_what_people_add(place: dict[str, Any], said: dict[str, Any], expected: list[tuple[str, str, int]]) -> None:
    assert told(add(open_desk(MORE), place, **said).record()) == expected


def test_a_payment_that_people_made_is_whole() -> None:
    """Its parties have words of the text, though a person only chose their names."""
    desk = add(open_desk(MORE), SHIP, kind="price", purpose=spot(MORE, "for boats"), **PARTIES)
    row = desk.record().commitments[1]
    Commitment.model_validate(row.model_dump(), context={"text": MORE})
    assert (row.payer, row.payee) != (None, None)
    assert [(party.name, party.text) for party in (row.payer, row.payee) if party] == [
        ("Norvik Foundation", "Norvik Foundation"), ("Ana Reis", "Ana Reis"),
    ]  # fmt: skip
    assert (row.purpose and row.purpose.text, row.day, row.confidence) == ("for boats", None, 1.0)


def test_payments_go_with_what_people_change() -> None:
    desk = add(open_desk(MORE), SHIP, kind="result")
    assert told(desk.record()) == [FIRST]
    desk = correct(desk, "$5 million", kind="penalty")
    assert told(desk.record()) == [FIRST, ("penalty", "5000000", 1)]
    grant = desk.target("€2.50 million").value_id
    rows = correct(desk, "$5 million", part_of=grant).record().commitments
    assert (rows[0].part_of, rows[1].part_of) == (None, rows[0].id)
    assert told(correct(desk, "$5 million", equals=grant).record()) == [FIRST]  # no payment of its own
    desk = correct(desk, "€2.50 million", kind="price", payee=None)
    assert told(desk.record()) == [("penalty", "5000000", 1)]  # a price, and nobody says who gets it


@pytest.mark.parametrize("number", [0, 1])
def test_amounts_of_one_payment_part_where_one_is_corrected(number: int) -> None:
    case, made = (desk := add(open_desk(MORE), BOATS, **GRANT)).case, desk.record()
    assert told(made) == [("commitment", "2500000", 2)]
    extracted = case.record.model_copy(update={"amounts": made.amounts, "commitments": made.commitments})
    desk = Desk(Case(case.release, extracted, {}, {}))  # as if the extractor had found both
    target = Target(field="amounts", value_id=made.amounts[number].id)
    rows = desk.do(Correct(target=target, changes={"value": "3500000"})).record().commitments
    ids = {f"{row.value:.0f}": row.amounts for row in rows}
    assert ids == {"3500000": (made.amounts[number].id,), "2500000": (made.amounts[1 - number].id,)}
    assert len({row.id for row in rows}) == 2
