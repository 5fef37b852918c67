"""The benchmark beside other libraries: how their expectations are read, and the scoring, without any of them."""

import datetime as dt
import doctest
import importlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from benchmarks import peer_tools, peers
from benchmarks.peer_cases import Case, CaseSet, Phrase, is_right, match
from benchmarks.peer_days import read_value
from benchmarks.peer_duckling import read_sum_phrase, read_time_phrase
from benchmarks.peer_files import leave_out_price, read_article_case, read_dates_case, read_quantity_case
from benchmarks.peer_money import read_sign, read_sums, read_unit
from benchmarks.peer_scope import leave_out

MODULES = ["peer_cases", "peer_days", "peer_duckling", "peer_files", "peer_money", "peer_scope", "peer_tools"]
MONDAY = dt.date(2016, 11, 7)
TUESDAY = dt.date(2013, 2, 12)

# What Recognizers-Text resolves some words to, and the days it comes to.
VALUES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("4 May 2020", {"timex": "2020-05-04", "value": "2020-05-04"}, {"2020-05-04"}),
    ("August", {"timex": "XXXX-08", "start": "2016-08-01", "end": "2016-09-01"}, {"2016-08-01/2016-08-31"}),
    ("this week", {"timex": "2016-W45", "start": "2016-11-07", "end": "2016-11-14"}, {"2016-11-07/2016-11-13"}),
    # an end that nobody wrote is one past the last day
    ("last quarter", {"timex": "(2019-04-01,2019-07-01,P3M)"}, {"2019-04-01/2019-06-30"}),
    ("2017-Q1", {"timex": "(2017-01-01,2017-04-01,P3M)"}, {"2017-01-01/2017-03-31"}),  # this hyphen joins nothing
    ("the twenty-tens", {"timex": "(2010-01-01,2020-01-01,P10Y)"}, {"2010-01-01/2019-12-31"}),
    # one that is written belongs to the interval with all its days
    ("November 19-20", {"timex": "(2016-11-19,2016-11-20,P1D)"}, {"2016-11-19/2016-11-20"}),
    ("between May 2015 and 2018", {"timex": "(2015-05-01,2018-01-01,P32M)"}, {"2015-05-01/2018-12-31"}),
    ("from Feb 1st to March 2019", {"timex": "(2019-02-01,2019-03-01,P28D)"}, {"2019-02-01/2019-03-31"}),
    ("Week 31 to Week 35", {"timex": "(2018-07-30,2018-08-27,P4W)"}, {"2018-07-30/2018-09-02"}),
    # parts of a period and what is open on one side are the period
    ("end of 2000", {"timex": "2000", "Mod": "end", "start": "2000-09-01"}, {"2000-01-01/2000-12-31"}),
    ("late July", {"timex": "XXXX-07", "start": "2018-07-16", "end": "2018-08-01"}, {"2018-07-01/2018-07-31"}),
    ("after Feb", {"timex": "XXXX-02", "Mod": "after", "start": "2018-03-01"}, {"2018-02-01/2018-02-28"}),
    ("before 2016", {"timex": "2016", "Mod": "before", "end": "2016-01-01"}, {"2016-01-01/2016-12-31"}),
    # what is counted from a day may mean the day or what was counted
    ("in two weeks", {"timex": "2016-11-21", "value": "2016-11-21"}, {"2016-11-21", "2016-11-21/2016-11-27"}),
    ("last Sunday", {"timex": "2016-10-30", "value": "2016-10-30"}, {"2016-10-30", "2016-11-06"}),  # either one
    ("fiscal year 2008", {"timex": "FY2008", "value": "not resolved"}, {"FY2008"}),  # whose days nobody knows
    ("Feb 30", {"timex": "XXXX-02-30", "value": "not resolved"}, set()),  # no such day
]
LEFT_OUT = [
    ("next 3 days", False),  # durations from today
    ("2 upcoming weeks", False),
    ("within the next 3 years", False),
    ("3 days from today", True),  # as an interval
    ("the past decade", False),
    ("between now and November 15th", True),  # vague words
    ("that weekend", False),  # another date of the text
    ("the week", False),
    ("15", False),  # a bare number
    ("the 21st century", False),
    ("from 2007 to the end of 2008", True),  # the parts that another project computes with
]
DATES = [
    ("3 days from today", False),  # as a day
    ("the last 3 weeks of this year", True),  # a stretch of a year, counted from no day
    ("the 15th of next month", False),
    ("two weeks from now", False),
    ("end of 2008", False),
    ("4 to 23 next month", True),  # days of it
    ("the twenty-tens", True),
]
# What duckling expects of a phrase on Tuesday 12 February 2013.
TIMES = [
    ("in 2014", "datetime (2014, 1, 1, 0, 0, 0) Year", {"2014-01-01/2014-12-31"}),  # the whole of the grain
    ("next week", "datetime (2013, 2, 18, 0, 0, 0) Week", {"2013-02-18/2013-02-24"}),
    ("18q4", "datetime (2018, 10, 1, 0, 0, 0) Quarter", {"2018-10-01/2018-12-31"}),
    (
        "1960 - 1961",
        "datetimeInterval ((1960, 1, 1, 0, 0, 0), (1962, 1, 1, 0, 0, 0)) Year",
        {"1960-01-01/1961-12-31"},
    ),
    ("since 2014", "datetimeOpenInterval After (2014, 1, 1, 0, 0, 0) Year", {"2014-01-01/2014-12-31"}),  # the point
    (
        "end of 2012",
        "datetimeInterval ((2012, 9, 1, 0, 0, 0), (2013, 1, 1, 0, 0, 0)) Month",
        {"2012-01-01/2012-12-31"},  # all of it
    ),
    (
        "this winter",
        "datetimeInterval ((2012, 12, 21, 0, 0, 0), (2013, 3, 21, 0, 0, 0)) Day",
        {"2012-12-01/2013-02-28"},  # the season's months
    ),
    ("christmas 2013", 'datetimeHoliday (2013, 12, 25, 0, 0, 0) Day "Christmas"', {"2013-12-25"}),
    ("friday", "datetime (2013, 2, 15, 0, 0, 0) Day", {"2013-02-15", "2013-02-08"}),  # nothing says which
    ("xmas", 'datetimeHoliday (2013, 12, 25, 0, 0, 0) Day "Christmas"', {"2013-12-25", "2012-12-25"}),
    ("last friday of october", "datetime (2013, 10, 25, 0, 0, 0) Day", {"2013-10-25", "2012-10-26"}),
    ("the 31st", "datetime (2013, 3, 31, 0, 0, 0) Day", {"2013-03-31", "2013-02-28"}),  # February is shorter
    ("2/29", "datetime (2013, 2, 28, 0, 0, 0) Day", {"2013-02-28", "2012-02-28"}),
]
TIMES_LEFT_OUT = [
    ("4pm", "datetime (2013, 2, 12, 16, 0, 0) Hour", "a time of day"),
    ("tonight", "datetimeInterval ((2013, 2, 12, 18, 0, 0), (2013, 2, 13, 0, 0, 0)) Day", "a time of day"),
    ("in 2014 BC", "datetime (-2014, 1, 1, 0, 0, 0) Year", "a year before our era"),
    ("the week of october 6th", "datetime (2013, 10, 7, 0, 0, 0) Week", "a week other than the ISO week"),
]
SUMS = [
    ("10$", "simple Dollar 10", {"10 USD"}, None),
    ("$10K", "simple Dollar 1e4", {"10000 USD"}, None),
    ("10¢", "simple Cent 10", {"0.1 USD"}, None),
    ("10-20 dollars", "between Dollar (10, 20)", {"10..20 USD"}, None),
    ("at most 7€", "under EUR 7", {"7 EUR"}, None),  # the sum alone
    ("42 bucks", "simple Unnamed 42", set(), "no currency"),
    ("20 ac", "simple EUR 20", set(), "a damaged sign"),
    ("7-9 lakh rupees", "between INR (7, 9e5)", set(), "a range whose first number lost its magnitude"),
]
UNITS = [
    ("Dollar", {"USD"}),  # a bare one is American
    ("Pence", {"GBP/100"}),
    ("Swiss franc", {"CHF"}),  # by CLDR's name
    ("EUR", {"EUR"}),
    ("metre", set()),
]
SIGNS = [("zł", "PLN"), ("руб.", "RUB"), ("C$", "CAD"), ("$", "AUD"), ("nzd", "NZD"), ("kr", "?")]
TAG: dict[str, Any] = {"price_raw": "$5", "currency": "$", "amount": 5, "list": "EXAMPLES"}
PRICES: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"price_raw": "5"}, "no currency beside a number"),
    ({"amount": None}, "no currency beside a number"),
    ({"price_raw": "5 K", "currency": "K"}, "letters that are no currency in English text"),
    ({"price_raw": "$5 - $7"}, "several prices, of which it takes one"),
    ({"price_raw": "$..75"}, "a damaged number"),
    ({"price_raw": "5 ₶", "currency": "₶"}, "a currency without a code"),
    ({"decimal_separator": "."}, "a decimal separator given by hand"),
]


