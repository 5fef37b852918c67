"""The parts of sums of money: each number of a text with the currency written at it."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from extractors.currencies import CurrencyMark, find_after, find_before, is_cut, is_rate, is_small, same_currency
from extractors.currency_table import (
    CODES,
    LOCAL,
    MONEY_WORDS,
    PREFIXES,
    SHORT_AFTER,
    SHORT_BEFORE,
    SUFFIXES,
    TABLE,
    fold,
)
from extractors.numerals import MAGNITUDE, Numeral, find_number_words, find_numerals, windows
from extractors.patterns import either
from extractors.words_in import places

NOT_MONEY = re.compile(r"\s?(?:%|‰|per\s?cent\b|basis points)")
_ACCOUNT = re.compile(r"(?i)(?:\b(?:of|was|were|to|or|from)|,)\s\($")
_MINUS = re.compile(r"(?:^|[a-z] |\()[-−]$")
# "a billion-dollar plan", "three billion-dollar companies": a size, no sum.
_KIND_OF_SIZE = re.compile(r"(?i)an?[ -][a-z]+|[a-z -]+ [a-z]+")
_YEAR = re.compile(r"(?:19|20)[0-9][0-9]")
_NEXT = re.compile(rf" ?[0-9](?:[0-9.,]{{0,20}}[0-9])?(?: {MAGNITUDE}\b)?")
_LOWER_END = re.compile(rf"(?:([0-9] ?(?:[kKmMbB]n?|{MAGNITUDE}))|(?<![^\W_])([^\W\d_]+))-$")
_RANGES = re.compile(r"(?: to | and |[-–—])(?:an? )?[a-z]+ ")
_MAGNITUDE_BEHIND = re.compile(rf" ({MAGNITUDE}|mn|bn|mln|bln)\b")
_SIGN = re.compile("[$¢-¥]")
_FOREIGN = re.compile("[^\x00-\u00bf\u2000-\u209f\u2100-\u2bff]")
"""Letters and signs beyond ASCII, but no punctuation: names and signs that are not looked for one by one."""
_SHORT_BEFORE = ("[A-Z/.]", "[A-Z][a-z]", "k[rn]", "zl")
_BESIDE = [f"(?<={before}{gap}[0-9])" for before in _SHORT_BEFORE for gap in ("", " ")]
_BESIDE_LETTERS = re.compile(rf"[0-9](?: ?{either(SHORT_AFTER, any_case=True)}(?![A-Za-z])|{'|'.join(_BESIDE)})")
"""A digit beside one or two letters that may mean a currency."""
_LAST_WORD = re.compile(r"[^A-Za-z./]+")
_NEAR = 50
"""So many characters from the word or sign of a currency its number may stand."""
UNREAD = "unread"
"""Rule of what has a currency and a number and is no sum of money."""


class Part(NamedTuple):
    """A number with the currency written at it, if any; one end of a range can go without."""

    start: int
    end: int
    numeral: Numeral
    key: str | None
    rule: str
    negative: bool = False


class _Marks(NamedTuple):
    """The currencies before and behind a number that mean it, and one that stands there and does not."""

    before: CurrencyMark | None
    after: CurrencyMark | None
    refused: CurrencyMark | None = None


_RULES = {
    (False, True, False): "currency_before",
    (False, True, True): "currency_before_magnitude",
    (False, False, False): "currency_after",
    (False, False, True): "currency_after_magnitude",
    (True, True, False): "family_before",
    (True, True, True): "family_before_magnitude",
    (True, False, False): "family_after",
    (True, False, True): "family_after_magnitude",
}
"""By whether the words leave open whose currency it is, it stands before the number, the number has a magnitude."""


def _rule(numeral: Numeral, marks: _Marks, in_words: bool) -> str:
    key = _key(marks)
    if key.startswith(LOCAL):
        return "local"
    if is_small(key):
        return "smaller_unit"
    if in_words:
        return "number_words"
    return _RULES[key.islower(), marks.before is not None, numeral.magnitude]


def _key(marks: _Marks) -> str:
    """What settles the currency: of a family and a code the code, as in `$153M CAD`."""
    before, after = marks.before, marks.after
    if before and after and not after.key.islower():
        return after.key
    return before.key if before else after.key if after else ""


def _part(text: str, numeral: Numeral, in_words: bool, taken: bool = False) -> Part:
    """The number with the currencies before and behind it that agree; `taken` where one before it is another's."""
    marks = _marks(text, numeral, in_words, taken)
    if marks.before is None and marks.after is None:
        return _without(numeral, marks.refused)
    start = marks.before.start if marks.before else numeral.start
    end = marks.after.end if marks.after else numeral.end
    numeral, end = _scaled(text, numeral, marks, end)
    if not (is_cut(text, start) and is_cut(text, end)):
        return Part(numeral.start, numeral.end, numeral, None, UNREAD)
    if NOT_MONEY.match(text, end) or (marks.before and is_rate(text, start)):
        return Part(start, end, numeral, None, UNREAD)
    return _signed(text, Part(start, end, numeral, _key(marks), _rule(numeral, marks, in_words)))


