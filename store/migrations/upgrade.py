"""Brings a database to the tables of this version, from the installed package: there is no alembic.ini."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.derived import drop_derived, make_derived


def is_up_to_date(connection: Connection) -> bool:
    """Whether no migration is missing; reads only."""
    return set(MigrationContext.configure(connection).get_current_heads()) == _heads()


@cache
def _heads() -> frozenset[str]:
    """Kept, for the scripts of all migrations are loaded to know it."""
    with as_file(files("store.migrations")) as folder:
        return frozenset(ScriptDirectory(str(folder)).get_heads())


def revision_of(connection: Connection) -> str:
    """The last migration that the database has had; empty before the first."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def is_known(connection: Connection) -> bool:
    """Whether the database's revision is one of this program, or it has none yet."""
    with _config(connection) as config:
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    return revision_of(connection) in known | {""}


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations that are missing, inside the transaction that the caller has begun.

    Raises alembic's CommandError when the database is at a revision that this program does not know, or is to have one.
    """
    drop_derived(connection)
    with _config(connection) as config:
        command.upgrade(config, revision)
    if revision == "head":
        make_derived(connection)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Undo every migration after a revision: what their tables and columns hold is lost."""
    drop_derived(connection)
    with _config(connection) as config:
        command.downgrade(config, revision)


@contextmanager
def _config(connection: Connection) -> Iterator[Config]:
    with as_file(files("store.migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        yield config
