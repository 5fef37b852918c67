"""What is known of a date by its value, its place and the words around it: what the rows of its role ask for."""

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from extractors.clauses import words_around
from extractors.date_role_rows import table
from extractors.findings import Findings
from extractors.sections import kind_at
from schemas.record import DateMention
from schemas.values import date_bounds

_HEAD = 2_000
"""A dateline stands within so many characters."""
_YEAR = dt.timedelta(days=366)
_TWO_WEEKS = dt.timedelta(days=14)
# What a dateline has before its day: words with a capital, names in brackets, links, dashes; and what comes after it.
_NO_DATELINE = "On|In|By|From|Since|For|Until|Through|Date|When|Published|Posted|Updated|Deadline"
_LEADS = regex.compile(
    rf"[^\S\n]{{0,4}}(?!(?:{_NO_DATELINE})\b)"
    r"(?:(?:[^\w\s]*+(?:\p{Lu}|https?:|[0-9]+-[0-9])\S*+|and|of|de|del|da|la|via|the|[^\w\s]++)(?:[^\S\n]++|$)){0,14}"
)
_FOLLOWS = re.compile(r"\s?(?:[-–—―/(|;:@)\]*_]|,\s[0-9]{1,2}:|\n\n|$|[0-9]{1,2}:[0-9]{2}\b)|\s[A-Z][a-z]+,?\s")
_PLACE_FOLLOWS = regex.compile(r"\s?[-–—,/|]{1,2}\s?\p{Lu}[\p{Lu}\s.]{2,30}[,–—(/-]")
_AT_START = 250
_SHAPES = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "day"),
    (re.compile(r"[0-9]{4}-[0-9]{2}"), "month"),
    (re.compile(r"[0-9]{4}-Q[1-4]|FY[0-9]{4}-Q[1-4]"), "quarter"),
    (re.compile(r"[0-9]{4}-H[12]|FY[0-9]{4}-H[12]"), "half"),
    (re.compile(r"[0-9]{4}-W[0-9]{2}"), "week"),
    (re.compile(r"[0-9]{4}-(?:SP|SU|FA|WI)"), "season"),
    (re.compile(r"[0-9]{4}"), "year"),
    (re.compile(r"[0-9]{3}X"), "decade"),
)
_NAMED_UNIT = re.compile(r"(?i)year|quarter|half|weekend|week|month|day|night|morning|spring|summer|fall|autumn|winter")
_UNIT_KIND = dict.fromkeys(("spring", "summer", "fall", "autumn", "winter"), "season") | {
    "night": "day",
    "morning": "day",
    "weekend": "week",
}
_WORD = re.compile(r"[a-z]{2,20}|[%©]")
_PASSED_OVER = frozenset(("the", "early", "late", "mid", "about", "around", "just", "approximately"))
"""Words between a preposition and its date."""
_TODAY_ITSELF = frozenset(("today", "today_at_start"))
_TODAY = _TODAY_ITSELF | {"near_day"}
_DAY = len("2025-04-10")
_BEFORE = 40
"""The word before a date is looked for in so many characters."""
_GLUE, _GLUE_BEHIND = frozenset("/=#?&_-"), frozenset("-/:.")
_OWN_WORDS = ("this", "last", "ago", "months")


class _Span(NamedTuple):
    """What a value covers: its kinds, first and last day as far as they are known."""

    kinds: frozenset[str]
    first: dt.date | None = None
    last: dt.date | None = None


def _unit(words: str) -> _Span:
    """The kind of a date without a value, by its words."""
    unit = _NAMED_UNIT.search(words)
    word = unit[0].lower() if unit else "day"
    return _Span(frozenset((_UNIT_KIND.get(word, word),)))


@lru_cache(4_096)
def _span(value: str) -> _Span:
    """The kinds of a value, and its bounds."""
    first, slash, _ = value.partition("/")
    kinds = {kind for shape, kind in _SHAPES if shape.fullmatch(first)}
    if value.startswith("FY") and "-" not in value:
        kinds.update(("fiscal", "year"))
    bounds = date_bounds(value) or (None, None)
    if slash:
        kinds.add("span")
        if bounds[0] and bounds[1] and bounds[1] - bounds[0] < _TWO_WEEKS:
            kinds.add("days")
    return _Span(frozenset(kinds), *bounds)


