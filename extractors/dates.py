"""Dates: where they stand in a release and what they mean."""

import datetime as dt
import json
import re
from collections.abc import Sequence
from importlib.resources import files

from spacy.tokens import Doc, Span

from extractors.date_context import DateContext, read_tense
from extractors.date_grammar import MONTH_NAME, WORDS
from extractors.date_marking import find_dates
from extractors.date_reading import read_date
from extractors.spans import set_spans
from schemas.record import Check, DateMention
from schemas.release import Release
from schemas.values import derive_id

_DATA = files("extractors.data")
# Rule → how many of its dates were right, and how many it gave, over the annotated training releases.
_MEASURED: dict[str, tuple[int, int]] = json.loads(_DATA.joinpath("date_rules.json").read_text("utf8"))
_WRITTEN_OUT = frozenset(WORDS["rules_with_year"])
"""Rules whose dates bear their year, so that nothing around them matters but the country."""
_DAYS = frozenset(WORDS["rules_of_days"])
_POINT_IN_YEAR = re.compile(r"[0-9]{4}(-[0-9]{2}(?:-[0-9]{2})?|-Q[1-4])")
_UNREAD = re.compile(
    rf"(?<!\w)(?=[0-9JFMASOND])(?:[0-9]{{1,4}}(?:st|nd|rd|th)?\s{{1,3}}{MONTH_NAME}(?!\w)|{MONTH_NAME}\s{{0,3}}[0-9]{{1,4}}(?!\w))"
)
_HEAD = 700
"""A dateline stands within so many characters."""
_AFTER_DATELINE = re.compile(r"\s?(?:[-–—/(|]|\n|$)")
_NEAR_PUBLICATION = dt.timedelta(days=3)


def mark_dates(doc: Doc) -> Doc:
    """Mark every date in `doc.spans["dates"]`, label DATE, the rule in `id_`."""
    return set_spans(doc, "dates", find_dates(doc.text))


def find_anchor(spans: Sequence[Span], release: Release) -> dt.date | None:
    """The day that 'today' means: the one in the dateline if it is near publication or publication is unknown, else the
    day of publication; None where the release says neither.
    """
    for span in spans:
        if span.start_char > _HEAD:
            break
        value = read_date(span.text, DateContext(country=release.country)) if span.id_ in _DAYS else None
        if value is None:
            continue
        day = dt.date.fromisoformat(value)
        if release.published is None and _AFTER_DATELINE.match(release.text, span.end_char):
            return day
        if release.published and abs(day - release.published) <= _NEAR_PUBLICATION:
            return day
    return release.published


def _known_years(spans: Sequence[Span], context: DateContext) -> dict[str, int]:
    """The year of each day, month and quarter that the text gives with its year somewhere: '-06-05' → 2025."""
    years: dict[str, int] = {}
    for span in spans:
        if span.id_ in _WRITTEN_OUT:
            value = _POINT_IN_YEAR.fullmatch(read_date(span.text, context) or "")
            if value:
                years.setdefault(value[1], int(value[0][:4]))
    return years


def _read(span: Span, release: Release, context: DateContext, years: dict[str, int]) -> str | None:
    """The value of a marked date: from its own words, from another place in the text, or from publication and tense."""
    if span.id_ in _WRITTEN_OUT:
        return read_date(span.text, context)
    first, second = (read_date(span.text, DateContext(year=year)) for year in (2000, 2004))
    if first and second and first != second and first[4:] in years:
        return read_date(span.text, context.model_copy(update={"year": years[first[4:]]}))
    tense = read_tense(release.text, span.start_char, span.end_char)
    return read_date(span.text, context.model_copy(update={"tense": tense}))


def _why_unread(span: Span, context: DateContext) -> Check:
    """The check for a date without a value: what would have to be known."""
    someday = context.published or dt.date(2024, 2, 29)
    if read_date(span.text, context.model_copy(update={"published": someday})):
        code, why = "relative_date_unanchored", "no publication date tells which one is meant"
    elif read_date(span.text, DateContext(published=someday, country="US")):
        code, why = "ambiguous_date", "day and month could change places; give the source a country"
    else:
        code, why = "impossible_date", "no such day or interval exists"
    return Check(code=code, message=f"{span.text!r}: {why}", start=span.start_char, end=span.end_char)


def _unread(spans: Sequence[Span], text: str) -> list[Check]:
    """Month names with a number beside them that are part of no date."""
    covered = {place for span in spans for place in range(span.start_char, span.end_char)}
    return [
        Check(
            code="unread_date",
            message=f"{match.group()!r} looks like a date and was not read",
            start=match.start(),
            end=match.end(),
        )
        for match in _UNREAD.finditer(text)
        if covered.isdisjoint(range(match.start(), match.end()))
    ]


def _confidence(rule: str, value: str | None) -> float:
    """The share of the rule's dates that were right, rules with few cases drawn to one half; 0.5 without a value."""
    right, cases = _MEASURED.get(rule, (0, 0))
    return round((right + 1) / (cases + 2), 3) if value else 0.5


def extract_dates(doc: Doc, release: Release) -> tuple[list[DateMention], list[Check]]:
    """Every date that `mark_dates` marked, with its value where the text and the publication date tell it.

    A date without a value, and a month name beside a number that is no date, each give a check.
    """
    spans = list(doc.spans["dates"])
    context = DateContext(published=find_anchor(spans, release), country=release.country)
    years = _known_years(spans, context)
    dates, checks = [], _unread(spans, release.text)
    for span in spans:
        value = _read(span, release, context, years)
        if value is None:
            checks.append(_why_unread(span, context))
        mention = DateMention(
            start=span.start_char,
            end=span.end_char,
            text=span.text,
            id=derive_id(release.id, "date", span.start_char, span.text),
            value=value,
            rule=span.id_,
            confidence=_confidence(span.id_, value),
        )
        dates.append(mention)
    return dates, checks
