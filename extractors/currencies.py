"""Currencies by sign, code, name and local habit: Babel's CLDR plus the reviewed table `data/currencies.json`."""

import json
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from babel.core import Locale, get_global

_TABLE = json.loads((files("extractors.data") / "currencies.json").read_text("utf8"))
_CAREFUL = frozenset(_TABLE["careful"])
_SIGNS = "".join(sorted({key for key in _TABLE["prefixes"] if len(key) == 1 and not key.isalpha()} | set("元")))
_BEFORE = re.compile(
    rf"(?:(?P<head>[A-Za-z.]*)(?P<space> ?)(?P<sign>[{_SIGNS}])(?P<tail>[A-Z]{{0,3}})"
    r"|(?P<word>[^\W\d_]+/?\.?|[BS]/\.?))"
    r"(?P<gap> ?)(?P<bracket>\()?$"
)
_AFTER = re.compile(
    rf"(?P<gap> in | ?\(?|-|\n)(?:\$(?P<ticker>[A-Z][A-Z0-9]{{1,9}})(?![^\W_])"
    rf"|(?P<sign>[A-Z]{{0,3}}[{_SIGNS}])(?! ?[0-9])"
    r"|(?P<words>(?:U\.S\.?|[^\W\d_]+)(?:[ \n-][^\W\d_]+){0,3})(?!\.[^\W_]))"
)


class CurrencyMark(NamedTuple):
    """A currency as written in a text; `key` is its code, family, or code with a smaller unit ("USD cent")."""

    start: int
    end: int
    key: str
    careful: bool
    """The word means other things too, so that a bare number beside it is not enough."""


def _active() -> dict[str, tuple[str, ...]]:
    """Country to the codes that are tender there now."""
    table = get_global("territory_currencies")
    return {
        country: tuple(code for code, _, end, tender in entries if tender and end is None)
        for country, entries in table.items()
    }


HOME_CODES = _active()
"""ISO 3166-1 country code to the ISO 4217 codes of its currencies."""
_CODES = {code for codes in HOME_CODES.values() for code in codes} | set(_TABLE["former"])
_NAMES = Locale("en").currencies


def _family(code: str) -> str:
    last = _NAMES[code].split()[-1].lower()
    return str(_TABLE["last_words"].get(last, last))


FAMILIES: dict[str, dict[str, str]] = {
    family: {
        country: code for country, codes in HOME_CODES.items() for code in reversed(codes) if _family(code) == family
    }
    for family in _TABLE["families"]
}
"""Family ("dollar") to the countries that use one of it and the code of theirs."""
# What is a hundredth of a dollar in dollar countries is one of a euro in euro countries.
FAMILIES["cent"] = FAMILIES["dollar"] | {country: "EUR" for country, codes in HOME_CODES.items() if "EUR" in codes}


@cache
def _prefixes() -> dict[str, str]:
    return {code: code for code in (*_CODES, *_TABLE["tickers"])} | {
        key: value for key, value in _TABLE["prefixes"].items() if not value.endswith("?")
    }


@cache
def _suffixes() -> dict[str, str]:
    plurals = Locale("en")._data["currency_names_plural"]
    names = {
        name.lower(): code
        for code in _CODES
        for name in (_NAMES[code], *dict(plurals.get(code, {})).values())
        if " " in name
    }
    codes = {code: code for code in (*_CODES, *_TABLE["tickers"], "RMB", "NIS")} | {"RMB": "CNY", "NIS": "ILS"}
    words = {key: value for key, value in _TABLE["words"].items() if not value.endswith("?")}
    return names | codes | words


def find_before(text: str, position: int) -> CurrencyMark | None:
    """The currency written directly before a number that starts at `position`.

    >>> find_before("about US$ 5", 10)
    CurrencyMark(start=6, end=10, key='USD', careful=False)
    """
    if text[max(0, position - 2) : position].strip(" 0123456789,;:\n") == "":
        return None
    offset = max(0, position - 10)
    match = _BEFORE.search(text[offset:position])
    if match is None:
        return None
    if match["word"]:
        return None if match["bracket"] else _word_before(text, offset + match.start(), match)
    head, tail = match["head"].replace(".", ""), match["tail"]
    start = offset + match.start("sign")
    if tail:
        key = _prefixes().get(match["sign"] + tail)
    elif (
        (key := _prefixes().get(head + match["sign"])) and head and not _inside_word(text, offset + match.start("head"))
    ):
        if match["space"] and len(head) == 1:  # "A $5 grant" is no Australian dollar
            key = _prefixes()[match["sign"]]
        else:
            start = offset + match.start("head")
    else:
        key = _prefixes().get(match["sign"])
    return CurrencyMark(start, position, key, False) if key else None


