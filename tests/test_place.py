"""Language and country of newsrooms: each sign by itself, which of two counts, and what is no sign."""

import json

import pytest

from flows.place import read_place
from flows.place_table import DIALLED, ENDS, GENERIC, SIGNS
from tests.test_feeds import page

HOSTS = [
    ("acme.de", "DE"),
    ("news.acme.co.uk", "GB"),
    ("acme.com.au", "AU"),
    ("www.gov.uk", "GB"),
    ("police.gov.scot", "GB"),
    ("www.justice.gov", "US"),
    ("www.army.mil", "US"),
    ("acme.berlin", "DE"),
    ("xn--80a.xn--p1ai", "RU"),
    ("www.gov.co", "CO"),  # Colombia's own
    ("acme.com.co", "CO"),
    ("acme.co", None),  # the whole world's
    ("acme.io", None),
    ("acme.tv", None),
    ("acme.com", None),
    ("acme.org", None),
    ("acme.eu", None),
    ("acme.su", None),  # of a country that is no more
    ("ec.europa.eu", None),
    ("127.0.0.1:8000", None),
    ("[::1]", None),
    ("de", "DE"),
]


@pytest.mark.parametrize(("host", "country"), HOSTS)
def test_ends_of_hosts(host: str, country: str | None) -> None:
    seen = page("<p>News</p>").model_copy(update={"final_url": f"https://{host}/news/"})
    assert read_place(seen) == (None, country)


def ld(**fields: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(fields)}</script>"


SIGNED = [
    # what the page says of its language
    ("<html lang='en-GB'>", ("en", "GB")),
    ("<html lang=de_AT.UTF-8>", ("de", "AT")),
    ("<html lang='zh-Hant-TW'>", ("zh", "TW")),
    ("<html lang='en-UK'>", ("en", "GB")),  # as many write it
    ("<html lang='de'>", ("de", None)),  # a language is no country
    ("<html lang='es-419'>", ("es", None)),
    ("<html lang='en-EU'>", ("en", None)),
    ("<html lang='zh-Hans'>", ("zh", None)),
    ("<html lang='gsw'>", (None, None)),
    ("<html lang=''>", (None, None)),
    ("<p lang='fr-FR'>Bonjour</p>", (None, None)),  # a paragraph's
    ("<meta property='og:locale' content='pt_BR'>", (None, "BR")),
    ("<meta property='og:locale:alternate' content='pt_BR'>", (None, None)),  # another page's
    ("<link rel='alternate' hreflang='en-ie' href='/news/'>", (None, "IE")),
    ("<link rel='alternate' hreflang='en-ie' href='/ie/'>", (None, None)),  # another page's
    # where its organisation is
    (ld(address={"@type": "PostalAddress", "addressCountry": "NL"}), (None, "NL")),
    (ld(**{"@graph": [{"address": [{"addressCountry": {"@type": "Country", "name": "Ireland"}}]}]}), (None, "IE")),
    (ld(address={"addressCountry": ["United Kingdom"]}), (None, "GB")),
    (ld(address=[{"addressCountry": "NL"}, {"addressCountry": "nl"}]), (None, "NL")),
    (ld(address=[{"addressCountry": "NL"}, {"addressCountry": "BE"}]), (None, None)),  # offices everywhere
    (ld(address={"addressCountry": "Middle-earth"}), (None, None)),
    (ld(address={"addressCountry": None}), (None, None)),
    ("<script type='application/ld+json'>{broken</script>", (None, None)),
    ("<script type='application/ld+json'>" + "[" * 50_000 + "</script>", (None, None)),
    ("<span itemprop='addressCountry'>Germany</span>", (None, "DE")),
    ("<meta itemprop='addressCountry' content='SE'>", (None, "SE")),
    ("<meta name='geo.region' content='CH-ZH'>", (None, "CH")),
    # its telephones
    ("<a href='tel:+44%2020%207946%200000'>call</a>", (None, "GB")),
    ("Press office: +353 (0)1 555 0100", (None, "IE")),
    ("+49 30 901820, +49 89 23300", (None, "DE")),
    ("+49 30 901820, +33 1 42 76 40 40", (None, None)),
    ("+44 20 7946 0000, +1 212 555 0100", (None, None)),  # the other is no country's alone
    ("+1 212 555 0100", (None, None)),
    ("+7 495 555 0100", (None, None)),
    ("1 +44 = 45; +44 sold", (None, None)),  # no telephone
    ("updated 10:00 2025-04-11 12:30", (None, None)),
    # its money
    ("It gave £2.5 million and £3m", (None, "GB")),
    ("pays R$ 500", (None, "BR")),
    ("C$5m", (None, "CA")),
    ("500 zł", (None, "PL")),
    ("US$5m", (None, None)),  # ends like Singapore's
    ("US$5m and S$6m", (None, "SG")),
    ("£2m and ₹3 crore", (None, None)),
    ("$5m, €6m, ¥7m", (None, None)),  # of several countries each
    # what templates write by themselves
    ("<html lang='en-US'><p>News", ("en", None)),
    ("<html lang='en-US'><meta property='og:locale' content='en_US'>", ("en", None)),
    ("<html lang='en-US'><p>$5 million", ("en", "US")),
    ("<html lang='en-US'><p>+1 (212) 555-0100", ("en", "US")),
    ("<html lang='en-US'><p>£5 million", ("en", "GB")),
    ("<html lang='en-US'>" + ld(address={"addressCountry": "FI"}), ("en", "FI")),
    ("", (None, None)),
]


@pytest.mark.parametrize(("markup", "expected"), SIGNED)
def test_signs_of_a_page(markup: str, expected: tuple[str | None, str | None]) -> None:
    assert read_place(page(markup).model_copy(update={"final_url": "https://acme.example.com/news/"})) == expected


STRONGER = [
    # each before the next
    ("acme.fr", "FR"),
    ("<html lang='en-GB'>", "GB"),
    ("<link rel='alternate' hreflang='en-ie' href='/news/'>", "IE"),
    ("<meta property='og:locale' content='pt_BR'>", "BR"),
    (ld(address={"addressCountry": "NL"}), "NL"),
    ("<p>+49 30 901820</p>", "DE"),
    ("<p>₹500</p>", "IN"),
]


@pytest.mark.parametrize("first", range(len(STRONGER)))
def test_the_stronger_sign_counts(first: int) -> None:
    host = STRONGER[0][0] if first == 0 else "acme.com"
    markup = "".join(said for said, _ in STRONGER[max(1, first) :])
    seen = page(markup).model_copy(update={"final_url": f"https://{host}/news/"})
    assert read_place(seen)[1] == STRONGER[first][1]


def test_of_no_country_whatever_the_page_says() -> None:
    seen = page("<html lang='en-GB'>£5m").model_copy(update={"final_url": "https://ec.europa.eu/news/"})
    assert read_place(seen) == ("en", None)


def test_the_tables() -> None:
    """Every row is one country's, and no sign stands in two rows."""
    assert (DIALLED["44"], ENDS["uk"], SIGNS["£"], "io" in GENERIC) == ("GB", "GB", "GB", True)
    assert all(
        len(country) == 2 and country.isupper() for table in (DIALLED, ENDS, SIGNS) for country in table.values()
    )
    assert all(prefix.isdigit() and prefix[0] not in "17" for prefix in DIALLED)
    assert not any(longer.startswith(shorter) for shorter in DIALLED for longer in DIALLED if longer != shorter)
