"""Rows of any table as lines of JSON and back: the same for SQLite and PostgreSQL."""

import base64
import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    cast,
    event,
    select,
)
from sqlalchemy.types import Float, TypeEngine

from store import tables
from store.rows import Row, utc

REMADE = frozenset({"journal", "release_change", "release_words"})
"""Tables that are made from others, or are of one database alone."""
_ROWS_AT_ONCE = 1000
_BYTES_AT_ONCE = 4_000_000


def kept_tables(connection: Connection) -> list[Table]:
    """The tables of a backup, those first to which others refer."""
    there = describe_tables(connection).sorted_tables
    return [table for table in there if table.name in tables.metadata.tables and table.name not in REMADE]


def dump_rows(connection: Connection, table: Table) -> Iterator[tuple[int, bytes]]:
    """All rows in the order of their keys, some at a time: how many, and a line of JSON for each, with all columns."""
    columns = [cast(column, Text) if isinstance(column.type, JSON) else column for column in table.columns]
    rows = select(*columns).order_by(*table.primary_key.columns)
    lines: list[str] = []
    size = 0
    for row in connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(rows):
        lines.append(json.dumps(list(row), ensure_ascii=False, separators=(",", ":"), default=_say))
        size += len(lines[-1])
        if size > _BYTES_AT_ONCE:
            yield len(lines), ("\n".join(lines) + "\n").encode()
            lines, size = [], 0
    if lines:
        yield len(lines), ("\n".join(lines) + "\n").encode()


def _say(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return utc(value).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return base64.b64encode(value).decode("ascii")


def describe_tables(connection: Connection) -> MetaData:
    """The tables as the database has them now, be its revision the newest or not; JSON is written as its text."""
    found = MetaData()

    @event.listens_for(found, "column_reflect")
    def _plain_json(_inspector: Any, _table: Table, column: Any) -> None:
        if isinstance(column["type"], JSON):
            column["type"] = JSON(none_as_null=True)

    found.reflect(connection)
    return found


def load_rows(table: Table, columns: Sequence[str], lines: bytes) -> list[Row]:
    """The rows that `dump_rows` wrote, as they are inserted. Raises ValueError for what is no such thing."""
    readers = [(name, _reader(table.c[name].type)) for name in columns]
    return [
        {name: value if value is None else read(value) for (name, read), value in zip(readers, row, strict=True)}
        for row in map(json.loads, lines.decode().removesuffix("\n").split("\n"))
    ]


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    if isinstance(kind, DateTime):
        return dt.datetime.fromisoformat
    if isinstance(kind, Date):
        return dt.date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    if isinstance(kind, Numeric) and not isinstance(kind, Float):
        return Decimal
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
