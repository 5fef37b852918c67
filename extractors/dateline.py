"""The dateline at the head of a release: place, date and wire, before the first sentence."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import regex

from extractors.lexicon import common_words, place_names, word_class


class Dateline(NamedTuple):
    """The city at the head of a release, `text[start:end] == place`, and the whole dateline, `text[first:last]`."""

    place: str
    start: int
    end: int
    first: int
    last: int


_SAINT = r"(?:S[tT]|F[tT]|M[tT])\."
_NAME = rf"(?:{_SAINT}|[\p{{Lu}}][\p{{L}}\p{{M}}'’]*+(?:-\p{{Lu}}[\p{{L}}\p{{M}}]++)*+)"
_CITY = rf"{_NAME}(?:[ ](?:(?:de|do|da|del|la|of|le|upon)[ ])?{_NAME}){{0,3}}"
_CAPITAL = rf"(?:{_SAINT}|\p{{Lu}}{{2}}[\p{{Lu}}\p{{M}}]*+(?:['’\-]\p{{Lu}}++)*+(?![\p{{L}}\p{{M}}]))"
_CAPITALS = rf"{_CAPITAL}(?:[ ]{_CAPITAL}){{0,3}}"
_PLACE = rf"(?:(?i:Washington),?[ ]D\.?[ ]?C\b\.?|{_CAPITALS}(?![ ]of\b)|{_CITY})"
_MONTH = r"(?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\p{L}*+\.?"
_STATE = rf"(?:the[ ])?(?!{_MONTH}[ ]?\d)[\p{{Lu}}][\p{{L}}\p{{M}}.'’]*+"
_REGION = rf"(?:,[ ]?{_STATE}(?:[ ](?:of[ ])?{_STATE}){{0,3}}|[ ]\([\p{{L}} .]{{2,30}}\)|/{_PLACE}){{0,3}}"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:\p{{Lu}}\p{{L}}+(?i:day),?[ ])?"
    rf"(?:{_MONTH}[ ]{_DAY}(?:,?[ ]\d{{4}})?|{_DAY}[ ]{_MONTH}(?:,?[ ]\d{{4}})?|\d{{4}}-\d\d-\d\d|\d\d?/\d\d?/\d{{4}})"
)
_WIRE = (
    r"(?:\((?=[^()\n]*\p{L})[^()\n]{2,60}\)|/(?=[^/\n]*\p{L})[^/\n]{2,60}/"
    r"|(?:\p{Lu}[\p{L}\d\-]*+[ ]){0,3}[\p{L}\d\-]*(?i:wire|news|press)[\p{L}\d\-]*+(?=[ ]*(?:[–—(/]|-[- ])))"
)
_DASH = r"(?:--+|[–—‒―|/]|-(?=\s|\p{Lu}|$))"
_TIME = r"(?:@[ ]?)?\d{1,2}:\d\d(?:[ ]?(?i:[ap]\.?m\.?))?(?:[ ](?:\p{Lu}\p{L}+(?:/\p{Lu}\p{L}+)?|[A-Z]{2,4}))?"
_DATELINE = regex.compile(
    rf"(?m)^[^\p{{L}}\p{{Nd}}\n(/]{{0,8}}(?:(?P<before>{_WIRE}|{_DATE})[ ,\-–—/:]{{1,4}}){{0,2}}"
    rf"(?P<place>{_PLACE})(?P<region>{_REGION})(?:,?[ ](?:and|&)[ ]{_PLACE}{_REGION})?"
    rf"(?:[ ,|/(]{{0,4}}(?P<date>{_DATE})|[ ,|]{{0,4}}(?P<wire>{_WIRE})|[ ,|]{{0,4}}{_TIME}"
    rf"|(?:[ ,)]{{0,3}}|\n{{1,2}})(?P<dash>{_DASH}))*+"
    r"\)?"
)
_UPPER = regex.compile(r"[\p{Lu}\p{M} .'’\-]+")
_TEXT = regex.compile(r"[ ]*[\p{Lu}\p{Nd}\"“‘'(\[][^\n]{60}")
_REACH = 3_000
_ENOUGH = 3
_NO_CITY = frozenset("MiotnxHhTlvkKRaN")


@cache
def _regions() -> frozenset[str]:
    words = json.loads((files("extractors.data") / "dateline_words.json").read_text("utf8"))["regions"].split()
    return place_names() | frozenset(words)


def find_datelines(text: str) -> Iterator[Dateline]:
    """Every dateline near the head of a text, in order, the lines that are nothing but a dateline among them."""
    for match in _DATELINE.finditer(text, 0, min(len(text), _REACH)):
        if _signs(match) >= _ENOUGH:
            yield _read(match)


def _read(match: "regex.Match[str]") -> Dateline:
    first = match.end() - len(match[0].lstrip(" "))
    return Dateline(match["place"], match.start("place"), match.end("place"), first, match.end())


def read_dateline(text: str) -> Dateline | None:
    """The city of the dateline, as the text writes it; None where no paragraph near the head begins with one.

    A paragraph begins with a dateline if signs enough say so: capitals, a date, a wire's name, a dash, a known place,
    a known state or country behind it, a long sentence after it.

    >>> read_dateline("Fund opens\\n\\nGENEVA, 10 April 2025 (Fund News) – The fund opened.").place
    'GENEVA'
    >>> read_dateline("LONDON--(BUSINESS WIRE)--Acme said").place
    'LONDON'
    >>> read_dateline("The fund opened on 10 April in Geneva.")
    """
    best, most = None, _ENOUGH - 1
    for match in _DATELINE.finditer(text, 0, min(len(text), _REACH)):
        signs = _signs(match)
        if signs > most:
            best, most = _read(match), signs
    return best


def _signs(match: "regex.Match[str]") -> int:
    """How much speaks for a dateline."""
    place = match["place"].partition(",")[0]
    words = place.split()
    if len(place) < 2 or word_class(words[0]) in _NO_CITY:
        return 0
    known = place.title() in place_names() or word_class(place) in "PQ"
    capitals = _UPPER.fullmatch(place) is not None
    ends = [bool(match["date"] or match["before"]), bool(match["wire"]), bool(match["dash"])]
    region, follows = _region(match["region"]), _TEXT.match(match.string, match.end()) is not None
    alone = match.end() == len(match.string) or match.string[match.end()] == "\n"
    if not (any(ends) or (known and capitals and follows) or (alone and region > 1)):
        return 0
    named = known or region > 1 or not common_words().issuperset(word.lower() for word in words)
    return (
        sum(ends)
        + capitals
        + 2 * known
        + region
        + (follows and ends[2] and named and (capitals or region > 1 or ends[0]))
    )


def _region(words: str) -> int:
    """2 where a known state or country follows the city, 1 where anything does."""
    parts = words.replace("(", ",").replace(")", "").replace("/", ",").split(",")
    names = {name for part in parts for name in (part.strip(), part.strip().removeprefix("the ").title())} - {""}
    return bool(names) + (not names.isdisjoint(_regions()))
