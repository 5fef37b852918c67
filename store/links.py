"""Linking: which person or organisation each name in each release is.

A name in a release belongs to one entity for good, found by its key; that two entities are one real thing is a match,
accepted by a rule or a person, or proposed. So no link is lost when matches change.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy import Connection, RowMapping, Select, Table, func, select, tuple_, update

from schemas.values import FROZEN, derive_id
from store import tables
from store.database import Store, reading, writing
from store.entities import Key, add_keys, named_now
from store.judging import SPLIT
from store.matching import Kind, is_bare_acronym, name_key, names_a_country, namesake_key, organisation_key, title_key
from store.rejudge import Change, rejudge
from store.rows import Row, utc
from store.upsert import chunks, insert_missing, upsert

RULES = "1"
"""Raise it when keys or rules change: the next run links every release again. What people decided stays."""
BATCH = 200
"""Releases linked in one transaction."""
PUBLIC_BODIES = frozenset({"government", "court", "political"})
"""Kinds of organisation of which each country may have one by the same name."""


class Linked(BaseModel):
    """What linking did."""

    model_config = FROZEN
    releases: int
    names: int
    """Names in these releases."""


class Counts(BaseModel):
    """What there is in the store."""

    model_config = FROZEN
    people: int
    """Real ones, as far as is known: entities that stand for several count once. So with organisations."""
    organisations: int
    proposed: int
    """Pairs that wait for a person's decision."""


class _Name(NamedTuple):
    """A person or organisation as one release names it."""

    release_id: str
    kind: Kind
    name: str
    key: str
    number: int
    """1, 2, … among things of one key in one release."""
    value_id: str
    source: str
    country: str | None
    acronym: str | None = None
    body: str | None = None
    title: str | None = None
    employer: str | None = None
    """The employer's value_id."""

    @property
    def link_id(self) -> str:
        """Stays when the release is extracted again, as long as it has this name."""
        return derive_id("link", self.release_id, self.kind, self.key, self.number)


class _Release(NamedTuple):
    id: str
    source: str
    country: str | None
    text_sha256: str
    extractor_version: str


def link_entities(
    store: Store, now: dt.datetime, again: bool = False, report: Callable[[int], None] = lambda _: None
) -> Linked:
    """Link every release whose current record is not linked yet; with `again` all of them.

    Works in batches, each in one transaction: killed and started again, or run twice at once, it ends with the same
    rows. `report` is told the number of releases after each batch. Decisions of people stay.
    """
    releases, names, last = 0, 0, ""
    while True:
        with writing(store) as connection:
            rows = connection.execute(_waiting(last, again).limit(BATCH))
            batch = [_Release(*row) for row in rows]
            if not batch:
                break
            names += _link_batch(connection, batch, now)
        releases, last = releases + len(batch), batch[-1].id
        report(len(batch))
    return Linked(releases=releases, names=names)


def count_unlinked(store: Store) -> int:
    """Releases that `link_entities` would link."""
    with reading(store) as connection:
        return int(connection.execute(select(func.count()).select_from(_waiting("", False).subquery())).scalar_one())


def count_entities(store: Store) -> Counts:
    """How many people, organisations and open questions there are."""
    entity, link = tables.entity.c, tables.entity_link.c
    real = select(entity.kind, func.count(entity.canonical_id.distinct())).group_by(entity.kind)
    named = real.where(select(link.id).where(link.entity_id == entity.id, link.is_current).exists())
    with reading(store) as connection:
        counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(named)}
        proposed = connection.execute(select(func.count()).select_from(open_questions().subquery())).scalar_one()
    return Counts(people=counts.get("person", 0), organisations=counts.get("organisation", 0), proposed=proposed)


