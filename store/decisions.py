"""What people decide of links: every decision is added, none is overwritten, each can be undone."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection, Select, Table, delete, func, insert, literal, select, update

from schemas.values import FROZEN, derive_id
from store import tables
from store.database import Store, StoreError, reading, writing
from store.entities import (
    Key,
    add_keys,
    canonicalise,
    component,
    load_matches,
    load_nodes,
    match_row,
    named_now,
)
from store.judging import SPLIT, Node, State, match
from store.lookup import find_id
from store.rejudge import Change, rejudge
from store.rows import Row, utc

Action = Literal["accept", "reject", "merge", "split", "undo"]


class Decision(BaseModel):
    """What a person decides of entities and matches.

    accept: `targets` are matches (their two entities are one) or entities (all their links are right).
    reject: `targets` are matches: their two entities are not one, whatever a rule says.
    merge: all `targets` are one entity, and the first stands for them.
    split: the `releases` mean another thing than the entity in `targets`, and one among themselves.
    undo: `targets` is the number of a decision.
    """

    model_config = FROZEN
    action: Action
    targets: tuple[str, ...] = Field(min_length=1)
    """Ids or unique beginnings of ids."""
    by: str = Field(min_length=1)
    at: AwareDatetime
    releases: tuple[str, ...] = ()
    comment: str | None = None


class Decided(BaseModel):
    """A decision as it is kept."""

    model_config = FROZEN
    number: int
    action: Action
    targets: tuple[str, ...]
    by: str
    at: AwareDatetime
    comment: str | None = None
    undoes: int | None = None
    undone_by: int | None = None


class _Desk(NamedTuple):
    """One decision being carried out."""

    connection: Connection
    number: int
    decision: Decision
    changes: list[dict[str, Any]]
    """Each row that it changes, before and after: what undoing needs."""


_TRACKED: dict[str, tuple[Table, tuple[str, ...]]] = {
    "entity": (tables.entity, ("state",)),
    "entity_link": (tables.entity_link, ("entity_id", "how", "decision_id")),
    "entity_match": (tables.entity_match, ("entity_id", "other_id", "how", "score", "state", "decision_id")),
}


def decide(store: Store, decision: Decision) -> Decided:
    """Carry out a decision and keep it, in one transaction.

    Raises StoreError, and changes nothing, when a target is unknown or ambiguous, when an earlier decision stands
    against it, or when a later one builds on what is to be undone.
    """
    with writing(store) as connection:
        table = tables.entity_decision
        number = (connection.execute(select(func.max(table.c.id))).scalar_one() or 0) + 1
        desk = _Desk(connection, number, decision, [])
        undoes = _number(decision.targets) if decision.action == "undo" else None
        row = {"id": number, "action": decision.action, "targets": list(decision.targets), "changes": []}
        row |= {"decided_by": decision.by, "decided_at": utc(decision.at), "comment": decision.comment}
        connection.execute(insert(table), row)
        _ACTIONS[decision.action](desk)
        connection.execute(update(table).where(table.c.id == number).values(changes=desk.changes, undoes=undoes))
        _settle(desk)
    return next(one for one in load_decisions(store) if one.number == number)


def load_decisions(store: Store) -> list[Decided]:
    """Every decision, the newest first."""
    table = tables.entity_decision
    with reading(store) as connection:
        rows = connection.execute(select(table).order_by(table.c.id.desc())).all()
    undone = _undone({row.id: row.undoes for row in rows})
    return [
        Decided(
            number=row.id,
            action=row.action,
            targets=tuple(row.targets),
            by=row.decided_by,
            at=utc(row.decided_at),
            comment=row.comment,
            undoes=row.undoes,
            undone_by=undone.get(row.id),
        )
        for row in rows
    ]


def _undone(undoes: dict[int, int | None]) -> dict[int, int]:
    """Which decision undoes which, as far as it was not undone itself.

    >>> _undone({1: None, 2: 1}), _undone({1: None, 2: 1, 3: 2})
    ({1: 2}, {2: 3})
    """
    standing: dict[int, int] = {}
    for number in sorted(undoes, reverse=True):
        target = undoes[number]
        if target is not None and number not in standing:
            standing[target] = number
    return standing


def _change(desk: _Desk, name: str, key: str, values: Row | None) -> None:
    """Insert, update or (with None) delete one row, noting both states of it."""
    table, columns = _TRACKED[name]
    tracked = select(*(table.c[column] for column in columns)).where(table.c.id == key)
    found = desk.connection.execute(tracked).mappings().first()
    before = dict(found) if found else None
    if values is None:
        desk.connection.execute(delete(table).where(table.c.id == key))
    elif before is None:
        desk.connection.execute(insert(table), {"id": key, "matched_at": utc(desk.decision.at), **values})
    else:
        desk.connection.execute(update(table).where(table.c.id == key).values(values))
    after = None if values is None else (before or {}) | values
    if before != after:
        desk.changes.append({"table": name, "id": key, "before": before, "after": after})


def _decide_pair(desk: _Desk, one: Node, other: Node, state: State) -> None:
    """Every match of two entities gets this state; where there is none, one is made."""
    rows = load_matches(desk.connection, {one.id, other.id})
    for row in rows:
        _change(desk, "entity_match", row.id, {"state": state, "decision_id": desk.number})
    if not rows:
        made = match(one, other, "review", 1.0, state)
        row = match_row(made, desk.decision.at, desk.number)
        _change(desk, "entity_match", row["id"], {name: row[name] for name in _TRACKED["entity_match"][1]})


def _accept(desk: _Desk) -> None:
    for target in desk.decision.targets:
        pair = _find_match(desk.connection, target)
        if pair is None:
            _change(desk, "entity", find_id(desk.connection, target), {"state": "confirmed"})
            continue
        nodes = load_nodes(desk.connection, pair)
        one, other = (nodes[end] for end in pair)
        _decide_pair(desk, one, other, "accepted")
        canonicalise(desk.connection, set(pair))
        heads = {node.canonical for node in load_nodes(desk.connection, pair).values()}
        if len(heads) > 1:
            raise StoreError(
                f"match {target!r}: an earlier rejection keeps these two apart; undo it (`dateline link log`)"
                " or merge them"
            )
        _change(desk, "entity", heads.pop(), {"state": "confirmed"})


def _reject(desk: _Desk) -> None:
    for target in desk.decision.targets:
        pair = _find_match(desk.connection, target)
        if pair is None:
            raise StoreError(f"no match has an id that begins with {target!r}; `dateline link review` shows ids")
        nodes = load_nodes(desk.connection, pair)
        _decide_pair(desk, nodes[pair[0]], nodes[pair[1]], "rejected")


def _merge(desk: _Desk) -> None:
    heads = list(dict.fromkeys(find_id(desk.connection, target) for target in desk.decision.targets))
    nodes = load_nodes(desk.connection, heads)
    if len(heads) < 2 or len({node.kind for node in nodes.values()}) > 1:
        raise StoreError("merging takes two or more different entities of one kind; `dateline find NAME` shows them")
    keep = nodes[heads[0]]
    members = component(desk.connection, heads)
    for row in load_matches(desk.connection, members):
        if row.state == "rejected":
            _change(desk, "entity_match", row.id, {"state": "accepted", "decision_id": desk.number})
    for other in heads[1:]:
        _decide_pair(desk, keep, nodes[other], "accepted")
        _change(desk, "entity", other, {"state": "guessed"})
    _change(desk, "entity", keep.id, {"state": "confirmed"})


def _split(desk: _Desk) -> None:
    (target, *more), connection = desk.decision.targets, desk.connection
    head = find_id(connection, target)
    link, entity = tables.entity_link.c, tables.entity.c
    own = select(tables.entity_link).join(tables.entity, entity.id == link.entity_id).where(entity.canonical_id == head)
    links = connection.execute(own.where(link.is_current).order_by(link.id)).all()
    leaving = [row for row in links if row.release_id.startswith(desk.decision.releases)]
    if more or not leaving or len(leaving) == len(links):
        raise StoreError(f"splitting {target!r} takes one entity and some, not all, of its releases (`dateline find`)")
    old = load_nodes(connection, {row.entity_id for row in leaving} | {head})
    base = old[leaving[0].entity_id]
    made = base._replace(id=derive_id("entity", "split", desk.number), context=f"{SPLIT}{desk.number}", canonical="")
    connection.execute(insert(tables.entity).from_select(*_copy(base, made, leaving[0].name)))
    for row in leaving:
        moved = {"entity_id": made.id, "how": "review", "decision_id": desk.number}
        _change(desk, "entity_link", row.id, moved)
    for node in old.values():
        _decide_pair(desk, made, node, "rejected")
    add_keys(connection, {Key("acronym", acronym, made.id) for acronym in base.acronyms})


def _copy(base: Node, made: Node, name: str) -> tuple[list[str], Select[Any]]:
    """Columns of a new entity like another, and where they come from."""
    entity = tables.entity.c
    own = {"id": made.id, "name": name, "context": made.context, "state": "guessed", "canonical_id": made.id}
    columns = [literal(own[column.name]) if column.name in own else column for column in entity]
    return [column.name for column in entity], select(*columns).where(entity.id == base.id)


def _undo(desk: _Desk) -> None:
    number, table = _number(desk.decision.targets), tables.entity_decision
    row = desk.connection.execute(select(table).where(table.c.id == number)).first()
    if row is None or number == desk.number:
        raise StoreError(f"there is no decision {number}; `dateline link log` shows their numbers")
    earlier = desk.connection.execute(select(table.c.id, table.c.undoes).where(table.c.id != desk.number))
    if (done := _undone({one.id: one.undoes for one in earlier}).get(number)) is not None:
        raise StoreError(f"decision {number} was undone by {done}; undo {done} to have it back")
    for change in reversed(row.changes):
        _check_untouched(desk, number, change)
        _change(desk, change["table"], change["id"], change["before"])


def _check_untouched(desk: _Desk, number: int, change: dict[str, Any]) -> None:
    """Raise StoreError when a later decision changed the same row."""
    table, columns = _TRACKED[change["table"]]
    if "decision_id" not in columns:
        return
    later = desk.connection.execute(select(table.c.decision_id).where(table.c.id == change["id"])).scalar()
    if later is not None and later not in (number, (change["after"] or {}).get("decision_id")):
        raise StoreError(f"decision {later} changed what decision {number} had decided; undo {later} first")


_ACTIONS: dict[Action, Callable[[_Desk], None]] = {
    "accept": _accept,
    "reject": _reject,
    "merge": _merge,
    "split": _split,
    "undo": _undo,
}


def _settle(desk: _Desk) -> None:
    """Let everything that stands on the changed rows follow."""
    states = [change[when] or {} for change in desk.changes for when in ("before", "after")]
    ends = {state[name] for state in states for name in ("entity_id", "other_id") if name in state}
    ends |= {change["id"] for change in desk.changes if change["table"] == "entity"}
    concerned = component(desk.connection, ends)
    canonicalise(desk.connection, concerned)
    split = {node.id for node in load_nodes(desk.connection, ends).values() if node.context.startswith(SPLIT)}
    left = split - named_now(desk.connection, split)
    rejudge(desk.connection, Change(concerned - left, left=left, moved=concerned), desk.decision.at)


def _find_match(connection: Connection, key: str) -> tuple[str, str] | None:
    """The two entities of the match with this id or unique beginning of one."""
    table = tables.entity_match.c
    fits = select(table.entity_id, table.other_id).where(table.id.startswith(key, autoescape=True)).limit(2)
    rows = connection.execute(fits).all() if key else []
    if len(rows) > 1:
        raise StoreError(f"several matches have an id that begins with {key!r}; give more of it")
    return (rows[0].entity_id, rows[0].other_id) if rows else None


def _number(targets: Iterable[str]) -> int:
    (target, *more) = targets
    if more or not target.isdecimal():
        raise StoreError(f"{target!r} is no number of a decision; `dateline link log` shows them")
    return int(target)
