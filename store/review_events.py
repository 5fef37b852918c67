"""Actions of reviewers: each is kept as an event, with what it changed, in one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, delete, func, insert, select

from schemas.review import (
    Act,
    Add,
    Change,
    Merge,
    Opinion,
    Restore,
    ReviewEvent,
    ReviewStatus,
    SetStatus,
    Split,
    Undo,
)
from store import tables
from store.database import Store, reading
from store.models import Item
from store.opinions import save_agreement
from store.refuse import has_nul
from store.review_case import Case, Key, list_changes, touched
from store.review_changes import plan
from store.review_claims import keep_claim
from store.review_errors import ReviewConflictError, ReviewError
from store.review_history import find_event, say_events
from store.review_load import State, based_on, load_case, load_state, read_events
from store.review_rows import as_event, count_values, event_row, review_row, state_row
from store.search import given_names, save_words
from store.upsert import upsert

_UNDER_WAY = {"open", "started"}
"""Statuses between which a release goes by itself, at the first decision."""


def act(store: Store, act: Act) -> ReviewEvent:
    """Carry out what a reviewer asks for, or nothing of it; asked again with the same request id, it changes nothing.

    Raises ReviewConflictError when somebody has changed, unseen by the reviewer, what the action touches, or when the
    text or record is another by now; ReviewError when it cannot be done.
    """
    _check_storable(act)
    with _alone(store, act.release_id) as connection:
        if (done := _find_request(connection, act)) is not None:
            return done
        case = load_case(connection, act.release_id, act.opinion)
        state = load_state(connection, act.release_id, act.opinion)
        event = _decide(connection, act, case, state)
        _save(connection, event, case, state)
        keep_claim(connection, event)
    return event


def load_events(store: Store, release_id: str, opinion: Opinion = 1) -> list[ReviewEvent]:
    """Every event of one opinion on a release, the oldest first."""
    with reading(store) as connection:
        return list(read_events(connection, release_id, opinion))


def _check_storable(act: Act) -> None:
    """Raise ReviewError for text that no database takes."""
    try:
        written = act.model_dump_json()
    except ValueError:  # half of a surrogate pair, which UTF-8 cannot write
        raise ReviewError("the text holds code points that are no characters; type it again") from None
    if has_nul(written):
        raise ReviewError("the text holds NUL characters, which databases refuse; remove them")


@contextmanager
def _alone(store: Store, release_id: str) -> Iterator[Connection]:
    """A transaction that nobody else who writes of this release works beside; on PostgreSQL it waits for no others."""
    with store.engine.execution_options(writing=True, durable=True).begin() as connection:
        connection.execute(select(tables.release.c.id).where(tables.release.c.id == release_id).with_for_update())
        yield connection


def _find_request(connection: Connection, act: Act) -> ReviewEvent | None:
    """The event that this request made already. Raises ReviewError where its id was given to another one."""
    table = tables.review_event.c
    same = (table.release_id == act.release_id) & (table.request_id == act.request_id)
    row = connection.execute(select(tables.review_event).where(same)).mappings().first()
    if row is None:
        return None
    event = as_event(row)
    if (event.action, event.reviewer, event.opinion) != (act.action, act.reviewer, act.opinion):
        raise ReviewError(f"request {act.request_id!r} was another one, event {event.number}; give a new request id")
    return event


def _decide(connection: Connection, act: Act, case: Case, state: State) -> ReviewEvent:
    """The event that an action makes. Raises ReviewConflictError and ReviewError."""
    whole_history = isinstance(act.action, Undo | Restore)
    events = read_events(connection, act.release_id, act.opinion, 0 if whole_history else act.seen)
    unseen = [event for event in events if event.number > act.seen]
    case = replace(case, events=events)
    if act.based_on is not None and act.based_on != based_on(case) and act.action.kind != "comment":
        raise ReviewConflictError("the release was fetched or extracted again since you opened it; load it again", ())
    try:
        changes = list_changes(case, plan(case, act))
    except ReviewConflictError:
        raise
    except ReviewError as error:
        _check_unseen(act, unseen, _named(act), str(error))
        raise
    _check_unseen(act, unseen, touched(changes))
    number = connection.execute(
        select(func.coalesce(func.max(tables.review_event.c.number), 0)).where(
            tables.review_event.c.release_id == act.release_id
        )
    ).scalar_one()
    return ReviewEvent(
        **act.model_dump(include={"release_id", "opinion", "reviewer", "at", "request_id"}),
        action=act.action,
        number=number + 1,
        changes=changes,
        status=(state.status, _status(case, act, state.status)),
    )


def _status(case: Case, act: Act, now: ReviewStatus) -> ReviewStatus:
    """What the release is after an action: started by the first, and done or put aside only when a reviewer says so."""
    if isinstance(act.action, SetStatus):
        return act.action.status
    if isinstance(act.action, Undo):
        undone = find_event(case, act.action.number)
        if undone.action.kind in ("status", "undo") and undone.status[0] != undone.status[1]:
            if undone.status[1] != now and {undone.status[1], now} != _UNDER_WAY:
                later = [event for event in case.events if event.number > undone.number and event.status[1] == now]
                raise ReviewConflictError(f"the release is {now} by now: {say_events(later)}; load it again", later)
            return undone.status[0]
    return now if now == "done" else "started"


def _named(act: Act) -> set[Key]:
    """The values that an action names."""
    action = act.action
    if isinstance(action, Merge):
        return {(action.field, key) for key in action.value_ids}
    if isinstance(action, Split):
        return {(action.field, action.value_id)}
    targets = [*getattr(action, "targets", ()), getattr(action, "target", None)]
    return {(target.field, target.value_id) for target in targets if target is not None}


def _check_unseen(act: Act, unseen: Sequence[ReviewEvent], keys: set[Key], why: str = "") -> None:
    """Raise ReviewConflictError where events that the reviewer has not seen changed the same."""
    against = [event for event in unseen if _stands_against(event, act, keys)]
    if not against:
        return
    values = {_say(change) for event in against for change in event.changes if (change.field, change.value_id) in keys}
    said = f": {', '.join(sorted(values)[:3])}" if values else ""
    raise ReviewConflictError(
        f"{say_events(against)} changed the same before you{said}{f' ({why})' if why else ''};"
        " load the release again and decide anew",
        against,
    )


def _stands_against(event: ReviewEvent, act: Act, keys: set[Key]) -> bool:
    if isinstance(act.action, SetStatus | Restore) and event.action.kind in ("status", "undo", "restore"):
        return event.status[0] != event.status[1] or (isinstance(act.action, Restore) and bool(event.changes))
    if isinstance(act.action, Add) and isinstance(event.action, Add) and event.action.value == act.action.value:
        return True
    return bool(touched(event.changes) & keys)


def _say(change: Change) -> str:
    """What a value is called.

    >>> _say(Change(field="people", value_id="1", before=None, after=None))
    'people 1'
    """
    for review in (change.after, change.before):
        for value in (review.human, review.machine) if review else ():
            if value is not None:
                return f"“{value.get('name') or value.get('text')}”"
    return f"{change.field} {change.value_id}"


def _save(connection: Connection, event: ReviewEvent, case: Case, state: State) -> None:
    rows = {(change.field, change.value_id): change.after for change in event.changes}
    gone = [change.before.id for change in event.changes if change.after is None and change.before is not None]
    if gone:
        connection.execute(delete(tables.review).where(tables.review.c.id.in_(gone)))
    upsert(connection, tables.review, [review_row(review) for review in rows.values() if review is not None])
    connection.execute(insert(tables.review_event), event_row(event))
    before, after = ([getattr(change, side) for change in event.changes] for side in ("before", "after"))
    if event.opinion == 1 and given_names(before, case.record) != given_names(after, case.record):
        save_words(connection, [Item(release=case.release, record=case.record)])
    counts = count_values(case.having(rows).held.values())
    row = state_row((event.release_id, event.opinion), event.status[1], counts, event.at)
    reviewers = list(dict.fromkeys((*state.reviewers, event.reviewer)))
    upsert(connection, tables.review_state, [{**row, "seen": event.number, "reviewers": reviewers}])
    save_agreement(connection, event)
