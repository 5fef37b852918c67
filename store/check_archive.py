"""Whether an archive is in order: it can be written, and what rows refer to is there and right."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import func, select

from schemas.checkup import Finding
from store import tables
from store.archive import ArchiveError, load_bytes
from store.database import Store, reading

PART = "archive"
SAMPLED = 50
"""Bodies that are read."""


def check_archive(archive_url: str, store: Store | None) -> Iterator[Finding]:
    """Findings on the archive of a store; without a store only whether it can be written."""
    try:
        files, root = url_to_fs(archive_url)
        is_there = not isinstance(files, LocalFileSystem) or files.exists(root)
        if is_there:
            _probe(files, root)
    except Exception as error:  # whatever kind of error the library of an object store has
        yield Finding.fail(
            PART, f"{archive_url}: cannot be written: {error}", "check DATELINE_ARCHIVE, rights and space"
        )
        return
    if is_there:
        yield Finding.ok(PART, f"{archive_url}: can be written")
    elif not store or not _has_pages(store):
        yield Finding.ok(PART, f"{archive_url}: is made when something is first fetched")
        return
    if store:
        yield _check_bodies(archive_url, store)


def _probe(files: Any, root: str) -> None:
    probe = f"{root.rstrip('/')}/doctor-{secrets.token_hex(4)}"
    try:
        files.pipe_file(probe, b"")
    finally:
        with suppress(OSError):
            files.rm_file(probe)


def _has_pages(store: Store) -> bool:
    with reading(store) as connection:
        return connection.execute(select(tables.page.c.id).limit(1)).first() is not None


def _check_bodies(archive_url: str, store: Store) -> Finding:
    page = tables.page.c
    with reading(store) as connection:
        asked = select(page.sha256).order_by(func.random()).limit(SAMPLED)
        some = connection.execute(asked).scalars().all()
    bad = [said for sha256 in some if (said := _complaint(archive_url, sha256))]
    if bad:
        return Finding.fail(PART, f"of {len(some)} bodies {len(bad)} are lost or damaged: {bad[0]}",
                            "name the archive that was used (DATELINE_ARCHIVE), or restore a backup")  # fmt: skip
    return Finding.ok(PART, f"{len(some)} bodies taken at random are there, with the right hashes")


def _complaint(archive_url: str, sha256: str) -> str | None:
    try:
        load_bytes(archive_url, sha256)
    except ArchiveError as error:
        return str(error)
    return None
