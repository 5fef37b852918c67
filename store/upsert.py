"""Insert-or-update in bulk, the same on SQLite and PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Insert, Table, case, delete, func
from sqlalchemy.dialects import postgresql, sqlite

from store.rows import Row

_T = TypeVar("_T")
CHUNK = 500
"""Values in one IN list: far below the limit of either database."""


def chunks(values: Iterable[_T]) -> Iterator[Sequence[_T]]:
    """Cut into lists short enough for one IN list.

    >>> [len(chunk) for chunk in chunks(range(1200))]
    [500, 500, 200]
    """
    everything = list(values)
    for start in range(0, len(everything), CHUNK):
        yield everything[start : start + CHUNK]


def upsert(connection: Connection, table: Table, rows: Sequence[Row], keep: frozenset[str] = frozenset()) -> None:
    """Write rows of one table; where the primary key is there already, merge each column but those to `keep`."""
    if not rows:
        return
    given = tuple(name for name in table.columns.keys() if name in rows[0])  # noqa: SIM118 - not a dictionary
    connection.execute(_upsert(connection.dialect.name, table, given, keep), rows)


@lru_cache(maxsize=200)
def _upsert(dialect: str, table: Table, given: tuple[str, ...], keep: frozenset[str]) -> Insert:
    """The statement, which takes longer to make than to execute."""
    statement = _insert(dialect, table)
    merged = {
        column.name: _merge(column, statement.excluded)
        for column in table.columns
        if column.name in given and column.name not in keep and not column.primary_key
    }
    made: Insert = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=merged)
    return made


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write those rows of one table whose primary key is not there yet."""
    if rows:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), rows)


def delete_where(connection: Connection, column: ColumnElement[str], values: Iterable[str]) -> int:
    """Delete the rows with one of these values in a column; how many there were."""
    table, total = column.table, 0
    for chunk in chunks(sorted(values)):
        total += connection.execute(delete(table).where(column.in_(chunk))).rowcount
    return total


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
    if column.key in ("release_id", "page_sha256"):
        return func.coalesce(new, column)
    if column.key == "tries":
        seen = column.table.c.last_seen
        return case((excluded.last_seen > seen, column + 1), else_=column)
    return new  # type: ignore[no-any-return]
