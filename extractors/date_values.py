"""What each form of a date means: its named groups to a calendar value, one small function per form."""

import datetime as dt
from collections.abc import Callable

from extractors.date_context import DateContext, full_year, near_year
from extractors.date_grammar import WORDS

Fields = dict[str, str]
"""The named groups of a form that took part in a match."""

_MONTHS: dict[str, int] = {name.lower(): number for number, name in enumerate(WORDS["months"], 1)} | {
    name.lower(): number for name, number in WORDS["month_short"].items()
}
_WEEKDAYS: dict[str, int] = {name.lower(): number for number, name in enumerate(WORDS["weekdays"])}
_LAST_MONTH = {"SP": 5, "SU": 8, "FA": 11, "WI": 12}
_MONTH_FIRST = frozenset(WORDS["month_first_countries"])


def _small(word: str) -> str:
    return " ".join(word.lower().split())


def _month(name: str) -> int:
    return _MONTHS[name.rstrip(".").lower()]


def _full_year(fields: Fields, context: DateContext) -> int | None:
    digits = fields.get("year") or fields.get("short")
    return full_year(digits, context) if digits else context.year


def _which(fields: Fields) -> int:
    return int(WORDS["which"][_small(fields["which"])])


def _day(year: int | None, month: int, day: int) -> str | None:
    return None if year is None else f"{year:04}-{month:02}-{day:02}"


def _date(fields: Fields, context: DateContext) -> str | None:
    month, day = _month(fields["month"]), int(fields["day"])
    if "year" in fields:
        return _day(int(fields["year"]), month, day)
    return _day(near_year((month, day), (month, day), context), month, day)


def _iso(fields: Fields, _: DateContext) -> str | None:
    return _day(int(fields["year"]), int(fields["mm"]), int(fields["day"]))


def _numeric(fields: Fields, context: DateContext) -> str | None:
    """10/04/2025 in the country's order; where no country is known, only what can be read in one way."""
    first, second = int(fields["first"]), int(fields["second"])
    year = _full_year(fields, context)
    if first > 12 or second > 12 or first == second:
        month, day = sorted((first, second))
        return _day(year, month, day)
    if context.country is None:
        return None
    month, day = (first, second) if context.country in _MONTH_FIRST else (second, first)
    return _day(year, month, day)


def _days(fields: Fields, context: DateContext) -> str | None:
    month, first, last = _month(fields["month"]), int(fields["day"]), int(fields["day2"])
    year = int(fields["year"]) if "year" in fields else near_year((month, first), (month, last), context)
    return None if year is None or last < first else f"{_day(year, month, first)}/{_day(year, month, last)}"


def _month_of_year(fields: Fields, context: DateContext) -> str | None:
    month = _month(fields["month"])
    year = int(fields["year"]) if "year" in fields else near_year((month, 1), (month, 31), context)
    return None if year is None else f"{year}-{month:02}"


def _shifted_year(fields: Fields, context: DateContext) -> int | None:
    return context.published.year + _which(fields) if context.published else None


def _month_of_which_year(fields: Fields, context: DateContext) -> str | None:
    year, month = _shifted_year(fields, context), _month(fields["month"])
    if year is None or "day" not in fields:
        return None if year is None else f"{year}-{month:02}"
    return _day(year, month, int(fields["day"]))


def _which_month(fields: Fields, context: DateContext) -> str | None:
    """This June is the one of the year, last June one before publication, next June one after it."""
    if context.published is None:
        return None
    month, which, now = _month(fields["month"]), _small(fields["which"]), context.published
    if _which(fields) == 0:
        return f"{now.year}-{month:02}"
    if _which(fields) < 0:
        limit = now.month if which == "this past" else now.month - 1
        return f"{now.year - (month > limit)}-{month:02}"
    return f"{now.year + (month <= now.month)}-{month:02}"


def _months(fields: Fields, context: DateContext) -> str | None:
    if "count" in fields:
        quarter = fields["count"].lower() in ("three", "3")
        return f"{fields['year']}-Q1" if quarter else f"{fields['year']}-01/{fields['year']}-09"
    first, second = _month(fields["month"]), _month(fields["month2"])
    year = int(fields["year"]) if "year" in fields else near_year((first, 1), (max(first, second), 31), context)
    if year is None or first == second:
        return None
    return f"{year - (second < first)}-{first:02}/{year}-{second:02}"


def _quarter_number(fields: Fields) -> int:
    digit = fields.get("quarter") or fields.get("quarter2")
    return int(digit) if digit else int(WORDS["ordinals"][fields["ordinal"].lower()])


def _quarter(fields: Fields, context: DateContext) -> str | None:
    number = _quarter_number(fields)
    year = _shifted_year(fields, context) if "which" in fields else _full_year(fields, context)
    if year is None:
        year = near_year((number * 3 - 2, 1), (number * 3, 31), context)
    return None if year is None else f"{year}-Q{number}"


def _half(fields: Fields, context: DateContext) -> str | None:
    digit = fields.get("half2") or fields.get("half3")
    number = int(digit) if digit else int(WORDS["halves"][fields["half"].lower()])
    year = _shifted_year(fields, context) if "which" in fields else _full_year(fields, context)
    if year is None and context.published:
        year = context.published.year
    return None if year is None else f"{year}-H{number}"


def _fiscal(fields: Fields, context: DateContext) -> str | None:
    """A fiscal year bears the number of the calendar year in which it ends: 2024/25 is FY2025."""
    year = _shifted_year(fields, context) if "which" in fields else _full_year(fields, context)
    return None if year is None else f"FY{year}"


