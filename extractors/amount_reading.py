"""Reads sums of money: which words of a text are one (`find_sums`) and what it comes to (`read_amount`)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from extractors.amount_parts import NOT_MONEY, UNREAD, Part, find_parts, with_currency
from extractors.amount_words import read_qualifier
from extractors.currencies import find_before, has_dot_groups, is_small, same_currency, scale, settle
from extractors.currency_table import FAMILIES
from extractors.numerals import MAGNITUDE, read_number
from schemas.values import Money, Qualifier

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
_LOSS = re.compile(r"(?i)\b(?:loss|losses|deficit)\b[^;\n]{0,100}$")
_COINS_BEHIND = re.compile(r",? (?:and )?")
_LETTERS = re.compile(r"(?s)[^\W\d_].*")
_MAGNITUDES = re.compile(rf"(?is){MAGNITUDE}\b.*")
_ENDS = re.compile(r"[.!?](?:\s|$)|$")
_BARE_COIN = re.compile(r"[cp](?!\w)")


class Sum(NamedTuple):
    """A sum of money in a text: `low` and `high` are its numbers as written, `key` is what `settle` takes."""

    start: int
    end: int
    low: str
    high: str | None
    key: str
    rule: str


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
    tail = (_MAGNITUDES if high.numeral.text[0].isalpha() else _LETTERS).search(high.numeral.text)
    borrowed = f"{_number(low)} {tail[0]}" if tail else _number(low)
    return borrowed if _value(borrowed) < _value(high.numeral.text) or low.negative else _number(low)


def _number(part: Part) -> str:
    return f"-{part.numeral.text}" if part.negative else part.numeral.text


def _join(text: str, low: Part, high: Part) -> Sum | None:
    """Two parts as one sum: the ends of a range, or the coins behind the main unit."""
    if UNREAD in (low.rule, high.rule):
        return None
    if low.key is high.key is None and high.numeral.magnitude and _DASH.fullmatch(text[low.end : high.start]):
        low = with_currency(text, low)
    return _range(text, low, high) or _composed(text, low, high)


def _range(text: str, low: Part, high: Part) -> Sum | None:
    keys = [key for key in (high.key, low.key) if key]
    if not keys or not _is_range(text, low, high) or (high.key is None and NOT_MONEY.match(text, high.end)):
        return None
    if low.key is None and find_before(text, high.numeral.start):
        return None
    key = next((key for key in keys if not key.islower()), keys[0])
    rule = "range" if len(keys) == 2 else "elliptic_range"
    return Sum(low.start, high.end, _low_text(low, high), _number(high), key, rule)


def _composed(text: str, main: Part, coins: Part) -> Sum | None:
    """`20 dollars and 43 cents` as one sum."""
    if main.key is None or main.numeral.magnitude or not _COINS_BEHIND.fullmatch(text[main.end : coins.start]):
        return None
    letter = coins.key is None and _BARE_COIN.match(text, coins.end) is not None
    if is_small(main.key) or not (letter or _is_coin_of(coins.key, main.key) or _is_bare_coin(text, main, coins)):
        return None
    whole, small = read_number(main.numeral.text), read_number(coins.numeral.text)
    if whole is None or small is None or whole % 1 or small % 1 or not 0 < small < 1000:
        return None
    unit = scale(coins.key or "USD cent", settle(main.key, None)[0])
    unit = Decimal("0.001") if small >= 100 else unit
    low = str(whole + small * unit)
    return Sum(main.start, coins.end + letter, f"-{low}" if main.negative else low, None, main.key, "composed")


def _is_bare_coin(text: str, main: Part, coins: Part) -> bool:
    """`15 dollars and 50` at the end of a sentence: two digits behind a currency's name."""
    two = coins.numeral.plain and coins.numeral.text.isdecimal() and len(coins.numeral.text) == 2
    named = text[main.end - 1].islower() and text[main.end - 2].islower()
    joined = text[main.end : coins.start] in (" ", " and ")
    return coins.key is None and two and named and joined and _ENDS.match(text, coins.end) is not None


def _is_coin_of(coin: str | None, key: str) -> bool:
    """Whether a coin can be part of a currency: `cent` of `dollar`, `GBP cent` of `pound`."""
    if not coin or not is_small(coin):
        return False
    if coin == "cent":
        return True
    codes = {key, *FAMILIES.get(key, {}).values()}
    return not codes.isdisjoint(FAMILIES[coin].values() if coin in FAMILIES else (coin.split()[0],))


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
    for part in find_parts(text):
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
    dots, unit = has_dot_groups(code), scale(found.key, code)
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
