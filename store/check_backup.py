"""Reading a backup, and telling whether it is one, whole, and as it was written."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.backup import Manifest
from store.archive import unpack as unpack_body
from store.backup_file import BackupError, check_whole, read_members
from store.zstd import unpack

_ROWS = re.compile(r"tables/(\w+)/\d{6}\.jsonl\.zst")
_BODY = re.compile(r"archive/([0-9a-f]{64})\.gz")


def _ignore(*_: object) -> None:
    """For a part that is only checked."""


@dataclass(frozen=True)
class Parts:
    """What is done with each part of a backup; by default nothing, so that it is only checked."""

    rows: Callable[[str, bytes], None] = _ignore
    """Takes a table's name and lines of JSON, some at a time."""
    body: Callable[[str, bytes], None] = _ignore
    """Takes the hash of a body, and the body as the archive keeps it."""
    learned: Callable[[bytes], None] = _ignore


class _Seen:
    """Hashes of what was read so far."""

    def __init__(self) -> None:
        self.tables: dict[str, Any] = {}
        self.rows: Counter[str] = Counter()
        self.files, self.file_bytes, self.names = 0, 0, hashlib.sha256()
        self.learned: str | None = None

    def differs(self, manifest: Manifest) -> str | None:
        """What is not as the manifest says."""
        for name, table in manifest.tables.items():
            digest = self.tables.get(name, hashlib.sha256()).hexdigest()
            if (self.rows[name], digest) != (table.rows, table.sha256):
                return f"table {name}"
        if self.tables.keys() - manifest.tables.keys():
            return "tables that it does not name"
        files = (self.files, self.file_bytes, self.names.hexdigest())
        if files != (manifest.files, manifest.file_bytes, manifest.files_sha256):
            return "the archived bytes"
        return "learned.json" if self.learned != manifest.learned_sha256 else None


def check_backup(path: Path) -> Manifest:
    """Read all of a backup and compare it with its manifest. Raises BackupError where anything is not as written."""
    check_whole(path)
    return read_backup(path, Parts())


def read_backup(path: Path, parts: Parts) -> Manifest:
    """Hand over each part, in the order of the file, and compare all with the manifest. Raises BackupError."""
    seen, manifest = _Seen(), None
    for name, content in read_members(path):
        if name == "manifest.json":
            manifest = _manifest(path, content)
            continue
        try:
            _take(name, content, parts, seen)
        except ValueError as error:
            raise BackupError(f"{path}: {name} in it is damaged ({error}); take another backup") from error
    manifest = manifest or _manifest(path, b"")
    if differs := seen.differs(manifest):
        raise BackupError(f"{path}: is not what its manifest says ({differs}); take another backup")
    return manifest


def _take(name: str, content: bytes, parts: Parts, seen: _Seen) -> None:
    if found := _ROWS.fullmatch(name):
        lines, table = unpack(content), found[1]
        parts.rows(table, lines)
        seen.tables.setdefault(table, hashlib.sha256()).update(lines)
        seen.rows[table] += lines.count(b"\n")
    elif found := _BODY.fullmatch(name):
        unpack_body(content, found[1])
        parts.body(found[1], content)
        seen.names.update(f"{found[1]}\n".encode())
        seen.files, seen.file_bytes = seen.files + 1, seen.file_bytes + len(content)
    elif name == "learned.json":
        parts.learned(content)
        seen.learned = hashlib.sha256(content).hexdigest()
    else:
        raise ValueError("no part of a backup has such a name")


def _manifest(path: Path, content: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise BackupError(f"{path}: has no manifest that this version understands; take another backup") from error
