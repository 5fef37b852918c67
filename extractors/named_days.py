"""Days that bear a name, such as Christmas Eve or Diwali: on which day of which year they fall."""

import datetime as dt
import json
from calendar import Calendar, day_name
from functools import lru_cache
from importlib.resources import files
from typing import Any

import holidays
from dateutil.easter import EASTER_ORTHODOX, easter

_ROWS = json.loads((files("extractors.data") / "named_days.json").read_text("utf8"))["days"]


def _folded(name: str) -> str:
    return " ".join(name.lower().replace("’", "'").split())


_DAYS: dict[str, dict[str, Any]] = {_folded(name): row for row in _ROWS for name in row["names"]}
NAMES = tuple(name for row in _ROWS for name in row["names"])
"""As they are written in running text."""
_WEEKDAYS = {name: number for number, name in enumerate(day_name)}


def read_named_day(name: str, year: int, country: str | None = None) -> dt.date | None:
    """The day of a year that bears the name, or None for a name or year that is not known.

    `country` (ISO 3166-1) tells whose Independence Day it is. Days that the moon decides are those of the library
    `holidays`, of one country that keeps them; another may keep them a day earlier or later.

    >>> read_named_day("Thanksgiving", 2025), read_named_day("New Year’s Eve", 2024), read_named_day("Easter", 2018)
    (datetime.date(2025, 11, 27), datetime.date(2024, 12, 31), datetime.date(2018, 4, 1))
    >>> read_named_day("Independence Day", 2025, "IN"), read_named_day("Independence Day", 2025)
    (datetime.date(2025, 8, 15), None)
    >>> read_named_day("Diwali", 2019), read_named_day("Harbour Day", 2019)
    (datetime.date(2019, 10, 27), None)
    """
    row = _DAYS.get(_folded(name), {})
    row = row.get("in", {}).get(country, row)
    if not dt.MINYEAR < year < dt.MAXYEAR:
        return None
    if "day" in row:
        return dt.date.fromisoformat(f"{year:04}-{row['day']}")
    if "nth" in row:
        return _nth(year, row["nth"], row.get("before", 32)) + dt.timedelta(days=row.get("add", 0))
    if "easter" in row:
        return easter(year) + dt.timedelta(days=row["easter"])
    if "orthodox_easter" in row:
        return easter(year, EASTER_ORTHODOX) + dt.timedelta(days=row["orthodox_easter"])
    where, what = row.get("calendar") or (country, row.get("country"))
    return _from_calendar(where, what, year) if where and what else None


def _nth(year: int, rule: tuple[int, str, int], before: int) -> dt.date:
    """Which weekday of which month: (4, "Thursday", 11), (-1, "Monday", 5) for the last, on a day before `before`."""
    nth, weekday, month = rule
    days = [week[_WEEKDAYS[weekday]] for week in Calendar().monthdayscalendar(year, month)]
    kept = [day for day in days if 0 < day < before]
    return dt.date(year, month, kept[nth if nth < 0 else nth - 1])


@lru_cache(maxsize=256)
def _from_calendar(country: str, name: str, year: int) -> dt.date | None:
    """The first day in a country's year that bears the name in English, be it an estimate; not a feast's later days."""
    years = (year - 1, year)
    try:
        days = holidays.country_holidays(country, years=years, language="en_US")
        days = holidays.country_holidays(country, years=years, language="en_US", categories=days.supported_categories)
    except NotImplementedError:  # no such country
        return None
    wanted = {name, f"{name} (estimated)"}
    named = {day for day, names in days.items() if wanted & set(names.split("; "))}
    begun = (day for day in named if day.year == year and day - dt.timedelta(days=1) not in named)
    return min(begun, default=None)
