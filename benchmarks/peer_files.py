"""Reads the cases of other projects from the files they keep them in."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.peer_cases import Case, CaseSet, Phrase
from benchmarks.peer_days import Value, read_calendar, read_value
from benchmarks.peer_duckling import read_sum_phrase, read_time_phrase
from benchmarks.peer_money import LETTERS, read_resolution, read_sign, read_sums, read_tag, read_unit
from benchmarks.peer_scope import leave_out

Entry = dict[str, Any]
DATE_TOOLS = ("Dateline", "Recognizers-Text", "dateparser")
MONEY_TOOLS = ("Dateline", "Recognizers-Text", "quantulum3")
DUCKLING_DAY = dt.date(2013, 2, 12)
_TYPES = ("date", "daterange")
_BETWEEN = re.compile(r"(?i)\bbetween\s*$")
_ADDRESS = re.compile(r"www\.|://|\w\.(?:html?|xlsx?|pdf)\b")
_BARE = re.compile(r"[$¢]|(?i:\b(?:dollar|cent)s?\b)")


def load_lines(path: Path) -> list[Entry]:
    """The entries of a JSONL file, or of a JSON list, with or without a byte-order mark."""
    text = path.read_text(encoding="utf-8-sig")
    entries: list[Entry] = json.loads(text) if path.suffix == ".json" else list(map(json.loads, text.splitlines()))
    return entries


def _country(text: str) -> str | None:
    """The country that settles bare dollars and cents as these projects read them."""
    return "US" if _BARE.search(text) else None


# Recognizers-Text


def read_dates_case(entry: Entry) -> Case:
    """A case of its models and parsers of dates.

    >>> read_dates_case({"Input": "on 4 May 2020", "Results": [{"Text": "4 May 2020", "TypeName": "datetimeV2.date",
    ...     "Resolution": {"values": [{"timex": "2020-05-04", "type": "date", "value": "2020-05-04"}]}}]}).wanted
    (Phrase(meanings=frozenset({'2020-05-04'}), text='4 May 2020', start=0, end=0),)
    """
    reference = entry.get("Context", {}).get("ReferenceDateTime")
    published = dt.date.fromisoformat(reference[:10]) if reference else None
    results = [(result["Text"], _type(result), _values(result)) for result in entry["Results"]]
    reason = "the date stands in an address or file name" if _ADDRESS.search(entry["Input"]) and results else None
    reason = next((why for why in (reason, *(_outside(*result) for result in results)) if why), None)
    phrases = (Phrase(_meanings(words, values, published), words) for words, _, values in results)
    wanted = () if reason else tuple(phrase for phrase in phrases if phrase.meanings)
    return Case(entry["Input"], wanted, published, "US", left_out=reason, not_in_python=_not_in_python(entry))


def _not_in_python(entry: Entry) -> bool:
    return "python" in f"{entry.get('NotSupported')} {entry.get('NotSupportedByDesign')}"


def _type(result: Entry) -> str:
    name: str = result.get("TypeName") or result.get("Typename") or result["Type"]
    return name.rpartition(".")[2]


def _outside(words: str, kind: str, values: list[Value]) -> str | None:
    """Why a result makes its case one that is left out."""
    if kind not in _TYPES:
        return f"a {kind}"
    if any(value.get("Mod") == "ref_undef" for value in values):
        return leave_out("that week")
    return leave_out(words, interval=any("(" in (value.get("timex") or "") for value in values))


def _values(result: Entry) -> list[Value]:
    """The readings of a result; those of a parser, in another form, made like those of a model."""
    if "Value" not in result:
        return list(result["Resolution"]["values"])
    value = result["Value"]
    return [
        {
            "timex": value.get("Timex"),
            "Mod": value.get("Mod"),
            "value": days.get("date"),
            "start": days.get("startDate"),
            "end": days.get("endDate"),
        }
        for days in (value.get("FutureResolution") or {}, value.get("PastResolution") or {})
    ]


def _meanings(words: str, values: list[Value], published: dt.date | None) -> frozenset[str]:
    return frozenset().union(*(read_value(words, value, published) for value in values))


def read_currency_case(entry: Entry) -> Case:
    """A case of its model of currencies; what has no number is no sum.

    >>> result = {"Text": "$5", "Resolution": {"value": "5", "unit": "Dollar"}}
    >>> read_currency_case({"Input": "for $5", "Results": [result]}).wanted
    (Phrase(meanings=frozenset({'5 USD'}), text='$5', start=0, end=0),)
    """
    sums = [(result["Text"], result["Resolution"]) for result in entry["Results"]]
    wanted = tuple(Phrase(read_resolution(value), words) for words, value in sums if value["value"])
    country = _country(entry["Input"])
    return Case(entry["Input"], wanted, country=country, not_in_python=_not_in_python(entry))


# price-parser and quantulum3


def read_price_case(entry: Entry) -> Case:
    """A case of price-parser: a price tag, its currency as written and its amount.

    >>> tag = {"price_raw": "5 zł", "currency_raw": None, "currency": "zł", "amount": 5, "list": "EXAMPLES"}
    >>> sorted(read_price_case(tag).wanted[0].meanings), read_price_case({**tag, "price_raw": "5"}).left_out
    (['5 PLN', '5 zł'], 'no currency beside a number')
    """
    text, sign, amount = entry["price_raw"] or "", entry["currency"], entry["amount"]
    reason = leave_out_price(entry)
    if reason:
        return Case(text, left_out=reason)
    number = Decimal(re.sub(r"[^\d.]", "", str(amount)))
    wanted = Phrase(read_tag(number, sign), f"{amount} {sign}")
    return Case(text, (wanted,), country=_country(text), hint=entry["currency_raw"])


def leave_out_price(entry: Entry) -> str | None:
    """Why a price tag is not scored, or None if it is."""
    text, sign = entry["price_raw"] or "", entry["currency"]
    if entry["amount"] is None or not sign or sign not in text or not re.search(r"\d", text):
        return "no currency beside a number"
    if entry["list"].endswith("SEPARATOR_EXAMPLES") or entry.get("decimal_separator"):
        return "a decimal separator given by hand"
    if sign in LETTERS:
        return "letters that are no currency in English text"
    if text.count(sign) > 1 or re.search(r"\d \D*\bto \d|\([A-Z]{3} \d", text):
        return "several prices, of which it takes one"
    if re.search(r"\.\.\d|\.\d+[.,]\d", text) and "$." in text:
        return "a damaged number"
    return None if read_sign(sign) else "a currency without a code"


def read_quantity_case(entry: Entry) -> Case | None:
    """A case of quantulum3 that has money in it, or None; a price per hour or kilogram is a price.

    >>> result = {"value": 15.4, "unit": "dollar per hour", "surface": "$15.4/hour"}
    >>> read_quantity_case({"req": "for $15.4/hour", "res": [result]}).wanted
    (Phrase(meanings=frozenset({'15.4 USD'}), text='$15.4/hour', start=0, end=0),)
    """
    sums = [(result, read_unit(result["unit"].partition(" per ")[0])) for result in entry["res"]]
    money = [(result, units) for result, units in sums if units]
    if not money:
        return None
    reason = "the mean of a range" if any(result.get("uncertainty") for result, _ in money) else None
    wanted = tuple(Phrase(_either_sign(result["value"], units), result["surface"]) for result, units in money)
    return Case(entry["req"], wanted, country=_country(entry["req"]), left_out=reason)


def _either_sign(value: float, units: tuple[str, ...]) -> frozenset[str]:
    """The sum, and what is left of a negative one where the sign is taken for a dash."""
    number = Decimal(str(value))
    return read_sums((number, None), units) | read_sums((abs(number), None), units)


# AnnoCTR


def read_article_case(entry: Entry) -> Case:
    """A whole text with the dates in it, those with a year; `between May and June 2020` is one interval.

    >>> timex = {"start": 3, "end": 11, "type": "DATE", "value": "2020-05"}
    >>> read_article_case({"text": "In May 2020", "dct": "2021-01-01", "timexes": [timex]}).wanted
    (Phrase(meanings=frozenset({'2020-05-01/2020-05-31'}), text='May 2020', start=3, end=11),)
    """
    phrases: list[Phrase] = []
    for timex in entry["timexes"]:
        if timex["type"] == "DATE" and re.match(r"\d{4}", timex["value"]):
            _append(phrases, timex, entry["text"])
    return Case(entry["text"], tuple(phrases), dt.date.fromisoformat(entry["dct"]))


def _append(phrases: list[Phrase], timex: Entry, text: str) -> None:
    meaning, start, end = read_calendar(timex["value"]), timex["start"], timex["end"]
    previous = phrases[-1] if phrases else None
    if previous and text[previous.end : start].strip() == "and" and _BETWEEN.search(text[: previous.start]):
        first, last = min(previous.meanings).partition("/")[0], meaning.rpartition("/")[2]
        phrases[-1] = Phrase(frozenset({f"{first}/{last}"}), text[previous.start : end], previous.start, end)
    else:
        phrases.append(Phrase(frozenset({meaning}), text[start:end], start, end))


# duckling


def read_duckling_time(entry: Entry) -> Case:
    """A phrase of duckling with its time.

    >>> read_duckling_time({"phrase": "in 2014", "expected": "datetime (2014, 1, 1, 0, 0, 0) Year"}).wanted
    (Phrase(meanings=frozenset({'2014-01-01/2014-12-31'}), text='in 2014', start=0, end=0),)
    """
    meanings, reason = read_time_phrase(entry["phrase"], entry["expected"], DUCKLING_DAY)
    wanted = () if reason else (Phrase(meanings, entry["phrase"]),)
    return Case(entry["phrase"], wanted, DUCKLING_DAY, "US", left_out=reason)


def read_duckling_money(entry: Entry) -> Case:
    """A phrase of duckling with its amount of money.

    >>> read_duckling_money({"phrase": "20€", "expected": "simple EUR 20"}).wanted
    (Phrase(meanings=frozenset({'20 EUR'}), text='20€', start=0, end=0),)
    """
    meanings, reason = read_sum_phrase(entry["phrase"], entry["expected"])
    wanted = () if reason else (Phrase(meanings, entry["phrase"]),)
    return Case(entry["phrase"], wanted, country=_country(entry["phrase"]), left_out=reason)


def _last_of_each(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Of phrases that stand twice, with another reference day, the one for the common day: the last."""
    yield from {entry["phrase"]: entry for entry in entries}.values()


