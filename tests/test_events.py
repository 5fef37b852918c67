"""What happened or will happen, when and where."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from importlib.resources import files

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.clauses import find_clause
from extractors.date_roles import read_roles
from extractors.dates import extract_dates, mark_dates
from extractors.event_words import event_words
from extractors.events import event_confidence, event_key, find_events
from extractors.findings import Findings
from extractors.tokenizer import Tokenizer
from schemas.evidence import Section
from schemas.record import Event
from schemas.release import Release
from tests.growth import assert_linear

TOKENIZER = Tokenizer(spacy.blank("en").vocab)
FRIDAY = dt.date(2025, 4, 11)

EXAMPLES = [
    ("Acme opened a mill on 3 April 2025.", [("open", "2025-04-03", True)]),  # a verb in the past
    ("It will be launched on 3 May 2025.", [("launch", "2025-05-03", False)]),  # a participle of what is to come
    ("The hearing is on 6 May 2025.", [("hearing", "2025-05-06", False)]),  # a noun, the tense by its date
    ("Acme today announced the purchase of a mill.", [("buy", "2025-04-11", None)]),  # what is told of names it
    ("Acme announced today that it has a plan.", [("announce", "2025-04-11", True)]),  # nothing but that it is told
    ("He was sentenced on 2 April 2025 and died on 4 April 2025.",
     [("sentence", "2025-04-02", True), ("die", "2025-04-04", True)]),  # two in a sentence
    ("It is to merge with Borvik, effective 1 June 2025.", [("merge", "2025-06-01", False)]),  # effective
    ("The bank met Ms Roe (3 April 2025) and visited a mill.", [("meet", "2025-04-03", True)]),  # in brackets
    ("In March 2019, Acme bought Borvik.", [("buy", "2019-03", True)]),  # a month of the past
    ("A gala will be held. It takes place on 3 May 2025 in Oslo.", [("take", "2025-05-03", False)]),  # sentence
]  # fmt: skip
NO_EVENTS = [
    "Founded in 1954, Acme makes saws.",  # a bare year of the past
    "Revenue was $3 million in the first quarter of 2025.",  # figures
    "Comments are due 1 May 2025.",  # a deadline
    "OSLO, 11 April 2025 – Saws are tools.",  # nothing happens
    "It won’t matter on 3 May 2025.",  # no `won`
    "",
]
KNOWN_FAILURES = [
    ("Ann Lee, who joined in spring, spoke on 3 April 2025.", [("speak", "2025-04-03", True), ("join", "2025", True)]),
]


def find(text: str, title: str = "", sections: tuple[Section, ...] = (), places: tuple[str, ...] = ()) -> list[Event]:
    release = Release(id="r", source="s", title=title, published=FRIDAY, country="GB", text=text or " ")
    doc = mark_dates(TOKENIZER(release.text))
    spans = [doc.char_span(text.index(place), text.index(place) + len(place), label="PLACE") for place in places]
    doc.set_ents([span for span in spans if span is not None])
    dates, _ = extract_dates(doc, release)
    found = Findings(release, None, None, [], [], dates, [], [], [], sections=list(sections))
    return find_events(doc, read_roles(doc, found)).events


def told(events: list[Event]) -> list[tuple[str, str | None, bool | None]]:
    return [(event.rule, event.when.value if event.when else None, event.is_past) for event in events]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_examples(text: str, expected: list[tuple[str, str, bool | None]]) -> None:
    assert told([event for event in find(text) if event.when]) == expected


@pytest.mark.parametrize("text", NO_EVENTS)
def test_no_events(text: str) -> None:
    assert find(text) == []


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("text", "expected"), KNOWN_FAILURES)
def test_known_failures(text: str, expected: list[tuple[str, str, bool | None]]) -> None:
    assert told(find(text)) == expected


LEAD = (
    "OSLO, 11 April 2025 (Fund News) – Acme has opened a mill for saws near the harbour of the city, the first"
    " of several works that make use of nothing but wind. It has a hundred workers."
)


def test_the_headline_gives_one_event_and_the_lead_gives_way() -> None:
    assert told(find(f"Acme Buys Borvik\n\n{LEAD}", "Acme Buys Borvik")) == [("buy", None, None)]


def test_the_lead_gives_one_where_the_headline_has_none() -> None:
    (event,) = find(f"Wind for Saws\n\n{LEAD}", "Wind for Saws")
    assert (event.rule, event.when, event.is_past) == ("open", None, True)
    assert event.text.startswith("Acme has opened a mill")


def test_an_event_that_has_a_date_is_not_told_again_without() -> None:
    text = "Acme Opens Mill\n\nAcme opened a mill on 3 April 2025. The mill opened on 3 April 2025 with a song."
    assert told(find(text, "Acme Opens Mill")) == [("open", "2025-04-03", True)]


def test_headline_and_lead_are_found_by_their_sections() -> None:
    text = "Acme buys Borvik\n\nAcme opened a mill."
    headline = Section(kind="headline", start=0, end=16, rule="test")
    lead = Section(kind="lead", start=18, end=len(text), rule="test")
    assert told(find(text, sections=(headline, lead))) == [("buy", None, None)]
    assert told(find(text, sections=(lead,))) == [("open", None, True)]


def test_boilerplate_tells_of_no_events() -> None:
    text = "Acme opened a mill on 3 April 2025."
    assert find(text, sections=(Section(kind="boilerplate", start=0, end=len(text), rule="test"),)) == []
    assert find(text, sections=(Section(kind="body", start=0, end=len(text), rule="test"),))[0].section == "body"


PLACES = [
    ("Acme opened a mill in Oslo on 3 April 2025.", ("Oslo",), "Oslo"),  # in
    ("They met at the Harbour Hall on 3 April 2025.", ("Harbour Hall",), "Harbour Hall"),  # at the, two words
    ("Norway opened a mill on 3 April 2025.", ("Norway",), None),  # who, not where
    ("It lies in Oslo. Acme opened a mill on 3 April 2025.", ("Oslo",), None),  # another sentence
    ("Acme opened a mill in Oslo on 3 April 2025.", (), None),  # nobody says that it is a place
]


@pytest.mark.parametrize(("text", "places", "expected"), PLACES)
def test_places(text: str, places: tuple[str, ...], expected: str | None) -> None:
    event = next(event for event in find(text, places=places) if event.when)
    assert (event.place.text if event.place else None) == expected


CLAUSES = [
    ("Acme opened a mill on 3 April 2025; it is big.", "Acme opened a mill on 3 April 2025"),  # a semicolon
    ("It rained. Acme opened a mill on 3 April 2025!", "Acme opened a mill on 3 April 2025!"),  # a sentence
    ("Dr. Roe of Acme Inc. opened it on 3 April 2025.", "Dr. Roe of Acme Inc. opened it on 3 April 2025."),  # Dr.
    ("The board, which met on 3 April 2025, has a plan.", "which met on 3 April 2025, has a plan."),  # which
    ("Acme said that it opened on 3 April 2025 after a delay.", "that it opened on 3 April 2025"),  # that, after
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CLAUSES)
def test_clauses(text: str, expected: str) -> None:
    date = text.index("3 April 2025")
    clause = find_clause(text, date, date + 12)
    assert text[clause.start : clause.end].strip(" ,") == expected


def test_evidence_stands_where_it_says() -> None:
    text = "  “Acme opened a mill in Oslo on 3 April 2025,” she said."
    (event,) = find(text, places=("Oslo",))
    assert event.when
    assert event.place
    for words in (event, event.when, event.place):
        assert text[words.start : words.end] == words.text
    assert event.text.startswith("Acme opened")


def test_confidence_is_that_of_its_kind() -> None:
    (event,) = find("Acme opened a mill on 3 April 2025.")
    found = Findings(Release(id="r", source="s", text="A"), None, None, [], [], [], [], [], [])
    assert event_key(event, found) == "happening dated"
    assert event.confidence == event_confidence("happening dated") > 0.8
    assert event_confidence("no such kind") == 0.5


def test_each_word_is_letters_and_tells_of_one_event() -> None:
    lines = files("extractors.data").joinpath("event_words.txt").read_text("utf8").splitlines()
    rows = [line.split() for line in lines[: lines.index("[coming]")] if line and line[0] not in "#["]
    forms = [form for row in rows for form in row]
    assert [form for form, times in Counter(forms).items() if times > 1] == []
    assert set(forms) == set(event_words())
    assert all(form.isalpha() and form.islower() for form in forms)


@settings(deadline=None)
@given(st.text(), st.sampled_from(["opened on 3 May 2025", "(2024)", "hearing today"]), st.text())
def test_any_text(before: str, words: str, behind: str) -> None:
    text = f"{before} {words} {behind}"
    for event in find(text, title=before):
        assert text[event.start : event.end] == event.text


@pytest.mark.parametrize(
    "piece", ["opened 3 May 2025 ", "open ", "A ", "\n", "meet in Oslo, 2024 “", ", and it opened on 3 May "]
)
def test_time_is_linear(piece: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = (piece * size)[:size]
        release = Release(id="r", source="s", published=FRIDAY, text=text)
        doc = mark_dates(TOKENIZER(text))
        dates, _ = extract_dates(doc, release)
        found = read_roles(doc, Findings(release, None, None, [], [], dates, [], [], []))
        return lambda: find_events(doc, found)

    assert_linear(work, 40_000)
