"""Tables of figures "in millions": which lines of a text such a heading speaks for, and by what it multiplies them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest
from operator import attrgetter
from typing import NamedTuple

from extractors.amount_reading import Sum

_FACTORS = {"thousand": Decimal(1000), "million": Decimal(10**6), "billion": Decimal(10**9)}
_WHAT = r"(?:(?:all|the|dollar|currency) )?(?:(?:figures|amounts|numbers|values|results|data|dollars)(?: are)? )?"
_MONEY = r"(?:US\$|U\.S\. dollars?|USD|EUR|GBP|CHF|[A-Z]{1,2}\$|dollars?|euros?|[$€£¥₹])"
_IN = rf"{_WHAT}(?:expressed |stated |reported |presented |shown )?(?:{_MONEY} )?in (?:{_MONEY} ?)?"
_HEADING = re.compile(
    rf"(?i)(?:^|\()(?:unaudited[,;] )?(?:{_IN}(?P<many>thousand|million|billion)s\b(?: of {_MONEY})?"
    rf"|{_MONEY} ?(?P<one>thousand|million|billion)s?)(?:,? (?:except|unless)[^\n)]{{0,60}})?(?:\)[:.]?$|[:.]?$)"
)
_HINTS = ("illions", "ILLIONS", "housands", "HOUSANDS", "illion)", "housand)")
_LONGEST_HEADING = 160
_NUMBER = re.compile(r"(?<![0-9.,])[0-9][0-9.,]*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_OTHER_UNIT = re.compile(r"(?i)\bper\b|\bEPS\b|\bshares?\b|%")
_MOST_WORDS = 10
_LONGEST_TABLE = 20_000


class Stretch(NamedTuple):
    """A line of a table under such a heading; not `certain` where it may be no row of it."""

    start: int
    end: int
    factor: Decimal
    certain: bool


def find_stretches(text: str) -> list[Stretch]:
    """The lines below each heading that look like rows, up to the first that is prose.

    >>> find_stretches("(in thousands)\\nRevenue $1,200 $1,100\\nIt rose by 9% on the strength of what the plant made.")
    [Stretch(start=15, end=36, factor=Decimal('1000'), certain=True)]
    """
    headings = sorted({line for hint in _HINTS if hint in text for line in _lines_with(text, hint)})
    found: list[Stretch] = []
    for (start, end), following in zip_longest(headings, headings[1:]):
        if heading := _HEADING.search(text[start:end]):
            factor = _FACTORS[(heading["many"] or heading["one"]).lower()]
            found += _rows(text, end, min(end + _LONGEST_TABLE, following[0] if following else len(text)), factor)
    return found


def _lines_with(text: str, hint: str) -> Iterator[tuple[int, int]]:
    """Start and end of each short line with this hint."""
    place = text.find(hint)
    while place >= 0:
        near = max(0, place - _LONGEST_HEADING)
        start, end = text.rfind("\n", near, place) + 1, text.find("\n", place, place + _LONGEST_HEADING)
        end = len(text) if end < 0 else end
        if (start or near == 0) and end - start <= _LONGEST_HEADING:
            yield start, end
        place = text.find(hint, max(end, place + 1))


def _rows(text: str, start: int, end: int, factor: Decimal) -> Iterator[Stretch]:
    for line in re.finditer(r"[^\n]+", text[start:end]):
        if len(_WORD.findall(line[0])) > _MOST_WORDS or re.search(r"[a-z]\.(?:\s|$)", line[0]):
            return
        if not _OTHER_UNIT.search(line[0]) and (numbers := len(_NUMBER.findall(line[0]))):
            yield Stretch(start + line.start(), start + line.end(), factor, numbers > 1)


def scaled(found: Sum, stretches: list[Stretch]) -> Stretch | None:
    """The row in which a sum stands that has no magnitude of its own; the rows are in the order of the text."""
    if not stretches or re.search(r"[^\W\d_]", f"{found.low}{found.high or ''}"):
        return None
    before = bisect_right(stretches, found.start, key=attrgetter("start"))
    return stretches[before - 1] if before and found.end <= stretches[before - 1].end else None