def _season(fields: Fields, context: DateContext) -> str | None:
    """The last fall, told in spring or in November, is the one that is over."""
    season = WORDS["seasons"][fields["season"].lower()]
    if "which" not in fields:
        return f"{fields['year']}-{season}"
    if context.published is None:
        return None
    year = context.published.year + _which(fields)
    if _which(fields) < 0:
        year += context.published.month > _LAST_MONTH[season]
    return f"{year}-{season}"


def _season_alone(fields: Fields, context: DateContext) -> str | None:
    """'In the fall', by publication and tense; a winter bears the year in which it ends."""
    season = WORDS["seasons"][fields["season"].lower()]
    last = _LAST_MONTH[season] if season != "WI" else 2
    year = near_year((max(1, last - 2), 1), (last, 30), context)
    return None if year is None else f"{year}-{season}"


def _season_of_which_year(fields: Fields, context: DateContext) -> str | None:
    year = _shifted_year(fields, context)
    return None if year is None else f"{year}-{WORDS['seasons'][fields['season'].lower()]}"


def _decade(fields: Fields, context: DateContext) -> str | None:
    if "decade" in fields:
        return f"{fields['decade']}X"
    if "short" in fields:
        return f"19{fields['short']}X"
    return f"{context.published.year // 10}X" if context.published else None


def _years(fields: Fields, _: DateContext) -> str | None:
    first = int(fields["year"])
    last = int(fields["year2"]) if "year2" in fields else first - first % 100 + int(fields["short"])
    return f"{first}/{last}" if last > first else None


def _year(fields: Fields, _: DateContext) -> str | None:
    return fields["year"]


def _this_year(_: Fields, context: DateContext) -> str | None:
    return str(context.published.year) if context.published else None


def _near(fields: Fields, context: DateContext) -> str | None:
    if context.published is None:
        return None
    return (context.published + dt.timedelta(days=WORDS["relative_days"][_small(fields["near"])])).isoformat()


def _moved(day: dt.date, unit: str, count: int) -> str:
    """The unit of time `count` such units away from the one that `day` lies in."""
    if unit == "year":
        return str(day.year + count)
    if unit in ("month", "quarter"):
        size = 1 if unit == "month" else 3
        year, index = divmod(day.year * (12 // size) + (day.month - 1) // size + count, 12 // size)
        return f"{year}-{index + 1:02}" if size == 1 else f"{year}-Q{index + 1}"
    if unit == "day":
        return (day + dt.timedelta(days=count)).isoformat()
    moved = day + dt.timedelta(weeks=count)
    if unit == "weekend":
        saturday = moved + dt.timedelta(days=5 - moved.weekday())
        return f"{saturday}/{saturday + dt.timedelta(days=1)}"
    year, week, _ = moved.isocalendar()
    return f"{year}-W{week:02}"


def _which_unit(fields: Fields, context: DateContext) -> str | None:
    if context.published is None:
        return None
    return _moved(context.published, fields["unit"].lower(), _which(fields))


def _ago(fields: Fields, context: DateContext) -> str | None:
    if context.published is None:
        return None
    number = fields.get("number", "one").lower()
    count = int(number) if number.isdigit() else int(WORDS["numbers"][number])
    return _moved(context.published, fields.get("unit", fields.get("unit2", "")).lower(), -count)


def _weekday(fields: Fields, context: DateContext) -> str | None:
    """The next such day, or the latest one up to publication where the sentence tells of the past."""
    if context.published is None:
        return None
    which = _which(fields) if "which" in fields else None
    ahead = (_WEEKDAYS[fields["weekday"].lower()] - context.published.weekday()) % 7
    if which == 1 or (which == 0 and ahead) or (which is None and context.tense != "past"):
        return (context.published + dt.timedelta(days=ahead or (7 if which == 1 else 0))).isoformat()
    back = (7 - ahead) if ahead or which == -1 else 0
    return (context.published - dt.timedelta(days=back)).isoformat()


def _weekend(_: Fields, context: DateContext) -> str | None:
    """'Over the weekend' is the last one, or the next where the sentence speaks of the future."""
    if context.published is None:
        return None
    started = context.published.weekday() >= 5
    return _moved(context.published, "weekend", 0 if started or context.tense == "future" else -1)


READERS: dict[str, Callable[[Fields, DateContext], str | None]] = {
    "month_day_year": _date,
    "day_month_year": _date,
    "month_day": _date,
    "day_month": _date,
    "year_month_day": _date,
    "iso": _iso,
    "numeric": _numeric,
    "days_of_month": _days,
    "two_days_of_month": _days,
    "month_year": _month_of_year,
    "month": _month_of_year,
    "part_of_month": _month_of_year,
    "month_of_which_year": _month_of_which_year,
    "which_month": _which_month,
    "months_of_year": _months,
    "quarter_year": _quarter,
    "quarter_of_which_year": _quarter,
    "quarter": _quarter,
    "half_year": _half,
    "half_of_which_year": _half,
    "half": _half,
    "fiscal_year": _fiscal,
    "which_fiscal_year": _fiscal,
    "season_year": _season,
    "which_season": _season,
    "season_of_which_year": _season_of_which_year,
    "decade": _decade,
    "which_decade": _decade,
    "years": _years,
    "year": _year,
    "part_of_year": _year,
    "year_end": _this_year,
    "today": _near,
    "today_at_start": _near,
    "near_day": _near,
    "season": _season_alone,
    "the_weekend": _weekend,
    "which_unit": _which_unit,
    "ago": _ago,
    "weekday": _weekday,
}
"""By the rules of `data/date_forms.txt`."""
