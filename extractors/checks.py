"""Checks across the values of a record: what does not fit together, and what the release as a whole lacks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from spacy.tokens import Doc

from extractors.findings import Findings
from extractors.metadata import read_language
from extractors.roles import Context, find_role
from schemas.record import Amount, Check, DateMention, Event, Person, Quote
from schemas.values import date_bounds

FEWEST_WORDS = 30
"""A release that has fewer was perhaps not read whole."""
MOST_DAYS = 3
"""Newsrooms publish what is datelined the day before, or over a weekend; farther away it is another day."""


def add_checks(doc: Doc, found: Findings) -> Findings:
    """Adds the checks that need more than one value, and tells of each check which value it is about."""
    across = (_text(found), _dateline(found), _events(found), _parts(found), _employers(found))
    checks = [*found.checks, *(check for checks in across for check in checks)]
    ids = _ids_by_place(found)
    return replace(found, checks=[_about(check, ids) for check in checks])


def _ids_by_place(found: Findings) -> dict[tuple[int, int], str]:
    values: tuple[Event | Quote | DateMention | Amount, ...] = (
        *found.events,
        *found.quotes,
        *found.dates,
        *found.amounts,
    )
    ids = {(value.start, value.end): value.id for value in values}
    for entities in (found.people, found.organisations):
        ids |= {(m.start, m.end): entity.id for entity in entities for m in entity.mentions}
    return ids


def _about(check: Check, ids: dict[tuple[int, int], str]) -> Check:
    if check.value_id is not None or check.start is None or check.end is None:
        return check
    value = ids.get((check.start, check.end))
    return check.model_copy(update={"value_id": value}) if value else check


def _text(found: Findings) -> Iterator[Check]:
    """What can be said of the release as a whole."""
    release = found.release
    words = len(release.text.split())
    if words < FEWEST_WORDS:
        yield Check(code="text_too_short", message=f"{words} words: perhaps the page was not read whole")
    language = release.language or read_language((), release.text)
    if language not in (None, "en"):
        yield Check(code="not_english", message=f"the text is in {language!r}; the extractors read English")
    if found.issuer is None:
        yield Check(code="issuer_unknown", message="nothing in the text shows who issues it")


def _dateline(found: Findings) -> Iterator[Check]:
    published = found.release.published
    for date in found.dates:
        day = date_bounds(date.value) if date.role == "dateline" and date.value else None
        if published is None or day is None:
            continue
        if min(abs(end - published) for end in day) > dt.timedelta(days=MOST_DAYS):
            message = f"{date.text!r} is not near the day of publication, {published}"
            yield Check(code="dateline_date_differs", message=message, start=date.start, end=date.end)


def _events(found: Findings) -> Iterator[Check]:
    published = found.release.published
    for event in found.events:
        if published is not None and event.is_past and _begins_after(event, published):
            message = f"told as past, dated {event.when.value if event.when else None}, published {published}"
            yield Check(
                code="event_after_publication", message=message, start=event.start, end=event.end, value_id=event.id
            )


def _begins_after(event: Event, day: dt.date) -> bool:
    bounds = date_bounds(event.when.value) if event.when and event.when.value else None
    return bounds is not None and bounds[0] > day


def _parts(found: Findings) -> Iterator[Check]:
    """Wholes that their parts exceed; a sum that is told twice counts once."""
    parts: dict[_Sum, set[Decimal]] = defaultdict(set)
    by_id = {amount.id: amount for amount in found.amounts}
    for amount in found.amounts:
        if amount.part_of is not None:
            parts[_sum(by_id[amount.part_of])].add(amount.value)
    wholes = {_sum(amount): amount for amount in reversed(found.amounts)}
    for key, values in parts.items():
        whole, total = wholes[key], sum(values)
        if total > (whole.maximum or whole.value):
            message = f"the parts of {whole.text!r} come to {total:,f} {whole.currency}"
            yield Check(code="parts_exceed_total", message=message, start=whole.start, end=whole.end, value_id=whole.id)


_Sum = tuple[Decimal, Decimal | None, str | None]


def _sum(amount: Amount) -> _Sum:
    return amount.value, amount.maximum, amount.currency


def _employers(found: Findings) -> Iterator[Check]:
    """People whom different places of the text give different employers, none of them part of the other's name."""
    employers = {mention.start: body.name for body in found.organisations for mention in body.mentions}
    context = Context(found.release.text, employers, {})
    for person in found.people:
        names = _distinct(list(_employers_of(person, context)))
        if len(names) > 1:
            first = person.mentions[0]
            message = f"{person.name!r}: {' or '.join(map(repr, names))}?"
            yield Check(
                code="person_with_two_employers",
                message=message,
                start=first.start,
                end=first.end,
                value_id=person.id,
            )


def _employers_of(person: Person, context: Context) -> Iterator[str]:
    if len(person.mentions) > 1:
        for mention in person.mentions:
            name = find_role(context, mention.start, mention.end).organisation
            if name is not None:
                yield name


def _distinct(names: list[str]) -> list[str]:
    kept: list[str] = []
    for name in sorted(set(names), key=len, reverse=True):
        if not any(name in other for other in kept):
            kept.append(name)
    return sorted(kept, key=names.index)
