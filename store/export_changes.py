"""What changed since an export, in the forms of a whole one (`store/export.py`), with a list of what happened."""

import csv
import json
from pathlib import Path

from sqlalchemy import Connection

from schemas.record import Record
from store.changes import Change, iter_changes, read_changes
from store.database import Store, reading
from store.export import KINDS, as_cell, export_kinds, whole_file
from store.export_reviewed import iter_reviewed_rows, write_reviewed_csv
from store.review_desk import load_reviewed

COLUMNS = ("release_id", "source", "number", "kinds")


def export_changes_jsonl(store: Store, path: Path, after: int, source: str | None, reviewed: bool) -> int:
    """Write a line for each release that changed: what happened, and its record, null where it is deleted; how many.

    A release that waits for its extraction has no line: its record will be a change.
    """
    lines = 0
    with whole_file(path) as file:
        for change in iter_changes(store, after, source):
            if change.content is None and change.kinds != ("deleted",):
                continue
            told = json.dumps(change.model_dump(exclude={"content"}), ensure_ascii=False)
            file.write(f'{told[:-1]}, "record": {_content(store, change, reviewed)}}}\n')
            lines += 1
    return lines


def _content(store: Store, change: Change, reviewed: bool) -> str:
    if change.content is None or not reviewed:
        return change.content or "null"
    record: Record | None = load_reviewed(store, change.release_id)
    return change.content if record is None else record.model_dump_json()


def export_changes_csv(store: Store, folder: Path, after: int, source: str | None, reviewed: bool) -> dict[str, int]:
    """Write the files of `export_csv` with the releases that changed, and `changes.csv`; how many rows each has.

    What changes meanwhile is in none of the files: who follows would miss its rows, or have them twice.
    """
    with reading(store) as connection:
        written = export_kinds(connection, folder, ["releases"] if reviewed else KINDS, source, after)
        listed = _export_list(connection, folder / "changes.csv", after, source)
    if reviewed:
        written |= write_reviewed_csv(folder, iter_reviewed_rows(store, source, after, listed if after else None))
    return {**written, "changes": len(listed)}


def _export_list(connection: Connection, path: Path, after: int, source: str | None) -> set[str]:
    listed = set()
    with whole_file(path) as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for change in read_changes(connection, after, source):
            writer.writerow(map(as_cell, (change.release_id, change.source, change.number, " ".join(change.kinds))))
            listed.add(change.release_id)
    return listed
