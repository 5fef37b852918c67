"""The pages in a WARC stream (ISO 28500): what servers sent, and what other programs made of it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from extractors.streams import PIECE, Stream

_KINDS = frozenset({"response", "resource", "conversion"})
_PAGES = ("text/html", "application/xhtml+xml", "application/pdf", "text/plain")
_OK = 200


class WarcPage(NamedTuple):
    """A page, and where and when it was fetched."""

    number: int
    """Of its record in the stream, from 1."""
    data: bytes
    """One byte more than the limit where there are more."""
    url: str | None
    content_type: str | None
    seen_at: dt.datetime | None
    problem: tuple[str, str] | None = None
    """Code and message, where the record cannot be read."""


def iter_warc(stream: Stream, most: int) -> Iterator[WarcPage]:
    """Records that hold a page that was there: HTML, PDF or plain text, status 200.

    Requests, redirects, pictures and what else a crawl keeps are passed over. Raises ArchiveLoadFailed where the stream
    is no WARC, or no longer.
    """
    number = 0
    for record in ArchiveIterator(stream, check_digests=False, arc2warc=False):
        number += 1
        if record.rec_type in _KINDS and _is_page(record):
            yield _page(number, record, most)
    if not number:
        raise ArchiveLoadFailed("holds no WARC records")


def _is_page(record: ArcWarcRecord) -> bool:
    if record.rec_type == "response":
        headers = record.http_headers
        if headers is None or not headers.get_statuscode().isdigit() or int(headers.get_statuscode()) != _OK:
            return False
    kind = _content_type(record)
    return kind is None or kind.partition(";")[0].strip().lower() in _PAGES


def _content_type(record: ArcWarcRecord) -> str | None:
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    said: str | None = headers.get_header("Content-Type")
    return said


def _page(number: int, record: ArcWarcRecord, most: int) -> WarcPage:
    url, seen_at = record.rec_headers.get_header("WARC-Target-URI"), _moment(record)
    facts = (url.strip("<>") if url else None, _content_type(record), seen_at)
    try:
        data = _read(record.content_stream(), most + 1)
    except Exception as error:  # whatever is wrong with how a server packed it, the next record has its own place
        why = f"its body cannot be unpacked ({type(error).__name__}: {error})"
        return WarcPage(number, b"", *facts, ("damaged", why))
    if len(data) <= most and record.raw_stream.limit > 0:
        return WarcPage(number, b"", *facts, ("truncated", "the file ends in the middle of it; copy it anew"))
    return WarcPage(number, data, *facts)


def _read(body: Any, most: int) -> bytes:
    pieces, left = [], most
    while left and (piece := body.read(min(left, PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _moment(record: ArcWarcRecord) -> dt.datetime | None:
    """When it was fetched.

    ISO 28500 has UTC with seconds, or parts of them.
    """
    try:
        moment = dt.datetime.fromisoformat(str(record.rec_headers.get_header("WARC-Date")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
