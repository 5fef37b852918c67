"""Rows of reviews put straight into the tables, for tests of what reads them."""

import datetime as dt
from typing import Any

from sqlalchemy import insert

from schemas.review import Review
from schemas.values import derive_id
from store import tables
from store.database import Store, writing
from store.models import Batch, Item
from store.rows import Row, utc
from store.save import save_batch
from store.upsert import upsert

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
"""A Monday."""
COUNTS = {f"open_{field}": 0 for field in ("people", "organisations", "dates", "amounts", "quotes")}


def save(store: Store, *items: Item) -> None:
    save_batch(store, Batch(seen_at=NOW, items=items))
    for item in items:
        set_state(store, item.release.id)


def set_state(store: Store, release_id: str, opinion: int = 1, **columns: Any) -> None:
    key = {"release_id": release_id, "opinion": opinion}
    row = {"status": "open", "seen": 0, "value_count": 6, "decided": 0, "reviewers": [], "updated_at": NOW} | COUNTS
    with writing(store) as connection:
        upsert(connection, tables.review_state, [key | row | columns])


def set_claim(store: Store, release_id: str, reviewer: str, until: dt.datetime) -> None:
    with writing(store) as connection:
        row = {"release_id": release_id, "opinion": 1, "reviewer": reviewer, "until": until}
        upsert(connection, tables.review_claim, [row])


def add_event(store: Store, release_id: str, number: int, **columns: Any) -> None:
    row: Row = {"release_id": release_id, "number": number, "opinion": 1, "kind": "status", "action": {},
                "reviewer": "ana", "at": NOW, "changes": [], "status_before": "started", "status_after": "done",
                "request_id": f"request-{number}"}  # fmt: skip
    row |= columns
    with writing(store) as connection:
        connection.execute(insert(tables.review_event), row | {"at": utc(row["at"])})


def make_review(item: Item, field: str, value_id: str, verdict: str, **columns: Any) -> Review:
    """A decision on a value of a release; of a rejected one nothing is left, all others stand as extracted."""
    values = {value.id: value.model_dump(mode="json") for value in getattr(item.record, field)}
    machine = values.get(value_id)
    opinion = columns.get("opinion", 1)
    row = {"id": derive_id(item.release.id, opinion, field, value_id), "release_id": item.release.id, "field": field,
           "value_id": value_id, "verdict": verdict, "machine": machine, "reviewer": "ana", "reviewed_at": NOW,
           "human": None if verdict == "rejected" else machine, "extractor_version": item.record.extractor_version,
           "text_sha256": item.release.text_sha256}  # fmt: skip
    return Review.model_validate(row | columns)


def add_review(store: Store, item: Item, field: str, value_id: str, verdict: str, **columns: Any) -> None:
    review = make_review(item, field, value_id, verdict, **columns)
    with writing(store) as connection:
        upsert(connection, tables.review, [review.model_dump() | {"reviewed_at": utc(review.reviewed_at)}])
