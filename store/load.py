"""Reading what was saved."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Text, cast, exists, func, select, tuple_

from schemas.problem import Problem
from schemas.record import Record
from schemas.release import Release
from schemas.source import Link
from store import tables
from store.database import AmbiguousKeyError, Store, reading
from store.models import Quarantined, StoredPage
from store.rows import plain, utc
from store.upsert import chunks

_PAGEFUL = 200
"""Rows fetched at a time."""


def known_urls(store: Store, source: str, urls: Iterable[str]) -> set[str]:
    """Those of the URLs that a stored release of this source has, or that led to it."""
    release, page = tables.release.c, tables.page.c
    asked = {plain(url): url for url in urls}
    found: set[str] = set()
    with reading(store) as connection:
        for chunk in chunks(asked):
            for column in (release.url, page.requested_url, page.final_url):
                owned = select(column).where(column.in_(chunk), column.table.c.source == source)
                if column.table is tables.page:
                    owned = owned.where(page.release_id.is_not(None))
                found.update(connection.execute(owned).scalars())
    return {asked[url] for url in found}


def load_release(store: Store, key: str) -> Release | None:
    """The current version of the release with this id, unique beginning of an id, or URL; None where there is none.

    Raises AmbiguousKeyError when several releases fit.
    """
    with reading(store) as connection:
        release_id = _find(connection, plain(key))
        row = connection.execute(_releases().where(tables.release.c.id == release_id)).mappings().first()
    return _as_release(row) if row else None


def load_record(store: Store, key: str) -> Record | None:
    """The current record of the release that `load_release` would find, each value held against the text.

    Raises AmbiguousKeyError when several releases fit, ValidationError when the record does not fit its text.
    """
    with reading(store) as connection:
        release_id = _find(connection, plain(key))
        row = connection.execute(_records().where(tables.record.c.release_id == release_id)).first()
    return _as_record(*row[1:]) if row else None


def iter_records(store: Store, source: str | None = None) -> Iterator[Record]:
    """Every current record in the order of release ids, all as they stood at the start; held against their texts."""
    with reading(store) as connection:
        statement = _of_source(_records(), source).order_by(tables.record.c.release_id)
        for row in connection.execution_options(yield_per=_PAGEFUL).execute(statement):
            yield _as_record(*row[1:])


def iter_releases(store: Store, source: str | None = None, not_by: str | None = None) -> Iterator[Release]:
    """The current version of each release, in the order of ids; they may be saved again meanwhile.

    With `not_by` only those whose current record is by another version of the extractor: what is to be extracted again.
    """
    release, record, last = tables.release.c, tables.record.c, ""
    statement = _of_source(_releases(), source).order_by(release.id).limit(_PAGEFUL)
    if not_by is not None:
        done = exists().where(record.release_id == release.id, record.is_current, record.extractor_version == not_by)
        statement = statement.where(~done)
    while rows := _fetch(store, statement.where(release.id > last)):
        yield from map(_as_release, rows)
        last = rows[-1]["id"]


def iter_stored(store: Store, source: str | None = None) -> Iterator[tuple[Release, Record]]:
    """Each release with its current record, in the order of ids, all as they stood at the start."""
    release, version, record = tables.release.c, tables.release_version.c, tables.record.c
    columns = select(version.as_read, version.text, cast(record.content, Text).label("content")).select_from(
        tables.release
    )
    same = (version.release_id == release.id) & (version.text_sha256 == release.text_sha256)
    current = (record.release_id == release.id) & record.is_current
    joined = columns.join(tables.release_version, same).join(tables.record, current)
    with reading(store) as connection:
        rows = connection.execution_options(yield_per=_PAGEFUL).execute(_of_source(joined, source).order_by(release.id))
        for row in rows.mappings():
            yield _as_release(row), _as_record(row["content"], row["text"])


def iter_pages(store: Store, source: str | None = None, unread: bool = False) -> Iterator[StoredPage]:
    """Every fetched page, the oldest first; with `unread` only those that gave no release."""
    page = tables.page.c
    place = tuple_(page.fetched_at, page.id)
    statement = select(tables.page).order_by(page.fetched_at, page.id).limit(_PAGEFUL)
    if source is not None:
        statement = statement.where(page.source == source)
    if unread:
        statement = statement.where(page.release_id.is_(None))
    last = dt.datetime(1, 1, 1, tzinfo=dt.UTC), ""
    while rows := _fetch(store, statement.where(place > last)):
        yield from map(_as_page, rows)
        last = utc(rows[-1]["fetched_at"]), rows[-1]["id"]


def load_quarantine(store: Store, source: str | None = None) -> list[Quarantined]:
    """What could not be processed and is still there, last tried first."""
    table = tables.quarantine.c
    statement = select(tables.quarantine).order_by(table.last_seen.desc(), table.id)
    if source is not None:
        statement = statement.where(table.source == source)
    return [_as_quarantined(row) for row in _fetch(store, statement)]


def rendering_sources(store: Store) -> list[str]:
    """Names of the sources whose pages only a browser shows."""
    rows = _fetch(store, select(tables.source.c.name, tables.source.c.settings).order_by(tables.source.c.name))
    return [row["name"] for row in rows if (row["settings"] or {}).get("render")]


def _fetch(store: Store, statement: Select[Any]) -> list[RowMapping]:
    with reading(store) as connection:
        return list(connection.execute(statement).mappings())


def _find(connection: Connection, key: str) -> str | None:
    release, page = tables.release.c, tables.page.c
    of_page = select(page.release_id).where((page.requested_url == key) | (page.final_url == key))
    for fits in (
        select(release.id).where(release.id == key),
        select(release.id).where((release.url == key) | release.id.in_(of_page)),
        select(release.id).where(func.substr(release.id, 1, max(len(key), 1)) == key),  # LIKE ignores case in SQLite
    ):
        found = connection.execute(fits.order_by(release.id).limit(6)).scalars().all()
        if len(found) > 1:
            some = ", ".join(found[:5]) + (", …" if len(found) > 5 else "")
            raise AmbiguousKeyError(f"{key!r} fits several releases: {some}; give more of the id")
        if found:
            return str(found[0])
    return None


def _releases() -> Select[Any]:
    release, version = tables.release.c, tables.release_version.c
    same = (version.release_id == release.id) & (version.text_sha256 == release.text_sha256)
    return select(release.id, version.as_read, version.text).join(tables.release_version, same)


def _records() -> Select[Any]:
    release, version, record = tables.release.c, tables.release_version.c, tables.record.c
    same = (version.release_id == record.release_id) & (version.text_sha256 == record.text_sha256)
    columns = select(record.release_id, cast(record.content, Text), version.text).where(record.is_current)
    return columns.join(tables.release_version, same).join(tables.release, release.id == record.release_id)


def _of_source(statement: Select[Any], source: str | None) -> Select[Any]:
    return statement if source is None else statement.where(tables.release.c.source == source)


def _as_release(row: RowMapping) -> Release:
    return Release(**row["as_read"], text=row["text"])


def _as_record(content: str, text: str) -> Record:
    return Record.model_validate_json(content, context={"text": text})


def _as_page(row: RowMapping) -> StoredPage:
    link = Link(
        source=row["source"], url=row["requested_url"], title=row["link_title"], published=row["link_published"]
    )
    names = ("id", "final_url", "status", "content_type", "sha256", "release_id")
    return StoredPage(link=link, fetched_at=utc(row["fetched_at"]), **{name: row[name] for name in names})


def _as_quarantined(row: RowMapping) -> Quarantined:
    problem = Problem(**{name: row[name] for name in Problem.model_fields})
    first, last = utc(row["first_seen"]), utc(row["last_seen"])
    return Quarantined(problem=problem, first_seen=first, last_seen=last, tries=row["tries"])
