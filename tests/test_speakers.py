"""Who says a quote, where the names are known."""

import re
from collections.abc import Callable

import pytest

from extractors.quotes import find_quotes
from extractors.speakers import find_speakers
from extractors.speech_scene import Name, Scene, read_speech_scene
from tests.growth import assert_linear

ANN, BOB, FUND = "Ann Lee", "Bob Marsh", "Sea Fund"
FORMS = {"Ann Lee": ANN, "Lee": ANN, "Bob Marsh": BOB, "Marsh": BOB, "Sea Fund": FUND}
TITLES = [("Minister for Ports", ANN), ("Chief Executive Officer", BOB)]

EXAMPLES = [
    # right after a quote
    ("“We open the port today,” said Ann Lee.", [ANN]),
    ("“We open the port today,” proudly added Ann Lee, who met Bob Marsh.", [ANN]),
    ("“We open the port today,” Ann Lee told Bob Marsh.", [ANN]),
    ("“We open the port today,” said the head of the Sea Fund, Bob Marsh.", [BOB]),
    ("“We open the port today,” said Sea Fund in a note.", [FUND]),
    ("“We open the port today,” wrote the council to Senator Ann Lee.", [None]),  # to whom, not who
    ("“We open the port today,”\n\nsaid Senator Lee.\n\nThe port is old.", [ANN]),  # a line of its own
    ("“We open the new port today.” Ann Lee, Director, Sea Fund.", [ANN]),  # no verb
    ("“We open the new port today.” – Ann Lee, Director", [ANN]),
    ("“We open the new port today.”\n\nAnn Lee, Director, Sea Fund\n\nThe port is old.", [ANN]),  # the next line
    # right before a quote
    ("Ann Lee said: “We open the new port today.”", [ANN]),
    ("Ann Lee met Bob Marsh, who said, “We open the new port today.”", [BOB]),
    ("In a talk with Bob Marsh, Ann Lee said: “We open the new port today.”", [ANN]),
    ("According to Ann Lee, “we open the new port today”.", [ANN]),
    ("Ann Lee, Director of the port:\n\n“We open the new port today.”", [ANN]),
    ("And from the Director of the port, Ann Lee:\n\n“We open the new port today.”", [ANN]),
    ("Ann Lee issued this statement on the plan of Bob Marsh:\n\n“We open the new port today.”", [ANN]),
    ("Ann Lee called it “the best port of the north”.", [ANN]),
    # between two quotes
    ("Ann Lee said: “We open the port today.” Bob Marsh said: “We close it again tomorrow.”", [ANN, BOB]),
    ("“We open the port today,” Ann Lee said, “and we close it tomorrow.”", [ANN, ANN]),
    ("“We open the new port today,” said Ann Lee of Sea Fund. “We close it again tomorrow.”", [ANN, ANN]),
    ("“We open the new port today.”\n\n“We close it again tomorrow,” said Ann Lee.", [None, ANN]),
    (  # a sentence of its own
        "“We open the port today,” said Ann Lee. “We do it now, at last.” It costs much, she and Bob Marsh estimate.",
        [ANN, ANN],
    ),
    ("Bob Marsh met us. “We open the new port today.” Senator Lee said.", [ANN]),
    # further off
    ("Marsh met Lee. Lee said the port is old.\n\n“We open the new port today.”", [ANN]),
    ("Ann Lee said: “We open the new port today.\n\n“We close it again tomorrow.”", [ANN, ANN]),
    ("Ann Lee said the port is old. She told Bob Marsh so. “We open the new port today,” she said.", [ANN]),
    ("Ann Lee said the port is old. Bob Marsh runs it. “We open the new port today,” he said.", [BOB]),
    # not named
    ("Ann Lee met Bob Marsh. “We open the new port today,” the minister said.", [ANN]),
    ("Ann Lee met Bob Marsh. “We open the new port today,” said the chief executive.", [BOB]),
    ("Ann Lee met Sea Fund. “We open the new port today,” the company said.", [FUND]),
    ("Ann Lee met him. “We open the new port today,” said a spokesman for Sea Fund.", [FUND]),
    ("Ann Lee met them. “We open the new port today,” said one participant.", [None]),
    ("Ann Lee met them. The lawmakers wrote: “We open the new port today.”", [None]),
    ("“We open the new port today.”", [None]),
]
KNOWN_FAILURES = [
    ("Ann Lee heard Bob Marsh say, “We open the new port today.”", [BOB]),  # who acts is not who speaks
    ("Bob Marsh said the port is old. Mr Marsh met Ms Lee. “We open it now,” she said.", [ANN]),  # he or she
]


def scene(text: str) -> Scene:
    found = (name for name in re.finditer("|".join(sorted(FORMS, key=len, reverse=True)), text))
    names = [Name(match.start(), match.end(), FORMS[match[0]], FORMS[match[0]] != FUND) for match in found]
    quotes = [(mark.start, mark.end) for mark in find_quotes(text)]
    return read_speech_scene(text, names, quotes)._replace(titles=TITLES)


@pytest.mark.parametrize(("text", "speakers"), EXAMPLES)
def test_examples(text: str, speakers: list[str | None]) -> None:
    assert [said.speaker for said in find_speakers(scene(text))] == speakers


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("text", "speakers"), KNOWN_FAILURES)
def test_known_failures(text: str, speakers: list[str | None]) -> None:
    assert [said.speaker for said in find_speakers(scene(text))] == speakers


@pytest.mark.parametrize(
    "piece",
    [
        "“We open the port today,” said Ann Lee. ",
        "“We open the port today,” said the minister.\n\n",
        "“We open the port today,” she said. ",
        "Ann Lee, ",
        "“We open the port today.” Ann Lee ",
    ],
)
def test_time_is_linear(piece: str) -> None:
    def work(size: int) -> Callable[[], object]:
        hostile = scene((piece * size)[:size])
        return lambda: find_speakers(hostile)

    assert_linear(work, 200_000)
