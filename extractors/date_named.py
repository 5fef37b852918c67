"""What named days mean, by year, by publication and tense, and days counted from them."""

import datetime as dt

from extractors.date_context import DateContext
from extractors.date_fields import Fields, Reader, read_count, shifted_year, which_of, year_of
from extractors.date_relative import near_day, shifted, unit_of
from extractors.named_days import read_named_day


def _counted(fields: Fields, context: DateContext) -> str | None:
    """Two days after tomorrow, three weeks before Christmas."""
    start = near_day(fields, context) if "near" in fields else _some_named_day(fields, context)
    count = read_count(fields["number"]) * (-1 if fields["way"].lower() == "before" else 1)
    if start is None:
        return None
    return shifted(dt.date.fromisoformat(start), {unit_of(fields): count})


def _some_named_day(fields: Fields, context: DateContext) -> str | None:
    return _named_day_of_year(fields, context) if year_of(fields, context) else _named_day(fields, context)


def _named_day_of_year(fields: Fields, context: DateContext) -> str | None:
    year = shifted_year(fields, context) if "which" in fields else year_of(fields, context)
    day = read_named_day(fields["named"], year, context.country) if year else None
    return day.isoformat() if day else None


def _named_day(fields: Fields, context: DateContext) -> str | None:
    """The next such day, the last one, the one of this year; without a word that says so the nearest by tense."""
    if context.published is None:
        return None
    today = context.published
    years = range(today.year - 1, today.year + 2)
    days = [day for year in years if (day := read_named_day(fields["named"], year, context.country))]
    which = which_of(fields) if "which" in fields else None
    if which == 0:
        days = [day for day in days if day.year == today.year]
    elif which == 1 or context.tense == "future":
        days = [day for day in days if day >= today]
    elif which == -1 or context.tense == "past":
        days = [day for day in days if day <= today]
    return min(days, key=lambda day: abs(day - today)).isoformat() if days else None


READERS: dict[str, Reader] = {
    "named_day_of_year": _named_day_of_year,
    "which_named_day": _named_day,
    "named_day": _named_day,
    "counted": _counted,
}
"""By the rules of `data/date_forms.txt`."""
