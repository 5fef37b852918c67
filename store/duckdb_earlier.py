"""What an earlier DuckDB file of the same export still says rightly: the values of releases that have not changed."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, Table

from store.changes import last_change
from store.database import StoreError
from store.export import Wanted, changed_after
from store.migrations.upgrade import revision_of

_MOST = 100_000
"""Changed releases beyond which everything is written anew: it takes hardly longer, and their ids need memory."""
_DECLARED = "journal VARCHAR, number BIGINT, layout VARCHAR, source VARCHAR, reviewed BOOLEAN"


class State(NamedTuple):
    """Of what a file is an export, and how far it has come: the one row of its table `export`."""

    journal: str
    """Whose numbers these are."""
    number: int
    """Of the last change that is in it."""
    layout: str
    """Revision of the store's tables, and of those in the file."""
    source: str | None
    reviewed: bool


class Earlier(NamedTuple):
    """An earlier file of the same export."""

    path: Path
    number: int
    """Of the last change that is in it."""
    changed: frozenset[str]
    """Ids of the releases that changed since."""


def read_state(connection: Connection, wanted: Wanted, layout: str) -> State:
    """What an export is that begins with this transaction."""
    journal, number = last_change(connection)
    return State(journal, number, f"{revision_of(connection)} {layout}", wanted.source, wanted.reviewed)


def write_state(file: duckdb.DuckDBPyConnection, state: State) -> None:
    """Say in a file what it is."""
    file.execute(f"CREATE TABLE export ({_DECLARED})")
    file.execute("INSERT INTO export VALUES (?, ?, ?, ?, ?)", list(state))


def find_earlier(connection: Connection, path: Path, now: State) -> Earlier | None:
    """The file at a path, where something of it can be taken over."""
    before = _load_state(path)
    if before is None or before._replace(number=now.number) != now or before.number > now.number:
        return None
    changed = frozenset(connection.execute(changed_after(before.number).limit(_MOST + 1)).scalars())
    return Earlier(path, before.number, changed) if len(changed) <= _MOST else None


def take_over(file: duckdb.DuckDBPyConnection, earlier: Earlier, unchanging: Iterable[Table]) -> dict[str, int]:
    """Copy the rows of these tables, but for those of changed releases; how many there are. Raises StoreError."""
    file.register("changed", pa.table({"release_id": pa.array(sorted(earlier.changed), pa.string())}))
    place = str(earlier.path).replace("'", "''")
    try:
        file.execute(f"ATTACH '{place}' AS earlier (READ_ONLY)")
        taken = {table.name: _copy(file, table.name) for table in unchanging}
        file.execute("DETACH earlier")
    except duckdb.Error as error:
        raise StoreError(f"{earlier.path}: cannot be read ({error}); remove it to write it anew") from error
    file.unregister("changed")
    return taken


def _copy(file: duckdb.DuckDBPyConnection, table: str) -> int:
    kept = f"SELECT * FROM earlier.{table} WHERE release_id NOT IN (SELECT release_id FROM changed)"  # noqa: S608
    ((rows,),) = file.execute(f"INSERT INTO {table} {kept}").fetchall()
    return int(rows)


def _load_state(path: Path) -> State | None:
    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as file:
            rows = file.execute("SELECT journal, number, layout, source, reviewed FROM export").fetchall()
    except duckdb.Error:  # it is no such file, or somebody writes to it
        return None
    return State(*rows[0]) if len(rows) == 1 else None
