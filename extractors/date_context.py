"""What is known around a date: publication, country, tense; and the years that follow from it."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from extractors.date_grammar import WORDS

Tense = Literal["past", "future"]
MonthDay = tuple[int, int]

_PLAIN_MONTHS = 3.5
"""A day or month as near as this to publication is the one that is meant, whatever the tense."""
_PAST_MONTHS = 1.0
"""So long over, a day or month told of as coming is the one of the next year."""
_YEAR_OF_WRITING = 2026
"""Stands in for the year of publication where that is unknown and a year has two digits."""
_CLAUSE = 30
"""So many characters farther away is a word in the next clause."""
_SENTENCE_END = re.compile(r"[.!?][\"”’)]?\s{1,3}(?=[A-Z“\"])|\n\n|[“”\"]")
_FUTURE = "|".join(WORDS["future"])
_PAST = "|".join(WORDS["past"])
_TENSES: tuple[tuple[Tense, re.Pattern[str]], ...] = (
    ("future", re.compile(rf"(?:(?<![\w-])|(?=['’]))(?i:{_FUTURE})(?!\w)")),
    ("past", re.compile(rf"(?<![\w-])(?i:{_PAST}|(?<!be )(?<!is )(?<!are )[a-z]{{2,20}}ed)(?!\w)")),
)


class DateContext(NamedTuple):
    """What is known around a date; everything may be unknown."""

    published: dt.date | None = None
    """The day that 'today' means."""
    country: str | None = None
    """ISO 3166-1 code; settles the order of 10/04/2025."""
    year: int | None = None
    """The year of a date written without one, where the text tells it; else the one that fits `published`."""
    tense: Tense | None = None
    """Whether the sentence tells of the past or the future."""
    before: str | None = None
    """Value of the date that the text has just set, to which 'the next day' and 'a year earlier' refer."""
    fiscal_start: int | None = None
    """First month of the fiscal year that is spoken of, 1 to 12."""


def _sentence(text: str, start: int, end: int) -> tuple[str, str]:
    """The words before and after a date inside its sentence and its quotation marks, 150 characters at most."""
    before, after = text[max(0, start - 150) : start], text[end : end + 150]
    begin = max((stop.end() for stop in _SENTENCE_END.finditer(before)), default=0)
    stop = _SENTENCE_END.search(after)
    return before[begin:], after[: stop.start()] if stop else after


def _gaps(pattern: re.Pattern[str], before: str, after: str) -> Iterator[int]:
    yield from (len(before) - word.end() for word in pattern.finditer(before))
    comma = after.find(",") % (len(after) + 1)
    yield from (word.start() + _CLAUSE * (word.start() > comma) for word in pattern.finditer(after))


def read_tense(text: str, start: int, end: int) -> Tense | None:
    """Whether the sentence around `text[start:end]` tells of the past or the future; the nearest word decides.

    >>> read_tense("The hall opened on Friday.", 19, 25), read_tense("It will open on Friday.", 16, 22)
    ('past', 'future')
    """
    before, after = _sentence(text, start, end)
    found = [(gap, tense) for tense, pattern in _TENSES for gap in _gaps(pattern, before, after)]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def full_year(digits: str, context: DateContext) -> int:
    """A year of two digits is at most 20 years ahead of publication; one of four is as it is.

    >>> full_year("25", DateContext()), full_year("98", DateContext()), full_year("2004", DateContext())
    (2025, 1998, 2004)
    """
    if len(digits) == 4:
        return int(digits)
    latest = (context.published.year if context.published else _YEAR_OF_WRITING) + 20
    year = latest - latest % 100 + int(digits)
    return year if year <= latest else year - 100


def near_year(first: MonthDay, last: MonthDay, context: DateContext) -> int | None:
    """The year in which a stretch of days, (month, day) to (month, day), fits publication and tense."""
    if context.year or not context.published:
        return context.year
    today = context.published
    middle = (first[0] + last[0]) / 2 + (first[1] + last[1]) / 60
    months_ahead = [(turn, turn * 12 + middle - today.month - today.day / 30) for turn in (-1, 0, 1)]
    nearest, gap = min(months_ahead, key=lambda candidate: abs(candidate[1]))
    over = gap + (last[0] - first[0]) / 2 + (last[1] - first[1]) / 60
    if gap > _PLAIN_MONTHS and context.tense == "past":
        nearest -= 1
    elif over < -_PAST_MONTHS and context.tense == "future":
        nearest += 1
    return today.year + nearest
