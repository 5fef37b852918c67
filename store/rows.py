"""What each model looks like as rows of the tables: pure, no database."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import Table

from schemas.evidence import Evidence
from schemas.page import FetchedPage
from schemas.problem import Problem
from schemas.record import DateMention, Organisation, Person, Record
from schemas.values import date_bounds, derive_id
from store import tables
from store.models import Item

Row = dict[str, Any]
_NO_COLUMN = ("rule", "section", "why")
_NO_AMOUNT_COLUMN = ("payer_words", "payee_words", "purpose", "period", "part_of", "section", "why")


def utc(moment: dt.datetime) -> dt.datetime:
    """The same moment in UTC; one without a time zone came from SQLite, where all are UTC.

    >>> utc(dt.datetime(2026, 5, 1, 12)).isoformat()
    '2026-05-01T12:00:00+00:00'
    """
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def plain(text: str) -> str:
    r"""Text that every database takes: code points that are no characters, and NUL, become escapes.

    >>> plain("caf\u00e9 \ud800\0")
    'café \\ud800\\x00'
    """
    return text.replace("\0", "\\x00").encode("utf8", "backslashreplace").decode("utf8")


def exact(value: Decimal | None) -> str | None:
    """Every digit of a decimal, without exponent or idle zeros.

    >>> exact(Decimal("2.80E+6")), exact(Decimal("0.250"))
    ('2800000', '0.25')
    """
    if value is None:
        return None
    digits = format(value, "f")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) or "0"


def release_row(item: Item, first_seen: dt.datetime, last_seen: dt.datetime) -> Row:
    """The release as its newest record describes it."""
    described = item.record.release
    return {
        "id": item.release.id,
        "source": item.release.source,
        "url": item.release.url,
        "title": described.title,
        "published": described.published,
        "place": described.place,
        "issuer": described.issuer,
        "language": described.language,
        "country": item.release.country,
        "text_sha256": item.release.text_sha256,
        "first_seen": utc(first_seen),
        "last_seen": utc(last_seen),
    }


def version_row(item: Item, seen: dt.datetime) -> Row:
    """One version of the text, with everything else that the reader said of the release."""
    return {
        "release_id": item.release.id,
        "text_sha256": item.release.text_sha256,
        "text": item.release.text,
        "as_read": item.release.model_dump_json(exclude={"text"}),
        "page_sha256": item.release.page_sha256,
        "first_seen": utc(seen),
        "last_seen": utc(seen),
    }


def record_row(item: Item, is_current: bool) -> Row:
    """The record, whole, as JSON."""
    return {
        "release_id": item.release.id,
        "text_sha256": item.release.text_sha256,
        "extractor_version": item.record.extractor_version,
        "content": item.record.model_dump_json(),
        "is_current": is_current,
    }


def page_row(page: FetchedPage, release_id: str | None) -> Row:
    """A fetched page: one row for each body that an address ever gave."""
    return {
        "id": derive_id("page", page.link.source, plain(page.link.url), page.sha256),
        "source": page.link.source,
        "requested_url": plain(page.link.url),
        "final_url": plain(page.final_url),
        "link_title": plain(page.link.title) if page.link.title is not None else None,
        "link_published": page.link.published,
        "status": page.status,
        "content_type": plain(page.content_type) if page.content_type is not None else None,
        "fetched_at": utc(page.fetched_at),
        "sha256": page.sha256,
        "release_id": release_id,
    }


def problem_row(problem: Problem, seen: dt.datetime) -> Row:
    """An entry of the quarantine at its first try."""
    return {
        "id": quarantine_id(problem.source, problem.place),
        **problem.model_dump(exclude={"message", "place"}),
        "place": plain(problem.place),
        "message": plain(problem.message),
        "first_seen": utc(seen),
        "last_seen": utc(seen),
        "tries": 1,
    }


def quarantine_id(source: str, place: str) -> str:
    """`Problem.id` of whatever stands at this place."""
    return derive_id("quarantine", source, plain(place))


def value_rows(item: Item) -> Iterator[tuple[Table, Row]]:
    """One row for each thing that the record says."""
    yield from chain(_entity_rows(item.record), _date_rows(item.record), _money_and_speech_rows(item.record))
    text = item.release.text
    for number, check in enumerate(item.record.checks, 1):
        at: Row = {"start_char": check.start, "end_char": check.end, "text": None}
        if check.start is not None and check.end is not None:
            at["text"] = text[check.start : check.end]
        yield (
            tables.record_check,
            {
                "release_id": item.release.id,
                "number": number,
                "code": check.code,
                "message": check.message,
                **at,
            },
        )


def _at(evidence: Evidence) -> Row:
    return {"start_char": evidence.start, "end_char": evidence.end, "text": evidence.text}


def _ids(*entities: Person | Organisation) -> dict[str | None, str]:
    """Which thing of this record a name means; of two with one name, the first."""
    return {entity.name: entity.id for entity in reversed(entities)}


def _entity_rows(record: Record) -> Iterator[tuple[Table, Row]]:
    key, organisations = record.release.id, _ids(*record.organisations)
    for person in record.people:
        row = person.model_dump(exclude={"mentions", *_NO_COLUMN})
        yield tables.person, {"release_id": key, **row, "organisation_id": organisations.get(person.organisation)}
        yield from _mention_rows(key, person, "person")
    for organisation in record.organisations:
        yield tables.organisation, {"release_id": key, **organisation.model_dump(exclude={"mentions", *_NO_COLUMN})}
        yield from _mention_rows(key, organisation, "organisation")


def _mention_rows(key: str, entity: Person | Organisation, kind: str) -> Iterator[tuple[Table, Row]]:
    for mention in dict.fromkeys(entity.mentions):
        yield tables.mention, {"release_id": key, "entity_id": entity.id, "entity_kind": kind, **_at(mention)}


def _first_and_last(date: DateMention) -> tuple[dt.date | None, dt.date | None]:
    return (date_bounds(date.value) if date.value else None) or (None, None)


def _date_rows(record: Record) -> Iterator[tuple[Table, Row]]:
    for date in record.dates:
        first, last = _first_and_last(date)
        row = {"value": date.value, "first_day": first, "last_day": last}
        more = {"rule": date.rule, "confidence": date.confidence}
        yield tables.date_mention, {"release_id": record.release.id, "id": date.id, **row, **_at(date), **more}


def _money_and_speech_rows(record: Record) -> Iterator[tuple[Table, Row]]:
    entities = _ids(*record.organisations, *record.people)
    for amount in record.amounts:
        row = amount.model_dump(
            exclude={
                "start",
                "end",
                "text",
                "payer_words",
                "payee_words",
                "purpose",
                "period",
                "part_of",
                "section",
                "why",
            }
        )
        row |= {"value": exact(amount.value), "maximum": exact(amount.maximum)}
        row |= {"value_number": float(amount.value), "maximum_number": None, "release_id": record.release.id}
        if amount.maximum is not None:
            row["maximum_number"] = float(amount.maximum)
        row |= {"payer_id": entities.get(amount.payer), "payee_id": entities.get(amount.payee)}
        yield tables.amount, {**row, **_at(amount)}
    for quote in record.quotes:
        speaker = {"speaker": quote.speaker, "speaker_id": entities.get(quote.speaker)}
        yield tables.quote, {"release_id": record.release.id, "id": quote.id, **speaker, **_at(quote)}
