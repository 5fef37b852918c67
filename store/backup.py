"""`dateline backup`: database, archived bytes and what was learnt in one file, as they stood at one moment.

The rows come from one read transaction, so that ingest may go on meanwhile; bytes are archived before the rows that
refer to them are committed, so all that those rows need is there.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from schemas.backup import Manifest, Rows
from store.archive import ArchiveError, load_packed
from store.backup_file import Writer, check_free, seal, write_members
from store.backup_rows import dump_rows, kept_tables
from store.check_backup import check_backup
from store.database import Store, reading
from store.migrations.upgrade import revision_of
from store.references import iter_referenced
from store.tending import Tending, tending
from store.zstd import pack

_FILES_AT_ONCE = 64
_READERS = 8
MISSING_NAMED = 100


@dataclass(frozen=True)
class Kept:
    """What a backup is made of, besides the database."""

    archive_url: str
    learned: Path


@dataclass
class _Files:
    """Bodies written so far."""

    names: Any = field(default_factory=hashlib.sha256)
    counts: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)


def save_backup(store: Store, kept: Kept, path: Path, now: datetime, overwrite: bool = False) -> Manifest:
    """Write a backup, read it again and compare, and only then give it its name.

    Bytes that the archive has lost are named in the manifest; the rest is kept. Raises BackupError when there is such
    a file already (but for `overwrite`) or it cannot be written, StoreError while a gc is under way.
    """
    check_free(path, overwrite)
    with tending(store, "backup") as run, write_members(path) as (writer, unfinished):
        with reading(store) as connection:
            rows = {table.name: _write_table(writer, connection, table, run) for table in kept_tables(connection)}
            revision = revision_of(connection)
            files = _write_files(writer, connection, kept.archive_url, run)
        manifest = Manifest(
            program=version("dateline"),
            revision=revision,
            made_at=now,
            tables=rows,
            files=files.counts["files"],
            file_bytes=files.counts["bytes"],
            files_sha256=files.names.hexdigest(),
            missing=tuple(files.missing),
            missing_files=files.counts["missing"],
            learned_sha256=_write_learned(writer, kept.learned),
        )
        writer.add("manifest.json", manifest.model_dump_json(indent=1).encode())
        seal(writer, unfinished)
        check_backup(unfinished)
        run.counts |= {"rows": sum(table.rows for table in rows.values()), "files": manifest.files}
    return manifest


def _write_table(writer: Writer, connection: Connection, table: Any, run: Tending) -> Rows:
    digest, total = hashlib.sha256(), 0
    for number, (rows, lines) in enumerate(dump_rows(connection, table), 1):
        writer.add(f"tables/{table.name}/{number:06}.jsonl.zst", pack(lines))
        digest.update(lines)
        total += rows
        run.beat()
    return Rows(columns=tuple(table.columns.keys()), rows=total, sha256=digest.hexdigest())


def _write_files(writer: Writer, connection: Connection, archive_url: str, run: Tending) -> _Files:
    files = _Files()
    for sha256, found in _load_files(connection, archive_url):
        run.beat()
        if isinstance(found, ArchiveError):
            files.counts["missing"] += 1
            files.missing += [str(found)] * (len(files.missing) < MISSING_NAMED)
            continue
        writer.add(f"archive/{sha256}.gz", found)
        files.names.update(f"{sha256}\n".encode())
        files.counts.update(files=1, bytes=len(found))
    return files


def _load_files(connection: Connection, archive_url: str) -> Iterator[tuple[str, bytes | ArchiveError]]:
    names = iter_referenced(connection)
    with ThreadPoolExecutor(_READERS) as pool:
        while some := list(islice(names, _FILES_AT_ONCE)):
            yield from zip(some, pool.map(partial(_load, archive_url), some), strict=True)


def _load(archive_url: str, sha256: str) -> bytes | ArchiveError:
    try:
        return load_packed(archive_url, sha256)
    except ArchiveError as error:
        return error


def _write_learned(writer: Writer, learned: Path) -> str | None:
    try:
        content = learned.read_bytes()
    except FileNotFoundError:
        return None
    writer.add("learned.json", content)
    return hashlib.sha256(content).hexdigest()
