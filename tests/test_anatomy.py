"""The dateline and the issuer of a release."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.anatomy import read_dateline, read_issuer
from schemas.evidence import Evidence
from schemas.record import Organisation
from schemas.release import Release

EXAMPLES = [
    ("Fund opens\n\nGENEVA, 10 April 2025 (Fund News) – It opened.", "GENEVA"),  # day first, wire in brackets
    ("PLEASANTON, CA, April 17, 2024 /24-7PressRelease/ -- It opened.", "PLEASANTON"),  # wire between slashes
    ("LONDON--(BUSINESS WIRE)--Kelvarro said", "LONDON"),  # nothing but the wire
    ("SALT LAKE CITY, Utah, Oct. 3, 2024 (GLOBE NEWSWIRE) -- It opened.", "SALT LAKE CITY"),  # several words
    ("ST. LOUIS, MO, May 5, 2025 /PRNewswire/ -- It opened.", "ST. LOUIS"),  # a full stop inside
    ("Oslo, Norway – 3 May 2025 – It opened.", "Oslo"),  # ordinary letters with a date
    ("WASHINGTON – Today it opened.", "WASHINGTON"),  # no date
    ("3 May 2025 – BERLIN – It opened.", "BERLIN"),  # date first
]
NOT_DATELINES = [
    "The fund opened on 10 April in Geneva.",  # a sentence
    "On April 10, 2025, in Geneva, it opened.",  # a sentence that begins with a date
    "Kelvarro Solar (NASDAQ: KLVR) rose.",  # a ticker is no wire
    "Monday, April 17, 2023\n\nIt opened.",  # a date alone
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


@settings(deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    dateline = read_dateline(text)
    assert dateline is None or text[dateline.start : dateline.end] == dateline.place


@pytest.mark.parametrize("piece", ["A", "A ", "A, ", "\n", "A a ", "(", "/", "May ", "A-A", "Oslo, "])
def test_time_is_linear(piece: str) -> None:
    begin = time.process_time()
    read_dateline((piece * 200_000)[:200_000])
    assert time.process_time() - begin < 1


def body(text: str, name: str) -> Organisation:
    start = text.index(name)
    mention = Evidence(start=start, end=start + len(name), text=name)
    return Organisation(id=name, name=name, mentions=(mention,), confidence=1)


def test_issuer() -> None:
    one = "It opened.\n\nAbout Kelvarro\n\nIt makes seeds."
    two = one + "\n\nAbout Borvik\n\nIt makes tools."
    assert read_issuer(Release(id="r", source="s", text=one), [body(one, "Kelvarro")]) == "Kelvarro"
    assert read_issuer(Release(id="r", source="s", text=two), [body(two, "Kelvarro"), body(two, "Borvik")]) is None
    assert read_issuer(Release(id="r", source="s", text=two, issuer="Borvik"), []) == "Borvik"
