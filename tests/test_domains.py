"""Organisations that an address in the text spells."""

import pytest

from extractors.domains import LIKELY, add_domains
from extractors.tagger import Name

SPELT = [
    ("Ana Roe, Virgo Press, ana@virgo-press.com", ["Virgo Press"]),  # a mail address with a hyphen
    ("Kelvarro & Sons opened. See www.kelvarrosons.co.uk.", ["Kelvarro & Sons"]),  # a web address below a country
    ("Visit https://shop.kelvarro.com/new, says KELVARRO.", ["KELVARRO"]),  # capitals, a domain below the name's
    ("It is kelvarro, at info@kelvarro.com.", []),  # no capital, no name
    ("Follow us on Facebook: www.facebook.com/kelvarro", []),  # a platform
    ("Write to Kelvarro.com or info@kelvarro.com", []),  # part of an address
    ("Write to me@abc.com, says ABC.", []),  # too short to tell
]


@pytest.mark.parametrize(("text", "expected"), SPELT)
def test_spelt(text: str, expected: list[str]) -> None:
    assert [text[name.start : name.end] for name in add_domains(text, [])] == expected


def test_what_is_known_already() -> None:
    text = "The Virgo Press Group and Virgo Press: ana@virgopress.com"
    longer, same = Name(4, 21, "ORG", 0.6), Name(26, 37, "OTHER", 0.6)
    assert add_domains(text, [longer, same]) == [longer, same]  # neither a part nor another label
    assert add_domains(text, [longer, Name(26, 31, "PERSON", 0.6)]) == [longer, Name(26, 37, "ORG", LIKELY)]
