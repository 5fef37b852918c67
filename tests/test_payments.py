"""What counts as a payment; which amounts tell of one is tried where they are extracted and reviewed."""

from typing import Any

import pytest

from schemas.payments import is_payment
from schemas.record import Amount

KINDS: list[tuple[dict[str, Any], bool]] = [
    ({"kind": "commitment"}, True),  # whoever pays
    ({"kind": "penalty"}, True),
    ({"kind": "price"}, False),
    ({"kind": "price", "payer": "Norvik"}, False),
    ({"kind": "price", "payer": "Norvik", "payee": "Luma"}, True),
    ({"kind": None, "payer": "Norvik", "payee": "Luma"}, False),  # nobody knows what it is
    ({"kind": "commitment", "equals": "other"}, False),  # told in another currency
    ({"kind": "commitment", "value": 0}, False),
]


@pytest.mark.parametrize(("said", "expected"), KINDS)
def test_what_is_a_payment(said: dict[str, Any], expected: bool) -> None:
    given = {"value": 5, "currency": "EUR", **said}
    assert is_payment(Amount(id="a", start=0, end=2, text="€5", rule="r", confidence=1, **given)) is expected
