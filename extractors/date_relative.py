"""What words of time passing mean, against publication or against the date that the text has just set."""

import datetime as dt
import re
from calendar import monthrange

from dateutil.relativedelta import relativedelta

from extractors.date_context import DateContext
from extractors.date_fields import (
    Fields,
    Reader,
    day_of,
    day_value,
    month_number,
    nth_of,
    nth_weekday,
    read_count,
    shifted_year,
    small,
    week_of_month,
    weekday_of,
    which_of,
)
from extractors.date_grammar import WORDS
from schemas.values import date_bounds

_PART = re.compile(r"([a-z]+|[0-9]+)\s+(day|week|month|year)")
_LENGTH = {"day": 1, "week": 7, "fortnight": 14, "weekend": 7, "month": 28, "quarter": 90, "year": 365}
"""Days that a unit has at least."""


def unit_of(fields: Fields) -> str:
    """The unit of time, in the words of `move`."""
    return fields["unit"].lower().replace("qtr", "quarter")


def move(day: dt.date, unit: str, count: int) -> str:
    """The unit of time `count` such units away from the one that `day` lies in.

    >>> friday = dt.date(2025, 4, 11)
    >>> move(friday, "week", -1), move(friday, "quarter", 3), move(friday, "weekend", 0), move(friday, "year", 1)
    ('2025-W14', '2026-Q1', '2025-04-12/2025-04-13', '2026')
    """
    if unit == "year":
        return str(day.year + count)
    if unit in ("month", "quarter"):
        size = 1 if unit == "month" else 3
        year, index = divmod(day.year * (12 // size) + (day.month - 1) // size + count, 12 // size)
        return f"{year}-{index + 1:02}" if size == 1 else f"{year}-Q{index + 1}"
    if unit == "day":
        return (day + dt.timedelta(days=count)).isoformat()
    moved = day + dt.timedelta(weeks=count * (2 if unit == "fortnight" else 1))
    if unit == "weekend":
        saturday = moved + dt.timedelta(days=5 - moved.weekday())
        return f"{saturday}/{saturday + dt.timedelta(days=1)}"
    year, week, _ = moved.isocalendar()
    return f"{year}-W{week:02}"


def _set_day(context: DateContext, unit: str) -> dt.date | None:
    """First day of the date that the text has just set, if that is no longer than the unit."""
    bounds = date_bounds(context.before) if context.before else None
    if bounds is None or (bounds[1] - bounds[0]).days > _LENGTH[unit] + 2:
        return None
    return bounds[0]


def _month_of_which_year(fields: Fields, context: DateContext) -> str | None:
    year, month = shifted_year(fields, context), month_number(fields["month"])
    if year is None or "day" not in fields:
        return None if year is None else f"{year}-{month:02}"
    return day_value(year, month, int(fields["day"]))


def _months_of_which_year(fields: Fields, context: DateContext) -> str | None:
    year, first, last = shifted_year(fields, context), month_number(fields["month"]), month_number(fields["month2"])
    return None if year is None or last <= first else f"{year}-{first:02}/{year}-{last:02}"


def _which_month(fields: Fields, context: DateContext) -> str | None:
    """This June is the one of the year, last June one before publication, next June one after it."""
    if context.published is None:
        return None
    month, which, now = month_number(fields["month"]), small(fields["which"]), context.published
    if which_of(fields) == 0:
        return f"{now.year}-{month:02}"
    if which_of(fields) < 0:
        limit = now.month if which == "this past" else now.month - 1
        return f"{now.year - (month > limit)}-{month:02}"
    return f"{now.year + (month <= now.month)}-{month:02}"


def _month_spoken_of(fields: Fields, context: DateContext) -> tuple[int, int] | None:
    """Year and month of 'this month', 'next month', 'the month'."""
    if context.published is None:
        return None
    year, month = move(context.published, "month", which_of(fields) if "which" in fields else 0).split("-")
    return int(year), int(month)


def _nth_day(fields: Fields, context: DateContext) -> str | None:
    month = _month_spoken_of(fields, context)
    return day_value(*month, day_of(fields)) if month else None


def _nth_weekday_of_unit(fields: Fields, context: DateContext) -> str | None:
    month = _month_spoken_of(fields, context)
    return nth_weekday(*month, weekday_of(fields), nth_of(fields)) if month else None


def _week_of_which_month(fields: Fields, context: DateContext) -> str | None:
    month = _month_spoken_of(fields, context)
    return week_of_month(*month, nth_of(fields)) if month else None


def _day_alone(fields: Fields, context: DateContext) -> str | None:
    """The 15th: of this month, or of the one before or after where the sentence tells of the past or the future."""
    if context.published is None:
        return None
    day, today = day_of(fields), context.published
    ahead = {"past": -(day > today.day), "future": day < today.day}.get(context.tense or "", 0)
    return f"{move(today, 'month', ahead)}-{day:02}"


def _weekday_and_day(fields: Fields, context: DateContext) -> str | None:
    """Friday the 13th: the nearest one within two years, in the direction that the tense gives if it does."""
    if context.published is None:
        return None
    weekday, day, today = weekday_of(fields), day_of(fields), context.published
    near = {"past": -1, "future": 1}.get(context.tense or "", 0)
    for ahead in sorted(range(-24, 25), key=lambda months: (months * near < 0, abs(months))):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        if day <= monthrange(year, month + 1)[1] and dt.date(year, month + 1, day).weekday() == weekday:
            return day_value(year, month + 1, day)
    return None


def _weekday_of_week(fields: Fields, context: DateContext) -> str | None:
    if context.published is None:
        return None
    monday = context.published - dt.timedelta(days=context.published.weekday())
    return (monday + dt.timedelta(weeks=which_of(fields), days=weekday_of(fields))).isoformat()


def _this_year(_: Fields, context: DateContext) -> str | None:
    """The end of the year: where the sentence tells of the past, of the one that the text has just set."""
    told = _set_day(context, "year") if context.tense == "past" else None
    day = told or context.published
    return str(day.year) if day else None


def near_day(fields: Fields, context: DateContext) -> str | None:
    """Today, tomorrow and the days beside them."""
    if context.published is None:
        return None
    return (context.published + dt.timedelta(days=WORDS["relative_days"][small(fields["near"])])).isoformat()


def _end_of_unit(fields: Fields, context: DateContext) -> str | None:
    if context.published is None:
        return None
    return move(context.published, unit_of(fields), which_of(fields) if "which" in fields else 0)


def _which_unit(fields: Fields, context: DateContext) -> str | None:
    """Of publication; 'previous' and 'prior' of what the text has just set, if it has."""
    unit, day = unit_of(fields), context.published
    if small(fields["which"]) in WORDS["which_of_text"]:
        day = _set_day(context, unit) or day
    return move(day, unit, which_of(fields)) if day else None


def _after_next(fields: Fields, context: DateContext) -> str | None:
    return move(context.published, unit_of(fields), 2) if context.published else None


def _offset(fields: Fields, context: DateContext) -> str | None:
    """The next day, that year, a week later: from the date that the text has just set.

    A year earlier is counted from publication where the text has set none.
    """
    unit, step = unit_of(fields), int(WORDS["ways"][small(fields["way"])])
    day = _set_day(context, unit) or (context.published if fields["way"].lower() == "earlier" else None)
    return move(day, unit, step * read_count(fields.get("number", "one"))) if day else None


def _in_units(fields: Fields, context: DateContext) -> str | None:
    """In two weeks: a point in time only where the sentence tells of the future, else it may be how long it took."""
    if context.published is None or context.tense != "future":
        return None
    return move(context.published, unit_of(fields), read_count(fields["number"]))


def _ago_in_parts(fields: Fields, context: DateContext) -> str | None:
    """1 month and 21 days ago: the day."""
    if context.published is None:
        return None
    way = int(WORDS["ways"][small(fields["way"])])
    return shifted(
        context.published, {unit: way * read_count(number) for number, unit in _PART.findall(fields["parts"].lower())}
    )


def shifted(day: dt.date, counts: dict[str, int]) -> str:
    """The day so many days, weeks, months and years away. Raises ValueError where no calendar has it.

    >>> shifted(dt.date(2025, 4, 11), {"month": -1, "day": -21}), shifted(dt.date(2024, 2, 29), {"year": 1})
    ('2025-02-18', '2025-02-28')
    """
    years, months, weeks, days = (counts.get(unit, 0) for unit in ("year", "month", "week", "day"))
    return (day + relativedelta(years=years, months=months, weeks=weeks, days=days)).isoformat()


def _ago(fields: Fields, context: DateContext) -> str | None:
    if context.published is None:
        return None
    count = int(WORDS["ways"][small(fields["way"])]) * read_count(fields["number"])
    return move(context.published, unit_of(fields), count)


def _weekday(fields: Fields, context: DateContext) -> str | None:
    """The next such day, or the latest one up to publication where the sentence tells of the past.

    With 'next' it is the one of next week, with 'last' the latest before publication.
    """
    if context.published is None:
        return None
    which = which_of(fields) if "which" in fields else None
    today, weekday = context.published, weekday_of(fields)
    ahead = (weekday - today.weekday()) % 7
    if which == 1:
        ahead = weekday - today.weekday() + 7
    elif which == -1 or (which is None and context.tense == "past"):
        ahead -= 7 * (ahead > 0 or which == -1)
    return (today + dt.timedelta(days=ahead)).isoformat()


def _weekend(_: Fields, context: DateContext) -> str | None:
    """'Over the weekend' is the last one, or the next where the sentence speaks of the future."""
    if context.published is None:
        return None
    started = context.published.weekday() >= 5
    return move(context.published, "weekend", 0 if started or context.tense == "future" else -1)


READERS: dict[str, Reader] = {
    "month_of_which_year": _month_of_which_year,
    "months_of_which_year": _months_of_which_year,
    "which_month": _which_month,
    "nth_day": _nth_day,
    "nth_weekday_of_unit": _nth_weekday_of_unit,
    "week_of_which_month": _week_of_which_month,
    "day_alone": _day_alone,
    "weekday_and_day": _weekday_and_day,
    "in_units": _in_units,
    "weekday_of_week": _weekday_of_week,
    "year_end": _this_year,
    "end_of_unit": _end_of_unit,
    "today": near_day,
    "today_at_start": near_day,
    "near_day": near_day,
    "the_weekend": _weekend,
    "the_unit": _which_unit,
    "which_quarter": _which_unit,
    "which_unit": _which_unit,
    "after_next": _after_next,
    "offset": _offset,
    "ago": _ago,
    "ago_in_parts": _ago_in_parts,
    "weekday": _weekday,
}
"""By the rules of `data/date_forms.txt`."""
