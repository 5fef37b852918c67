import datetime as dt

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.date_context import DateContext
from extractors.date_reading import read_date
from extractors.dates import extract_dates, mark_dates
from extractors.tokenizer import Tokenizer
from schemas.record import Check, DateMention
from schemas.release import Release
from schemas.values import date_bounds

TOKENIZER = Tokenizer(spacy.blank("en").vocab)
FRIDAY = dt.date(2025, 4, 11)

# Words of a text published on Friday 11 April 2025 in Australia, and every (text, value) in it.
EXAMPLES = [
    ("Signed on April 10, 2025, in Oslo.", [("April 10, 2025", "2025-04-10")]),  # the American order
    ("Signed on 10 April 2025.", [("10 April 2025", "2025-04-10")]),  # the British order
    ("Signed on the 10th of April, 2025.", [("the 10th of April, 2025", "2025-04-10")]),  # spelled out
    ("OSLO, Apr. 9, 2025 -- A bank", [("Apr. 9, 2025", "2025-04-09")]),  # abbreviated in a dateline
    ("OSLO, APRIL 9, 2025", [("APRIL 9, 2025", "2025-04-09")]),  # capitals
    ("Updated 2025-04-10.", [("2025-04-10", "2025-04-10")]),  # ISO 8601
    ("Due 10/04/2025.", [("10/04/2025", "2025-04-10")]),  # Australia writes the day first
    ("Opened in May 2024.", [("May 2024", "2024-05")]),  # month and year
    ("Founded in 2004 and listed by 2010.", [("2004", "2004"), ("2010", "2010")]),  # bare years
    ("Active since the 1990s.", [("1990s", "199X")]),  # a decade
    ("Ready in spring 2026.", [("spring 2026", "2026-SP")]),  # a season
    ("Sales in Q3 2024 and the first quarter of 2025", [("Q3 2024", "2024-Q3"), ("first quarter of 2025", "2025-Q1")]),
    ("Up on 4Q24 and 1H25.", [("4Q24", "2024-Q4"), ("1H25", "2025-H1")]),  # bankers' short forms
    ("The second half of 2024 was calm.", [("second half of 2024", "2024-H2")]),  # a half
    ("Costs in FY25 and fiscal 2026", [("FY25", "FY2025"), ("fiscal 2026", "FY2026")]),  # fiscal years
    ("The 2024/25 financial year", [("2024/25 financial year", "FY2025")]),  # bears the year in which it ends
    ("Funding for 2024-2026 and 2030–31", [("2024-2026", "2024/2026"), ("2030–31", "2030/2031")]),  # years
    ("It ran from March 3-5, 2025.", [("March 3-5, 2025", "2025-03-03/2025-03-05")]),  # days of a month
    ("From June 1 to July 15, 2025", [("June 1 to July 15, 2025", "2025-06-01/2025-07-15")]),  # year of the second
    ("Built between 2003 and 2007", [("2003 and 2007", "2003/2007")]),  # 'and' after 'between'
    ("Ready by the end of 2026.", [("end of 2026", "2026")]),  # part of a year
    ("The office said today it closed.", [("today", "2025-04-11")]),  # the day of publication
    ("It closed yesterday.", [("yesterday", "2025-04-10")]),
    ("The board met on Thursday.", [("Thursday", "2025-04-10")]),  # past tense: the latest one
    ("The board will meet on Tuesday.", [("Tuesday", "2025-04-15")]),  # future: the next one
    ("It grew last month and last week.", [("last month", "2025-03"), ("last week", "2025-W14")]),
    ("It opened earlier this year.", [("this year", "2025")]),
    ("It opens on June 3.", [("June 3", "2025-06-03")]),  # the nearest such day
    ("Signed on 10-Apr-2025, sealed on 2025/04/11.", [("10-Apr-2025", "2025-04-10"), ("2025/04/11", "2025-04-11")]),
    ("On the twenty-first of May 2024", [("the twenty-first of May 2024", "2024-05-21")]),  # an ordinal in words
    ("Closed on July the fourth", [("July the fourth", "2025-07-04")]),
    ("Due by Sept. '25 and by 3/2026", [("Sept. '25", "2025-09"), ("3/2026", "2026-03")]),  # short months
    ("The class of '99 and the '90s", [("'99", "1999"), ("'90s", "199X")]),  # short years
    (
        "In the nineteen-sixties and in nineteen eighty-four",
        [("nineteen-sixties", "196X"), ("nineteen eighty-four", "1984")],
    ),
    ("From the 1940s, 50s and 60s", [("1940s", "194X"), ("50s", "195X"), ("60s", "196X")]),  # decades in a row
    ("Costs of 2024-W15 and week 7 of 2026", [("2024-W15", "2024-W15"), ("week 7 of 2026", "2026-W07")]),  # ISO weeks
    ("The first week of June 2025", [("first week of June 2025", "2025-W23")]),  # its Thursday lies in June
    ("On the third Thursday in May 2025", [("third Thursday in May 2025", "2025-05-15")]),
    ("By the last day of May", [("last day of May", "2025-05-31")]),
    ("The winter 2024/25 was mild.", [("winter 2024/25", "2024-WI")]),  # begins in the first of the two years
    ("Net zero by 2100", [("2100", "2100")]),  # a far year after a word that wants a time
    ("The first two quarters of 2024", [("first two quarters of 2024", "2024-H1")]),
    (
        "FY25 Q4 beat fiscal Q3 2025.",
        [("FY25 Q4", "2025-Q4"), ("fiscal Q3 2025", "2025-Q3")],
    ),  # quarters of fiscal years
    ("CY24 costs", [("CY24", "2024")]),  # a calendar year
    (
        "Open on Christmas Eve 2024 and Diwali 2019",
        [("Christmas Eve 2024", "2024-12-24"), ("Diwali 2019", "2019-10-27")],
    ),
    (
        "It closed on Good Friday and will open on Easter Monday.",
        [("Good Friday", "2024-03-29"), ("Easter Monday", "2025-04-21")],
    ),
    ("Due two weeks before Christmas 2025", [("two weeks before Christmas 2025", "2025-12-11")]),
    ("It will open in two weeks.", [("in two weeks", "2025-W17")]),  # the future
    ("It closed two weeks ago.", [("two weeks ago", "2025-W13")]),
    (
        "Rates rise in the coming quarter, by the end of the month.",
        [("coming quarter", "2025-Q3"), ("the end of the month", "2025-04")],
    ),
    ("It meets early next year.", [("early next year", "2026")]),
    ("It will meet on Tuesday next week.", [("Tuesday next week", "2025-04-15")]),
    ("It will meet on the 15th.", [("the 15th", "2025-04-15")]),  # of this month
    ("Friday the 13th was quiet.", [("Friday the 13th", "2024-12-13")]),  # the last one
    ("It closed 1 month and 21 days ago.", [("1 month and 21 days ago", "2025-02-18")]),  # two counts as one
    ("On February 29 it leapt.", [("February 29", "2024-02-29")]),  # the last such day
    ("Ready the day after tomorrow", [("the day after tomorrow", "2025-04-13")]),
]
HARD = [
    # A participle tells of the past, with `be` of what is to come.
    (
        "The vote, taken Monday, sets aside more. One will be taken Tuesday.",
        [("Monday", "2025-04-07"), ("Tuesday", "2025-04-15")],
    ),
    ("It has grown since the start of the year.", [("start of the year", "2025")]),
    # Tense ends at the quotation mark: who said it tells nothing of the signing.
    ("“We sign on Thursday,” said the mayor.", [("Thursday", "2025-04-17")]),
    # A year behind what the quarter is of, and the end of the year that the text speaks of.
    ("Its second-quarter earnings of 2023 fell.", [("second-quarter", "2023-Q2"), ("2023", "2023")]),
    ("Broke in June 2023, it rose by the end of the year.", [("June 2023", "2023-06"), ("end of the year", "2023")]),
    # The same day of another year.
    ("In the years ended June 30, 2024 and 2023", [("June 30, 2024", "2024-06-30"), ("2023", "2023-06-30")]),
    ("It grew from January to March this year.", [("January to March this year", "2025-01/2025-03")]),
    # A year before a name and a noun is a date, before the name of an event or a prize a part of it.
    ("The 1979 Iranian revolution, a 2016 FDA inspection", [("1979", "1979"), ("2016", "2016")]),
    # The next day, that year, a year earlier: counted from the date that the text has just set.
    ("Sold on May 3, 2023, it burnt the next day.", [("May 3, 2023", "2023-05-03"), ("the next day", "2023-05-04")]),
    ("Built in May 2003. That year it won a prize.", [("May 2003", "2003-05"), ("That year", "2003")]),
    ("Up from Q3 2023 a year earlier", [("Q3 2023", "2023-Q3"), ("a year earlier", "2022")]),
    ("Doubling in 2023 from the previous year", [("2023", "2023"), ("previous year", "2022")]),
    # Without such a date the previous year and a year earlier are counted from publication.
    (
        "It grew from the previous year, after a loss a year earlier.",
        [("previous year", "2024"), ("a year earlier", "2024")],
    ),
    # A time of day between the two ends of an interval.
    (
        "From June 3, 2024, to 10:00 (UTC) on July 3, 2024",
        [("June 3, 2024, to 10:00 (UTC) on July 3, 2024", "2024-06-03/2024-07-03")],
    ),
    # The last of a month's weekdays is the one before publication, the last quarter no fourth one.
    ("It met last Thursday and last quarter.", [("last Thursday", "2025-04-10"), ("last quarter", "2025-Q1")]),
    # The year that another place in the text gives to the same day, though publication is nearer to 2025.
    ("Held on May 2, 2023. On May 2 the hall was full.", [("May 2, 2023", "2023-05-02"), ("May 2", "2023-05-02")]),
    # An interval over the turn of the year.
    ("Open December 28 to January 3, 2026.", [("December 28 to January 3, 2026", "2025-12-28/2026-01-03")]),
    # The dateline is a day before publication: 'today' is the dateline's day.
    ("OSLO, April 10, 2025 – The bank said today", [("April 10, 2025", "2025-04-10"), ("today", "2025-04-10")]),
    # A month in the past tense, more than half a year back.
    ("The works were closed in September.", [("September", "2024-09")]),
    # A clock time is no part of the date.
    ("Doors open on May 9 at 6 p.m.", [("May 9", "2025-05-09")]),
]
NOT_DATES = [
    "You may march in an august hall.",  # month names as words
    "She was in august company.",
    "May Chen leads the band.",  # as a name
    "The three-year plan helps 25-year-old runners.",  # durations and ages
    "It meets every Monday at 6 p.m.",  # frequencies and clock times
    "Works run Monday through Friday.",  # opening hours
    "The Harbour Vision 2030 plan; the 2025 Harbour Festival; Section 2024.",  # numbers in names
    "Call +61 2 6277 2063 or write to 1290 Broadway, Suite 2000.",  # telephone and street numbers
    "It costs $2025 for over 2000 members.",  # money and counts
    "Harbour Trust Wins 2024 Gold Innovation Award; on the 2025 Inc. 5000 list",  # names of prizes and lists
    "It came a year after the first loan.",  # counted from an event
    "Recently and now, in today's market, call us today!",  # vague words and calls to action
    "The Securities Act of 1933",  # laws
    "Over the past decade and in the coming months",  # vague stretches of time
    "https://example.org/2024/05/07/news",  # addresses
    "The work took two weeks and will go on for ten more days.",  # durations
    "The same day service; the next day delivery",  # no date that the text has set
    "Christmas cards, a Thanksgiving meal, Easter Island",  # days' names as names
    "He is in his 60s, she worked in her seventies.",  # ages
    "It is backed by 24/7 care; a vision of 20/32 to 20/25",
    "You get it back in 30 days; over the past quarter century; one Thursday each month",
    "The shop is open 24/7; a 50/50 split; Resolution 10/2025",  # numbers that are no day and month
    "In August each year, on the last Thursday of each month",  # frequencies
    "You may first march.",
]
KNOWN_FAILURES = [
    ("The day after the attack of 9/11", [("9/11", "2001-09-11")]),  # a day known by its number
    (
        "Open from the ninth to the seventeenth of May",
        [("the ninth to the seventeenth of May", "2025-05-09/2025-05-17")],
    ),
]


