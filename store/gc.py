"""`dateline gc`: takes away what nobody needs any more, rows first, then the bytes to which no row refers.

Safe at any moment: rows go in small transactions, each of which leaves a good store, and bytes only when no row of the
committed state refers to them and they are older than `GRACE`, so that their row may still be on its way.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from schemas.keeping import Collected, Keeping
from store.archive_files import ArchivedFile, iter_files, remove_file
from store.database import Store, StoreError, reading, writing
from store.leftovers import Leftover, is_forgotten, is_superseded, list_leftovers
from store.references import iter_referenced
from store.rows import utc
from store.tending import Tending, tending
from store.upsert import has_key

GRACE = dt.timedelta(days=2)
"""Bytes younger than this stay; more than `archive.NEW`, after which bytes that are kept again are written again."""
_ROWS_AT_ONCE = 200


class Archive(NamedTuple):
    """Where bytes are, and how long what is not needed any more is kept."""

    url: str
    keeping: Keeping


def preview_gc(store: Store, archive: Archive, now: dt.datetime) -> list[Collected]:
    """What `collect_garbage` would take away now."""
    with reading(store) as connection:
        found = [_count(connection, kind) for kind in list_leftovers(archive.keeping, now)]
        gone = is_superseded(utc(now - archive.keeping.pages)), is_forgotten(utc(now - archive.keeping.quarantine))
        return [*found, _sum(_unneeded(iter_referenced(connection, *gone), archive.url, now))]


def collect_garbage(store: Store, archive: Archive, now: dt.datetime) -> list[Collected]:
    """Take it away; what went, with the bytes.

    Raises StoreError while a backup or another gc is under way, ArchiveError when the archive cannot be read.
    """
    with tending(store, "gc") as run:
        found = [_clear(store, kind, run) for kind in list_leftovers(archive.keeping, now)]
        with reading(store) as connection:
            unneeded = _unneeded(iter_referenced(connection), archive.url, now)
            found.append(_sum(file for file in unneeded if _remove(archive.url, file, now, run)))
        run.counts |= {kind.what: kind.number for kind in found if kind.number}
    return found


def compact(store: Store) -> int:
    """Give what is free in the database back to the system; how many bytes SQLite's file lost (0 on PostgreSQL).

    On SQLite writers wait for it, and it needs as much space as the database has. Raises StoreError when it cannot be.
    """
    before = _size(store)
    try:
        if store.engine.dialect.name == "sqlite":
            connection = store.engine.raw_connection()
            try:
                for command in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    connection.cursor().execute(command)
            finally:
                connection.close()
        else:
            with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as vacuuming:
                vacuuming.execute(text("VACUUM"))
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(f"{store.url}: cannot be compacted now ({error}); try again when nobody writes") from error
    return before - _size(store)


def _size(store: Store) -> int:
    if store.engine.dialect.name != "sqlite":
        return 0
    with reading(store) as connection:
        pages, size = (connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
    return int(pages) * int(size)


def _count(connection: Connection, kind: Leftover) -> Collected:
    found = kind.found.subquery()
    number, size = connection.execute(select(func.count(), func.sum(found.c.size)).select_from(found)).one()
    return Collected(what=kind.what, number=number, size=size or 0)


def _clear(store: Store, kind: Leftover, run: Tending) -> Collected:
    number, size, keys = 0, 0, list(kind.table.primary_key.columns)
    with reading(store) as connection:
        rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(kind.found)
        for some in rows.partitions(_ROWS_AT_ONCE):
            with writing(store) as writer:  # looked at again: somebody may need one since
                still = writer.execute(kind.found.where(has_key(keys, [row[: len(keys)] for row in some]))).all()
                kind.clear(writer, still)
            number, size = number + len(still), size + sum(row.size or 0 for row in still)
            run.beat()
    return Collected(what=kind.what, number=number, size=size)


def _remove(url: str, file: ArchivedFile, now: dt.datetime, run: Tending) -> bool:
    run.beat()
    return remove_file(url, file, now - GRACE)


def _unneeded(needed: Iterator[str], url: str, now: dt.datetime) -> Iterator[ArchivedFile]:
    """Old files that are not needed: both lists are in the order of their hashes."""
    wanted = next(needed, None)
    for file in iter_files(url):
        while wanted is not None and wanted < file.sha256:
            wanted = next(needed, None)
        is_needed = file.is_body and file.sha256 == wanted
        if not is_needed and file.written < now - GRACE:
            yield file


def _sum(files: Iterator[ArchivedFile]) -> Collected:
    number = size = 0
    for file in files:
        number, size = number + 1, size + file.size
    return Collected(what="archived bytes that nothing refers to", number=number, size=size)
