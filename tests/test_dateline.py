"""The dateline of a release: its city and how far it goes."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.dateline import find_datelines, read_dateline
from tests.growth import assert_linear

EXAMPLES = [
    ("Fund opens\n\nGENEVA, 10 April 2025 (Fund News) – It opened.", "GENEVA"),  # day first, wire in brackets
    ("PLEASANTON, CA, April 17, 2024 /24-7PressRelease/ -- It opened.", "PLEASANTON"),  # wire between slashes
    ("LONDON--(BUSINESS WIRE)--Kelvarro said", "LONDON"),  # nothing but the wire
    ("SALT LAKE CITY, Utah, Oct. 3, 2024 (GLOBE NEWSWIRE) -- It opened.", "SALT LAKE CITY"),  # several words
    ("ST. LOUIS, MO, May 5, 2025 /PRNewswire/ -- It opened.", "ST. LOUIS"),  # a full stop inside
    ("Oslo, Norway – 3 May 2025 – It opened.", "Oslo"),  # ordinary letters with a date
    ("WASHINGTON – Today it opened.", "WASHINGTON"),  # no date
    ("3 May 2025 – BERLIN – It opened.", "BERLIN"),  # date first
    ("(NewsLine) - May 3, 2025 - TOLEDO — It opened.", "TOLEDO"),  # wire and date first
    ("HANOI, VIETNAM - Media Example Newswire - 3 May 2025 - It opened.", "HANOI"),  # wire between dashes
    ("Utrecht, the Netherlands – Kelvarro opened a seed bank with room for two million samples.", "Utrecht"),  # article
    (
        "Washington, D.C.- Today, it opened a seed bank with room for two million samples.",
        "Washington, D.C.",
    ),  # district
    ("WESTHAVEN – Kelvarro opened a seed bank with room for two million samples on Monday.", "WESTHAVEN"),  # not listed
    (
        "WASHINGTON A former clerk of the seed bank was charged today with theft of rare samples.",
        "WASHINGTON",
    ),  # no dash
    ("WASHINGTON\n\n– Today, Sen. Ann Lee opened it.", "WASHINGTON"),  # a link broke the line
    ("New York, NY, and Almaty, Kazakhstan, May 3, 2025 – It opened.", "New York"),  # two cities
]
NOT_DATELINES = [
    "The fund opened on 10 April in Geneva.",  # a sentence
    "On April 10, 2025, in Geneva, it opened.",  # a sentence that begins with a date
    "Kelvarro Solar (NASDAQ: KLVR) rose.",  # a ticker is no wire
    "Monday, April 17, 2023\n\nIt opened.",  # a date alone
    "UPDATE – Kelvarro opened a seed bank with room for two million samples on Monday.",  # a word in capitals
    "Harbour House, Westhaven (1935) – The photograph shows the front of the house.",  # a building and its year
    "",
]


@pytest.mark.parametrize(("text", "place"), EXAMPLES)
def test_examples(text: str, place: str) -> None:
    dateline = read_dateline(text)
    assert dateline is not None
    assert dateline.place == place == text[dateline.start : dateline.end]


@pytest.mark.parametrize("text", NOT_DATELINES)
def test_no_dateline(text: str) -> None:
    assert read_dateline(text) is None


WHOLE = [
    ("OSLO, 3 May 2025 (Fund News) – It opened.", "OSLO, 3 May 2025 (Fund News) –"),  # with its dash
    (
        "Oslo, Norway (News.example) Monday May 5, 2025 @ 8:00 AM Europe/Oslo — It",
        "Oslo, Norway (News.example) Monday May 5, 2025 @ 8:00 AM Europe/Oslo —",
    ),  # clock
    (
        "Oslo, Norway - May 5, 2025 / Kelvarro /\n\nIt opened.",
        "Oslo, Norway - May 5, 2025 / Kelvarro /",
    ),  # a line of its own
    ("OSLO, May 5, 2025 /NewsLine/ -- April showers", "OSLO, May 5, 2025 /NewsLine/ --"),  # a month begins the sentence
]


@pytest.mark.parametrize(("text", "whole"), WHOLE)
def test_whole_dateline(text: str, whole: str) -> None:
    (dateline,) = find_datelines(text)
    assert text[dateline.first : dateline.last] == whole


@settings(deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    dateline = read_dateline(text)
    assert dateline is None or text[dateline.start : dateline.end] == dateline.place


@pytest.mark.parametrize("piece", ["A", "A ", "A, ", "\n", "A a ", "(", "/", "May ", "A-A", "Oslo, "])
def test_time_is_linear(piece: str) -> None:
    assert_linear(lambda size: partial(read_dateline, (piece * size)[:size]), 200_000)
