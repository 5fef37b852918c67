"""The archive from outside: which files there are, how old and large, and taking them away."""

import datetime as dt
import os
import re
from collections.abc import Iterator
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
    """Every file that is the archive's own, in the order of their hashes. Raises ArchiveError."""
    files, root = _open(archive_url)
    for number in range(256):
        folder = f"{root.rstrip('/')}/{number:02x}"
        try:
            entries = files.ls(folder, detail=True)
        except FileNotFoundError:
            continue
        except Exception as error:  # every kind of store has errors of its own
            raise ArchiveError(f"{archive_url}: cannot list {folder} ({error}); check its rights") from error
        found = [_as_file(files, entry) for entry in entries]
        yield from sorted((file for file in found if file), key=lambda file: (file.sha256, file.path))


def remove_file(archive_url: str, file: ArchivedFile, before: dt.datetime) -> bool:
    """Take a file away, unless it was written anew since `before`; whether it is gone.

    On a local disk nothing that is written meanwhile is lost: the file is renamed, looked at, and put back where it is
    a new one. Raises ArchiveError.
    """
    files, _ = _open(archive_url)
    try:
        return _remove(files, file, before)
    except FileNotFoundError:
        return False
    except Exception as error:  # every kind of store has errors of its own
        raise ArchiveError(f"{archive_url}: cannot take {file.path} away ({error}); check its rights") from error


def _remove(files: Any, file: ArchivedFile, before: dt.datetime) -> bool:
    if not isinstance(files, LocalFileSystem):
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


def _open(archive_url: str) -> tuple[Any, str]:
    """The file system as it is now, and the archive's place in it."""
    try:
        files, root = url_to_fs(archive_url)
    except (ValueError, ImportError) as error:
        raise ArchiveError(f"{archive_url}: no archive can be there ({error})") from error
    files.invalidate_cache()  # what other processes did is seen
    return files, root


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
