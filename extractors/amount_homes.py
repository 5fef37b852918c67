"""Whose dollars: the country that settles each family of currencies in a release."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from extractors.countries import count_countries, guess_country
from extractors.currencies import family, is_quiet, settle
from extractors.currency_table import FAMILIES, LOCAL, TABLE
from schemas.release import Release

_AMERICAN = ("dollar", "cent")


class Home(NamedTuple):
    """The country that settles a family of currencies in a release, and whether the release leaves no doubt of it."""

    country: str | None
    clear: bool


def find_homes(release: Release, keys: Iterable[str]) -> dict[str, Home]:
    """For each family among the keys of a release's sums its home: the release's own country or one its text names.

    >>> release = Release(id="r", source="s", text="OSLO - The council of Bergen paid 5 million kroner.")
    >>> find_homes(release, ["crown", "EUR"])
    {'crown': Home(country='NO', clear=True)}
    """
    codes = set(keys)
    families = {family(key) for key in codes} - {""}
    homes = {name: Home(release.country, True) for name in families if release.country in FAMILIES[name]}
    counts = count_countries(release.text) if families - homes.keys() else Counter()
    return homes | {name: _home(name, codes, counts) for name in families - homes.keys()}


def _home(name: str, codes: set[str], counts: Counter[str]) -> Home:
    country, clear = guess_country(counts, FAMILIES[name], "US" if name in _AMERICAN else None)
    code = settle(name, country)[0]
    # Beside C$ a bare $ is another one, and some countries use the American one beside their own.
    if name == "dollar" and (code in codes - {"USD"} or code in TABLE["beside_dollar"]):
        country, clear = None, False
    if name.startswith(LOCAL) and counts and counts.most_common(1)[0][0] != country:  # letters mean much elsewhere
        country = None
    if not clear or country is None:
        country, clear = _named(name, codes) or (country, clear)
    if name == "dollar" and code not in TABLE["plain_dollar"]:
        clear = False
    return Home(country, clear and (country is not None or is_quiet(name)))


def _named(name: str, codes: set[str]) -> tuple[str, bool] | None:
    """A country by the one currency of the family that the release's other sums name: centimes beside CHF."""
    countries = [] if name in _AMERICAN else [country for country, code in FAMILIES[name].items() if code in codes]
    return (countries[0], True) if len({FAMILIES[name][country] for country in countries}) == 1 else None
