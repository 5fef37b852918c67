"""What the review desk shows of one release, and who has it before them."""

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import Select, select

from schemas.record import Record
from schemas.release import Release
from schemas.review import Claim, DeskSheet, Opinion, ReviewEvent, ReviewStatus
from store import tables
from store.database import Store, reading, writing
from store.export import changed_after
from store.review_case import Case
from store.review_claims import CLAIM, find_claim, remove_claim, take_claim
from store.review_errors import ReviewError
from store.review_history import can_undo, find_steps
from store.review_load import based_on, load_case, load_state, read_events
from store.reviewed import apply_reviews, list_values

_PAGEFUL = 50
"""Releases that are read at a time."""


def load_sheet(store: Store, release_id: str, reviewer: str, at: dt.datetime, opinion: Opinion = 1) -> DeskSheet:
    """Everything that holds for a release. Raises ReviewError where there is no such release."""
    with reading(store) as connection:
        case = load_case(connection, release_id, opinion)
        events = read_events(connection, release_id, opinion)
        state = load_state(connection, release_id, opinion)
        claim = find_claim(connection, release_id, opinion, at)
    steps = find_steps(events, reviewer)
    return DeskSheet(
        values=list_values(case.record, case.reviews.values(), case.release.text, case.old),
        status=state.status,
        seen=events[-1].number if events else 0,
        based_on=based_on(case),
        opinion=opinion,
        claim=claim,
        undo=_possible(case, events, steps.undo),
        redo=_possible(case, events, steps.redo),
    )


def _possible(case: Case, events: Sequence[ReviewEvent], number: int | None) -> int | None:
    return next((one.number for one in events if one.number == number and can_undo(case, one)), None)


def claim_release(store: Store, release_id: str, reviewer: str, at: dt.datetime, opinion: Opinion = 1) -> Claim:
    """Take a release, if nobody else has it: the claim that runs, one's own or another's.

    Raises ReviewError where there is no such release.
    """
    with writing(store) as connection:
        if connection.execute(select(tables.release.c.id).where(tables.release.c.id == release_id)).first() is None:
            raise ReviewError(f"there is no release {release_id!r}; the queue has those that there are")
        return take_claim(connection, Claim(release_id=release_id, reviewer=reviewer, until=at + CLAIM), opinion, at)


def drop_claim(store: Store, release_id: str, reviewer: str, opinion: Opinion = 1) -> None:
    """Give one's own claim back; another's stays."""
    with writing(store) as connection:
        remove_claim(connection, release_id, reviewer, opinion)


def load_reviewed(store: Store, release_id: str) -> Record | None:
    """The record as people left it; None for a release that is not stored."""
    try:
        with reading(store) as connection:
            return _apply(load_case(connection, release_id, 1))
    except ReviewError:
        return None


def load_all_reviewed(store: Store, release_ids: Sequence[str]) -> Iterator[Record]:
    """The records of these releases as people left them; nothing for those that are not stored."""
    record = tables.record.c
    stored = select(record.release_id).where(record.is_current).order_by(record.release_id)
    for start in range(0, len(release_ids), _PAGEFUL):
        some = release_ids[start : start + _PAGEFUL]
        yield from map(_apply, _load_cases(store, stored.where(record.release_id.in_(some))))


def load_standing(store: Store, release_id: str) -> tuple[Case, ReviewStatus] | None:
    """What holds for a release and how far its review is; None for one without a record."""
    try:
        with reading(store) as connection:
            return load_case(connection, release_id, 1), load_state(connection, release_id, 1).status
    except ReviewError:
        return None


def iter_reviewed(
    store: Store,
    source: str | None = None,
    status: Sequence[ReviewStatus] | None = ("done",),
    after: int | None = None,
) -> Iterator[tuple[Release, Record, Record]]:
    """Release, record as extracted and record as reviewed of each release that is so far, in the order of ids.

    With None of every release, whatever its status; with `after` of those whose last change has a higher number.
    """
    state, release, last = tables.review_state.c, tables.release.c, ""
    wanted = select(state.release_id).where(state.opinion == 1).order_by(state.release_id)
    if status is not None:
        wanted = wanted.where(state.status.in_(status))
    if after is not None:
        wanted = wanted.where(state.release_id.in_(changed_after(after)))
    if source is not None:
        wanted = wanted.join(tables.release, release.id == state.release_id).where(release.source == source)
    while cases := _load_cases(store, wanted.where(state.release_id > last).limit(_PAGEFUL)):
        for case in cases:
            yield case.release, case.record, _apply(case)
        last = cases[-1].release.id


def _load_cases(store: Store, ids: Select[tuple[str]]) -> list[Case]:
    with reading(store) as connection:
        return [load_case(connection, key, 1) for key in connection.execute(ids).scalars().all()]


def _apply(case: Case) -> Record:
    return apply_reviews(case.record, case.reviews.values(), case.release.text, case.old)
