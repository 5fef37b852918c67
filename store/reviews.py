"""What people decided, beside what was extracted; extraction never writes here."""

from sqlalchemy import select

from schemas.review import Review
from store import tables
from store.database import Store, reading
from store.rows import utc


def load_reviews(store: Store, release_id: str) -> list[Review]:
    """Every decision on one release, the oldest first."""
    table = tables.review
    statement = select(table).where(table.c.release_id == release_id).order_by(table.c.reviewed_at, table.c.id)
    with reading(store) as connection:
        rows = connection.execute(statement).mappings().all()
    return [Review(**row | {"reviewed_at": utc(row["reviewed_at"])}) for row in map(dict, rows)]
