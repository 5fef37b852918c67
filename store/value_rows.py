"""What a record looks like as rows of the tables of values: pure, no database."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import chain

from sqlalchemy import Table

from schemas.evidence import Evidence, Reasons, When
from schemas.record import Amount, Commitment, Event, Organisation, Person, Record
from schemas.values import date_bounds
from store import tables
from store.models import Item
from store.rows import Row

_Rows = Iterator[tuple[Table, Row]]
_Ids = Mapping[str | None, str]
"""Which thing of a record a name means."""
_NOWHERE: Row = {"start_char": None, "end_char": None, "text": None}
_OF_PERSON = ("id", "name", "title", "organisation", "confidence", "rule", "section")
_OF_ORGANISATION = ("id", "name", "acronym", "kind", "confidence", "rule", "section")
_OF_DATE = ("id", "value", "rule", "confidence", "role", "section")
_OF_AMOUNT = ("id", "kind", "payer", "payee", "rule", "confidence", "equals", "part_of", "section")
_OF_EVENT = ("id", "is_past", "rule", "confidence", "section")
_OF_QUOTE = ("id", "speaker", "rule", "confidence", "section")
_WITH_REASONS = ("people", "organisations", "dates", "amounts", "quotes")


def exact(value: Decimal | None) -> str | None:
    """Every digit of a decimal, without exponent or idle zeros.

    >>> exact(Decimal("2.80E+6")), exact(Decimal("0.250"))
    ('2800000', '0.25')
    """
    if value is None:
        return None
    digits = format(value, "f")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) or "0"


def value_rows(item: Item) -> _Rows:
    """One row for each thing that the record says."""
    record, text = item.record, item.release.text
    things = _ids(*record.organisations, *record.people)
    rows = chain(
        _section_rows(record),
        _entity_rows(record),
        _date_rows(record),
        _amount_rows(record, things),
        _commitment_rows(record, things),
        _event_rows(record),
        _quote_rows(record, things),
        _reason_rows(record),
        _check_rows(record, text),
    )
    for table, row in rows:
        row["release_id"] = item.release.id
        yield table, row


def _ids(*entities: Person | Organisation) -> _Ids:
    """Which thing of this record a name means; of two with one name, the first."""
    return {entity.name: entity.id for entity in reversed(entities)}


def _at(evidence: Evidence | None) -> Row:
    if evidence is None:
        return _NOWHERE
    return {"start_char": evidence.start, "end_char": evidence.end, "text": evidence.text}


def _phrase(name: str, evidence: Evidence | None, column: str = "") -> Row:
    """The columns that `columns.phrase` makes."""
    at = _at(evidence)
    return {column or name: at["text"], f"{name}_start_char": at["start_char"], f"{name}_end_char": at["end_char"]}


def _days(value: str | None, prefix: str = "") -> Row:
    first, last = _bounds(value) if value else (None, None)
    return {f"{prefix}first_day": first, f"{prefix}last_day": last}


@lru_cache(maxsize=10_000)
def _bounds(value: str) -> tuple[dt.date, dt.date] | tuple[None, None]:
    return date_bounds(value) or (None, None)


def _when(name: str, when: When | None, prefix: str = "") -> Row:
    """The columns that `columns.when` makes."""
    value = when.value if when else None
    return {**_phrase(name, when), f"{name}_value": value, **_days(value, prefix)}


def _money(paid: Amount | Commitment) -> Row:
    """The columns that `columns.money` makes."""
    maximum = None if paid.maximum is None else float(paid.maximum)
    exactly = {"value": exact(paid.value), "maximum": exact(paid.maximum)}
    near = {"value_number": float(paid.value), "maximum_number": maximum}
    return {**exactly, **near, "currency": paid.currency, "qualifier": paid.qualifier}


def _section_rows(record: Record) -> _Rows:
    organisations = _ids(*record.organisations)
    for number, section in enumerate(record.sections, 1):
        place = {"number": number, "start_char": section.start, "end_char": section.end}
        said = {"kind": section.kind, "rule": section.rule, "about": section.about}
        yield tables.section, {**place, **said, "about_id": organisations.get(section.about)}


def _entity_rows(record: Record) -> _Rows:
    organisations = _ids(*record.organisations)
    for person in record.people:
        row = {name: getattr(person, name) for name in _OF_PERSON}
        yield tables.person, {**row, "organisation_id": organisations.get(person.organisation)}
        yield from _mention_rows(person, "person")
    for organisation in record.organisations:
        yield tables.organisation, {name: getattr(organisation, name) for name in _OF_ORGANISATION}
        yield from _mention_rows(organisation, "organisation")


def _mention_rows(entity: Person | Organisation, kind: str) -> _Rows:
    for mention in dict.fromkeys(entity.mentions):
        yield tables.mention, {"entity_id": entity.id, "entity_kind": kind, **_at(mention)}


def _date_rows(record: Record) -> _Rows:
    for date in record.dates:
        row = {name: getattr(date, name) for name in _OF_DATE}
        yield tables.date_mention, {**row, **_days(date.value), **_at(date)}


def _amount_rows(record: Record, things: _Ids) -> _Rows:
    for amount in record.amounts:
        row: Row = {name: getattr(amount, name) for name in _OF_AMOUNT}
        row |= {"payer_id": things.get(amount.payer), "payee_id": things.get(amount.payee)}
        row |= _phrase("payer", amount.payer_words, "payer_text") | _phrase("payee", amount.payee_words, "payee_text")
        row |= _phrase("purpose", amount.purpose) | _when("period", amount.period, "period_")
        yield tables.amount, {**row, **_money(amount), **_at(amount)}


def _commitment_rows(record: Record, things: _Ids) -> _Rows:
    amounts: dict[str, Amount] = {amount.id: amount for amount in record.amounts}
    for paid in record.commitments:
        row: Row = {"id": paid.id, "kind": paid.kind, "part_of": paid.part_of, "confidence": paid.confidence}
        for side, party in (("payer", paid.payer), ("payee", paid.payee)):
            name = party.name if party else None
            row |= {side: name, f"{side}_id": things.get(name), **_phrase(side, party, f"{side}_text")}
        row |= _phrase("purpose", paid.purpose) | _when("period", paid.period, "period_") | _when("day", paid.day)
        yield tables.commitment, {**row, **_money(paid), **_at(amounts.get(paid.amounts[0]))}
        for number, amount in enumerate(dict.fromkeys(paid.amounts), 1):
            yield tables.commitment_amount, {"commitment_id": paid.id, "amount_id": amount, "number": number}


def _event_rows(record: Record) -> _Rows:
    for event in record.events:
        yield tables.event, _event_row(event)


def _event_row(event: Event) -> Row:
    row = {name: getattr(event, name) for name in _OF_EVENT}
    return {**row, **_when("day", event.when), **_phrase("place", event.place), **_at(event)}


def _quote_rows(record: Record, things: _Ids) -> _Rows:
    for quote in record.quotes:
        row = {name: getattr(quote, name) for name in _OF_QUOTE}
        yield tables.quote, {**row, "speaker_id": things.get(quote.speaker), **_at(quote)}


def _reason_rows(record: Record) -> _Rows:
    for field in _WITH_REASONS:
        for value in getattr(record, field):
            why: Reasons = value.why
            for attribute, reason in why.items():
                row = {"value_id": value.id, "attribute": attribute, "field": field}
                yield tables.reason, {**row, "rule": reason.rule, "confidence": reason.confidence}


def _check_rows(record: Record, text: str) -> _Rows:
    for number, check in enumerate(record.checks, 1):
        row: Row = {"number": number, "code": check.code, "message": check.message, "value_id": check.value_id}
        at: Row = {"start_char": check.start, "end_char": check.end, "text": None}
        if check.start is not None and check.end is not None:
            at["text"] = text[check.start : check.end]
        yield tables.record_check, {**row, **at}
