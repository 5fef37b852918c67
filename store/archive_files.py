"""The archive from outside: which files there are, how old and large, and taking them away."""

import datetime as dt
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from store.archive import ArchiveError
from store.rows import utc

_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})\.gz(\.[0-9a-f]{8}\.tmp|\.gone)?")


class ArchivedFile(NamedTuple):
    """One file of the archive."""

    sha256: str
    path: str
    size: int
    written: dt.datetime
    is_body: bool
    """Whether it is a body under its name; else it is what a killed process left."""


def iter_files(archive_url: str) -> Iterator[ArchivedFile]:
    """Every file that is the archive's own, in the order of their hashes."""
    files, root = url_to_fs(archive_url)
    for number in range(256):
        folder = f"{root.rstrip('/')}/{number:02x}"
        with suppress(FileNotFoundError):
            found = [_as_file(files, entry) for entry in files.ls(folder, detail=True)]
            yield from sorted((file for file in found if file), key=lambda file: (file.sha256, file.path))


def remove_file(archive_url: str, file: ArchivedFile, before: dt.datetime) -> bool:
    """Take a file away, unless it was written anew since `before`; whether it is gone.

    On a local disk nothing that is written meanwhile is lost: the file is renamed, looked at, and put back where it is
    a new one.
    """
    files, _ = url_to_fs(archive_url)
    with suppress(FileNotFoundError):
        if not isinstance(files, LocalFileSystem):
            files.invalidate_cache()
            if utc(files.modified(file.path)) >= before:
                return False
            files.rm_file(file.path)
            return True
        moved = file.path if file.path.endswith(".gone") else f"{file.path}.gone"
        os.rename(file.path, moved)
        if dt.datetime.fromtimestamp(os.stat(moved).st_mtime, dt.UTC) >= before:
            os.rename(moved, moved.removesuffix(".gone"))
            return False
        os.unlink(moved)
        return True
    return False


def _as_file(files: Any, entry: dict[str, Any]) -> ArchivedFile | None:
    path = str(entry["name"])
    name = _NAME.fullmatch(path.rpartition("/")[2])
    if not name:
        return None
    when = entry.get("mtime") or entry.get("LastModified") or entry.get("created")
    if isinstance(when, int | float):
        when = dt.datetime.fromtimestamp(when, dt.UTC)
    if when is None:
        raise ArchiveError(f"{files.protocol}: does not say how old files are; nothing can be taken away there")
    return ArchivedFile(name["sha256"], path, int(entry["size"] or 0), utc(when), path.endswith(".gz"))
