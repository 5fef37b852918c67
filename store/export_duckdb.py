"""The store as one DuckDB file: the same tables and the same views, to ask without the store."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import JSON, Connection, Select, Table, Text, cast, select

from store import tables
from store.arrow import MONEY, arrow_type, as_batch
from store.database import Store, StoreError, reading
from store.duckdb_earlier import Earlier, attach_earlier, read_state, take_over, write_state
from store.export import Wanted, changed_after, stream, whole_path
from store.export_reviewed import iter_reviewed_rows
from store.views import VIEWS

TABLES = (
    tables.source,
    tables.release,
    tables.release_version,
    tables.release_copy,
    tables.record,
    *tables.VALUES,
    tables.review,
    tables.review_state,
    tables.entity,
    tables.entity_link,
    tables.entity_match,
)
"""Those that say something of releases; the others are the store's own bookkeeping."""
_Part = tuple[Table, list[Mapping[str, Any]]]
"""Some rows of a table."""
_LIMITS: dict[str, Any] = {"threads": 1, "memory_limit": "128MB", "autoinstall_known_extensions": False}
_ROWS_AT_ONCE = {tables.release_version.name: 200, tables.record.name: 200}
"""Of tables with long texts; of the others 2,000."""
_TYPES = {pa.string(): "VARCHAR", pa.bool_(): "BOOLEAN", pa.int64(): "BIGINT", pa.float64(): "DOUBLE",
          pa.date32(): "DATE", pa.timestamp("us", "UTC"): "TIMESTAMP", pa.binary(): "BLOB",
          MONEY: "DECIMAL(38, 10)"}  # fmt: skip


def export_duckdb(store: Store, path: Path, wanted: Wanted) -> dict[str, int]:
    """Write the file; how many rows each table has. Raises StoreError when it cannot be written.

    Sums are DECIMAL(38, 10); times are UTC. With `wanted.reviewed` the tables of values are as people left them. Where
    an earlier export is in that place, the values of releases that have not changed are copied from it.
    """
    path = path.resolve()
    with whole_path(path) as unfinished:
        written = Counter({table.name: 0 for table in TABLES})
        try:
            with duckdb.connect(str(unfinished), config=_LIMITS) as file:
                for table in TABLES:
                    file.execute(_declare(table))
                with reading(store) as connection:
                    state = read_state(connection, wanted)
                    if earlier := attach_earlier(file, connection, path, state):
                        written.update(take_over(file, earlier, tables.VALUES))
                    _write(file, _rows(connection, wanted, earlier), written)
                if wanted.reviewed:
                    _write(file, _reviewed_rows(store, wanted, earlier), written)
                for view in VIEWS.values():
                    file.execute(f"CREATE VIEW {view.name} AS {view.sql}")
                write_state(file, state)
        except duckdb.Error as error:
            raise StoreError(f"{path}: cannot be written ({error}); check its rights and space") from error
        finally:
            Path(f"{unfinished}.wal").unlink(missing_ok=True)
    Path(f"{path}.wal").unlink(missing_ok=True)  # what somebody else wrote to the file before
    return dict(written)


def _write(file: duckdb.DuckDBPyConnection, parts: Iterable[_Part], written: Counter[str]) -> None:
    for table, rows in parts:
        _insert(file, table, rows)
        written[table.name] += len(rows)


def _declare(table: Table) -> str:
    columns = (f"{one.name} {_TYPES[arrow_type(one)]}{'' if one.nullable else ' NOT NULL'}" for one in table.columns)
    return f"CREATE TABLE {table.name} ({', '.join(columns)})"


def _insert(file: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    schema = pa.schema([(column.name, arrow_type(column)) for column in table.columns])
    naive = [pa.timestamp("us") if pa.types.is_timestamp(field.type) else field.type for field in schema]
    batch = pa.Table.from_batches([as_batch(schema, rows)])
    plain = batch.cast(pa.schema(list(zip(schema.names, naive, strict=True))))
    file.register("batch", plain)
    file.execute(f"INSERT INTO {table.name} SELECT * FROM batch")  # noqa: S608
    file.unregister("batch")


def _rows(connection: Connection, wanted: Wanted, earlier: Earlier | None) -> Iterator[_Part]:
    """Rows of tables, some at a time, but for what is as people left it."""
    for table in TABLES:
        if wanted.reviewed and table in tables.VALUES:
            continue
        asked = _of_source(table, wanted.source)
        if earlier and table in tables.VALUES:
            asked = asked.where(table.c.release_id.in_(changed_after(earlier.number)))
        rows = iter(stream(connection, asked).mappings())
        while some := list(islice(rows, _ROWS_AT_ONCE.get(table.name, 2000))):
            yield table, some


def _reviewed_rows(store: Store, wanted: Wanted, earlier: Earlier | None) -> Iterator[_Part]:
    values = {table.name: table for table in tables.VALUES}
    # What changes while this export is written is not in it.
    rows = iter_reviewed_rows(store, wanted.source, earlier and earlier.number, earlier and earlier.changed)
    while some := list(islice(rows, 2000)):
        parts: dict[str, list[Mapping[str, Any]]] = {}
        for name, row in some:
            parts.setdefault(name, []).append(row)
        for name, own in parts.items():
            yield values[name], own


def _of_source(table: Table, source: str | None) -> Select[Any]:
    rows = select(*(cast(column, Text) if isinstance(column.type, JSON) else column for column in table.columns))
    if source is None:
        return rows
    if table is tables.source:
        return rows.where(table.c.name == source)
    if table is tables.release:
        return rows.where(table.c.source == source)
    if "release_id" in table.c:
        return rows.where(table.c.release_id.in_(select(tables.release.c.id).where(tables.release.c.source == source)))
    return rows
