"""What happened or will happen, when and where, as far as the text says."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from spacy.tokens import Doc

from extractors.clauses import Clause, find_clause
from extractors.event_words import event_words, tense_words
from extractors.findings import Findings
from extractors.sections import kind_at
from schemas.evidence import Evidence, When
from schemas.record import DateMention, Event
from schemas.values import date_bounds, derive_id

_TELLING_WHEN = frozenset(("event", "signing"))
_POINT = re.compile(r"[0-9]{4}-(?:[0-9]{2}(?:-[0-9]{2})?|W[0-9]{2})(?:/.*)?")
"""A month, a week or a day: of the past that a release looks back on, a bare year is no news."""
_NO_NEWS = frozenset(("boilerplate", "contact", "disclaimer", "furniture"))
_COSTS = {"happening": 0, "holding": 20, "telling": 20}
"""So many characters farther away a word of that kind would be as good as one that says what happens."""
_NAME_COST = 60
"""The same, of a word that has a capital in the middle of its sentence."""
_BASE_COST = 10
"""The same, of a verb's first form, or a noun."""
_BY_NAME = frozenset(("conference", "summit", "hearing", "ceremony", "webinar", "call", "festival", "convention"))
_LIGHT = frozenset(("take", "plan", "expect", "available", "effect"))
"""Words that tell of an event beside a date alone."""
_NOUN_ENDS = ("ment", "ship", "tion", "ance", "al")
_WISHES = frozenset(("can", "could", "may", "might", "should", "would"))
_LEAD = 120
"""A paragraph of so many characters or more is the lead, where nothing else says which."""
_LEAD_REACH = 400
_HEAD = 3_000
_LETTERS = re.compile(r"[A-Za-z]+(?![’'][a-z])")
_PARAGRAPH = re.compile(r"[^\n]+")
_DASH = re.compile(r"--|[–—]|\s-\s|/\s")
_AT = re.compile(r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside|to)\s(?:the\s|downtown\s)?(?=[A-Z])")
_HALF = len("The")
"""No longer is the half of a name that the model cut in two."""
_EDGES = ' \t\n,;:-–—•*“”"#('


class Trigger(NamedTuple):
    """A word that tells of an event."""

    start: int
    end: int
    name: str
    kind: str


class _Told(NamedTuple):
    """A clause with the word that tells of an event."""

    start: int
    end: int
    word: Trigger
    how: str
    """`dated`, `headline` or `lead`."""
    date: DateMention | None = None


@cache
def _measured() -> dict[str, tuple[int, int]]:
    """Kind of word and place → how many events were right, and how many it gave: training/role_precision.py."""
    counts: dict[str, tuple[int, int]] = json.loads(
        files("extractors.data").joinpath("event_precision.json").read_text("utf8")
    )
    return counts


def event_confidence(key: str) -> float:
    """The share of such events that were right, few cases drawn to one half; `event_key` says which are such."""
    right, seen = _measured().get(key, (0, 0))
    return round((right + 1) / (seen + 2), 3)


def event_key(event: Event, found: Findings) -> str:
    """By what events are counted: the kind of their word, and what tells of them: a date, the headline or the lead."""
    kind = next(word.kind for word in event_words().values() if word.name == event.rule)
    if event.when:
        return f"{kind} dated"
    return f"{kind} headline" if event.end <= _headline(found)[1] else f"{kind} lead"


def find_triggers(text: str, start: int, end: int) -> list[Trigger]:
    """Each word of `text[start:end]` that tells of an event, in the order of the text.

    >>> [(found.start, found.name) for found in find_triggers("Acme opened a mill and won’t close it.", 0, 40)]
    [(5, 'open'), (29, 'close')]
    """
    known = event_words()
    return [
        Trigger(match.start(), match.end(), *word)
        for match in _LETTERS.finditer(text, start, end)
        if (word := known.get(match[0].lower()))
    ]


