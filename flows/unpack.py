"""Unpacking what servers compress, piece by piece, so that a bomb is noticed while it is small."""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 65_536
"""Bytes that are unpacked at a time."""
ACCEPTED = "gzip, deflate, br, zstd"
"""What servers are told that we unpack."""
_WINDOW = 23
"""Binary logarithm of the bytes that a Zstandard frame may look back on: 8 MB, by RFC 9659."""
_MOST_FRAMES = 1_000
"""Zstandard frames of an answer; each costs 50 microseconds, however little is in it."""


class UnpackError(ValueError):
    """Bytes that are not what their header says, or packed in a way that was not asked for."""


def iter_unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The bytes that `chunks` unpack to, in pieces of some PIECE bytes.

    `encoding` is the header `Content-Encoding`. Raises UnpackError.

    >>> b"".join(iter_unpacked([zlib.compress(b"Acme")], "deflate"))
    b'Acme'
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        yield from chunks
    elif name in _UNPACKERS:
        yield from _UNPACKERS[name](chunks)
    else:
        raise UnpackError(f"packed as {encoding[:40]!r}, which was not asked for")


def iter_gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a gzip file, which may have several members. Raises UnpackError."""
    yield from _iter_inflated(chunks, 31)


def _iter_inflated(chunks: Iterable[bytes], window: int) -> Iterator[bytes]:
    unpacker, is_begun = zlib.decompressobj(window), False
    for chunk in chunks:
        rest = chunk
        while rest:
            if unpacker.eof:
                if window < 31 or not rest.startswith(b"\x1f"):  # padding, or what else browsers overlook
                    return
                unpacker = zlib.decompressobj(window)
            try:
                piece = unpacker.decompress(rest, PIECE)
            except zlib.error as error:
                raise UnpackError(f"cannot be unpacked ({error})") from error
            is_begun, rest = True, unpacker.unused_data or unpacker.unconsumed_tail
            yield piece
    if is_begun and not unpacker.eof:
        yield from _flushed(unpacker)


def _flushed(unpacker: "zlib._Decompress") -> Iterator[bytes]:
    """What zlib still holds. Raises UnpackError where the end is missing."""
    while piece := unpacker.decompress(b"", PIECE):
        yield piece
    if not unpacker.eof:
        raise UnpackError("cannot be unpacked (its end is missing)")


def _iter_deflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Either with a zlib header, as RFC 9110 (section 8.4.1.2) wants it, or without, as some servers have it."""
    parts = iter(chunks)
    first = next((part for part in parts if part), b"")
    has_header = first[:1] and first[0] & 0x0F == 8 and (len(first) < 2 or int.from_bytes(first[:2]) % 31 == 0)

    def everything() -> Iterator[bytes]:
        yield first
        yield from parts

    yield from _iter_inflated(everything(), 15 if has_header else -15)


def _iter_brotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    try:
        for chunk in chunks:
            rest = chunk
            while piece := unpacker.process(rest, output_buffer_limit=PIECE):
                rest = b""
                yield piece
    except brotli.error as error:
        raise UnpackError(f"cannot be unpacked ({error})") from error
    if not unpacker.is_finished():
        raise UnpackError("cannot be unpacked (its end is missing)")


def _iter_zstd(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Frames one after another, as RFC 8878 (section 3.1) has them."""
    unpacker, frames = None, 0
    try:
        for chunk in chunks:
            rest, has_more = chunk, False
            while rest or has_more:
                if unpacker is None or unpacker.eof:
                    frames += 1
                    if frames > _MOST_FRAMES:
                        raise UnpackError(f"packed in more than {_MOST_FRAMES:,} frames")
                    unpacker = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW})
                yield unpacker.decompress(rest, PIECE)
                rest = unpacker.unused_data
                has_more = not (unpacker.eof or unpacker.needs_input)
    except zstd.ZstdError as error:
        raise UnpackError(f"cannot be unpacked ({error})") from error
    if unpacker and not unpacker.eof:
        raise UnpackError("cannot be unpacked (its end is missing)")


_UNPACKERS: dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "gzip": iter_gunzipped,
    "x-gzip": iter_gunzipped,
    "deflate": _iter_deflated,
    "br": _iter_brotli,
    "zstd": _iter_zstd,
}
