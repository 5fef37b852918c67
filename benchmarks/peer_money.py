"""Sums of money in the notations of other projects, all made value in the main unit and currency code."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.core import Locale

from benchmarks.peer_cases import Meanings

_TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("peer_units.json").read_text("utf8"))
UNKNOWN = "?"
"""The currency where only its family is named: francs."""
LETTERS: frozenset[str] = frozenset(_TABLE["letters"])
"""Signs that nobody can tell from words in English text."""


def name_sum(value: Decimal, currency: str | None, maximum: Decimal | None = None) -> str:
    """A sum in one notation, without idle zeros.

    >>> name_sum(Decimal("3.50"), "USD"), name_sum(Decimal("1e1"), None, Decimal(20))
    ('3.5 USD', '10..20 ?')
    """
    ends = [f"{end.normalize():f}" for end in (value, maximum) if end is not None]
    return f"{'..'.join(ends)} {currency or UNKNOWN}"


@cache
def _names() -> dict[str, str]:
    """CLDR's English name of a currency, singular or plural, in small letters, to its code."""
    locale = Locale("en")
    plurals = locale._data["currency_names_plural"]
    return {
        name.lower(): code
        for code, title in locale.currencies.items()
        for name in (title, *dict(plurals.get(code, {})).values())
    }


@cache
def _family(word: str) -> tuple[str, ...]:
    """The codes of all currencies with this last word: franc."""
    return tuple(code for name, code in _names().items() if re.search(rf"\b{word}s?$", name))


def read_unit(name: str) -> tuple[str, ...]:
    """The codes that another project's unit may mean, `GBP/100` for pence, `?` for a family; none if it is no currency.

    A bare dollar is the American one and a bare pound the British one; a bare franc is any franc or none named.

    >>> read_unit("Dollar"), read_unit("Pence"), read_unit("Hong Kong dollar"), read_unit("kilogram")
    (('USD',), ('GBP/100',), ('HKD',), ())
    >>> "CHF" in read_unit("Franc"), UNKNOWN in read_unit("Franc")
    (True, True)
    """
    if re.fullmatch("[A-Z]{3}", name):
        return (name,)
    word = name.lower()
    if word in _TABLE["units"]:
        return tuple(_TABLE["units"][word])
    if word in _TABLE["families"]:
        return (*_family(word), UNKNOWN)
    return (_names()[word],) if word in _names() else ()


def read_sign(sign: str) -> tuple[str, ...]:
    """The codes that a currency as written on a price tag may mean; none where the table has no such sign.

    >>> read_sign("zł"), read_sign("US$"), read_sign("eur"), read_sign("₶")
    (('PLN',), ('USD',), ('EUR',), ())
    """
    if sign in _TABLE["signs"]:
        return tuple(_TABLE["signs"][sign])
    return (sign.upper(),) if sign.upper() in Locale("en").currencies else ()


def read_sums(values: tuple[Decimal, Decimal | None], units: Iterable[str]) -> Meanings:
    """Everything that a value, or the two ends of a range, may be in any of the units.

    >>> sorted(read_sums((Decimal(50), None), ("USD/100", "EUR/100")))
    ['0.5 EUR', '0.5 USD']
    """
    return frozenset(_in_units(values, units))


def _in_units(values: tuple[Decimal, Decimal | None], units: Iterable[str]) -> Iterator[str]:
    value, maximum = values
    for unit in units:
        code, _, parts = unit.partition("/")
        scale = Decimal(parts or 1)
        yield name_sum(value / scale, code, maximum and maximum / scale)


def read_tag(amount: Decimal, sign: str) -> Meanings:
    """A price tag: the sum in every currency that the sign may mean, and the sum with the sign as it is written.

    >>> sorted(read_tag(Decimal("12.5"), "zł"))
    ['12.5 PLN', '12.5 zł']
    """
    return read_sums((amount, None), read_sign(sign)) | {name_sum(amount, sign)}


def read_resolution(value: Mapping[str, Any]) -> Meanings:
    """A currency as Recognizers-Text resolves it.

    >>> read_resolution({"value": "50", "unit": "Cent"})
    frozenset({'0.5 USD'})
    """
    return read_sums((Decimal(value["value"]), None), read_unit(value.get("isoCurrency") or value["unit"]))
