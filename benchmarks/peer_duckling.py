"""Times and sums as duckling writes them in its corpora: the Haskell value as text."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from benchmarks.peer_cases import Meanings
from benchmarks.peer_days import Days, count_units, name_days, read_calendar, unit_days
from benchmarks.peer_money import read_sums, read_unit
from benchmarks.peer_scope import leave_out

Verdict = tuple[Meanings, str | None]
"""What a phrase may mean, and why it is left out if it is."""
_INSTANT = re.compile(r"\((-?\d+), (\d+), (\d+), (\d+), (\d+), (\d+)\)")
_GRAIN = re.compile(r"\b(Second|Minute|Hour|Day|Week|Month|Quarter|Year)\b")
_PART = re.compile(r"\b(?:early|mid|late|beginning|end)\b|\be(?:om|oy)\b")
_SEASON = re.compile(r"\b(?:summer|winter|spring|autumn|fall)\b")
_SEASON_OF_MONTH = {12: "WI", 3: "SP", 6: "SU", 9: "FA"}
_WEEKS = ("first week of october 2014", "the week of october 6th")
_SUM = re.compile(r"(?P<how>\w+) (?P<unit>\w+) \(?(?P<value>[\d.e]+)(?:, (?P<maximum>[\d.e]+))?\)?")
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_YEARLESS = re.compile(rf"\b{_MONTH}\b|\bq(?:uarte|t)r\b|\d ?[/-] ?\d")
_ANCHORED = re.compile(
    r"\d{4}|\b(?:next|this|current|previous|past|ago|now|today|hence|years?|months?|weeks?|after|closest)\b"
    rf"|\blast (?!{_WEEKDAY} (?:of|in) |day)|\b{_WEEKDAY}.*\d|\d.*\b{_WEEKDAY}"
)
"""Words that say which year is meant."""
_FIXED = re.compile(r"(?:christmas|xmas|valentine'?s?|halloween|boss(?:'s)?|world vegan|new year'?s)(?: day| eve)?")
_LAST_OVER = {
    "thanksgiving": dt.date(2012, 11, 22),
    "thanksgiving day": dt.date(2012, 11, 22),
    "black friday": dt.date(2012, 11, 23),
    "mlk day": dt.date(2013, 1, 21),
}
"""Holidays of a weekday, as they were last before duckling's day of reference."""


def read_time_phrase(phrase: str, expected: str, today: dt.date) -> Verdict:
    """The days of a time, or why it is left out.

    >>> read_time_phrase("July 2015", "datetime (2015, 7, 1, 0, 0, 0) Month", dt.date(2013, 2, 12))
    (frozenset({'2015-07-01/2015-07-31'}), None)
    >>> read_time_phrase("4pm", "datetime (2013, 2, 12, 16, 0, 0) Hour", dt.date(2013, 2, 12))
    (frozenset(), 'a time of day')
    """
    instants = [tuple(map(int, instant)) for instant in _INSTANT.findall(expected)]
    grain = _GRAIN.search(expected)
    if not grain or grain[1] in ("Second", "Minute", "Hour") or any(any(instant[3:]) for instant in instants):
        return frozenset(), "a time of day"
    reason = leave_out(phrase, interval=expected.startswith("datetimeInterval"))
    if phrase in _WEEKS:
        reason = "a week other than the ISO week"
    if reason or instants[0][0] < 1:
        return frozenset(), reason or "a year before our era"
    first, *after = (dt.date(*instant[:3]) for instant in instants)
    unit = grain[1].lower()
    if after:
        days = _read_interval(phrase.lower(), first, after[0])
    else:
        days = [unit_days(unit, first), *count_units(phrase, first)]
        days += [unit_days("day", first.replace(day=today.day))] if len(days) > 1 and unit != "day" else []
    coming = today < days[0][0] < today + dt.timedelta(days=366)
    earlier = read_earlier(phrase.lower(), days[0]) if coming else ()
    return frozenset(name_days(*each) for each in (*days, *earlier)), None


def _read_interval(phrase: str, first: dt.date, after: dt.date) -> list[Days]:
    """The days up to the one before `after`; the whole of what the guide counts whole, and its months of a season."""
    if _SEASON.search(phrase):
        start, _, end = read_calendar(f"{first.year}-{_SEASON_OF_MONTH[first.month]}").partition("/")
        return [(dt.date.fromisoformat(start), dt.date.fromisoformat(end))]
    if _PART.search(phrase):
        unit = "week" if "week" in phrase else "year" if re.search(r"year|\d{4}|oy\b", phrase) else "month"
        return [unit_days(unit, first)]
    return [(first, after - dt.timedelta(days=1))]


def read_earlier(phrase: str, days: Days) -> Iterator[Days]:
    """The last time over, where duckling takes the coming one and nothing in the phrase says which is meant.

    >>> march = dt.date(2013, 3, 1), dt.date(2013, 3, 31)
    >>> [name_days(*days) for days in read_earlier("march", march)]
    ['2012-03-01/2012-03-31']
    """
    first, last = days
    if phrase in _LAST_OVER:
        yield _LAST_OVER[phrase], _LAST_OVER[phrase]
    elif re.fullmatch(rf"(?:this )?{_WEEKDAY}\.?", phrase):
        yield first - dt.timedelta(days=7), last - dt.timedelta(days=7)
    elif re.fullmatch(r"(?:on )?(?:the )?\d{1,2}(?:st|nd|rd|th)", phrase):
        end = first.replace(day=1) - dt.timedelta(days=1)
        yield end.replace(day=min(first.day, end.day)), end.replace(day=min(first.day, end.day))
    elif _FIXED.fullmatch(phrase):
        yield _year_before(first), _year_before(last)
    elif not _ANCHORED.search(phrase) and _YEARLESS.search(phrase):
        by_weekday = re.search(rf"\b{_WEEKDAY} (?:of|in)\b", phrase)
        yield (
            _weekday_before(first, phrase.startswith("last"))
            if by_weekday
            else (_year_before(first), _year_before(last))
        )


def _year_before(day: dt.date) -> dt.date:
    return (day - dt.timedelta(days=(day.month, day.day) == (2, 29))).replace(year=day.year - 1)


def _weekday_before(day: dt.date, last: bool) -> Days:
    """The same Monday of the same month a year before, the second or the last."""
    start = unit_days("month", day)[1] - dt.timedelta(days=6) if last else day - dt.timedelta(days=(day.day - 1) % 7)
    begin = _year_before(start)
    found = begin + dt.timedelta(days=(day.weekday() - begin.weekday()) % 7)
    return found, found


def read_sum_phrase(phrase: str, expected: str) -> Verdict:
    """The sum of an amount of money, or why it is left out; `under EUR 7` is 7.

    >>> read_sum_phrase("between 10 and 20 dollars", "between Dollar (10, 20)")
    (frozenset({'10..20 USD'}), None)
    >>> read_sum_phrase("42 bucks", "simple Unnamed 42")
    (frozenset(), 'no currency')
    """
    found = _SUM.fullmatch(expected)
    if not found:
        raise ValueError(f"no amount of money as duckling writes it: {expected!r}")
    if found["unit"] == "Unnamed":
        return frozenset(), "no currency"
    if re.search(r"\\|[\x00-\x1f]|\d ac$", phrase):
        return frozenset(), "a damaged sign"
    value, maximum = Decimal(found["value"]), Decimal(found["maximum"]) if found["maximum"] else None
    if maximum and maximum > value * 1000:
        return frozenset(), "a range whose first number lost its magnitude"
    return read_sums((value, maximum), read_unit(found["unit"])), None
