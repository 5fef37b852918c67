"""Records as Parquet: a dataset for each kind of value, in folders by year of publication."""

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from store import tables
from store.arrow import as_batch, schema_of
from store.changes import read_changes
from store.database import Store, StoreError, reading
from store.export import KINDS, Wanted, of_kind, stream
from store.export_reviewed import iter_reviewed_rows

_ROWS_AT_ONCE = 2000
"""Rows that wait to become Arrow batches, of all partitions together."""
_BYTES_AT_ONCE = 32_000_000
"""Of batches that wait to become files."""
_NO_YEAR = "0"
"""Where there is no date of publication; from nothing but nulls a reader could not tell that years are numbers."""
_CHANGES = pa.schema([("release_id", pa.string()), ("source", pa.string()), ("number", pa.int64()),
                      ("kinds", pa.string())])  # fmt: skip


def export_parquet(store: Store, folder: Path, wanted: Wanted) -> dict[str, int]:
    """Write `people/year=2026/part-0.parquet`, …: a dataset for each kind; how many rows each has.

    Datasets appear when all are whole, in the place of earlier ones. Raises StoreError when they cannot be written,
    or where a folder of that name holds anything else.
    """
    schemas = {kind: schema_of(table) for kind, table in KINDS.items()}
    if wanted.after is not None:
        schemas["changes"] = _CHANGES
    for kind in schemas:
        _check_replaceable(folder / kind)
    unfinished = folder / f".{os.getpid()}.tmp"
    try:
        unfinished.mkdir(parents=True)
        parts = _Parts(unfinished, schemas)
        for kind, row in _rows(store, wanted):
            parts.add(kind, row)
        parts.flush()
        for kind in schemas:
            _put_in_place(unfinished / kind, folder / kind)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror or error}); check its rights and space"
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return {kind: parts.written[kind] for kind in schemas}


def _rows(store: Store, wanted: Wanted) -> Iterator[tuple[str, Mapping[str, Any]]]:
    kinds = {table.name: kind for kind, table in KINDS.items()}
    listed: set[str] = set()
    with reading(store) as connection:
        if wanted.after is not None:
            for change in read_changes(connection, wanted.after, wanted.source):
                listed.add(change.release_id)
                yield "changes", {**change.model_dump(exclude={"content"}), "kinds": " ".join(change.kinds)}
        for kind, table in KINDS.items():
            if table is tables.release or not wanted.reviewed:
                for row in stream(connection, of_kind(table, wanted.source, wanted.after)).mappings():
                    yield kind, row
    if wanted.reviewed:
        among = listed if wanted.after else None  # what changes meanwhile is in none of the datasets
        for name, row in iter_reviewed_rows(store, wanted.source, wanted.after, among):
            if name in kinds:
                yield kinds[name], row


class _Parts:
    """Rows on their way into files: as Arrow batches they take little memory, and no file stays open."""

    def __init__(self, folder: Path, schemas: Mapping[str, pa.Schema]) -> None:
        self.written: Counter[str] = Counter()
        self._folder, self._schemas = folder, schemas
        self._rows: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        self._batches: dict[tuple[str, str], list[pa.RecordBatch]] = defaultdict(list)
        self._files: Counter[tuple[str, str]] = Counter()
        self._waiting = self._bytes = 0
        for kind in schemas:
            (folder / kind).mkdir()

    def add(self, kind: str, row: Mapping[str, Any]) -> None:
        """Take a row of a dataset."""
        published = row.get("published")
        self._rows[kind, _NO_YEAR if published is None else str(published.year)].append(row)
        self.written[kind] += 1
        self._waiting += 1
        if self._waiting >= _ROWS_AT_ONCE:
            self._pack()
            while self._bytes > _BYTES_AT_ONCE:
                self._write(max(self._batches, key=lambda key: sum(one.nbytes for one in self._batches[key])))

    def flush(self) -> None:
        """Write what is left; a dataset without rows has its columns all the same."""
        self._pack()
        for kind in self._schemas.keys() - self.written.keys():
            self._batches[kind, _NO_YEAR] = []
        for key in list(self._batches):
            self._write(key)

    def _pack(self) -> None:
        for key, rows in self._rows.items():
            self._batches[key].append(as_batch(self._schemas[key[0]], rows))
            self._bytes += self._batches[key][-1].nbytes
        self._rows.clear()
        self._waiting = 0

    def _write(self, key: tuple[str, str]) -> None:
        kind, year = key
        batches = self._batches.pop(key)
        folder = self._folder / kind if kind == "changes" else self._folder / kind / f"year={year}"
        folder.mkdir(exist_ok=True)
        table = pa.Table.from_batches(batches, self._schemas[kind])
        pq.write_table(table, folder / f"part-{self._files[key]}.parquet", compression="zstd")
        self._files[key] += 1
        self._bytes -= sum(one.nbytes for one in batches)


def _check_replaceable(folder: Path) -> None:
    """Raise StoreError where a folder holds anything but an earlier export."""
    if not folder.exists():
        return
    names = [path for path in folder.rglob("*") if not path.is_dir()] if folder.is_dir() else [folder]
    if any(path.suffix != ".parquet" for path in names):
        raise StoreError(f"{folder}: holds something else than an earlier export; write to another folder")


def _put_in_place(new: Path, folder: Path) -> None:
    before = folder.with_name(f".{folder.name}.{os.getpid()}.before")
    if folder.exists():
        folder.replace(before)
    new.replace(folder)
    shutil.rmtree(before, ignore_errors=True)