def open_questions() -> Select[Any]:
    """Proposed matches between things that current records name and that are not one yet, the surest first."""
    match, one, other = tables.entity_match.c, tables.entity.alias("one"), tables.entity.alias("other")
    both = select(tables.entity_match).join(one, one.c.id == match.entity_id).join(other, other.c.id == match.other_id)
    alive = (select(_LINK.id).where(_LINK.entity_id == end, _LINK.is_current).exists() for end in _ENDS)
    waiting = both.where(match.state == "proposed", one.c.canonical_id != other.c.canonical_id, *alive)
    return waiting.order_by(match.score.desc(), match.id)


_LINK = tables.entity_link.c
_ENDS = (tables.entity_match.c.entity_id, tables.entity_match.c.other_id)


def _waiting(after: str, again: bool) -> Select[Any]:
    release, record, done = tables.release.c, tables.record.c, tables.linked_record.c
    columns = select(release.id, release.source, release.country, record.text_sha256, record.extractor_version)
    statement = columns.join(tables.record, (record.release_id == release.id) & record.is_current)
    if not again:
        same = (done.text_sha256 == record.text_sha256) & (done.extractor_version == record.extractor_version)
        linked = select(done.release_id).where(done.release_id == release.id, done.rules == RULES, same)
        statement = statement.where(~linked.exists())
    return statement.where(release.id > after).order_by(release.id)


def _link_batch(connection: Connection, releases: Sequence[_Release], now: dt.datetime) -> int:
    names, before = _load_names(connection, releases), _load_links(connection, releases)
    entities, links = _plan(names, before, _split_off(connection, names))
    for link in links:
        link.setdefault("linked_at", utc(now))
    ids = {link["entity_id"] for link in links}
    new = ids - named_now(connection, ids)
    insert_missing(connection, tables.entity, entities)
    _save_links(connection, links, before)
    left = {row.entity_id for row in before.values()} - ids
    touched = add_keys(connection, _keys(names, {link["id"]: link["entity_id"] for link in links})) | new
    rejudge(connection, Change(touched, frozenset(new), frozenset(left - named_now(connection, left))), now)
    done = [{"release_id": row.id, "rules": RULES, "linked_at": utc(now), **_version(row)} for row in releases]
    upsert(connection, tables.linked_record, done)
    return len(links)


def _version(release: _Release) -> Row:
    return {"text_sha256": release.text_sha256, "extractor_version": release.extractor_version}


def _load_names(connection: Connection, releases: Sequence[_Release]) -> list[_Name]:
    """Every person and organisation of these releases, organisations first, namesakes in the order of the text."""
    by_id = {release.id: release for release in releases}
    counts: Counter[tuple[str, Kind, str]] = Counter()
    names = []
    for kind, table in _TABLES:
        mention = tables.mention.c
        own = (mention.release_id == table.c.release_id) & (mention.entity_id == table.c.id)
        start = select(func.min(mention.start_char)).where(own).scalar_subquery().label("start")
        for chunk in chunks(sorted(by_id)):
            rows = connection.execute(select(table, start).where(table.c.release_id.in_(chunk))).mappings().all()
            for row in sorted(rows, key=lambda row: (row["release_id"], row["start"] or 0, row["id"])):
                release, key = by_id[row["release_id"]], name_key(kind, row["name"])
                if key:
                    counts[release.id, kind, key] += 1
                    names.append(_as_name(row, kind, release, (key, counts[release.id, kind, key])))
    return names


_TABLES: tuple[tuple[Kind, Table], ...] = (("organisation", tables.organisation), ("person", tables.person))


def _as_name(row: RowMapping, kind: Kind, release: _Release, numbered: tuple[str, int]) -> _Name:
    return _Name(
        release_id=release.id,
        kind=kind,
        name=row["name"],
        key=numbered[0],
        number=numbered[1],
        value_id=row["id"],
        source=release.source,
        country=release.country,
        acronym=row.get("acronym"),
        body=row.get("kind"),
        title=row.get("title"),
        employer=row.get("organisation_id"),
    )


