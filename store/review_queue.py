"""The queue of review: which releases wait for a person, those first of which most is expected to be wrong."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from schemas.review import Claim, Queue, Queued, QueueFilter, ReviewStatus, Snippet
from store import tables
from store.database import Store, StoreError, reading
from store.rows import utc
from store.search import has_words
from store.words import cut_snippet, read_asked

_RELEASE, _STATE, _CLAIM = tables.release.c, tables.review_state.c, tables.review_claim.c
STATUSES: tuple[ReviewStatus, ...] = get_args(ReviewStatus)


class Choices(NamedTuple):
    """What there is to choose from in the filters."""

    sources: tuple[str, ...]
    checks: tuple[str, ...]
    reviewers: tuple[str, ...]


class _Place(NamedTuple):
    """Where a release stands in the queue."""

    priority: float
    release_id: str

    def behind(self) -> ColumnElement[bool]:
        """Whether a release comes after it."""
        # The first half follows from the second; by it the index is entered at the place.
        behind = or_(_RELEASE.review_priority < self.priority, _RELEASE.id > self.release_id)
        return and_(_RELEASE.review_priority <= self.priority, behind)


def load_queue(
    store: Store, wanted: QueueFilter, limit: int, after: str | None = None, at: dt.datetime | None = None
) -> Queue:
    """One page of the releases that are wanted, with counts of all of them.

    `after` is the mark that the page before gave; `at` leaves out claims that had run out by then. Raises StoreError
    for a mark that no page gave.
    """
    place = _read_mark(after) if after is not None else None
    with reading(store) as connection:
        counts = _count(connection, wanted)
        statement = _page(connection, wanted, at)
        if place is not None:
            statement = statement.where(place.behind())
        rows = connection.execute(statement.limit(limit + 1)).all()
        found = _snippets(connection, wanted, rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    return Queue(
        releases=tuple(_as_queued(row, found.get(row.id)) for row in rows[:limit]),
        total=sum(counts[status] for status in wanted.status or STATUSES),
        counts=counts,
        after=None if last is None else f"{last.review_priority!r}:{last.id}",
    )


def next_release(
    store: Store, wanted: QueueFilter, reviewer: str, at: dt.datetime, not_id: str | None = None
) -> str | None:
    """The release that a reviewer should see next, none that another has before them; None where there is none.

    After `not_id`, the release before them, comes what stands behind it in the queue, and then what stands before it.
    """
    with reading(store) as connection:
        statement = _page(connection, wanted, at)
        free = statement.where(
            or_(_CLAIM.reviewer.is_(None), _CLAIM.reviewer == reviewer), _RELEASE.id != (not_id or "")
        )
        place = select(_RELEASE.review_priority, _RELEASE.id).where(_RELEASE.id == not_id)
        here = connection.execute(place).first() if not_id is not None else None
        row = connection.execute(free.where(_Place(*here).behind()).limit(1)).first() if here else None
        row = row or connection.execute(free.limit(1)).first()
    return str(row.id) if row else None


def load_choices(store: Store) -> Choices:
    """Everything that a filter can be set to, in the order of names."""
    columns = (tables.source.c.name, tables.record_check.c.code, tables.review_event.c.reviewer)
    with reading(store) as connection:
        found = (connection.execute(select(column).distinct().order_by(column)).scalars() for column in columns)
        return Choices(*map(tuple, found))


def _of_release(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    """What the release itself has to fit."""
    fits: list[ColumnElement[bool]] = []
    if wanted.source is not None:
        fits.append(_RELEASE.source == wanted.source)
    if wanted.since is not None:
        fits.append(_RELEASE.published >= wanted.since)
    if wanted.until is not None:
        fits.append(_RELEASE.published <= wanted.until)
    return fits


def _of_review(
    connection: Connection, wanted: QueueFilter, release_id: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    """What is known of the release with this id has to fit, whatever its status."""
    check, event = tables.record_check.c, tables.review_event.c
    fits: list[ColumnElement[bool]] = []
    if wanted.check is not None:
        fits.append(release_id.in_(select(check.release_id).where(check.code == wanted.check)))
    if wanted.field is not None:
        fits.append(func.coalesce(_STATE[f"open_{wanted.field}"], 0) > 0)
    if wanted.reviewer is not None:
        fits.append(release_id.in_(select(event.release_id).where(event.reviewer == wanted.reviewer)))
    if wanted.words is not None and wanted.words.strip():
        fits.append(has_words(connection, release_id, wanted.words))
    return fits


def _count(connection: Connection, wanted: QueueFilter) -> dict[ReviewStatus, int]:
    statement = select(_STATE.status, func.count()).where(_STATE.opinion == 1).group_by(_STATE.status)
    statement = statement.where(*_of_review(connection, wanted, _STATE.release_id))
    if fits := _of_release(wanted):
        statement = statement.join(tables.release, _RELEASE.id == _STATE.release_id).where(*fits)
    counts = {row[0]: int(row[1]) for row in connection.execute(statement)}
    return {status: counts.get(status, 0) for status in STATUSES}


def _page(connection: Connection, wanted: QueueFilter, at: dt.datetime | None) -> Select[Any]:
    """The releases that fit, in the order of the queue."""
    check = tables.record_check.c
    checks = select(func.count()).where(check.release_id == _RELEASE.id).scalar_subquery().label("checks")
    columns = select(
        *(_RELEASE.id, _RELEASE.source, _RELEASE.title, _RELEASE.published, _RELEASE.review_priority, checks),
        *(_STATE.value_count, _STATE.decided, _STATE.status, _STATE.reviewers, _CLAIM.reviewer, _CLAIM.until),
    )
    # Every release has a state. The outer join and `coalesce` make SQLite go through the releases by priority until
    # the page is full: thirty times as fast as taking all of a status and sorting them.
    of_release = and_(_STATE.release_id == _RELEASE.id, _STATE.opinion == 1)
    claimed = and_(_CLAIM.release_id == _RELEASE.id, _CLAIM.opinion == 1)
    if at is not None:
        claimed &= _CLAIM.until > utc(at)
    joined = columns.outerjoin(tables.review_state, of_release).outerjoin(tables.review_claim, claimed)
    status = func.coalesce(_STATE.status, "").in_(wanted.status or STATUSES)
    fits = (status, *_of_release(wanted), *_of_review(connection, wanted, _RELEASE.id))
    return joined.where(*fits).order_by(_RELEASE.review_priority.desc(), _RELEASE.id)


def _snippets(connection: Connection, wanted: QueueFilter, rows: Sequence[Row[Any]]) -> dict[str, Snippet]:
    """Where the words stand that were looked for, by release."""
    asked, version = read_asked(wanted.words or ""), tables.release_version.c
    if not asked or not rows:
        return {}
    same = and_(version.release_id == _RELEASE.id, version.text_sha256 == _RELEASE.text_sha256)
    texts = select(version.release_id, version.text).join(tables.release, same)
    found = connection.execute(texts.where(_RELEASE.id.in_([row.id for row in rows])))
    return {row.release_id: snippet for row in found if (snippet := cut_snippet(row.text, asked))}


def _as_queued(row: Row[Any], found: Snippet | None) -> Queued:
    claim = None
    if row.until is not None:
        claim = Claim(release_id=row.id, reviewer=row.reviewer, until=utc(row.until))
    return Queued(
        release_id=row.id,
        source=row.source,
        title=row.title,
        published=row.published,
        priority=row.review_priority,
        checks=row.checks,
        values=row.value_count,
        decided=row.decided,
        status=row.status,
        reviewers=tuple(row.reviewers),
        claim=claim,
        found=found,
    )


def _read_mark(mark: str) -> _Place:
    """The place that a mark means.

    >>> _read_mark("1.5:abc")
    _Place(priority=1.5, release_id='abc')
    """
    priority, colon, release_id = mark.partition(":")
    try:
        if not colon:
            raise ValueError
        return _Place(float(priority), release_id)
    except ValueError as error:
        raise StoreError(f"{mark!r} marks no page of the queue; take the mark that the page before gave") from error
