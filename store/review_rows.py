"""What reviews, their events and the state of a release look like as rows: pure, no database."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import RowMapping

from schemas.review import Opinion, Review, ReviewEvent, ReviewStatus
from store.review_holding import Held
from store.review_tables import COUNTED
from store.rows import Row, utc


def review_row(review: Review) -> Row:
    """One decision."""
    return review.model_dump() | {"reviewed_at": utc(review.reviewed_at)}


def as_review(row: RowMapping) -> Review:
    """The decision of a row."""
    return Review(**{**row, "reviewed_at": utc(row["reviewed_at"])})


def event_row(event: ReviewEvent) -> Row:
    """One event."""
    whole = event.model_dump(mode="json")
    row = {
        name: whole[name] for name in ("release_id", "number", "opinion", "action", "changes", "reviewer", "request_id")
    }
    before, after = event.status
    return {**row, "kind": event.action.kind, "at": utc(event.at), "status_before": before, "status_after": after}


def as_event(row: RowMapping) -> ReviewEvent:
    """The event of a row."""
    names = ("release_id", "number", "opinion", "action", "reviewer", "changes", "request_id")
    status = (row["status_before"], row["status_after"])
    return ReviewEvent(**{name: row[name] for name in names}, at=utc(row["at"]), status=status)


def count_values(held: Iterable[Held]) -> Row:
    """How many values there are, how many of them are decided, and how many of each field are not."""
    values = list(held)
    undecided: list[str] = [one.field for one in values if one.review is None or one.reopened]
    counts = {f"open_{field}": undecided.count(field) for field in COUNTED}
    return {"value_count": len(values), "decided": len(values) - len(undecided), **counts}


def state_row(key: tuple[str, Opinion], status: ReviewStatus, counts: Row, at: dt.datetime) -> Row:
    """The state of a release of which nobody has done anything, or `status` otherwise."""
    release_id, opinion = key
    row: Row = {"release_id": release_id, "opinion": opinion, "status": status, "seen": 0, "reviewers": []}
    return {**row, **counts, "updated_at": utc(at)}
