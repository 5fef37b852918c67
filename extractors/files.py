"""Files → Releases: pages, PDFs, plain texts, Markdown, mails and ready-made releases; bytes in, values out."""

import datetime as dt
import email
import email.policy
import io
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage, MIMEPart
from functools import partial
from pathlib import PurePosixPath
from typing import NamedTuple

import frontmatter

from extractors.encoding import decode, find_signature
from extractors.metadata import read_language
from extractors.page import Origin, PageError, Parts, make_release, make_text, read_document, read_text, split_title
from extractors.pdf import is_pdf
from extractors.ready import ReadyError, read_day, read_json, read_ready
from schemas.release import Release
from schemas.source import Source

FILES = Source.model_validate({"name": "files", "url": "https://files.invalid/", "discover": "listing"})
"""The source of releases that are read from files; it has no address and nothing is fetched from it."""
MAX_BYTES = 20_000_000
_LONGEST_FRONT_MATTER = 20_000
"""Characters; YAML takes time that grows with the square."""
_BOM = "\ufeff"
_HTML_START = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|\?xml|!--)", re.I)
_MARKDOWN = (
    (re.compile(r"!\[[^\]\n]{0,500}\]\([^)\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,2000}\)"), r"\1"),
    (re.compile(r"^ {0,3}(?:#{1,6} +|(?:[-*_] ?){3,}$)", re.M), ""),
    (re.compile(r"^ {0,3}(?:>|[-*+](?= )) ?", re.M), ""),
    (re.compile(r"(\*\*|__)(?=\S)([^\n*_]{1,500})(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^\n*]{1,500})(?<=\S)\*(?![\w*])"), r"\1"),
)
"""The marks of Markdown that stand inside or before words, and what is left of them."""


class FileProblem(NamedTuple):
    """Something in a file that is no release."""

    place: str
    """The file's name, with `#line` (from 1) for an entry of it."""
    code: str
    message: str
    """What went wrong, where, and what to do next."""
    raw: bytes
    """The bytes concerned: the line, or the file."""


class FileEntry(NamedTuple):
    """A release in a file, and where it stands."""

    place: str
    """As a FileProblem's."""
    release: Release


class File(NamedTuple):
    """A file, or a part of one, that is one document."""

    name: str
    data: bytes
    source: Source = FILES
    published: dt.date | None = None
    max_bytes: int = MAX_BYTES

    @property
    def origin(self) -> Origin:
        """What the readers are told of it."""
        return Origin(self.name, hint=self.published)


def read_file(
    name: str,
    data: bytes,
    published: dt.date | None = None,
    source: Source = FILES,
    max_bytes: int = MAX_BYTES,
) -> Iterator[FileEntry | FileProblem]:
    """Every release in a file, by the ending of its name or, where that says nothing, by its content.

    `published` is for releases that give no day themselves; `max_bytes` holds for one document: a file, or a line of a
    JSONL file. What cannot be read becomes a FileProblem, and the rest of the file is read; nothing is raised.

    >>> [entry.release.text for entry in read_file("a.txt", b"Bridge opens\\n\\nIt opened.")]
    ['Bridge opens\\n\\nIt opened.']
    >>> [entry.code for entry in read_file("a.jsonl", b'{"id": "1", "te')]
    ['not_json']
    """
    file = File(name, data, source, published, max_bytes)
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if not data.strip(b" \t\r\n\0"):
        yield _problem(file, "empty", "has no content; leave it out or save it again")
    elif suffix in {".jsonl", ".ndjson"}:
        yield from _read_lines(file)
    elif len(data) > max_bytes:
        yield _problem(
            file, "too_large", f"has {len(data):,} bytes, more than {max_bytes:,}; split it or raise the limit"
        )
    elif suffix == ".json":
        yield from _read_json_file(file)
    else:
        reader = _READERS.get(suffix, _read_unknown)
        yield _read_one(_read_page if is_pdf(data) and reader is not _read_mail else reader, file)


def _problem(file: File, code: str, message: str) -> FileProblem:
    return FileProblem(file.name, code, f"{file.name}: {message}", file.data)


def _size(file: File) -> str:
    return f"has {len(file.data):,} bytes, more than {file.max_bytes:,}; split it or raise the limit"


def _read_one(reader: Callable[[File], Release], file: File) -> FileEntry | FileProblem:
    try:
        return FileEntry(file.name, reader(file))
    except PageError as error:
        return FileProblem(file.name, error.code, error.message, file.data)
    except ReadyError as error:
        return _problem(file, error.code, error.message)
    except Exception as error:  # whatever a document does to a parser, it costs this document only
        return _problem(file, "reader", f"{type(error).__name__}: {error}; please report it with this file")


def read_line(file: File) -> FileEntry | FileProblem:
    """The release in a line of a JSONL file."""
    return _read_one(_read_line, file)


def read_mail(file: File) -> FileEntry | FileProblem:
    """The release in a mail, whatever its name ends in."""
    return _read_one(_read_mail, file)


def _read_lines(file: File) -> Iterator[FileEntry | FileProblem]:
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(_lines(file.data), start=1):
        if not line.strip():
            continue
        entry = file._replace(name=f"{file.name}#{number}", data=line.rstrip(b"\r\n"))
        found = _read_one(_read_line, entry)
        key = (found.release.source, found.release.id) if isinstance(found, FileEntry) else ("", "")
        if isinstance(found, FileEntry) and key in seen:
            yield _problem(entry, "duplicate_id", f"has the id {key[1]!r} of an earlier line; give each its own")
            continue
        seen.add(key)
        yield found


