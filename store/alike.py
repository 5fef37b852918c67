"""What releases are alike: by signatures of their words, of which only those are compared that share a telling part."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, literal, select

from store import tables
from store.bulk import insert_rows
from store.models import Item
from store.rows import Row
from store.upsert import chunks, delete_where

THRESHOLD = 0.8
"""Share of a signature that copies have in common, at least: see benchmarks/copies.py."""
DAYS = 30
"""Days between the publication of copies, at most."""
_BANDS = 21
"""Releases are compared where one of so many parts of their signatures is the same: 998 of 1000 at the threshold."""
_ORIGINALS = 10
"""A part that more originals have is that of a form, as of a series of statistics, and tells nothing."""
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


class Alike:
    """Releases and what they are alike to, as far as it was looked for; stored copies are looked for where asked."""

    def __init__(self, connection: Connection, new: Collection[str]) -> None:
        """Of `new` releases it is not known yet what they are."""
        self.told: dict[str, Told] = {}
        self.copies: set[str] = set()
        """Those found that were copies before."""
        self.similar: dict[str, dict[str, float]] = defaultdict(dict)
        """By the ids of two releases, both ways, their similarity."""
        self._connection, self._new = connection, sorted(new)

    def load(self, ids: Collection[str]) -> None:
        """Load these releases, as far as they have signatures."""
        release, signature, copy = tables.release.c, tables.release_signature.c, tables.release_copy.c
        columns = select(release.id, release.source, release.published, signature.signature, copy.original_id)
        joined = columns.join(tables.release_signature, signature.release_id == release.id)
        joined = joined.outerjoin(tables.release_copy, copy.release_id == release.id)
        for chunk in chunks(sorted(set(ids) - self.told.keys())):
            for row in self._connection.execute(joined.where(release.id.in_(chunk))):
                self.told[row.id] = Told(row.id, row.source, row.published, np.frombuffer(row.signature, _NUMBER))
                if row.original_id is not None:
                    self.copies.add(row.id)

    def find_originals(self, ids: Collection[str]) -> None:
        """Find the originals that these releases are alike to."""
        is_original = tables.release_copy.c.release_id.is_(None)
        self._compare([(one, other) for one, other, _ in self._candidates(ids, is_original)])

    def find_later(self, ids: Collection[str]) -> None:
        """Find the originals that these releases are alike to, and later ones of whatever kind."""
        self.load(ids)
        found = self._candidates(ids, literal(True))
        self._compare([(one, other) for one, other, when in found if when is None or self._is_later(one, other, when)])

    def _is_later(self, one: str, other: str, published: dt.date) -> bool:
        return (published, other) > self.told[one].order()

    def _compare(self, pairs: Collection[tuple[str, str]]) -> None:
        self.load({key for pair in pairs for key in pair})
        for one, other in pairs:
            similarity = None if other in self.similar[one] else measure(self.told[one], self.told[other])
            if similarity is not None:
                self.similar[one][other] = self.similar[other][one] = similarity

    def _candidates(self, ids: Collection[str], which: ColumnElement[bool]) -> Iterator[tuple[str, str, Any]]:
        """Pairs of these releases and others that share a telling part; of a copy the day too, of an original none."""
        release, copy = tables.release.c, tables.release_copy.c
        for chunk in chunks(sorted(ids)):
            pairs = _sharing(chunk, self._new).subquery()
            day = func.coalesce(release.published, dt.date.max)
            columns = select(pairs.c.one, pairs.c.other, copy.release_id, day.label("day"))
            joined = columns.join(tables.release, release.id == pairs.c.other)
            joined = joined.outerjoin(tables.release_copy, copy.release_id == pairs.c.other).where(which)
            for row in self._connection.execute(joined):
                yield row.one, row.other, row.release_id and row.day


def measure(one: Told, other: Told) -> float | None:
    """The similarity of two releases, 0 to 1, where they are copies of each other; else None."""
    if one.published and other.published and abs((one.published - other.published).days) > DAYS:
        return None
    if one.signature.shape != other.signature.shape:
        return None
    similarity = np.count_nonzero(one.signature == other.signature) / len(one.signature)
    return similarity if similarity >= THRESHOLD else None


def save_signatures(connection: Connection, items: Iterable[Item], earlier: Collection[str]) -> None:
    """Keep the signatures of these items in the place of the `earlier` releases' ones."""
    for table in (tables.release_signature, tables.release_band):
        delete_where(connection, table.c.release_id, earlier)
    signed = [(item.release.id, np.array(item.signature, _NUMBER).tobytes()) for item in items if item.signature]
    rows = [{"release_id": key, "signature": signature} for key, signature in signed]
    insert_rows(connection, tables.release_signature, rows)
    bands = [row for key, signature in signed for row in _band_rows(key, signature)]
    insert_rows(connection, tables.release_band, bands)


def _band_rows(release_id: str, signature: bytes) -> Iterator[Row]:
    for band, (start, end) in enumerate(_cut(len(signature))):
        digest = hashlib.blake2b(signature[start:end], digest_size=8).digest()
        yield {"release_id": release_id, "band": band, "part": int.from_bytes(digest, "little", signed=True)}


@lru_cache(maxsize=10)
def _cut(length: int) -> list[tuple[int, int]]:
    """Where the parts of a signature of so many bytes begin and end."""
    size = _NUMBER.itemsize
    parts = np.array_split(np.arange(length // size), _BANDS)
    return [(int(part[0]) * size, (int(part[-1]) + 1) * size) if len(part) else (0, 0) for part in parts]


def _sharing(ids: Collection[str], new: Collection[str]) -> Select[tuple[str, str]]:
    """These releases, each with those that have a telling part of a signature in common with it."""
    one, other = tables.release_band.alias("one"), tables.release_band.alias("other")
    shared = and_(one.c.part == other.c.part, one.c.band == other.c.band, one.c.release_id != other.c.release_id)
    columns = select(one.c.release_id.label("one"), other.c.release_id.label("other")).distinct()
    return columns.join(other, shared).where(one.c.release_id.in_(ids), _is_telling(one, new))


def _is_telling(one: FromClause, new: Collection[str]) -> ColumnElement[bool]:
    """Whether few originals have this part, however many copies they have, and however many new ones come with it.

    No more than these few are looked at, so that a store of many releases by one form is as quick as any.
    """
    same, copy = tables.release_band.alias("same"), tables.release_copy.c
    of_originals = select(literal(1)).outerjoin_from(same, tables.release_copy, copy.release_id == same.c.release_id)
    of_originals = of_originals.where(same.c.part == one.c.part, same.c.band == one.c.band, copy.release_id.is_(None))
    of_originals = of_originals.where(same.c.release_id.not_in(new))
    some = of_originals.limit(_ORIGINALS + 1).correlate(one).subquery()
    return select(func.count()).select_from(some).scalar_subquery() <= _ORIGINALS
