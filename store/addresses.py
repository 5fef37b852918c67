"""What is known of addresses: what listings said of them, what servers answered, and when to ask again."""

import datetime as dt
import gzip
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select, update

from schemas.source import Link
from schemas.values import derive_id
from store import tables
from store.database import Store, reading, writing
from store.models import Address
from store.rows import Row, plain, utc
from store.upsert import chunks, insert_missing, upsert

_LISTED = ("title", "published", "updated")
"""What listings say."""


def address_id(source: str, url: str) -> str:
    """Derived from source and address: one row per address."""
    return derive_id("address", source, plain(url))


def load_addresses(store: Store, source: str, urls: Iterable[str]) -> dict[str, Address]:
    """Those of the addresses that are known, by address."""
    asked = {address_id(source, url): url for url in urls}
    found: dict[str, Address] = {}
    with reading(store) as connection:
        for chunk in chunks(asked):
            rows = connection.execute(select(tables.address).where(tables.address.c.id.in_(chunk))).mappings()
            found.update((asked[row["id"]], _as_address(row)) for row in rows)
    return found


def load_pending(store: Store, source: str, now: dt.datetime) -> list[Link]:
    """Releases that were listed and not yet had, those first that wait longest; none whose next try is not due."""
    table = tables.address.c
    waiting = or_(table.checked_at.is_(None), table.code.is_not(None))
    due = or_(table.next_due.is_(None), table.next_due <= utc(now))
    wanted = select(tables.address).where(table.source == source, table.kind == "release", waiting, due)
    with reading(store) as connection:
        rows = connection.execute(wanted.order_by(table.found_at, table.id)).mappings().all()
    return [_as_link(_as_address(row)) for row in rows]


def save_links(store: Store, links: Iterable[Link], found_at: dt.datetime) -> None:
    """Note addresses of releases that a listing has, so that none is lost whenever a run ends."""
    rows = {row["id"]: row for row in (_link_row(link, found_at) for link in links)}
    if not rows:
        return
    with writing(store) as connection:
        _insert_sources(connection, rows.values())
        insert_missing(connection, tables.address, list(rows.values()))
        for row in rows.values():
            listed = {name: row[name] for name in _LISTED if row[name] is not None}
            if listed:
                connection.execute(update(tables.address).where(tables.address.c.id == row["id"]).values(**listed))


def save_addresses(connection: Connection, addresses: Iterable[Address]) -> None:
    """Write what is known now; when an address was first met stays."""
    rows = {address_id(address.source, address.url): _row(address) for address in addresses}
    _insert_sources(connection, rows.values())
    upsert(connection, tables.address, list(rows.values()), frozenset({"found_at"}))


def save_visits(store: Store, addresses: Iterable[Address]) -> None:
    """As save_addresses, in a transaction of its own."""
    with writing(store) as connection:
        save_addresses(connection, addresses)


def _insert_sources(connection: Connection, rows: Iterable[Row]) -> None:
    insert_missing(connection, tables.source, [{"name": name} for name in sorted({row["source"] for row in rows})])


def mark_gone(connection: Connection, source: str, urls: Iterable[str], since: dt.datetime | None) -> int:
    """Mark the releases of these pages as vanished since then, or as there; how many that changes."""
    release, page = tables.release.c, tables.page.c
    total = 0
    for chunk in chunks(sorted(set(map(plain, urls)))):
        led = select(page.release_id).where(page.source == source, page.requested_url.in_(chunk))
        theirs = or_(release.url.in_(chunk), release.id.in_(led))
        marked = release.gone_since.is_(None) if since else release.gone_since.is_not(None)
        changed = update(tables.release).where(release.source == source, theirs, marked)
        total += connection.execute(changed.values(gone_since=utc(since) if since else None)).rowcount
    return total


def _row(address: Address) -> Row:
    row: dict[str, Any] = address.model_dump(exclude={"body"})
    for name, value in row.items():
        if isinstance(value, dt.datetime):
            row[name] = utc(value)
        elif isinstance(value, str):
            row[name] = plain(value)
    body = None if address.body is None else gzip.compress(address.body, 6, mtime=0)
    return {"id": address_id(address.source, address.url), **row, "body": body}


def _link_row(link: Link, found_at: dt.datetime) -> Row:
    return _row(Address(**link.model_dump(), found_at=found_at))


def _as_address(row: RowMapping) -> Address:
    fields = {name: value for name, value in row.items() if name not in {"id", "body"}}
    for name, value in fields.items():
        if isinstance(value, dt.datetime):
            fields[name] = utc(value)
    return Address(**fields, body=None if row["body"] is None else gzip.decompress(row["body"]))


def _as_link(address: Address) -> Link:
    return Link(**address.model_dump(include={"source", "url", *_LISTED}))
