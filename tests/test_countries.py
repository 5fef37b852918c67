"""Countries: every one by its name, and how strongly a text speaks from one."""

import pytest
from babel.core import Locale

from extractors.countries import count_countries, country_names, guess_country
from extractors.currency_table import FAMILIES, HOME_CODES

TERRITORIES = {code: name for code, name in Locale("en").territories.items() if HOME_CODES.get(code)}
# A person's, a state's or a thing's name as well, or a name that nobody writes.
OTHERWISE = {"GE": "Tbilisi", "TD": "Chadian", "CD": "Congolese", "CG": "Brazzaville"}
SILENT = {"JE", "EU", "CX"}

CUES = [
    ("Kenyan farmers met in Nairobi.", "KE"),  # people and capital
    ("The Gambian dalasi fell.", "GM"),
    ("PORT MORESBY, Papua New Guinea", "PG"),  # the longer name, no Guinea
    ("Equatorial Guinea and Malabo", "GQ"),
    ("South Sudan", "SS"),
    ("Nigeria's ministry", "NG"),  # no Niger
    ("the Trinidad & Tobago stock exchange", "TT"),
    ("St. Kitts and Nevis", "KN"),
    ("New Mexico", "US"),  # no Mexico
    ("São Paulo", "BR"),
]
NO_CUES = ["Michael Jordanson", "a turkey", "Malice", "Georgia", "Chad Smith", "the reading room"]


@pytest.mark.parametrize("code", sorted(TERRITORIES.keys() - SILENT))
def test_every_country_is_known(code: str) -> None:
    text = OTHERWISE.get(code, TERRITORIES[code])
    assert set(count_countries(f"The ministry of {text} said so.")) == {code}


@pytest.mark.parametrize(("text", "country"), CUES)
def test_cues(text: str, country: str) -> None:
    assert set(count_countries(text)) == {country}


@pytest.mark.parametrize("text", NO_CUES)
def test_what_is_no_cue(text: str) -> None:
    assert set(count_countries(text)) <= {"US"}


def test_countries_with_one_currency_are_no_rivals() -> None:
    counts = count_countries("Puerto Rico and Puerto Rican banks, the United States, Washington and New York")
    assert guess_country(counts, FAMILIES["dollar"]) == (max(counts, key=lambda code: counts[code]), True)


def test_names_have_one_country() -> None:
    names = country_names()
    assert names["Ivorian"] == "CI"
    assert names["Dominican"] == "DO"
    assert names["Dominica"] == "DM"
