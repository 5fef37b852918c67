"""The small types that every record is made of: dates, money and derived ids."""

import calendar
import datetime as dt
import hashlib
import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

FROZEN = ConfigDict(extra="forbid", frozen=True)

Qualifier = Literal["exact", "about", "over", "under", "at_least", "up_to", "range"]
AmountKind = Literal[
    "commitment", "price", "result", "penalty", "budget", "valuation", "debt", "compensation", "loss", "other"
]
OrganisationKind = Literal[
    "company", "government", "intergovernmental", "education", "ngo", "media", "political", "court", "other"
]
SectionKind = Literal[
    "header", "headline", "subhead", "dateline", "lead", "body", "boilerplate", "contact", "notes", "disclaimer",
    "furniture",
]  # fmt: skip
DateRole = Literal[
    "published", "dateline", "event", "signing", "deadline", "period", "period_start", "period_end", "historical"
]
CheckCode = Literal[
    "acronym_unexplained",
    "ambiguous_date",
    "dateline_date_differs",
    "event_after_publication",
    "figures_in_millions",
    "impossible_date",
    "issuer_unknown",
    "misfit_mark",
    "name_uncertain",
    "near_copy",
    "not_english",
    "parts_exceed_total",
    "person_by_one_name",
    "person_with_two_employers",
    "quote_without_speaker",
    "relative_date_unanchored",
    "text_too_short",
    "unclear_currency",
    "unread_amount",
    "unread_date",
    "vague_amount",
]
"""docs/checks.md says what each means."""
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._/-]*$", max_length=80)]
Confidence = Annotated[float, Field(ge=0, le=1)]
"""The probability, 0 to 1, that a value is right."""

_SEASONS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 2)}
_POINT = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?|-Q(?P<quarter>[1-4])|-H(?P<half>[12])"
    r"|-(?P<season>SP|SU|FA|WI)|-W(?P<week>\d\d))?|FY(?P<fiscal>\d{4})(?:-(?:Q[1-4]|H[12]))?|(?P<decade>\d{3})X"
)


def derive_id(*parts: object) -> str:
    """An id of 16 hexadecimal digits that the same parts always give.

    >>> derive_id("release", "https://example.org/1")
    'dcc16c1eaf45e5a3'
    """
    joined = "\x1f".join(map(str, parts)).encode("utf8", "backslashreplace")  # some addresses are no Unicode
    return hashlib.sha256(joined).hexdigest()[:16]


def _months(year: int, first: int, last: int) -> tuple[dt.date, dt.date]:
    end_year = year + (last < first)
    return dt.date(year, first, 1), dt.date(end_year, last, calendar.monthrange(end_year, last)[1])


def _point_bounds(value: str) -> tuple[dt.date, dt.date] | None:
    point = _POINT.fullmatch(value)
    if point is None:
        raise ValueError(f"not a calendar value: {value!r}; write 2025-04-10, 2025-04, 2025, 2025-Q3, 2025-W15, …")
    if point["fiscal"]:
        return None
    if point["decade"]:
        return dt.date(int(point["decade"]) * 10, 1, 1), dt.date(int(point["decade"]) * 10 + 9, 12, 31)
    year = int(point["year"])
    if point["day"]:
        day = dt.date(year, int(point["month"]), int(point["day"]))
        return day, day
    if point["week"]:
        return dt.date.fromisocalendar(year, int(point["week"]), 1), dt.date.fromisocalendar(
            year, int(point["week"]), 7
        )
    if point["month"]:
        return _months(year, int(point["month"]), int(point["month"]))
    if point["quarter"]:
        return _months(year, int(point["quarter"]) * 3 - 2, int(point["quarter"]) * 3)
    if point["half"]:
        return _months(year, int(point["half"]) * 6 - 5, int(point["half"]) * 6)
    return _months(year, *_SEASONS.get(point["season"], (1, 12)))


def date_bounds(value: str) -> tuple[dt.date, dt.date] | None:
    """First and last day that a calendar value covers, or None for fiscal years, whose start the text does not say.

    Raises ValueError for a text that is no calendar value (an impossible day included).

    >>> date_bounds("2025-Q3")
    (datetime.date(2025, 7, 1), datetime.date(2025, 9, 30))
    >>> date_bounds("2024/2026")
    (datetime.date(2024, 1, 1), datetime.date(2026, 12, 31))
    >>> date_bounds("FY2025")
    """
    first, slash, last = value.partition("/")
    start, end = _point_bounds(first), _point_bounds(last if slash else first)
    if start is None or end is None:
        return None
    if end[1] < start[0]:
        raise ValueError(f"the interval {value!r} ends before it begins")
    return start[0], end[1]


def _calendar(value: str) -> str:
    date_bounds(value)
    return value


CalendarDate = Annotated[str, AfterValidator(_calendar)]
"""`2025-04-10`, `2025-04`, `2025`, `2025-Q3`, `2025-H1`, `FY2025`, `2025-SP`, `2025-W15`, `199X`, or `a/b` of two."""


def _without_idle_zeros(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


MoneyValue = Annotated[
    Decimal,
    Field(allow_inf_nan=False, max_digits=28),
    AfterValidator(_without_idle_zeros),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
]
"""An exact decimal in the currency's main unit (25 cents are 0.25); a string in JSON, so that no digit is lost."""
Currency = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,10}$")]
"""An ISO 4217 code, or the ticker of a cryptocurrency."""


class Money(BaseModel):
    """A sum of money as its words say it: `more than US$3-$5 million` is 3000000 to 5000000 USD, a range."""

    model_config = FROZEN
    value: MoneyValue
    maximum: MoneyValue | None = None
    """Upper end of a range, in the same unit as `value`."""
    currency: Currency
    qualifier: Qualifier = "exact"
