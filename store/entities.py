"""Entities in the database: reading them for judging, keeping matches, and which entity stands for which.

Each function works inside the caller's transaction.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, or_, select, update

from schemas.values import derive_id
from store import tables
from store.judging import How, Match, Node, join
from store.matching import blocks
from store.rows import Row, utc
from store.upsert import chunks, delete_where, insert_missing, upsert

MOST_IN_GROUP = 100
"""Entities of one name or acronym that are held against each other; of more, no rule could tell them apart."""
MOST_IN_BLOCK = 25
"""Entities filed under one block: what more of them share says too little."""
_ROLES = ("title", "source", "acronym")
"""What is told of an entity, beside `block` and `namesake`, under which it is found."""


class Key(NamedTuple):
    """Words by which an entity is found or told from others."""

    role: str
    words: str
    entity_id: str


class Group(NamedTuple):
    """Entities that one rule judged together: its earlier undecided matches among them are made anew."""

    hows: frozenset[How]
    nodes: Sequence[Node]


def load_nodes(connection: Connection, ids: Iterable[str]) -> dict[str, Node]:
    """Entities with all that judging needs, by id."""
    entity, employer, key = tables.entity.c, tables.entity.alias(), tables.entity_key.c
    columns = select(tables.entity, employer.c.canonical_id.label("employer"))
    joined = columns.join(employer, employer.c.id == entity.employer_id, isouter=True)
    traits: dict[tuple[str, str], set[str]] = defaultdict(set)
    found = {}
    for chunk in chunks(sorted(set(ids))):
        told = select(tables.entity_key).where(key.entity_id.in_(chunk), key.role.in_(_ROLES))
        for row in connection.execute(told):
            traits[row.entity_id, row.role].add(row.words)
        for row in connection.execute(joined.where(entity.id.in_(chunk))):
            titles, sources, acronyms = (frozenset(traits[row.id, role]) for role in _ROLES)
            found[row.id] = Node(
                id=row.id,
                kind=row.kind,
                key=row.name_key,
                context=row.context,
                employer=row.employer or "",
                canonical=row.canonical_id,
                is_acronym=row.is_acronym,
                titles=titles,
                sources=sources,
                acronyms=acronyms,
                state=row.state,
            )
    return found


def select_where(
    connection: Connection, wanted: ColumnElement[str], column: ColumnElement[str], values: Iterable[str]
) -> set[str]:
    """What a column holds in the rows where another has one of these values."""
    found: set[str] = set()
    for chunk in chunks(sorted(set(values))):
        found.update(connection.execute(select(wanted).where(column.in_(chunk))).scalars())
    return found


def named_now(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of these entities that a current record names."""
    entity, link = tables.entity.c, tables.entity_link.c
    statement = select(entity.id).where(select(link.id).where(link.entity_id == entity.id, link.is_current).exists())
    found: set[str] = set()
    for chunk in chunks(sorted(set(ids))):
        found.update(connection.execute(statement.where(entity.id.in_(chunk))).scalars())
    return found


def retire(connection: Connection, ids: Iterable[str]) -> None:
    """Let no rule find these entities any more, which nothing names; what people decided of them stays."""
    gone, match = sorted(ids), tables.entity_match
    delete_where(connection, tables.entity_key.c.entity_id, gone)
    ends: set[str] = set()
    for chunk in chunks(gone):
        own = or_(match.c.entity_id.in_(chunk), match.c.other_id.in_(chunk)) & match.c.decision_id.is_(None)
        for row in connection.execute(delete(match).where(own).returning(match.c.entity_id, match.c.other_id)):
            ends.update(row)
    canonicalise(connection, ends)


def ids_by_key(connection: Connection, role: str, words: Iterable[str]) -> dict[str, list[str]]:
    """Entities found by these words in this role, in the order of ids."""
    key, found = tables.entity_key.c, defaultdict(list)
    for chunk in chunks(sorted(set(words))):
        statement = select(tables.entity_key).where(key.role == role, key.words.in_(chunk)).order_by(key.entity_id)
        for row in connection.execute(statement):
            found[row.words].append(row.entity_id)
    return found


def add_keys(connection: Connection, keys: Iterable[Key]) -> set[str]:
    """Note by what entities are found; which of them were not known by it before."""
    wanted, table = set(keys), tables.entity_key
    known: set[Key] = set()
    for role in {key.role for key in wanted}:
        words = {key.words for key in wanted if key.role == role}
        ids = {key.entity_id for key in wanted if key.role == role}
        for chunk in chunks(sorted(ids)):
            rows = connection.execute(select(table).where(table.c.role == role, table.c.entity_id.in_(chunk)))
            known.update(Key(*row) for row in rows if row.words in words)
    new = sorted(wanted - known)
    insert_missing(connection, table, [key._asdict() for key in new])
    return {key.entity_id for key in new}


def file_blocks(connection: Connection, nodes: Collection[Node]) -> list[tuple[Node, Node]]:
    """File new entities under their blocks; the pairs with others that are filed there."""
    new = {node.id: node for node in nodes}
    wanted = {key: {f"{node.kind} {block}" for block in blocks(node.kind, node.key)} for key, node in new.items()}
    filed = _filed(connection, set().union(*wanted.values()))
    pairs: dict[tuple[str, str], tuple[Node, Node]] = {}
    rows: list[Row] = []
    for key, names in sorted(wanted.items()):
        for name in sorted(names):
            others = filed[name]
            for other, node in others.items():
                pairs[min(key, other), max(key, other)] = new[key], node
            if len(others) < MOST_IN_BLOCK and key not in others:
                others[key] = new[key]
                rows.append({"role": "block", "words": name, "entity_id": key})
    insert_missing(connection, tables.entity_key, rows)
    return [pair for (one, other), pair in sorted(pairs.items()) if one != other]


