"""What an earlier DuckDB file of the same export still says rightly: the values of releases that have not changed."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
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


class State(NamedTuple):
    """Of what a file is an export, and how far it has come: the one row of its table `export`."""

    journal: str
    """Whose numbers these are."""
    number: int
    """Of the last change that is in it."""
    program: str
    """Revision of the store's tables, and a fingerprint of what made rows of them."""
    source: str | None
    reviewed: bool


class Earlier(NamedTuple):
    """An earlier file of the same export, attached as `earlier`."""

    path: Path
    number: int
    """Of the last change that is in it."""
    changed: frozenset[str]
    """Ids of the releases that changed since."""


def read_state(connection: Connection, wanted: Wanted) -> State:
    """What an export is that begins with this transaction."""
    journal, number = last_change(connection)
    return State(journal, number, f"{revision_of(connection)} {_fingerprint()}", wanted.source, wanted.reviewed)


def write_state(file: duckdb.DuckDBPyConnection, state: State) -> None:
    """Say in a file what it is."""
    columns = "journal VARCHAR, number BIGINT, program VARCHAR, source VARCHAR, reviewed BOOLEAN"
    file.execute(f"CREATE TABLE export ({columns})")
    file.execute("INSERT INTO export VALUES (?, ?, ?, ?, ?)", list(state))


def attach_earlier(file: duckdb.DuckDBPyConnection, connection: Connection, path: Path, now: State) -> Earlier | None:
    """Attach the file at a path, where something of it can be taken over."""
    before = _attach(file, path)
    if before and before.number <= now.number and before._replace(number=now.number) == now:
        changed = frozenset(connection.execute(changed_after(before.number).limit(_MOST + 1)).scalars())
        if len(changed) <= _MOST:
            return Earlier(path, before.number, changed)
    file.execute("DETACH DATABASE IF EXISTS earlier")
    return None


def take_over(file: duckdb.DuckDBPyConnection, earlier: Earlier, tables: Iterable[Table]) -> dict[str, int]:
    """Copy the rows of these tables, but for those of changed releases; how many there are. Raises StoreError."""
    file.register("changed", pa.table({"release_id": pa.array(sorted(earlier.changed), pa.string())}))
    try:
        taken = {table.name: _copy(file, table.name) for table in tables}
    except duckdb.Error as error:
        what = "write to another file, or remove this one if it is damaged"
        raise StoreError(f"{earlier.path}: cannot be copied from ({error}); {what}") from error
    file.unregister("changed")
    file.execute("DETACH earlier")
    return taken


def _attach(file: duckdb.DuckDBPyConnection, path: Path) -> State | None:
    if not path.is_file() or Path(f"{path}.wal").exists():  # somebody else has written to it
        return None
    place = str(path).replace("'", "''")
    try:
        file.execute(f"ATTACH '{place}' AS earlier (READ_ONLY)")
        rows = file.execute(f"SELECT {', '.join(State._fields)} FROM earlier.export").fetchall()  # noqa: S608
    except duckdb.Error:  # it is no such file, or another program has it
        return None
    return State(*rows[0]) if len(rows) == 1 else None


def _copy(file: duckdb.DuckDBPyConnection, table: str) -> int:
    kept = f"SELECT * FROM earlier.{table} WHERE release_id NOT IN (SELECT release_id FROM changed)"  # noqa: S608
    ((rows,),) = file.execute(f"INSERT INTO {table} {kept}").fetchall()
    return int(rows)


@cache
def _fingerprint() -> str:
    """Another one for another program that makes rows of records."""
    digest = hashlib.sha256()
    for package in ("schemas", "store"):
        for item in sorted(files(package).iterdir(), key=lambda item: item.name):
            if item.name.endswith(".py"):
                digest.update(item.read_bytes())
    return digest.hexdigest()[:16]
