"""Who has a release before them: it keeps nobody out, and says so to others."""

import datetime as dt

from sqlalchemy import Connection, delete, select

from schemas.review import Claim, Opinion, ReviewEvent
from store import tables
from store.rows import utc
from store.upsert import upsert

CLAIM = dt.timedelta(minutes=10)
"""How long a claim runs after the last sign of its reviewer."""


def find_claim(connection: Connection, release_id: str, opinion: Opinion, at: dt.datetime) -> Claim | None:
    """The claim that runs at a moment, if any."""
    table = tables.review_claim.c
    own = (table.release_id == release_id) & (table.opinion == opinion)
    row = connection.execute(select(table.reviewer, table.until).where(own)).first()
    if row is None or utc(row.until) <= utc(at):
        return None
    return Claim(release_id=release_id, reviewer=row.reviewer, until=utc(row.until))


def take_claim(connection: Connection, wanted: Claim, opinion: Opinion, at: dt.datetime) -> Claim:
    """The claim that runs from now on: another's where there is one, else the one that is wanted."""
    found = find_claim(connection, wanted.release_id, opinion, at)
    if found is not None and found.reviewer != wanted.reviewer:
        return found
    row = wanted.model_dump() | {"opinion": opinion, "until": utc(wanted.until)}
    upsert(connection, tables.review_claim, [row])
    return wanted


def remove_claim(connection: Connection, release_id: str, reviewer: str, opinion: Opinion) -> None:
    """End one's own claim."""
    table = tables.review_claim.c
    own = (table.release_id == release_id) & (table.opinion == opinion) & (table.reviewer == reviewer)
    connection.execute(delete(tables.review_claim).where(own))


def keep_claim(connection: Connection, event: ReviewEvent) -> None:
    """Who acts has the release for a while, unless somebody else does, or they have just finished it."""
    if event.action.kind == "status" and event.status[1] in ("done", "skipped"):
        remove_claim(connection, event.release_id, event.reviewer, event.opinion)
        return
    claim = Claim(release_id=event.release_id, reviewer=event.reviewer, until=event.at + CLAIM)
    take_claim(connection, claim, event.opinion, event.at)
