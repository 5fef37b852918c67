"""Records as people left them, in the same files as those that were extracted (`store/export.py`)."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from schemas.record import Record
from schemas.release import Release
from store import tables
from store.database import Store, reading
from store.export import KINDS, as_cell, columns_of, export_table, of_kind, whole_file
from store.models import Item
from store.review_desk import iter_reviewed
from store.rows import Row
from store.value_rows import value_rows


def export_reviewed_jsonl(store: Store, path: Path, source: str | None = None) -> int:
    """Write every current record as people left it, as `export_jsonl` does; how many there were."""
    lines = 0
    with whole_file(path) as file:
        for _, _, record in iter_reviewed(store, source, status=None):
            file.write(record.model_dump_json() + "\n")
            lines += 1
    return lines


def export_reviewed_csv(
    store: Store, folder: Path, source: str | None = None, after: int | None = None
) -> dict[str, int]:
    """Write `people.csv`, `amounts.csv`, … of the records as people left them, as `export_csv` does; rows of each."""
    kinds = {table.name: kind for kind, table in KINDS.items() if table is not tables.release}
    written = Counter(dict.fromkeys(kinds.values(), 0))
    with ExitStack() as stack:
        files = {kind: stack.enter_context(whole_file(folder / f"{kind}.csv")) for kind in written}
        writers = {kind: csv.writer(file) for kind, file in files.items()}
        for kind, writer in writers.items():
            writer.writerow(columns_of(KINDS[kind]))
        for release, _, record in iter_reviewed(store, source, status=None, after=after):
            for name, row in rows_beside(release, record):
                if name in kinds:
                    kind = kinds[name]
                    writers[kind].writerow([as_cell(row.get(column)) for column in columns_of(KINDS[kind])])
                    written[kind] += 1
    with reading(store) as connection:
        releases = export_table(connection, folder / "releases.csv", of_kind(tables.release, source, after))
    return {"releases": releases, **written}


def rows_beside(release: Release, record: Record) -> Iterator[tuple[str, Row]]:
    """Name of a table, and a row of it with the columns that stand beside."""
    beside = {"release_title": release.title, "published": release.published}
    for table, row in value_rows(Item(release=release, record=record)):
        yield table.name, {**row, **beside}