def _filed(connection: Connection, names: Collection[str]) -> dict[str, dict[str, Node]]:
    """What is filed under each block: as much of it as judging the spelling needs, since there is much of it."""
    key, entity = tables.entity_key.c, tables.entity.c
    columns = select(key.words, entity.id, entity.kind, entity.name_key, entity.context, entity.is_acronym)
    joined = columns.join(tables.entity, entity.id == key.entity_id).where(key.role == "block")
    found: dict[str, dict[str, Node]] = defaultdict(dict)
    known: dict[str, Node] = {}
    for chunk in chunks(sorted(names)):
        for words, id_, kind, name_key, context, is_acronym in connection.execute(joined.where(key.words.in_(chunk))):
            node = known.get(id_) or Node(id_, kind, name_key, context, is_acronym=is_acronym)
            found[words][id_] = known[id_] = node
    return found


def match_id(pair: Match) -> str:
    """The id of a match: one row for two entities and a way of matching."""
    return derive_id("match", pair.one, pair.other, pair.how)


def load_matches(connection: Connection, ids: Collection[str]) -> list[Any]:
    """Rows of all matches between two of these entities."""
    table, rows = tables.entity_match, []
    for chunk in chunks(sorted(ids)):
        found = connection.execute(select(table).where(table.c.entity_id.in_(chunk)))
        rows += [row for row in found if row.other_id in ids]
    return rows


def save_matches(connection: Connection, found: Iterable[Match], groups: Sequence[Group], now: dt.datetime) -> set[str]:
    """Keep what was judged now and drop what a rule judged earlier and no more; what people decided stays.

    Gives the entities of which others may stand for now.
    """
    judged = list(found)
    ends = {one for pair in judged for one in pair[:2]} | {node.id for group in groups for node in group.nodes}
    rows = load_matches(connection, ends)
    decided = {(row.entity_id, row.other_id) for row in rows if row.decision_id is not None}
    old = {_as_match(row)[:3]: _as_match(row) for row in rows if row.decision_id is None}
    wanted = {pair[:3]: pair for pair in judged if pair[:2] not in decided}
    owners = _owners(groups)
    gone = [pair for key, pair in old.items() if key not in wanted and _is_owned(pair, owners)]
    changed = [pair for key, pair in wanted.items() if old.get(key) != pair]
    delete_where(connection, tables.entity_match.c.id, map(match_id, gone))
    upsert(connection, tables.entity_match, [match_row(pair, now) for pair in changed])
    before = [old[pair[:3]] for pair in changed if pair[:3] in old]
    return {one for pair in (*gone, *changed, *before) if pair.state == "accepted" for one in pair[:2]}


def match_row(pair: Match, now: dt.datetime, decision_id: int | None = None) -> Row:
    """A match as a row of its table."""
    ends = {"id": match_id(pair), "entity_id": pair.one, "other_id": pair.other}
    judged = {"how": pair.how, "score": pair.score, "state": pair.state}
    return {**ends, **judged, "matched_at": utc(now), "decision_id": decision_id}


def _as_match(row: Any) -> Match:
    return Match(row.entity_id, row.other_id, row.how, row.score, row.state)


def _owners(groups: Sequence[Group]) -> dict[tuple[str, How], set[int]]:
    owners = defaultdict(set)
    for number, group in enumerate(groups):
        for node in group.nodes:
            for how in group.hows:
                owners[node.id, how].add(number)
    return owners


def _is_owned(pair: Match, owners: dict[tuple[str, How], set[int]]) -> bool:
    return bool(owners.get((pair.one, pair.how), set()) & owners.get((pair.other, pair.how), set()))


def canonicalise(connection: Connection, ids: Collection[str]) -> set[str]:
    """Settle anew which entity stands for these and for all that are joined with them; those that changed.

    Raises nothing: a match that a rejected one contradicts is passed over.
    """
    if not ids:
        return set()
    near = component(connection, set(ids))
    nodes = load_nodes(connection, component(connection, near | _neighbours(connection, near)))
    heads = join(nodes.values(), [_as_match(row) for row in load_matches(connection, nodes.keys())])
    changed = {key: head for key, head in heads.items() if nodes[key].canonical != head}
    if changed:
        table = tables.entity
        statement = update(table).where(table.c.id == bindparam("node")).values(canonical_id=bindparam("head"))
        connection.execute(statement, [{"node": key, "head": head} for key, head in sorted(changed.items())])
    return set(changed)


def component(connection: Connection, ids: Iterable[str]) -> set[str]:
    """All entities that have the same one standing for them as one of these."""
    entity = tables.entity.c
    heads = select_where(connection, entity.canonical_id, entity.id, ids)
    return select_where(connection, entity.id, entity.canonical_id, heads)


def _neighbours(connection: Connection, ids: set[str]) -> set[str]:
    """Entities that an accepted match ties to these, be it one that had to be passed over."""
    pair = tables.entity_match.c
    found: set[str] = set()
    for chunk in chunks(sorted(ids)):
        touching = or_(pair.entity_id.in_(chunk), pair.other_id.in_(chunk))
        for row in connection.execute(select(pair.entity_id, pair.other_id).where(pair.state == "accepted", touching)):
            found.update(row)
    return found
