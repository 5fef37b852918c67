"""Second opinions: which releases two people review, how far they agree, and who chooses where they differ."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, select, update

from schemas.review import ReviewEvent
from schemas.review_work import Agreement, Awaited, Difference, Tally
from store import tables
from store.agreement import list_differences, measure_agreement, tally_opinions
from store.database import Store, reading
from store.review_case import Case, Key, touched
from store.review_load import load_case, load_state, read_events
from store.rows import utc
from store.upsert import chunks

_RELEASE, _OWN = tables.release.c, tables.review_agreement.c
_ID = _RELEASE.id
_TOLD = (_ID, _RELEASE.source, _RELEASE.title, _RELEASE.published)
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
    claim = tables.review_claim.c
    one, other = tables.review_state.alias("one"), tables.review_state.alias("other")
    second = and_(other.c.release_id == one.c.release_id, other.c.opinion == 2)
    claimed = and_(claim.release_id == one.c.release_id, claim.opinion == 2)
    columns = select(*_TOLD, one.c.reviewers, claim.reviewer, claim.until)
    joined = columns.join(one, one.c.release_id == _ID).outerjoin(other, second)
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
        counted = connection.execute(_both_done(_OWN.tallies).limit(MOST_MEASURED)).scalars()
        return measure_agreement(Tally(**one) for tallies in counted for one in tallies)


def differences(store: Store, release_id: str) -> list[Difference]:
    """On what the two opinions differ now; [] before the second is done.

    Raises ReviewError where there is no such release.
    """
    with reading(store) as connection:
        cases, since = _load_cases(connection, release_id), _since(connection, release_id)
        return [] if since is None else list(_differences(connection, cases, since))


def list_disputed(store: Store) -> list[Awaited]:
    """Releases on whose values two opinions differ, and nobody chose; of those last done, the latest first."""
    with reading(store) as connection:
        disputed = _both_done(*_TOLD).where(_OWN.is_disputed).limit(MOST_MEASURED)
        return [_as_awaited(row) for row in connection.execute(disputed)]


def save_agreement(connection: Connection, event: ReviewEvent) -> None:
    """Keep how far two opinions on a release agree; nothing before the second is done.

    They are counted then, once: what is done later is choosing, and says only whether they still differ.
    """
    if _since(connection, event.release_id) is not None:
        renew_agreements(connection, [event.release_id])
    elif event.opinion == 2 and event.status[1] == "done":
        cases = _load_cases(connection, event.release_id)
        is_done = load_state(connection, event.release_id, 1).status == "done"
        tallies = [one.model_dump(mode="json") for one in tally_opinions(*cases)] if is_done else []
        row = {"release_id": event.release_id, "since": event.number, "tallies": tallies}
        is_disputed = _is_disputed(connection, cases, event.number)
        connection.execute(insert(tables.review_agreement), {**row, "is_disputed": is_disputed})


def renew_agreements(connection: Connection, ids: Iterable[str]) -> None:
    """Look again whether two opinions differ, on those of these releases that have two."""
    for chunk in chunks(sorted(ids)):
        for row in connection.execute(select(_OWN.release_id, _OWN.since).where(_OWN.release_id.in_(chunk))).all():
            is_disputed = _is_disputed(connection, _load_cases(connection, row.release_id), row.since)
            own = update(tables.review_agreement).where(_OWN.release_id == row.release_id)
            connection.execute(own.values(is_disputed=is_disputed))


def _is_disputed(connection: Connection, cases: tuple[Case, Case], since: int) -> bool:
    return not all(one.settled for one in _differences(connection, cases, since))


def _load_cases(connection: Connection, release_id: str) -> tuple[Case, Case]:
    return load_case(connection, release_id, 1), load_case(connection, release_id, 2)


def _since(connection: Connection, release_id: str) -> int | None:
    """Number of the event that made the second opinion done."""
    return connection.execute(select(_OWN.since).where(_OWN.release_id == release_id)).scalar_one_or_none()


def _differences(connection: Connection, cases: tuple[Case, Case], since: int) -> Iterator[Difference]:
    events = read_events(connection, cases[0].release.id, 1, after=since)
    decided = {key for event in events for key in touched(event.changes) | _named(event)}
    return list_differences(*cases, decided)


def _named(event: ReviewEvent) -> set[Key]:
    """The values that an action names: one that accepts again what was decided changes nothing."""
    targets = [*getattr(event.action, "targets", ()), getattr(event.action, "target", None)]
    return {(target.field, target.value_id) for target in targets if target is not None}


def _both_done(*columns: ColumnElement[Any]) -> Select[Any]:
    """Releases with two opinions that are done, those first of which the second was last."""
    one, other = tables.review_state.alias("one"), tables.review_state.alias("other")
    same = and_(one.c.release_id == other.c.release_id, one.c.opinion == 1, one.c.status == "done")
    joined = select(*columns).join_from(tables.release, tables.review_agreement).join(other, other.c.release_id == _ID)
    done = joined.join(one, same).where(other.c.opinion == 2, other.c.status == "done")
    return done.order_by(other.c.updated_at.desc(), _ID)


def _is_taken(row: Row[Any], reviewer: str | None, at: dt.datetime | None) -> bool:
    return row.until is not None and at is not None and row.reviewer != reviewer and utc(row.until) > utc(at)


def _as_awaited(row: Row[Any]) -> Awaited:
    return Awaited(release_id=row.id, source=row.source, title=row.title, published=row.published)


def _lot(release_id: str) -> float:
    """A number from 0 up to 1 that only the id decides."""
    return int.from_bytes(hashlib.sha256(f"second opinion {release_id}".encode()).digest()[:6]) / 2**48
