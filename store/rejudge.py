"""Judging again all that a change has to do with: first organisations, then the people whom they employ."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from store import tables
from store.entities import (
    MOST_IN_GROUP,
    Group,
    canonicalise,
    file_blocks,
    ids_by_key,
    load_matches,
    load_nodes,
    named_now,
    retire,
    save_matches,
    select_where,
)
from store.judging import (
    Match,
    Node,
    judge_acronym,
    judge_holders,
    judge_namesakes,
    judge_places,
    judge_spelling,
)
from store.matching import namesake_key


class Change(NamedTuple):
    """Ids of entities that a change has to do with."""

    touched: Collection[str]
    """All but those that left."""
    new: Collection[str] = ()
    """Those to be held against similar names, too."""
    left: Collection[str] = ()
    """Those that no current record names any more."""
    moved: Collection[str] = ()
    """Those for which another may stand now: people's employers may have become one."""


def rejudge(connection: Connection, change: Change, now: dt.datetime) -> None:
    """Judge the touched entities and their namesakes; those that are new are also held against similar names."""
    nodes, left = load_nodes(connection, change.touched), load_nodes(connection, change.left)
    retire(connection, left.keys())
    concerned = (nodes | left).values()
    organisations = [node for node in concerned if node.kind == "organisation"]
    moved = _judge_organisations(connection, organisations, change.new, now)
    entity = tables.entity.c
    employed = select_where(connection, entity.id, entity.employer_id, moved | set(change.moved))
    people = [node for node in (*concerned, *load_nodes(connection, employed).values()) if node.kind == "person"]
    _judge_people(connection, people, change.new, now)


def _judge_organisations(
    connection: Connection, nodes: Collection[Node], new: Collection[str], now: dt.datetime
) -> set[str]:
    """What names alone tell, then what acronyms mean, which stands on that; those that moved to another entity."""
    places = [Group(frozenset({"exact"}), group) for group in _same_named(connection, {node.key for node in nodes})]
    acronyms = {acronym for node in nodes for acronym in node.acronyms} | {n.key for n in nodes if n.is_acronym}
    holders = _holders(connection, acronyms)
    found = [
        *_spellings(connection, [node for node in nodes if node.id in new]),
        *(match for group in places for match in judge_places(group.nodes)),
        *(match for group in holders.values() for match in judge_holders(group)),
    ]
    moved = canonicalise(connection, save_matches(connection, found, places, now))
    return moved | _judge_acronyms(connection, acronyms, now)


def _judge_acronyms(connection: Connection, acronyms: set[str], now: dt.datetime) -> set[str]:
    holders, bare = _holders(connection, acronyms), _same_named(connection, acronyms)
    nodes = [node for group in bare for node in group if node.is_acronym]
    decided = load_matches(connection, {n.id for n in nodes} | {n.id for group in holders.values() for n in group})
    verdicts: dict[str, dict[str, str]] = defaultdict(dict)
    for row in decided:
        if row.decision_id is not None:
            verdicts[row.entity_id][row.other_id] = verdicts[row.other_id][row.entity_id] = row.state
    found: list[Match] = []
    for node in nodes:
        said = verdicts[node.id]
        if "accepted" not in said.values():
            out = {holder.canonical for holder in holders[node.key] if said.get(holder.id) == "rejected"}
            found += judge_acronym(node, [holder for holder in holders[node.key] if holder.canonical not in out])
    groups = [Group(frozenset({"acronym"}), [node, *holders[node.key]]) for node in nodes]
    kept = [match for group in holders.values() for match in judge_holders(group)]
    return canonicalise(connection, save_matches(connection, [*found, *kept], groups, now))


def _judge_people(connection: Connection, nodes: Collection[Node], new: Collection[str], now: dt.datetime) -> None:
    names = {namesake_key(node.key) for node in nodes} - {""}
    ids = [some[:MOST_IN_GROUP] for some in ids_by_key(connection, "namesake", names).values()]
    people = load_nodes(connection, {one for some in ids for one in some})
    groups = [Group(frozenset({"exact", "fuzzy"}), [people[one] for one in some]) for some in ids]
    found = [
        *_spellings(connection, [node for node in nodes if node.id in new]),
        *(match for group in groups for match in judge_namesakes(group.nodes)),
    ]
    canonicalise(connection, save_matches(connection, found, groups, now))


def _spellings(connection: Connection, new: Collection[Node]) -> Iterator[Match]:
    for pair in file_blocks(connection, new):
        if match := judge_spelling(*pair):
            yield match


def _same_named(connection: Connection, keys: Iterable[str]) -> list[list[Node]]:
    """Organisations by key, some of each: public bodies of several countries, and those that people split."""
    entity = tables.entity.c
    groups: dict[str, list[Node]] = defaultdict(list)
    ids = named_now(connection, select_where(connection, entity.id, entity.name_key, keys))
    for node in sorted(load_nodes(connection, ids).values()):
        if node.kind == "organisation" and len(groups[node.key]) < MOST_IN_GROUP:
            groups[node.key].append(node)
    return list(groups.values())


def _holders(connection: Connection, acronyms: Iterable[str]) -> dict[str, list[Node]]:
    """Organisations with a whole name that a release gives each acronym."""
    ids = {acronym: some[:MOST_IN_GROUP] for acronym, some in ids_by_key(connection, "acronym", acronyms).items()}
    nodes = load_nodes(connection, {one for some in ids.values() for one in some})
    return defaultdict(list, {acronym: [nodes[one] for one in some] for acronym, some in ids.items()})
