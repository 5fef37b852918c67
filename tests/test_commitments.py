"""One row for each payment."""

from typing import Any

import pytest

from extractors.commitments import read_payments
from extractors.findings import Findings
from schemas.evidence import Evidence, Reason
from schemas.record import Amount, Commitment, Organisation
from tests.payments import NLP, find_values

GRANT = "Ferro Fund gives Luma $3 million for clinics. It paid on 4 May 2025."


def at(text: str, words: str, start: int = 0) -> Evidence:
    place = text.index(words, start)
    return Evidence(start=place, end=place + len(words), text=words)


def between(amount: Amount, text: str, payer: str | None, payee: str | None) -> Amount:
    changes: dict[str, Any] = {"payer": payer, "payee": payee, "why": {"kind": Reason(rule="test", confidence=0.5)}}
    changes |= {f"{side}_words": at(text, name) for side, name in (("payer", payer), ("payee", payee)) if name}
    return amount.model_copy(update=changes)


def commitments(found: Findings) -> list[Commitment]:
    return read_payments(NLP(found.release.text), found).commitments


def with_amounts(text: str, *parties: tuple[str | None, str | None]) -> Findings:
    found = find_values(text)
    amounts = [between(amount, text, *names) for amount, names in zip(found.amounts, parties, strict=True)]
    return Findings(**{**vars(found), "amounts": amounts})


def test_a_payment_has_its_parties_purpose_and_evidence() -> None:
    (row,) = commitments(with_amounts(GRANT, ("Ferro Fund", "Luma")))
    assert row.payer is not None
    assert row.payee is not None
    assert row.purpose is not None
    assert (row.payer.name, row.payee.name, row.purpose.text) == ("Ferro Fund", "Luma", "for clinics")
    assert row.value == 3_000_000
    assert GRANT[row.payer.start : row.payer.end] == "Ferro Fund"
    assert row.confidence < 0.5  # no surer than the kind of its amount


def test_the_same_payment_told_twice_is_one_row() -> None:
    text = "Luma wins $3 million\n\nFerro Fund gave Luma $3 million to build clinics for 2025-2027."
    (row,) = commitments(with_amounts(text, (None, "Luma"), ("Ferro Fund", "Luma")))
    assert len(row.amounts) == 2
    assert row.payer is not None
    assert row.purpose is not None
    assert row.period is not None
    assert (row.payer.name, row.period.value) == ("Ferro Fund", "2025/2027")
    assert text[row.purpose.start : row.purpose.end] == "to build clinics"


def test_the_same_sum_to_others_is_another_row() -> None:
    text = "Ferro Fund gave Luma $3 million and Orion $3 million."
    rows = commitments(with_amounts(text, ("Ferro Fund", "Luma"), ("Ferro Fund", "Orion")))
    assert [row.payee.name for row in rows if row.payee] == ["Luma", "Orion"]


def test_the_same_sum_in_another_currency_is_no_row() -> None:
    rows = commitments(with_amounts("It gave US$5 million (€4.6 million).", (None, None), (None, None)))
    assert [row.currency for row in rows] == ["USD"]


def test_a_part_knows_its_whole() -> None:
    text = "It adds $2.8 million, which brings the total to $11.95 million."
    first, total = commitments(with_amounts(text, (None, None), (None, None)))
    assert (first.part_of, total.part_of) == (total.id, None)


def test_a_total_is_between_the_same_two_as_what_brings_it_about() -> None:
    text = "Ferro Fund gave Luma $2.8 million, which brings the total to $11.95 million."
    found = with_amounts(text, ("Ferro Fund", "Luma"), (None, None))
    _, total = read_payments(NLP(text), found).amounts
    assert (total.payer, total.payee) == ("Ferro Fund", "Luma")


def test_the_same_sum_in_another_currency_is_between_the_same_two() -> None:
    text = "Ferro Fund gave Luma US$5 million (€4.6 million)."
    _, euros = read_payments(NLP(text), with_amounts(text, ("Ferro Fund", "Luma"), (None, None))).amounts
    assert (euros.payer, euros.payee) == ("Ferro Fund", "Luma")


def test_a_receiver_is_no_purpose() -> None:
    text = "A $3 million round for the Oslo-based Luma."
    found = find_values(text)
    luma = Organisation(id="o", name="Luma", mentions=(at(text, "Luma"),), confidence=1)
    found = Findings(**{**vars(found), "organisations": [luma]})
    assert read_payments(NLP(text), found).amounts[0].purpose is None


@pytest.mark.parametrize(("text", "day"), [
    ("On 4 May 2025 it gave $3 million.", "2025-05-04"),
    ("It gave $3 million in 2023.", "2023"),
    ("It gave $3 million. The fair is on 4 May 2025.", None),  # another sentence
    ("It gave $3 million for 2024-2026.", None),  # the period
])  # fmt: skip
def test_day(text: str, day: str | None) -> None:
    (row,) = commitments(with_amounts(text, (None, None)))
    assert (row.day.value if row.day else None) == day


@pytest.mark.parametrize("kind", ["price", "result", "budget", None])
def test_what_is_no_payment(kind: Any) -> None:
    text = "It is $3 million."
    assert commitments(find_values(text, kind)) == []
