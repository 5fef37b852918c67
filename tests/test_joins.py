"""Which names of organisations mean the same. Names are marked by hand: `[` and `]` around each."""

import pytest
import regex
import spacy
from spacy.tokens import Span

import extractors.tokenizer  # noqa: F401  (registers the tokenizer)
from extractors.joins import resolve_organisations

_NLP = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "dateline.Tokenizer.v1"}}})

JOINED = [
    ("[Borvik Tools, Inc.] grew. Then [BORVIK TOOLS INC.] and [Borvik Tools] sold it.", 1),  # case and legal form
    ("The [World Seed Council] met the [WSC].", 1),  # initials without brackets
    ("The [WSC] ([World Seed Council]) met.", 1),  # the acronym first
    ("The [Ministry of Fisheries and Trade] (the “[Ministry of Fisheries]”) met.", 1),  # words of it in brackets
    ("[Borvik Tools], doing business as [Tromsvik Hardware], grew.", 1),  # two names without a word in common
    ("[Tromsvik Hardware] (formerly [Borvik Tools]) grew.", 1),  # the former name
    ("[Kelvarro Group] grew. About [Kelvarro]\n\n[Kelvarro Inc.] makes seeds.", 1),  # a word that all companies have
    ("[SeedBank] and [Seed Bank] are one.", 1),  # written together
    ("[Kelvarro.com] is the shop of [Kelvarro].", 1),  # an address
    ("The [Justice Department] and the [U.S. Department of Justice] agree.", 1),  # turned round
    ("[Kelvarro Ltd] (NYSE: KLV) grew. [KLV] fell.", 1),  # a ticker that stands for the company
    ("The [Fisheries Authoritys] boats, says the [Fisheries Authority].", 1),  # a lost apostrophe
]
APART = [
    ("The [World Seed Council] ([WSC]) met the [WSC Regional Office for Asia].", 2),  # a part of it
    ("The [University of Tromsvik] met the [University of Bodlund].", 2),  # same head, other name
    ("[Kelvarro Inc.] owns [Kelvarro Seeds Ltd].", 2),  # two legal persons
    ("[Kelvarro Seeds] and [Kelvarro Boats] belong to [Kelvarro].", 3),  # it could stand for either
    ("[Norway House] is in [Norway].", 2),  # a place stands for itself
    ("The [Senate] met the [Senate Committee on Fisheries].", 2),  # a chamber and its committee
]


def mark(text: str, label: str) -> list[Span]:
    """The names between brackets in a text, which they are taken out of."""
    found = enumerate(regex.finditer(r"\[([^\]]+)\]", text))
    places = [(match.start() - 2 * n, match.end() - 2 * n - 2) for n, match in found]
    doc = _NLP(text.replace("[", "").replace("]", ""))
    spans = [doc.char_span(start, end, label=label, alignment_mode="expand") for start, end in places]
    return [span for span in spans if span]


def names(text: str) -> list[str]:
    """The names of the organisations that the marked names are resolved into."""
    spans = mark(text, "ORG")
    return [cluster.name for cluster in resolve_organisations(spans[0].doc.text, spans)]


@pytest.mark.parametrize(("text", "number"), [*JOINED, *APART])
def test_joined(text: str, number: int) -> None:
    assert len(names(text)) == number


def test_the_fullest_name_is_the_name() -> None:
    assert names(
        "The [WSC] is the [World Seed Council]. [Justice Departments] is no name of a [Justice Department]."
    ) == [
        "World Seed Council",
        "Justice Department",
    ]


def test_a_text_that_lost_its_apostrophes() -> None:
    filler = "Then the road was closed for the winter and nobody came by. " * 12
    assert names(filler + "The [Harbour Departments] boats and the [HPDs] men left.") == ["Harbour Department", "HPD"]
    assert names(filler + "It’s so. The [Harbour Departments] boats left.") == ["Harbour Departments"]


def test_a_former_name_is_not_the_name() -> None:
    assert names("The [Harbour Fund], formerly [Norvik Port Trust], grew. [Norvik Port] left.") == ["Harbour Fund"]
    assert names("[Borvik, Inc.], doing business as [Tromsvik Hardware House], grew.") == ["Borvik, Inc."]
