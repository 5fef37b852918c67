"""Dates: where they stand in a release and what they mean."""

import datetime as dt
import json
import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from importlib.resources import files

from spacy.tokens import Doc

from extractors.countries import count_countries, guess_country
from extractors.date_context import DateContext, read_tense
from extractors.date_fields import month_number
from extractors.date_grammar import MONTH_NAME, MONTH_SPELLINGS, WORDS
from extractors.date_marking import find_dates
from extractors.date_reading import read_date
from extractors.patterns import either
from extractors.spans import Mark, set_spans, text_of
from schemas.record import Check, DateMention
from schemas.release import Release
from schemas.values import CheckCode, derive_id

_DATA = files("extractors.data")
# Rule → how many of its dates were right, and how many it gave: counted by training/precision.py.
_MEASURED: dict[str, tuple[int, int]] = json.loads(_DATA.joinpath("date_rules.json").read_text("utf8"))
_WRITTEN_OUT = frozenset(WORDS["rules_with_year"])
"""Rules whose dates bear their year, so that nothing around them matters but the country."""
_DAYS = frozenset(WORDS["rules_of_days"])
_OF_TEXT = frozenset(WORDS["rules_of_text"])
"""Rules whose dates may refer to the one that the text has just set."""
_TENSELESS = frozenset(WORDS["rules_without_tense"])
"""Rules whose words say themselves whether it is past or to come."""
_NOTHING_ALONE = frozenset(WORDS["rules_of_nothing_alone"])
"""Rules of what is no date where nothing tells the day that it is counted from."""
_SET_NOTHING = frozenset(WORDS["rules_that_set_nothing"])
"""Rules of stretches about publication, to which 'the next day' never refers."""
_OF_YEAR_BEHIND = frozenset(("quarter", "half"))
_YEAR_BEHIND = re.compile(r"(?:\s[a-z]{3,15}){1,3}\s(?:for|of)\s(?:fiscal\s)?(20[0-9]{2})(?![\w,.-]?[0-9])")
"""Second-quarter results for 2024."""
_OF_FISCAL_YEAR = frozenset(WORDS["rules_of_fiscal_year"])
_FISCAL_STARTS: dict[str, int] = WORDS["fiscal_starts"]
_POINT_IN_YEAR = re.compile(r"[0-9]{4}(-[0-9]{2}(?:-[0-9]{2})?|-Q[1-4])")
_MONTH = re.compile(rf"{either(MONTH_SPELLINGS)}(?!\w)")
_NUMBER_BEFORE = re.compile(r"(?<!\w)[0-9]{1,4}(?:st|nd|rd|th)?\s{1,3}$")
_NUMBER_AFTER = re.compile(r"\s{0,3}[0-9]{1,4}(?!\w)")
_HEAD = 700
"""A dateline stands within so many characters."""
_AFTER_DATELINE = re.compile(r"\s?(?:[-–—/(|]|\n|$)")
_NEAR_PUBLICATION = dt.timedelta(days=3)
_STAMP = re.compile(r"(?m)^([0-9]{4}-[0-9]{2}-[0-9]{2})[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?$")
"""A line that is nothing but a machine's date and time."""
_FISCAL_END = re.compile(
    rf"(?i:fiscal|financial)\s+(?i:year)[^.;]{{0,30}}\s(?i:end(?:s|ed|ing)?)\s[^.;]{{0,12}}?({MONTH_NAME})"
)
_NO_MARK = Mark(-1000, -1000, "", "")
_ENDED = re.compile(r"(?i)\b(?:ended|ending|as of|as at)\s$")
_IN_ONE_SENTENCE = 100
"""So many, 'the end of the year' may be that of its year."""
_JUST_SET = 400
"""So many characters after a date, 'the next day' may still refer to it."""


def mark_dates(doc: Doc) -> Doc:
    """Mark every date in `doc.spans["dates"]`, label DATE, the rule in `id_`."""
    return set_spans(doc, "dates", find_dates(text_of(doc)))


def find_anchor(marks: Sequence[Mark], release: Release) -> dt.date | None:
    """The day that 'today' means: the one in the dateline if it is near publication or publication is unknown, else the
    day of publication, or of a machine's stamp in the text; None where the release says none of them.
    """
    for mark in marks:
        if mark.start > _HEAD:
            break
        value = read_date(release.text[mark.start : mark.end], DateContext(country=release.country))
        if value is None or mark.rule not in _DAYS:
            continue
        day = dt.date.fromisoformat(value)
        if release.published is None and _AFTER_DATELINE.match(release.text, mark.end):
            return day
        if release.published and abs(day - release.published) <= _NEAR_PUBLICATION:
            return day
    return release.published or _stamp(release.text)


def _stamp(text: str) -> dt.date | None:
    stamp = _STAMP.search(text)
    try:
        return dt.date.fromisoformat(stamp[1]) if stamp else None
    except ValueError:
        return None


def _fiscal_start(release: Release, country: str | None) -> int | None:
    """The month in which the fiscal year begins of which the release speaks, by its own words or its country."""
    if end := _FISCAL_END.search(release.text):
        return month_number(end[1]) % 12 + 1
    return _FISCAL_STARTS.get(country or "")


def _context(marks: Sequence[Mark], release: Release) -> DateContext:
    known = DateContext(published=find_anchor(marks, release), country=release.country)
    if not any(mark.rule in _OF_FISCAL_YEAR for mark in marks):
        return known
    country = release.country or guess_country(count_countries(release.text), _FISCAL_STARTS)[0]
    return known._replace(fiscal_start=_fiscal_start(release, country))


