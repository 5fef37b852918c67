"""Reading releases from files and folders: the bytes come from here, what they mean from `extractors.files`."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path

from schemas.problem import Problem
from store.archive import save_bytes
from store.rows import plain

FILES_SOURCE = "files"
"""Name of the source that releases read from files belong to."""


def list_files(paths: Iterable[Path]) -> Iterator[Path | Problem]:
    """Every file named or inside a named folder, in a stable order; hidden ones only when named themselves."""
    for path in paths:
        if os.path.isdir(path):  # which raises nothing, whatever may not be entered
            yield from _list_folder(path)
        else:
            yield path


def _list_folder(folder: Path) -> Iterator[Path | Problem]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield file_problem(folder, "unreadable", f"cannot be listed ({error.strerror}); check its permissions")
        return
    for entry in entries:
        if not entry.name.startswith("."):
            yield from _list_folder(entry) if os.path.isdir(entry) and not os.path.islink(entry) else [entry]


LINE_FILES = {".jsonl", ".ndjson"}
"""A line of these is a document, so the file itself may be of any size."""


def load_file(path: Path, max_bytes: int) -> bytes | Problem:
    """The bytes of one file, of at most `max_bytes` if it is one document; never raises for what stands on the disk."""
    try:
        if not path.is_file():
            return file_problem(path, "unreadable", "is no file; name files or folders")
        if (size := path.stat().st_size) > max_bytes and path.suffix.lower() not in LINE_FILES:
            return file_problem(path, "too_large", f"has {size:,} bytes, more than {max_bytes:,} (DATELINE_MAX_BYTES)")
        return path.read_bytes()
    except OSError as error:
        return file_problem(path, "unreadable", f"cannot be read ({error.strerror}); check its permissions")


def file_problem(path: Path, code: str, message: str) -> Problem:
    """A Problem at the path's place."""
    return Problem(source=FILES_SOURCE, place=place_of(path), stage="fetch", code=code, message=message)


def keeper(archive_url: str) -> Callable[[bytes], str]:
    """`save_bytes`, which does nothing for the bytes that it had last: entries of a list have those of its file."""
    return lru_cache(maxsize=1)(partial(save_bytes, archive_url))


def place_of(path: Path) -> str:
    r"""The absolute path, so that the same file is always the same place; bytes that are no characters are escapes.

    >>> place_of(Path("/data/new/../caf\udce9.txt"))
    '/data/caf\\udce9.txt'
    """
    return plain(os.path.abspath(path))
