"""What dates are to a release."""

import datetime as dt
from collections.abc import Callable
from typing import get_args

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.date_role_rows import KINDS, TENSES, read_row, table
from extractors.date_roles import read_roles, role_confidence
from extractors.dates import extract_dates, mark_dates
from extractors.findings import Findings
from extractors.tokenizer import Tokenizer
from schemas.evidence import Section
from schemas.record import DateMention
from schemas.release import Release
from schemas.values import DateRole
from tests.growth import assert_linear

TOKENIZER = Tokenizer(spacy.blank("en").vocab)
FRIDAY = dt.date(2025, 4, 11)
FACTS = {
    *KINDS, *TENSES, "old", "recent", "over", "future", "headline", "start", "dateline", "happening", "today", "this",
    "last", "ago", "months", "year_end", "glued", "alone", "bracketed", "possessive",
}  # fmt: skip

EXAMPLES: list[tuple[str, str | None]] = [
    ("Published: 11 April 2025\n\nAcme opens a mill.", "published"),  # a header's line
    ("Acme opens a mill\n\n11 April 2025\n\nIt opened.", "published"),  # a line for itself
    ("2025-04-11 08:30:00\n\nAcme opens a mill.", "published"),  # a machine's stamp
    ("(Fund News) – April 11, 2025 – Acme opened a mill.", "dateline"),  # a wire, no place
    ("11 April 2025 – BERLIN – Acme opened a mill.", "dateline"),  # the day first
    ("BERLIN, 11 April 2025 – Acme opened a mill.", "dateline"),  # the usual way
    ("On April 3, 2025, Acme opened a mill.", "event"),  # told as past
    ("The mill will open on 3 May 2025.", "event"),  # told as coming
    ("The April 3 announcement surprised many.", "event"),  # before its noun
    ("Acme acquired Borvik last week.", "event"),  # a week
    ("The mill is expected to open in 2027.", "event"),  # a year to come
    ("Acme expects to close the purchase in the third quarter of 2025.", "event"),  # a quarter in which it happens
    ("The contract was signed on 2 April 2025.", "signing"),  # the plain word
    ("On 2 April 2025, the governor signed the bill.", "signing"),  # before it
    ("Comments are due 1 May 2025.", "deadline"),  # due
    ("Send them no later than 1 May 2025.", "deadline"),  # no later than
    ("The licence expires on 1 May 2025.", "deadline"),  # expires
    ("It will be finished by the end of 2026.", "deadline"),  # meant to be reached
    ("Profit for fiscal 2024 was $3 million.", "period"),  # a fiscal year
    ("In 2023, revenue was $3 million.", "period"),  # a year with figures
    ("Sales rose 3% compared to 2023.", "period"),  # what is compared with
    ("It served as a school from 2003 to 2005.", "period"),  # a term
    ("The 2026 season opens soon.", "period"),  # a season
    ("Since March 2019, it has been closed.", "period_start"),  # since
    ("It will be sold starting June 2, 2025.", "period_start"),  # starting
    ("The quarter ended March 31, 2025, was good.", "period_end"),  # ended
    ("By the end of 2024, it had served 300 towns.", "period_end"),  # reached
    ("Established in Oslo in 1999, Acme makes saws.", "historical"),  # founding, with a place between
    ("He died in March 2019.", "historical"),  # long ago
    ("In 2023, Acme moved to Oslo.", "historical"),  # a bare year before that of publication
    ("Acme moved to Oslo six years ago.", "historical"),  # counted from today
]
HARD = [
    ("It recalls model years 2012 and 2013.", None),  # models
    ("© 2025 Acme", None),  # a right
    ("Picture: x.example/a?id=7&sd=2025-03-02 of the mill.", None),  # an address
    ("Since its founding in 1999, Acme has made saws.", "period_start"),  # since governs the founding
    ("The mill, founded in November 2024, makes saws.", "historical"),  # founding within a year
    ("The show runs from 1 June to 31 August 2025.", "period"),  # a stretch longer than two weeks
    ("The fair is held from 1 to 5 June 2025.", "event"),  # a shorter one
    ("It was to be open until May 2019.", "period_end"),  # until, in the past
    ("Contact Acme now. It rose from 3% in 2023 to 5%.", "period"),  # from, within figures
    ("Acme pleaded guilty on 3 May 2021.", "historical"),  # a day more than a year before
]
KNOWN_FAILURES = [
    ("The magic of spring does not wait until May 2025.", None),  # no deadline: nobody has to wait
    ("The law should be enacted today.", None),  # a wish
]


