"""Asking for entities: every release that names one, what is open, and all forms of the confirmed ones."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Row, Table, literal, select

from schemas.values import FROZEN
from store import tables
from store.database import Store, StoreError, reading
from store.entities import ids_by_key, load_nodes
from store.judging import PROPOSED_FROM, How, State
from store.links import open_questions
from store.matching import Kind, blocks, is_bare_acronym, name_key, similarity
from store.upsert import chunks

MOST_FOUND = 20
"""Entities that one question gives at most, the best first."""
_PART_LIMIT = 200


class NamedIn(BaseModel):
    """A release that names an entity."""

    model_config = FROZEN
    release_id: str
    link_id: str
    name: str
    """As this release names it."""
    title: str
    url: str | None
    published: date | None
    source: str
    how: How
    decision_id: int | None


class Entity(BaseModel):
    """A person or organisation with every release that names it."""

    model_config = FROZEN
    id: str
    kind: Kind
    name: str
    """The fullest name that releases give it most often."""
    state: str
    """`guessed` or `confirmed`."""
    forms: tuple[str, ...]
    """Every name and acronym, the most frequent first."""
    employers: tuple[str, ...]
    """What releases call a person's employer: it tells namesakes apart."""
    releases: tuple[NamedIn, ...]
    """Newest first."""
    score: float = 1.0
    """How well it fits what was asked, 0 to 1."""


class Question(BaseModel):
    """Two entities that may be one."""

    model_config = FROZEN
    id: str
    how: How
    score: float
    state: State
    one: str
    """Entity id; so is `other`."""
    other: str
    names: tuple[str, str]
    releases: tuple[int, int]
    """How many releases name the one and the other."""


class KnownName(NamedTuple):
    """A confirmed person or organisation with all forms that releases use."""

    entity_id: str
    kind: Kind
    name: str
    forms: tuple[str, ...]


def find_entity(store: Store, text: str, kind: Kind | None = None) -> list[Entity]:
    """Entities that a name, an acronym, a similar name, an id, or part of a name means; the best fit first.

    Takes any form: `ILO`, `International Labour Office`. Parts of names are tried only where nothing else fits.
    """
    with reading(store) as connection:
        scores: dict[str, float] = {}
        for one in (kind,) if kind else ("organisation", "person"):
            for entity_id, score in _fits(connection, text, one).items():
                scores[entity_id] = max(score, scores.get(entity_id, 0.0))
        heads = _heads(connection, scores)
        found = _load(connection, heads)
    best = sorted(found, key=lambda entity: (-heads[entity.id], -len(entity.releases), entity.name, entity.id))
    return [entity.model_copy(update={"score": round(heads[entity.id], 3)}) for entity in best[:MOST_FOUND]]


def load_entity(store: Store, key: str) -> Entity:
    """The entity with this id or unique beginning of one. Raises StoreError where there is none, or several."""
    with reading(store) as connection:
        (entity,) = _load(connection, [find_id(connection, key)]) or (None,)
    if entity is None:
        raise StoreError(f"no release names the entity {key!r} any more; look for another with `dateline find NAME`")
    return entity


def find_id(connection: Connection, key: str) -> str:
    """Id of the entity that stands for the one with this id or beginning of an id; StoreError as `load_entity`."""
    entity = tables.entity.c
    fits = select(entity.canonical_id).where(entity.id.startswith(key, autoescape=True)).distinct().limit(3)
    heads = connection.execute(fits).scalars().all() if key else []
    if len(heads) != 1:
        said = "several entities have" if heads else "no entity has"
        raise StoreError(f"{said} an id that begins with {key!r}; `dateline find NAME` shows ids")
    return str(heads[0])


def load_questions(store: Store, entity_id: str | None = None, limit: int | None = None) -> list[Question]:
    """Proposed matches that wait for a person, the surest first; of one entity, with those that joined it as well."""
    match, entity = tables.entity_match.c, tables.entity.c
    with reading(store) as connection:
        statement = open_questions()
        if entity_id is not None:
            own = select(entity.id).where(entity.canonical_id == entity_id)
            statement = select(tables.entity_match).where(match.entity_id.in_(own) | match.other_id.in_(own))
        rows = connection.execute(statement.limit(limit)).all()
        ends = {end for row in rows for end in (row.entity_id, row.other_id)}
        names = _names(connection, ends)
    return [_as_question(row, names) for row in rows]


def load_gazetteer(store: Store) -> list[KnownName]:
    """Confirmed people and organisations with all forms that releases use for them, in the order of names."""
    entity = tables.entity.c
    with reading(store) as connection:
        confirmed = connection.execute(select(entity.canonical_id).where(entity.state == "confirmed")).scalars()
        found = _load(connection, sorted(set(confirmed)))
    known = [KnownName(one.id, one.kind, one.name, one.forms) for one in found]
    return sorted(known, key=lambda one: (one.name, one.entity_id))


