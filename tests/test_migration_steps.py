"""Every step forward, from each version that there ever was, with something in every table."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert, select
from sqlalchemy.types import Boolean, Date, DateTime, Float, Integer, LargeBinary, Numeric

from schemas.page import FetchedPage
from schemas.review import Correct
from schemas.source import Link
from store import tables
from store.database import Store, writing
from store.load import load_record
from store.migrations.upgrade import downgrade, upgrade
from store.models import Batch, Item
from store.save import save_batch
from tests.reviewing import start
from tests.test_migrations import VERSIONS, own_tables

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
OF_TYPE: list[tuple[Any, Any]] = [
    *((Boolean, True), (Float, 0.5), (Integer, 1), (Numeric, 1), (DateTime, NOW), (Date, NOW.date())),
    (LargeBinary, b"\0\xff"),
]
Rows = dict[str, list[dict[str, Any]]]


def fill(store: Store, make_item: Callable[..., Item]) -> Item:
    """Put something into every table: a release with all that belongs to it, and a row made up where there is none."""
    link = Link(source="norvik", url="https://norvik.example/1")
    page = FetchedPage(link=link, final_url=link.url, status=200, fetched_at=NOW, body=b"<p>")
    item = make_item(page=page, signature=tuple(range(128)))
    ana = start(store, item)
    ana.do(Correct(target=ana.target("€2.50 million"), changes={"kind": "price"}))
    save_batch(store, Batch(seen_at=NOW, items=(item,)))
    with writing(store) as connection:
        for table in tables.metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first() is None:
                connection.execute(insert(table), make_row(connection, table))
    return item


def make_row(connection: Connection, table: Table) -> dict[str, Any]:
    """A row of which every column holds something that it may hold."""
    row = {}
    for column in table.columns:
        for foreign in column.foreign_keys:
            row[column.name] = connection.execute(select(foreign.column).limit(1)).scalar()
        if row.get(column.name) is None:
            of_type = (value for kind, value in OF_TYPE if isinstance(column.type, kind))
            row[column.name] = next(of_type, "{}" if "JSON" in repr(column.type) else "x")
    for column in table.columns:
        if any(foreign.column.table is table for foreign in column.foreign_keys):
            row[column.name] = row["id"]
    return row


def read(connection: Connection) -> Rows:
    """All rows of all tables as they are now."""
    there = MetaData()
    there.reflect(connection, only=own_tables(connection))
    return {
        name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
        for name, table in there.tables.items()
        if name != "alembic_version"
    }


def test_everything_comes_through_every_step(store: Store, make_item: Callable[..., Item]) -> None:
    for version in [name[:4] for name in VERSIONS[:-1]]:
        item = fill(store, make_item)
        with writing(store) as connection:
            downgrade(connection, version)
            before = read(connection)
            upgrade(connection)
            after = read(connection)
        assert [name for name, rows in before.items() if not rows] == [], version
        for name, rows in before.items():
            columns = rows[0].keys() & after[name][0].keys()
            assert [{key: row[key] for key in columns} for row in rows] == [
                {key: row[key] for key in columns} for row in after[name]
            ], (version, name)
        assert load_record(store, item.release.id) == item.record, version
