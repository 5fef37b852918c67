"""The day on which a release was published, from what a page or file says of it."""

import datetime as dt
import logging
import re
from functools import cache
from itertools import takewhile

from babel import UnknownLocaleError
from babel.dates import get_month_names
from htmldate import find_date
from lxml.html import HtmlElement

from extractors.markup import read_shown

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
    re.compile(  # as programs in C write it
        r"(?P<name>[^\W\d_]{3,})\s+(?P<day>\d{1,2})\s+\d\d:\d\d(?::\d\d)?(?:\s[+A-Z][\dA-Z]{2,4})?\s+(?P<year>\d{4})(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<year>\d{4})\.?[\s-]+(?P<name>[^\W\d_]{3,})\.?[\s-]+(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})[\s-](?P<name>[^\W\d_]{3,})\.?[\s-](?P<short>\d\d)(?![\d.:]|\s?[hHU€$£%])"),
    re.compile(r"(?<!\d)(?P<first>\d{1,2})(?P<sign>[-/.])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})(?!\d)"),
)
_REACH = 300
"""Characters of a text in which its date is looked for."""


_LANGUAGES = (
    "bg", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu", "id", "is", "it",
    "lt", "lv", "mk", "ms", "nb", "nl", "nn", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sr_Latn", "sv",
    "tr", "uk", "vi", "ar", "fa", "he",
)  # fmt: skip
"""Those whose months are known where nobody says in which language a page is."""
_FIRST_SENTENCES = 120
"""Characters from which a paragraph is the beginning of the text."""
_LONGEST_DATE_LINE = 7
"""Words."""


@cache
def _all_months() -> dict[str, int]:
    """Names of months that mean the same one in every language that has them: `listopad` is October or November."""
    found: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for name, number in _months(language).items():
            found.setdefault(name, set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1} | _months("en")


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

    `10/04/2025` needs a country to be read; ISO 8601, English names of months and those of `language` do not. Where no
    language is given, names of months count that mean the same one in all languages of CLDR that newsrooms write.

    >>> read_published("2025-04-10T23:30:00-05:00"), read_published("Thu, 10 Apr 2025 08:00 GMT")
    (datetime.date(2025, 4, 10), datetime.date(2025, 4, 10))
    >>> read_published("10/04/2025", "US"), read_published("10/04/2025", "GB"), read_published("10/04/2025")
    (datetime.date(2025, 10, 4), datetime.date(2025, 4, 10), None)
    >>> read_published("10. März 2025", language="de"), read_published("spring 2025")
    (datetime.date(2025, 3, 10), None)
    """
    found = [match for pattern in _PATTERNS for match in pattern.finditer(words[:_REACH])]
    for match in sorted(found, key=lambda match: match.start()):
        month, day = _month_and_day(match, country, language)
        try:
            return dt.date(_year(match), month, day)
        except ValueError:
            continue
    return None


def _year(match: re.Match[str]) -> int:
    """Years of two digits lie between 1969 and 2068, as POSIX has it."""
    short = match.groupdict().get("short")
    return int(match["year"]) if short is None else int(short) + (1900 if int(short) > 68 else 2000)


def _month_and_day(match: re.Match[str], country: str | None, language: str | None) -> tuple[int, int]:
    """Zeros where the month has no name known here, or the order is not known."""
    parts = match.groupdict()
    if "name" in parts:
        name = parts["name"].lower()
        known = _months("en").get(name) or (_months(language) if language else _all_months()).get(name, 0)
        return known, int(parts["day"])
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


def guess_published(
    tree: HtmlElement, url: str | None, latest: dt.date, country: str | None = None, language: str | None = None
) -> dt.date | None:
    """The date that a page's visible parts and its address suggest, for pages whose metadata has none.

    Where the country is known, a line above the text is looked for first: htmldate knows one order of numbers alone.
    """
    seen = _above_text(tree, latest, country, language)
    if seen and country:
        return seen
    found = _guess(tree, url, latest)
    return dt.date.fromisoformat(found) if found else seen


def _above_text(tree: HtmlElement, latest: dt.date, country: str | None, language: str | None) -> dt.date | None:
    """The day of the first short line above the text that is a date and little else."""
    lines = takewhile(lambda words: len(words) < _FIRST_SENTENCES, read_shown(tree))
    days = (read_published(line, country, language) for line in lines if len(line.split()) <= _LONGEST_DATE_LINE)
    return next((day for day in days if day and EARLIEST <= day <= latest), None)


def _guess(tree: HtmlElement, url: str | None, latest: dt.date) -> str | None:
    try:
        found: str | None = find_date(
            tree,
            extensive_search=False,
            original_date=True,
            url=url or "",
            min_date=EARLIEST.isoformat(),
            max_date=latest.isoformat(),
        )
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):  # third-party guesswork
        return None
    return found
