"""Numbers as press releases write them: `2.8 million`, `1,200`, `500 crore`, `1'200'000`, `two and a half million`."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from typing import NamedTuple

from extractors.currency_table import LAST_WORDS
from extractors.patterns import either
from extractors.words_in import places

_TABLE = json.loads((files("extractors.data") / "numerals.json").read_text("utf8"))
_WORDS = {word: Decimal(value) for word, value in _TABLE["words"].items()}
_FRACTIONS = {word: Decimal(value) for word, value in _TABLE["fractions"].items()}
_MAGNITUDES = {word: Decimal(value) for word, value in _TABLE["magnitudes"].items()}
_SHORT = {word: Decimal(value) for word, value in _TABLE["abbreviations"].items()}

MAGNITUDE = f"(?:{'|'.join(_MAGNITUDES)})s?"
"""Pattern of a magnitude word in lower case."""
# The end of a word by the tokenizer's classes: "millionThe" is two words, "millions" is one.
WORD_END = r"(?![^\W\d_]|[\u0300-\u036f])"
# Scanned pages space letters out: "m i l l i o n".
_SPACED = "|".join(" ".join(word) for word in ("million", "billion"))
_LONG = rf"(?i:hundred[ -])?(?i:{MAGNITUDE}|{_SPACED})(?:[ -](?i:crores?|cr|million|billion))?"
_DOTTED = r"(?:(?<=[Mm]io)\.|(?<=[Mm]rd)\.)?"
# Not "C5K-2024", but "5m-6m".
_NO_NAME = r"(?![0-9²³]|-[0-9](?![0-9.,]{0,6}[kKmMbB]))"
_ABBREVIATED = rf"(?:{'|'.join(sorted(_SHORT, key=len, reverse=True))}){_DOTTED}{_NO_NAME}"
_BLANKS = " \u00a0\u202f\u2009"
_DIGITS = (
    rf"(?:[0-9]{{1,3}}(?:[{_BLANKS}][0-9]{{3}})+(?:[.,][0-9]{{1,2}})?(?![0-9])|[0-9]+(?:[.,'’][0-9]+)*|\.[0-9]+)[½¼¾]?"
)
# Between number and magnitude: a bracket of an account, a footnote mark, "+", a line break, or what a wrongly decoded
# no-break space left behind.
_JOINT = r"(?:\)|\[[0-9]{1,2}\]|\+)?(?:\s{1,3}|-|[âÂ] ?)?"
_NUMERAL = re.compile(
    rf"(?<![0-9])(?<![0-9][.,'’])(?P<digits>{_DIGITS})(?![0-9])(?P<tail>{_JOINT}(?:{_LONG}|{_ABBREVIATED}){WORD_END})?"
)
_COUNT = either((word for word in (*_WORDS, "half", "quarters", "quarter", "hundred") if word[0] != "a"), any_case=True)
_ARTICLE = rf"(?:an?(?=[ -](?:half|quarter|hundred|{MAGNITUDE})\b))"
_WORD = rf"(?:{_ARTICLE}|(?:{_COUNT}|{MAGNITUDE})\b)"
# "two and a half million", "two hundred and five"; "two and three million" are two numbers.
_AND = (
    r"(?:(?:(?<=illion[ -])|(?<=hundred[ -])|(?<=thousand[ -])|(?<=crore[ -])|(?<=lakh[ -]))and"
    r"|and(?=[ -](?:an?[ -])?(?:half|quarter)))"
)
# "few hundred thousand" is no number: a number in words does not begin with a bare "hundred".
_IN_WORDS = re.compile(
    rf"(?i)(?<![\w-])(?:{_ARTICLE}|(?!hundred)(?:{_COUNT})\b)"
    rf"(?:[ \n-]{{1,2}}(?:(?:{_AND}|of)[ -])?{_WORD}){{0,9}}{WORD_END}"
)
_PIECE = re.compile(r"[0-9.,'’ \u00a0\u202f\u2009]*[0-9]|[^\W\d_]+|[½¼¾]")
_DIGIT = re.compile("[0-9]")
_DIGITS_ON = re.compile("[0-9]+")
_MAGNITUDE = re.compile(rf"(?i){MAGNITUDE}\b")
MAGNITUDE_WORDS = frozenset(f"{word}{end}".encode() for word in _MAGNITUDES for end in ("", "s")) | frozenset(
    (b"multimillion", b"multibillion", b"multitrillion")
)
_HINTS = MAGNITUDE_WORDS | {b"hundred"} | frozenset(word.encode() for word in LAST_WORDS if word.isascii())
_WINDOW = 70
_SPACED_OUT = re.compile(rf"(?i){_SPACED}")
_CLUTTER = re.compile(r"\[[0-9]{1,2}\]|(?<=[0-9])[âÂ]")
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_THOUSANDS = re.compile(
    rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,3}}(?:[{_BLANKS}'’][0-9]{{3}})+|[0-9]{{1,3}}(?:\.[0-9]{{3}}){{2,}}"
)


class Numeral(NamedTuple):
    """A number in a text: `end` is behind its magnitude word, `plain` says that it has neither magnitude nor groups."""

    start: int
    end: int
    text: str
    magnitude: bool
    plain: bool


def _digits(text: str, dot_groups: bool) -> Decimal | None:
    """Digits with grouping and decimal signs; the last of two different signs is the decimal one."""
    text = text.strip()
    whole, sign, rest = text, "", ""
    if (last := max(text.rfind("."), text.rfind(","))) >= 0:
        whole, sign, rest = text[:last], text[last], text[last + 1 :]
    if _THOUSANDS.fullmatch(text) or _INDIAN.fullmatch(text):
        return Decimal(re.sub(r"[^0-9]", "", text))
    if dot_groups and sign == "." and re.fullmatch(r"[1-9][0-9]{0,2}", whole) and re.fullmatch("[0-9]{3}", rest):
        return Decimal(whole + rest)
    if not rest.isdecimal():
        return Decimal(text) if text.isdecimal() else None
    if sign == "," and len(rest) > 2:
        return None
    if sign in whole or not (
        whole == "" or whole.isdecimal() or _THOUSANDS.fullmatch(whole) or _INDIAN.fullmatch(whole) or _dotted(whole)
    ):
        return None
    return Decimal(re.sub(r"[^0-9]", "", whole) + "." + rest)


def _dotted(whole: str) -> bool:
    return re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", whole) is not None


def read_number(text: str, dot_groups: bool = False) -> Decimal | None:
    """The value of a number, or None where its digits are grouped in no known way or it is too long for a record.

    `dot_groups` reads `1.200` as twelve hundred, as euro countries write it; with a magnitude word it stays 1.2.

    >>> [str(read_number(text)) for text in ("2.8 million", "1,200", "12,34,567.50", "1'200'000", "0,52", "10 000")]
    ['2800000.0', '1200', '1234567.50', '1200000', '0.52', '10000']
    >>> [str(read_number(text)) for text in ("500 crore", "$2 lakh crore", "2.5MM", "two and a half million")]
    ['5000000000', '2000000000000', '2500000.0', '2500000.0']
    >>> read_number("1.200", dot_groups=True), read_number("1.200 million", dot_groups=True), read_number("1.2.3")
    (Decimal('1200'), Decimal('1200000.000'), None)
    """
    text = _CLUTTER.sub(" ", _SPACED_OUT.sub(lambda match: match[0].replace(" ", ""), text))
    pieces = _PIECE.findall(text)
    if not pieces:
        return None
    total = current = Decimal(0)
    last = Decimal(1)
    for piece in pieces:
        if piece[-1] in "0123456789":
            value = _digits(piece, dot_groups and len(pieces) == 1)
            if value is None or not _fits(value):
                return None
            current += value
        elif (magnitude := _magnitude(piece)) is not None:
            # "2 lakh crore" multiplies, "one million two hundred thousand" adds
            total, current = (
                (total + current * magnitude, Decimal(0)) if current else ((total or 1) * magnitude, current)
            )
            last = magnitude
        else:
            current = _word(piece.lower(), current, last if total else Decimal(1))
    return total + current if _fits(total + current) else None


def _fits(value: Decimal) -> bool:
    """Whether a record can hold it exactly: a sum of money has at most 30 digits."""
    return len(value.as_tuple().digits) <= 27 and -12 <= value.adjusted() <= 24


def _magnitude(word: str) -> Decimal | None:
    return _SHORT.get(word) or _MAGNITUDES.get(word.lower().removesuffix("s"))


def _word(word: str, current: Decimal, last: Decimal) -> Decimal:
    """`current` with one more number word counted in: "and a half" adds to it, "hundred" multiplies it."""
    if word == "hundred":
        return (current or Decimal(1)) * 100
    if word == "quarters":  # "three quarters of a million"
        return current * _FRACTIONS[word]
    if word in _FRACTIONS:
        return current + _FRACTIONS[word] * last
    if word in ("a", "an"):  # "a million", "half a million": the article counts nothing
        return current
    return current + _WORDS.get(word, Decimal(0))


def find_numerals(text: str, within: list[tuple[int, int]] | None = None) -> Iterator[Numeral]:
    """Every number written in digits, with the magnitude word that follows it; only `within` some stretches if given.

    >>> [numeral.text for numeral in find_numerals("2.8 million in 2025, 40k in May, 7 people, .5")]
    ['2.8 million', '2025', '40k', '7', '.5']
    """
    position = 0
    for start, end in [(0, len(text))] if within is None else within:
        position = max(position, start)
        while (digit := _DIGIT.search(text, position, end)) is not None:
            numeral, position = _numeral(text, digit.start(), position)
            if numeral:
                yield numeral


def _numeral(text: str, start: int, position: int) -> tuple[Numeral | None, int]:
    """The number whose first digit, not before `position`, is at `start`, and where to look for the next."""
    point = text[start - 1 : start] == "." and start > position and not text[max(0, start - 2) : start - 1].isalnum()
    match = _NUMERAL.match(text, start - point)
    if point and match and re.match(r"[.,][0-9]", text[match.end() : match.end() + 2]):  # ".2.5"
        match = _NUMERAL.match(text, start)
    if match is None:  # the rest of digits that no numeral begins with, or digits of another script beside them
        return None, _DIGITS_ON.match(text, start).end()  # type: ignore[union-attr]
    tail = match["tail"] is not None
    return Numeral(match.start(), match.end(), match[0], tail, not tail and match["digits"].isdecimal()), match.end()


def find_number_words(text: str) -> Iterator[Numeral]:
    """Every number written in words that a magnitude word or a currency's name stands close to.

    >>> [numeral.text for numeral in find_number_words("a plan, two and a half million of them, half a million more")]
    ['two and a half million', 'half a million']
    """
    for start, end in windows(text, places(text, _HINTS)):
        for match in _IN_WORDS.finditer(text, start, end):
            magnitude = _MAGNITUDE.search(match[0]) is not None
            yield Numeral(match.start(), match.end(), match[0], magnitude, not magnitude)


def windows(text: str, around: list[int], reach: int = _WINDOW) -> list[tuple[int, int]]:
    """Start and end of the stretches around some places, between spaces: slow patterns need to look nowhere else.

    >>> windows("none " * 30 + "five million " + "none " * 30, [155])
    [(85, 227)]
    """
    merged: list[tuple[int, int]] = []
    for place in around:
        end = text.find(" ", place + reach)
        end = len(text) if end < 0 else end
        if merged and place < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
            continue
        start = text.rfind(" ", 0, max(0, place - reach)) + 1 if place > reach else 0
        merged.append((max(start, merged[-1][1]) if merged else start, end))
    return merged
