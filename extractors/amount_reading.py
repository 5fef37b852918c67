"""Reads sums of money: which words of a text are one (`find_sums`) and what it comes to (`read_amount`)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from extractors.amount_words import read_qualifier
from extractors.currencies import (
    CurrencyMark,
    find_after,
    find_before,
    has_dot_groups,
    is_cut,
    same_currency,
    scale,
    settle,
)
from extractors.numerals import Numeral, find_number_words, find_numerals, read_number
from schemas.values import Money, Qualifier

_NOT_MONEY = re.compile(r"\s?(?:%|‰|per\s?cent\b|basis points)")
_DASH = re.compile(r"\s?[-–—−]\s?")
_TO = re.compile(r"\s+(?:to|through)\s+(?:about |approximately |nearly |as much as |over |more than )?")
_AND = re.compile(r"\s+and\s+")
_BETWEEN = re.compile(r"(?i)\bbetween\s[^.;]{0,30}$")
_RANGING = re.compile(
    r"(?i)\b(?:around|about|approximately|roughly) $"
    r"|\b(?:rang(?:e|es|ed|ing)|var(?:y|ies|ied|ying)|anywhere|anything|between)\b[^.;]{0,30}$"
)
_MOVING = re.compile(
    r"(?i)\bfrom\b[^.;,]{0,40}$|\b(?:by|up|down|increas\w+|decreas\w+|rose|risen|fell|grew|grow\w*|rais\w+|reduc\w+"
    r"|cut|jump\w*) (?:some |another )?$|(?:%|per\s?cent),? or $"
)
_ACCOUNT = re.compile(r"(?i)(?:\b(?:of|was|were|to|or|from)|,)\s\($")
_LOSS = re.compile(r"(?i)\b(?:loss|losses|deficit)\b[^;\n]{0,100}$")
_MINUS = re.compile(r"(?:^|[a-z] |\()[-−]$")
_IN_A_NAME = re.compile(r"[^\W\d_]-?$")  # "TRC-20 USDT", "the A1 Bitcoin machine"
# "a billion-dollar plan", "three billion-dollar companies": a size, no sum.
_KIND_OF_SIZE = re.compile(r"(?i)an?[ -][a-z]+|[a-z -]+ [a-z]+")
_YEAR = re.compile(r"(?:19|20)[0-9][0-9]")


_NOTHING = CurrencyMark(0, 0, "", False)
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


class Sum(NamedTuple):
    """A sum of money in a text: `low` and `high` are its numbers as written, `key` is what `settle` takes."""

    start: int
    end: int
    low: str
    high: str | None
    key: str
    rule: str


def _rule(numeral: Numeral, before: CurrencyMark | None, after: CurrencyMark | None, in_words: bool) -> str:
    mark = before or after or _NOTHING
    if mark.key.endswith(("cent", "satoshi")):
        return "smaller_unit"
    if in_words:
        return "number_words"
    side = "before" if before else "after"
    written = f"{'family' if mark.key.islower() else 'currency'}_{side}"
    return f"{written}_magnitude" if numeral.magnitude else written


def _part(text: str, numeral: Numeral, in_words: bool) -> Part:
    """The number with the currencies before and behind it that agree."""
    before, after = _marks(text, numeral, in_words)
    if before is None and after is None:
        return Part(numeral.start, numeral.end, numeral, None, "number")
    start = before.start if before else numeral.start
    end = after.end if after else numeral.end
    if not (is_cut(text, start) and is_cut(text, end)):
        return Part(numeral.start, numeral.end, numeral, None, UNREAD)
    if _NOT_MONEY.match(text, end):
        return Part(start, end, numeral, None, UNREAD)
    key = after.key if before and after and not after.key.islower() else (before or after or _NOTHING).key
    return _signed(text, Part(start, end, numeral, key, _rule(numeral, before, after, in_words)))


def _marks(text: str, numeral: Numeral, in_words: bool) -> tuple[CurrencyMark | None, CurrencyMark | None]:
    """The currencies written before and behind a number, as far as they mean one and this number."""
    before = None if in_words else find_before(text, numeral.start)
    after = find_after(text, numeral.end)
    if before and before.careful and numeral.plain:
        before = None
    if after and _belongs_elsewhere(text, numeral, after):
        after = None
    if before and after and not same_currency(before.key, after.key):
        after = None
    if in_words and _KIND_OF_SIZE.fullmatch(numeral.text) and text.startswith("-", numeral.end):
        after = None
    if _IN_A_NAME.search(text[max(0, numeral.start - 2) : numeral.start]):
        after = None
    return before, after


def _belongs_elsewhere(text: str, numeral: Numeral, after: CurrencyMark) -> bool:
    """A word that means other things too beside a bare number, or a code that the next number takes."""
    code = after.key.isupper() and re.match(r" ?[0-9]", text[after.end : after.end + 2]) is not None
    year = numeral.plain and _YEAR.fullmatch(numeral.text) is not None and after.key.isupper()
    return code or year or (after.careful and numeral.plain and "$" not in text[after.start : after.end])


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
    return part


def _value(text: str) -> Decimal:
    return read_number(text) or Decimal(0)


def _is_range(text: str, low: Part, high: Part) -> bool:
    """Whether two numbers that stand one behind the other are the ends of one sum."""
    joint, ahead = text[low.end : high.start], text[max(0, low.start - 60) : low.start]
    if low.key and high.key and not same_currency(low.key, high.key):
        return False
    if _DASH.fullmatch(joint):
        tight = len(joint) == 1 or high.numeral.magnitude or bool(high.key)
        return (
            tight and _rises(low, high) and not (high.key is None and re.match(r"-?\w", text[high.end : high.end + 2]))
        )
    if _AND.fullmatch(joint):
        return _BETWEEN.search(ahead) is not None and _rises(low, high)
    if _TO.fullmatch(joint) and (high.key or high.numeral.magnitude):
        moving = _MOVING.search(ahead) is not None and _RANGING.search(ahead) is None
        return _rises(low, high) and not (moving and low.key and high.key)
    return False


def _rises(low: Part, high: Part) -> bool:
    first, last = _value(_low_text(low, high)), _value(high.numeral.text)
    return (-first if low.negative else first) < (-last if high.negative else last)


def _low_text(low: Part, high: Part) -> str:
    """The lower number with the magnitude that it leaves to the upper one: `$3-$5 million`."""
    if low.numeral.magnitude or not high.numeral.magnitude or _value(low.numeral.text) >= 1000:
        return _number(low)
    tail = re.search(r"[^\W\d_].*", high.numeral.text, re.S)
    borrowed = f"{_number(low)} {tail[0]}" if tail else _number(low)
    return borrowed if _value(borrowed) < _value(high.numeral.text) or low.negative else _number(low)


def _number(part: Part) -> str:
    return f"-{part.numeral.text}" if part.negative else part.numeral.text


def _join(text: str, low: Part, high: Part) -> Sum | None:
    keys = [key for key in (high.key, low.key) if key]
    if not keys or not _is_range(text, low, high) or (high.key is None and _NOT_MONEY.match(text, high.end)):
        return None
    if low.key is None and find_before(text, high.numeral.start):
        return None
    key = next((key for key in keys if not key.islower()), keys[0])
    rule = "range" if len(keys) == 2 else "elliptic_range"
    return Sum(low.start, high.end, _low_text(low, high), _number(high), key, rule)


def _parts(text: str) -> Iterator[Part]:
    """Numbers in the order of the text; one in words only where no number in digits reaches into it."""
    digits = [_part(text, numeral, False) for numeral in find_numerals(text)]
    words = [part for numeral in find_number_words(text) if (part := _part(text, numeral, True)).key]
    last = 0
    for part in sorted(chain(digits, words)):
        if part.start >= last:
            yield part
            last = part.end


def find_sums(text: str) -> Iterator[Sum]:
    """Every sum of money in the order of the text, ranges as one; time grows with the length of the text.

    >>> text = "between $3 and $5 million for 20 people, RM5"
    >>> [text[found.start : found.end] for found in find_sums(text)]
    ['$3 and $5 million', 'RM5']
    """
    return (found for found in scan(text) if found.rule != UNREAD)


def scan(text: str) -> Iterator[Sum]:
    """What `find_sums` gives and, with the rule UNREAD, each currency with a number beside it that is no sum.

    >>> [(found.low, found.rule) for found in scan("$5% of $6")]
    [('5', 'unread'), ('6', 'family_before')]
    """
    previous: Part | None = None
    for part in _parts(text):
        if previous is not None and (joined := _join(text, previous, part)):
            yield joined
            previous = None
            continue
        if previous is not None:
            yield from _single(previous, text)
        previous = part
    if previous is not None:
        yield from _single(previous, text)


def _single(part: Part, text: str) -> Iterator[Sum]:
    if part.key or part.rule == UNREAD:
        rule = "loss" if part.negative and _LOSS.search(text[max(0, part.start - 120) : part.start]) else part.rule
        yield Sum(part.start, part.end, _number(part), None, part.key or "", rule)


def read_sum(found: Sum, country: str | None = None) -> tuple[Decimal | None, Decimal | None, str | None]:
    """Value, maximum and currency; the value is None where the number makes no sense, the currency where it is open.

    >>> read_sum(Sum(0, 8, "15", "20 million", "peso", "range"))
    (Decimal('15'), Decimal('20000000'), None)
    """
    if not found.key:
        return None, None, None
    code, _ = settle(found.key, country)
    dots, unit = has_dot_groups(code), scale(found.key)
    ends = []
    for words in (found.low, found.high):
        number = read_number(words, dots) if words else None
        sign = -1 if number and words and words.startswith("-") and found.rule != "loss" else 1
        ends.append(None if number is None else sign * number * unit)
    unread = found.high is not None and ends[1] is None
    return None if unread else ends[0], ends[1], code


def read_amount(text: str, country: str | None = None) -> Money | None:
    """The one sum of money that a text says, or None if it says none or several, or leaves the currency open.

    `country` (ISO 3166-1) settles a bare `$`, `Rs` or `pesos`; without it a dollar is the US one.

    >>> read_amount("US$2.8 million")
    Money(value=Decimal('2800000'), maximum=None, currency='USD', qualifier='exact')
    >>> read_amount("more than 25 cents", country="SG")
    Money(value=Decimal('0.25'), maximum=None, currency='SGD', qualifier='over')
    >>> read_amount("$3-$5 million", country="AU")
    Money(value=Decimal('3000000'), maximum=Decimal('5000000'), currency='AUD', qualifier='range')
    >>> read_amount("5 million pesos"), read_amount("$5 of $10"), read_amount("5 people")
    (None, None, None)
    """
    sums = list(find_sums(text))
    if len(sums) != 1:
        return None
    value, maximum, code = read_sum(sums[0], country)
    if value is None or code is None:
        return None
    return Money(value=value, maximum=maximum, currency=code, qualifier=qualify(sums[0], text))


def qualify(found: Sum, text: str) -> Qualifier:
    """The qualifier of a sum that was found in `text`, from its own words and those beside it."""
    if found.high is not None:
        return "range"
    plus = "+ " if "+" in text[found.start : found.end] else ""
    return read_qualifier(text[max(0, found.start - 90) : found.start], plus + text[found.end : found.end + 20])
