"""The store as one DuckDB file: the same tables and the same views, to ask without the store."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import JSON, Select, Table, Text, cast, select

from store import tables
from store.arrow import MONEY, arrow_type, as_batch
from store.database import Store, reading
from store.export import Wanted, stream, whole_path
from store.export_reviewed import rows_beside
from store.review_desk import iter_reviewed
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
_ROWS_AT_ONCE = 2000
_TYPES = {pa.string(): "VARCHAR", pa.bool_(): "BOOLEAN", pa.int64(): "BIGINT", pa.float64(): "DOUBLE",
          pa.date32(): "DATE", pa.timestamp("us", "UTC"): "TIMESTAMP", pa.binary(): "BLOB",
          MONEY: "DECIMAL(38, 10)"}  # fmt: skip


def export_duckdb(store: Store, path: Path, wanted: Wanted) -> dict[str, int]:
    """Write the file; how many rows each table has. Raises StoreError when it cannot be written.

    Sums are DECIMAL(38, 10); times are UTC. With `wanted.reviewed` the tables of values are as people left them.
    """
    with whole_path(path) as unfinished:
        written = dict.fromkeys((table.name for table in TABLES), 0)
        try:
            with duckdb.connect(str(unfinished), config={"threads": 1, "memory_limit": "512MB"}) as file:
                for table in TABLES:
                    file.execute(f"CREATE TABLE {table.name} ({', '.join(map(_declare, table.columns))})")
                for table, rows in _rows(store, wanted):
                    _insert(file, table, rows)
                    written[table.name] += len(rows)
                for view in VIEWS.values():
                    file.execute(f"CREATE VIEW {view.name} AS {view.sql}")
        finally:
            Path(f"{unfinished}.wal").unlink(missing_ok=True)
    return written


def _declare(column: Any) -> str:
    return f"{column.name} {_TYPES[arrow_type(column)]}{' NOT NULL' if not column.nullable else ''}"


def _insert(file: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    schema = pa.schema([(column.name, arrow_type(column)) for column in table.columns])
    naive = [pa.timestamp("us") if pa.types.is_timestamp(field.type) else field.type for field in schema]
    batch = pa.Table.from_batches([as_batch(schema, rows)])
    plain = batch.cast(pa.schema(list(zip(schema.names, naive, strict=True))))
    file.register("batch", plain)
    file.execute(f"INSERT INTO {table.name} SELECT * FROM batch")  # noqa: S608
    file.unregister("batch")


def _rows(store: Store, wanted: Wanted) -> Iterator[tuple[Table, list[Mapping[str, Any]]]]:
    """Rows of tables, some at a time."""
    values = {table.name: table for table in tables.VALUES}
    with reading(store) as connection:
        for table in TABLES:
            if table.name in values and wanted.reviewed:
                continue
            rows = iter(stream(connection, _of_source(table, wanted.source)).mappings())
            while some := list(islice(rows, _ROWS_AT_ONCE)):
                yield table, some
    if not wanted.reviewed:
        return
    for release, _, record in iter_reviewed(store, wanted.source, status=None):
        waiting: dict[str, list[Mapping[str, Any]]] = {}
        for name, row in rows_beside(release, record):
            waiting.setdefault(name, []).append(row)
        for name, own in waiting.items():
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
