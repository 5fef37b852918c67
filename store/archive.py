"""Fetched bytes, kept under the hash of their content: a folder, or any address that fsspec knows."""

import datetime as dt
import gzip
import hashlib
import os
import re
import secrets
import zlib
from contextlib import suppress
from typing import Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from schemas.page import FetchedPage, utc_now
from schemas.problem import ToldError
from store.models import StoredPage
from store.rows import utc

_SHA256 = re.compile(r"[0-9a-f]{64}")
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"})


NEW = dt.timedelta(days=1)
"""Bytes that are kept again after that are written again, so that their age says when they were last needed."""


class ArchiveError(ToldError):
    """Bytes that cannot be kept or given back; the message says what, where, and what to do next."""


def save_bytes(archive_url: str, data: bytes) -> str:
    """Keep bytes, compressed, and return their SHA-256; the same bytes are kept once.

    A reader never sees a half-written file. Raises ArchiveError when the archive cannot be written to.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    save_packed(archive_url, sha256, gzip.compress(data, mtime=0))  # without the time: same bytes, same file
    return sha256


def save_packed(archive_url: str, sha256: str, packed: bytes) -> None:
    """Keep what `load_packed` gave. Raises ArchiveError when the archive cannot be written to."""
    files, path = _locate(archive_url, sha256)
    try:
        # A file of another size was damaged, e.g. by a loss of power: write it again. So is one that is not new, since
        # `dateline gc` takes away old ones to which no row refers, and the row for this one is not there yet.
        if not _is_there(files, path, len(packed)):
            _write(files, path, packed)
    except Exception as error:  # every kind of store has errors of its own
        what = "check that it can be reached, its rights and space" + " and its bucket" * _has_buckets(files)
        raise ArchiveError(f"{archive_url}: cannot keep {sha256} ({_said(error)}); {what}") from error


def load_bytes(archive_url: str, sha256: str) -> bytes:
    """The bytes with this SHA-256. Raises ArchiveError when they are not there or are damaged."""
    return _load(archive_url, sha256)[1]


def load_packed(archive_url: str, sha256: str) -> bytes:
    """The bytes with this SHA-256 as they are kept, compressed. Raises ArchiveError like `load_bytes`."""
    return _load(archive_url, sha256)[0]


def unpack(packed: bytes, sha256: str) -> bytes:
    """What `load_packed` gave as the bytes that were kept. Raises ValueError where they are other ones."""
    try:
        data = gzip.decompress(packed)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(str(error)) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError("other content")
    return data


def _load(archive_url: str, sha256: str) -> tuple[bytes, bytes]:
    files, path = _locate(archive_url, sha256)
    try:
        packed = files.cat_file(path)
    except FileNotFoundError as error:
        raise ArchiveError(
            f"{archive_url}: holds no {sha256}; name the archive that was used, or fetch again"
        ) from error
    except Exception as error:  # every kind of store has errors of its own
        what = "check that it can be reached, and its rights"
        raise ArchiveError(f"{archive_url}: cannot read {sha256} ({_said(error)}); {what}") from error
    try:
        return packed, unpack(packed, sha256)
    except ValueError as error:
        raise ArchiveError(f"{archive_url}: {sha256} is damaged ({error}); delete {path} and fetch again") from error


def load_page(archive_url: str, page: StoredPage) -> FetchedPage:
    """A stored page with its bytes, as it was fetched. Raises ArchiveError like `load_bytes`."""
    kept = page.model_dump(exclude={"id", "sha256", "release_id"})
    return FetchedPage(**kept, body=load_bytes(archive_url, page.sha256))


def _locate(archive_url: str, sha256: str) -> tuple[Any, str]:
    """The file system and the path; names are made of hashes only, so no address can lead elsewhere."""
    if not _SHA256.fullmatch(sha256):
        raise ArchiveError(f"{sha256!r} is no SHA-256: 64 hexadecimal digits, in lower case")
    try:
        files, root = url_to_fs(archive_url)
    except (ValueError, ImportError) as error:
        what = "; install dateline[s3]" if archive_url.startswith(("s3:", "s3a:")) else ""
        raise ArchiveError(f"{archive_url}: no archive can be there ({error}){what}") from error
    return files, f"{root.rstrip('/')}/{sha256[:2]}/{sha256}.gz"


def _is_there(files: Any, path: str, size: int) -> bool:
    """Whether a file is there that has the size and is new; what another process did is seen."""
    try:
        entry = files.info(path, refresh=True) if _has_buckets(files) else files.info(path)
    except FileNotFoundError:
        return False
    return entry["size"] == size and _is_new(files, path, entry)


def _is_new(files: Any, path: str, entry: dict[str, Any]) -> bool:
    with suppress(NotImplementedError):  # where files have no age, none is taken away for it
        return bool(utc_now() - utc(entry.get("LastModified") or files.modified(path)) < NEW)
    return True


def _has_buckets(files: Any) -> bool:
    """Whether it is an object store, which has no folders but buckets, and no bucket that nobody made."""
    names = {files.protocol} if isinstance(files.protocol, str) else set(files.protocol)
    return not names.isdisjoint(_OBJECT_STORES)


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _write(files: Any, path: str, packed: bytes) -> None:
    if not _has_buckets(files):
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
    if not isinstance(files, LocalFileSystem):
        files.pipe_file(path, packed)  # object stores show a file only when it is whole
        return
    unfinished = f"{path}.{secrets.token_hex(4)}.tmp"
    files.pipe_file(unfinished, packed)
    os.replace(unfinished, path)
