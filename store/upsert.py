"""Insert-or-update in bulk, the same on SQLite and PostgreSQL."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Dialect, Table, and_, case, delete, func, literal_column, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from store.bulk import Prepared, insert_rows, prepare, read_values
from store.rows import Row

_T = TypeVar("_T")
CHUNK = 500
"""Values in one IN list: far below the limit of either database."""
_NOTHING: frozenset[str] = frozenset()


def chunks(values: Iterable[_T]) -> Iterator[Sequence[_T]]:
    """Cut into lists short enough for one IN list.

    >>> [len(chunk) for chunk in chunks(range(1200))]
    [500, 500, 200]
    """
    everything = list(values)
    for start in range(0, len(everything), CHUNK):
        yield everything[start : start + CHUNK]


def upsert(connection: Connection, table: Table, rows: Sequence[Row], keep: frozenset[str] = _NOTHING) -> None:
    """Write rows of one table; where the primary key is there already, merge each column but those to `keep`."""
    if not rows:
        return
    given = tuple(name for name in table.columns.keys() if name in rows[0])  # noqa: SIM118 - not a dictionary
    prepared = _upsert(connection.dialect, table, given, keep)
    connection.exec_driver_sql(prepared.sql, list(read_values(prepared, rows)))


def put(
    connection: Connection, table: Table, rows: Iterable[Row], new: Collection[str], keep: frozenset[str] = _NOTHING
) -> None:
    """Write rows as `upsert` does; those of `new` releases cannot be there, which makes them quicker to write."""
    fresh: list[Row] = []
    rest: list[Row] = []
    key = next(iter(table.primary_key)).name  # the release's
    for row in rows:
        (fresh if row[key] in new else rest).append(row)
    insert_rows(connection, table, fresh)
    upsert(connection, table, rest, keep)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write those rows of one table whose primary key is not there yet."""
    if rows:
        prepared = _insert_missing(connection.dialect, table, tuple(rows[0]))
        connection.exec_driver_sql(prepared.sql, list(read_values(prepared, rows)))


@lru_cache(maxsize=200)
def _upsert(dialect: Dialect, table: Table, given: tuple[str, ...], keep: frozenset[str]) -> Prepared:
    """The statement, which takes longer to make than to execute."""
    statement = _insert(dialect.name, table)
    merged = {
        column.name: _merge(column, statement.excluded)
        for column in table.columns
        if column.name in given and column.name not in keep and not column.primary_key
    }
    key = list(table.primary_key.columns)
    return prepare(dialect, statement.on_conflict_do_update(index_elements=key, set_=merged), given)


@lru_cache(maxsize=100)
def _insert_missing(dialect: Dialect, table: Table, given: tuple[str, ...]) -> Prepared:
    return prepare(dialect, _insert(dialect.name, table).on_conflict_do_nothing(), given)


def delete_where(connection: Connection, column: ColumnElement[str], values: Iterable[str]) -> int:
    """Delete the rows with one of these values in a column; how many there were."""
    table, total = column.table, 0
    for chunk in chunks(sorted(values)):
        total += connection.execute(delete(table).where(column.in_(chunk))).rowcount
    return total


def has_key(columns: Iterable[ColumnElement[Any]], keys: Iterable[Sequence[Any]]) -> ColumnElement[bool]:
    """Whether a row has one of these keys in these columns, the first of which an index begins with.

    The first is asked for by itself as well: SQLite looks several columns up in no index, but through the whole table.
    """
    first, *others = columns
    found = [tuple(key) for key in keys]
    by_first = first.in_([key[0] for key in found])
    return and_(by_first, tuple_(first, *others).in_(found)) if others else by_first


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT of this database's own kind, which can say what becomes of rows that are there."""
    return _insert(connection.dialect.name, table)


def _insert(dialect: str, table: Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def _merge(column: ColumnElement[Any], excluded: Any) -> ColumnElement[Any]:
    """What a column holds after a conflict: the new value, except where saving twice must not show."""
    new = excluded[column.key]
    if column.key == "first_seen":
        return case((new < column, new), else_=column)
    if column.key in ("last_seen", "fetched_at"):
        return case((new > column, new), else_=column)
    if column.key == "as_read":  # by what was seen last
        return case((excluded.last_seen >= column.table.c.last_seen, new), else_=column)
    if column.key in ("release_id", "page_sha256"):
        return func.coalesce(new, column)
    if column.key == "tries":
        seen = column.table.c.last_seen
        return case((excluded.last_seen > seen, column + literal_column("1")), else_=column)
    return new  # type: ignore[no-any-return]
