"""Reading one release with all that was decided on it."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, RowMapping, Text, cast, select

from schemas.record import Record
from schemas.release import Release
from schemas.review import Opinion, Review, ReviewEvent, ReviewStatus
from schemas.values import derive_id
from store import tables
from store.review_case import Case
from store.review_errors import ReviewError
from store.review_rows import as_event, as_review
from store.upsert import chunks


class State(NamedTuple):
    """How far a release is."""

    status: ReviewStatus = "open"
    reviewers: tuple[str, ...] = ()


def load_case(connection: Connection, release_id: str, opinion: Opinion) -> Case:
    """The release with its current text and record and the decisions of one opinion, without events.

    Raises ReviewError where there is no such release.
    """
    release, version, record = tables.release.c, tables.release_version.c, tables.record.c
    same = (version.release_id == release.id) & (version.text_sha256 == release.text_sha256)
    columns = select(version.text, version.as_read, cast(record.content, Text).label("content")).select_from(
        tables.release
    )
    joined = columns.join(tables.release_version, same).join(
        tables.record, (record.release_id == release.id) & record.is_current
    )
    row = connection.execute(joined.where(release.id == release_id)).first()
    if row is None:
        raise ReviewError(f"there is no release {release_id!r}; the queue has those that there are")
    reviews = load_decisions(connection, [release_id], opinion)
    extracted = Record.model_validate_json(row.content, context={"text": row.text})
    return Case(
        release=Release(**row.as_read, text=row.text),
        record=extracted,
        old=load_texts(connection, reviews, extracted.release.text_sha256),
        reviews={(review.field, review.value_id): review for review in reviews},
        opinion=opinion,
    )


def load_decisions(connection: Connection, releases: Iterable[str], opinion: Opinion) -> list[Review]:
    """The decisions of one opinion on some releases, the oldest first."""
    table, found = tables.review.c, list[RowMapping]()
    for chunk in chunks(releases):
        statement = select(tables.review).where(table.release_id.in_(chunk), table.opinion == opinion)
        found += connection.execute(statement.order_by(table.reviewed_at, table.id)).mappings().all()
    return [as_review(row) for row in found]


def load_texts(connection: Connection, reviews: Iterable[Review], but: str) -> dict[str, str]:
    """The texts that decisions were made on, but for the current one, by their hash."""
    wanted = {(review.release_id, review.text_sha256) for review in reviews if review.text_sha256 != but}
    version, found = tables.release_version.c, dict[str, str]()
    for release_id, sha256 in sorted(wanted):
        text = select(version.text).where(version.release_id == release_id, version.text_sha256 == sha256)
        if (row := connection.execute(text).first()) is not None:
            found[sha256] = row.text
    return found


def load_state(connection: Connection, release_id: str, opinion: Opinion) -> State:
    """How far a release is; open where nothing is known of it."""
    table = tables.review_state.c
    columns = select(table.status, table.reviewers)
    row = connection.execute(columns.where(table.release_id == release_id, table.opinion == opinion)).first()
    return State(row.status, tuple(row.reviewers)) if row else State()


def read_events(connection: Connection, release_id: str, opinion: Opinion, after: int = 0) -> tuple[ReviewEvent, ...]:
    """The events of one opinion behind a number, the oldest first."""
    table = tables.review_event.c
    own = (table.release_id == release_id) & (table.opinion == opinion) & (table.number > after)
    rows = connection.execute(select(tables.review_event).where(own).order_by(table.number)).mappings()
    return tuple(as_event(row) for row in rows)


def based_on(case: Case) -> str:
    """Mark of the text and the record that a reviewer has before them."""
    return derive_id(case.record.release.text_sha256, case.record.extractor_version)
