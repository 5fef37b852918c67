"""How sure values are."""

from dataclasses import replace

from extractors.confidence import expect_errors, read_signs, settle_confidence, weigh
from schemas.record import Amount, Check, DateMention
from tests.payments import NLP, find_values

TEXT = "The fund gave $5 million. It then gave $6 million on 4 May 2025."


def test_a_checked_amount_is_less_sure() -> None:
    found = find_values(TEXT)
    first = found.amounts[0]
    check = Check(code="unclear_currency", message="?", start=first.start, end=first.end, value_id=first.id)
    plain, checked = (settle_confidence(NLP(TEXT), one).amounts[0] for one in (found, replace(found, checks=[check])))
    assert checked.confidence < plain.confidence


def test_a_surer_find_stays_surer() -> None:
    found = find_values(TEXT)
    low, high = (found.amounts[0].model_copy(update={"confidence": p}) for p in (0.4, 0.9))
    settled = settle_confidence(NLP(TEXT), replace(found, amounts=[low, high])).amounts
    assert settled[0].confidence < settled[1].confidence


def test_every_confidence_is_a_probability() -> None:
    settled = settle_confidence(NLP(TEXT), find_values(TEXT))
    values: list[Amount | DateMention] = [*settled.amounts, *settled.dates]
    assert len(values) == 3
    assert all(0 < value.confidence < 1 for value in values)


def test_the_priority_counts_what_may_be_wrong_or_missing() -> None:
    found = settle_confidence(NLP(TEXT), find_values(TEXT))
    doubt = Check(code="name_uncertain", message="?", start=0, end=3)
    assert expect_errors(replace(found, checks=[doubt])) > expect_errors(found) > 0
    assert found.review_priority > 0


def test_what_speaks_for_a_value() -> None:
    amount: Amount = find_values(TEXT).amounts[0].model_copy(update={"section": "contact", "confidence": 0.5})
    signs = read_signs(amount, frozenset({amount.id}))
    assert signs == {"one": 1.0, "odds": 0.0, "apart": 1.0, "checked": 1.0, "once": 0.0}
    assert weigh(signs, {"apart": -5.0}) < 0.01
