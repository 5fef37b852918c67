"""Migrations: they make the tables that the code describes, can be undone, and are found in the installed package."""

import re
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from store import tables
from store.database import Store, StoreError, close_store, open_store, reading, writing
from store.migrations.upgrade import downgrade, upgrade

VERSIONS = sorted(file.name for file in files("store.migrations.versions").iterdir() if file.name[0].isdigit())


def open_and_close(url: str) -> None:
    close_store(open_store(url))


def test_the_migrations_make_the_tables_that_the_code_describes(store: Store) -> None:
    with reading(store) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []


def test_indexes_are_of_the_kind_that_the_code_describes(store: Store) -> None:
    """What the comparison above does not look at."""
    with reading(store) as connection:
        found = {
            index["name"]: index for table in tables.metadata.tables for index in inspect(connection).get_indexes(table)
        }
    assert found.keys() == {index.name for table in tables.metadata.sorted_tables for index in table.indexes}
    assert found["uq_record_current"]["unique"]
    if store.engine.dialect.name == "postgresql":
        hashed = {name for name, index in found.items() if index["dialect_options"].get("postgresql_using") == "hash"}
        assert hashed == {
            index.name
            for table in tables.metadata.sorted_tables
            for index in table.indexes
            if index.dialect_options["postgresql"]["using"] == "hash"
        }


def test_what_an_older_version_stored_is_kept(store: Store) -> None:
    """Amounts of a database that did not know of equal ones yet."""
    with writing(store) as connection:
        connection.execute(tables.source.insert(), {"name": "norvik"})
        connection.execute(text("ALTER TABLE amount DROP COLUMN equals"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        upgrade(connection)
    with reading(store) as connection:
        assert connection.execute(tables.source.select()).first() is not None
        assert "equals" in {column["name"] for column in inspect(connection).get_columns("amount")}


def test_opening_again_changes_nothing(store: Store, database_url: str) -> None:
    with writing(store) as connection:
        connection.execute(tables.source.insert(), {"name": "norvik"})
    open_and_close(database_url)
    with reading(store) as connection:
        assert connection.execute(tables.source.select()).first() is not None


def test_opening_does_not_wait_for_a_writer(store: Store, database_url: str) -> None:
    with writing(store):
        open_and_close(database_url)


def test_every_migration_can_be_undone(store: Store) -> None:
    with writing(store) as connection:
        downgrade(connection)
        assert inspect(connection).get_table_names() == ["alembic_version"]
    with writing(store) as connection:
        upgrade(connection)
    with reading(store) as connection:
        assert len(inspect(connection).get_table_names()) == len(tables.metadata.tables) + 1


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
    processes = [get_context("spawn").Process(target=open_and_close, args=(database_url,)) for _ in range(4)]
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
