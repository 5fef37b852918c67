"""Rows of the store's tables."""

from sqlalchemy import func, select

from store import tables
from store.database import Store, reading


def count_rows(store: Store) -> dict[str, int]:
    """How many rows each table has, the inner ones among them."""
    with reading(store) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }
