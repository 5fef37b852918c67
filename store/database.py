"""The database: opening and closing it, and the two kinds of transaction.

SQLite and PostgreSQL behave alike here: many may read at once, each from one consistent state, and writers take turns.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stamina
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from schemas.problem import ToldError
from store.migrations.upgrade import is_up_to_date, upgrade

BUSY_SECONDS = 120
"""How long a writer waits for its turn."""
_PASSWORD = re.compile("//.*@")
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_WRITERS_CACHE = 49_152
"""KiB that SQLite keeps of a database for a writer: inner pages of its indexes, and what a batch changes."""
_READERS_CACHE = 8_192
"""KiB for a reader; the operating system has the rest at hand."""
_LOG_PAGES = 8_192
"""Pages of 4 KiB in SQLite's write-ahead log after which they are written to their places: a page that several batches
changed is written once.
"""
# The driver looks for what may adapt None to a database at each one, and most columns of some tables are empty; this
# answers at once, and the same.
sqlite3.register_adapter(type(None), {}.get)  # type: ignore[arg-type]
_WRITERS_LOCK = 0x6461_7465_6C69
"""Key of PostgreSQL's advisory lock that lets one writer in at a time."""


class StoreError(ToldError):
    """The store cannot do what was asked; the message says what, where, and what to do next."""


class AmbiguousKeyError(StoreError):
    """An id prefix or URL that several releases have."""


@dataclass(frozen=True)
class Store:
    """An open database; safe to share between threads, not between processes."""

    engine: Engine
    url: str
    """Its SQLAlchemy URL, without the password: for messages."""


def open_store(database_url: str) -> Store:
    """Open the database at a SQLAlchemy URL, make it where there is none, and bring its tables up to date.

    Takes `sqlite:///path` and `postgresql://…` (or `postgres://…`); several processes may open it at once. Raises
    StoreError when it cannot be reached, is no database, or belongs to a newer version of this program.
    """
    url = _normalise(database_url)
    shown = url.render_as_string(hide_password=True)
    try:
        store = Store(_connect(url), shown)
        with reading(store) as connection:
            done = is_up_to_date(connection)
        if not done:  # asked first, so that opening need not wait for a writer
            with writing(store) as connection:
                upgrade(connection)
    except ModuleNotFoundError as error:
        raise StoreError(f"{shown}: needs the package {error.name!r}; install dateline[postgres]") from error
    except CommandError as error:
        raise StoreError(f"{shown}: made by a newer version of Dateline ({error}); update the program") from error
    except (OSError, SQLAlchemyError, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        raise StoreError(f"{shown}: cannot be opened ({cause}); {_what_to_do(str(cause))}") from error
    return store


def peek_store(database_url: str) -> Store:
    """The database at a URL as it is: no table is made or changed, and it need not be up to date.

    Raises what `open_store` tells as StoreError.
    """
    url = _normalise(database_url)
    return Store(_connect(url), url.render_as_string(hide_password=True))


def file_of(database_url: str) -> Path | None:
    """The file of an SQLite database; None for any other, and for what is no URL."""
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        return None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def close_store(store: Store) -> None:
    """Close every connection; the store cannot be used after this."""
    store.engine.dispose()


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """One transaction that may write: committed at the end, undone by an exception; one at a time per database."""
    with store.engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_WRITERS_LOCK)))
        yield connection


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """One transaction that only reads, all of it from the state that the database was in at its beginning."""
    with store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def _what_to_do(cause: str) -> str:
    """What helps when the database cannot be opened.

    >>> _what_to_do("no such module: fts5")
    "Python's SQLite lacks full-text search: take a Python of python.org or Debian, or use PostgreSQL"
    """
    if "no such module: fts5" in cause:
        return "Python's SQLite lacks full-text search: take a Python of python.org or Debian, or use PostgreSQL"
    return "check address, rights and server"


def _normalise(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError) as error:  # the second for a port that is no number
        shown = _PASSWORD.sub("//…@", database_url)
        raise StoreError(
            f"{shown!r} is no database URL; write sqlite:///path/to/file or postgresql://user@host/name"
        ) from error
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise StoreError("a database in memory is lost with its connection; write sqlite:///path/to/file")
    if url.drivername not in _DRIVERS:
        raise StoreError(f"{url.drivername!r} is not supported; use sqlite:///path or postgresql://user@host/name")
    return url.set(drivername=_DRIVERS[url.drivername])


def _dump_json(value: Any) -> str:
    """JSON of a value; a str is JSON already (no column holds a bare string)."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _connect(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        engine = create_engine(url, json_serializer=_dump_json, pool_pre_ping=True)
        event.listen(engine, "connect", _configure_postgres)
        return engine
    Path(str(url.database)).absolute().parent.mkdir(parents=True, exist_ok=True)
    connecting = {"timeout": BUSY_SECONDS, "cached_statements": 500}
    # The connection that was used last is used first, so that few have a cache full of pages.
    engine = create_engine(url, json_serializer=_dump_json, connect_args=connecting, pool_use_lifo=True)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _write_ahead(engine)
    return engine


def _configure_postgres(connection: Any, _record: object) -> None:
    connection.execute("SET TIME ZONE 'UTC'")  # servers have that of their place
    connection.commit()  # else undone with the first transaction that is


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # Python's driver would otherwise commit before each change of a table
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")  # with a write-ahead log a killed process loses nothing
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer asks for its turn at the beginning: one that reads first and then writes can be refused half-way.
    writes = connection.get_execution_options().get("writing", False)
    # What a person was told is kept outlives a loss of power too; what a machine did can be done again.
    durable = connection.get_execution_options().get("durable", False)
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    connection.exec_driver_sql(f"PRAGMA cache_size = {-_WRITERS_CACHE if writes else -_READERS_CACHE}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(engine: Engine) -> None:
    """Let readers and a writer work side by side; kept in the file, so later openings find it done."""
    connection = engine.raw_connection()
    try:
        # SQLite does not wait for its turn here as it does elsewhere: two processes may ask at the same moment.
        for attempt in stamina.retry_context(on=_is_busy, attempts=None, timeout=BUSY_SECONDS, wait_max=1.0):
            with attempt:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY
