"""The store in numbers that are quick to have, for a monitoring system that asks every few seconds."""

import datetime as dt

from pydantic import BaseModel
from sqlalchemy import Select, func, select

from schemas.values import FROZEN
from store import tables
from store.database import Store, reading
from store.rows import utc
from store.tallies import Tally


class Gauges(BaseModel):
    """The store at one moment."""

    model_config = FROZEN
    releases: int
    quarantine: dict[tuple[str, str], int]
    """By stage and code."""
    review: dict[str, int]
    """Releases by how far their first review is."""
    running: dict[str, int]
    """Runs under way, by kind."""
    last_finished: dict[str, dt.datetime]
    """By kind of run."""
    failing_sources: int
    """Whose last look at their listing failed."""
    tallies: dict[Tally, float]
    """Sums over all runs that ever were."""


def load_gauges(store: Store) -> Gauges:
    """All of it, from one state of the store."""
    quarantine, state, run = tables.quarantine.c, tables.review_state.c, tables.run.c
    failed = select(quarantine.stage, quarantine.code, func.count()).group_by(quarantine.stage, quarantine.code)
    reviews = select(state.status, func.count()).where(state.opinion == 1).group_by(state.status)
    running = select(run.kind, func.count()).where(run.state == "running").group_by(run.kind)
    last = select(run.kind, func.max(run.finished)).where(run.state == "finished").group_by(run.kind)
    with reading(store) as connection:
        return Gauges(
            releases=connection.execute(select(func.count()).select_from(tables.release)).scalar_one(),
            quarantine={(stage, code): number for stage, code, number in connection.execute(failed)},
            review=dict(connection.execute(reviews).tuples().all()),
            running=dict(connection.execute(running).tuples().all()),
            last_finished={kind: utc(moment) for kind, moment in connection.execute(last)},
            failing_sources=connection.execute(_failing()).scalar_one(),
            tallies={Tally(row.name, row.label): row.value for row in connection.execute(select(tables.tally))},
        )


def _failing() -> Select[tuple[int]]:
    check = tables.source_check
    last = select(check.c.source, func.max(check.c.checked_at).label("at")).group_by(check.c.source).subquery()
    same = (check.c.source == last.c.source) & (check.c.checked_at == last.c.at)
    return select(func.count()).select_from(check.join(last, same)).where(check.c.code.is_not(None))
