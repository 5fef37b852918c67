"""Second opinions: which releases two people review, how far they agree, and who chooses where they differ."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from schemas.review import ReviewEvent
from schemas.review_work import Agreement, Awaited, Difference
from store import tables
from store.agreement import list_differences, measure_agreement
from store.database import Store, reading
from store.review_case import Case, Key, Rows, touched
from store.review_load import load_case, load_texts, read_events
from store.rows import utc

MOST_MEASURED = 500
"""Releases that agreement is measured on, those last done."""


def needs_second(release_id: str, share: float) -> bool:
    """Whether a release is of the share, 0 to 1, that two people review; a larger share has all of a smaller one.

    >>> [needs_second("dcc16c1eaf45e5a3", share) for share in (0, 0.5, 0.9, 1)]
    [False, False, True, True]
    """
    return _lot(release_id) < share


def list_awaited(
    store: Store, share: float, reviewer: str | None = None, at: dt.datetime | None = None
) -> list[Awaited]:
    """Releases that wait for a second opinion of this reviewer, or of anybody, in an order that tells nothing of them.

    They are done, and none of those who did them is the reviewer; with `at` those that another has before them by then
    are left out.
    """
    release, claim = tables.release.c, tables.review_claim.c
    one, other = tables.review_state.alias("one"), tables.review_state.alias("other")
    second = and_(other.c.release_id == one.c.release_id, other.c.opinion == 2)
    claimed = and_(claim.release_id == one.c.release_id, claim.opinion == 2)
    told = select(release.id, release.source, release.title, release.published)
    columns = told.add_columns(one.c.reviewers, claim.reviewer, claim.until)
    joined = columns.join(one, one.c.release_id == release.id).outerjoin(other, second)
    waiting = joined.outerjoin(tables.review_claim, claimed).where(
        one.c.opinion == 1, one.c.status == "done", func.coalesce(other.c.status, "open").not_in(("done", "skipped"))
    )
    with reading(store) as connection:
        rows = [row for row in connection.execute(waiting) if needs_second(row.id, share)]
    free = [row for row in rows if reviewer not in row.reviewers and not _is_taken(row, reviewer, at)]
    return [_as_awaited(row) for row in sorted(free, key=lambda row: _lot(row.id))]


def measure_opinions(store: Store) -> list[Agreement]:
    """How far first and second opinions agree, as they stood when the second was done: nobody had chosen yet."""
    with reading(store) as connection:
        ids = [row.id for row in _both_done(connection, MOST_MEASURED)]
        return measure_agreement(pair for key in ids if (pair := _as_they_stood(connection, key)))


def differences(store: Store, release_id: str) -> list[Difference]:
    """On what the two opinions differ now; [] before the second is done.

    Raises ReviewError where there is no such release.
    """
    with reading(store) as connection:
        return list(_differences(connection, release_id))


def list_disputed(store: Store) -> list[Awaited]:
    """Releases on whose values two opinions differ, and nobody chose; of those last done, the latest first."""
    with reading(store) as connection:
        return [
            _as_awaited(row)
            for row in _both_done(connection, MOST_MEASURED)
            if not all(one.settled for one in _differences(connection, row.id))
        ]


def _differences(connection: Connection, release_id: str) -> Iterator[Difference]:
    first, second = load_case(connection, release_id, 1), load_case(connection, release_id, 2)
    end = _second_done(read_events(connection, release_id, 2))
    if end is None:
        return
    since = read_events(connection, release_id, 1, after=end)
    decided = {key for event in since for key in touched(event.changes) | _named(event)}
    yield from list_differences(first, second, decided)


def _named(event: ReviewEvent) -> set[Key]:
    """The values that an action names: one that accepts again what was decided changes nothing."""
    targets = [*getattr(event.action, "targets", ()), getattr(event.action, "target", None)]
    return {(target.field, target.value_id) for target in targets if target is not None}


def _as_they_stood(connection: Connection, release_id: str) -> tuple[Case, Case] | None:
    """Both opinions at the moment when the second was done; None where the first was not done by then."""
    others = read_events(connection, release_id, 2)
    end = _second_done(others)
    own = [one for one in read_events(connection, release_id, 1) if end is not None and one.number < end]
    if end is None or not own or own[-1].status[1] != "done":
        return None
    first = _replay(connection, load_case(connection, release_id, 1), own)
    return first, _replay(
        connection, load_case(connection, release_id, 2), [one for one in others if one.number <= end]
    )


def _replay(connection: Connection, case: Case, events: list[ReviewEvent]) -> Case:
    """The release with what these events decided, and no more."""
    rows: Rows = {(change.field, change.value_id): change.after for event in events for change in event.changes}
    reviews = {key: review for key, review in rows.items() if review is not None}
    old = load_texts(connection, reviews.values(), case.record.release.text_sha256)
    return replace(case, reviews=reviews, old=old)


def _second_done(events: tuple[ReviewEvent, ...]) -> int | None:
    """Number of the event that first made the second opinion done."""
    return next((event.number for event in events if event.status[1] == "done"), None)


def _both_done(connection: Connection, limit: int) -> list[Row[Any]]:
    release = tables.release.c
    one, other = tables.review_state.alias("one"), tables.review_state.alias("other")
    same = and_(one.c.release_id == other.c.release_id, one.c.opinion == 1, one.c.status == "done")
    columns = select(release.id, release.source, release.title, release.published)
    joined = columns.join(other, other.c.release_id == release.id).join(one, same)
    done = joined.where(other.c.opinion == 2, other.c.status == "done")
    return list(connection.execute(done.order_by(other.c.updated_at.desc(), release.id).limit(limit)))


def _is_taken(row: Row[Any], reviewer: str | None, at: dt.datetime | None) -> bool:
    return row.until is not None and at is not None and row.reviewer != reviewer and utc(row.until) > utc(at)


def _as_awaited(row: Row[Any]) -> Awaited:
    return Awaited(release_id=row.id, source=row.source, title=row.title, published=row.published)


def _lot(release_id: str) -> float:
    """A number from 0 up to 1 that only the id decides."""
    return int.from_bytes(hashlib.sha256(f"second opinion {release_id}".encode()).digest()[:6]) / 2**48