def _age(span: _Span, published: dt.date | None) -> Iterator[str]:
    """Where its value lies from publication."""
    if published is None or span.first is None or span.last is None:
        return
    if span.first > published:
        yield "future"
    elif span.last < published:
        yield "over"
    coarse = span.last - span.first > _YEAR / 2
    yield "old" if published - span.last > _YEAR or (coarse and span.last.year < published.year) else "recent"


def in_dateline(text: str, start: int, end: int) -> bool:
    """Whether the date `text[start:end]` belongs to a dateline: its paragraph has begun with a place or a wire's name.

    >>> text = "Fund opens\\n\\nGENEVA, 10 April 2025 (Fund News) – It opened on 3 March 2025 – a success."
    >>> in_dateline(text, 20, 33), in_dateline(text, 61, 73)
    (True, False)
    """
    if start > _HEAD or not _FOLLOWS.match(text, end):
        return False
    begin = text.rfind("\n", 0, start) + 1
    if begin == start:
        return _PLACE_FOLLOWS.match(text, end) is not None
    return start - begin <= 200 and _LEADS.fullmatch(text, begin, start) is not None


class Facts(NamedTuple):
    """What a row can ask for, but the tense."""

    kinds: frozenset[str]
    of_date: set[str]
    before: str
    """The word before it in its clause."""
    behind: str


class Around(NamedTuple):
    """What is the same for all dates of a release."""

    found: Findings
    published: dt.date | None
    title_end: int

    def facts(self, date: DateMention) -> Facts:
        """Everything that a row can ask for."""
        text, own = self.found.release.text, date.text.lower()
        span = _span(date.value) if date.value else _unit(own)
        facts = {*span.kinds, *_age(span, self.published), *(word for word in _OWN_WORDS if word in own)}
        if date.rule in _TODAY:
            facts.add("today")
        elif "day" in facts and date.end > self.title_end and in_dateline(text, date.start, date.end):
            facts.add("dateline")
        if own.startswith(("end", "the end", "year-end", "close")):
            facts.add("year_end")
        if date.start < self.title_end + _AT_START:
            facts.add("headline" if date.end <= self.title_end else "start")
        if section := kind_at(self.found.sections, date.start):
            facts.add(section)
        facts.update(_touching(text, date.start, date.end))
        beside = words_around(text, date.start, date.end)
        words, behind = _WORD.findall(beside.before.lower()), _WORD.findall(beside.behind.lower())
        told = table().told
        for word in (*words, *behind):
            if word in told:
                facts |= told[word]
        return Facts(span.kinds, facts, _word_before(text, date.start), behind[0] if behind else "")


def _word_before(text: str, start: int) -> str:
    """The word of the same sentence that governs the date."""
    before = text[max(0, start - _BEFORE) : start]
    words: list[str] = _WORD.findall(before[before.rfind(". ") + 1 :].lower())
    while words and words[-1] in _PASSED_OVER:
        words.pop()
    return words[-1] if words and words[-1] in table().before else ""


def _touching(text: str, start: int, end: int) -> Iterator[str]:
    """What the characters on either side show."""
    before, behind = text[max(0, start - 1) : start], text[end : end + 2]
    if before in _GLUE or (behind[:1] in _GLUE_BEHIND and behind[1:].isalnum()):
        yield "glued"
    elif before in "\n" and behind[:1] in "\n":
        yield "alone"
    elif before == "(" and behind[:1] == ")":
        yield "bracketed"
    elif behind in ("'s", "’s", "s'", "s’"):
        yield "possessive"


def read_around(found: Findings) -> Around:
    """What the facts of all dates of a release are read from."""
    text, title = found.release.text, found.release.title
    title_end = len(title) if text.startswith(title) else 0
    return Around(found, found.release.published or _own_day(found), title_end)


def _own_day(found: Findings) -> dt.date | None:
    """What `today` means, or the day in the dateline, where publication is unknown."""
    days = [date for date in found.dates if date.value and len(date.value) == _DAY]
    for date in days:
        if date.rule in _TODAY_ITSELF or in_dateline(found.release.text, date.start, date.end):
            return dt.date.fromisoformat(str(date.value))
    return None
