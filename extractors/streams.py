"""Streams of bytes, packed or not, that count what they give and stop a bomb before it costs much."""

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

ZstdError = zstd.ZstdError
PIECE = 65_536
"""Bytes."""
FREE, _TIMES = 1_000_000_000, 1_000
"""What a file may unpack to: so many bytes, and so many times its size. One layer of gzip cannot do more."""
_WINDOW = 27
"""Binary logarithm of the bytes that Zstandard may look back on: 128 MB, what its own program allows."""
_DEEPEST = 2
"""Layers of compression around one another."""


def _open_zstd(file: Any) -> Any:
    return zstd.open(file, options={zstd.DecompressionParameter.window_log_max: _WINDOW})


_PACKED: tuple[tuple[bytes, Callable[[Any], Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\0", lzma.open),
    (b"\x28\xb5\x2f\xfd", _open_zstd),
)
_ENDINGS = {".gz", ".bz2", ".xz", ".zst", ".zstd"}


class BombError(Exception):
    """A file that unpacks to far more than anybody packs."""


@dataclass
class Meter:
    """Counts the bytes that a file unpacked to, at all its levels together."""

    most: int
    given: int = 0

    @classmethod
    def of(cls, size: int, free: int = FREE) -> "Meter":
        """For a file of so many bytes."""
        return cls(free + _TIMES * size)

    def add(self, data: bytes) -> bytes:
        """Count them, and give them back. Raises BombError."""
        self.given += len(data)
        if self.given > self.most:
            raise BombError(f"unpacks to more than {self.most:,} bytes")
        return data


class Stream:
    """A file that is read once, from its start to its end."""

    def __init__(self, file: Any, meter: Meter) -> None:
        self.file, self.meter = file, meter
        self.at = 0
        """Where the part begins that is being read: it is one."""

    def peek(self, size: int) -> bytes:
        """Its next bytes, at most `size`, without taking them."""
        found: bytes = self.file.peek(size)[:size]
        return found

    def read(self, size: int = PIECE) -> bytes:
        """At most so many bytes; none at the end."""
        return self.meter.add(self.file.read(size))

    def readline(self, size: int = PIECE) -> bytes:
        """The rest of the line, cut at so many bytes."""
        return self.meter.add(self.file.readline(size))

    def read_up_to(self, size: int) -> bytes:
        """So many bytes, or what there is."""
        pieces, left = [], size
        while left and (piece := self.read(min(left, PIECE))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def within(self, file: Any) -> "Stream":
        """A stream of a file inside this one, on the same meter."""
        return Stream(file, self.meter)

    @contextmanager
    def seekable(self) -> Iterator[IO[bytes]]:
        """The whole as a file in which one can go back and forth: itself, or a nameless copy that ends with its use."""
        if isinstance(self.file, io.BufferedReader) and self.file.seekable() and self.file.tell() == 0:
            yield self.file
            return
        with TemporaryFile() as copy:
            while piece := self.read():
                copy.write(piece)
            copy.seek(0)
            yield copy


def open_packed(stream: Stream, is_left: Callable[[bytes], bool]) -> Stream:
    """What a stream unpacks to; itself where it is not packed, or is left as it is. The bytes tell, not the name."""
    for _ in range(_DEEPEST):
        start = stream.peek(PIECE)
        opener = next((opener for magic, opener in _PACKED if start.startswith(magic)), None)
        if opener is None or is_left(start):
            break
        stream = stream.within(opener(stream.file))
    return stream


def bare_name(name: str) -> str:
    """A name without the endings of compression.

    >>> bare_name("a/b.jsonl.gz"), bare_name("b.tgz")
    ('a/b.jsonl', 'b.tgz')
    """
    while PurePosixPath(name).suffix.lower() in _ENDINGS:
        name = name[: -len(PurePosixPath(name).suffix)]
    return name
