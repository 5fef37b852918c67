"""Parts of a press release: the dateline at its head and the organisation that issues it."""

from typing import NamedTuple

import regex

from extractors.lexicon import place_names, word_class
from schemas.record import Organisation
from schemas.release import Release


class Dateline(NamedTuple):
    """The city at the head of a release: `text[start:end] == place`."""

    place: str
    start: int
    end: int


_NAME = r"(?:(?:S[tT]|F[tT]|M[tT])\.|[\p{Lu}][\p{L}\p{M}'’]*+(?:-\p{Lu}[\p{L}\p{M}]++)*+)"
_CITY = rf"{_NAME}(?:[ ](?:(?:de|do|da|del|la|of|le|upon)[ ])?{_NAME}){{0,3}}"
_MONTH = r"(?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\p{L}*+\.?"
_STATE = rf"(?!{_MONTH}[ ]?\d)[\p{{Lu}}][\p{{L}}\p{{M}}.'’]*+"
_REGION = rf"(?:,[ ]?{_STATE}(?:[ ](?:of[ ])?{_STATE}){{0,3}}|[ ]\([\p{{L}} .]{{2,30}}\)){{0,3}}"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?P<date>(?:\p{{Lu}}\p{{L}}+(?i:day),?[ ])?"
    rf"(?:{_MONTH}[ ]{_DAY}(?:,?[ ]\d{{4}})?|{_DAY}[ ]{_MONTH}(?:,?[ ]\d{{4}})?|\d{{4}}-\d\d-\d\d|\d\d?/\d\d?/\d{{4}}))"
)
_WIRE = r"(?P<wire>\([^():\n]{2,60}\)|/[^/\n]{2,40}/)"
_DASH = r"(?P<dash>--+|[–—‒―]|-(?=\s|\p{Lu}))"
_DATELINE = regex.compile(
    rf"(?m)^[^\p{{L}}\p{{Nd}}\n]{{0,8}}(?:{_DATE}[ ,\-–—/:]{{1,4}})?"
    rf"(?P<place>{_CITY})(?P<region>{_REGION})(?:[ ]and[ ]{_CITY}{_REGION})?"
    rf"(?:[ ,|/\-–—(]{{0,5}}{_DATE})?(?:[ ,|\-–—)]{{0,5}}{_WIRE})?(?:[ ,|\-–—(]{{0,5}}{_DATE})?\)?[ ]*{_DASH}?"
)
_CAPITALS = regex.compile(r"[\p{Lu}\p{M} .'’\-]+")
_REACH = 2_000


def read_dateline(text: str) -> Dateline | None:
    """The city of the dateline, as the text writes it; None where no paragraph near the head begins with one.

    A paragraph begins with a dateline if signs enough say so: capitals, a date, a wire's name, a dash, a known place.

    >>> read_dateline("Fund opens\\n\\nGENEVA, 10 April 2025 (Fund News) – The fund opened.").place
    'GENEVA'
    >>> read_dateline("LONDON--(BUSINESS WIRE)--Acme said").place
    'LONDON'
    >>> read_dateline("The fund opened on 10 April in Geneva.")
    """
    best, most = None, 2
    for match in _DATELINE.finditer(text, 0, min(len(text), _REACH)):
        signs = _signs(match)
        if signs > most:
            best, most = Dateline(match["place"], match.start("place"), match.end("place")), signs
    return best


def _signs(match: "regex.Match[str]") -> int:
    """How much speaks for a dateline; 3 are enough."""
    place = match["place"]
    if len(place) < 2 or word_class(place.split()[0]) in _NO_CITY:
        return 0
    known = place.title() in place_names() or word_class(place) in "PQ"
    capitals = _CAPITALS.fullmatch(place) is not None
    ends = [bool(match["date"]), bool(match["wire"]), bool(match["dash"])]
    return sum(ends) + capitals + 2 * known + bool(match["region"]) if any(ends) or (known and capitals) else 0


_NO_CITY = frozenset("MiotnxHhTlvkKRaN")


_ABOUT = regex.compile(r"(?m)^\W{0,6}(?:About|ABOUT)[ ]+(?:the[ ]+)?(?P<name>[^\n:.?!]{2,60}?)(?=\W{0,4}$|:)")


def read_issuer(release: Release, organisations: list[Organisation]) -> str | None:
    """Who issues the release: the issuer its source is known for, or the organisation of its only `About …` paragraph.

    The name is that of an organisation of the record, or the source's; None where the text does not say.
    """
    if release.issuer:
        return release.issuer
    starts = {mention.start: body.name for body in organisations for mention in body.mentions}
    names = {starts[m.start("name")] for m in _ABOUT.finditer(release.text) if m.start("name") in starts}
    return names.pop() if len(names) == 1 else None
