"""Every form of a date, rendered and read back; and nothing that looks like a date is left unexplained."""

import datetime as dt
import re
from calendar import day_name, month_abbr, month_name
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.dates import extract_dates, mark_dates
from extractors.tokenizer import Tokenizer
from schemas.record import Check, DateMention
from schemas.release import Release
from tests.growth import assert_linear

TOKENIZER = Tokenizer(spacy.blank("en").vocab)
PUBLISHED = dt.date(2025, 4, 11)
SENTENCES = [
    "The hall opened on {} and closed.",  # in a sentence
    "Since {}, prices rose.",  # before a comma
    "Results (as of {}) were good.",  # before a bracket
    "OSLO, {} – The bank lent more.",  # in a dateline
    "From the end of {}\n\nAbout the bank",  # before a paragraph's end
]
ORDINALS = ["first", "second", "third", "fourth"]


def extract(text: str, published: dt.date | None = PUBLISHED) -> tuple[list[DateMention], list[Check]]:
    release = Release(id="r", source="s", published=published, country="AU", text=text)
    return extract_dates(mark_dates(TOKENIZER(text)), release)


def _nth(number: int) -> str:
    ending = "th" if 10 < number % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


DAYS: list[Callable[[dt.date], str]] = [
    lambda day: f"{month_name[day.month]} {day.day}, {day.year}",
    lambda day: f"{month_name[day.month].upper()} {day.day}, {day.year}",
    lambda day: f"{month_name[day.month]} {_nth(day.day)}, {day.year}",
    lambda day: f"{month_abbr[day.month]}{'.' * (day.month != 5)} {day.day}, {day.year}",
    lambda day: f"{day.day} {month_name[day.month]} {day.year}",
    lambda day: f"{_nth(day.day)} of {month_name[day.month]}, {day.year}",
    lambda day: f"the {_nth(day.day)} day of {month_name[day.month]} {day.year}",
    lambda day: f"{day_name[day.weekday()]}, {month_name[day.month]} {day.day}, {day.year}",
    lambda day: f"{day_name[day.weekday()]} {day.day} {month_name[day.month]} {day.year}",
    lambda day: f"{day.day:02}-{month_abbr[day.month]}-{day.year}",
    lambda day: f"{day.day:02}/{month_abbr[day.month]}/{day.year}",
    lambda day: f"{day.year} {month_name[day.month]} {day.day}",
    lambda day: f"{day.day:02}/{day.month:02}/{day.year}",  # Australia writes the day first
    lambda day: f"{day.day}.{day.month}.{day.year}",
    lambda day: day.isoformat(),
    lambda day: day.isoformat().replace("-", "/"),
]
PERIODS: list[tuple[Callable[[int, int], str], Callable[[int, int], str]]] = [
    (lambda y, n: f"{month_name[n]} {y}", lambda y, n: f"{y}-{n:02}"),
    (lambda y, n: f"{month_name[n]} of {y}", lambda y, n: f"{y}-{n:02}"),
    (lambda y, n: f"mid-{month_name[n]} {y}", lambda y, n: f"{y}-{n:02}"),
    (lambda y, n: f"Q{n % 4 + 1} {y}", lambda y, n: f"{y}-Q{n % 4 + 1}"),
    (lambda y, n: f"{n % 4 + 1}Q{y % 100:02}", lambda y, n: f"{y}-Q{n % 4 + 1}"),
    (lambda y, n: f"{ORDINALS[n % 4]} quarter of {y}", lambda y, n: f"{y}-Q{n % 4 + 1}"),
    (lambda y, n: f"{y}-Q{n % 4 + 1}", lambda y, n: f"{y}-Q{n % 4 + 1}"),
    (lambda y, n: f"FY{y % 100:02} Q{n % 4 + 1}", lambda y, n: f"{y}-Q{n % 4 + 1}"),
    (lambda y, n: f"H{n % 2 + 1} {y}", lambda y, n: f"{y}-H{n % 2 + 1}"),
    (lambda y, n: f"{ORDINALS[n % 2]} half of {y}", lambda y, n: f"{y}-H{n % 2 + 1}"),
    (lambda y, n: f"FY{y}", lambda y, n: f"FY{y}"),
    (lambda y, n: f"fiscal year {y}", lambda y, n: f"FY{y}"),
    (lambda y, n: f"{y - 1}/{y % 100:02} financial year", lambda y, n: f"FY{y}"),
    (lambda y, n: f"spring {y}", lambda y, n: f"{y}-SP"),
    (lambda y, n: f"autumn of {y}", lambda y, n: f"{y}-FA"),
    (lambda y, n: f"{y}-W{n:02}", lambda y, n: f"{y}-W{n:02}"),
    (lambda y, n: f"week {n} of {y}", lambda y, n: f"{y}-W{n:02}"),
    (lambda y, n: f"{y // 10}0s", lambda y, n: f"{y // 10}X"),
    (lambda y, n: f"late {y}", lambda y, n: f"{y}"),
    (lambda y, n: f"{y}", lambda y, n: f"{y}"),
    (lambda y, n: f"{y}-{y + n}", lambda y, n: f"{y}/{y + n}"),
    (lambda y, n: f"Christmas Eve {y}", lambda y, n: f"{y}-12-24"),
]
"""A year and a number from 1 to 12 to words, and to the value of these words."""
JOINTS = ["{} to {}", "{} – {}", "{} through {}", "{} until {}"]


