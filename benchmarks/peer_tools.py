"""Dateline and the libraries beside it, each made a function from a case to the phrases that it finds."""

import datetime as dt
import re
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any

import spacy

from benchmarks.peer_cases import Case, Kind, Phrase
from benchmarks.peer_days import name_days, read_calendar, read_value, unit_days
from benchmarks.peer_money import name_sum, read_resolution, read_sums, read_tag, read_unit
from benchmarks.peer_scope import leave_out
from extractors.amounts import extract_amounts, mark_amounts
from extractors.dates import extract_dates, mark_dates
from extractors.tokenizer import Tokenizer
from schemas.release import Release

Tool = Callable[[Case], list[Phrase]]
_NOWHEN = dt.date(2020, 1, 1)
"""Stands in where a case has no reference day and the library wants one."""
_SENTENCE = re.compile(r"(?s).{1,600}?(?:[.!?]\s+(?=[A-Z*#\[])|\s{2,}|$)|.{1,600}(?:\s|$)|.{1,600}")


def _release(case: Case) -> Release:
    return Release(id="peer", source="peer", published=case.published, country=case.country, text=case.text)


def load_dateline(kind: Kind) -> Tool:
    """Dateline's dates or amounts, without those that it gives no value."""
    tokenizer = Tokenizer(spacy.blank("en").vocab)

    def find_dates(case: Case) -> list[Phrase]:
        dates, _ = extract_dates(mark_dates(tokenizer(case.text)), _release(case))
        return [
            Phrase(frozenset({read_calendar(date.value)}), date.text, date.start, date.end)
            for date in dates
            if date.value
        ]

    def find_amounts(case: Case) -> list[Phrase]:
        amounts, _ = extract_amounts(mark_amounts(tokenizer(case.text)), _release(case))
        return [
            Phrase(frozenset({name_sum(one.value, one.currency, one.maximum)}), one.text, one.start, one.end)
            for one in amounts
        ]

    return find_dates if kind == "dates" else find_amounts


def load_recognizers(kind: Kind) -> Tool:
    """Recognizers-Text's dates without those that the guide does not count, or its currencies with a number."""
    emoji: Any = import_module("emoji")
    if not hasattr(emoji, "UNICODE_EMOJI"):  # it wants emoji 1, and does not say so
        emoji.UNICODE_EMOJI = emoji.EMOJI_DATA
    date_time: Any = import_module("recognizers_date_time")
    units: Any = import_module("recognizers_number_with_unit")

    def find_dates(case: Case) -> list[Phrase]:
        reference = dt.datetime.combine(case.published or _NOWHEN, dt.time())
        phrases = (
            _read_recognized(one, case.published, sentence.start())
            for sentence in _SENTENCE.finditer(case.text)  # its time grows with the square of the text
            for one in date_time.recognize_datetime(sentence.group(), "en-us", reference=reference)
            if "date" in one.type_name.partition(".")[2]
        )
        return [phrase for phrase in phrases if phrase.meanings]

    def find_amounts(case: Case) -> list[Phrase]:
        found = (one for one in units.recognize_currency(case.text, "en-us") if one.resolution["value"])
        return [Phrase(read_resolution(one.resolution), one.text, one.start, one.end + 1) for one in found]

    return find_dates if kind == "dates" else find_amounts


def _read_recognized(found: Any, published: dt.date | None, offset: int) -> Phrase:
    values = (found.resolution or {}).get("values") or []
    interval = any("(" in (value.get("timex") or "") for value in values)
    if leave_out(found.text, interval=interval):
        return Phrase(frozenset())
    days = ({**value, "start": _day(value, "start"), "end": _day(value, "end")} for value in values)
    meanings: frozenset[str] = frozenset().union(*(read_value(found.text, value, published) for value in days))
    return Phrase(meanings, found.text, offset + found.start, offset + found.end + 1)


def _day(value: dict[str, str], key: str) -> str | None:
    return value[key][:10] if value.get(key) else None


def load_dateparser(kind: Kind) -> Tool:
    """What dateparser's search finds, as the day, month or year that its own parser says it is."""
    search: Any = import_module("dateparser.search")
    parser: Any = import_module("dateparser.date")

    def find_dates(case: Case) -> list[Phrase]:
        settings = {"RELATIVE_BASE": dt.datetime.combine(case.published or _NOWHEN, dt.time())}
        found = search.search_dates(case.text, languages=["en"], settings=settings) or []
        data = parser.DateDataParser(languages=["en"], settings=settings)
        return list(_place(case.text, [(words, *_period(data, words, day.date())) for words, day in found]))

    return find_dates


def _period(data: Any, words: str, day: dt.date) -> tuple[dt.date, dt.date]:
    period = data.get_date_data(words)["period"]
    return unit_days(period if period in ("week", "month", "year") else "day", day)


def _place(text: str, found: list[tuple[str, dt.date, dt.date]]) -> Iterator[Phrase]:
    """The phrases with their places: the library gives the words alone, in their order."""
    end = 0
    for words, first, last in found:
        start = max(text.find(words, end), 0)
        end = start + len(words)
        yield Phrase(frozenset({name_days(first, last)}), words, start, end)


def load_price_parser(kind: Kind) -> Tool:
    """The one price that price-parser makes of a text and its hint."""
    price: Any = import_module("price_parser").Price

    def find_amounts(case: Case) -> list[Phrase]:
        found = price.fromstring(case.text, currency_hint=case.hint)
        if found.amount is None or not found.currency:
            return []
        return [Phrase(read_tag(found.amount, found.currency), f"{found.amount} {found.currency}")]

    return find_amounts


def load_quantulum(kind: Kind) -> Tool:
    """The quantities whose unit is a currency, or a currency per something."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that its classifier, an extra, is not installed
        parser: Any = import_module("quantulum3.parser")

    def find_amounts(case: Case) -> list[Phrase]:
        found = ((one, read_unit(re.split(" per ", one.unit.name)[0])) for one in parser.parse(case.text))
        return [
            Phrase(read_sums((Decimal(str(one.value)), None), units), one.surface, *one.span)
            for one, units in found
            if units
        ]

    return find_amounts


LOADERS: dict[str, Callable[[Kind], Tool]] = {
    "Dateline": load_dateline,
    "Recognizers-Text": load_recognizers,
    "dateparser": load_dateparser,
    "quantulum3": load_quantulum,
    "price-parser": load_price_parser,
}


def load_tool(name: str, kind: Kind) -> Tool | None:
    """A tool by name, or None where its library is not installed."""
    try:
        return LOADERS[name](kind)
    except ImportError:
        return None
