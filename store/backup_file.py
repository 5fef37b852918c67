"""The file of a backup: named members one after the other (tar), and a last line with the hash of all before it.

Written and read as a stream, so that memory stays flat; by the last line it is seen whether anything was cut off or
altered.
"""

import glob
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from store.database import StoreError

FORMAT = "dateline-backup-1"
"""First words of the last line; another number is another format."""
_LAST = re.compile(rb"dateline-backup-(\d+) sha256 ([0-9a-f]{64})\n")
_LAST_BYTES = len(f"{FORMAT} sha256 \n") + 64
_AT_ONCE = 1 << 20


class BackupError(StoreError):
    """A backup that cannot be written or used; the message says what, where, and what to do next."""


class Writer:
    """Takes the members of a backup, in their order."""

    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w|", format=tarfile.USTAR_FORMAT)  # noqa: SIM115 - see `close`

    def add(self, name: str, content: bytes) -> None:
        """Write one member."""
        head = tarfile.TarInfo(name)
        head.size = len(content)
        self._tar.addfile(head, io.BytesIO(content))
        self._tar.members.clear()  # type: ignore[attr-defined]  # it remembers each; there may be millions

    def close(self) -> None:
        """Write the end."""
        self._tar.close()


def check_free(path: Path, overwrite: bool) -> None:
    """Raises BackupError when there is such a file already, but for `overwrite`."""
    if path.exists() and (not overwrite or not path.is_file()):
        raise BackupError(f"{path}: is there already; take another name, or --overwrite to replace it")


@contextmanager
def write_members(path: Path) -> Iterator[tuple[Writer, Path]]:
    """A backup that takes its name when the block is left without an error; and the file that it is until then.

    What killed backups of that name left is taken away. Raises BackupError when it cannot be written.
    """
    try:
        for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            left.unlink()
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with unfinished.open("wb") as file:
                yield Writer(file), unfinished
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise BackupError(f"{path}: cannot be written ({error.strerror or error}); check rights and space") from error


def seal(writer: Writer, unfinished: Path) -> None:
    """Write the last line, and see that all of it is on the disk."""
    writer.close()
    with unfinished.open("r+b") as file:
        digest = _digest(file, unfinished.stat().st_size)
        file.seek(0, io.SEEK_END)
        file.write(f"{FORMAT} sha256 {digest}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def check_whole(path: Path) -> None:
    """Raises BackupError unless the file is a backup, whole, and as it was written."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(0, size - _LAST_BYTES))
            last = _LAST.fullmatch(file.read())
            digest = _digest(file, size - _LAST_BYTES) if last else ""
    except OSError as error:
        raise BackupError(f"{path}: cannot be read ({error.strerror or error}); check its name and rights") from error
    if last is None:
        raise BackupError(f"{path}: is no backup of Dateline, or was cut off; nothing was taken from it: take another")
    if last[1] != FORMAT.rpartition("-")[2].encode():
        raise BackupError(f"{path}: was made by a newer version of Dateline; update the program")
    if last[2].decode() != digest:
        raise BackupError(
            f"{path}: was altered or damaged since it was written; nothing was taken from it: take another"
        )


def read_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each member, in their order. Raises BackupError where there are none to be read."""
    try:
        with tarfile.open(path, "r|") as tar:
            for head in tar:
                content = tar.extractfile(head)
                yield head.name, content.read() if content else b""
                tar.members.clear()  # type: ignore[attr-defined]  # see `Writer.add`
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{path}: cannot be read ({error}); take another") from error


def _digest(file: IO[bytes], size: int) -> str:
    """SHA-256 of the first bytes of a file."""
    file.seek(0)
    found, left = hashlib.sha256(), size
    while left and (piece := file.read(min(left, _AT_ONCE))):
        found.update(piece)
        left -= len(piece)
    return found.hexdigest()
