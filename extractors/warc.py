"""The pages in a WARC stream (ISO 28500): what servers sent, and what other programs made of it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from extractors.members import RECORD, DamageError, Members
from extractors.streams import PIECE, BombError, Stream

_KINDS = frozenset({"response", "resource", "conversion"})
_PAGES = ("text/html", "application/xhtml+xml", "application/pdf", "text/plain")
_OK = "200"


class WarcPage(NamedTuple):
    """A page, and where and when it was fetched."""

    number: int
    """Of its record in the stream, from 1."""
    data: bytes = b""
    """One byte more than the limit where there are more."""
    url: str | None = None
    content_type: str | None = None
    seen_at: dt.datetime | None = None
    problem: tuple[str, str] | None = None
    """Code and message, where the record cannot be read."""


def iter_warc(source: Stream | Members, most: int) -> Iterator[WarcPage]:
    """Records that hold a page that was there: HTML, PDF or plain text, status 200; and problems, each with a number.

    Requests, redirects, pictures and what else a crawl keeps are passed over. A page is given when the record after it
    has begun, or its member's checksum was right. Raises what a source raises that cannot go on, and BombError.
    """
    number, at, page = 0, -1, None
    try:
        for found in _iter_records(source):
            is_same = isinstance(found, DamageError) and found.at == at  # the page in hand is what was damaged
            if page and not is_same:
                yield page
            page, number = None, number + (not is_same)
            page, at = _page(number, found, most), source.at
    except Exception:
        if page:  # it is complete, whatever came then
            yield page
        raise
    if page:
        yield page


def _iter_records(source: Stream | Members) -> Iterator[ArcWarcRecord | Exception]:
    """Every record, and what is wrong where there is none; warcio's own iterator ends at the first that is damaged."""
    reader, loader = BufferedReader(source, PIECE), ArcWarcRecordLoader(verify_http=False, arc2warc=False)
    line, is_told = RECORD, False
    while line:
        try:
            line, passed = _find_record(reader)
            if passed and not is_told:
                yield ArchiveLoadFailed(f"{passed:,} bytes belong to no WARC record")
            if line:
                yield _parse(loader, reader, line)
            is_told = False
        except (DamageError, ArchiveLoadFailed) as error:
            yield error
            is_told = True  # also of what is passed to the next one


def _find_record(reader: BufferedReader) -> tuple[bytes, int]:
    """The next line that begins a record, nothing at the end; and how many bytes before it are no empty lines."""
    passed = 0
    while (line := reader.readline(PIECE)) and not line.startswith(RECORD):
        passed += len(line.strip())
    return line, passed


def _parse(loader: ArcWarcRecordLoader, reader: BufferedReader, line: bytes) -> ArcWarcRecord:
    try:
        record = loader.parse_record_stream(reader, line, "warc")
    except AttributeError as error:  # it looks for http: at the beginning of None
        raise ArchiveLoadFailed("a record without WARC-Target-URI") from error
    except EOFError as error:
        raise ArchiveLoadFailed("a record that ends in its head") from error
    if not (record.rec_type and isinstance(record.raw_stream, LimitReader)):
        raise ArchiveLoadFailed("a record without WARC-Type or Content-Length")
    return record


def _is_page(record: ArcWarcRecord) -> bool:
    if record.rec_type == "response":
        headers = record.http_headers
        if headers is None or headers.get_statuscode() != _OK:
            return False
    kind = _content_type(record)
    return kind is None or kind.partition(";")[0].strip().lower() in _PAGES


def _content_type(record: ArcWarcRecord) -> str | None:
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    said: str | None = headers.get_header("Content-Type")
    return said


def _page(number: int, found: ArcWarcRecord | Exception, most: int) -> WarcPage | None:
    """What is in a record, or why it cannot be read; nothing where it is to be passed over. Raises BombError."""
    if isinstance(found, Exception):
        return WarcPage(number, problem=_told(found))
    is_page = found.rec_type in _KINDS and _is_page(found)
    data, problem = b"", None
    try:
        if is_page:
            data, problem = _body(found, most)
        while found.raw_stream.read(PIECE):
            pass
    except DamageError as error:
        problem = _told(error)
    if found.raw_stream.limit > 0 and not problem:
        problem = ("truncated", "the file ends in the middle of it; copy it anew")
    if problem or not is_page:
        return WarcPage(number, problem=problem) if problem else None
    url = found.rec_headers.get_header("WARC-Target-URI")
    return WarcPage(number, data, url.strip("<>") if url else None, _content_type(found), _moment(found))


def _body(record: ArcWarcRecord, most: int) -> tuple[bytes, tuple[str, str] | None]:
    try:
        return _read(record.content_stream(), most + 1), None
    except (BombError, DamageError):
        raise
    except Exception as error:  # whatever is wrong with how a server packed it, the next record has its own place
        return b"", ("damaged", f"its body cannot be unpacked ({type(error).__name__}: {error})")


def _told(error: Exception) -> tuple[str, str]:
    code = error.code if isinstance(error, DamageError) else "damaged"
    return code, f"{error}; what is whole before and after it is kept, copy the file anew"


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
