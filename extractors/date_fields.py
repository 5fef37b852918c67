"""The named groups of the forms of dates, one by one: which year, month, day, weekday, how many."""

import calendar
import datetime as dt
import re
from collections.abc import Callable

from extractors.date_context import DateContext, full_year
from extractors.date_grammar import WORDS

Fields = dict[str, str]
"""The named groups of a form that took part in a match."""
Reader = Callable[[Fields, DateContext], str | None]
_MONTHS: dict[str, int] = {name.lower(): number for number, name in enumerate(WORDS["months"], 1)} | {
    name.lower(): number for name, number in WORDS["month_short"].items()
}
_WEEKDAYS: dict[str, int] = {name.lower()[:3]: number for number, name in enumerate(WORDS["weekdays"])}


def small(words: str) -> str:
    """Words in small letters with single spaces."""
    return " ".join(words.lower().split())


def read_count(word: str) -> int:
    """A number in digits or a word of the table.

    >>> read_count("12"), read_count("Fifteen"), read_count("a")
    (12, 15, 1)
    """
    return int(word) if word.isdigit() else int(WORDS["numbers"][word.lower()])


def month_number(name: str) -> int:
    """1 to 12.

    >>> month_number("Sept."), month_number("MAY")
    (9, 5)
    """
    return _MONTHS[name.rstrip(".").lower()]


def weekday_of(fields: Fields) -> int:
    """0 for Monday, in full or as an abbreviation, to 6."""
    return _WEEKDAYS[fields["weekday"].lower()[:3]]


def year_of(fields: Fields, context: DateContext) -> int | None:
    """The year in the words, of two digits or four or spelled out, else the one that the text tells."""
    if "yearwords" in fields:
        return read_year_words(fields["yearwords"])
    digits = fields.get("year") or fields.get("short")
    return full_year(digits, context) if digits else context.year


def read_year_words(words: str) -> int:
    """A year that is spelled out.

    >>> read_year_words("nineteen ninety-six"), read_year_words("two thousand and five")
    (1996, 2005)
    """
    century, *rest = re.split(r"[\s-]+", words.lower())
    hundreds = 20 if century == "two" else int(WORDS["centuries"][century])
    return hundreds * 100 + sum(int(WORDS["cardinals"].get(word, 0)) for word in rest)


def which_of(fields: Fields) -> int:
    """-1 for last, 0 for this, 1 for next."""
    return int(WORDS["which"][small(fields["which"])])


def nth_of(fields: Fields) -> int:
    """1 for first, 2 for second, -1 for last."""
    return int(WORDS["nth"][fields["nth"].lower()])


def day_value(year: int | None, month: int, day: int) -> str | None:
    """ISO 8601, whether such a day exists or not; None without a year."""
    return None if year is None else f"{year:04}-{month:02}-{day:02}"


def day_of(fields: Fields) -> int:
    """The day of the month, in digits or as an ordinal in words."""
    return int(fields["day"]) if "day" in fields else int(WORDS["day_words"][small(fields["dayword"])])


def shifted_year(fields: Fields, context: DateContext) -> int | None:
    """The year of last year, this year, next year."""
    return context.published.year + which_of(fields) if context.published else None


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> str | None:
    """The `nth` such day of a month, Monday being 0; the last one for -1, None for a fifth that is not there.

    >>> nth_weekday(2025, 11, 3, 4), nth_weekday(2025, 5, 0, -1), nth_weekday(2025, 5, 0, 5)
    ('2025-11-27', '2025-05-26', None)
    """
    days = [week[weekday] for week in calendar.Calendar().monthdayscalendar(year, month) if week[weekday]]
    place = nth if nth < 0 else nth - 1
    return day_value(year, month, days[place]) if place < len(days) else None


def week_of_month(year: int, month: int, nth: int) -> str | None:
    """The `nth` week of a month, -1 the last; a week belongs to the month of its Thursday, as in ISO 8601.

    >>> week_of_month(2016, 10, 1), week_of_month(2016, 12, -1)
    ('2016-W40', '2016-W52')
    """
    thursday = nth_weekday(year, month, 3, nth)
    if thursday is None:
        return None
    of_year, week, _ = dt.date.fromisoformat(thursday).isocalendar()
    return f"{of_year}-W{week:02}"
