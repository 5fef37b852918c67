"""Migrations: they make the tables that the code describes, can be undone, and are found in the installed package."""

import datetime as dt
import json
import re
from collections.abc import Callable
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, column, insert, inspect, select, text
from sqlalchemy import table as table_of
from sqlalchemy.schema import SchemaItem

from schemas.record import Record
from store import tables
from store.database import Store, StoreError, close_store, open_store, reading, writing
from store.load import load_record
from store.migrations.upgrade import downgrade, upgrade
from store.models import Batch, Item
from store.rows import record_row, release_row, version_row
from store.save import save_batch
from store.value_rows import value_rows

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)

VERSIONS = sorted(file.name for file in files("store.migrations.versions").iterdir() if file.name[0].isdigit())


def open_and_close(url: str) -> None:
    close_store(open_store(url))


def belongs_to(store: Store) -> Callable[..., bool]:
    """What is compared: SQLite's index of words is no table of ours, and PostgreSQL's is not there on SQLite."""

    def belongs(one: SchemaItem, name: str | None, *_: object) -> bool:
        only = one.info.get("only", store.engine.dialect.name)
        return not str(name).startswith("word_index") and only == store.engine.dialect.name

    return belongs


def own_tables(connection: Connection) -> list[str]:
    return [name for name in inspect(connection).get_table_names() if not name.startswith("word_index")]


def test_the_migrations_make_the_tables_that_the_code_describes(store: Store) -> None:
    with reading(store) as connection:
        compared = {"compare_type": True, "compare_server_default": True, "include_object": belongs_to(store)}
        context = MigrationContext.configure(connection, opts=compared)
        assert compare_metadata(context, tables.metadata) == []


def test_indexes_are_of_the_kind_that_the_code_describes(store: Store) -> None:
    """What the comparison above does not look at."""
    with reading(store) as connection:
        found = {
            index["name"]: index for table in tables.metadata.tables for index in inspect(connection).get_indexes(table)
        }
    described = (index for table in tables.metadata.sorted_tables for index in table.indexes)
    assert found.keys() == {index.name for index in described if belongs_to(store)(index, index.name)}
    assert found["uq_record_current"]["unique"]
    if store.engine.dialect.name == "postgresql":
        hashed = {name for name, index in found.items() if index["dialect_options"].get("postgresql_using") == "hash"}
        assert hashed == {
            index.name
            for table in tables.metadata.sorted_tables
            for index in table.indexes
            if index.dialect_options["postgresql"]["using"] == "hash"
        }


OLDER = [
    "0001",  # before links between releases
    "0002",  # before amounts knew of equal ones
    "0003",  # before sections, events and commitments
    "0004",  # before copies
    "0005",  # before addresses and hosts
    "0006",  # before walks
    "0007",  # before events of reviews
]
FIRST_FIELDS = {
    "person": ("id", "name", "title", "organisation", "confidence"),
    "organisation": ("id", "name", "acronym", "kind", "confidence"),
    "amount": ("id", "value", "value_number", "qualifier", "start_char", "end_char", "text", "rule", "confidence"),
    "quote": ("id", "speaker", "start_char", "end_char", "text"),
    "date_mention": ("id", "value", "start_char", "end_char", "text", "rule", "confidence"),
    "record_check": ("number", "code", "message"),
}
"""Columns that a table of values had from the first."""
FIRST_RECORD = {
    "people": {"id", "name", "title", "organisation", "mentions", "confidence"},
    "organisations": {"id", "name", "acronym", "kind", "mentions", "confidence"},
    "dates": {"id", "value", "start", "end", "text", "rule", "confidence"},
    "quotes": {"id", "speaker", "start", "end", "text"},
    "checks": {"code", "message", "start", "end"},
    "amounts": {"id", "value", "maximum", "currency", "qualifier", "kind", "payer", "payee", "start", "end", "text"}
    | {"rule", "confidence"},
}
"""Fields of a record of schema version 1, by kind of value."""


def first_record(record: Record) -> dict[str, Any]:
    """A record as the first version of the schema wrote it."""
    written = record.model_dump(mode="json")
    values = {kind: [{name: value[name] for name in names} for value in written[kind]]
              for kind, names in FIRST_RECORD.items()}  # fmt: skip
    return {"schema_version": "1", **{name: written[name] for name in ("extractor_version", "release")}, **values}


