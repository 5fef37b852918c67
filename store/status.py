"""The store at a glance."""

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Select, Table, func, literal_column, select

from store import tables
from store.database import Store, reading
from store.models import SourceStatus, Status
from store.rows import utc
from store.runs import as_run

_COUNTED = {
    "sources": tables.source,
    "releases": tables.release,
    "versions": tables.release_version,
    "copies": tables.release_copy,
    "records": tables.record,
    "people": tables.person,
    "organisations": tables.organisation,
    "dates": tables.date_mention,
    "amounts": tables.amount,
    "commitments": tables.commitment,
    "events": tables.event,
    "quotes": tables.quote,
    "checks": tables.record_check,
    "entities": tables.entity,
    "reviews": tables.review,
    "quarantine": tables.quarantine,
}
"""What people count, by the names that records have for it; the other tables are the store's own bookkeeping."""


def load_status(store: Store, runs: int = 10) -> Status:
    """How much there is of all that people count, what there is of each source, and the last runs."""
    with reading(store) as connection:
        counts = {name: connection.execute(_count(table)).scalar_one() for name, table in _COUNTED.items()}
        last = select(tables.run).order_by(tables.run.c.started.desc(), tables.run.c.id).limit(runs)
        return Status(
            counts=counts,
            sources=tuple(_sources(connection)),
            runs=tuple(as_run(row) for row in connection.execute(last)),
        )


def _count(table: Table) -> Select[tuple[int]]:
    counted = select(func.count()).select_from(table)
    # As the index has it: SQLite does not see that `is_current = 1` is the same, and would go through the records.
    return counted.where(literal_column("record.is_current")) if table is tables.record else counted


def count_found(store: Store, source: str, since: dt.datetime) -> int:
    """How many releases a source published since that moment, by their own dates; of those without, when found."""
    release = tables.release.c
    dated = release.published >= since.date()
    undated = release.published.is_(None) & (release.first_seen >= utc(since))
    with reading(store) as connection:
        count = select(func.count()).select_from(tables.release)
        return connection.execute(count.where(release.source == source, dated | undated)).scalar_one()


def _sources(connection: Connection) -> list[SourceStatus]:
    release, quarantine = tables.release.c, tables.quarantine.c
    found = select(release.source, func.count(), func.max(release.last_seen)).group_by(release.source)
    failed = select(quarantine.source, func.count()).group_by(quarantine.source)
    releases = {name: (number, seen) for name, number, seen in connection.execute(found)}
    problems = {row[0]: int(row[1]) for row in connection.execute(failed)}
    return [
        SourceStatus(
            name=row.name,
            releases=releases.get(row.name, (0, None))[0],
            quarantined=problems.get(row.name, 0),
            last_seen=_utc(releases.get(row.name, (0, None))[1]),
            last_run=_utc(row.last_run),
        )
        for row in connection.execute(select(tables.source).order_by(tables.source.c.name))
    ]


def _utc(moment: Any) -> dt.datetime | None:
    return utc(moment) if moment is not None else None
