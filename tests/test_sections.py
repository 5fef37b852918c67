"""The sections of a release: what each line is."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.sections import read_sections, section_at
from tests.growth import assert_linear

NEWS = (
    "Kelvarro opens seed bank\n\n"
    "OSLO, 3 May 2025 – Kelvarro opened a seed bank today that keeps two million samples.\n\n"
    "The bank stands on a hill above the harbour and was built in three years.\n\n"
    "“It will outlast all of us,” said Ann Lee, who leads the bank."
)
TITLE = "Kelvarro opens bank"
LEAD = "It opened the bank on Monday morning with a long speech by the mayor of Oslo."
HEAD = [
    (f"FOR IMMEDIATE RELEASE\n\n{TITLE}\n\n{LEAD}", ["header", "headline", "lead"]),  # header first
    (f"{TITLE}\n\nA vault in the rock\n\nOSLO – {LEAD}", ["headline", "subhead", "dateline", "lead"]),  # a line below
    (f"{TITLE}\n\n* Two million samples\n* A vault\n\n{LEAD}", ["headline", "subhead", "lead"]),  # points below
    (f"{TITLE}\n\nHome\n\nSkip to content\n\n{TITLE}\n\n{LEAD}", ["headline", "furniture", "headline", "lead"]),  # menu
    (f"{TITLE}\n\nMINISTER FOR SEEDS\n\nMEDIA RELEASE\n\n3 May 2025\n\n{TITLE}\n\n{LEAD}",
     ["headline", "header", "headline", "lead"]),  # a letterhead
    (f"{TITLE}\n\nContact: Ann Lee\n\n202-555-0143\n\nWESTHAVEN – {LEAD}",
     ["headline", "contact", "dateline", "lead"]),  # contact before the news
    (f"{TITLE}\n\nOslo, Norway - May 5, 2025 / Kelvarro /\n\n{LEAD}", ["headline", "dateline", "lead"]),  # its own line
    (f"Lee asks for answers\n\nToday U.S. Senator Ann Lee (R-Mo.)\n\nsent\n\na letter asking\n\nfor seeds.\n\n{LEAD}",
     ["headline", "lead", "body"]),  # links broke the first sentence
]  # fmt: skip
REST = [
    ("About Kelvarro\n\nKelvarro keeps seeds.", ["boilerplate"]),  # a heading
    ("About Kelvarro Kelvarro keeps seeds.\n\nAbout the Port Fund\n\nIt lends.", ["boilerplate", "boilerplate"]),  # two
    ("About 50 people came to the opening and stayed for the whole evening.", []),  # a number
    ("Media Contact:\n\nAnn Lee\n\npress@example.org", ["contact"]),  # names belong to it
    ("Contact DetailsKelvarro\n\n+47 22 55 01 99\n\nView source version on site", ["contact", "furniture"]),  # run on
    ("For more information, contact Ann Lee at 202-555-0143.", ["contact"]),  # a sentence
    ("Contact with the harbour was kept by a ferry during the works.", []),  # a word at the start of a sentence
    ("Ann Lee\n\nPress officer\n\nOffice: 202-555-0143", ["contact"]),  # no heading
    ("Notes to editors\n\nThe bank is the third of its kind.", ["notes"]),
    ("[1] Measured at the end of April.", ["notes"]),  # a footnote
    ("Forward-Looking Statements\n\nThe plans may change.\n\nThe risks are many.", ["disclaimer"]),
    ("An indictment is merely an allegation and the defendant is presumed innocent.", ["disclaimer"]),
    ("© 2025 Kelvarro. All rights reserved.", ["disclaimer"]),
    ("###\n\nAbout Kelvarro\n\nIt keeps seeds.", ["furniture", "boilerplate"]),  # after the end mark
    ("SOURCE Kelvarro", ["furniture"]),  # names the issuer, says nothing
    ("- ENDS -\n\nRelated news\n\nA ship came in\n\nThe harbour froze", ["furniture"]),  # other posts
    ("Read the full report here.\n\nShare", ["furniture"]),
    ("Hashtag: #seeds\n\nEmbargoed until 6 May 2025", ["furniture", "header"]),
    ("Kelvarro is a leading provider of seeds. It has its seat in Oslo and forty stores in the north of the country.",
     ["boilerplate"]),  # no heading
]  # fmt: skip
RUN_ON = [
    ("The mayor spoke. About Kelvarro Kelvarro is a keeper of seeds.", ["body", "boilerplate"]),  # a name said twice
    ("The mayor spoke. About Kelvarro Founded in 1990, it keeps seeds.", ["body", "boilerplate"]),
    ("The mayor spoke. Media Contact: Ann Lee, press@example.org", ["body", "contact"]),
    ("The mayor spoke. Hashtag: #seedsThe issuer is solely responsible for this.", ["body", "furniture", "disclaimer"]),
    ("The mayor spoke about Kelvarro for an hour and a half.", ["body"]),  # the word inside a sentence
    ("The mayor spoke. Notes to editors: the bank is new.", ["body", "notes"]),
]  # fmt: skip


def kinds(text: str) -> list[str]:
    return [section.kind for section in read_sections(text)]


@pytest.mark.parametrize(("text", "expected"), HEAD)
def test_head(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(("text", "expected"), REST)
def test_rest(text: str, expected: list[str]) -> None:
    assert kinds(f"{NEWS}\n\n{text}") == ["headline", "dateline", "lead", "body", *expected]


@pytest.mark.parametrize(("text", "expected"), RUN_ON)
def test_lines_that_lost_their_breaks(text: str, expected: list[str]) -> None:
    line = "The bank stands on a hill above the harbour and was built in three years by people of the town. " + text
    assert kinds(f"{NEWS}\n\n{line}")[3:] == expected


def test_lead_of_a_text_without_breaks() -> None:
    text = (
        "Bank opens\n\nOSLO, 3 May 2025 – Kelvarro opened a seed bank today in the old harbour. "
        + "The bank is new. " * 150
    )
    lead = next(section for section in read_sections(text) if section.kind == "lead")
    assert text[lead.start : lead.end] == "Kelvarro opened a seed bank today in the old harbour."


def test_names_show_where_a_boilerplate_begins() -> None:
    text = NEWS + "\n\n" + "The mayor spoke to the guests. " * 5 + "About Kelvarro We keep seeds."
    place = text.index("About Kelvarro") + len("About ")
    assert [section.kind for section in read_sections(text, names=frozenset({place}))][-1] == "boilerplate"
    assert [section.kind for section in read_sections(text)][-1] == "body"


def test_section_at() -> None:
    sections = list(read_sections(NEWS))
    assert [section_at(sections, start) for start in (0, NEWS.index("OSLO"))] == sections[:2]
    assert section_at(sections, NEWS.index("\n\nOSLO")) is None  # between two
    assert section_at(sections, len(NEWS)) is None
    assert section_at([], 0) is None


PIECES = [
    "\n",
    " ",
    "About Acme ",
    "Contact: ",
    "FOR IMMEDIATE RELEASE",
    "OSLO – ",
    "press@example.org",
    "###",
    "©",
    "A.",
    "😀",
    "ﬀ",
    "“",
]


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_every_line_belongs_to_one_section(text: str) -> None:
    sections = read_sections(text)
    covered = 0
    for section in sections:
        assert text[covered : section.start].strip() == ""
        assert covered <= section.start < section.end
        covered = section.end
    assert text[covered:].strip() == ""


@pytest.mark.parametrize(
    "piece", ["A", "A ", "a\n", "About A ", "Contact: ", "https://a.example ", "# ", "1 ", "For media ", "OSLO, "]
)
def test_time_is_linear(piece: str) -> None:
    assert_linear(lambda size: partial(read_sections, (piece * size)[:size]), 60_000)