def phrases(*meanings: str) -> list[Phrase]:
    """A phrase for each word, that may mean each of its letters."""
    return [Phrase(frozenset(each), "", place, place + 1) for place, each in enumerate(meanings)]


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"benchmarks.{name}")).failed == 0


@pytest.mark.parametrize(("words", "value", "expected"), VALUES)
def test_days_of_recognizers(words: str, value: dict[str, Any], expected: set[str]) -> None:
    assert read_value(words, value, MONDAY) == expected


@pytest.mark.parametrize(("words", "interval"), LEFT_OUT)
def test_left_out(words: str, interval: bool) -> None:
    assert leave_out(words, interval=interval)


@pytest.mark.parametrize(("words", "interval"), DATES)
def test_not_left_out(words: str, interval: bool) -> None:
    assert leave_out(words, interval=interval) is None


@pytest.mark.parametrize(("phrase", "expected", "meanings"), TIMES)
def test_times_of_duckling(phrase: str, expected: str, meanings: set[str]) -> None:
    assert read_time_phrase(phrase, expected, TUESDAY) == (frozenset(meanings), None)


@pytest.mark.parametrize(("phrase", "expected", "reason"), TIMES_LEFT_OUT)
def test_times_of_duckling_left_out(phrase: str, expected: str, reason: str) -> None:
    assert read_time_phrase(phrase, expected, TUESDAY) == (frozenset(), reason)


