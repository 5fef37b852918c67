"""What days and months without a word of time passing mean: the named groups of their forms to a calendar value."""

import calendar

from extractors.date_context import DateContext, near_year
from extractors.date_fields import (
    Fields,
    Reader,
    day_of,
    day_value,
    month_number,
    nth_of,
    nth_weekday,
    week_of_month,
    weekday_of,
    year_of,
)
from extractors.date_grammar import WORDS

_MONTH_FIRST = frozenset(WORDS["month_first_countries"])


def _date(fields: Fields, context: DateContext) -> str | None:
    month, day = month_number(fields["month"]), day_of(fields)
    year = year_of(fields, context) or _leap_year(month, day, near_year((month, day), (month, day), context))
    return day_value(year, month, day)


def _leap_year(month: int, day: int, year: int | None) -> int | None:
    """The year, or for 29 February the last one that had one."""
    return year - year % 4 if year and (month, day) == (2, 29) else year


def _iso(fields: Fields, _: DateContext) -> str | None:
    return day_value(int(fields["year"]), int(fields["mm"]), int(fields["day"]))


def _numeric(fields: Fields, context: DateContext) -> str | None:
    """10/04/2025 in the country's order; where no country is known, only what can be read in one way."""
    first, second = int(fields["first"]), int(fields["second"])
    month, day = (first, second) if context.country in _MONTH_FIRST else (second, first)
    if first > 12 or second > 12 or first == second:
        month, day = sorted((first, second))
    elif context.country is None:
        return None
    year = year_of(fields, context)
    return day_value(year or near_year((month, day), (month, day), context), month, day)


def _days(fields: Fields, context: DateContext) -> str | None:
    month, first, last = month_number(fields["month"]), int(fields["day"]), int(fields["day2"])
    year = year_of(fields, context) or near_year((month, first), (month, last), context)
    return None if year is None or last < first else f"{day_value(year, month, first)}/{day_value(year, month, last)}"


def _nth_weekday(fields: Fields, context: DateContext) -> str | None:
    """The third Thursday in November; the last one is counted from the month's end."""
    month, nth = month_number(fields["month"]), nth_of(fields)
    year = year_of(fields, context) or near_year((month, 1), (month, 28), context)
    return None if year is None else nth_weekday(year, month, weekday_of(fields), nth)


def _month_of_year(fields: Fields, context: DateContext) -> str | None:
    month = month_number(fields["month"])
    year = year_of(fields, context) or near_year((month, 1), (month, 31), context)
    return None if year is None else f"{year}-{month:02}"


def _last_day(fields: Fields, context: DateContext) -> str | None:
    month = _month_of_year(fields, context)
    return f"{month}-{calendar.monthrange(*map(int, month.split('-')))[1]}" if month else None


def _months(fields: Fields, context: DateContext) -> str | None:
    if "count" in fields:
        quarter = fields["count"].lower() in ("three", "3")
        return f"{fields['year']}-Q1" if quarter else f"{fields['year']}-01/{fields['year']}-09"
    first, second = month_number(fields["month"]), month_number(fields["month2"])
    year = year_of(fields, context) or near_year((first, 1), (max(first, second), 31), context)
    if year is None or first == second:
        return None
    return f"{year - (second < first)}-{first:02}/{year}-{second:02}"


def _iso_month(fields: Fields, _: DateContext) -> str | None:
    return f"{fields['year']}-{int(fields['mm']):02}"


def _week_of_month(fields: Fields, context: DateContext) -> str | None:
    month = month_number(fields["month"])
    year = year_of(fields, context) or near_year((month, 1), (month, 28), context)
    return None if year is None else week_of_month(year, month, nth_of(fields))


READERS: dict[str, Reader] = {
    "month_day_year": _date,
    "day_month_year": _date,
    "month_day": _date,
    "day_month": _date,
    "year_month_day": _date,
    "iso": _iso,
    "iso_month": _iso_month,
    "numeric": _numeric,
    "short_numeric": _numeric,
    "weekday_numeric": _numeric,
    "days_of_month": _days,
    "two_days_of_month": _days,
    "nth_weekday_of_month": _nth_weekday,
    "month_year": _month_of_year,
    "month": _month_of_year,
    "small_month": _month_of_year,
    "part_of_month": _month_of_year,
    "last_day_of_month": _last_day,
    "months_of_year": _months,
    "week_of_month": _week_of_month,
}
"""By the rules of `data/date_forms.txt`."""
