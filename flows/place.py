"""Language and country of a newsroom, by its host's name and by what its page says of itself; never guessed.

Country signs are asked in an order, from those that are chosen on purpose to those that are only likely; the first that
names one country alone settles it. Templates write `en-US` by themselves: it counts last, beside a dollar or a +1.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from babel.core import Locale
from bs4 import BeautifulSoup

from extractors.countries import country_names
from extractors.encoding import decode
from flows.listed import PARSING, cut_tags, read_link_url
from flows.place_table import DIALLED, ENDS, GENERIC, SIGNS
from schemas.page import FetchedPage

_HEAD = 1_000_000
_TERRITORIES = frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code))
_TERRITORIES -= {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # CLDR's own, and unions of countries
_NOWHERE = frozenset({"europa.eu", "int", "arpa"})
"""Ends of hosts that say that there is no country."""
_OFFICIAL = frozenset({"gov", "govt", "gob", "gouv", "mil", "com", "edu"})
"""Before one of those: a country's own (`gov.co`)."""
_TELEPHONE = re.compile(r"(?<![\w+])\+\s?(?=[1-9])([\d\s().-]{7,20})")
_SIGN = "|".join(map(re.escape, sorted(SIGNS, key=len, reverse=True)))
_MONEY = re.compile(rf"(?<![^\W\d_])(?:{_SIGN})(?=\s?\d)|(?<=\d)\s?(?:{_SIGN})(?!\w)")


class _Newsroom(NamedTuple):
    """A page that is looked at."""

    url: str
    soup: BeautifulSoup
    text: str


def read_place(page: FetchedPage) -> tuple[str | None, str | None]:
    """Language and country of a newsroom (ISO 639-1, ISO 3166-1), each None where nothing tells it."""
    markup, _ = cut_tags(decode(page.body[:_HEAD], page.content_type))
    with PARSING:
        soup = BeautifulSoup(markup, "lxml")
    room = _Newsroom(page.final_url, soup, soup.get_text(" "))
    language = next(
        (found[1].lower() for tag in _declared(room) if (found := re.match("([a-z]{2})(?![a-z])", tag, re.I))), None
    )
    if _host(room.url).endswith(tuple(f".{end}" for end in _NOWHERE)):
        return language, None
    found_by = (_only(sign(room)) for sign in _ORDER)
    return language, next((country for country in found_by if country), None)


def _only(countries: Iterable[str | None]) -> str | None:
    """The one country that is named; None where several are, or none."""
    named = {country for country in countries if country in _TERRITORIES}
    return named.pop() if len(named) == 1 else None


def _host(url: str) -> str:
    return "." + (urlsplit(url).hostname or "").lower().rstrip(".")


def _by_host(room: _Newsroom) -> Iterator[str | None]:
    before, _, end = _host(room.url).rpartition(".")
    if end in GENERIC and before.rpartition(".")[2] not in _OFFICIAL:
        return
    yield ENDS.get(end, end.upper())


def _declared(room: _Newsroom) -> Iterator[str]:
    """Languages that the page says it is in."""
    yield from (str(tag["lang"]) for tag in room.soup.select("html[lang]"))


def _regions(tags: Iterable[str]) -> Iterator[str | None]:
    """Countries of language tags such as `en-GB`, `de_AT.UTF-8` and `zh-Hant-TW`."""
    for tag in tags:
        found = re.match(r"[a-z]{2,3}(?:[-_][a-z]{4})?[-_]([a-z]{2})(?![a-z0-9])", tag.strip(), re.I)
        if found:
            yield _as_code(found[1])


def _by_language(room: _Newsroom) -> Iterator[str | None]:
    return (region for region in _regions(_declared(room)) if region != "US")


def _by_alternate(room: _Newsroom) -> Iterator[str | None]:
    """What the page calls itself among its translations."""
    for link in room.soup.select("link[rel~=alternate][hreflang][href]"):
        if read_link_url(str(link["href"]), room.url) == read_link_url(room.url):
            yield from _regions([str(link["hreflang"])])


def _by_open_graph(room: _Newsroom) -> Iterator[str | None]:
    said = (str(tag.get("content", "")) for tag in room.soup.select('meta[property="og:locale"]'))
    return (region for region in _regions(said) if region != "US")


def _by_address(room: _Newsroom) -> Iterator[str | None]:
    """Postal addresses in JSON-LD and microdata, and `geo.region`."""
    for script in room.soup.select('script[type="application/ld+json"]'):
        try:
            yield from map(_as_code, _addressed(json.loads(script.get_text())))
        except (ValueError, RecursionError):
            continue
    for tag in room.soup.select("[itemprop=addressCountry]"):
        yield _as_code(str(tag.get("content") or tag.get_text()))
    for tag in room.soup.select('meta[name="geo.region" i], meta[name="geo.country" i]'):
        yield _as_code(str(tag.get("content", "")).partition("-")[0])


def _addressed(value: Any) -> Iterator[str]:
    """Every `addressCountry` within JSON-LD: a code, a name, or an object with a name."""
    if isinstance(value, list):
        for entry in value:
            yield from _addressed(entry)
    elif isinstance(value, dict):
        for name, entry in value.items():
            if name == "addressCountry":
                said = entry.get("name") if isinstance(entry, dict) else entry
                yield from (word for word in (said if isinstance(said, list) else [said]) if isinstance(word, str))
            else:
                yield from _addressed(entry)


def _as_code(words: str) -> str | None:
    """The country of a code or an English name.

    >>> _as_code("uk"), _as_code(" United Kingdom "), _as_code("DEU"), _as_code("EU")
    ('GB', 'GB', None, None)
    """
    bare = words.strip()
    code = {"UK": "GB"}.get(bare.upper(), bare.upper())
    return code if code in _TERRITORIES else country_names().get(bare)


def _by_telephone(room: _Newsroom) -> list[str]:
    found = [_dialled(digits) for digits in _telephones(room)]
    return [country for country in found if country] if all(found) else []


def _dialled(digits: str) -> str | None:
    return next((DIALLED[digits[:size]] for size in (3, 2) if digits[:size] in DIALLED), None)


def _telephones(room: _Newsroom) -> Iterator[str]:
    """Numbers with the prefix of a country, without a plus."""
    links = (str(tag["href"]) for tag in room.soup.select("a[href^='tel:']"))
    for said in (*(link.replace("%20", " ").removeprefix("tel:") for link in links), room.text):
        for found in _TELEPHONE.finditer(said):
            yield re.sub(r"\D", "", found[1])


def _by_money(room: _Newsroom) -> Iterator[str | None]:
    return (SIGNS.get(found[0].strip()) for found in _MONEY.finditer(room.text))


def _by_template(room: _Newsroom) -> Iterator[str | None]:
    """`en-US`, which templates write by themselves, where a number or a sum is American too."""
    is_american = any(digits[0] == "1" for digits in _telephones(room)) or re.search(
        r"(?<!\w)(?:US)?\$\s?\d", room.text
    )
    return _regions(_declared(room)) if is_american else iter(())


_ORDER: tuple[Callable[[_Newsroom], Iterable[str | None]], ...] = (
    _by_host,
    _by_language,
    _by_alternate,
    _by_open_graph,
    _by_address,
    _by_telephone,
    _by_money,
    _by_template,
)