@pytest.mark.parametrize(("phrase", "expected", "meanings", "reason"), SUMS)
def test_sums_of_duckling(phrase: str, expected: str, meanings: set[str], reason: str | None) -> None:
    assert read_sum_phrase(phrase, expected) == (frozenset(meanings), reason)


def test_unknown_form_of_duckling() -> None:
    with pytest.raises(ValueError, match="no amount of money as duckling writes it"):
        read_sum_phrase("ten", "ten")


@pytest.mark.parametrize(("name", "codes"), UNITS)
def test_units(name: str, codes: set[str]) -> None:
    assert set(read_unit(name)) == codes


def test_a_family_may_be_any_of_its_currencies_or_unknown() -> None:
    assert {"5 ?", "5 CHF"} <= read_sums((Decimal(5), None), read_unit("Franc"))


@pytest.mark.parametrize(("sign", "code"), SIGNS)
def test_signs(sign: str, code: str) -> None:
    assert code in read_sign(sign)


@pytest.mark.parametrize(("change", "reason"), PRICES)
def test_prices_left_out(change: dict[str, Any], reason: str | None) -> None:
    assert leave_out_price(TAG | change) == reason


def test_result_out_of_scope_leaves_its_case_out() -> None:
    result = {"Text": "8am", "TypeName": "datetimeV2.time", "Resolution": {"values": [{"timex": "T08"}]}}
    case = read_dates_case({"Input": "at 8am", "NotSupported": "python", "Results": [result]})
    assert (case.left_out, case.wanted, case.not_in_python) == ("a time", (), True)


def test_results_of_parsers_are_read_as_those_of_models() -> None:
    value = {
        "Timex": "XXXX-10-02",
        "FutureResolution": {"date": "2017-10-02"},
        "PastResolution": {"date": "2016-10-02"},
    }
    context = {"ReferenceDateTime": "2016-11-07T00:00:00"}
    results = [{"Text": "Oct 2", "Type": "date", "Value": value}]
    case = read_dates_case({"Input": "back Oct 2", "Context": context, "Results": results})
    assert case.published == MONDAY
    assert case.wanted == (Phrase(frozenset({"2016-10-02", "2017-10-02"}), "Oct 2"),)


