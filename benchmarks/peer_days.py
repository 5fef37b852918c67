"""Days in the notations of other projects, all made first and last day, so that only the meaning is compared."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.peer_cases import Meanings
from schemas.values import date_bounds

Days = tuple[dt.date, dt.date]
"""First and last day."""
Value = Mapping[str, Any]
"""One reading of a phrase by Recognizers-Text: `timex`, `Mod`, and `value` or `start` and `end`."""

_ISO_DAY = re.compile(r"[1-9]\d{3}-\d\d-\d\d")
_INTERVAL = re.compile(r"\((?P<start>[\dX-]+),(?P<end>[\dX-]+),P[\dX.]*(?P<unit>[A-Z]+)")
_PART_OF_YEAR = re.compile(r"XXXX-(\d\d)(?:-(\d\d))?")
_JOINT = re.compile(
    r"\s(?:to|till?|until|through|thru)\s(?:the\s)?|(?<=between)\s.*?(?<!thousand)\sand\s(?:the\s)?|\s*[-–~]\s*"
)
_NUMERIC_DAY = re.compile(r"\d[-/.]\d{1,2}[-/.]\d{4}$|\d{4}-\d\d-\d\d$")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*"
_SINGLE = re.compile(r"\d{4}\W*[qh]\d|[qh]\d\W*\d{4}|.*(?:\d0 ?'?s|ties|tens|thousands)")
"""Hyphens in these part no two ends: 2017-Q1, the twenty-tens."""
_PRECISIONS = (
    ("week", re.compile(r"\bweek\b")),
    ("quarter", re.compile(r"\bq[1-4]\b|\bquarter\b")),
    ("day", re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b|day\b|tomorrow|\b(?:mon|tue|wed|thu|thur|fri|sat|sun)\b|date$")),
    ("day", re.compile(r"\b(?:first|second|third|(?!month)\w+th|fifteen|twenty[- ]\w+|thirty)\b")),
    ("month", re.compile(rf"\b{_MONTH}\b")),
)
"""How the second half of an interval tells what it names; a year otherwise."""
_COUNTED = re.compile(
    r"(?P<ahead>in )?(?:\S+ |couple of )(?P<unit>week|month|year)s?(?P<behind> ago| later| hence| back| from now)?"
)
_LAST_WEEKDAY = re.compile(r"(?:the )?(?:last|previous|past) \w+day")
"""It may be the one of the week before or the last one over; the guide does not say."""
_WEEK = dt.timedelta(days=7)


def name_days(first: dt.date, last: dt.date) -> str:
    """First and last day in one text.

    >>> name_days(dt.date(2025, 4, 7), dt.date(2025, 4, 13)), name_days(dt.date(2025, 4, 7), dt.date(2025, 4, 7))
    ('2025-04-07/2025-04-13', '2025-04-07')
    """
    return first.isoformat() if first == last else f"{first}/{last}"


def read_calendar(value: str) -> str:
    """A calendar value as its first and last day; a fiscal year, whose days nobody knows, as it is.

    Raises ValueError for what is no calendar value.

    >>> read_calendar("2025-04"), read_calendar("2025-W15"), read_calendar("FY2025")
    ('2025-04-01/2025-04-30', '2025-04-07/2025-04-13', 'FY2025')
    """
    bounds = date_bounds(value)
    return name_days(*bounds) if bounds else value


def unit_days(unit: str, day: dt.date) -> Days:
    """The day, week (Monday to Sunday), month, quarter or year that holds a day.

    >>> unit_days("quarter", dt.date(2025, 5, 20))
    (datetime.date(2025, 4, 1), datetime.date(2025, 6, 30))
    """
    if unit == "day":
        return day, day
    if unit == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return monday, monday + dt.timedelta(days=6)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = (day.month - 1) // length * length + 1
    last = first + length - 1
    return day.replace(month=first, day=1), dt.date(day.year, last, calendar.monthrange(day.year, last)[1])


def read_precision(words: str) -> str:
    """What the second half of an interval in words names: a day, week, month, quarter or year.

    >>> [read_precision(words) for words in ("jan 3-feb 5", "may to june 2020", "2014 through 2018")]
    ['day', 'month', 'year']
    """
    if _NUMERIC_DAY.search(words):
        return "day"
    second = _JOINT.split(words.lower(), maxsplit=1)[-1]
    return next((name for name, pattern in _PRECISIONS if pattern.search(second)), "year")


def count_units(words: str, day: dt.date) -> Iterator[Days]:
    """The periods that `two years ago` may mean besides the day itself: the year, or the month.

    >>> [name_days(*days) for days in count_units("two months ago", dt.date(2018, 8, 17))]
    ['2018-08-01/2018-08-31']
    """
    counted = _COUNTED.fullmatch(words.lower())
    if counted and (counted["ahead"] or counted["behind"]):
        yield unit_days(counted["unit"], day)
        if counted["unit"] == "year":
            yield unit_days("month", day)


def read_value(words: str, value: Value, published: dt.date | None = None) -> Meanings:
    """What one reading of Recognizers-Text says, ends included; empty where it says that no such day exists.

    `before 2016` is 2016: the project takes the point, not the stretch that is open on one side.

    >>> read_value("2014-2018", {"timex": "(2014-01-01,2018-01-01,P4Y)"})
    frozenset({'2014-01-01/2018-12-31'})
    >>> read_value("since August", {"timex": "XXXX-08", "Mod": "since", "start": "2016-08-01"})
    frozenset({'2016-08-01/2016-08-31'})
    """
    try:
        return frozenset(name if isinstance(name, str) else name_days(*name) for name in _read(words, value, published))
    except ValueError:  # 2019-02-29
        return frozenset()


def _read(words: str, value: Value, published: dt.date | None) -> Iterator[Days | str]:
    timex, start, end = (value.get(key) or "" for key in ("timex", "start", "end"))
    if _ISO_DAY.match(value.get("value") or ""):
        day = dt.date.fromisoformat(value["value"][:10])
        yield day, day
        yield from count_units(words, day)
        if published and _LAST_WEEKDAY.fullmatch(words.lower()) and day + _WEEK < published:
            yield day + _WEEK, day + _WEEK
    elif interval := _INTERVAL.match(timex):
        ends = interval["start"], interval["end"]
        yield from _between(words, *((start, end) if "X" in "".join(ends) and start and end else ends))
    elif point := _read_point(timex):
        yield point
        if "work" in words and start and end:
            yield from _between(words, start, end)
    elif start and end and "mid" not in (value.get("Mod") or ""):
        yield from _whole_or_part(timex, start, end)
    elif start or end:
        yield from _part_of_year(timex, dt.date.fromisoformat(start or end))
    elif timex in ("SP", "SU", "FA", "WI") and published:
        yield from (read_calendar(f"{published.year + turn}-{timex}") for turn in (-1, 0, 1))


def _read_point(timex: str) -> str | None:
    try:
        return read_calendar(timex)
    except ValueError:
        return None


def _whole_or_part(timex: str, start: str, end: str) -> Iterator[Days]:
    """`end of March`, whose days are fewer than the month's, is the month; everything else is from start to end."""
    first, after = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    part = _PART_OF_YEAR.fullmatch(timex)
    if part and not part[2]:
        yield unit_days("month", first)
    else:
        yield first, after - dt.timedelta(days=1)


def _between(words: str, start: str, end: str) -> Iterator[Days]:
    """From start to end; where the words name both, the second belongs to the interval with all its days."""
    if not (_ISO_DAY.fullmatch(start) and _ISO_DAY.fullmatch(end)):
        return
    first, after = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    joint = _JOINT.search(words.lower()) and not _SINGLE.fullmatch(words.lower())
    yield first, unit_days(read_precision(words), after)[1] if joint else after - dt.timedelta(days=1)


def _part_of_year(timex: str, edge: dt.date) -> Iterator[Days]:
    """The month or day of a year not written that ends or begins at an edge."""
    part = _PART_OF_YEAR.fullmatch(timex)
    if not part:
        return
    for year in (edge.year, edge.year - 1):
        try:
            day = dt.date(year, int(part[1]), int(part[2] or 1))
        except ValueError:
            continue
        first, last = unit_days("day" if part[2] else "month", day)
        if first <= edge <= last + dt.timedelta(days=1):
            yield first, last
            return