def _load_links(connection: Connection, releases: Sequence[_Release]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for chunk in chunks(sorted(release.id for release in releases)):
        for row in connection.execute(select(tables.entity_link).where(_LINK.release_id.in_(chunk))):
            rows[row.id] = row
    return rows


def _plan(
    names: Iterable[_Name], before: dict[str, Any], split: dict[tuple[Kind, str, str], str]
) -> tuple[list[Row], list[Row]]:
    """Rows of the entities and of the links; a link that a person moved stays where it is."""
    entities: dict[str, Row] = {}
    links: list[Row] = []
    chosen: dict[tuple[str, str | None], str] = {}
    for name in names:
        old = before.get(name.link_id)
        entity = _entity_row(name, chosen.get((name.release_id, name.employer)))
        link: Row = {"entity_id": split.get((name.kind, name.key, name.source)), "how": "exact", "decision_id": None}
        if old is not None:
            link["linked_at"] = old.linked_at
        if old is not None and old.decision_id is not None:
            link |= {"entity_id": old.entity_id, "how": old.how, "decision_id": old.decision_id}
        if link["entity_id"] is None:
            link["entity_id"] = entity["id"]
            entities.setdefault(entity["id"], entity)
        chosen[name.release_id, name.value_id] = link["entity_id"]
        same = {field: getattr(name, field) for field in ("release_id", "kind", "number", "name", "value_id")}
        links.append({"id": name.link_id, "name_key": name.key, "is_current": True, **same, **link})
    return list(entities.values()), links


def _entity_row(name: _Name, employer: str | None) -> Row:
    """The entity that a name means by itself: its key, and what tells it from its namesakes."""
    context = _context(name, employer)
    key = derive_id("entity", name.kind, name.key, employer or "", context)
    return {
        "id": key,
        "kind": name.kind,
        "name": name.name,
        "name_key": name.key,
        "context": context,
        "employer_id": employer,
        "is_acronym": name.kind == "organisation" and is_bare_acronym(name.name),
        "state": "guessed",
        "canonical_id": key,
    }


def _context(name: _Name, employer: str | None) -> str:
    if name.kind == "organisation":
        is_ambiguous = name.body in PUBLIC_BODIES and not names_a_country(name.key)
        return (name.country or "") if is_ambiguous else ""
    if not namesake_key(name.key):
        return name.release_id  # a surname alone says nothing beyond its release
    return "" if employer else name.source


def _split_off(connection: Connection, names: Iterable[_Name]) -> dict[tuple[Kind, str, str], str]:
    """For a key of which people split an entity off: the sources that only that entity has."""
    entity, source = tables.entity.c, tables.release.c.source
    found: dict[tuple[Kind, str, str], set[str]] = defaultdict(set)
    for chunk in chunks({name.key for name in names}):
        split = select(entity.name_key, entity.kind).where(entity.name_key.in_(chunk), entity.context.startswith(SPLIT))
        keys = select(entity.id).where(tuple_(entity.name_key, entity.kind).in_(split))
        columns = select(entity.kind, entity.name_key, source, entity.id, entity.context).distinct()
        joined = columns.join(tables.entity_link, _LINK.entity_id == entity.id)
        for row in connection.execute(
            joined.join(tables.release, tables.release.c.id == _LINK.release_id).where(entity.id.in_(keys))
        ):
            found[row.kind, row.name_key, row.source].add(row.id if row.context.startswith(SPLIT) else "")
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1 and "" not in ids}


def _keys(names: Iterable[_Name], entities: dict[str, str]) -> set[Key]:
    keys: set[Key] = set()
    for name in names:
        told = {"acronym": None if is_bare_acronym(name.name) else organisation_key(name.acronym or "")}
        if name.kind == "person":
            told = {"namesake": namesake_key(name.key), "title": title_key(name.title), "source": name.source}
        keys.update(Key(role, words, entities[name.link_id]) for role, words in told.items() if words)
    return keys


def _save_links(connection: Connection, links: list[Row], before: dict[str, Any]) -> None:
    upsert(connection, tables.entity_link, links)
    table = tables.entity_link
    for chunk in chunks(sorted(before.keys() - {link["id"] for link in links})):
        connection.execute(update(table).where(table.c.id.in_(chunk)).values(is_current=False))
