"""Currencies as they stand at a number: signs, codes, names and local habits, by `currency_table`."""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from extractors.currency_table import (
    CODES,
    COMMON,
    FAMILIES,
    FIRST_WORDS,
    LOCAL,
    PREFIXES,
    SUFFIXES,
    TABLE,
    TAGS,
    USUAL,
    fold,
)

_CAREFUL = frozenset(TABLE["careful"])
_CAREFUL_AFTER = _CAREFUL | frozenset(TABLE["careful_after"])
_CAREFUL_BEFORE = _CAREFUL | frozenset(TABLE["careful_before"])
_LETTERS = "元円원"
_SIGNS = "".join(sorted({key for key in TABLE["prefixes"] if len(key) == 1 and not key.isalpha()} | set(_LETTERS)))
_BLANKS = " \u00a0\u202f"
_BLANK = f"[{_BLANKS}]"
_BEFORE = re.compile(
    rf"(?:(?P<head>[A-Za-z.]*)(?P<space>{_BLANK}?)(?P<sign>[{_SIGNS}])(?P<tail>[A-Z]{{0,3}})(?P<colon>:?)"
    r"|(?P<word>[^\W\d_]+(?:\.[^\W\d_])?/?\.?|[BS]/\.?))"
    rf"(?P<gap>{_BLANK}?)(?P<bracket>\(|[-−–](?<=[$€£¥].))?$"
)
_WORD = r"[^\W\d_]+"
_AFTER = re.compile(
    rf"(?P<gap> in |(?:[,.][-–—])?{_BLANK}?\(?|[+-]|\n)(?:\$(?P<ticker>[A-Z][A-Z0-9]{{1,9}})(?![^\W_])"
    rf"|(?P<sign>[A-Z]{{0,3}}[{_SIGNS}])"
    rf"|(?P<words>(?:U\.S\.?|[Ss]t\.|{_WORD})(?:{_BLANK}(?:&{_BLANK})?{_WORD}|[\n-]{_WORD}){{0,4}})(?!\.?[^\W\d_]|\.[0-9]))"
)
_PIECE = re.compile(rf"U\.S\.?|[Ss]t\.|{_WORD}")
_FIRST_OF_PAIR = re.compile(r"(?<![^\W_])[A-Z]{3}/$")


_IN_AN_ADDRESS = ("/", "-", "_", ".", "@", "#", "=")
_NEAR = 30
_TAG = re.compile(r"[0-9.,' \u00a0]+")


class CurrencyMark(NamedTuple):
    """A currency as written in a text; `key` is what `currency_table` calls it."""

    start: int
    end: int
    key: str
    careful: bool
    """The word means other things too, so that a bare number beside it is not enough."""
    magnitude: str = ""
    """The magnitude word that the currency holds: `MEUR`."""


def _mark(start: int, end: int, key: str, careful: bool) -> CurrencyMark:
    key, _, magnitude = key.partition("*")
    return CurrencyMark(start, end, key, careful or key.startswith(LOCAL), magnitude)


def find_before(text: str, position: int) -> CurrencyMark | None:
    """The currency written directly before a number that starts at `position`.

    >>> find_before("about US$ 5", 10)
    CurrencyMark(start=6, end=10, key='USD', careful=False, magnitude='')
    """
    if text[max(0, position - 2) : position].strip(" 0123456789,;\n") == "":
        return None
    offset = max(0, position - 12)
    near = text[offset:position]
    words = near.split()
    if not words or (words[-1].isalpha() and words[-1][-1] not in _LETTERS and words[-1] not in PREFIXES):
        return None  # as before most numbers
    match = _BEFORE.search(near)
    if match is None:
        return None
    if match["word"]:
        return None if match["bracket"] else _word_before(text, offset + match.start(), match)
    key, start = _sign_before(text, offset, match)
    return _mark(start, position, key, False) if key else None


