"""`dateline restore`: what a backup holds, put into a store; all of it or, whatever happens, nothing."""

from functools import partial
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Column, Connection, MetaData, Table, delete, exists, insert, literal_column, select, update
from sqlalchemy.exc import SQLAlchemyError

from schemas.backup import Manifest
from store import tables
from store.archive import save_packed
from store.backup import Kept
from store.backup_file import BackupError
from store.backup_rows import REMADE, describe_tables, load_rows
from store.check_backup import Parts, check_backup, read_backup
from store.database import Store, writing
from store.derived import drop_derived
from store.export import write_whole
from store.learned import forget_learned
from store.migrations.upgrade import downgrade, upgrade
from store.refill import fill_changes, fill_words


def restore_backup(store: Store, kept: Kept, path: Path, replace: bool = False) -> Manifest:
    """Put a backup into an empty store; with `replace` in the place of all that the store holds.

    The whole file is checked first, and the database changes in one transaction: killed at any point, it is as before.
    What was learnt is switched on when that is done.
    Bodies are added to the archive; what else is there stays. Raises BackupError for a backup that is not whole or is
    of a newer version, and for a store that holds something; ArchiveError when a body cannot be kept.
    """
    manifest = check_backup(path)
    try:
        with writing(store) as connection:
            if not replace and (table := _first_filled(connection)):
                raise BackupError(
                    f"{store.url}: holds something already (table {table}); restore into an empty store, "
                    "or with --replace to lose what it holds"
                )
            _make_empty(connection, manifest.revision)
            learned = _load(connection, manifest, kept, path)
            upgrade(connection)
            fill_words(connection)
            fill_changes(connection)
            _end_runs(connection)
    except CommandError as error:
        raise BackupError(f"{path}: was made by a newer version of Dateline ({error}); update the program") from error
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise BackupError(f"{store.url}: cannot take the backup ({cause}); it is as it was before") from error
    _switch_on(kept.learned, learned)
    return manifest


def _first_filled(connection: Connection) -> str | None:
    for table in tables.metadata.sorted_tables:
        if table.name in REMADE:
            continue
        if connection.execute(select(exists(select(literal_column("1")).select_from(table)))).scalar():
            return table.name
    return None


def _make_empty(connection: Connection, revision: str) -> None:
    """Leave the tables as they were at a revision, with nothing in them."""
    drop_derived(connection)  # or PostgreSQL's triggers would wait for the end and forbid to drop their tables
    for table in reversed(tables.metadata.sorted_tables):
        connection.execute(delete(table))
    downgrade(connection)
    upgrade(connection, revision)


def _load(connection: Connection, manifest: Manifest, kept: Kept, path: Path) -> bytes | None:
    """Put rows and bodies where they belong; gives what was learnt."""
    filling = _Filling(connection, manifest)
    learned: list[bytes] = []
    read_backup(path, Parts(filling.take, partial(save_packed, kept.archive_url), learned.append))
    filling.end_table()
    return learned[0] if learned else None


class _Filling:
    """Fills one table after the other.

    Rows of a table that refers to itself wait in a copy of it, and go from there in one statement: that is what the
    database checks them after, so that their order does not matter.
    """

    def __init__(self, connection: Connection, manifest: Manifest) -> None:
        self._connection, self._manifest = connection, manifest
        self._known = describe_tables(connection)
        self._waiting: tuple[Table, Table] | None = None

    def take(self, name: str, lines: bytes) -> None:
        """Rows of one table."""
        table = self._known.tables[name]
        if self._waiting and self._waiting[1] is not table:
            self.end_table()
        if not self._waiting and any(key.column.table is table for key in table.foreign_keys):
            self._waiting = self._make_double(table), table
        target = self._waiting[0] if self._waiting else table
        self._connection.execute(insert(target), load_rows(table, self._manifest.tables[name].columns, lines))

    def end_table(self) -> None:
        """Let go what waits."""
        if self._waiting:
            double, table = self._waiting
            self._connection.execute(insert(table).from_select(table.columns.keys(), select(double)))
            double.drop(self._connection)
            self._waiting = None

    def _make_double(self, table: Table) -> Table:
        columns = [Column(column.name, column.type) for column in table.columns]
        double = Table(f"{table.name}_waiting", MetaData(), *columns, prefixes=["TEMPORARY"])
        double.create(self._connection)
        return double


def _end_runs(connection: Connection) -> None:
    """What ran when the backup was made runs no more; the making of the backup itself is no news."""
    run = tables.run.c
    connection.execute(delete(tables.run).where(run.state == "running", run.kind == "backup"))
    connection.execute(update(tables.run).where(run.state == "running").values(state="interrupted"))


def _switch_on(path: Path, learned: bytes | None) -> None:
    if learned is None:
        forget_learned(path)
    else:
        write_whole(path, learned)