def _fits(connection: Connection, text: str, kind: Kind) -> dict[str, float]:
    entity, key = tables.entity.c, name_key(kind, text)
    same = select(entity.id).where(entity.kind == kind, entity.name_key == key)
    scores = dict.fromkeys(connection.execute(same).scalars(), 1.0)
    by_id = select(entity.id).where(entity.kind == kind, entity.id == text)
    scores |= dict.fromkeys(connection.execute(by_id).scalars(), 1.0)
    if kind == "organisation" and (is_bare_acronym(text) or " " not in key):
        scores |= dict.fromkeys(ids_by_key(connection, "acronym", [key]).get(key, ()), 0.95) | scores
    filed = ids_by_key(connection, "block", [f"{kind} {block}" for block in blocks(kind, key)]) if key else {}
    near = load_nodes(connection, {one for some in filed.values() for one in some} - scores.keys())
    alike = {one: similarity(kind, key, node.key) for one, node in near.items()}
    scores |= {one: min(0.94, score) for one, score in alike.items() if score >= PROPOSED_FROM}
    if " " not in key and kind == "person":
        scores = dict.fromkeys(scores, 0.7)  # a surname alone, in one release each
    if key and (not scores or (kind == "person" and " " not in key)):
        part = (literal(" ") + entity.name_key).contains(f" {key}", autoescape=True)
        whole = select(entity.id).where(entity.kind == kind, part).order_by(entity.id).limit(_PART_LIMIT)
        scores = dict.fromkeys(connection.execute(whole).scalars(), 0.8) | scores
    return scores


def _heads(connection: Connection, scores: dict[str, float]) -> dict[str, float]:
    """The best score for each entity that stands for some of these."""
    heads: dict[str, float] = defaultdict(float)
    for key, node in load_nodes(connection, scores).items():
        heads[node.canonical] = max(heads[node.canonical], scores[key])
    return heads


def _load(connection: Connection, heads: Collection[str]) -> list[Entity]:
    """The entities that these stand for, as far as a current record names them."""
    rows: dict[str, list[Any]] = defaultdict(list)
    link, entity, release = tables.entity_link.c, tables.entity.c, tables.release.c
    columns = select(
        entity.canonical_id, entity.is_acronym, link.id, link.name, link.how, link.decision_id,
        release.id.label("release_id"), release.title, release.url, release.published, release.source,
        tables.organisation.c.acronym, tables.person.c.organisation.label("employer"),
    )  # fmt: skip
    statement = (
        columns.join(tables.entity_link, link.entity_id == entity.id)
        .join(tables.release, release.id == link.release_id)
        .join(tables.organisation, _is_value(tables.organisation), isouter=True)
        .join(tables.person, _is_value(tables.person), isouter=True)
        .where(link.is_current)
        .order_by(release.published.desc().nulls_last(), release.id, link.id)
    )
    for chunk in chunks(sorted(heads)):
        for row in connection.execute(statement.where(entity.canonical_id.in_(chunk))):
            rows[row.canonical_id].append(row)
    states = load_nodes(connection, rows)
    return [_as_entity(states[head].kind, states[head].state, head, some) for head, some in sorted(rows.items())]


def _is_value(table: Table) -> ColumnElement[bool]:
    """Whether a link is of this row."""
    link = tables.entity_link.c
    return (table.c.release_id == link.release_id) & (table.c.id == link.value_id)


def _as_entity(kind: Kind, state: str, head: str, rows: list[Any]) -> Entity:
    names = Counter(row.name for row in rows)
    whole = Counter({row.name: names[row.name] for row in rows if not row.is_acronym}) or names
    forms = names + Counter(row.acronym for row in rows if row.acronym)
    name = max(whole, key=lambda form: (whole[form], len(form), form))
    releases = tuple(
        NamedIn(
            release_id=row.release_id,
            link_id=row.id,
            name=row.name,
            title=row.title,
            url=row.url,
            published=row.published,
            source=row.source,
            how=row.how,
            decision_id=row.decision_id,
        )
        for row in rows
    )
    employers = Counter(row.employer for row in rows if row.employer)
    return Entity(
        id=head,
        kind=kind,
        name=name,
        state=state,
        forms=_frequent(forms),
        employers=_frequent(employers),
        releases=releases,
    )


def _frequent(forms: Counter[str]) -> tuple[str, ...]:
    return tuple(form for form, _ in sorted(forms.items(), key=lambda item: (-item[1], item[0])))


def _names(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, str, int]]:
    """Who stands for each of these, its name, and how many releases name it."""
    nodes = load_nodes(connection, ids)
    entities = {entity.id: entity for entity in _load(connection, {node.canonical for node in nodes.values()})}
    known = {}
    for key, node in nodes.items():
        entity = entities.get(node.canonical)
        releases = len({row.release_id for row in entity.releases}) if entity else 0
        known[key] = node.canonical, entity.name if entity else node.key, releases
    return known


def _as_question(row: Row[Any], names: dict[str, tuple[str, str, int]]) -> Question:
    one, other = names[row.entity_id], names[row.other_id]
    return Question(
        id=row.id,
        how=row.how,
        score=row.score,
        state=row.state,
        one=one[0],
        other=other[0],
        names=(one[1], other[1]),
        releases=(one[2], other[2]),
    )