def read(text: str, published: dt.date | None = FRIDAY, title: str = "") -> list[DateMention]:
    release = Release(id="r", source="s", title=title, published=published, country="GB", text=text)
    dates, _ = extract_dates(mark_dates(TOKENIZER(text)), release)
    found = Findings(release, None, None, [], [], dates, [], [], [])
    return read_roles(TOKENIZER(text), found).dates


@pytest.mark.parametrize(("text", "role"), EXAMPLES + HARD)
def test_examples(text: str, role: str | None) -> None:
    assert [date.role for date in read(text)][:1] == [role]


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("text", "role"), KNOWN_FAILURES)
def test_known_failures(text: str, role: str | None) -> None:
    assert [date.role for date in read(text)] == [role]


def test_a_role_has_a_reason_and_no_role_has_none() -> None:
    due, model = read("Comments are due 1 May 2025. It recalls model year 2012 vans.")
    assert due.why["role"].rule == "due"
    assert due.why["role"].confidence == role_confidence("due") > 0.8
    assert (model.role, model.why) == (None, {})


def test_nothing_else_of_a_date_is_changed() -> None:
    text = "Comments are due 1 May 2025."
    release = Release(id="r", source="s", published=FRIDAY, text=text)
    before = extract_dates(mark_dates(TOKENIZER(text)), release)[0][0]
    assert read(text)[0].model_copy(update={"role": None, "why": {}}) == before


def test_a_section_says_what_is_a_dateline() -> None:
    text = "Larne: April 11, 2025. Acme opened a mill on 3 April 2025."
    release = Release(id="r", source="s", published=FRIDAY, text=text)
    dates, _ = extract_dates(mark_dates(TOKENIZER(text)), release)
    section = Section(kind="dateline", start=0, end=22, rule="test")
    found = Findings(release, None, None, [], [], dates, [], [], [], sections=[section])
    assert [date.role for date in read_roles(TOKENIZER(text), found).dates] == ["dateline", "event"]


def test_without_publication_the_dateline_says_what_is_old() -> None:
    roles = [date.role for date in read("OSLO, 3 May 2021 – A man was shot on 2 May 2021 and on 4 July 2018.", None)]
    assert roles == ["dateline", "event", "historical"]


def test_every_fact_that_a_row_asks_for_can_hold() -> None:
    rows, told = table().rows, table().told
    lists = {name for names in told.values() for name in names}
    asked = {fact for row in rows for fact in row.needs | row.bars | row.tense}
    assert asked <= FACTS | lists
    assert not {word for row in rows for word in row.before | row.behind if not word.isalpha() or word != word.lower()}


def test_a_wrong_row_is_refused() -> None:
    with pytest.raises(ValueError, match="no role"):
        read_row("opening feast day §")


@settings(deadline=None)
@given(st.text(), st.sampled_from(["on 3 May 2025", "2024", "Q3 2025", "today", "from 1 to 5 June"]), st.text())
def test_any_text(before: str, words: str, behind: str) -> None:
    roles = {*get_args(DateRole), None}
    apart, joined = read(f"{before} {words} {behind}"), read(f"{before}{words}{behind}", published=None)
    assert {date.role for date in (*apart, *joined)} <= roles
    assert all((date.role is None) == ("role" not in date.why) for date in (*apart, *joined))


@pytest.mark.parametrize(
    "piece", ["2024 ", "Oslo, 3 May 2025 ", "May 2025\n", "(2024) ", "since ", "A ", "“ 2024, and "]
)
def test_time_is_linear(piece: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = (piece * size)[:size]
        release = Release(id="r", source="s", published=FRIDAY, text=text)
        dates, _ = extract_dates(mark_dates(TOKENIZER(text)), release)
        found = Findings(release, None, None, [], [], dates, [], [], [])
        return lambda: read_roles(TOKENIZER("A"), found)

    assert_linear(work, 40_000)
