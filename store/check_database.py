"""Whether a database is in order: nothing is made, changed or brought up to date."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from schemas.checkup import Finding
from store import tables
from store.database import Store, StoreError, close_store, file_of, peek_store, reading
from store.migrations.upgrade import is_known, is_up_to_date, revision_of
from store.processes import has_ended
from store.rows import utc

PART = "database"
_WAIT_MS = 5_000
_LARGE_LOG = 1_000_000_000
_BACKUP = dt.timedelta(days=7)
_IDLE = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND state LIKE 'idle in transaction%' AND state_change < now() - interval '10 minutes'
"""


def check_database(database_url: str, now: dt.datetime) -> Iterator[Finding]:
    """Findings on the database at a URL."""
    file = file_of(database_url)
    try:
        if file:
            file.stat()
        store = peek_store(database_url)
    except FileNotFoundError:
        yield Finding.warn(PART, f"{file} does not exist yet", "`dateline ingest` makes it")
        return
    except (StoreError, SQLAlchemyError, sqlite3.Error, OSError, ModuleNotFoundError) as error:
        yield Finding.fail(PART, f"cannot be opened: {error}", "check DATELINE_DATABASE, rights, server and password")
        return
    try:
        yield from _check(store, file, now)
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        yield Finding.fail(PART, f"{store.url}: cannot be read: {cause}", "restore a backup, or mend what it names")
    finally:
        close_store(store)


def _check(store: Store, file: Path | None, now: dt.datetime) -> Iterator[Finding]:
    with reading(store) as connection:
        revision, is_new = revision_of(connection), is_up_to_date(connection)
        known = is_known(connection)
    if not known:
        yield Finding.fail(PART, f"{store.url}: revision {revision} is of a newer version", "update Dateline")
        return
    if not is_new:
        yield Finding.warn(PART, f"{store.url}: revision {revision or '(none)'} is of an older version",
                           "the next command brings it up to date; make a backup first")  # fmt: skip
        return
    yield Finding.ok(PART, f"{store.url}: opens, revision {revision} is up to date")
    with reading(store) as connection:
        yield from _check_integrity(connection)
    yield _check_writing(store)
    with reading(store) as connection:
        yield from _check_locks(connection, now)
        yield from _check_backups(connection, now)
    log = file.with_name(f"{file.name}-wal") if file else None
    if log and log.exists() and log.stat().st_size > _LARGE_LOG:
        yield Finding.warn(PART, f"{log} has {log.stat().st_size:,} bytes: something has read for very long",
                           "end old `dateline` processes that read, such as a backup that hangs")  # fmt: skip


def _check_integrity(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    said = connection.execute(text("PRAGMA quick_check(5)")).scalars().all()
    loose = connection.execute(text("PRAGMA foreign_key_check")).fetchmany(5)
    if said != ["ok"]:
        yield Finding.fail(PART, f"is damaged: {'; '.join(said)}", "stop all runs and restore a backup")
    elif loose:
        where = sorted({str(row[0]) for row in loose})
        yield Finding.fail(PART, f"rows of {', '.join(where)} refer to rows that are not there", "restore a backup")
    else:
        yield Finding.ok(PART, "is whole (quick_check), and every row finds those that it refers to")


def _check_writing(store: Store) -> Finding:
    """Writes a row and takes it back."""
    engine = store.engine
    try:
        with engine.connect().execution_options(writing=True) as connection:
            if connection.dialect.name == "sqlite":
                raw = connection.connection.dbapi_connection
                assert raw is not None  # noqa: S101 - it is open
                raw.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
            else:
                connection.execute(text(f"SET statement_timeout = {_WAIT_MS}"))
            connection.execute(insert(tables.tally).values(name="doctor", label="", value=0))
            connection.rollback()
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip()
        if "locked" in cause or "timeout" in cause:
            return Finding.warn(PART, f"somebody has been writing for more than {_WAIT_MS // 1000} s ({cause})",
                                "normal in a large run; else end the process that holds it")  # fmt: skip
        return Finding.fail(PART, f"cannot be written: {cause}", "check its rights, and the space on its disk")
    finally:
        engine.dispose()  # the connection with another time-out goes
    return Finding.ok(PART, "can be written")


def _check_locks(connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    run = tables.run
    rows = connection.execute(select(run).where(run.c.state == "running")).all()
    dead = [row for row in rows if has_ended(str(row.process))]
    if dead:
        yield Finding.warn(PART, f"{len(dead)} runs count as running though their processes are gone",
                           "nothing: the next run notes it, and takes up what they left")  # fmt: skip
    held = (
        select(func.count()).select_from(tables.host).where(tables.host.c.held_until > utc(now) + dt.timedelta(hours=1))
    )
    if number := connection.execute(held).scalar_one():
        yield Finding.warn(
            PART, f"{number} hosts are held for more than an hour from now", "check this computer's clock"
        )
    if connection.dialect.name == "postgresql" and (idle := connection.execute(text(_IDLE)).scalar_one()):
        yield Finding.warn(PART, f"{idle} sessions stand in a transaction for ten minutes: others may wait for them",
                           "look at pg_stat_activity and end them")  # fmt: skip


def _check_backups(connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    run = tables.run.c
    done = select(func.max(run.finished)).where(run.kind == "backup", run.state == "finished")
    last = connection.execute(done).scalar_one()
    has_releases = connection.execute(select(tables.release.c.id).limit(1)).first() is not None
    if last is not None and utc(now) - utc(last) < _BACKUP:
        yield Finding.ok("backup", f"the last one was made at {utc(last):%Y-%m-%d %H:%M} UTC")
    elif has_releases:
        when = f"the last one is of {utc(last):%Y-%m-%d}" if last else "there was none yet"
        yield Finding.warn("backup", when, "`dateline backup FILE`, to another disk")
