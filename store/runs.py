"""Runs of the program: when they began, how they ended, and which of them were killed."""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, text, update

from store import tables
from store.database import Store, StoreError, writing
from store.models import Run
from store.processes import has_ended, this_process
from store.rows import utc
from store.tallies import Tally, add_tallies
from store.upsert import insert_missing

SILENCE = dt.timedelta(hours=1)
"""A run on another machine, whose process cannot be looked at, counts as dead after saving nothing for so long."""
HOLD = dt.timedelta(seconds=90)
"""Silence after which the sources of a run on another machine may be had by others; `keep_alive` ends it."""


def start_run(
    store: Store, started: dt.datetime, sources: Iterable[str] = (), alone: bool = False, kind: str = "ingest"
) -> Run:
    """Note that a run of this process begins, and which earlier ones were interrupted.

    A run is interrupted when its process on this machine is gone, or, elsewhere, when it was silent for `SILENCE`.
    One that wants to be `alone` gets only those of its sources that no other run is at.
    """
    run = Run(id=secrets.token_hex(8), started=started, sources=tuple(sources), kind=kind)
    table, taken = tables.run, set[str]()
    with writing(store) as connection:
        if connection.dialect.name == "postgresql":  # two that start at once see each other
            connection.execute(text("LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE"))
        for row in connection.execute(select(table).where(table.c.state == "running")).all():
            if _is_dead(row, started, SILENCE):
                connection.execute(update(table).where(table.c.id == row.id).values(state="interrupted"))
            elif alone and not _is_dead(row, started, HOLD):
                taken.update(row.sources)
        run = run.model_copy(update={"sources": tuple(name for name in run.sources if name not in taken)})
        insert_missing(connection, tables.source, [{"name": name} for name in sorted(set(run.sources))])
        now = {"started": utc(started), "alive_at": utc(started), "process": this_process()}
        connection.execute(table.insert(), run.model_dump() | now)
    return run


def finish_run(
    store: Store, run_id: str, finished: dt.datetime, counts: Mapping[str, int], failed: bool = False
) -> Run:
    """Note how a run ended; one that did not fail is its sources' last run. Raises StoreError for an unknown id."""
    table = tables.run
    state = "failed" if failed else "finished"
    end = {"finished": utc(finished), "alive_at": utc(finished), "state": state, "counts": dict(counts)}
    with writing(store) as connection:
        connection.execute(update(table).where(table.c.id == run_id).values(**end))
        row = connection.execute(select(table).where(table.c.id == run_id)).first()
        if row is None:
            raise StoreError(f"{store.url}: no run has the id {run_id!r}; take the one that start_run returned")
        add_tallies(connection, {Tally("runs", f"{row.kind} {state}"): 1})
        if not failed:
            _date_sources(connection, row)
    return as_run(row)


def keep_alive(store: Store, run_id: str, now: dt.datetime) -> None:
    """Note that a run is still at work, though it may not have saved anything for a while."""
    with writing(store) as connection:
        connection.execute(update(tables.run).where(tables.run.c.id == run_id).values(alive_at=utc(now)))


def as_run(row: Row[Any]) -> Run:
    """A row of the table `run`."""
    finished = utc(row.finished) if row.finished else None
    return Run(
        id=row.id,
        started=utc(row.started),
        finished=finished,
        state=row.state,
        counts=row.counts,
        sources=tuple(row.sources),
        kind=row.kind,
        seconds=row.seconds,
    )


def _date_sources(connection: Connection, run: Row[Any]) -> None:
    names = tables.source.c.name.in_(run.sources)
    connection.execute(update(tables.source).where(names).values(last_run=utc(run.started)))


def _is_dead(run: Row[Any], now: dt.datetime, silence: dt.timedelta) -> bool:
    ended = has_ended(str(run.process))
    return bool(utc(now) - utc(run.alive_at) > silence) if ended is None else ended
