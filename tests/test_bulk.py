"""Rows in bulk: every kind of value comes back as it was given, by COPY and by a prepared statement."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Double, Integer, LargeBinary, MetaData, Table, Text, select

from store.bulk import insert_rows
from store.columns import EXACT, UTC
from store.database import Store, reading, writing
from store.rows import utc
from store.upsert import insert_missing, put, upsert

TABLE = Table(
    "bulk",
    MetaData(),
    Column("id", Text, primary_key=True),
    *(Column("text", Text), Column("order", Integer), Column("is_so", Boolean), Column("number", Double)),  # a keyword
    *(Column("day", Date), Column("at", UTC), Column("said", JSON(none_as_null=True)), Column("bytes", LargeBinary)),
    Column("exact", EXACT),
)
MOMENT = dt.datetime(2026, 5, 4, 12, 30, 1, 250, tzinfo=dt.UTC)
FULL: dict[str, Any] = {
    "text": 'a tab\t, a line\n, \\N, \\., a "quote", %s, ? and 界🎉',
    "order": -5,
    "is_so": True,
    "number": 0.1,
    "day": dt.date(2026, 5, 4),
    "at": MOMENT,
    "said": {"a": [1, "\\"]},
    "bytes": b"\0\xff\\x",
    "exact": "123456789012345678901234.56",
}
EMPTY = dict.fromkeys(FULL)
WAYS: list[Any] = [
    insert_rows,
    upsert,
    insert_missing,
    lambda connection, table, rows: put(connection, table, rows, {"1"}),
]


def read(store: Store) -> dict[str, dict[str, Any]]:
    with reading(store) as connection:
        rows = [dict(row) for row in connection.execute(select(TABLE)).mappings()]
    for row in rows:
        row["at"] = row["at"] and utc(row["at"])
        row["exact"] = row["exact"] and str(row["exact"])
    return {row.pop("id"): row for row in rows}


@pytest.mark.parametrize("write", WAYS)
def test_values_come_back(store: Store, write: Any) -> None:
    with writing(store) as connection:
        TABLE.create(connection)
        write(connection, TABLE, [{"id": "1", **FULL}, {"id": "2", **EMPTY}])
        write(connection, TABLE, [])
    assert read(store) == {"1": FULL, "2": EMPTY}


def test_columns_that_are_not_given_stay(store: Store) -> None:
    with writing(store) as connection:
        TABLE.create(connection)
        insert_rows(connection, TABLE, [{"id": "1"}])
        upsert(connection, TABLE, [{"order": 2, "id": "1"}, {"order": 3, "id": "3"}])
        upsert(connection, TABLE, [{"id": "1", "text": "new"}])
        insert_missing(connection, TABLE, [{"id": "1", "text": "not taken"}])
    assert read(store) == {"1": EMPTY | {"order": 2, "text": "new"}, "3": EMPTY | {"order": 3}}