def _without(numeral: Numeral, refused: CurrencyMark | None) -> Part:
    if refused is None:
        return Part(numeral.start, numeral.end, numeral, None, "number")
    return Part(min(refused.start, numeral.start), max(refused.end, numeral.end), numeral, None, UNREAD)


def _scaled(text: str, numeral: Numeral, marks: _Marks, end: int) -> tuple[Numeral, int]:
    """The number with the magnitude that stands in or behind its currency: `MEUR 60`, `75 USD million`."""
    if numeral.magnitude:
        return numeral, end
    held = next((mark.magnitude for mark in marks[:2] if mark and mark.magnitude), "")
    if not held and marks.after and (match := _MAGNITUDE_BEHIND.match(text, end)):
        held, end = match[1], match.end()
    if not held:
        return numeral, end
    return numeral._replace(text=f"{numeral.text} {held}", magnitude=True, plain=False), end


def _marks(text: str, numeral: Numeral, in_words: bool, taken: bool) -> _Marks:
    """The currencies written before and behind a number, as far as they mean one and this number."""
    before = None if in_words or taken else find_before(text, numeral.start)
    after = found = find_after(text, numeral.end)
    if before and before.careful and numeral.plain:
        before = None
    if after and ((before and _digit_follows(text, after)) or _belongs_elsewhere(text, numeral, after)):
        after = None
    if before and after and not same_currency(before.key, after.key):
        after = None
    if in_words and _KIND_OF_SIZE.fullmatch(numeral.text) and text.startswith("-", numeral.end):
        after = None
    if _in_a_name(text, numeral.start):
        after, found = None, None if found and _may_be_the_name(text, found) else found
    refused = None if before or after or in_words or found is None or _is_silent(text, found) else found
    return _Marks(before, after, refused)


def _is_silent(text: str, after: CurrencyMark) -> bool:
    """Whether a currency that does not mean the number before it is none at all or another number's."""
    doubtful = after.careful and text[after.start : after.end].strip(" -\n").lower() not in TABLE["reported"]
    return doubtful or after.key in TABLE["tickers"] or _is_the_next(text, after)


def _in_a_name(text: str, start: int) -> bool:
    """Whether letters touch the number: "TRC-20 USDT", "the A1 Bitcoin machine"; "5m-6m euros" is none."""
    touching = text[max(0, start - 2) : start].removesuffix("-")
    if not touching[-1:].isalpha():
        return False
    lower = _LOWER_END.search(text[max(0, start - 24) : start])
    return not (lower and (lower[1] or fold(lower[2]) in SUFFIXES or lower[2] in SUFFIXES))


def _may_be_the_name(text: str, after: CurrencyMark) -> bool:
    """Whether a currency behind a number in a name goes on with it: "TRC-20 USDT", "B0C656KR"."""
    written = text[after.start : after.end]
    return after.key in TABLE["tickers"] or (written[0] != " " and written not in CODES)


