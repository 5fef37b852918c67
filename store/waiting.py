"""Stored texts that are to be extracted: which they are, and what they say. Whoever extracts them is given ids only."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from schemas.release import Release
from store import tables
from store.database import Store, reading, writing
from store.rows import utc
from store.upsert import chunks, has_key

_PAGEFUL = 1000
"""Ids fetched at a time."""
_WAITING, _RELEASE, _VERSION, _RECORD = tables.waiting.c, tables.release.c, tables.release_version.c, tables.record.c


class Due(NamedTuple):
    """A stored text that has no current record of the extractor's version."""

    release_id: str
    text_sha256: str
    length: int
    """Code points."""
    seen_at: dt.datetime | None
    """When it was found, for a text newer than the release's current one; None for the current one."""


def list_waiting(store: Store) -> Iterator[list[str]]:
    """Ids of releases whose texts wait for the extractor since a run that is over, in pages."""
    runs = select(tables.run.c.id).where(tables.run.c.state == "running")
    left = or_(_WAITING.run_id.is_(None), _WAITING.run_id.not_in(runs))
    statement = select(_WAITING.release_id).where(left).order_by(_WAITING.release_id).limit(_PAGEFUL)
    last = ""
    while True:
        with reading(store) as connection:
            page = list(connection.execute(statement.where(_WAITING.release_id > last)).scalars())
        if not page:
            return
        yield page
        last = page[-1]


def load_due(store: Store, ids: Collection[str], version: str) -> list[Due]:
    """What is to be extracted of these releases: their newest texts that have no current record by `version`.

    A text of which more was said since its record was made is due too.
    """
    wanted = func.coalesce(_WAITING.text_sha256, _RELEASE.text_sha256)
    columns = select(_RELEASE.id, wanted.label("sha256"), func.length(_VERSION.text).label("length"),
                     _WAITING.seen_at, (_RELEASE.text_sha256 == wanted).label("is_current"))  # fmt: skip
    statement = columns.outerjoin(tables.waiting, _WAITING.release_id == _RELEASE.id).join(
        tables.release_version, and_(_VERSION.release_id == _RELEASE.id, _VERSION.text_sha256 == wanted)
    )
    is_due = or_(~_has_record(_RELEASE.id, wanted, version), _WAITING.is_stale)
    due = []
    with reading(store) as connection:
        for chunk in chunks(sorted(ids)):
            rows = connection.execute(statement.where(_RELEASE.id.in_(chunk), is_due).order_by(_RELEASE.id))
            due += [Due(row.id, row.sha256, row.length, None if row.is_current else utc(row.seen_at)) for row in rows]
    return due


def list_stored(store: Store, ids: Collection[str]) -> set[str]:
    """Those of these releases that are stored."""
    found: set[str] = set()
    with reading(store) as connection:
        for chunk in chunks(sorted(ids)):
            found.update(connection.execute(select(_RELEASE.id).where(_RELEASE.id.in_(chunk))).scalars())
    return found


def _has_record(release_id: ColumnElement[str], sha256: ColumnElement[str], version: str) -> ColumnElement[bool]:
    return exists().where(
        _RECORD.release_id == release_id,
        _RECORD.is_current,
        _RECORD.text_sha256 == sha256,
        _RECORD.extractor_version == version,
    )


def load_texts(store: Store, due: Sequence[Due]) -> list[Release]:
    """The releases with the texts that are due, in that order."""
    columns = select(_VERSION.release_id, _VERSION.text_sha256, _VERSION.as_read, _VERSION.text)
    found = {}
    with reading(store) as connection:
        for chunk in chunks(due):
            keys = [(one.release_id, one.text_sha256) for one in chunk]
            are_due = has_key((_VERSION.release_id, _VERSION.text_sha256), keys)
            for row in connection.execute(columns.where(are_due)):
                found[row.release_id, row.text_sha256] = Release(**row.as_read, text=row.text)
    return [found[one.release_id, one.text_sha256] for one in due if (one.release_id, one.text_sha256) in found]


def forget_waiting(store: Store, done: Iterable[tuple[str, str]]) -> None:
    """These texts (release id, text_sha256) wait no longer; a newer text of such a release still does."""
    key = _WAITING.release_id, _WAITING.text_sha256
    with writing(store) as connection:
        for chunk in chunks(done):
            connection.execute(delete(tables.waiting).where(has_key(key, chunk)))


def forget_extracted(store: Store, ids: Iterable[str], version: str) -> None:
    """Texts that have a record by `version` wait no longer: who saved it may have died before that was noted."""
    has_record = _has_record(_WAITING.release_id, _WAITING.text_sha256, version)
    with writing(store) as connection:
        for chunk in chunks(ids):
            connection.execute(delete(tables.waiting).where(_WAITING.release_id.in_(chunk), has_record))
