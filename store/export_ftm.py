"""Records as entities of FollowTheMoney: JSON lines, each id once."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from sqlalchemy import select

from schemas.record import Record
from schemas.release import Release
from store import tables
from store.database import Store, reading
from store.export import Wanted, whole_file
from store.ftm import SHARED, Canonical, Entity, list_payments, make_entities, merge_entities
from store.load import iter_stored
from store.review_desk import iter_reviewed
from store.upsert import chunks

_AT_ONCE = 200


def export_ftm(store: Store, path: Path, wanted: Wanted) -> dict[str, int]:
    """Write the file; how many entities of each schema, and `payments without both parties`, which have none.

    What several releases tell of one thing waits in a file beside and is joined at the end, so that memory stays flat.
    Raises StoreError when it cannot be written.
    """
    written: Counter[str] = Counter()
    with whole_file(path) as file, _waiting_room(path) as room:
        pairs = _pairs(store, wanted)
        while some := list(islice(pairs, _AT_ONCE)):
            links = _load_links(store, [release.id for release, _ in some])
            for release, record in some:
                written["payments without both parties"] += len(record.commitments) - len(list_payments(record))
                for entity in make_entities(release, record, links.get(release.id, {})):
                    if entity["schema"] in SHARED:
                        room.execute("INSERT INTO entity VALUES (?, ?)", (entity["id"], json.dumps(entity)))
                    else:
                        file.write(json.dumps(entity, ensure_ascii=False) + "\n")
                        written[entity["schema"]] += 1
        for entity in _joined(room):
            file.write(json.dumps(entity, ensure_ascii=False) + "\n")
            written[entity["schema"]] += 1
    return dict(written)


def _pairs(store: Store, wanted: Wanted) -> Iterator[tuple[Release, Record]]:
    if not wanted.reviewed:
        return iter_stored(store, wanted.source)
    return ((release, record) for release, _, record in iter_reviewed(store, wanted.source, status=None))


def _load_links(store: Store, ids: list[str]) -> dict[str, Canonical]:
    """What `dateline link` holds for one thing, by release and value."""
    link, entity = tables.entity_link.c, tables.entity.c
    columns = select(link.release_id, link.value_id, entity.canonical_id)
    joined = columns.join(tables.entity, entity.id == link.entity_id).where(link.is_current)
    found: dict[str, dict[str, str]] = {}
    with reading(store) as connection:
        for chunk in chunks(ids):
            for row in connection.execute(joined.where(link.release_id.in_(chunk))):
                found.setdefault(row.release_id, {})[row.value_id] = row.canonical_id
    return dict(found)


@contextmanager
def _waiting_room(path: Path) -> Iterator[sqlite3.Connection]:
    place = path.with_name(f".{path.name}.waiting")
    place.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(place, isolation_level=None)) as room:
            room.execute("PRAGMA journal_mode = OFF")
            room.execute("PRAGMA synchronous = OFF")
            room.execute("CREATE TABLE entity (id TEXT, content TEXT)")
            room.execute("BEGIN")
            yield room
    finally:
        place.unlink(missing_ok=True)


def _joined(room: sqlite3.Connection) -> Iterator[Entity]:
    rows = room.execute("SELECT id, content FROM entity ORDER BY id, rowid")
    for _, same in groupby(rows, itemgetter(0)):
        yield merge_entities(json.loads(content) for _, content in same)
