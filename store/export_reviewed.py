"""Records as people left them, in the same files as those that were extracted (`store/export.py`)."""

import csv
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from schemas.record import Record
from schemas.release import Release
from store import tables
from store.copies import COPY_CHECK
from store.database import Store, reading
from store.export import KINDS, as_cell, columns_of, export_kinds, whole_file
from store.models import Item
from store.review_desk import iter_reviewed
from store.rows import Row
from store.value_rows import value_rows

_AT_ONCE = 50


def export_reviewed_jsonl(store: Store, path: Path, source: str | None = None) -> int:
    """Write every current record as people left it, as `export_jsonl` does; how many there were."""
    lines = 0
    with whole_file(path) as file:
        for _, _, record in iter_reviewed(store, source, status=None):
            file.write(record.model_dump_json() + "\n")
            lines += 1
    return lines


def export_reviewed_csv(store: Store, folder: Path, source: str | None = None) -> dict[str, int]:
    """Write `people.csv`, `amounts.csv`, … of the records as people left them, as `export_csv` does; rows of each."""
    with reading(store) as connection:
        releases = export_kinds(connection, folder, ["releases"], source)
    return releases | write_reviewed_csv(folder, iter_reviewed_rows(store, source))


def write_reviewed_csv(folder: Path, rows: Iterable[tuple[str, Row]]) -> dict[str, int]:
    """Write the files of all kinds of values; how many rows each has."""
    kinds = {table.name: kind for kind, table in KINDS.items() if table is not tables.release}
    written = Counter(dict.fromkeys(kinds.values(), 0))
    with ExitStack() as stack:
        files = {kind: stack.enter_context(whole_file(folder / f"{kind}.csv")) for kind in written}
        writers = {kind: csv.writer(file) for kind, file in files.items()}
        for kind, writer in writers.items():
            writer.writerow(columns_of(KINDS[kind]))
        for name, row in rows:
            if name in kinds:
                kind = kinds[name]
                writers[kind].writerow([as_cell(row.get(column)) for column in columns_of(KINDS[kind])])
                written[kind] += 1
    return dict(written)


def iter_reviewed_rows(
    store: Store, source: str | None, after: int | None = None, among: Container[str] | None = None
) -> Iterator[tuple[str, Row]]:
    """Name of a table of values, and a row of it as people left it, with the columns that stand beside.

    With `after` of releases whose last change has a higher number, and of those only of some `among` all.
    """
    found = iter_reviewed(store, source, None, after)
    while some := list(islice(found, _AT_ONCE)):
        copies = _load_copies(store, [release.id for release, _, _ in some])
        for release, _, record in some:
            if among is None or release.id in among:
                yield from _rows(release, record, copies.get(release.id))


def _rows(release: Release, record: Record, copy: str | None) -> Iterator[tuple[str, Row]]:
    beside = {"release_id": release.id, "release_title": release.title, "published": release.published}
    for table, row in value_rows(Item(release=release, record=record)):
        yield table.name, {**row, **beside}
    if copy is not None:  # of which the record knows nothing: it hangs on other releases
        check = {"number": len(record.checks) + 1, "code": COPY_CHECK, "message": copy}
        yield tables.record_check.name, {**dict.fromkeys(tables.record_check.columns.keys()), **check, **beside}


def _load_copies(store: Store, ids: Sequence[str]) -> dict[str, str]:
    """What the checks say of those of these releases that tell another one again."""
    check = tables.record_check.c
    rows = select(check.release_id, check.message).where(check.code == COPY_CHECK, check.release_id.in_(ids))
    with reading(store) as connection:
        return {row.release_id: row.message for row in connection.execute(rows)}
