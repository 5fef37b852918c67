"""What releases are found by, made anew for a store that was filled from a backup."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, exists, insert, select, union_all

from store import tables
from store.search import as_vector
from store.words import read_findable

_AT_ONCE = 200


def fill_words(connection: Connection) -> None:
    """Fill `release_words` from texts and names, where it is empty."""
    if connection.execute(select(exists(select(tables.release_words.c.number)))).scalar():
        return
    as_column = as_vector if connection.dialect.name == "postgresql" else " ".join
    last, number, release = "", 0, tables.release.c
    following = select(release.id).order_by(release.id).limit(_AT_ONCE)
    while ids := connection.execute(following.where(release.id > last)).scalars().all():
        names = _names(connection, ids)
        rows = [
            {"number": place, "release_id": key, "words": as_column(read_findable(names[key], text))}
            for place, (key, text) in enumerate(_texts(connection, ids), number + 1)
        ]
        connection.execute(insert(tables.release_words), rows)
        last, number = ids[-1], number + len(rows)


def _texts(connection: Connection, ids: Sequence[str]) -> list[tuple[str, str]]:
    release, version = tables.release.c, tables.release_version.c
    same = (version.release_id == release.id) & (version.text_sha256 == release.text_sha256)
    found = select(release.id, version.text).join(tables.release_version, same).where(release.id.in_(ids))
    return [(row.id, row.text) for row in connection.execute(found.order_by(release.id))]


def _names(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    person, organisation = tables.person.c, tables.organisation.c
    found = union_all(
        select(person.release_id, person.name.label("name")).where(person.release_id.in_(ids)),
        select(organisation.release_id, organisation.name).where(organisation.release_id.in_(ids)),
        select(organisation.release_id, organisation.acronym).where(
            organisation.release_id.in_(ids), organisation.acronym.is_not(None)
        ),
    )
    names = defaultdict(list)
    for row in connection.execute(found):
        names[row.release_id].append(row.name)
    return names
