"""What the words of a date mean: text to calendar value, given when the release was published."""

import re
from functools import lru_cache

from extractors.date_context import DateContext
from extractors.date_fields import Fields
from extractors.date_grammar import CLOCK, forms
from extractors.date_named import READERS as NAMED
from extractors.date_periods import READERS as PERIODS
from extractors.date_relative import READERS as RELATIVE
from extractors.date_triggers import find_triggers
from extractors.date_values import READERS as DAYS_AND_MONTHS
from schemas.values import date_bounds

_BETWEEN = re.compile(
    r"\s{0,3}[-–—‑−]\s{0,3}"
    rf"|\s{{0,3}},?\s{{1,3}}(?i:through\s{{1,3}}to|to|through|thru|until|till|and)\s{{1,3}}{CLOCK}(?:on\s{{1,3}}|the\s{{1,3}})?"
)
_READERS = DAYS_AND_MONTHS | PERIODS | RELATIVE | NAMED
_LONGEST = 120
"""No date has more characters; longer texts are not tried."""


def _valid(value: str | None) -> str | None:
    """The value, if such a day or interval exists."""
    try:
        date_bounds(value or "")
    except ValueError:
        return None
    return value


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[tuple[str, Fields], ...]:
    """The forms that a text has: rule and named groups of each."""
    kinds = dict.fromkeys(kind for _, _, kind in find_triggers(text))
    found = ((rule, pattern.fullmatch(text)) for kind in kinds for rule, pattern in forms(kind))
    return tuple(
        (rule, {name: words for name, words in match.groupdict().items() if words is not None})
        for rule, match in found
        if match
    )


def _read_point(text: str, context: DateContext) -> str | None:
    for rule, fields in _parse(text):
        try:
            if value := _valid(_READERS[rule](fields, context)):
                return value
        except (OverflowError, ValueError):  # a day before year 1 or after 9999
            return None
    return None


def _read_interval(text: str, context: DateContext) -> str | None:
    """Two dates with a word or dash between them; the first takes its year from the second."""
    for between in _BETWEEN.finditer(text):
        last = _read_point(text[between.end() :], context)
        bounds = date_bounds(last) if last else None
        if last is None or bounds is None:
            continue
        ahead = context.published is not None and bounds[0] >= context.published
        told = context._replace(tense="future") if ahead else context
        for year in (bounds[0].year, bounds[0].year - 1):
            first = _read_point(text[: between.start()], told._replace(year=year))
            if first and (value := _valid(f"{first}/{last}")):
                return value
    return None


_NOTHING_KNOWN = DateContext()


@lru_cache(maxsize=4096)
def read_date(text: str, context: DateContext = _NOTHING_KNOWN) -> str | None:
    """The calendar value of a date in words, or None for what is no date, impossible, or unknown in this context.

    >>> read_date("April 10, 2025"), read_date("10th of April 2025"), read_date("Q3 2025"), read_date("2024-26")
    ('2025-04-10', '2025-04-10', '2025-Q3', '2024/2026')
    >>> import datetime as dt
    >>> friday = DateContext(published=dt.date(2025, 4, 11))
    >>> read_date("yesterday", friday), read_date("last week", friday), read_date("last Thursday", friday)
    ('2025-04-10', '2025-W14', '2025-04-10')
    >>> read_date("yesterday"), read_date("February 30, 2025"), read_date("10/04/2025")
    (None, None, None)
    >>> read_date("10/04/2025", DateContext(country="AU")), read_date("10/04/2025", DateContext(country="US"))
    ('2025-04-10', '2025-10-04')
    >>> read_date("December 28 to January 3, 2026")
    '2025-12-28/2026-01-03'
    """
    if len(text) > _LONGEST:
        return None
    return _read_point(text, context) or _read_interval(text, context)
