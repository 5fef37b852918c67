"""Direct speech and who said it."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.entities import extract_names
from extractors.quotes import extract_quotes, find_quotes
from schemas.record import Check, Quote
from schemas.release import Release
from tests.growth import assert_linear
from tests.pipelines import pipeline

_NLP = pipeline()

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
MARKS = [
    ("'We are glad to open it,' Mr Okafor said.", ["We are glad to open it,"]),  # single straight
    (
        "‘We are glad to open it,’ he said, ‘at last, after ten years.’",
        [  # single curly, divided
            "We are glad to open it,",
            "at last, after ten years.",
        ],
    ),
    ("It’s the members' fund and the board's plan, isn't it?", []),  # apostrophes
    ("The film 'Long Road' shows how 'Short Road' was made.", []),  # single marks around titles
    ("'We open it.\n\n'We close it in June every year,' she said.", ["We close it in June every year,"]),
    (
        "'We open the new port in May.\n\n'We close it in June every year,' she said.",
        [  # single, over paragraphs
            "We open the new port in May.",
            "We close it in June every year,",
        ],
    ),
    ("« Nous allons tous à la mer », he said.", ["Nous allons tous à la mer"]),  # French
    ("„Wir gehen alle an die See,“ he said.", ["Wir gehen alle an die See,"]),  # German
    ("``We are glad to open it,'' he said.", ["We are glad to open it,"]),  # typewriter
    ("“We call it the “Big Three” of our coast,” he said.", ["We call it the “Big Three” of our coast,"]),  # nested
    ('"We love "Snow Day," which is a fine film," he said.', ['We love "Snow Day," which is a fine film,']),
    (
        '"We open the port in May. "We close it in June," he said. "It rains in July, you know," she said.',
        [
            "We open the port in May.",
            "We close it in June,",
            "It rains in July, you know,",
        ],
    ),  # a closing mark is lost
    (
        "We open the port in May,” said Ann. “It is a fine port now.”",
        [  # an opening mark is lost
            "We open the port in May,",
            "It is a fine port now.",
        ],
    ),
    (
        "She said: “We open the port.\n\nWe close it in winter.\n\nIt is a fine port now.”",
        [  # opened once
            "We close it in winter.",
            "It is a fine port now.",
        ],
    ),
    (
        "Ann said,\n\n“\n\nWe open the\n\nNew Port Act\n\ntoday and tomorrow\n\n.”\n\nThe end.",
        [  # lines broken at links
            "We open the\n\nNew Port Act\n\ntoday and tomorrow\n\n.",
        ],
    ),
    ("He said: “Come to Port Haldane Old Town Day,” and left.", ["Come to Port Haldane Old Town Day,"]),  # capitals
    (  # capitals, a sentence after a sentence
        "“We open it every year in May,” said Maria Lindholm. “That’s Port Haldane for you.”",
        ["We open it every year in May,", "That’s Port Haldane for you."],
    ),
    ("“We open it (and only then [in May] close it),” he said.", ["We open it (and only then [in May] close it),"]),
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
    "It has a model of “shared tools, shared fields, shared harvests,” and more.",  # a term
    "Examples include “how to mend a very old boat.”",  # another
    "They were chosen for their paper “Modelling tides in the old harbours of the north,” which is new.",  # a paper
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


@pytest.mark.parametrize(("text", "expected"), MARKS)
def test_marks(text: str, expected: list[str]) -> None:
    assert [text[mark.start : mark.end] for mark in find_quotes(text)] == expected


RULES = [
    ("“We are glad to open it,” said Maria Lindholm.", "quotation_marks", "said_name"),
    ("'We are glad to open it,' Maria Lindholm said.", "single_marks", "name_said"),
    ("Maria Lindholm said: “We are glad to open it.", "unclosed", "name_said_before"),
]


@pytest.mark.parametrize(("text", "rule", "speaker_rule"), RULES)
def test_rules_and_how_sure_they_are(text: str, rule: str, speaker_rule: str) -> None:
    (quote,), _ = extracted(text)
    assert (quote.rule, quote.why["speaker"].rule) == (rule, speaker_rule)
    assert 0.5 < quote.confidence < 1
    assert quote.why["speaker"].confidence > 0.95  # counted on hundreds of quotes


def test_no_speaker_no_reason() -> None:
    (quote,), _ = extracted("“We are glad that it is open now.”")
    assert quote.why == {}


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


@pytest.mark.parametrize(
    "piece",
    ["“", '"', "'", "'a ", "''", "“a b c d e f.” ", "“a\n\n", "said ", "a", ". ", "\n", "“a b c d e,” said X. "],
)
def test_time_is_linear(piece: str) -> None:
    assert_linear(lambda size: partial(find_quotes, (piece * size)[:size]), 80_000)