def _known_years(marks: Sequence[Mark], text: str, context: DateContext) -> dict[str, int]:
    """The year of each day, month and quarter that the text gives with its year somewhere: '-06-05' → 2025."""
    years: dict[str, int] = {}
    for mark in marks:
        if mark.rule in _WRITTEN_OUT:
            value = _POINT_IN_YEAR.fullmatch(read_date(text[mark.start : mark.end], context) or "")
            if value:
                years.setdefault(value[1], int(value[0][:4]))
    return years


_LEAP_YEAR = DateContext(year=2000)


def _read(mark: Mark, text: str, context: DateContext, years: dict[str, int]) -> str | None:
    """The value of a marked date: from its own words, from another place in the text, or from publication and tense."""
    words = text[mark.start : mark.end]
    if mark.rule in _WRITTEN_OUT:
        return read_date(words, context)
    if years:
        part = read_date(words, _LEAP_YEAR)
        if part and part[:4] == "2000" and part[4:] in years:
            return read_date(words, context._replace(year=years[part[4:]]))
    if mark.rule in _OF_YEAR_BEHIND and (behind := _YEAR_BEHIND.match(text, mark.end)):
        return read_date(words, context._replace(year=int(behind[1])))
    if mark.rule in _TENSELESS:
        return read_date(words, context)
    return read_date(words, context._replace(tense=read_tense(text, mark.start, mark.end)))


def _why_unread(mark: Mark, words: str, context: DateContext) -> Check:
    """The check for a date without a value: what would have to be known."""
    code: CheckCode
    someday = context.published or dt.date(2024, 2, 29)
    if read_date(words, context._replace(published=someday)):
        code, why = "relative_date_unanchored", "no publication date tells which one is meant"
    elif read_date(words, DateContext(published=someday, country="US")):
        code, why = "ambiguous_date", "means another day in another country; give the source a country"
    else:
        code, why = "impossible_date", "no such day or interval exists"
    return Check(code=code, message=f"{words!r}: {why}", start=mark.start, end=mark.end)


def _month_and_number(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each month name with a number beside it."""
    for month in _MONTH.finditer(text):
        start, end = month.span()
        before = _NUMBER_BEFORE.search(text, max(0, start - 10), start)
        after = _NUMBER_AFTER.match(text, end)
        if (before or after) and not (start and text[start - 1].isalnum()):
            yield before.start() if before else start, after.end() if after else end


def _unread(marks: Sequence[Mark], text: str) -> list[Check]:
    """A check for each month name with a number beside it that is part of no date."""
    starts = [mark.start for mark in marks]
    checks = []
    for start, end in _month_and_number(text):
        place = bisect(starts, start)
        inside = place and marks[place - 1].end > start
        if not inside and (place == len(marks) or starts[place] >= end):
            message = f"{text[start:end]!r} looks like a date and was not read"
            checks.append(Check(code="unread_date", message=message, start=start, end=end))
    return checks


def _confidence(rule: str, value: str | None) -> float:
    """The share of the rule's dates that were right, rules with few cases drawn to one half; 0.5 without a value."""
    right, cases = _MEASURED.get(rule, (0, 0))
    return round((right + 1) / (cases + 2), 3) if value else 0.5


def _values(marks: Sequence[Mark], text: str, context: DateContext) -> Iterator[tuple[Mark, str | None]]:
    """Each mark with its value; 'the next day' where the text has set no date is none and left out."""
    years = _known_years(marks, text, context)
    set_by, before = _NO_MARK, None
    for mark in marks:
        near = mark.start - set_by.end <= (_IN_ONE_SENTENCE if mark.rule == "year_end" else _JUST_SET)
        known = context._replace(before=before) if near and mark.rule in _OF_TEXT else context
        value = _same_day(text, set_by, mark, before) or _read(mark, text, known, years)
        if value and mark.rule not in _SET_NOTHING:
            set_by, before = mark, value
        if value or mark.rule not in _NOTHING_ALONE:
            yield mark, value


def _same_day(text: str, day: Mark, year: Mark, value: str | None) -> str | None:
    """The years ended December 31, 2025 and 2024: the same day of the second year."""
    if value is None or (day.rule, year.rule) != ("month_day_year", "year") or text[day.end : year.start] != " and ":
        return None
    return (
        f"{text[year.start : year.end]}{value[4:]}" if _ENDED.search(text, max(0, day.start - 20), day.start) else None
    )


def extract_dates(doc: Doc, release: Release) -> tuple[list[DateMention], list[Check]]:
    """Every date that `mark_dates` marked, with its value where the text and the publication date tell it.

    A date without a value, and a month name beside a number that is no date, each give a check.
    """
    text = release.text
    marks = [Mark(span.start_char, span.end_char, "DATE", span.id_) for span in doc.spans["dates"]]
    context = _context(marks, release)
    dates, checks = [], _unread(marks, text)
    for mark, value in _values(marks, text, context):
        words = text[mark.start : mark.end]
        if value is None:
            checks.append(_why_unread(mark, words, context))
        mention = DateMention(
            start=mark.start,
            end=mark.end,
            text=words,
            id=derive_id(release.id, "date", mark.start, words),
            value=value,
            rule=mark.rule,
            confidence=_confidence(mark.rule, value),
        )
        dates.append(mention)
    return dates, checks
