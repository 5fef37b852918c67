"""Currencies: every current one by its code and by its English name."""

import pytest
from babel.core import Locale

from extractors.amounts import read_amount
from extractors.countries import count_countries, guess_country
from extractors.currencies import FAMILIES, HOME_CODES

CODES = sorted({code for codes in HOME_CODES.values() for code in codes})


@pytest.mark.parametrize("code", CODES)
def test_every_current_code_is_read(code: str) -> None:
    for text in (f"{code} 2.5 million", f"2.5 million {code}"):
        money = read_amount(text)
        assert money is not None
        assert money.currency == code


@pytest.mark.parametrize("code", [code for code in CODES if " " in Locale("en").currencies[code]])
def test_every_english_name_is_read(code: str) -> None:
    money = read_amount(f"2.5 million {Locale('en').currencies[code]}")
    if code not in ("STN", "TTD", "BAM", "XCG", "TOP", "SHP"):  # names with "&", "St." and hyphens are not
        assert money is not None
        assert money.currency == code


def test_families_know_their_countries() -> None:
    assert FAMILIES["dollar"]["AU"] == "AUD"
    assert FAMILIES["crown"]["CZ"] == "CZK"
    assert FAMILIES["cent"]["IE"] == "EUR"


def test_one_city_does_not_settle_a_currency() -> None:
    counts = count_countries("Vancouver " * 30)
    assert guess_country(counts, FAMILIES["dollar"], "US") == (None, False)