def _lines(data: bytes) -> Iterator[bytes]:
    """Lines as UTF-8, whatever Unicode encoding the mark at the start names."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data).encode("utf8", "replace")
    yield from io.BytesIO(data)


def _read_line(file: File) -> Release:
    if len(file.data) > file.max_bytes:
        raise ReadyError("too_large", _size(file))
    return read_ready(read_json(_utf8(file.data)), file.name, file.source, file.published)


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x}); save it as UTF-8"
        raise ReadyError("not_utf8", message) from error


def _read_json_file(file: File) -> Iterator[FileEntry | FileProblem]:
    try:
        wide = file.data.startswith((b"\xff\xfe", b"\xfe\xff"))
        value = read_json(decode(file.data) if wide else _utf8(file.data))
    except ReadyError as error:
        yield _problem(file, error.code, error.message)
        return
    for number, entry in enumerate(value if isinstance(value, list) else [value], start=1):
        place = f"{file.name}#{number}" if isinstance(value, list) else file.name
        yield _read_one(partial(_read_entry, entry), file._replace(name=place))


def _read_entry(entry: object, file: File) -> Release:
    return read_ready(entry, file.name, file.source, file.published)


def _read_page(file: File) -> Release:
    return read_document(file.data, file.origin, file.source)


def _read_plain(file: File) -> Release:
    return read_text(_characters(file), file.origin, file.source)


def _characters(file: File) -> str:
    _refuse_binary(file)
    return decode(file.data)


def _refuse_binary(file: File) -> None:
    if kind := find_signature(file.data):
        code = "binary" if kind == "binary" else "unsupported_type"
        raise PageError(code, f"{file.name}: is {kind}, no text; save its text in a file of its own")


def _read_markdown(file: File) -> Release:
    text = _characters(file).lstrip(_BOM)
    try:
        if text.startswith("---") and max(text.find("\n---", 3), 0) > _LONGEST_FRONT_MATTER:
            raise ValueError(f"longer than {_LONGEST_FRONT_MATTER:,} characters")
        meta, content = frontmatter.parse(text)
    except Exception as error:  # YAML has errors of its own, and values that Python's types refuse
        reason = str(error).partition("\n")[0]
        raise ReadyError("bad_front_matter", f"its front matter cannot be read ({reason}); mend its YAML") from error
    for pattern, left in _MARKDOWN:
        content = pattern.sub(left, content)
    title, body = ("", content) if meta.get("title") else split_title(make_text("", content))
    ready = {**meta, "title": meta.get("title") or title, "text": body, "published": _first_day(meta)}
    return read_ready(ready, file.name, file.source, file.published)


def _first_day(meta: dict[str, object]) -> dt.date | None:
    days = (read_day(meta.get(key)) for key in ("published", "date"))
    return next((day for day in days if day), None)


def _read_mail(file: File) -> Release:
    _refuse_binary(file)
    try:
        mail = email.message_from_bytes(file.data, _class=EmailMessage, policy=email.policy.default)
        subject, day, identity = str(mail["subject"] or ""), _mail_day(mail), str(mail["message-id"] or "").strip("<> ")
        part = mail.get_body(("plain", "html"))
        content, kind = (_part_text(part), part.get_content_subtype()) if part is not None else ("", "plain")
    except Exception as error:  # the standard library raises anything for the headers of hostile mails
        raise ReadyError("bad_mail", f"cannot be read as a mail ({type(error).__name__}: {error})") from error
    if not mail.keys():
        raise ReadyError("bad_mail", "has no mail headers; save the mail again, with its source")
    origin = Origin(
        identity or file.name, content_type="text/html; charset=utf-8", hint=day or file.published, title=subject
    )
    if not make_text("", content):
        return _read_attached(mail, origin, file.source)
    url = None
    if kind == "html":
        page = read_document(content.encode("utf8", "replace"), origin, file.source)
        subject, url = subject or page.title, page.url
        content = page.text.removeprefix(page.title).lstrip()
    parts = Parts(subject, content, url, language=file.source.language or read_language((), content))
    return make_release(parts, origin, file.source)


def _read_attached(mail: EmailMessage, origin: Origin, source: Source) -> Release:
    """The first PDF of a mail that has no text of its own."""
    bodies = (part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart())
    pdf = next((body for body in bodies if isinstance(body, bytes) and is_pdf(body)), None)
    if pdf is None:
        raise ReadyError("no_text", "this mail has no text and no PDF; save its text in a file of its own")
    return read_document(pdf, origin, source)


def _mail_day(mail: EmailMessage) -> dt.date | None:
    moment = getattr(mail["date"], "datetime", None)
    return moment.date() if isinstance(moment, dt.datetime) else None


def _part_text(part: MIMEPart) -> str:
    """Decoded as pages are, since the encoding that a mail names is often wrong or unknown."""
    raw = part.get_payload(decode=True)
    return decode(raw, str(part.get("content-type", ""))) if isinstance(raw, bytes) else str(part.get_content())


def _read_unknown(file: File) -> Release:
    return _read_page(file) if _HTML_START.match(file.data) else _read_plain(file)


_READERS: dict[str, Callable[[File], Release]] = {
    ".html": _read_page,
    ".htm": _read_page,
    ".xhtml": _read_page,
    ".txt": _read_plain,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".eml": _read_mail,
}
