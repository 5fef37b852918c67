"""Files that hold many documents: a stream in, its documents out, one by one, in an order that is always the same.

Nothing is unpacked to a place that a name could choose, no more is in memory than a document, and what is damaged costs
itself only: it becomes a FileProblem, and what can still be read around it is read.
"""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Literal, NamedTuple

from extractors.files import FileProblem
from extractors.members import GZIP, RECORD, START, Members, has_members
from extractors.streams import FREE, PIECE, BombError, Meter, Stream, ZstdError, bare_name, open_packed
from extractors.warc import iter_warc

Kind = Literal["file", "line", "mail", "page"]
DEEPEST = 3
"""Containers inside one another that are opened, not counting compression."""
_LINES, _MAILS, _WARCS, _ZIPS = {".jsonl", ".ndjson"}, {".mbox", ".mbx"}, {".warc", ".wet"}, {".zip"}
_NOT_OPENED = {".tar", ".tgz", ".7z", ".rar", ".arc", ".mdb", ".pst", ".parquet", ".sqlite"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BROKEN = (
    *(EOFError, OSError, zlib.error, lzma.LZMAError, ZstdError, zipfile.BadZipFile),
    *(NotImplementedError, RuntimeError, ValueError, UnicodeError),
)
"""What the libraries raise for bytes that are not what they look like."""


class Document(NamedTuple):
    """A document as it stands in a file; what it says is for others to read."""

    place: str
    """Path, the names within it, and `#` with a number (from 1) where there are no names."""
    kind: Kind
    """A whole file (by its name), a line of JSON, a mail, or a page as a server sent it."""
    data: bytes
    url: str | None = None
    """Of a page, as are the next two."""
    content_type: str | None = None
    seen_at: datetime | None = None


class Limits(NamedTuple):
    """What is read at most."""

    document: int
    """Bytes of one document."""
    depth: int = DEEPEST
    unpacked: int = FREE
    """Bytes of all documents of a file together, beside a thousand times its own size."""


class _Opened(NamedTuple):
    stream: Stream
    place: str
    limits: Limits


def iter_documents(file: IO[bytes], place: str, size: int, limits: Limits) -> Iterator[Document | FileProblem]:
    """Every document in a buffered file of `size` bytes, by its content and the ending of its name.

    Takes JSONL, WARC, mbox and zip, each of them packed by gzip, bzip2, xz or Zstandard or not, and within zip all of
    them again; any other file is one document. Nothing is raised but what reading `file` itself raises at its start.

    >>> import io
    >>> file = io.BufferedReader(io.BytesIO(b"{}\\n\\n{}"))
    >>> [part.place for part in iter_documents(file, "a.jsonl", 6, Limits(100))]
    ['a.jsonl#1', 'a.jsonl#3']
    """
    try:
        yield from _checked(_Opened(Stream(file, Meter.of(size, limits.unpacked)), place, limits))
    except BombError as error:
        yield _problem(place, "bomb", f"{error}; the rest was left, unpack it yourself if you trust it")
    except OSError:
        raise
    except Exception as error:  # whatever a file does to a library, it costs this file only
        yield _problem(place, "reader", f"{type(error).__name__}: {error}; please report it with this file")


def _checked(opened: _Opened) -> Iterator[Document | FileProblem]:
    """What stands there, and a problem where it breaks off or where there is nothing at all."""
    is_empty = True
    try:
        for part in _parts(opened):
            is_empty = False
            yield part
    except _BROKEN as error:
        yield _broken(opened.place, error)
        return
    if is_empty:
        yield _problem(opened.place, "empty", "holds no documents; leave it out or save it again")


def _parts(opened: _Opened) -> Iterator[Document | FileProblem]:
    suffix = PurePosixPath(bare_name(opened.place)).suffix.lower()
    is_warc = suffix in _WARCS
    opened = opened._replace(stream=open_packed(opened.stream, lambda start: has_members(start, is_warc)))
    start = opened.stream.peek(START)
    if not start:
        return
    if suffix in _NOT_OPENED:
        message = f"is of a kind that is not opened ({suffix}); unpack it and name the folder"
        yield _problem(opened.place, "unsupported_type", message)
        return
    reader = _single
    if suffix in _ZIPS or (not suffix and start.startswith(b"PK\x03\x04")):
        reader = _zipped
    elif is_warc or start.startswith(RECORD) or has_members(start, is_warc):
        reader = _warc
    elif suffix in _MAILS or (not suffix and start.startswith(b"From ")):
        reader = _mails
    elif suffix in _LINES and not start.startswith(_UTF16):
        reader = _lines
    yield from reader(opened)


def _single(opened: _Opened) -> Iterator[Document | FileProblem]:
    data = opened.stream.read_up_to(opened.limits.document + 1)
    if len(data) > opened.limits.document:
        yield _too_large(opened.place, opened.limits)
    else:
        yield Document(bare_name(opened.place), "file", data)


def _lines(opened: _Opened) -> Iterator[Document | FileProblem]:
    most = opened.limits.document
    number, line = 0, b""
    while line := opened.stream.readline(most + 2):
        number += 1
        place = f"{opened.place}#{number}"
        if len(line.rstrip(b"\r\n")) > most:
            while line and not line.endswith(b"\n"):
                line = opened.stream.readline(PIECE)
            yield _too_large(place, opened.limits)
        elif line.strip(b" \t\r\n\0\xef\xbb\xbf"):
            yield Document(place, "line", line.rstrip(b"\r\n"))


def _mails(opened: _Opened) -> Iterator[Document | FileProblem]:
    """Mails begin with `From ` after an empty line (RFC 4155); the standard library would hold an index of them all."""
    number, size = 0, 0
    mail: list[bytes] = []
    is_after_gap, is_start = True, True
    while line := opened.stream.readline(PIECE):
        if is_start and is_after_gap and line.startswith(b"From "):
            if number:
                yield _mail(opened, number, mail, size)
            number, size, mail = number + 1, 0, []
        elif not number:
            yield _problem(opened.place, "not_mbox", "does not begin with `From `, as an mbox does; check its kind")
            return
        else:
            size += len(line)
            if size <= opened.limits.document:
                mail.append(line[1:] if is_start and line.lstrip(b">").startswith(b"From ") else line)
        is_after_gap, is_start = is_start and line in (b"\n", b"\r\n"), line.endswith(b"\n")
    if number:
        yield _mail(opened, number, mail, size)


def _mail(opened: _Opened, number: int, lines: list[bytes], size: int) -> Document | FileProblem:
    place = f"{opened.place}#{number}"
    return (
        _too_large(place, opened.limits) if size > opened.limits.document else Document(place, "mail", b"".join(lines))
    )


def _warc(opened: _Opened) -> Iterator[Document | FileProblem]:
    start, most = opened.stream.peek(START), opened.limits.document
    is_gzip = start.startswith(GZIP) or (opened.place.lower().endswith(".gz") and not start.startswith(RECORD))
    for page in iter_warc(Members(opened.stream, most) if is_gzip else opened.stream, most):
        place = f"{opened.place}#{page.number}"
        if page.problem:
            yield _problem(place, *page.problem)
        elif len(page.data) > most:
            yield _too_large(place, opened.limits)
        else:
            yield Document(place, "page", page.data, page.url, page.content_type, page.seen_at)


def _zipped(opened: _Opened) -> Iterator[Document | FileProblem]:
    if opened.limits.depth == 0:
        yield _problem(opened.place, "nested_too_deep", f"lies in {DEEPEST} other archives; unpack it")
        return
    with opened.stream.seekable() as file, zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if not entry.is_dir() and not _is_hidden(entry.filename):
                yield from _entry(archive, entry, opened)


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, opened: _Opened) -> Iterator[Document | FileProblem]:
    place = f"{opened.place}/{entry.filename}"
    if _is_unsafe(entry.filename):
        yield _problem(place, "unsafe_name", "its name leads out of the archive; pack it anew with plain names")
        return
    if entry.flag_bits & 1:
        yield _problem(place, "encrypted", "is encrypted; unpack it with its password and name the folder")
        return
    limits = opened.limits._replace(depth=opened.limits.depth - 1)
    try:
        with archive.open(entry) as file:
            yield from _checked(_Opened(opened.stream.within(file), place, limits))
    except _BROKEN as error:
        yield _broken(place, error)