def _sign_before(text: str, offset: int, match: re.Match[str]) -> tuple[str | None, int]:
    """Key and start of a sign with the letters at it: `US$`, `$CAD`, `hk $`."""
    start, begin = offset + match.start("sign"), offset + match.start("head")
    sign, head = match["sign"], match["head"].replace(".", "")
    if tail := match["tail"]:
        key = PREFIXES.get(sign + tail)
        return (key, start) if key else (PREFIXES.get(tail), offset + match.start("tail"))
    # In texts cut into small words ("hk $ 10") the letters are a currency's; "a $ 5 grant" and "'s $ 5" are not.
    tokenised = match["gap"] and match["space"] and head not in ("a", "s")
    if head.islower() and (tokenised or len(head) == 3):
        head = head.upper()
    elif match["space"] and len(head) == 1:  # "A $5 grant" is no Australian dollar
        head = ""
    key = PREFIXES.get(head + sign) if head and not _inside_word(text, begin) else None
    return (key, begin) if key else (PREFIXES.get(sign), start)


def _word_before(text: str, start: int, match: re.Match[str]) -> CurrencyMark | None:
    word = match["word"].rstrip(".")
    key = PREFIXES.get(word) or PREFIXES.get(word.rstrip("/"))
    if key is None or _inside_word(text, start) or (match["word"].endswith(".") and word in CODES):
        return None
    joined = text[start - 1 : start] if start else ""
    if (joined == "/" and len(word) < 3) or (word.islower() and joined in _IN_AN_ADDRESS):  # "H/R 5", "…/usd1"
        return None
    if key.startswith(LOCAL) and len(word) == 1 and match["gap"]:  # "Plan N 500" is no naira
        return None
    return _mark(start, start + len(match[0]), key, word in _CAREFUL_BEFORE)


def is_rate(text: str, start: int) -> bool:
    """Whether the currency at `start` is the second of a pair: `EUR/USD 1.08` is a rate."""
    return _FIRST_OF_PAIR.search(text[max(0, start - 5) : start]) is not None