def insert_first_rows(connection: Connection, item: Item) -> None:
    """What the first version of the program stored of a release."""
    record, version = json.dumps(first_record(item.record)), version_row(item, NOW)
    release = {key: value for key, value in release_row(item, NOW, NOW).items() if key != "review_priority"}
    rows: list[tuple[str, dict[str, Any]]] = [("source", {"name": item.release.source}), ("release", release)]
    rows += [("release_version", version), ("record", {**record_row(item, True), "content": record})]
    for table, row in value_rows(item):
        if names := FIRST_FIELDS.get(table.name):
            rows.append((table.name, {name: row[name] for name in ("release_id", *names)}))
    for name, row in rows:
        columns = [column(key, tables.metadata.tables[name].c[key].type) for key in row]
        connection.execute(insert(table_of(name, *columns)).values(row))


@pytest.mark.parametrize("revision", OLDER)
def test_what_an_older_version_stored_is_kept(revision: str, store: Store, make_item: Callable[..., Item]) -> None:
    item = make_item()
    with writing(store) as connection:
        downgrade(connection, revision)
        insert_first_rows(connection, item)
        upgrade(connection)
    with reading(store) as connection:
        for name in FIRST_FIELDS:
            assert connection.execute(tables.metadata.tables[name].select()).first(), name
        assert connection.execute(text("SELECT text FROM amount")).scalar_one() == "€2.50 million"
        assert connection.execute(text("SELECT purpose, section FROM amount")).one() == (None, None)
        assert connection.execute(text("SELECT review_priority FROM release")).scalar_one() == 0
        state = connection.execute(select(tables.review_state)).one()
        assert (state.opinion, state.status, state.value_count, state.decided, state.open_dates) == (1, "open", 7, 0, 2)
    old = load_record(store, item.release.id)
    assert old is not None
    assert (old.schema_version, old.sections, old.review_priority) == ("1", (), 0)
    assert first_record(old) == first_record(item.record)
    save_batch(store, Batch(seen_at=NOW, items=(item,)))  # extracted again
    assert load_record(store, item.release.id) == item.record


def test_opening_again_changes_nothing(store: Store, database_url: str) -> None:
    with writing(store) as connection:
        connection.execute(tables.source.insert(), {"name": "norvik"})
    open_and_close(database_url)
    with reading(store) as connection:
        assert connection.execute(tables.source.select()).first() is not None


def test_opening_does_not_wait_for_a_writer(store: Store, database_url: str) -> None:
    with writing(store) as connection:
        connection.execute(tables.source.insert(), {"name": "norvik"})
        other = open_store(database_url)  # while the writer has not finished, and sees nothing of it yet
        with reading(other) as seen:
            assert seen.execute(tables.source.select()).first() is None
        close_store(other)


def test_every_migration_can_be_undone(store: Store) -> None:
    with writing(store) as connection:
        downgrade(connection)
        assert inspect(connection).get_table_names() == ["alembic_version"]
    with writing(store) as connection:
        upgrade(connection)
    with reading(store) as connection:
        assert len(own_tables(connection)) == len(tables.metadata.tables) + 1


def test_an_upgrade_that_fails_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(connection: Connection) -> None:
        upgrade(connection)
        raise OSError("killed")

    monkeypatch.setattr("store.database.upgrade", half)
    with pytest.raises(StoreError, match="killed"):
        open_store(database_url)
    monkeypatch.undo()
    open_and_close(database_url)


def test_several_processes_open_a_new_database_at_once(database_url: str) -> None:
    processes = [get_context("forkserver").Process(target=open_and_close, args=(database_url,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4


def test_a_database_of_a_newer_version_is_refused(store: Store, database_url: str) -> None:
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer version of Dateline.*update the program"):
        open_store(database_url)


def test_every_migration_is_named_by_its_number() -> None:
    assert VERSIONS
    for number, name in enumerate(VERSIONS, 1):
        assert re.fullmatch(rf"{number:04}_[a-z_]+\.py", name)


def test_nothing_needs_an_ini_file() -> None:
    assert not list(Path(__file__).parents[1].glob("alembic.ini"))
    assert (files("store.migrations") / "script.py.mako").is_file()
