"""Where names stand: the rules of extractors/names.py."""

import time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from extractors.names import find_names, mark_names
from extractors.tokenizer import Tokenizer

EXAMPLES = [
    ("The plan was shown by Maria Lindholm in Oslo.", [("PERSON", "Maria Lindholm"), ("PLACE", "Oslo")]),  # given name
    ("We met Dr. Amina J. Okafor-Bell there.", [("PERSON", "Amina J. Okafor-Bell")]),  # honorific stays out, hyphen in
    ("They thanked Senator Qyzzx for it.", [("PERSON", "Qyzzx")]),  # a title types an unknown surname
    ("They met Robert Fenwick Jr. again.", [("PERSON", "Robert Fenwick Jr.")]),  # suffix belongs to the name
    ("It was opened by Kim Da-som today.", [("PERSON", "Kim Da-som")]),  # family name first
    ("It bought Borvik Tools, Inc. last week.", [("ORG", "Borvik Tools, Inc.")]),  # legal form behind a comma
    ("It sold Zentrale Nord GmbH last week.", [("ORG", "Zentrale Nord GmbH")]),  # a German legal form
    (
        "Then the Ministry of Fisheries and Coastal Affairs agreed.",
        [("ORG", "Ministry of Fisheries and Coastal Affairs")],
    ),
    ("He left the University of Tromsvik in May.", [("ORG", "University of Tromsvik")]),  # "of" inside
    ("She asked the World Seed Council (WSC) to help.", [("ORG", "World Seed Council"), ("ORG", "WSC")]),  # acronym
    ("Shares of Borvik Solar (NASDAQ: BVKS) rose.", [("ORG", "Borvik Solar"), ("ORG", "NASDAQ")]),  # ticker is no name
    ("Now the council’s Kelvarro Trust’s plan stands.", [("ORG", "Kelvarro Trust")]),  # possessive stays out
    ("He is the CEO of Kelvarro and was pleased.", [("ORG", "Kelvarro")]),  # employer behind a title
    ("It moves to New York", [("PLACE", "New York")]),  # the text ends inside a longer known name
    ("About Kelvarro\n\nIt makes seeds.", [("ORG", "Kelvarro")]),  # heading of the boilerplate
    ("He joined Lennart & Sons.", [("ORG", "Lennart & Sons")]),  # a firm named after its founder
    ("It helps the FBI in New York City.", [("ORG", "FBI"), ("PLACE", "New York City")]),  # known names
]
HARD = [
    ("Maria Lindholm spoke. Later Lindholm left.", ["Maria Lindholm", "Lindholm"]),  # surname after the full name
    ("Then Kelvarro Inc. opened. Now Kelvarro grows.", ["Kelvarro Inc.", "Kelvarro"]),  # short form
    ("Call ContactMaria Lindholm now.", ["Maria Lindholm"]),  # the blank between two words is lost
    ("It was told to Mr. Price that it works.", ["Price"]),  # an ordinary word is a name behind an honorific
]
NOT_NAMES = [
    "The company and the Department met the board.",  # generic nouns
    "Our plan is good. This plan is better.",  # first words of sentences
    "It rose in April and on Monday.",  # calendar
    "Many people use AI and GPS.",  # technologies
    "It was approved by the Board of Directors.",  # a body without a name of its own
    "",
]
KNOWN_FAILURES = [
    ("She works for Glimmer now.", [("ORG", "Glimmer")]),  # a company that only its verb shows
    (
        "MARIA LINDHOLM JOINS KELVARRO INC. AS ITS HEAD",
        [("PERSON", "MARIA LINDHOLM"), ("ORG", "KELVARRO INC.")],
    ),  # capitals
]
_TOKENIZE = Tokenizer(spacy.blank("en").vocab)


def marked(text: str) -> list[tuple[str, str]]:
    return [(span.label_, span.text) for span in mark_names(_TOKENIZE(text)).ents]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_examples(text: str, expected: list[tuple[str, str]]) -> None:
    assert marked(text) == expected


@pytest.mark.parametrize(("text", "expected"), HARD)
def test_hard(text: str, expected: list[str]) -> None:
    assert [name for label, name in marked(text) if label in ("PERSON", "ORG")] == expected


@pytest.mark.parametrize("text", NOT_NAMES)
def test_no_names(text: str) -> None:
    assert [name for label, name in marked(text) if label in ("PERSON", "ORG")] == []


@pytest.mark.parametrize(("text", "expected"), KNOWN_FAILURES)
@pytest.mark.xfail
def test_known_failures(text: str, expected: list[tuple[str, str]]) -> None:
    assert marked(text) == expected


PIECES = st.sampled_from(
    ["Maria ", "Dr. ", "Inc.", "\n", "(", "ILO", ") ", "’s ", "of ", "\u0301", "é", "IV", "“", "3M", "-"]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text(text: str) -> None:
    doc: Doc = mark_names(_TOKENIZE(text))
    assert all(text[span.start_char : span.end_char] == span.text and span.id_ for span in doc.ents)


@pytest.mark.parametrize(
    "piece",
    ["a", "A", "A.", "Inc. ", "Maria ", "of A", "(", "’s", "\n", "About A", "A-", "Bank of ", "A, A and ", "É\u0301"],
)
def test_time_is_linear(piece: str) -> None:
    find_names("warm up")
    small, large = (_seconds((piece * size)[:size]) for size in (20_000, 160_000))
    assert large < 30 * small + 0.5


def _seconds(text: str) -> float:
    begin = time.process_time()
    find_names(text)
    return time.process_time() - begin
