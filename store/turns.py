"""Whose turn it is to ask a host: limits that hold for every process that works with one store.

A host is asked by one at a time, and all hosts together by so many at a time as there are slots. A turn that its
process did not give back ends by itself. The clocks of several machines have to agree to within the sources' delays.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, or_, select, update

from store import tables
from store.database import Store
from store.processes import has_ended
from store.rows import utc
from store.upsert import insert_missing, upsert

POLL = 0.1
"""Seconds after which one who waits for another asks again."""


class Turn(NamedTuple):
    """One request to a host, of one thread of one process."""

    host: str
    process: str
    token: str
    """Tells the turns of a process apart; unique."""

    @property
    def holder(self) -> str:
        """As the tables have it."""
        return f"{self.token}@{self.process}"


class _TakenError(Exception):
    """Somebody else has it."""


def make_slots(store: Store, number: int) -> None:
    """Let there be at least so many slots."""
    with _quickly(store) as connection:
        insert_missing(connection, tables.slot, [{"number": slot} for slot in range(number)])


def take_turn(store: Store, turn: Turn, slots: int, now: dt.datetime, until: dt.datetime) -> float:
    """Take a turn, which lasts until it is given back, at longest `until`.

    Returns 0, or the seconds after which to ask again: until the host is free, or POLL while somebody else has it.
    """
    try:
        with _quickly(store) as connection:
            insert_missing(connection, tables.host, [{"name": turn.host}])
            row = connection.execute(select(tables.host).where(tables.host.c.name == turn.host)).one()
            if row.free_at is not None and utc(row.free_at) > utc(now):
                return (utc(row.free_at) - utc(now)).total_seconds()
            _take(connection, tables.host, row, turn, (utc(now), utc(until)))
            rows = connection.execute(select(tables.slot).where(tables.slot.c.number < slots)).all()
            free = next((slot for slot in rows if _is_free(slot, utc(now))), None)
            if free is None:
                raise _TakenError
            _take(connection, tables.slot, free, turn, (utc(now), utc(until)))
            return 0.0
    except _TakenError:
        return POLL


def give_turn(store: Store, turn: Turn, free_at: dt.datetime) -> None:
    """Give a turn back; nobody asks the host before `free_at`. Without effect for one that ended by itself."""
    nobody = {"holder": None, "held_until": None}
    with _quickly(store) as connection:
        given = update(tables.host).where(tables.host.c.name == turn.host, tables.host.c.holder == turn.holder)
        connection.execute(given.values(**nobody, free_at=utc(free_at)))
        connection.execute(update(tables.slot).where(tables.slot.c.holder == turn.holder).values(**nobody))


def load_robots(store: Store, host: str, since: dt.datetime) -> str | None:
    """The robots.txt of a host, as it was fetched since then; None where it has to be fetched."""
    table = tables.host.c
    with _quickly(store, writes=False) as connection:
        found = select(table.robots).where(table.name == host, table.robots_at >= utc(since))
        return connection.execute(found).scalar_one_or_none()


def save_robots(store: Store, host: str, text: str, at: dt.datetime) -> None:
    """Keep the robots.txt of a host; empty where it has none."""
    with _quickly(store) as connection:
        row = {"name": host, "robots": text.replace("\0", ""), "robots_at": utc(at)}
        upsert(connection, tables.host, [row])


def _is_free(row: Row[Any], now: dt.datetime) -> bool:
    if row.holder is None or row.held_until is None or utc(row.held_until) <= now:
        return True
    return bool(has_ended(str(row.holder).partition("@")[2]))


def _take(
    connection: Connection, table: Table, row: Row[Any], turn: Turn, span: tuple[dt.datetime, dt.datetime]
) -> None:
    """Write who holds a row, if nobody did since it was looked at. Raises _TakenError otherwise."""
    if not _is_free(row, span[0]):
        raise _TakenError
    (key,) = table.primary_key.columns
    seen = table.c.holder.is_not_distinct_from(row.holder)
    if table is tables.host:
        seen &= or_(table.c.free_at.is_(None), table.c.free_at <= span[0])
    taken = update(table).where(key == row[0], seen).values(holder=turn.holder, held_until=span[1])
    if connection.execute(taken).rowcount != 1:
        raise _TakenError


@contextmanager
def _quickly(store: Store, writes: bool = True) -> Iterator[Connection]:
    """A short transaction beside those that save: on PostgreSQL it waits for none of them, only for its own rows."""
    with store.engine.execution_options(writing=writes).begin() as connection:
        yield connection