def _inside_word(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isalpha()


def find_after(text: str, position: int) -> CurrencyMark | None:
    """The currency written directly behind a number that ends at `position`.

    >>> find_after("5 million U.S. dollars each", 9).key, find_after("100 in USDT", 3).key, find_after("5 people", 1)
    ('USD', 'USDT', None)
    """
    if text[position : position + 2].strip(" 0123456789.,;:)\n") == "":
        return None
    if not text[position : position + 2].isascii() and (mark := _script_after(text, position)):
        return mark
    match = _AFTER.match(text, position)
    if match is None:
        return _code_after(text, position)
    if "(" in match["gap"]:
        return None
    if match["ticker"]:
        known = PREFIXES.get("$" + match["ticker"])
        return CurrencyMark(position, match.end(), known or match["ticker"], known is None)
    if match["sign"]:
        key, letters = PREFIXES.get(match["sign"]), PREFIXES.get(match["sign"][:-1])
        end = match.end() if key else match.end() - 1
        return _mark(position, end, key or letters or "", False) if key or letters else None
    return _words_after(text, match)


def _code_after(text: str, position: int) -> CurrencyMark | None:
    """A code that no word boundary follows, as where a sentence lost its space: `5 USD.The`."""
    code = text[position : position + 4].lstrip(_BLANKS)[:3]
    start = text.index(code, position)
    if code not in CODES or code in _CAREFUL or text[start + 3 : start + 4].isalpha():
        return None
    return _mark(position, start + 3, code, False)


def _script_after(text: str, position: int) -> CurrencyMark | None:
    """A currency in another script, which may have points and marks inside: `1 ر.س`."""
    near = text[position : position + 24].lstrip(_BLANKS)
    start = text.index(near[:1], position)
    for word in (" ".join(near.split(" ")[:2]), near.split(" ")[0]):
        word = word.rstrip("\n.,;)")
        key = SUFFIXES.get(fold(word)) if word and not word[0].isascii() and word[0].isalpha() else None
        if key:
            return _mark(position, start + len(word), key, False)
    return None


def _words_after(text: str, match: re.Match[str]) -> CurrencyMark | None:
    start, position = match.start("words"), match.start()
    pieces = list(_PIECE.finditer(match["words"]))
    if fold(pieces[0][0]) not in FIRST_WORDS and pieces[0][0] not in FIRST_WORDS:
        return None
    for piece in reversed(pieces):
        end = start + piece.end()
        words = text[start:end]
        key = _key_of(words)
        if match["gap"] == "-" and words in TABLE["lower"]:  # "…-100-usdt-a-day": an address
            return None
        if key and not (match["gap"] == " in " and key not in TABLE["tickers"]):
            return _named_after(text, position, end, key)
    words = pieces[0][0]
    if words in TAGS and _is_alone(text, position, start + len(words)):
        return _mark(position, start + len(words), TAGS[words], False)
    return None


def _named_after(text: str, position: int, end: int, key: str) -> CurrencyMark:
    """The mark of a name; one that means other things too counts where nothing else stands in the line."""
    words = text[position:end].lstrip(" -\n,.–—" + _BLANKS)
    coin_itself = key in TABLE["tickers"] and text[end : end + 1] in tuple(".,;:)")
    if coin_itself or not (_is_careful(words) or key.startswith(LOCAL)):
        return _mark(position, end, key, False)
    alone = words not in TABLE["not_alone"] and _is_alone(text, position, end)
    codes = TABLE["local"].get(key.removeprefix(LOCAL), ())
    return _mark(position, end, codes[0] if alone and len(codes) == 1 else key, not alone)


def _key_of(words: str) -> str | None:
    if words.isupper() and len(words) < 6 and (key := SUFFIXES.get(words.replace(".", ""))):
        return key
    return SUFFIXES.get(words) or SUFFIXES.get(fold(words))


def _is_careful(words: str) -> bool:
    return words in _CAREFUL_AFTER or words.lower() in _CAREFUL or (not words.islower() and fold(words) in COMMON)


def _is_alone(text: str, position: int, end: int) -> bool:
    """Whether a number that ends at `position` and its currency fill a line, as on a price tag or in a table."""
    line = text[max(0, position - _NEAR) : position].rpartition("\n")
    whole = line[1] or position <= _NEAR
    return bool(whole and _TAG.fullmatch(line[2]) and text[end : end + 2].lstrip(".")[:1] in ("", "\n"))


def is_cut(text: str, position: int) -> bool:
    """Whether the tokenizer certainly cuts here: not inside a word (combining marks included) or a number."""
    if not 0 < position < len(text):
        return True
    left, right = text[position - 1], text[position]
    return not (left.isdecimal() and right.isdecimal()) and not (_in_word(left) and _in_word(right))


def _in_word(character: str) -> bool:
    return character.isalpha() or unicodedata.category(character)[0] == "M"


def family(key: str) -> str:
    """The family of currencies or coins that a country has to settle, or "" where the key is one currency's.

    >>> family("dollar"), family("centime"), family("local N"), family("USD cent")
    ('dollar', 'centime', 'local N', '')
    """
    return key if key in FAMILIES else ""


def settle(key: str, country: str | None) -> tuple[str | None, bool]:
    """The ISO 4217 code or ticker that a currency mark's key means in a country, and whether that is no guess.

    >>> settle("EUR", None), settle("dollar", "AU"), settle("dollar", None), settle("peso", None)
    (('EUR', True), ('AUD', True), ('USD', False), (None, False))
    """
    if key not in FAMILIES:
        return key.split()[0], True
    if country in FAMILIES[key]:
        return FAMILIES[key][country], True
    return USUAL.get(key), False


def scale(key: str, code: str | None = None) -> Decimal:
    """What one of the unit is in the currency's main unit: 0.01 for cents, 0.001 for the fils of Kuwait.

    >>> scale("USD"), scale("fils", "KWD"), scale("fils", "AED")
    (Decimal('1'), Decimal('0.001'), Decimal('0.01'))
    """
    unit = "cent" if key in TABLE["coins"] else key.split()[-1]
    return (
        Decimal("0.001")
        if unit == "cent" and code in TABLE["thousandths"]
        else Decimal(TABLE["subunits"].get(unit, "1"))
    )


def is_small(key: str) -> bool:
    """Whether the key is a coin's, of which many make one of the main unit."""
    return scale(key) < 1


def same_currency(first: str, second: str) -> bool:
    """Whether two marks around one number can mean one currency: `$5 million CAD`, `£280 million GBP`."""
    return first == second or second in FAMILIES.get(first, {}).values() or first in FAMILIES.get(second, {}).values()


def is_quiet(key: str) -> bool:
    """Whether the family's usual currency may be taken without a check where nothing speaks for another one."""
    return key in TABLE["quiet"]


def has_dot_groups(code: str | None) -> bool:
    """Whether `1.200` in this currency means twelve hundred."""
    return code in TABLE["dot_groups"]
