"""What a database derives by itself: the views, and the triggers that keep `release_change`.

They are dropped before migrations and made anew after them: neither database alters a table under its views, and SQLite
drops a table's triggers with the table that it copies.
"""

from sqlalchemy import Connection, inspect, text

from store.change_triggers import NAMES, postgres, sqlite
from store.views import VIEWS


def drop_derived(connection: Connection) -> None:
    """Drop views and triggers, as far as they are there."""
    present = set(inspect(connection).get_view_names())
    for name in VIEWS:
        if name in present:
            connection.execute(text(f"DROP VIEW {name}"))
    is_postgres = connection.dialect.name == "postgresql"
    drop = "DROP FUNCTION IF EXISTS {} CASCADE" if is_postgres else "DROP TRIGGER IF EXISTS {}"
    for name in NAMES:  # on PostgreSQL a trigger goes with its function
        connection.execute(text(drop.format(name)))


def make_derived(connection: Connection) -> None:
    """Make views and triggers on tables that are up to date."""
    for view in VIEWS.values():
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {view.sql}")
    for statement in postgres() if connection.dialect.name == "postgresql" else sqlite():
        connection.exec_driver_sql(statement)
