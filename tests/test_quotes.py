"""Direct speech and who said it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.entities import extract_names
from extractors.pipeline import build_pipeline
from extractors.quotes import extract_quotes, find_quotes
from schemas.record import Check, Quote
from schemas.release import Release

_NLP = build_pipeline()

MARIA, PETER = "Maria Lindholm", "Peter Okafor"
EXAMPLES = [
    ("“We are glad to open it,” said Maria Lindholm.", [("We are glad to open it,", MARIA)]),  # curly, after
    ('"We are glad to open it," Maria Lindholm said.', [("We are glad to open it,", MARIA)]),  # straight, name first
    ("Maria Lindholm said: “We are glad to open it.”", [("We are glad to open it.", MARIA)]),  # before
    (  # divided by its attribution
        "“We are glad to open it,” said Maria Lindholm. “It will be the first of many.”",
        [("We are glad to open it,", MARIA), ("It will be the first of many.", MARIA)],
    ),
    (  # a pronoun means the speaker before
        "“We are glad to open it,” said Maria Lindholm.\n\n“It will be the first of many,” she added.",
        [("We are glad to open it,", MARIA), ("It will be the first of many,", MARIA)],
    ),
    (  # runs over paragraphs: only the last one is closed
        "Maria Lindholm said: “We are glad to open it.\n\n“It will be the first of many.”",
        [("We are glad to open it.", MARIA), ("It will be the first of many.", MARIA)],
    ),
    (  # the surname alone
        "Peter Okafor met Maria Lindholm.\n\n“We are glad to open it,” said Okafor.",
        [("We are glad to open it,", PETER)],
    ),
    (  # introduced in the paragraph before
        "Peter Okafor thanked everyone and added:\n\n“We are glad to open it.”",
        [("We are glad to open it.", PETER)],
    ),
    (  # an organisation speaks
        "“We are glad to open it,” said Kelvarro Inc. on Monday.",
        [("We are glad to open it,", "Kelvarro Inc.")],
    ),
]
HARD = [
    (
        "“We are glad to open it, said Maria Lindholm.",
        [("We are glad to open it, said Maria Lindholm.", None)],
    ),  # not closed
    (
        'The 6" pipe is new. "We are glad to open it," said Maria Lindholm.',
        [("We are glad to open it,", MARIA)],
    ),  # inches
]
NOT_QUOTES = [
    "It calls this a “just transition” now.",  # scare quotes
    "He wrote “The Long Road From Here To There” in 2010.",  # a title
    "It is the “Company” and not the “Fund”.",  # defined terms
    "No marks at all.",
    "",
]


def extracted(text: str) -> tuple[list[Quote], list[Check]]:
    doc = _NLP(text)
    release = Release(id="r1", source="test", text=text)
    people, organisations, _ = extract_names(doc, release)
    return extract_quotes(doc, release, people, organisations)


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_examples(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(quote.text, quote.speaker) for quote in extracted(text)[0]] == expected


@pytest.mark.parametrize(("text", "expected"), HARD)
def test_hard(text: str, expected: list[tuple[str, str | None]]) -> None:
    found = [(quote.text, quote.speaker) for quote in extracted(text)[0]]
    assert [words for words, _ in found] == [words for words, _ in expected]
    assert all(speaker in (wanted, None) for (_, speaker), (_, wanted) in zip(found, expected, strict=True))


@pytest.mark.parametrize("text", NOT_QUOTES)
def test_no_quotes(text: str) -> None:
    assert find_quotes(text) == []


def test_check_without_speaker() -> None:
    (quote,), (check,) = extracted("“We are glad that it is open now.”")
    assert quote.speaker is None
    assert (check.code, check.start, check.end) == ("quote_without_speaker", quote.start, quote.end)


PIECES = st.sampled_from(
    ["“", "”", '"', "''", "we go there now, ", "Maria Lindholm ", "said ", "\n\n", ". ", "\u0301", "«", " "]
)


@settings(deadline=None)
@given(st.one_of(st.text(min_size=1), st.lists(PIECES, min_size=1).map("".join)))
def test_any_text(text: str) -> None:
    quotes, _ = extracted(text)
    assert all(text[quote.start : quote.end] == quote.text for quote in quotes)


@pytest.mark.parametrize("piece", ["“", '"', "“a b c d e f.” ", "said ", "a", ". ", "\n", "“a b c d e,” said X. "])
def test_time_is_linear(piece: str) -> None:
    begin = time.process_time()
    find_quotes((piece * 200_000)[:200_000])
    assert time.process_time() - begin < 3
