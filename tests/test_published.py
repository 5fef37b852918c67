"""Dates of publication as pages write them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.published import read_published

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
    ("2025年4月10日", None, None, "2025-04-10"),
    ("Posted 10 April 2025, updated 12 April 2025", None, None, "2025-04-10"),  # the first
    ("31 June 2025; 1 July 2025", None, None, "2025-07-01"),  # the first that exists
]
NOT_DATES: list[tuple[str, str | None]] = [
    ("", None),
    ("April 2025", None),  # no day
    ("04/10/2025", None),  # nobody says which is the month
    ("04/10/2025", "CA"),  # Canada writes both
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


@given(st.text(), st.sampled_from(["en", "de", "xx", ""]))
def test_never_raises(words: str, language: str) -> None:
    read_published(words, "GB", language)
