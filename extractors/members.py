"""Gzip files of many members, one for each record of a crawl (ISO 28500, annex D): damage costs the member it is in."""

import re
import zlib
from collections import deque
from collections.abc import Iterator

from extractors.streams import PIECE, Stream

GZIP, RECORD = b"\x1f\x8b", b"WARC/"
"""What a gzip member begins with, and what the text of a record begins with."""
START = 4_096
"""Packed bytes that tell how a member's text begins: its head, with a name in it, and the tables of its first block."""
_MEMBER = re.compile(rb"\x1f\x8b\x08[\0-\x1f]")
"""RFC 1952, 2.3.1: the magic, deflate, and flags of which three bits are never set."""


class DamageError(Exception):
    """A member that cannot be unpacked; reading goes on with the next one that can."""

    def __init__(self, at: int, error: Exception) -> None:
        super().__init__(f"cannot be unpacked from byte {at:,} of the packed file on ({error})")
        self.at, self.code = at, "truncated" if isinstance(error, EOFError) else "damaged"


def has_members(start: bytes, is_warc: bool) -> bool:
    """Whether a file that starts so is to be read member by member, for what is in it or is said to be.

    >>> import gzip
    >>> has_members(gzip.compress(b"WARC/1.0"), False), has_members(gzip.compress(b"{}"), False)
    (True, False)
    """
    text = _first_text(start)
    return text == RECORD or (is_warc and start.startswith(GZIP) and not text.startswith(GZIP))


def _first_text(packed: bytes) -> bytes:
    """Of a member that begins here; nothing where none does."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed[:START], len(RECORD))
    except zlib.error:
        return b""


class Members:
    """The text of all members one after another, as a file that is read once.

    Of the member being read it holds the packed bytes, for what follows a member that breaks off is taken for a part of
    it at first: at most `most` bytes, the last ones of a larger member.
    """

    def __init__(self, stream: Stream, most: int) -> None:
        self._file, self._meter = stream.file, stream.meter
        self._packed: deque[bytes] = deque(maxlen=most // PIECE + 2)
        self._fetched, self._text = 0, b""
        self._pieces = self._iter_pieces()
        self.at = 0
        """Where the member begins of which text was given last."""

    def read(self, size: int = PIECE) -> bytes:
        """At most so many bytes of one member; none at the end. Raises DamageError, once for each, and BombError.

        What a member's checksum (CRC-32, at its end) says is known when text of the next one is given.
        """
        while not self._text and (piece := next(self._pieces, None)) is not None:
            if isinstance(piece, DamageError):
                raise piece
            self._text = piece
        given, self._text = self._text[:size], self._text[size:]
        return given

    def _iter_pieces(self) -> Iterator[bytes | DamageError]:
        while any(self._packed) or self._fetch():
            self.at = self._fetched - sum(map(len, self._packed))
            try:
                yield from self._unpack()
            except (zlib.error, EOFError) as error:
                yield DamageError(self.at, error)
                self._skip()

    def _fetch(self) -> bytes:
        piece: bytes = self._file.read(PIECE)
        self._packed.append(piece)
        self._fetched += len(piece)
        return piece

    def _unpack(self) -> Iterator[bytes]:
        """The text of the member that begins here. Raises zlib.error, EOFError and BombError."""
        member, data = zlib.decompressobj(zlib.MAX_WBITS | 16), b"".join(self._packed)
        while not member.eof:
            text = member.decompress(data, PIECE)
            yield self._meter.add(text)
            if not (data or text or member.eof):
                raise EOFError("the file ends in the middle")
            data = member.unconsumed_tail or (b"" if member.eof else self._fetch())
        self._hold(member.unused_data)

    def _skip(self) -> None:
        """Go from the member that begins here to the next whose text is that of a record, or to the end."""
        data, is_end = b"".join(self._packed)[1:], False
        while (at := _find_record(data, is_end)) is None and not is_end:
            data = data[max(0, len(data) - START) :] + (more := self._fetch())
            is_end = not more
        self._hold(b"" if at is None else data[at:])

    def _hold(self, packed: bytes) -> None:
        self._packed.clear()
        self._packed.append(packed)


def _find_record(packed: bytes, is_end: bool) -> int | None:
    """Where a member with a record begins, among those of which enough is there to tell."""
    stop = len(packed) if is_end else len(packed) - START + 4
    starts = (match.start() for match in _MEMBER.finditer(packed, 0, stop))
    return next((at for at in starts if _first_text(packed[at : at + START]) == RECORD), None)
