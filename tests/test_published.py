"""Dates of publication as pages write them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.markup import parse_html
from extractors.published import guess_published, read_published

EXAMPLES: list[tuple[str, str | None, str | None, str]] = [
    ("2025-04-10", None, None, "2025-04-10"),  # ISO 8601
    ("2025-04-10T23:59:00-04:00", None, None, "2025-04-10"),  # the day where it was written
    ("20250410T080000Z", None, None, "2025-04-10"),  # compact
    ("2025/4/10", None, None, "2025-04-10"),
    ("Thu, 10 Apr 2025 08:00:00 GMT", None, None, "2025-04-10"),  # RFC 5322
    ("Thu Apr 10, 2025", None, None, "2025-04-10"),
    ("10th of April 2025", None, None, "2025-04-10"),
    ("Sept. 4, 2025", None, None, "2025-09-04"),  # with full stop
    ("10.04.2025", None, None, "2025-04-10"),  # dots: day first
    ("04/10/2025", "US", None, "2025-04-10"),
    ("04/10/2025", "FR", None, "2025-10-04"),
    ("13/04/2025", None, None, "2025-04-13"),  # only one order is possible
    ("10 de abril de 2025", None, "es", "2025-04-10"),
    ("10. März 2025", None, "de", "2025-03-10"),
    ("le 10 avril 2025", None, None, "2025-04-10"),  # a month's name in a language that nobody named
    ("10 апреля 2025", None, None, "2025-04-10"),
    ("2025. április 10.", None, "hu", "2025-04-10"),  # Hungarian: year first
    ("2025-április-10", None, None, "2025-04-10"),
    ("Thu Apr 10 08:00:29 2025", None, None, "2025-04-10"),  # as programs in C write it
    ("Thu Apr 10 08:00:29 +0200 2025", None, None, "2025-04-10"),
    ("Thu, 10 Apr 25 08:00:00 GMT", None, None, "2025-04-10"),  # RFC 822: two digits of the year
    ("10-Apr-99", None, None, "1999-04-10"),  # of the last century
    ("2025年4月10日", None, None, "2025-04-10"),
    ("Posted 10 April 2025, updated 12 April 2025", None, None, "2025-04-10"),  # the first
    ("31 June 2025; 1 July 2025", None, None, "2025-07-01"),  # the first that exists
]
NOT_DATES: list[tuple[str, str | None]] = [
    ("", None),
    ("April 2025", None),  # no day
    ("04/10/2025", None),  # nobody says which is the month
    ("04/10/2025", "CA"),  # Canada writes both
    ("5 listopad 2025", None),  # October in Croatian, November in Czech
    ("10 April 19:30", None),  # a time is no year
    ("10 April 19 Uhr", None),
    ("10 April 25 €", None),  # nor is a price
    ("2025-13-45", None),  # no such day
    ("1744243200", None),  # seconds of a clock
    ("555-0142 20250", None),  # a telephone number
]


@pytest.mark.parametrize(("words", "country", "language", "day"), EXAMPLES)
def test_read_published(words: str, country: str | None, language: str | None, day: str) -> None:
    assert read_published(words, country, language) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(("words", "country"), NOT_DATES)
def test_unknown_is_not_guessed(words: str, country: str | None) -> None:
    assert read_published(words, country) is None


LONG = (
    "<p>The rope works on Quay Street will reopen in May after a repair that cost £4 million and took two years.</p>"
    * 2
)
SEEN: list[tuple[str, str | None, str | None]] = [
    ("<h1>A mill</h1><p>Le 10 avril 2025</p>" + LONG, None, "2025-04-10"),  # above the text
    ("<p>Posted: 10/04/2025</p><h1>A mill</h1>" + LONG, "GB", "2025-04-10"),  # above the heading, in Britain's order
    ("<p>Posted: 10/04/2025</p><h1>A mill</h1>" + LONG, "US", "2025-10-04"),  # in America's
    ("<p><em>Published in: 10.04.2025</em></p>" + LONG, None, "2025-04-10"),  # with a label
    ("<p>Le 10 avril 2025</p>" + LONG + "<p>2025-05-02</p>", "GB", "2025-04-10"),  # before what stands below the text
    ("<p>Le 10 avril 2029</p>" + LONG, None, None),  # the future
    ("<nav><p>Le 10 avril 2025</p></nav>" + LONG, None, None),  # furniture
    ("<p>On 10 avril 2025 the mill will open its doors again.</p>" + LONG, None, None),  # a sentence with a day
]


@pytest.mark.parametrize(("page", "country", "day"), SEEN)
def test_dates_above_the_text(page: str, country: str | None, day: str | None) -> None:
    tree = parse_html(f"<html><body>{page}</body></html>")
    assert tree is not None
    found = guess_published(tree, None, dt.date(2026, 6, 1), country)
    assert found == (dt.date.fromisoformat(day) if day else None)


@given(st.text(), st.sampled_from(["en", "de", "xx", ""]))
def test_never_raises(words: str, language: str) -> None:
    read_published(words, "GB", language)