class _Reader(NamedTuple):
    """What is the same for all events of a release."""

    text: str
    doc: Doc
    published: dt.date | None

    def of_date(self, date: DateMention) -> _Told | None:
        """The clause of the date with the word nearest to it, widened in its sentence to one that has such a word."""
        clause = find_clause(self.text, date.start, date.end)
        bracketed = self.text[date.start - 1 : date.start] == "(" and self.text[date.end : date.end + 1] == ")"
        last = date.start if bracketed else clause.last
        for start, end in (
            (clause.start, min(clause.end, last)),
            (clause.first, min(clause.end, last)),
            (clause.start, last),
        ):
            found = [
                word
                for word in find_triggers(self.text, start, end)
                if word.end <= date.start or word.start >= date.end
            ]
            if found:
                word = min(found, key=lambda word: self._cost(word, date, clause.first))
                return self._told(clause, word, date)
        return None

    def _told(self, clause: Clause, word: Trigger, date: DateMention) -> _Told:
        """The clause of the date, widened to that of the word."""
        if clause.start <= word.start and word.end <= clause.end:
            return _Told(clause.start, clause.end, word, "dated", date)
        other = find_clause(self.text, word.start, word.end)
        return _Told(min(clause.start, max(other.start, clause.first)), max(clause.end, other.end), word, "dated", date)

    def _cost(self, word: Trigger, date: DateMention, first: int) -> int:
        gap = date.start - word.end if word.end <= date.start else word.start - date.end
        named = self.text[word.start].isupper() and word.start > first + 3 and word.name not in _BY_NAME
        return gap + _COSTS[word.kind] + _NAME_COST * named

    def undated(self, start: int, end: int, how: str) -> _Told | None:
        """The clause of a headline or of the lead's first sentence with the word that says most."""
        found = [
            word
            for word in find_triggers(self.text, start, end)
            if word.name not in _LIGHT and not self._is_wish(word, how)
        ]
        if not found:
            return None
        word = min(found, key=lambda word: _COSTS[word.kind] + _BASE_COST * self._is_noun(word))
        clause = find_clause(self.text, word.start, word.end)
        return _Told(max(clause.start, start), min(clause.end, end), word, how)

    def form(self, word: Trigger) -> str:
        """The word as it stands there, in small letters."""
        return self.text[word.start : word.end].lower()

    def _is_noun(self, word: Trigger) -> bool:
        """Whether it may well be one: what a headline tells is in its verb."""
        form = self.form(word)
        return form == word.name or form.endswith(_NOUN_ENDS)

    def _is_wish(self, word: Trigger, how: str) -> bool:
        """What can or is to be done has not happened; in a headline, `to` tells of what is to come."""
        before = self.text[max(0, word.start - 20) : word.start].lower().split()[-2:]
        return not _WISHES.isdisjoint(before) or (how == "lead" and "to" in before)


def _says_when(found: Findings, date: DateMention) -> bool:
    if kind_at(found.sections, date.start) in _NO_NEWS:
        return False
    if date.role == "period_start":
        return "role" in date.why and date.why["role"].rule == "starting"
    return date.role in _TELLING_WHEN or (date.role == "historical" and bool(_POINT.match(date.value or "")))


def _lead(found: Findings, title_end: int) -> tuple[int, int]:
    """The beginning of the lead, without its dateline; of no length where there is none."""
    text = found.release.text
    lead = next((section for section in found.sections if section.kind == "lead"), None)
    start, end = (lead.start, lead.end) if lead else _first_long_paragraph(text, title_end)
    for date in found.dates:
        if start <= date.start < end and date.role == "dateline":
            dash = _DASH.search(text, date.end, min(end, date.end + 80))
            start = dash.end() if dash else date.end
    return start, min(end, start + _LEAD_REACH)


def _first_long_paragraph(text: str, title_end: int) -> tuple[int, int]:
    for match in _PARAGRAPH.finditer(text, title_end, title_end + _HEAD):
        if match.end() - match.start() >= _LEAD:
            return match.span()
    return 0, 0


