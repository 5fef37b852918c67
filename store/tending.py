"""Backup and gc as runs of the store: only one of them at a time, for the one takes away what the other reads."""

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Row, select, update

from schemas.page import utc_now
from store import tables
from store.database import Store, StoreError, writing
from store.processes import has_ended, this_process
from store.rows import utc
from store.tallies import Tally, add_tallies

KINDS = ("backup", "gc")
SILENCE = dt.timedelta(minutes=15)
"""After that a run on another machine, whose process cannot be looked at, counts as dead."""
_BEAT = dt.timedelta(minutes=1)


class Tending:
    """A backup or gc that is under way."""

    def __init__(self, store: Store, run_id: str) -> None:
        self.counts: dict[str, int] = {}
        """What it did: shown in `dateline status`."""
        self._store, self._id, self._told = store, run_id, utc_now()

    def beat(self) -> None:
        """Say that it is alive, though no more often than is needed."""
        now = utc_now()
        if now - self._told > _BEAT:
            self._told = now
            with writing(self._store) as connection:
                _note(connection, self._id, {"alive_at": now})


@contextmanager
def tending(store: Store, kind: str) -> Iterator[Tending]:
    """A run of this kind. Raises StoreError while another backup or gc is under way."""
    table, run_id, began = tables.run, secrets.token_hex(8), utc_now()
    with writing(store) as connection:
        running = select(table).where(table.c.state == "running", table.c.kind.in_(KINDS))
        for row in connection.execute(running).all():
            if not _is_dead(row, began):
                raise StoreError(
                    f"{store.url}: a {row.kind} is under way since {utc(row.started):%Y-%m-%d %H:%M} UTC; "
                    "wait until it is done"
                )
            _note(connection, row.id, {"state": "interrupted"})
        now = {"started": began, "alive_at": began, "process": this_process(), "kind": kind, "state": "running"}
        connection.execute(table.insert(), {"id": run_id, "counts": {}, "sources": [], "seconds": {}, **now})
    run, state = Tending(store, run_id), "failed"
    try:
        yield run
        state = "finished"
    finally:
        end = utc_now()
        with writing(store) as connection:
            took = {"all": (end - began).total_seconds()}
            _note(connection, run_id, {"finished": end, "alive_at": end, "state": state, "counts": run.counts,
                                       "seconds": took})  # fmt: skip
            add_tallies(connection, {Tally("runs", f"{kind} {state}"): 1})


def _note(connection: Connection, run_id: str, values: dict[str, object]) -> None:
    connection.execute(update(tables.run).where(tables.run.c.id == run_id).values(**values))


def _is_dead(run: Row[tuple[object, ...]], now: dt.datetime) -> bool:
    ended = has_ended(str(run.process))
    return now - utc(run.alive_at) > SILENCE if ended is None else ended