def _belongs_elsewhere(text: str, numeral: Numeral, after: CurrencyMark) -> bool:
    """A word that means other things too beside a bare number, or a code that the next number takes."""
    year = numeral.plain and _YEAR.fullmatch(numeral.text) is not None and after.key.isupper()
    return (
        _is_the_next(text, after)
        or year
        or (after.careful and numeral.plain and "$" not in text[after.start : after.end])
    )


def _digit_follows(text: str, after: CurrencyMark) -> bool:
    return text[after.end : after.end + 2].lstrip(" ")[:1].isdecimal()


def _is_the_next(text: str, after: CurrencyMark) -> bool:
    """Whether the next number takes a currency: `5 USD 20` is 5 and USD 20, `5 USD 20 EUR` is 5 USD and 20 EUR."""
    written = text[after.start : after.end].strip(" -\n")
    short = written in PREFIXES and (len(written) < 4 or written.isupper())
    number = _NEXT.match(text, after.end) if short else None  # a sign or a code, which could stand before a number
    return number is not None and find_after(text, number.end()) is None


def _signed(text: str, part: Part) -> Part:
    """The part with the brackets or the minus sign that make it negative: `$(0.56)`, `($4.9)M`, `-$3`."""
    inside = text[part.start : part.end]
    ahead = text[max(0, part.start - 8) : part.start]
    closed = text.startswith(")", part.end)
    if "(" in inside and (closed or ")" in inside):
        return part._replace(end=part.end + (")" not in inside), negative=True, rule="account")
    if ahead.endswith("(") and ")" in inside:
        return part._replace(start=part.start - 1, negative=True, rule="account")
    if closed and _ACCOUNT.search(ahead):
        return part._replace(start=part.start - 1, end=part.end + 1, negative=True, rule="account")
    if _MINUS.search(ahead):
        return part._replace(start=part.start - 1, negative=True, rule="account")
    if part.start < part.numeral.start and text[part.numeral.start - 1] in "-−–":
        return part._replace(negative=True, rule="account")
    return part


def with_currency(text: str, part: Part) -> Part:
    """The part with a currency before it that a bare number does not vouch for: `PEN 3` of `PEN 3-5 million`."""
    mark = find_before(text, part.numeral.start)
    return part._replace(start=mark.start, key=mark.key) if mark and is_cut(text, mark.start) else part


def _near_money(text: str) -> list[tuple[int, int]]:
    """The stretches of a text in which a sign, a code or a name of a currency stands."""
    found = places(text, MONEY_WORDS)
    found += [match.start() for match in _SIGN.finditer(text)]
    found += [] if text.isascii() else [match.start() for match in _FOREIGN.finditer(text)]
    found += [match.start() for match in _BESIDE_LETTERS.finditer(text) if _is_short(text, *match.span())]
    return windows(text, sorted(found), _NEAR)


def _is_short(text: str, start: int, end: int) -> bool:
    """Whether one or two letters that mean a currency stand at a digit: `R 500`, `Rs.5`, `5 kr`."""
    if end > start + 1:
        return True
    near = _LAST_WORD.split(text[max(0, start - 5) : start].rstrip(" "))[-1]
    return not SHORT_BEFORE.isdisjoint((near, near.rstrip("."), near.rstrip("./")))


def find_parts(text: str) -> Iterator[Part]:
    """Numbers in the order of the text; one in words only where no number in digits reaches into it.

    >>> [(part.numeral.text, part.key) for part in find_parts("$5 for 3 people, two euros")]
    [('5', 'dollar'), ('3', None), ('two', 'EUR')]
    """
    digits = [_part(text, numeral, False) for numeral in find_numerals(text, _near_money(text))]
    words = [_part(text, numeral, True) for numeral in find_number_words(text)]
    words = [part for part in words if part.key or _RANGES.match(text, part.end)]
    last = 0
    for part in sorted(chain(digits, words)):
        if part.start < last <= part.numeral.start:  # the currency before this number is the one behind the last
            part = _part(text, part.numeral, False, taken=True)
        if part.start >= last:
            yield part
            last = part.end