def load_sets(corpus: Path) -> Iterator[CaseSet]:
    """Every set whose file lies in `corpus/peers`."""
    folder = corpus / "corpus/peers"
    for name in ("DateTimeModel", "DateParser", "DatePeriodParser", "HolidayParser"):
        if (path := folder / f"recognizers/{name}.json").exists():
            yield CaseSet(name, "dates", tuple(map(read_dates_case, load_lines(path))), DATE_TOOLS)
    if (path := folder / "duckling/Time.jsonl").exists():
        entries = list(_last_of_each(load_lines(path)))
        for name, holiday in (("duckling Time", False), ("duckling holidays", True)):
            chosen = [entry for entry in entries if ("Holiday" in entry["expected"]) == holiday]
            yield CaseSet(name, "dates", tuple(map(read_duckling_time, chosen)), DATE_TOOLS)
    if (path := folder / "annoctr_dev.jsonl").exists():
        yield CaseSet("AnnoCTR", "dates", tuple(map(read_article_case, load_lines(path))), DATE_TOOLS, "F1")
    if (path := folder / "recognizers/CurrencyModel.json").exists():
        yield CaseSet("CurrencyModel", "amounts", tuple(map(read_currency_case, load_lines(path))), MONEY_TOOLS)
    if (path := folder / "duckling/AmountOfMoney.jsonl").exists():
        cases = tuple(map(read_duckling_money, _last_of_each(load_lines(path))))
        yield CaseSet("duckling AmountOfMoney", "amounts", cases, (*MONEY_TOOLS, "price-parser"))
    if (path := folder / "price_parser.jsonl").exists():
        cases = tuple(map(read_price_case, load_lines(path)))
        yield CaseSet("price-parser", "amounts", cases, (*MONEY_TOOLS, "price-parser"))
    if (path := folder / "quantulum3.json").exists():
        cases = tuple(case for case in map(read_quantity_case, load_lines(path)) if case)
        yield CaseSet("quantulum3", "amounts", cases, MONEY_TOOLS)