def _is_hidden(name: str) -> bool:
    """As in folders; `__MACOSX` is what that system adds.

    >>> _is_hidden("a/.DS_Store"), _is_hidden("../a"), _is_hidden("a.html")
    (True, False, False)
    """
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith(".") and part != ".." for part in parts)


def _is_unsafe(name: str) -> bool:
    r"""Whether a name leads elsewhere, on any system.

    >>> [_is_unsafe(name) for name in ("../a", "/etc/a", "C:\\a", "a/../../b", "a\\..\\b", "a..b/c.html")]
    [True, True, True, True, True, False]
    """
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (path.parts[:1] and path.parts[0].endswith(":")) or "\0" in name


def _too_large(place: str, limits: Limits) -> FileProblem:
    return _problem(place, "too_large", f"has more than {limits.document:,} bytes (DATELINE_MAX_BYTES)")


def _broken(place: str, error: Exception) -> FileProblem:
    code = "truncated" if isinstance(error, EOFError) or "ended" in str(error) else "damaged"
    words = str(error).strip() or type(error).__name__
    return _problem(place, code, f"cannot be read to its end ({words}); what comes before is kept, copy it anew")


def _problem(place: str, code: str, message: str) -> FileProblem:
    return FileProblem(place, code, f"{place}: {message}", b"")
