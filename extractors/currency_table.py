"""The table of currencies: CLDR's codes and names, through Babel, and the reviewed `data/currencies.json`.

A currency's key is its ISO 4217 code or ticker (`USD`), a family that several countries share (`dollar`), a coin's
family (`centime`), letters that mean a currency in some countries only (`local N`), or a code and the part of its main
unit that is meant (`USD cent`).
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

from babel.core import Locale, get_global

from extractors.countries import country_names

TABLE = json.loads((files("extractors.data") / "currencies.json").read_text("utf8"))
_SEPARATORS = re.compile(r"[ \n\u00a0-]+")
_NAMES: dict[str, str] = {code: re.sub(r" \(.*", "", name) for code, name in Locale("en").currencies.items()}
_PLURALS = Locale("en")._data["currency_names_plural"]
# Acute and tilde, and the letter of "paʻanga"; other marks tell words apart ("öre" is no "ore").
_ACCENTS = "\u0301\u0303ʻ"
LOCAL = "local "
"""What the keys of letters begin with that mean a currency in some countries only."""


def fold(words: str) -> str:
    """A name as the table spells it: small letters without points and most accents, one space between words.

    >>> fold("U.S.\\nDollars"), fold("São Tomé & Príncipe-dobras")
    ('us dollars', 'sao tome and principe dobras')
    """
    words = _SEPARATORS.sub(" ", words.replace(".", "").replace("&", "and")).lower()
    if words.isascii():
        return words
    return "".join(character for character in unicodedata.normalize("NFKD", words) if character not in _ACCENTS)


def _home_codes() -> dict[str, tuple[str, ...]]:
    table = get_global("territory_currencies")
    return {
        country: tuple(code for code, _, end, tender in entries if tender and end is None)
        for country, entries in table.items()
    }


HOME_CODES = _home_codes()
"""ISO 3166-1 country code to the ISO 4217 codes of its currencies."""
ACTIVE = frozenset(code for codes in HOME_CODES.values() for code in codes)
CODES = ACTIVE | set(TABLE["former"])


def _family(code: str) -> str:
    last = _NAMES[code].split()[-1].lower()
    return str(TABLE["last_words"].get(last, last))


def _families() -> dict[str, dict[str, str]]:
    families = {
        family: {
            country: code
            for country, codes in HOME_CODES.items()
            for code in reversed(codes)
            if _family(code) == family
        }
        for family in TABLE["families"]
    }
    coins = {coin: _coin_countries(entry, families) for coin, entry in (TABLE["shared"] | TABLE["coins"]).items()}
    local = {
        LOCAL + letters: {country: code for country, found in HOME_CODES.items() for code in codes if code in found}
        for letters, codes in TABLE["local"].items()
    }
    return families | coins | local


def _coin_countries(entry: dict[str, list[str]], families: dict[str, dict[str, str]]) -> dict[str, str]:
    """The countries of a coin and the currency that it is part of there."""
    found: dict[str, str] = {}
    for part in entry["of"]:
        found |= families.get(part) or {country: part for country, codes in HOME_CODES.items() if part in codes}
    return found


FAMILIES = _families()
"""Family ("dollar"), coin or local letters to the countries that use one of it and the code of theirs."""
USUAL: dict[str, str | None] = TABLE["families"] | {
    name: entry["usual"] for name, entry in (TABLE["shared"] | TABLE["coins"]).items()
}


def _cldr_names(code: str) -> Iterator[str]:
    """CLDR's English names of a currency, one and many."""
    for name in (_NAMES[code], *dict(_PLURALS.get(code, {})).values()):
        yield fold(re.sub(r" \(.*", "", name))


def _units() -> dict[str, str]:
    """The last words of the names: a family where there is one, else the only current currency of that name."""
    units: dict[str, str] = {}
    for code in sorted(ACTIVE):
        for name in _cldr_names(code):
            unit = name.rpartition(" ")[2]
            if unit not in TABLE["unnamed"]:
                units[unit] = _family(code) if _family(code) in TABLE["families"] else code
    return units


