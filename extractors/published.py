"""The day on which a release was published, from what a page or file says of it."""

import datetime as dt
import logging
import re
from functools import cache

from babel import UnknownLocaleError
from babel.dates import get_month_names
from htmldate import find_date
from lxml.html import HtmlElement

logging.getLogger("htmldate").setLevel(logging.CRITICAL)

EARLIEST = dt.date(1970, 1, 2)
"""The day before it, the zero of computers' clocks, stands for "no date"."""
MONTH_FIRST = frozenset({"US", "PH", "PW", "FM", "MH", "GU", "PR", "AS", "VI", "MP"})
"""Countries that write 10/04 for the fourth of October (Unicode CLDR, short date patterns)."""
_PATTERNS = (
    re.compile(r"(?<!\d)(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{4,6}Z?)?(?!\d)"),
    re.compile(r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]"),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?(?:[\s-]|\bof\b|\bde\b)+"
        r"(?P<name>[^\W\d_]{3,})\.?(?:[\s,-]|\bdel?\b)+(?P<year>\d{4})"
    ),
    re.compile(r"(?P<name>[^\W\d_]{3,})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<first>\d{1,2})(?P<sign>[-/.])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})(?!\d)"),
)
_REACH = 300
"""Characters of a text in which its date is looked for."""


@cache
def _months(language: str) -> dict[str, int]:
    months: dict[str, int] = {}
    for locale in ("en", language):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                try:
                    names = get_month_names(width, context, locale)
                except (UnknownLocaleError, ValueError):
                    continue
                months.update({name.strip(".").lower(): number for number, name in names.items()})
    return months | {"sept": 9}


def read_published(words: str, country: str | None = None, language: str | None = None) -> dt.date | None:
    """The first day that the words give in full, on the calendar of the place that wrote them, or None.

    `10/04/2025` needs a country to be read; ISO 8601, English names of months and those of `language` do not.

    >>> read_published("2025-04-10T23:30:00-05:00"), read_published("Thu, 10 Apr 2025 08:00 GMT")
    (datetime.date(2025, 4, 10), datetime.date(2025, 4, 10))
    >>> read_published("10/04/2025", "US"), read_published("10/04/2025", "GB"), read_published("10/04/2025")
    (datetime.date(2025, 10, 4), datetime.date(2025, 4, 10), None)
    >>> read_published("10. März 2025", language="de"), read_published("spring 2025")
    (datetime.date(2025, 3, 10), None)
    """
    found = [match for pattern in _PATTERNS for match in pattern.finditer(words[:_REACH])]
    for match in sorted(found, key=lambda match: match.start()):
        month, day = _month_and_day(match, country, language or "en")
        try:
            return dt.date(int(match["year"]), month, day)
        except ValueError:
            continue
    return None


def _month_and_day(match: re.Match[str], country: str | None, language: str) -> tuple[int, int]:
    """Zeros where the month has no name known here, or the order is not known."""
    parts = match.groupdict()
    if "name" in parts:
        return _months(language).get(parts["name"].lower(), 0), int(parts["day"])
    if "first" in parts:
        return _order(int(parts["first"]), int(parts["second"]), "DE" if parts["sign"] == "." else country)
    return int(parts["month"]), int(parts["day"])


def _order(first: int, second: int, country: str | None) -> tuple[int, int]:
    """Month and day; dots, as in German, always put the day first."""
    if first > 12:
        return second, first
    if second > 12 or first == second or country in MONTH_FIRST:
        return first, second
    return (0, 0) if country in {None, "CA"} else (second, first)


def guess_published(tree: HtmlElement, url: str | None, latest: dt.date) -> dt.date | None:
    """The date that a page's address and visible parts suggest, for pages whose metadata has none."""
    try:
        found = find_date(
            tree,
            extensive_search=False,
            original_date=True,
            url=url or "",
            min_date=EARLIEST.isoformat(),
            max_date=latest.isoformat(),
        )
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):  # third-party guesswork
        return None
    return dt.date.fromisoformat(found) if found else None
