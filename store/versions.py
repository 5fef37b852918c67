"""Versions of a release: each text that it ever had, and what its record says otherwise than the one before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel
from sqlalchemy import RowMapping, Text, cast, select

from schemas.evidence import Evidence, Party, When
from schemas.record import Amount, Commitment, Record
from schemas.values import FROZEN
from store import tables
from store.database import Store, reading
from store.load import load_release
from store.rows import utc

_FIRST_WORDS = 6
"""By which a quote is known again."""
_LINKS = ("part_of", "equals")
"""Attributes that are the id of another sum."""


class Version(BaseModel):
    """One text of a release, with its record."""

    model_config = FROZEN
    text_sha256: str
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    is_current: bool
    extractor_version: str
    record: Record


class Change(BaseModel):
    """What a record says otherwise than an earlier one."""

    model_config = FROZEN
    field: str
    """`release`, or a field of the record: people, organisations, dates, amounts, quotes, events, commitments,
    sections, checks."""
    value: str
    """What is known again: name, day, sum with its currency, …; empty for the release."""
    what: Literal["added", "removed", "changed"]
    attribute: str | None = None
    """What of the value has changed."""
    old: str | None = None
    new: str | None = None


class Pair(NamedTuple):
    """One value as it was and as it is; None where it was not or is no more."""

    field: str
    key: str
    """What it is known again by."""
    old: Any
    new: Any
    attributes: tuple[str, ...]
    """What of it may change."""
    sums: tuple[Mapping[str, str], Mapping[str, str]]
    """What the ids of the sums in both records mean."""

    def say(self, attribute: str) -> tuple[str | None, str | None]:
        """An attribute of the value, before and now."""
        before, after = (
            sums.get(getattr(value, attribute)) if attribute in _LINKS else _say(getattr(value, attribute))
            for value, sums in zip((self.old, self.new), self.sums, strict=True)
        )
        return before, after


def load_versions(store: Store, key: str) -> list[Version]:
    """Every version of the release that `load_release` would find, the oldest first.

    Of several records of one text it has the current one, else that of the greatest version of the extractor.
    """
    release = load_release(store, key)
    version, record = tables.release_version.c, tables.record.c
    same = (record.release_id == version.release_id) & (record.text_sha256 == version.text_sha256)
    columns = select(
        *(version.text_sha256, version.text, version.first_seen, version.last_seen),
        *(record.is_current, record.extractor_version, cast(record.content, Text).label("content")),
    )
    rows = columns.join(tables.record, same).where(version.release_id == (release.id if release else None))
    with reading(store) as connection:
        found = list(connection.execute(rows).mappings())
    best = {row["text_sha256"]: row for row in sorted(found, key=lambda r: (r["is_current"], r["extractor_version"]))}
    return sorted(map(_as_version, best.values()), key=lambda v: (v.first_seen, v.is_current, v.text_sha256))


def _as_version(row: RowMapping) -> Version:
    return Version(
        text_sha256=row["text_sha256"],
        first_seen=utc(row["first_seen"]),
        last_seen=utc(row["last_seen"]),
        is_current=row["is_current"],
        extractor_version=row["extractor_version"],
        record=Record.model_validate_json(row["content"], context={"text": row["text"]}),
    )


def list_changes(versions: list[Version]) -> list[list[Change]]:
    """For each version what it changed; nothing for the first."""
    changes = [compare_records(before.record, after.record) for before, after in pairwise(versions)]
    return [[], *changes] if versions else []


def compare_records(old: Record, new: Record) -> list[Change]:
    """Values that were added, removed or changed, field by field, in the order of the records.

    Several values of one field that are known by the same are compared by their first. Takes time in proportion to the
    values.
    """
    return [change for pair in pair_values(old, new) for change in list_pair_changes(pair)]


def pair_values(old: Record, new: Record) -> Iterator[Pair]:
    """What is known again by the same in both records, and what only one of them has; first the release itself.

    People and organisations are known again by name, dates by value, amounts by value and currency, quotes by their
    first words, commitments by value and parties, events by their words, sections by kind, checks by code.
    """
    sums = _sums(old), _sums(new)
    yield Pair("release", "", old.release, new.release, _FACTS, sums)
    for field, known_by, attributes in _FIELDS:
        first, then = (_known(getattr(record, field), known_by) for record in (old, new))
        for key in {**first, **then}:
            yield Pair(field, key, first.get(key), then.get(key), attributes, sums)


def _sums(record: Record) -> dict[str, str]:
    paid: tuple[Amount | Commitment, ...] = (*record.amounts, *record.commitments)
    return {one.id: _sum(one) for one in paid}


def list_pair_changes(pair: Pair) -> list[Change]:
    """What of one value has changed."""
    if pair.old is None or pair.new is None:
        return [Change(field=pair.field, value=pair.key, what="removed" if pair.new is None else "added")]
    said = ((name, *(pair.say(name))) for name in pair.attributes)
    return [
        Change(field=pair.field, value=pair.key, what="changed", attribute=name, old=before, new=after)
        for name, before, after in said
        if before != after
    ]


def _known(values: Iterable[Any], known_by: Callable[[Any], str]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for value in values:
        known.setdefault(known_by(value), value)
    return known


def _say(value: Any) -> str | None:
    if isinstance(value, Party):
        return value.name
    if isinstance(value, When):
        return value.value or value.text
    if isinstance(value, Evidence):
        return value.text
    return None if value is None else str(value)


def _sum(value: Any) -> str:
    return f"{value.value:f} {value.currency or '?'}"


def _payment(value: Any) -> str:
    return f"{_sum(value)}, {_say(value.payer) or '?'} → {_say(value.payee) or '?'}"


def _quote(value: Any) -> str:
    words = value.text.split()
    return f"{' '.join(words[:_FIRST_WORDS])}{' …' if len(words) > _FIRST_WORDS else ''}"


_FACTS = ("title", "url", "published", "place", "issuer", "language")
_PAID = ("maximum", "qualifier", "kind", "purpose", "period", "part_of")
_FIELDS: tuple[tuple[str, Callable[[Any], str], tuple[str, ...]], ...] = (
    ("people", lambda person: person.name, ("title", "organisation", "section")),
    ("organisations", lambda body: body.name, ("acronym", "kind", "section")),
    ("dates", lambda date: date.value or f"“{date.text}”", ("role", "section")),
    ("amounts", _sum, (*_PAID, "payer", "payee", "equals", "section")),
    ("quotes", _quote, ("speaker", "text", "section")),
    ("events", lambda event: event.text, ("when", "place", "is_past", "section")),
    ("commitments", _payment, (*_PAID, "day")),
    ("sections", lambda section: section.kind, ("about",)),
    ("checks", lambda check: check.code, ()),
)
"""What a value is known again by, and what of it may change."""

_VERSION_FACTS = {"text_sha256", "first_seen", "last_seen", "is_current", "extractor_version"}


def describe_versions(versions: list[Version]) -> list[dict[str, Any]]:
    """Each version without its record, with what it changed: for JSON."""
    return [
        version.model_dump(mode="json", include=_VERSION_FACTS)
        | {"changes": [change.model_dump(mode="json") for change in changes]}
        for version, changes in zip(versions, list_changes(versions), strict=True)
    ]
