"""What weeks, quarters, halves, years, fiscal years, seasons and decades mean: named groups to a calendar value."""

import datetime as dt

from extractors.date_context import DateContext, near_year
from extractors.date_fields import Fields, Reader, nth_of, shifted_year, which_of, year_of
from extractors.date_grammar import WORDS

LAST_MONTH = {"SP": 5, "SU": 8, "FA": 11, "WI": 12}
_COUNTS = {"two": 2, "three": 3, "six": 6, "nine": 9}


def _months_of_fiscal_year(fields: Fields, context: DateContext) -> str | None:
    """The first three, six or nine months of the latest fiscal year in which they were over at publication."""
    if context.published is None or context.fiscal_start is None:
        return None
    word = fields["months"].lower()
    count = int(word) if word.isdigit() else _COUNTS[word]
    this_month = context.published.year * 12 + context.published.month - 1
    first = this_month - (this_month - (context.fiscal_start - 1)) % 12
    first -= 12 * (first + count > this_month)
    (year, month), (end_year, end_month) = divmod(first, 12), divmod(first + count - 1, 12)
    return f"{year}-{month + 1:02}/{end_year}-{end_month + 1:02}"


def _week(fields: Fields, context: DateContext) -> str | None:
    """ISO 8601: week 1 has the year's first Thursday."""
    year = shifted_year(fields, context) if "which" in fields else year_of(fields, context)
    if year is None:
        return None
    nth = nth_of(fields) if "nth" in fields else int(fields["week"])
    return f"{year}-W{nth if nth > 0 else dt.date(year, 12, 28).isocalendar().week:02}"


def _fiscal_part(year: int, part: str, fields: Fields, context: DateContext) -> str:
    """A quarter or half: of a fiscal year where those are set by law and its words say fiscal, else of the calendar."""
    fiscal = ("fy" in fields or "fy2" in fields) and context.country in WORDS["fiscal_starts_by_law"]
    return f"FY{year}-{part}" if fiscal else f"{year}-{part}"


def _quarter(fields: Fields, context: DateContext) -> str | None:
    digit = fields.get("quarter") or fields.get("quarter2")
    number = int(digit) if digit else int(WORDS["ordinals"][fields["ordinal"].lower()])
    year = shifted_year(fields, context) if "which" in fields else year_of(fields, context)
    year = year or near_year((number * 3 - 2, 1), (number * 3, 31), context)
    return None if year is None else _fiscal_part(year, f"Q{number}", fields, context)


def _quarters(fields: Fields, context: DateContext) -> str | None:
    year = year_of(fields, context)
    if year is None:
        return None
    return _fiscal_part(year, "H1", fields, context) if fields["quarters"].lower() == "two" else f"{year}-01/{year}-09"


def _half(fields: Fields, context: DateContext) -> str | None:
    digit = fields.get("half2") or fields.get("half3")
    number = int(digit) if digit else int(WORDS["halves"][fields["half"].lower()])
    year = shifted_year(fields, context) if "which" in fields else year_of(fields, context)
    year = year or (context.published.year if context.published else None)
    return None if year is None else _fiscal_part(year, f"H{number}", fields, context)


def _fiscal(fields: Fields, context: DateContext) -> str | None:
    """A fiscal year bears the number of the calendar year in which it ends: 2024/25 is FY2025."""
    if "which" not in fields:
        return f"FY{year_of(fields, context)}"
    if context.published is None:
        return None
    begun = context.fiscal_start not in (None, 1) and context.published.month >= (context.fiscal_start or 13)
    return f"FY{context.published.year + begun + which_of(fields)}"


def _season(fields: Fields, context: DateContext) -> str | None:
    """The last fall, told in spring or in November, is the one that is over."""
    season = WORDS["seasons"][fields["season"].lower()]
    if "which" not in fields:
        return f"{year_of(fields, context)}-{season}"
    if context.published is None:
        return None
    year = context.published.year + which_of(fields)
    if which_of(fields) < 0:
        year += context.published.month > LAST_MONTH[season]
    elif season == "WI" and context.published.month < 3 and which_of(fields) == 0:
        year -= 1
    return f"{year}-{season}"


def _seasons(fields: Fields, _: DateContext) -> str | None:
    """A winter over the turn of the year begins in the first of two years."""
    first, last = fields["year"], fields["short"]
    follows = int(last[-2:]) == (int(first) + 1) % 100
    return f"{first}-WI" if follows and WORDS["seasons"][fields["season"].lower()] == "WI" else None


def _season_alone(fields: Fields, context: DateContext) -> str | None:
    """'In the fall', by publication and tense; a winter bears the year in which it ends."""
    season = WORDS["seasons"][fields["season"].lower()]
    last = LAST_MONTH[season] if season != "WI" else 2
    year = near_year((max(1, last - 2), 1), (last, 30), context)
    return None if year is None else f"{year}-{season}"


def _season_of_which_year(fields: Fields, context: DateContext) -> str | None:
    year = shifted_year(fields, context)
    return None if year is None else f"{year}-{WORDS['seasons'][fields['season'].lower()]}"


def _decade(fields: Fields, context: DateContext) -> str | None:
    if "decade" in fields:
        return f"{fields['decade']}X"
    tens = fields.get("short") or WORDS["tens"].get(fields.get("tens", "").lower())
    if tens:
        return f"{WORDS['centuries'][fields.get('century', 'nineteen').lower()]}{tens}X"
    return "200X"  # the two thousands


def _which_decade(_: Fields, context: DateContext) -> str | None:
    return f"{context.published.year // 10}X" if context.published else None


def _years(fields: Fields, _: DateContext) -> str | None:
    """Two years, the second perhaps of two digits; 2025-04 is a month, since 2025 to 2004 would be no interval."""
    first = int(fields["year"])
    last = int(fields["year2"]) if "year2" in fields else first - first % 100 + int(fields["short"])
    if last > first:
        return f"{first}/{last}"
    return f"{first}-{fields['short']}" if 1 <= int(fields.get("short", "0")) <= 12 else None


def _year(fields: Fields, context: DateContext) -> str | None:
    return str(year_of(fields, context))


READERS: dict[str, Reader] = {
    "months_of_fiscal_year": _months_of_fiscal_year,
    "week_of_year": _week,
    "week_of_which_year": _week,
    "quarter_year": _quarter,
    "quarter_of_which_year": _quarter,
    "quarter": _quarter,
    "quarters_of_year": _quarters,
    "half_year": _half,
    "half_of_which_year": _half,
    "half": _half,
    "fiscal_year": _fiscal,
    "which_fiscal_year": _fiscal,
    "season_year": _season,
    "which_season": _season,
    "season_of_which_year": _season_of_which_year,
    "season": _season_alone,
    "seasons": _seasons,
    "decade": _decade,
    "short_decade": _decade,
    "which_decade": _which_decade,
    "years": _years,
    "year": _year,
    "short_year": _year,
    "far_year": _year,
    "calendar_year": _year,
    "year_in_words": _year,
    "part_of_year": _year,
}
"""By the rules of `data/date_forms.txt`."""
