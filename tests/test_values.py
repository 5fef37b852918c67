"""Calendar values and money, as schemas/values.py defines them."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.values import CalendarDate, Money, date_bounds, derive_id

BOUNDS = [
    ("2025-04-10", "2025-04-10", "2025-04-10"),  # a day is its own bounds
    ("2024-02", "2024-02-01", "2024-02-29"),  # leap year
    ("2025-Q4", "2025-10-01", "2025-12-31"),
    ("2025-H1", "2025-01-01", "2025-06-30"),
    ("2025-WI", "2025-12-01", "2026-02-28"),  # winter runs into the next year
    ("2025-W01", "2024-12-30", "2025-01-05"),  # ISO weeks may begin in the year before
    ("199X", "1990-01-01", "1999-12-31"),
    ("2024/2026", "2024-01-01", "2026-12-31"),
    ("2025-03-03/2025-03-05", "2025-03-03", "2025-03-05"),
]
NOT_CALENDAR = [
    "",
    "2025-13",
    "2025-02-30",
    "2025-W60",
    "25",
    "2025-Q5",
    "2026/2024",
    "2025/",
    "tomorrow",
    "FY25",
    "2025-04-10T09:00",
]


@pytest.mark.parametrize(("value", "first", "last"), BOUNDS)
def test_date_bounds(value: str, first: str, last: str) -> None:
    assert date_bounds(value) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def test_fiscal_years_have_no_bounds() -> None:
    assert date_bounds("FY2025") is None
    assert date_bounds("FY2024/FY2025") is None


@pytest.mark.parametrize("value", NOT_CALENDAR)
def test_not_a_calendar_value(value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(CalendarDate).validate_python(value)


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=4))
def test_money_keeps_every_digit_in_json(value: Decimal) -> None:
    money = Money(value=value, currency="EUR")
    assert Money.model_validate_json(money.model_dump_json()).value == value
    assert "E" not in money.model_dump(mode="json")["value"]  # plain digits, no exponent


@pytest.mark.parametrize("wrong", [{"currency": "€"}, {"value": "NaN"}, {"value": "Infinity"}, {"amount": 1}])
def test_money_refuses(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"value": "1", "currency": "EUR", **wrong})


def test_ids_tell_parts_apart() -> None:
    assert derive_id("a", "b") != derive_id("ab")
    assert derive_id("a", 1) == derive_id("a", "1")
