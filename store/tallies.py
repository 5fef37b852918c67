"""Sums over all runs that ever were: they only grow, whatever becomes of the rows that they were counted from."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, update

from store import tables
from store.database import Store, writing
from store.upsert import insert_into


class Tally(NamedTuple):
    """What is summed, and of which kind."""

    name: str
    label: str


def note_progress(store: Store, run_id: str, seconds: Mapping[str, float], sums: Mapping[Tally, float]) -> None:
    """Keep how long the stages of a run took until now, and add to the sums over all runs."""
    with writing(store) as connection:
        connection.execute(update(tables.run).where(tables.run.c.id == run_id).values(seconds=dict(seconds)))
        add_tallies(connection, sums)


def add_tallies(connection: Connection, sums: Mapping[Tally, float]) -> None:
    """Add to the sums, in the transaction of the caller."""
    rows = [{"name": key.name, "label": key.label, "value": value} for key, value in sorted(sums.items()) if value]
    if rows:
        statement = insert_into(connection, tables.tally)
        total = tables.tally.c.value + statement.excluded.value
        changed = {"index_elements": ["name", "label"], "set_": {"value": total}}
        connection.execute(statement.on_conflict_do_update(**changed), rows)