def _national() -> dict[str, str]:
    """Names of countries and people before the unit: "Kenyan shillings", "Kuwait dinar"."""
    names: dict[str, str] = {}
    for people, country in country_names().items():
        for code in reversed(HOME_CODES.get(country, ())):
            for name in _cldr_names(code):
                names[f"{fold(people)} {name.rpartition(' ')[2]}"] = code
    return names


def _suffixes() -> dict[str, str]:
    former = {name: code for code in sorted(CODES - ACTIVE) for name in _cldr_names(code) if " " in name}
    current = {name: code for code in sorted(ACTIVE) for name in _cldr_names(code) if " " in name}
    reviewed = {fold(word): key for word, key in TABLE["words"].items() if not key.endswith("?")}
    return _units() | _national() | former | current | _lower() | reviewed | _scaled() | _capitals()


def _capitals() -> dict[str, str]:
    """Codes, and letters that stand for a currency in some countries, as they are written behind a number."""
    local = {letters: LOCAL + letters for letters in TABLE["local"] if len(letters) > 1}
    return local | {code: code for code in (*CODES, *TABLE["tickers"])} | {"RMB": "CNY", "NIS": "ILS", "CNH": "CNY"}


def _lower() -> dict[str, str]:
    return {code: {"rmb": "CNY"}.get(code, code.upper()) for code in TABLE["lower"]}


def _scaled() -> dict[str, str]:
    """`MEUR`, `EURm`, `kUSD`: a code that holds its magnitude, which the key names behind a "*"."""
    return {
        written: f"{code}*{magnitude}"
        for code in TABLE["scaled"]
        for written, magnitude in (
            (f"M{code}", "million"),
            (f"m{code}", "million"),
            (f"{code}m", "million"),
            (f"{code}bn", "billion"),
            (f"k{code}", "thousand"),
        )
    }


def _prefixes() -> dict[str, str]:
    local = {letters: LOCAL + letters for letters in TABLE["local"]}
    written = {key: value for key, value in TABLE["prefixes"].items() if not value.endswith("?")}
    return _lower() | _scaled() | local | {code: code for code in (*CODES, *TABLE["tickers"])} | written


SUFFIXES = _suffixes()
"""Names behind a number, folded, and codes in capitals, to their keys."""
COMMON = frozenset(_units()) - {fold(word) for word in TABLE["words"]}
"""Names of CLDR's that nobody reviewed: in capitals they are streets and companies as well ("5435 Balboa")."""
PREFIXES = _prefixes()
"""Signs, codes and short forms before a number to their keys."""
TAGS = {
    short: key
    for short, key in PREFIXES.items()
    if len(short) > 1 and short[0].isalpha() and short not in SUFFIXES and short not in TABLE["careful"]
}
"""Short forms that stand behind a number on price tags and in tables only."""
FIRST_WORDS = frozenset(name.split(" ")[0] for name in (*SUFFIXES, *TAGS))
"""The words that a name of a currency begins with."""
LAST_WORDS = frozenset(
    name.rpartition(" ")[2].lower()
    for name, key in SUFFIXES.items()
    if "*" in key or (name.islower() and name not in TABLE["not_last"])
)
"""The words that a name of a currency ends with."""
_WRITTEN = frozenset((*PREFIXES, *SUFFIXES, *TAGS))
MONEY_WORDS = frozenset(
    piece.encode() for written in _WRITTEN for piece in re.findall("[a-z]+", written.lower())[-1:] if len(piece) > 2
)
"""In small letters the last words, in ASCII, of all that stands for a currency, but the shortest."""
SHORT_BEFORE = frozenset(written for written in PREFIXES if len(written.strip("./")) < 3)
"""Forms before a number that are too short to be looked for everywhere."""
SHORT_AFTER = frozenset(form for form in (*SUFFIXES, *TAGS) if len(form) < 3 and form.isascii() and form.isalpha())
"""And behind a number."""
