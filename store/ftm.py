"""What a record looks like as entities of FollowTheMoney (https://followthemoney.tech): pure, no database.

Ids are stable: of a release, of what `dateline link` holds for one thing, else of a value of a release.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemas.record import Commitment, Organisation, Person, Record
from schemas.release import Release
from schemas.values import date_bounds, derive_id

Entity = dict[str, Any]
"""`id`, `schema`, `properties`: lists of text by name."""
Canonical = Mapping[str, str]
"""The entity of the store by the id of a value of the record."""
SCHEMAS = {"company": "Company", "government": "PublicBody", "intergovernmental": "PublicBody", "court": "PublicBody"}
"""By our kind of an organisation; others are plain organisations."""
SHARED = frozenset({"Person", "Organization", "Company", "PublicBody", "Employment"})
"""Entities that several releases tell of."""
_LANGUAGES = {"en": "eng", "pt": "por", "es": "spa", "fr": "fra", "de": "deu", "it": "ita", "nl": "nld", "pl": "pol",
              "sv": "swe", "da": "dan", "fi": "fin", "no": "nor", "cs": "ces", "ja": "jpn", "zh": "zho", "ru": "rus",
              "uk": "ukr", "ar": "ara", "tr": "tur", "ko": "kor"}  # fmt: skip
"""FollowTheMoney wants three letters."""


def make_entities(release: Release, record: Record, canonical: Canonical) -> Iterator[Entity]:
    """The entities of one record; those of `SHARED` may come again from other releases, with more properties."""
    article = f"release-{release.id}"
    bodies = {body.name: _id(body.id, canonical) for body in reversed(record.organisations)}
    people = {person.name: _id(person.id, canonical) for person in reversed(record.people)}
    yield _entity(article, "Article", title=release.title or release.id, sourceUrl=_web(release.url),
                  publishedAt=_text(release.published), publisher=record.release.issuer or release.source,
                  language=_LANGUAGES.get(release.language or ""), bodyText=release.text)  # fmt: skip
    for body in record.organisations:
        yield _entity(_id(body.id, canonical), _schema(body), name=body.name, abbreviation=body.acronym, proof=article)
    for person in record.people:
        key = _id(person.id, canonical)
        yield _entity(key, "Person", name=person.name, position=person.title, proof=article)
        if employer := bodies.get(person.organisation or ""):
            yield _entity(derive_id("employment", key, employer), "Employment", employee=key, employer=employer,
                          role=person.title, proof=article)  # fmt: skip
    yield from _mentions(article, record, canonical)
    for paid in list_payments(record):
        yield _payment(article, release, paid, {**people, **bodies})


def list_payments(record: Record) -> list[Commitment]:
    """The payments whose payer and payee are things of the record: FollowTheMoney has none without."""
    names = {*(body.name for body in record.organisations), *(person.name for person in record.people)}
    return [paid for paid in record.commitments if all(one and one.name in names for one in (paid.payer, paid.payee))]


def merge_entities(told: Iterable[Entity]) -> Entity:
    """One entity of what several releases tell of it; kinds that contradict each other make it a plain organisation.

    >>> merge_entities([{"id": "1", "schema": "Company", "properties": {"name": ["A"]}},
    ...                 {"id": "1", "schema": "Organization", "properties": {"name": ["A", "B"]}}])
    {'id': '1', 'schema': 'Company', 'properties': {'name': ['A', 'B']}}
    """
    merged: dict[str, dict[str, None]] = {}
    schemas, key = set(), ""
    for entity in told:
        key = entity["id"]
        schemas.add(entity["schema"])
        for name, values in entity["properties"].items():
            merged.setdefault(name, {}).update(dict.fromkeys(values))
    schemas -= {"Organization"}
    schema = schemas.pop() if len(schemas) == 1 else "Organization"
    return {"id": key, "schema": schema, "properties": {name: list(values) for name, values in merged.items()}}


def _mentions(article: str, record: Record, canonical: Canonical) -> Iterator[Entity]:
    things: tuple[Organisation | Person, ...] = (*record.organisations, *record.people)
    for thing in things:
        key = _id(thing.id, canonical)
        schema = "Person" if isinstance(thing, Person) else _schema(thing)
        yield _entity(derive_id("mention", article, thing.id), "Mention", document=article, resolved=key,
                      name=thing.name, detectedSchema=schema)  # fmt: skip


def _payment(article: str, release: Release, paid: Commitment, things: Mapping[str, str]) -> Entity:
    payer, payee = things[paid.payer.name if paid.payer else ""], things[paid.payee.name if paid.payee else ""]
    when = paid.day or paid.period
    first, last = (date_bounds(when.value) if when and when.value else None) or (None, None)
    days = {"date": _text(first)} if first == last else {"startDate": _text(first), "endDate": _text(last)}
    return _entity(
        f"payment-{paid.id}", "Payment", payer=payer, beneficiary=payee, amount=format(paid.value, "f"),
        currency=paid.currency, purpose=paid.purpose.text if paid.purpose else None, summary=_summary(paid),
        proof=article, publisher=release.source, sourceUrl=_web(release.url), recordId=paid.id, **days,
    )  # fmt: skip


def _summary(paid: Commitment) -> str | None:
    """What a single number does not say."""
    upper = f", at most {format(paid.maximum, 'f')}" if paid.maximum is not None else ""
    part = ", part of another payment" if paid.part_of else ""
    qualifier = "" if paid.qualifier == "exact" else f", {paid.qualifier.replace('_', ' ')}"
    return f"{paid.kind}{qualifier}{upper}{part}"


def _schema(body: Organisation) -> str:
    return SCHEMAS.get(body.kind or "", "Organization")


def _id(value_id: str, canonical: Canonical) -> str:
    return f"entity-{canonical[value_id]}" if value_id in canonical else f"value-{value_id}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None


def _entity(key: str, schema: str, **properties: str | None) -> Entity:
    return {"id": key, "schema": schema, "properties": {name: [value] for name, value in properties.items() if value}}
