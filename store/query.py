"""Questions in SQL: one statement that reads, whatever it says, and nothing that it could change."""

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, NamedTuple
from urllib.parse import quote

from store import tables
from store.database import Store, StoreError
from store.views import VIEWS

_AT_ONCE = 500
_TICKS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""
_READS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
}
_NO_FUNCTION = {"load_extension", "fts3_tokenizer", "writefile", "edit"}
_UNKNOWN = (
    (re.compile(r"no such column: (?:\w+\.)?\"?(\w+)"), "column"),
    (re.compile(r"no such table: (?:\w+\.)?\"?(\w+)"), "table"),
    (re.compile(r"column \"?(?:\w+\.)?(\w+)\"? does not exist"), "column"),
    (re.compile(r"relation \"?(?:\w+\.)?(\w+)\"? does not exist"), "table"),
    (re.compile(r"missing FROM-clause entry for table \"?(\w+)"), "table"),
)


class QueryError(StoreError):
    """A question that cannot be answered; the message says why and what there is."""


class Answer(NamedTuple):
    """What a question gives."""

    columns: tuple[str, ...]
    """Told apart: `id`, `id_2`."""
    rows: Iterator[tuple[Any, ...]]
    """Read while they are asked for; raises QueryError."""


@contextmanager
def answering(store: Store, sql: str, seconds: float) -> Iterator[Answer]:
    """Answer one statement that reads; it ends with the block, or fails after so many seconds.

    Raises QueryError for what is no such statement, names what is not there, or takes longer.
    """
    deadline = time.monotonic() + seconds
    is_postgres = store.engine.dialect.name == "postgresql"
    with (_ask_postgres if is_postgres else _ask_sqlite)(store, sql, seconds) as cursor:
        names = _tell_apart(column[0] for column in cursor.description)
        yield Answer(names, _read(cursor, sql, seconds, deadline))


def _tell_apart(names: Iterable[str]) -> tuple[str, ...]:
    """Names of columns, none twice.

    >>> _tell_apart(["id", "id", "name"])
    ('id', 'id_2', 'name')
    """
    told: list[str] = []
    for name in names:
        number, new = 1, name
        while new in told:
            number += 1
            new = f"{name}_{number}"
        told.append(new)
    return tuple(told)


def _read(cursor: Any, sql: str, seconds: float, deadline: float) -> Iterator[tuple[Any, ...]]:
    while True:
        if time.monotonic() > deadline:  # PostgreSQL looks at the clock for each fetch by itself
            raise QueryError(_too_long(seconds))
        with _telling(sql, seconds):
            rows = cursor.fetchmany(_AT_ONCE)
        if not rows:
            return
        yield from rows


@contextmanager
def _ask_sqlite(store: Store, sql: str, seconds: float) -> Iterator[Any]:
    """A connection that cannot write, to the file alone: opened for reading, told so, and watched at every step."""
    connection = sqlite3.connect(f"file:{quote(str(store.engine.url.database))}?mode=ro", uri=True)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM word_index WHERE word_index MATCH 'x' LIMIT 1")  # loads its pragmas
        deadline = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _TICKS)
        connection.set_authorizer(_allow)
        with _telling(sql, seconds):
            cursor = connection.execute(sql)
        if cursor.description is None:
            raise QueryError("there is nothing to answer; write one SELECT")
        yield cursor
    finally:
        connection.close()


def _allow(action: int, first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
    allowed = action in _READS or (action == sqlite3.SQLITE_FUNCTION and second not in _NO_FUNCTION)
    if action == sqlite3.SQLITE_PRAGMA and (first, second) == ("data_version", None):  # the index of words asks for it
        allowed = True
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


@contextmanager
def _ask_postgres(store: Store, sql: str, seconds: float) -> Iterator[Any]:
    """A transaction that PostgreSQL lets read alone; a cursor takes one SELECT and gives rows as they are asked for."""
    with store.engine.connect() as pooled:
        connection: Any = pooled.connection.driver_connection
        pooled.detach()  # what the question did to its connection nobody else shall find
        connection.rollback()
        connection.read_only = True
        with _telling(sql, seconds):
            connection.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
            cursor = connection.cursor(name="question")
            cursor.execute(sql)
        yield cursor
        connection.rollback()


@contextmanager
def _telling(sql: str, seconds: float) -> Iterator[None]:
    """Says what the database's error means to who asked."""
    try:
        yield
    except QueryError:
        raise
    except Exception as error:  # of two drivers, whose errors have only this in common
        if not _is_of_database(error):
            raise
        raise QueryError(_explain(error, sql, seconds)) from error


def _is_of_database(error: Exception) -> bool:
    known = sqlite3.Error | sqlite3.Warning | UnicodeError | ValueError
    return isinstance(error, known) or type(error).__module__.startswith("psycopg")


def _explain(error: Exception, sql: str, seconds: float) -> str:
    said = str(error).strip()
    if "interrupted" in said or "statement timeout" in said:
        return _too_long(seconds)
    if any(words in said for words in ("not authorized", "prohibited", "read-only", "readonly")):
        return f"only questions are answered, nothing is changed ({said}); write one SELECT"
    if any(words in said for words in ("one statement at a time", "multiple commands")):
        return "one statement at a time; leave out what stands behind the first semicolon"
    for pattern, what in _UNKNOWN:
        if found := pattern.search(said):
            return _suggest(what, found.group(1), sql)
    return f"{said.partition(chr(10))[0]}; `dateline query --tables` lists views and columns"


def _too_long(seconds: float) -> str:
    return f"it took longer than {seconds:g} seconds; narrow it down, or allow more with --timeout"


def _suggest(what: str, name: str, sql: str) -> str:
    """What there is instead.

    >>> _suggest("table", "paymets", "SELECT 1 FROM paymets")
    "there is no table 'paymets'; did you mean payments? `dateline query --tables` lists views and columns"
    """
    columns = {key: [one.name for one in view.columns] for key, view in VIEWS.items()}
    columns |= {key: list(table.columns.keys()) for key, table in tables.metadata.tables.items()}
    if what == "table":
        there, place = list(columns), ""
    else:
        named = [key for key in columns if re.search(rf"\b{key}\b", sql, re.IGNORECASE)]
        there = list(dict.fromkeys(column for key in named or VIEWS for column in columns[key]))
        place = f" in {' or '.join(named)}" if named else ""
    near = get_close_matches(name.lower(), there, 3, 0.6)
    meant = f"did you mean {', '.join(near)}? " if near else ""
    has = f"there are: {', '.join(there)}. " if what == "column" and place else ""
    return f"there is no {what} {name!r}{place}; {meant}{has}`dateline query --tables` lists views and columns"
