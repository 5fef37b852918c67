"""Reviewed records as annotations: one object for a release and one for what people read in it.

The form is that of corpora from which `training/` learns and by which benchmarks score: names of entities with their
distinct forms, distinct dates and sums, first and last words of quotes. People review neither places, programmes nor
other names, so those lists are empty, and `reviewed` says which are not.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from schemas.record import Amount, Organisation, Person, Quote, Record
from schemas.release import Release

REVIEWED = ("people", "organisations", "dates", "amounts", "quotes")
_FIRST, _LAST = 5, 4
"""Words of a quote that its annotation has."""
_NO_WORD = re.compile(r"\W+")
Object = dict[str, Any]


def gold_release(release: Release) -> Object:
    """The release with its title apart from its text: joined by a blank line they are `release.text` again."""
    title, _, body = release.text.partition("\n\n")
    if title != release.title or not body:
        title, body = "", release.text
    kept = release.model_dump(mode="json", include={"id", "source", "url", "published", "language", "country"})
    return {**kept, "title": title, "text": body, "rights": "reviewed in this store"}


def gold_record(release: Release, record: Record) -> Object:
    """What people read in a release; what an annotation cannot hold is left out: `left_out` says what."""
    organisations = _organisations(record.organisations, release.text)
    people = _people(record.people, release.text)
    names = {old: new["name"] for old, new in (*people, *organisations)}
    bodies = {new["name"] for _, new in organisations}
    for person, (_, annotated) in zip(record.people, people, strict=True):
        employer = names.get(person.organisation or "")
        annotated["organisation"] = employer if employer in bodies else None
    return {
        "id": release.id,
        "published": release.published.isoformat() if release.published else None,
        "place": record.release.place,
        "issuer": names.get(record.release.issuer or ""),
        "people": [annotated for _, annotated in people],
        "organisations": [annotated for _, annotated in organisations],
        **{kind: [] for kind in ("programmes", "places", "other_names")},
        "dates": _last_of({(date.text, date.value): {"text": date.text, "value": date.value} for date in record.dates}),
        "amounts": _amounts(record.amounts, names),
        "quotes": [_quote(quote, names) for quote in record.quotes],
        "reviewed": list(REVIEWED),
    }


def left_out(record: Record) -> list[str]:
    """The words of what no annotation can hold: sums without a currency."""
    return [amount.text for amount in record.amounts if amount.currency is None]


def _last_of(found: dict[Any, Object]) -> list[Object]:
    return list(found.values())


def _forms(entity: Person | Organisation, text: str) -> tuple[str, list[str]]:
    """Name and distinct mentions, each of them words of the text."""
    mentions = list(dict.fromkeys(mention.text for mention in entity.mentions))
    if entity.name in text:
        return entity.name, list(dict.fromkeys([entity.name, *mentions]))
    return max(mentions, key=len), mentions


def _people(people: Iterable[Person], text: str) -> list[tuple[str, Object]]:
    """By the name in the record, which may be turned round, the person as annotated."""
    found = []
    for person in people:
        name, mentions = _forms(person, text)
        found.append((person.name, {"name": name, "mentions": mentions, "title": person.title, "organisation": None}))
    return found


def _organisations(bodies: Iterable[Organisation], text: str) -> list[tuple[str, Object]]:
    """As `_people`; a form that several have is the first one's, unless it is the other's name."""
    found: list[tuple[str, Object]] = []
    taken: set[str] = set()
    for body in bodies:
        name, mentions = _forms(body, text)
        own = [form for form in mentions if form not in taken] or [name]
        taken.update(own)
        acronym = body.acronym if body.acronym in own else None
        annotated = {"name": name, "acronym": acronym, "mentions": own, "kind": body.kind or "other"}
        found.append((body.name, annotated))
    return found


def _amounts(amounts: Iterable[Amount], names: dict[str, str]) -> list[Object]:
    """Each distinct sum in the order in which it is said last."""
    found: dict[tuple[object, ...], Object] = {}
    for amount in amounts:
        if amount.currency is None:
            continue
        annotated = {
            "text": amount.text,
            "value": _number(amount.value),
            "max": None if amount.maximum is None else _number(amount.maximum),
            "currency": amount.currency,
            "qualifier": amount.qualifier,
            "kind": amount.kind or "other",
            "payer": names.get(amount.payer or ""),
            "payee": names.get(amount.payee or ""),
        }
        key = tuple(annotated.values())
        found.pop(key, None)
        found[key] = annotated
    return _last_of(found)


def _number(value: Decimal) -> int | float:
    """A number of JSON.

    >>> _number(Decimal("2800000")), _number(Decimal("0.25"))
    (2800000, 0.25)
    """
    return int(value) if value == value.to_integral_value() else float(value)


def _quote(quote: Quote, names: dict[str, str]) -> Object:
    start, end = read_ends(quote.text)
    return {"speaker": names.get(quote.speaker or ""), "start": start, "end": end}


def read_ends(words: str) -> tuple[str, str]:
    """The first five and the last four words, as they are written; marks that stand alone are no words.

    >>> read_ends("We have – at last – waited a long time for this,")
    ('We have – at last – waited', 'long time for this,')
    """
    places = [match.span() for match in re.finditer(r"\S+", words) if not _NO_WORD.fullmatch(match[0])]
    if not places:
        return words, words
    return words[places[0][0] : places[:_FIRST][-1][1]], words[places[-_LAST:][0][0] : places[-1][1]]
