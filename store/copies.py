"""Copies: one release told by several sources, or told again, is linked to the telling that came first.

Who is a copy of whom follows from what the store holds and not from the order in which it came: releases are taken by
day of publication and id, and each is a copy of the first original before it that it is nearly the same as, or else an
original itself. Saving a release therefore decides anew on everything that it is alike to, however indirectly.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, delete, func, or_, select

from store import tables
from store.bulk import insert_rows
from store.database import Store, reading
from store.models import Item
from store.rows import Row
from store.upsert import chunks, delete_where

THRESHOLD = 0.8
"""Share of a signature that copies have in common, at least: see benchmarks/copies.py."""
DAYS = 30
"""Days between the publication of copies, at most."""
_BANDS = 21
"""Releases are compared where one of so many parts of their signatures is the same: 998 of 1000 at the threshold."""
_NUMBER = np.dtype("<u4")


class Told(NamedTuple):
    """A release that has a signature."""

    id: str
    source: str
    published: dt.date | None
    signature: NDArray[np.uint32]

    def order(self) -> tuple[dt.date, str]:
        """Originals come before their copies; a release without a day comes last."""
        return self.published or dt.date.max, self.id


class Copy(NamedTuple):
    """Another telling of a release."""

    release_id: str
    source: str
    published: dt.date | None
    is_original: bool
    similarity: float | None
    """To the original; None for the original itself."""


Alike = Mapping[str, Mapping[str, float]]
"""By the ids of two releases, both ways, the similarity of those that may be copies of each other."""


def measure(one: Told, other: Told) -> float | None:
    """The similarity of two releases, 0 to 1, where they are copies of each other; else None."""
    if one.published and other.published and abs((one.published - other.published).days) > DAYS:
        return None
    if one.signature.shape != other.signature.shape:
        return None
    similarity = float(np.mean(one.signature == other.signature))
    return similarity if similarity >= THRESHOLD else None


def link_copies(told: Iterable[Told], alike: Alike) -> dict[str, tuple[Told, float]]:
    """For each release that is a copy, its original and the similarity to it; no original is itself a copy."""
    copies: dict[str, tuple[Told, float]] = {}
    originals: dict[str, Told] = {}
    for release in sorted(told, key=Told.order):
        near = alike.get(release.id, {})
        original = min((originals[key] for key in near.keys() & originals.keys()), key=Told.order, default=None)
        if original is None:
            originals[release.id] = release
        else:
            copies[release.id] = original, near[original.id]
    return copies


def save_copies(connection: Connection, items: Collection[Item], bare: Set[str] = frozenset()) -> None:
    """Keep the signatures of these current items, and decide anew what they and all alike to them are copies of.

    Each copy gets a row in `record_check`, behind the checks of its record. Of `bare` releases there is neither
    signature nor copy yet.
    """
    ids = {item.release.id for item in items}
    earlier = ids - bare
    for table in (tables.release_signature, tables.release_band):
        delete_where(connection, table.c.release_id, earlier)
    _save_signatures(connection, items)
    told, alike = _load_alike(connection, ids | _copies_of(connection, earlier))
    touched = earlier | (told.keys() - bare)
    delete_where(connection, tables.release_copy.c.release_id, touched)
    check = tables.record_check
    for chunk in chunks(sorted(touched)):
        connection.execute(delete(check).where(check.c.code == "near_copy", check.c.release_id.in_(chunk)))
    copies = link_copies(told.values(), alike)
    if copies:
        insert_rows(connection, tables.release_copy, [_copy_row(key, *copies[key]) for key in sorted(copies)])
        last = _last_checks(connection, copies)
        rows = [_check_row(key, last.get(key, 0) + 1, *copies[key]) for key in sorted(copies)]
        insert_rows(connection, check, rows)


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


def _save_signatures(connection: Connection, items: Collection[Item]) -> None:
    signed = [(item.release.id, np.array(item.signature, _NUMBER).tobytes()) for item in items if item.signature]
    rows = [{"release_id": key, "signature": signature} for key, signature in signed]
    insert_rows(connection, tables.release_signature, rows)
    bands = [row for key, signature in signed for row in _band_rows(key, signature)]
    insert_rows(connection, tables.release_band, bands)


def _band_rows(release_id: str, signature: bytes) -> Iterable[Row]:
    for band, (start, end) in enumerate(_cut(len(signature))):
        digest = hashlib.blake2b(signature[start:end], digest_size=8).digest()
        yield {"release_id": release_id, "band": band, "part": int.from_bytes(digest, "little", signed=True)}


@lru_cache(maxsize=10)
def _cut(length: int) -> list[tuple[int, int]]:
    """Where the parts of a signature of so many bytes begin and end."""
    size = _NUMBER.itemsize
    parts = np.array_split(np.arange(length // size), _BANDS)
    return [(int(part[0]) * size, (int(part[-1]) + 1) * size) if len(part) else (0, 0) for part in parts]


def _copies_of(connection: Connection, ids: set[str]) -> set[str]:
    copy = tables.release_copy.c
    found: set[str] = set()
    for chunk in chunks(sorted(ids)):
        found.update(connection.execute(select(copy.release_id).where(copy.original_id.in_(chunk))).scalars())
    return found


def _load_alike(connection: Connection, ids: set[str]) -> tuple[dict[str, Told], Alike]:
    """These releases and all that are alike to them, to those, and so on, as far as they have signatures."""
    told = seen = _load_told(connection, ids)
    alike: dict[str, dict[str, float]] = defaultdict(dict)
    frontier = set(told)
    while frontier:
        pairs = _candidates(connection, frontier)
        seen = seen | _load_told(connection, {other for _, other in pairs} - seen.keys())
        for one, other in pairs:
            if (similarity := measure(seen[one], seen[other])) is not None:
                alike[one][other] = alike[other][one] = similarity
        frontier = {other for one in frontier for other in alike[one]} - told.keys()
        told = told | {key: seen[key] for key in frontier}
    return told, alike


def _load_told(connection: Connection, ids: set[str]) -> dict[str, Told]:
    release, signature = tables.release.c, tables.release_signature.c
    columns = select(release.id, release.source, release.published, signature.signature)
    joined = columns.join(tables.release_signature, signature.release_id == release.id)
    found = {}
    for chunk in chunks(sorted(ids)):
        for row in connection.execute(joined.where(release.id.in_(chunk))):
            found[row.id] = Told(row.id, row.source, row.published, np.frombuffer(row.signature, _NUMBER))
    return found


def _candidates(connection: Connection, ids: set[str]) -> set[tuple[str, str]]:
    one, other = tables.release_band.alias("one"), tables.release_band.alias("other")
    shared = and_(one.c.part == other.c.part, one.c.band == other.c.band, one.c.release_id != other.c.release_id)
    pairs = select(one.c.release_id, other.c.release_id).join(other, shared).distinct()
    found: set[tuple[str, str]] = set()
    for chunk in chunks(sorted(ids)):
        found.update((a, b) for a, b in connection.execute(pairs.where(one.c.release_id.in_(chunk))))
    return found


def _copy_row(release_id: str, original: Told, similarity: float) -> Row:
    return {"release_id": release_id, "original_id": original.id, "similarity": similarity}


def _check_row(release_id: str, number: int, original: Told, similarity: float) -> Row:
    day = f" of {original.published}" if original.published else ""
    message = f"tells the release {original.id} of {original.source}{day} again (similarity {similarity:.2f})"
    return {"release_id": release_id, "number": number, "code": "near_copy", "message": message}


def _last_checks(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    check = tables.record_check.c
    found: dict[str, int] = {}
    for chunk in chunks(sorted(ids)):
        last = select(check.release_id, func.max(check.number)).where(check.release_id.in_(chunk))
        found.update((key, number) for key, number in connection.execute(last.group_by(check.release_id)))
    return found