def _word_before(text: str, start: int, match: re.Match[str]) -> CurrencyMark | None:
    word = match["word"].rstrip(".")
    key = _prefixes().get(word) or _prefixes().get(word.rstrip("/"))
    pair = start > 1 and text[start - 1] == "/" and text[start - 2].isupper()  # EUR/USD 1.08 is a rate
    if key is None or pair or _inside_word(text, start) or (match["word"].endswith(".") and word in _CODES):
        return None
    return CurrencyMark(start, start + len(match[0]), key, word in _CAREFUL)


def _inside_word(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isalpha()


def find_after(text: str, position: int) -> CurrencyMark | None:
    """The currency written directly behind a number that ends at `position`.

    >>> find_after("5 million U.S. dollars each", 9).key, find_after("100 in USDT", 3).key, find_after("5 people", 1)
    ('USD', 'USDT', None)
    """
    if text[position : position + 2].strip(" 0123456789.,;:)\n") == "":
        return None
    match = _AFTER.match(text, position)
    if match is None or "(" in match["gap"]:
        return None
    if match["ticker"]:
        return CurrencyMark(position, match.end(), match["ticker"], True)
    if match["sign"]:
        key = _prefixes().get(match["sign"])
        return CurrencyMark(position, match.end(), key, False) if key else None
    for end in _word_ends(match):
        words = text[match.start("words") : end]
        folded = re.sub(r"[ \n-]", " ", words.replace(".", ""))
        key = _suffixes().get(folded) if folded.isupper() and len(folded) < 6 else None
        key = key or _suffixes().get(folded.lower())
        if key and not (match["gap"] == " in " and key not in _TABLE["tickers"]):
            return CurrencyMark(position, end, key, folded in _CAREFUL or folded.lower() in _CAREFUL)
    return None


def _word_ends(match: re.Match[str]) -> Iterator[int]:
    """Ends of the up to four words behind a number."""
    ends = [match.start("words") + piece.end() for piece in re.finditer(r"U\.S\.?|[^\W\d_]+", match["words"])]
    return reversed(ends)


def is_cut(text: str, position: int) -> bool:
    """Whether the tokenizer certainly cuts here: not inside a word (combining marks included) or a number."""
    if not 0 < position < len(text):
        return True
    left, right = text[position - 1], text[position]
    return not (left.isdecimal() and right.isdecimal()) and not (_in_word(left) and _in_word(right))


def _in_word(character: str) -> bool:
    return character.isalpha() or unicodedata.category(character)[0] == "M"


def settle(key: str, country: str | None) -> tuple[str | None, bool]:
    """The ISO 4217 code or ticker that a currency mark's key means in a country, and whether that is no guess.

    >>> settle("EUR", None), settle("dollar", "AU"), settle("dollar", None), settle("peso", None)
    (('EUR', True), ('AUD', True), ('USD', False), (None, False))
    """
    name = key.split()[0] if key.endswith((" cent", " satoshi")) else key
    if name not in FAMILIES:
        return name, True
    if country in FAMILIES[name]:
        return FAMILIES[name][country], True
    return _TABLE["families"][name], False


def scale(key: str) -> Decimal:
    """What one of the unit is in the currency's main unit: 0.01 for cents."""
    return Decimal(_TABLE["subunits"].get(key.split()[-1], "1"))


def same_currency(first: str, second: str) -> bool:
    """Whether two marks around one number can mean one currency: `$5 million CAD`, `£280 million GBP`."""
    return first == second or second in FAMILIES.get(first, {}).values() or first in FAMILIES.get(second, {}).values()


def is_quiet(key: str) -> bool:
    """Whether the family's usual currency may be taken without a check where nothing speaks for another one."""
    return key in _TABLE["quiet"]


def has_dot_groups(code: str | None) -> bool:
    """Whether `1.200` in this currency means twelve hundred."""
    return code in _TABLE["dot_groups"]
