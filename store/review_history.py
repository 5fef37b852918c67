"""Taking back what was done, and going back to what was. Pure, no database."""

from collections.abc import Iterable
from typing import NamedTuple

from schemas.review import Act, Restore, ReviewEvent, Undo
from store.review_case import Case, Rows, touched
from store.review_errors import ReviewConflictError, ReviewError


class Steps(NamedTuple):
    """The events that a reviewer's undo and redo would take back."""

    undo: int | None
    redo: int | None


def undo(case: Case, _act: Act, action: Undo) -> Rows:
    """What an event changed is as it was before it.

    Raises ReviewConflictError where something later changed the same, ReviewError for an event that is not there or
    was undone before.
    """
    event = find_event(case, action.number)
    rows: Rows = {(change.field, change.value_id): change.before for change in event.changes}
    after = {(change.field, change.value_id): change.after for change in event.changes}
    if changed := {key for key, review in after.items() if case.reviews.get(key) != review}:
        later = [one for one in case.events if one.number > event.number and touched(one.changes) & changed]
        raise ReviewConflictError(
            f"event {action.number} cannot be undone: {say_events(later)} changed the same since; undo that first",
            later,
        )
    return rows


def can_undo(case: Case, event: ReviewEvent) -> bool:
    """Whether nothing has changed since what an event changed."""
    return all(case.reviews.get((change.field, change.value_id)) == change.after for change in event.changes)


def find_event(case: Case, number: int) -> ReviewEvent:
    """The event that is to be undone. Raises ReviewError where that cannot be."""
    event = next((one for one in case.events if one.number == number), None)
    if event is None:
        raise ReviewError(f"release {case.release.id!r} has no event {number} to undo; load its history again")
    if (by := undone_by(case.events).get(number)) is not None:
        raise ReviewError(f"event {number} was undone by event {by}; undo {by} to have it back")
    return event


def restore(case: Case, _act: Act, action: Restore) -> Rows:
    """What all values were after an event. Raises ReviewError for one that is not there."""
    if action.number and action.number not in {event.number for event in case.events}:
        raise ReviewError(f"release {case.release.id!r} has no event {action.number}; load its history again")
    rows: Rows = {}
    for event in reversed(case.events):
        if event.number > action.number:
            rows |= {(change.field, change.value_id): change.before for change in event.changes}
    return rows


def undone_by(events: Iterable[ReviewEvent]) -> dict[int, int]:
    """By the number of an event that of the undo that took it back, unless that was taken back itself."""
    standing: dict[int, int] = {}
    for event in sorted(events, key=lambda one: one.number, reverse=True):
        if isinstance(event.action, Undo) and event.number not in standing:
            standing[event.action.number] = event.number
    return standing


def find_steps(events: Iterable[ReviewEvent], reviewer: str) -> Steps:
    """What undo and redo of a reviewer would take back; doing something new forgets what could be done again."""
    done: list[int] = []
    undone: list[int] = []
    for event in events:
        if event.reviewer != reviewer or not _does_something(event):
            continue
        if isinstance(event.action, Undo) and event.action.number in done:
            done.remove(event.action.number)
            undone.append(event.number)
        elif isinstance(event.action, Undo) and event.action.number in undone:
            undone.remove(event.action.number)
            done.append(event.number)
        else:
            done.append(event.number)
            undone.clear()
    return Steps(done[-1] if done else None, undone[-1] if undone else None)


def say_events(events: Iterable[ReviewEvent]) -> str:
    """Who did what and when, in words.

    >>> say_events([])
    'nobody'
    """
    said = [f"{one.reviewer} ({one.action.kind}, {one.at:%Y-%m-%d %H:%M}, event {one.number})" for one in events]
    return ", ".join(said[:3]) + (", …" if len(said) > 3 else "") if said else "nobody"


def _does_something(event: ReviewEvent) -> bool:
    moved = event.action.kind == "status" and event.status[0] != event.status[1]
    return bool(event.changes) or moved or event.action.kind in ("comment", "undo")