def extract(
    text: str, published: dt.date | None = FRIDAY, country: str | None = "AU"
) -> tuple[list[DateMention], list[Check]]:
    release = Release(id="r", source="s", published=published, country=country, text=text)
    return extract_dates(mark_dates(TOKENIZER(text)), release)


@pytest.mark.parametrize(("text", "expected"), EXAMPLES + HARD)
def test_examples(text: str, expected: list[tuple[str, str]]) -> None:
    dates, _ = extract(text)
    assert [(date.text, date.value) for date in dates] == expected


@pytest.mark.parametrize("text", NOT_DATES)
def test_not_dates(text: str) -> None:
    assert extract(text)[0] == []


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("text", "expected"), KNOWN_FAILURES)
def test_known_failures(text: str, expected: list[tuple[str, str]]) -> None:
    dates, _ = extract(text)
    assert [(date.text, date.value) for date in dates] == expected


def test_without_publication_relative_dates_have_no_value() -> None:
    dates, checks = extract("The office said today that it opens on June 3.", published=None)
    assert [(date.text, date.value) for date in dates] == [("today", None), ("June 3", None)]
    assert [check.code for check in checks] == ["relative_date_unanchored"] * 2


def test_order_of_numbers_is_not_guessed() -> None:
    dates, checks = extract("Due 10/04/2025.", country=None)
    assert (dates[0].value, checks[0].code) == (None, "ambiguous_date")
    assert extract("Due 10/04/2025.", country="US")[0][0].value == "2025-10-04"
    assert extract("Due 25/04/2025.", country=None)[0][0].value == "2025-04-25"


def test_days_that_no_calendar_has_are_checked() -> None:
    dates, checks = extract("It closed 999 years and 2 months ago.", published=dt.date(900, 1, 1))
    assert (dates[0].value, checks[0].code) == (None, "impossible_date")


def test_impossible_days_are_checked() -> None:
    dates, checks = extract("Due February 30, 2025.")
    assert (dates[0].value, checks[0].code) == (None, "impossible_date")


def test_month_beside_number_that_is_no_date_is_checked() -> None:
    _, checks = extract("See MAY 45 of the list.")
    assert [(check.code, check.start, check.end) for check in checks] == [("unread_date", 4, 10)]


def test_every_mention_points_at_its_words_and_has_a_confidence() -> None:
    text = "Opened May 2, 2023, closed May 2, 2023."
    dates, _ = extract(text)
    assert [text[date.start : date.end] for date in dates] == ["May 2, 2023"] * 2
    assert len({date.id for date in dates}) == 2
    assert all(date.confidence > 0.9 for date in dates)


@settings(deadline=None)
@given(st.text(max_size=40), st.dates())
def test_read_date_never_raises(text: str, published: dt.date) -> None:
    value = read_date(text, DateContext(published=published))
    assert value is None or date_bounds(value) or "FY" in value
