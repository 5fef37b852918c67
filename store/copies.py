"""Copies: one release told by several sources, or told again, is linked to the telling that came first.

Who is a copy of whom follows from what the store holds and not from the order in which it came: releases are taken by
day of publication and id, and each is a copy of the first original before it that it is nearly the same as, or else an
original itself. Saving a release therefore decides anew on those behind it whose answer hangs on it, and on no others.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence, Set
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, or_, select

from store import tables
from store.alike import Alike, Told, save_signatures
from store.bulk import insert_rows
from store.database import Store, reading
from store.models import Item
from store.rows import Row
from store.upsert import chunks, delete_where, upsert


class Copy(NamedTuple):
    """Another telling of a release."""

    release_id: str
    source: str
    published: dt.date | None
    is_original: bool
    similarity: float | None
    """To the original; None for the original itself."""


COPY_CHECK = "near_copy"
"""Code of the check that a copy has behind those of its record."""
_Link = tuple[Told, float]
"""The original of a copy, and the similarity to it."""


def save_copies(connection: Connection, items: Collection[Item], bare: Set[str] = frozenset()) -> None:
    """Keep the signatures of these current items, and decide anew what they are copies of, and who hangs on them.

    Each copy gets a row in `record_check`, behind the checks of its record. Of `bare` releases there is neither
    signature nor copy yet.
    """
    ids = {item.release.id for item in items}
    earlier = ids - bare
    save_signatures(connection, items, earlier)
    decided = _Decision(connection, ids).decide(ids | _copies_of(connection, earlier))
    touched = earlier | (decided.keys() - bare)
    copies = {key: link for key, link in sorted(decided.items()) if link is not None}
    check = tables.record_check
    for chunk in chunks(sorted(touched)):
        connection.execute(delete(check).where(check.c.code == COPY_CHECK, check.c.release_id.in_(chunk)))
    _save_links(connection, touched, [_copy_row(key, *link) for key, link in copies.items()])
    if copies:
        last = _last_checks(connection, copies)
        insert_rows(connection, check, [_check_row(key, last.get(key, 0) + 1, *link) for key, link in copies.items()])


class _Decision:
    """Who is a copy of whom among those whose answer may be another one than before."""

    def __init__(self, connection: Connection, new: Set[str]) -> None:
        """Of `new` releases nothing that was decided before holds."""
        self._connection, self._new = connection, new
        self._alike = Alike(connection, new)
        self._decided: dict[str, _Link | None] = {}
        self._waiting: list[tuple[tuple[dt.date, str], str]] = []
        self._looked: set[str] = set(new)
        """Releases whose originals were looked for."""

    def decide(self, ids: Collection[str]) -> dict[str, _Link | None]:
        """The original of each of these, and of all that hang on them; None for what is an original itself."""
        self._alike.find_later(self._new)
        self._alike.load(ids)
        self._waiting = [(self._alike.told[key].order(), key) for key in ids if key in self._alike.told]
        heapify(self._waiting)
        while self._waiting:
            _, key = heappop(self._waiting)
            if key not in self._decided:
                self._decide(key)
        return self._decided

    def _decide(self, key: str) -> None:
        told, similar = self._alike.told, self._similar(key)
        earlier = (told[other] for other in similar if told[other].order() < told[key].order())
        original = min(filter(self._is_original, earlier), key=Told.order, default=None)
        was_original = key not in self._new and key not in self._alike.copies
        self._decided[key] = original and (original, similar[original.id])
        if original is None and not was_original:
            if key not in self._new:
                self._alike.find_later([key])
            self._wait(self._alike.similar[key], told[key])
        elif original is not None and was_original:
            self._wait(_copies_of(self._connection, [key]), told[key])

    def _similar(self, key: str) -> dict[str, float]:
        if key not in self._looked:  # with all that wait, for one question is quicker than many
            some = {key, *(waiting for _, waiting in self._waiting)} - self._looked
            self._alike.find_originals(some)
            self._looked |= some
        return self._alike.similar[key]

    def _is_original(self, one: Told) -> bool:
        return self._decided[one.id] is None if one.id in self._decided else one.id not in self._alike.copies

    def _wait(self, ids: Iterable[str], behind: Told) -> None:
        """These are decided on later, as far as they stand behind a release and have a signature."""
        self._alike.load(list(ids))
        for one in filter(None, map(self._alike.told.get, ids)):
            if one.id not in self._decided and one.order() > behind.order():
                heappush(self._waiting, (one.order(), one.id))


def load_copies(store: Store, release_id: str) -> list[Copy]:
    """The other tellings of a release, the original first; none for a release that has no copies and is none."""
    release, copy = tables.release.c, tables.release_copy.c
    own = select(copy.original_id).where(copy.release_id == release_id)
    with reading(store) as connection:
        root = connection.execute(own).scalar() or release_id
        columns = select(release.id, release.source, release.published, copy.similarity)
        joined = columns.outerjoin(tables.release_copy, copy.release_id == release.id)
        rows = list(connection.execute(joined.where(or_(release.id == root, copy.original_id == root))))
    found = [Copy(row.id, row.source, row.published, row.id == root, row.similarity) for row in rows]
    others = (copy for copy in found if copy.release_id != release_id)
    return sorted(others, key=lambda copy: (not copy.is_original, copy.published or dt.date.max, copy.release_id))


def load_originals(store: Store) -> dict[str, str]:
    """The original of each release that is a copy, by its id."""
    copy = tables.release_copy.c
    with reading(store) as connection:
        rows = connection.execute(select(copy.release_id, copy.original_id)).all()
    return {row.release_id: row.original_id for row in rows}


def _save_links(connection: Connection, touched: Collection[str], rows: Sequence[Row]) -> None:
    """Write the links that differ, for each one is a change of its release; those of others that were touched leave."""
    table, known = tables.release_copy, dict[str, Row]()
    for chunk in chunks(sorted(touched)):
        found = connection.execute(select(table).where(table.c.release_id.in_(chunk))).mappings()
        known |= {row["release_id"]: dict(row) for row in found}
    delete_where(connection, table.c.release_id, known.keys() - {row["release_id"] for row in rows})
    upsert(connection, table, [row for row in rows if known.get(row["release_id"]) != row])


def _copies_of(connection: Connection, ids: Collection[str]) -> set[str]:
    copy = tables.release_copy.c
    found: set[str] = set()
    for chunk in chunks(sorted(ids)):
        found.update(connection.execute(select(copy.release_id).where(copy.original_id.in_(chunk))).scalars())
    return found


def _copy_row(release_id: str, original: Told, similarity: float) -> Row:
    return {"release_id": release_id, "original_id": original.id, "similarity": similarity}


def _check_row(release_id: str, number: int, original: Told, similarity: float) -> Row:
    day = f" of {original.published}" if original.published else ""
    message = f"tells the release {original.id} of {original.source}{day} again (similarity {similarity:.2f})"
    return {"release_id": release_id, "number": number, "code": COPY_CHECK, "message": message}


def _last_checks(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    check = tables.record_check.c
    found: dict[str, int] = {}
    for chunk in chunks(sorted(ids)):
        last = select(check.release_id, func.max(check.number)).where(check.release_id.in_(chunk))
        found.update((key, number) for key, number in connection.execute(last.group_by(check.release_id)))
    return found