def _headline(found: Findings) -> tuple[int, int]:
    title = found.release.title
    if title and found.release.text.startswith(title):
        return 0, len(title)
    headline = next((section for section in found.sections if section.kind == "headline"), None)
    return (headline.start, headline.end) if headline else (0, 0)


def _all_told(found: Findings, reader: _Reader) -> Iterator[_Told]:
    """What is dated in the order of the text, then what the headline tells or else the lead."""
    for date in found.dates:
        if _says_when(found, date) and (told := reader.of_date(date)):
            yield told
    start, end = _headline(found)
    if undated := reader.undated(start, end, "headline") or _of_lead(found, reader, end):
        yield undated


def _of_lead(found: Findings, reader: _Reader, title_end: int) -> _Told | None:
    """The event of the first sentence of the lead that tells of one."""
    start, end = _lead(found, title_end)
    while start < end:
        last = min(end, find_clause(reader.text, start, min(start + 20, end)).last)
        if told := reader.undated(start, last, "lead"):
            return told
        start = max(last, start + 20)
    return None


def _is_past(reader: _Reader, told: _Told) -> bool | None:
    """By the words of the clause, else by where its date lies from publication."""
    coming, past = tense_words()
    before = reader.text[max(told.start, told.word.start - 80) : told.word.start].lower().split()
    form = reader.form(told.word)
    if not coming.isdisjoint(before) or before[-1:] == ["to"]:
        return False
    if (form.endswith("ed") or form in past) and "be" not in before[-2:]:
        return True
    bounds = date_bounds(told.date.value) if told.date and told.date.value else None
    if reader.published is None or bounds is None or bounds[0] <= reader.published <= bounds[1]:
        return None
    return bounds[1] < reader.published


def _place(reader: _Reader, told: _Told) -> Evidence | None:
    """The first place of the clause that it says to be in or at."""
    text = reader.text
    for at in _AT.finditer(text, told.start, told.end):
        end = _place_end(reader.doc, at.end())
        if at.end() + _HALF < end <= told.end:
            return Evidence(start=at.end(), end=end, text=text[at.end() : end])
    return None


def _place_end(doc: Doc, start: int) -> int:
    """Where the name of a place that begins there ends; 0 if none does. `doc.ents` would look at all of the text."""
    first = doc.char_span(start, start + 1, alignment_mode="expand")
    if first is None or first[0].idx != start or first[0].ent_type_ != "PLACE":
        return 0
    last = first[0]
    while last.i + 1 < len(doc) and last.nbor().ent_iob_ == "I":
        last = last.nbor()
    return int(last.idx + len(last))


def _event(found: Findings, reader: _Reader, told: _Told) -> Event:
    words, date = reader.text[told.start : told.end], told.date
    start = told.start + len(words) - len(words.lstrip(_EDGES))
    words = words.strip(_EDGES)
    when = When(start=date.start, end=date.end, text=date.text, value=date.value) if date else None
    return Event(
        id=derive_id(found.release.id, "event", told.word.start, date.start if date else None),
        start=start,
        end=start + len(words),
        text=words,
        when=when,
        place=_place(reader, told),
        is_past=_is_past(reader, told),
        rule=told.word.name,
        confidence=event_confidence(f"{told.word.kind} {told.how}"),
        section=kind_at(found.sections, start),
    )


def find_events(doc: Doc, found: Findings) -> Findings:
    """The events that the release dates, and the one of its headline or lead; each once, in the order of the text."""
    reader = _Reader(found.release.text, doc, found.release.published)
    events: list[Event] = []
    seen: set[tuple[str | None, str]] = set()
    for told in _all_told(found, reader):
        key = ((told.date.value or told.date.text) if told.date else None, told.word.name)
        if key not in seen and (told.date or told.word.name not in {name for _, name in seen}):
            events.append(_event(found, reader, told))
        seen.add(key)
    return replace(found, events=sorted(events, key=lambda event: (event.start, event.end)))
