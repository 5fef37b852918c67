"""Which rows nobody needs any more: each kind as a statement that finds them, and what is done with some of them.

A release that anybody reviewed is left alone, with all its versions, records and pages.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from schemas.keeping import Keeping
from store import tables
from store.rows import utc
from store.upsert import has_key


class Leftover(NamedTuple):
    """One kind of rows that are not needed any more."""

    what: str
    table: Table
    found: Select[Any]
    """Their keys, and how long each is (`size`)."""
    clear: Callable[[Connection, Sequence[Any]], None]
    """Takes some of them away, in the transaction of the caller."""


def list_leftovers(keeping: Keeping, now: dt.datetime) -> list[Leftover]:
    """What may go at this moment, in the order in which it should."""
    return [
        _records(utc(now - keeping.records)),
        _pages(utc(now - keeping.pages)),
        _quarantine(utc(now - keeping.quarantine)),
        _runs(utc(now - keeping.runs)),
        _listings(utc(now - keeping.caches)),
        _hosts(utc(now - keeping.caches), utc(now)),
    ]


def _is_reviewed(release_id: ColumnElement[Any]) -> ColumnElement[bool]:
    review, event = tables.review.c.release_id, tables.review_event.c.release_id
    return or_(exists().where(review == release_id), exists().where(event == release_id))


def _records(before: dt.datetime) -> Leftover:
    """Of each text the current record stays, or the one by the last extractor."""
    record, better, version = tables.record.c, tables.record.alias("better").c, tables.release_version.c
    text = and_(version.release_id == record.release_id, version.text_sha256 == record.text_sha256)
    is_outdone = exists().where(
        better.release_id == record.release_id,
        better.text_sha256 == record.text_sha256,
        or_(better.is_current, better.extractor_version > record.extractor_version),
    )
    size = func.length(cast(record.content, Text))
    found = (
        select(record.release_id, record.text_sha256, record.extractor_version, size.label("size"))
        .join(tables.release_version, text)
        .where(~record.is_current, version.first_seen < before, is_outdone, ~_is_reviewed(record.release_id))
    )
    return Leftover("records of earlier extractors", tables.record, found, _delete(tables.record))


def is_superseded(before: dt.datetime) -> ColumnElement[bool]:
    """Whether a page has an earlier body of its address; not one from which a release's current text was read."""
    page, later = tables.page.c, tables.page.alias("later").c
    release, version = tables.release.c, tables.release_version.alias("own").c
    has_later = exists().where(
        later.requested_url == page.requested_url,
        later.source == page.source,
        later.fetched_at > page.fetched_at,
        or_(later.release_id.is_not(None), page.release_id.is_(None)),
    )
    is_current = exists().where(
        release.id == page.release_id,
        version.release_id == release.id,
        version.text_sha256 == release.text_sha256,
        version.page_sha256 == page.sha256,
    )
    is_free = or_(page.release_id.is_(None), and_(~is_current, ~_is_reviewed(page.release_id)))
    return and_(page.fetched_at < before, has_later, is_free)


def _pages(before: dt.datetime) -> Leftover:
    page = tables.page.c
    found = select(page.id, func.length(page.final_url).label("size")).where(is_superseded(before))
    return Leftover("earlier bodies of pages", tables.page, found, _clear_pages)


def _clear_pages(connection: Connection, keys: Sequence[Any]) -> None:
    """Versions of a text say no longer that they were read from them."""
    page, version = tables.page.c, tables.release_version.c
    ids = [key[0] for key in keys]
    gone = connection.execute(select(page.release_id, page.sha256).where(page.id.in_(ids))).all()
    _delete(tables.page)(connection, keys)
    for release_id, sha256 in gone:
        is_kept = exists().where(page.release_id == release_id, page.sha256 == sha256)
        read = and_(version.release_id == release_id, version.page_sha256 == sha256, ~is_kept)
        connection.execute(update(tables.release_version).where(read).values(page_sha256=None))


def is_forgotten(before: dt.datetime) -> ColumnElement[bool]:
    """Whether what could not be processed was not even tried again."""
    return tables.quarantine.c.last_seen < before


def _quarantine(before: dt.datetime) -> Leftover:
    table = tables.quarantine.c
    found = select(table.id, func.length(table.message).label("size")).where(is_forgotten(before))
    return Leftover("quarantine", tables.quarantine, found, _delete(tables.quarantine))


def _runs(before: dt.datetime) -> Leftover:
    """The last of each kind stays."""
    run, later = tables.run.c, tables.run.alias("later").c
    is_last = ~exists().where(later.kind == run.kind, later.started > run.started, later.state != "running")
    size = func.length(run.process).label("size")
    found = select(run.id, size).where(run.started < before, run.state != "running", ~is_last)
    return Leftover("runs", tables.run, found, _delete(tables.run))


def _listings(before: dt.datetime) -> Leftover:
    """Without its body a listing is asked for whole."""
    address = tables.address.c
    found = select(address.id, func.length(address.body).label("size")).where(
        address.body.is_not(None), address.checked_at < before
    )

    def clear(connection: Connection, keys: Sequence[Any]) -> None:
        ids = [key[0] for key in keys]
        nothing = {"body": None, "etag": None, "last_modified": None}
        connection.execute(update(tables.address).where(address.id.in_(ids)).values(nothing))

    return Leftover("bodies of listings", tables.address, found, clear)


def _hosts(before: dt.datetime, now: dt.datetime) -> Leftover:
    """Nobody asks there now, or has to wait until somebody may."""
    host = tables.host.c
    is_free = and_(*(or_(until.is_(None), until < now) for until in (host.held_until, host.free_at)))
    size = func.coalesce(func.length(host.robots), 0).label("size")
    found = select(host.name, size).where(host.robots_at < before, is_free)
    return Leftover("robots.txt", tables.host, found, _delete(tables.host))


def _delete(table: Table) -> Callable[[Connection, Sequence[Any]], None]:
    keys_of = list(table.primary_key.columns)

    def clear(connection: Connection, keys: Iterable[Any]) -> None:
        connection.execute(delete(table).where(has_key(keys_of, [key[: len(keys_of)] for key in keys])))

    return clear
