"""What is made from other tables, made anew for a store that was filled from a backup."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, exists, func, insert, select, text, union_all

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


def fill_changes(connection: Connection) -> None:
    """Let every release count as new, in the order in which they were found, where nothing is known of changes."""
    change, release, record = tables.release_change.c, tables.release.c, tables.record.c
    if connection.execute(select(exists(select(change.number)))).scalar():
        return
    number = func.row_number().over(order_by=(release.first_seen, release.id))
    current = (record.release_id == release.id) & record.is_current
    found = select(release.id, release.source, number, number, record.text_sha256, record.extractor_version)
    names = ("release_id", "source", "number", "created", "text_sha256", "extractor_version")
    found = found.select_from(tables.release).outerjoin(tables.record, current)
    connection.execute(insert(tables.release_change).from_select(names, found))
    if connection.dialect.name == "postgresql":
        last = "SELECT setval('release_change_number', (SELECT count(*) FROM release_change) + 1)"
        connection.execute(text(last))


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