@settings(max_examples=400, deadline=None)
@given(st.dates(dt.date(1800, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(DAYS), st.sampled_from(SENTENCES))
def test_a_day_in_any_form_is_read_back(day: dt.date, render: Callable[[dt.date], str], sentence: str) -> None:
    dates, checks = extract(sentence.format(render(day)))
    assert ([date.value for date in dates], checks) == ([day.isoformat()], [])


@settings(max_examples=400, deadline=None)
@given(st.integers(2006, 2039), st.integers(1, 12), st.sampled_from(PERIODS), st.sampled_from(SENTENCES[:3]))
def test_a_period_in_any_form_is_read_back(
    year: int, number: int, form: tuple[Callable[[int, int], str], Callable[[int, int], str]], sentence: str
) -> None:
    render, value = form
    dates, checks = extract(sentence.format(render(year, number)))
    assert ([date.value for date in dates], checks) == ([value(year, number)], [])


@settings(max_examples=200, deadline=None)
@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2090, 1, 1)),
    st.integers(32, 3000),
    st.sampled_from(DAYS[:5]),
    st.sampled_from(JOINTS),
)
def test_an_interval_of_any_two_days_is_read_back(
    first: dt.date, length: int, render: Callable[[dt.date], str], joint: str
) -> None:
    last = first + dt.timedelta(days=length)
    dates, checks = extract(f"The hall was open from {joint.format(render(first), render(last))}.")
    assert ([date.value for date in dates], checks) == ([f"{first}/{last}"], [])


@settings(deadline=None)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)), st.sampled_from(list(day_name)))
def test_a_weekday_is_the_last_one_or_the_next(published: dt.date, weekday: str) -> None:
    past = dt.date.fromisoformat(extract(f"The board met on {weekday}.", published)[0][0].value or "")
    future = dt.date.fromisoformat(extract(f"The board will meet on {weekday}.", published)[0][0].value or "")
    assert past.strftime("%A") == future.strftime("%A") == weekday
    assert 0 <= (published - past).days < 7
    assert 0 <= (future - published).days < 7


# Looks for what may be a date in a way of its own: a month's name with a capital or all in them, a number beside it.
_MONTH = "|".join([*month_name[1:], *(name.upper() for name in month_name[1:])])
_LIKE_A_DATE = re.compile(
    rf"(?<![^\W_])(?:(?P<before>\d{{1,4}})(?:st|nd|rd|th)? {{1,3}})?(?:{_MONTH})(?![^\W_])"
    r"(?: {0,3}(?P<after>\d{1,4})(?![^\W_]))?"
)


def _unexplained(release: Release) -> Iterator[str]:
    """Every month's name with a number beside it that neither a date nor a check touches."""
    dates, checks = extract_dates(mark_dates(TOKENIZER(release.text)), release)
    spans = [(date.start, date.end) for date in dates] + [(check.start or 0, check.end or 0) for check in checks]
    for match in _LIKE_A_DATE.finditer(release.text):
        touched = any(start < match.end() and match.start() < end for start, end in spans)
        if (match["before"] or match["after"]) and not touched:
            yield release.text[max(0, match.start() - 40) : match.end() + 40]


def test_nothing_that_looks_like_a_date_is_left_unexplained(corpus_releases: list[Release]) -> None:
    assert [words for release in corpus_releases for words in _unexplained(release)] == []


PIECES = [
    "May",
    "may",
    "5",
    "15th",
    "2025",
    "Q3",
    "FY",
    "today",
    "'90s",
    "\u0301",
    " ",
    "\n\n",
    "-",
    "to",
    "of",
    "1/2/",
    "week",
]
PIECES += [
    "first",
    "Christmas",
    "next",
    "twenty",
    "nineteen",
    "ago",
    "in two",
    "Friday",
    "the",
    "end of",
    "'99",
    "٣",
    "\U0001f600",
]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), min_size=1, max_size=40).map(" ".join))
def test_any_text_is_read_without_an_error(text: str) -> None:
    dates, checks = extract(text) if text.strip() else ([], [])
    assert all(text[date.start : date.end] == date.text for date in dates)
    assert all(check.start is not None and check.end is not None for check in checks)


REPEATED = [
    "1/", "May ", "5 May ", "nineteen ", "first ", "the ", "next week ", "'9", "2025-", "in a ", "week of ", "Q",
    "1" * 50, "two weeks ", "Christmas ", "last Friday ", "(", "twenty-", "end of the ", "May to ", "5 to ", "W",
    "\u0301", "٣", "1990s, 80s, ", "between 2003 and ", "first half of the ", "May" + " " * 50,
]  # fmt: skip
"""Pieces of patterns, of which a long row must cost no more than its length."""


@pytest.mark.parametrize("piece", REPEATED)
def test_time_grows_with_length_alone(piece: str) -> None:
    assert_linear(lambda size: partial(extract, (piece * size)[:size]), 40_000)
