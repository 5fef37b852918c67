"""Files of many documents: each kind packed in each way, and each way in which they are damaged or hostile."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extractors.containers import Document, Limits, iter_documents
from extractors.files import FileProblem
from extractors.streams import zstd
from tests.peak import peak_of

LIMITS = Limits(document=2_000)
LINES = b'{"id": "1", "text": "One"}\n\n{"id": "2", "text": "Two"}'
MAILS = b"From a@x Mon\nSubject: One\n\nFirst\n\n>From here on\n\nFrom b@x Tue\nSubject: Two\n\nSecond\n"


def make_zip(*entries: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file.getvalue()


def make_warc(*pages: tuple[str, bytes, list[tuple[str, str]]], is_packed: bool = False) -> bytes:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=is_packed)
    for number, (status, body, headers) in enumerate(pages):
        http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"https://norvik.example/{number}", "response", io.BytesIO(body), http_headers=http,
                warc_headers_dict={"WARC-Date": "2026-05-04T10:00:00Z"},
            )
        )  # fmt: skip
    return file.getvalue()


HTML = [("Content-Type", "text/html; charset=utf-8")]
PAGE = b"<p>Harbour</p>"
WARC = make_warc(
    ("200 OK", PAGE, HTML),
    ("301 Moved", b"", HTML),  # passed over, as are pictures
    ("200 OK", b"GIF89a", [("Content-Type", "image/gif")]),
    ("200 OK", gzip.compress(PAGE), [*HTML, ("Content-Encoding", "gzip")]),
)
NESTED = make_zip(("in.zip", make_zip(("b.jsonl", LINES), ("c.txt", b"Three"))), ("d.html", PAGE))


def read(data: bytes, name: str, limits: Limits = LIMITS) -> list[Document | FileProblem]:
    file = io.BufferedReader(io.BytesIO(data))
    return list(iter_documents(file, name, len(data), limits))


def told(data: bytes, name: str, limits: Limits = LIMITS) -> list[tuple[str, str]]:
    """Places with the kinds of documents, or the codes of problems."""
    return [(part.place, part.kind if isinstance(part, Document) else part.code) for part in read(data, name, limits)]


GOOD: list[tuple[bytes, str, list[tuple[str, str]]]] = [
    (LINES, "a.jsonl", [("a.jsonl#1", "line"), ("a.jsonl#3", "line")]),  # numbers are those of an editor's lines
    (gzip.compress(LINES), "a.jsonl.gz", [("a.jsonl.gz#1", "line"), ("a.jsonl.gz#3", "line")]),
    (gzip.compress(LINES + b"\n") + gzip.compress(LINES), "a.jsonl.gz",  # members one after another, as logs have them
     [(f"a.jsonl.gz#{n}", "line") for n in (1, 3, 4, 6)]),
    (zstd.compress(LINES), "a.ndjson.zst", [("a.ndjson.zst#1", "line"), ("a.ndjson.zst#3", "line")]),
    (bz2.compress(LINES), "a.jsonl.bz2", [("a.jsonl.bz2#1", "line"), ("a.jsonl.bz2#3", "line")]),
    (lzma.compress(LINES), "a.jsonl.xz", [("a.jsonl.xz#1", "line"), ("a.jsonl.xz#3", "line")]),
    (gzip.compress(LINES), "a.jsonl", [("a.jsonl#1", "line"), ("a.jsonl#3", "line")]),  # packed, and does not say
    (LINES, "a.jsonl.gz", [("a.jsonl.gz#1", "line"), ("a.jsonl.gz#3", "line")]),  # what a browser unpacked on the way
    (LINES.replace(b"\n", b"\r\n"), "a.jsonl", [("a.jsonl#1", "line"), ("a.jsonl#3", "line")]),
    ("\ufeff{}".encode("utf-16-le"), "a.jsonl", [("a.jsonl", "file")]),  # not cut at bytes that are half of a letter
    (MAILS, "a.mbox", [("a.mbox#1", "mail"), ("a.mbox#2", "mail")]),
    (MAILS.replace(b"\n", b"\r\n"), "a.mbox", [("a.mbox#1", "mail"), ("a.mbox#2", "mail")]),
    (WARC, "a.warc", [("a.warc#1", "page"), ("a.warc#4", "page")]),
    (make_warc(("200 OK", PAGE, HTML), ("200 OK", PAGE, HTML), is_packed=True), "a.warc.gz",
     [("a.warc.gz#1", "page"), ("a.warc.gz#2", "page")]),
    (zstd.compress(WARC), "a.warc.zst", [("a.warc.zst#1", "page"), ("a.warc.zst#4", "page")]),
    (NESTED, "a.zip", [("a.zip/in.zip/b.jsonl#1", "line"), ("a.zip/in.zip/b.jsonl#3", "line"),
                       ("a.zip/in.zip/c.txt", "file"), ("a.zip/d.html", "file")]),
    (make_zip(("__MACOSX/x", b"x"), (".DS_Store", b"x"), ("sub/", b""), ("sub/a.txt", b"One")), "a.zip",
     [("a.zip/sub/a.txt", "file")]),
    (gzip.compress(NESTED), "a.zip.gz", [("a.zip.gz/in.zip/b.jsonl#1", "line"), ("a.zip.gz/in.zip/b.jsonl#3", "line"),
                                         ("a.zip.gz/in.zip/c.txt", "file"), ("a.zip.gz/d.html", "file")]),
    (gzip.compress(b"One"), "a.txt.gz", [("a.txt", "file")]),
    (b"One", "a.txt", [("a.txt", "file")]),
]  # fmt: skip


def named(value: object) -> str:
    """What a case is called: packed bytes hold the time, and are others in each test process."""
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("data", "name", "expected"), GOOD, ids=named)
def test_documents_of_a_file(data: bytes, name: str, expected: list[tuple[str, str]]) -> None:
    assert told(data, name) == expected


def damage(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


MANY = b"".join(b'{"id": "%d", "text": "%d"}\n' % (n, n * n * n) for n in range(20_000))
STORED = make_zip(("a.txt", b"Harbour"), ("b.txt", b"School"), how=zipfile.ZIP_STORED)
BOMB = make_zip(("a.html", b" " * 50_000_000), ("b.txt", b"Two"))
DEEP = make_zip(("a.zip", make_zip(("b.zip", make_zip(("c.zip", make_zip(("d.txt", b"x"))), ("e.txt", b"E"))))))
LOCKED = bytearray(make_zip(("a.txt", b"One"), ("b.txt", b"Two")))
LOCKED[6] |= 1
LOCKED[LOCKED.index(b"PK\1\2") + 8] |= 1
BAD: list[tuple[bytes, str, list[tuple[str, str]]]] = [
    (b"", "a.jsonl", [("a.jsonl", "empty")]),
    (b"\n \n", "a.jsonl", [("a.jsonl", "empty")]),
    (b"", "a.zip", [("a.zip", "empty")]),
    (make_zip(), "a.zip", [("a.zip", "empty")]),
    (gzip.compress(b""), "a.jsonl.gz", [("a.jsonl.gz", "empty")]),
    (b"Not a zip", "a.zip", [("a.zip", "damaged")]),
    (STORED[:-30], "a.zip", [("a.zip", "damaged")]),  # cut off: its table of contents is gone
    (damage(STORED, STORED.index(b"Harbour")), "a.zip", [("a.zip/a.txt", "damaged"), ("a.zip/b.txt", "file")]),
    (BOMB, "a.zip", [("a.zip/a.html", "too_large"), ("a.zip/b.txt", "file")]),
    (DEEP, "x.zip", [("x.zip/a.zip/b.zip/c.zip", "nested_too_deep"), ("x.zip/a.zip/b.zip/e.txt", "file")]),
    (make_zip(("../../a.txt", b"x"), ("/etc/b.txt", b"x"), ("c\\..\\..\\d.txt", b"x"), ("e.txt", b"E")), "a.zip",
     [("a.zip/../../a.txt", "unsafe_name"), ("a.zip//etc/b.txt", "unsafe_name"),
      ("a.zip/c\\..\\..\\d.txt", "unsafe_name"), ("a.zip/e.txt", "file")]),
    (bytes(LOCKED), "a.zip", [("a.zip/a.txt", "encrypted"), ("a.zip/b.txt", "file")]),
    (make_zip(("a.tar", b"x" * 300), ("b.txt", b"Two")), "a.zip",
     [("a.zip/a.tar", "unsupported_type"), ("a.zip/b.txt", "file")]),
    (b"x" * 3000 + b"\n{}", "a.jsonl", [("a.jsonl#1", "too_large"), ("a.jsonl#2", "line")]),
    (b"x" * 3000, "a.txt", [("a.txt", "too_large")]),
    (b"From a\n" + b"x" * 3000 + b"\n\nFrom b\n\nb\n", "a.mbox", [("a.mbox#1", "too_large"), ("a.mbox#2", "mail")]),
    (b"Dear all,\n", "a.mbox", [("a.mbox", "not_mbox")]),
    (b"Dear all,\n", "a.warc", [("a.warc#1", "damaged")]),
    (b"Dear all,\n", "a.warc.gz", [("a.warc.gz#1", "damaged")]),
    (gzip.compress(b"Dear all,\n"), "a.warc.gz", [("a.warc.gz#1", "damaged")]),
    (b"\r\n", "a.warc", [("a.warc", "empty")]),
    (WARC[: WARC.index(PAGE) + 5], "a.warc", [("a.warc#1", "truncated")]),
    (make_warc(("200 OK", b"not gzip", [*HTML, ("Content-Encoding", "gzip")]), ("200 OK", PAGE, HTML)), "a.warc",
     [("a.warc#1", "page"), ("a.warc#2", "page")]),  # a server that says gzip and sends none
    (make_warc(("200 OK", gzip.compress(b" " * 9_000_000), [*HTML, ("Content-Encoding", "gzip")]),
               ("200 OK", PAGE, HTML)), "a.warc", [("a.warc#1", "too_large"), ("a.warc#2", "page")]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "name", "expected"), BAD, ids=named)
def test_what_is_damaged_costs_itself_only(data: bytes, name: str, expected: list[tuple[str, str]]) -> None:
    assert told(data, name) == expected


CUT = [(gzip.compress, "gz"), (zstd.compress, "zst"), (bz2.compress, "bz2"), (lzma.compress, "xz")]


@pytest.mark.parametrize(("pack", "ending"), CUT)
def test_what_comes_before_the_damage_is_read(pack: Callable[[bytes], bytes], ending: str) -> None:
    packed, name = pack(MANY), f"a.jsonl.{ending}"
    for data, code in (
        (packed[: len(packed) * 2 // 3], "truncated"),
        (damage(packed, len(packed) * 2 // 3), "damaged"),
    ):
        *lines, (place, said) = told(data, name)
        assert (place, said) == (name, code)
        assert ending in ("bz2", "zst") or len(lines) > 1000  # those give blocks of a million bytes, or none
        assert code == "damaged" or all(kind == "line" for _, kind in lines)  # gzip notices at its end alone


def test_a_bomb_of_several_layers_is_stopped() -> None:
    """Twenty million bytes in some hundred: left after what one layer of gzip can do."""
    zeros = gzip.compress(gzip.compress(b"\0" * 20_000_000, 9), 9)
    assert told(zeros, "a.jsonl.gz", LIMITS._replace(unpacked=10_000_000)) == [("a.jsonl.gz", "bomb")]
    assert told(zeros, "a.jsonl.gz") == [("a.jsonl.gz#1", "too_large")]


def test_pages_say_where_they_come_from() -> None:
    page = read(WARC, "a.warc")[0]
    assert isinstance(page, Document)
    assert (page.url, page.content_type, str(page.seen_at)) == (
        "https://norvik.example/0",
        "text/html; charset=utf-8",
        "2026-05-04 10:00:00+00:00",
    )
    assert page.data == PAGE


def test_mails_are_as_they_were_sent() -> None:
    mails = read(MAILS, "a.mbox")
    assert [mail.data for mail in mails if isinstance(mail, Document)] == [
        b"Subject: One\n\nFirst\n\nFrom here on\n\n",
        b"Subject: Two\n\nSecond\n",
    ]


def test_memory_is_that_of_a_document() -> None:
    packed = gzip.compress(b"".join(b'{"id": "%d", "text": "%s"}\n' % (n, b"x" * 1500) for n in range(5_000)))
    file = io.BufferedReader(io.BytesIO(packed))
    count, peak = peak_of(lambda: sum(1 for _ in iter_documents(file, "a.jsonl", len(packed), LIMITS)))
    assert (count, peak < 2_000_000) == (5_000, True)


def test_problems_say_what_where_and_what_to_do() -> None:
    for data, name, _ in BAD:
        for part in read(data, name):
            if isinstance(part, FileProblem):
                assert part.message.startswith(part.place)