def test_mean_of_a_range_is_left_out() -> None:
    mean = {"value": 515, "unit": "dollar per kilogram", "surface": "$350 to $680", "uncertainty": 165}
    case = read_quantity_case({"req": "$350 to $680", "res": [mean]})
    assert case
    assert case.left_out == "the mean of a range"


def test_two_dates_after_between_are_one() -> None:
    text = "Between May and June 2020"
    timexes = [
        {"start": 8, "end": 11, "type": "DATE", "value": "2020-05"},
        {"start": 16, "end": 25, "type": "DATE", "value": "2020-06"},
        {"start": 0, "end": 1, "type": "DURATION", "value": "P1D"},
    ]
    (wanted,) = read_article_case({"text": text, "dct": "2021-01-01", "timexes": timexes}).wanted
    assert wanted == Phrase(frozenset({"2020-05-01/2020-06-30"}), "May and June 2020", 8, 25)


def test_matching() -> None:
    assert match(phrases("ab", "a"), phrases("a", "b")) == 2  # the first gives way to the second
    assert match(phrases("ab", "a"), phrases("a", "b"), in_place=True) == 1
    assert is_right(Case("", tuple(phrases("a"))), phrases("ba"))
    assert not is_right(Case("", tuple(phrases("a"))), phrases("a", "b"))  # one too many


def test_f1() -> None:
    cases = CaseSet("s", "dates", (Case("", tuple(phrases("a", "b"))),), (), "F1")
    assert peers.rate(cases, [phrases("a", "c", "d", "e")]) == pytest.approx(2 / 6)


def test_a_failing_tool_is_wrong() -> None:
    def fail(case: Case) -> list[Phrase]:
        raise KeyError(case.text)

    assert not is_right(Case("x"), peers.ask(fail, Case("x")))


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of a few cases, and none of the libraries."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(peer_tools, "import_module", missing)
    folder = tmp_path / "corpus/peers/duckling"
    folder.mkdir(parents=True)
    sums = [("$10", "simple Dollar 10"), ("five", "simple Unnamed 5"), ("$7", "simple Dollar 8")]
    lines = (json.dumps({"phrase": phrase, "expected": expected}) for phrase, expected in sums)
    (folder / "AmountOfMoney.jsonl").write_text("\n".join(lines), encoding="utf8")
    times = [
        ("April 14, 2015", "datetime (2015, 4, 14, 0, 0, 0) Day"),
        ("4pm", "datetime (2013, 2, 12, 16, 0, 0) Hour"),
    ]
    lines = (json.dumps({"phrase": phrase, "expected": expected}) for phrase, expected in times)
    (folder / "Time.jsonl").write_text("\n".join(lines), encoding="utf8")
    return tmp_path


def test_end_to_end(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peers.main([str(corpus), "--json"])
    report = json.loads(capsys.readouterr().out)
    assert report["duckling Time"]["scores"] == {"Dateline": 1.0, "Recognizers-Text": None, "dateparser": None}
    sums = report["duckling AmountOfMoney"]
    assert (sums["cases"], sums["left_out"], sums["scores"]["Dateline"]) == (2, {"no currency": 1}, 0.5)


def test_tables(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peers.main([str(corpus)])
    out = capsys.readouterr().out
    assert "100.0" in out
    assert "duckling Time: 1 left out, a time of day" in out
    assert peers.NOTE in out


def test_show(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peers.main([str(corpus), "--show", "duckling AmountOfMoney"])
    assert capsys.readouterr().out.splitlines() == ["'$7'", "    expected '$7' = 8 USD", "    got      '$7' = 7 USD"]
    peers.main([str(corpus), "--show-left-out", "duckling AmountOfMoney"])
    assert capsys.readouterr().out == "no currency: 'five'\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--show", "Time"], "no set 'Time'; there are"),  # unknown
        (["--show", "duckling Time", "--tool", "dateparser"], "dateparser is not installed"),
    ],
)
def test_refusals(corpus: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        peers.main([str(corpus), *arguments])
