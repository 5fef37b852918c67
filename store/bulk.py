"""Rows in bulk: what SQLAlchemy does for each row is done once for all; PostgreSQL takes new rows by COPY."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Dialect, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import Double

from store.rows import Row

Values = tuple[Any, ...]
_POSITIONAL: dict[str, Dialect] = {
    "postgresql": postgresql.psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]
    "sqlite": sqlite.dialect(),
}


class Prepared(NamedTuple):
    """A statement as text, and how the values of a row become its parameters."""

    sql: str
    names: tuple[str, ...]
    """Columns in the order of the parameters."""
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]
    """What turns the values of some columns into what the driver takes."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows of one table, all with the same columns, none of which is there yet."""
    if not rows:
        return
    prepared = _prepare_insert(connection.dialect, table, tuple(rows[0]))
    if connection.dialect.name == "postgresql":
        _copy(connection, prepared, read_values(prepared, rows))
    else:
        connection.exec_driver_sql(prepared.sql, list(read_values(prepared, rows)))


def prepare(dialect: Dialect, statement: Insert, names: tuple[str, ...]) -> Prepared:
    """Compile an INSERT of these columns, which has no parameters but them."""
    table: Any = statement.table
    compiled = statement.compile(dialect=_POSITIONAL[dialect.name], column_keys=list(names))
    names = tuple(compiled.positiontup or ())
    return Prepared(str(compiled), names, _converters(dialect, table, names))


def read_values(prepared: Prepared, rows: Iterable[Row]) -> Iterable[Values]:
    """The parameters of each row."""
    values: Iterable[Values] = map(itemgetter(*prepared.names), rows)
    if len(prepared.names) == 1:
        values = ((value,) for value in values)
    if not prepared.converters:
        return values
    columns: list[Iterable[Any]] = list(zip(*values, strict=True))
    for place, convert in prepared.converters:
        columns[place] = map(convert, columns[place])
    return zip(*columns, strict=True)


@lru_cache(maxsize=200)
def _prepare_insert(dialect: Dialect, table: Table, names: tuple[str, ...]) -> Prepared:
    quote = dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    sql = f"COPY {into} FROM STDIN" if dialect.name == "postgresql" else f"INSERT INTO {into} VALUES ({_marks(names)})"  # noqa: S608
    return Prepared(sql, names, _converters(dialect, table, names))


def _marks(names: Sequence[str]) -> str:
    return ", ".join("?" * len(names))


def _converters(dialect: Dialect, table: Table, names: Sequence[str]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    found = []
    for place, name in enumerate(names):
        kind = table.c[name].type.dialect_impl(dialect)
        convert = kind.bind_processor(dialect)
        if convert is not None and not isinstance(kind, Double):  # they are floats already
            found.append((place, _write_day if isinstance(kind, Date) else convert))
    return tuple(found)


def _write_day(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _copy(connection: Connection, prepared: Prepared, values: Iterable[Values]) -> None:
    cursor: Any = connection.connection.cursor()
    with cursor.copy(prepared.sql) as copy:
        for row in values:
            copy.write_row(row)
