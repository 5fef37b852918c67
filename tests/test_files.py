"""Files → Releases and problems."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.files import FILES, FileEntry, FileProblem, read_file
from schemas.release import Release
from schemas.source import Selectors

DAY = dt.date(2025, 4, 10)
BODY = "HULL – The mill will reopen in May after a repair, its owners said on Thursday."
HEAD = "<head><title>Mill reopens</title><meta name=date content=2025-04-10></head>"
HTML = f"<html lang=en>{HEAD}<body>{{}}<p>{BODY}</p></body></html>"
MAIL = (
    "From: press@acme.example\nSubject: Mill =?utf-8?q?r=C3=A9opens?=\nDate: Thu, 10 Apr 2025 23:30:00 -0500\n{}\n\n{}"
)
PAGE_URL = "https://acme.example/news/mill-7"


def one(name: str, data: str | bytes, **more: Any) -> Release:
    found = list(read_file(name, data.encode() if isinstance(data, str) else data, **more))
    assert len(found) == 1
    assert isinstance(found[0], FileEntry), found[0]
    return found[0].release


def problem(name: str, data: str | bytes, **more: Any) -> FileProblem:
    found = list(read_file(name, data.encode() if isinstance(data, str) else data, **more))
    assert len(found) == 1
    assert isinstance(found[0], FileProblem), found[0]
    return found[0]


EXAMPLES: list[tuple[str, str | bytes, str, str, dt.date | None]] = [
    ("a.txt", f"Mill reopens\n\n{BODY}", "Mill reopens", BODY, None),  # first line is the title
    ("a.txt", "The mill\nreopens.\n\nMore.", "", "The mill\nreopens.\n\nMore.", None),  # a wrapped paragraph is none
    ("a.txt", BODY, "", BODY, None),  # a single line is text
    (
        "a.txt",
        f"Mill réopens\r\n\r\n{BODY}".encode("cp1252"),
        "Mill réopens",
        BODY,
        None,
    ),  # old encoding, old line ends
    ("a.TXT", f"Mill\n\n{BODY}".encode("utf-16"), "Mill", BODY, None),
    ("a.html", HTML.format(""), "Mill reopens", BODY, DAY),
    ("a.xhtml", f"<?xml version='1.0' encoding='UTF-8'?>{HTML.format('')}", "Mill reopens", BODY, DAY),
    ("noending", HTML.format(""), "Mill reopens", BODY, DAY),  # by its content
    ("a.log", f"Mill\n\n{BODY}", "Mill", BODY, None),  # an unknown ending with text
    ("a.md", f"---\ntitle: Mill\ndate: 2025-04-10\n---\n{BODY}\n", "Mill", BODY, DAY),  # YAML makes it a date
    ("a.md", f"---\npublished: '2025-04-10T09:00:00Z'\n---\n# Mill\n\n{BODY}", "Mill", BODY, DAY),  # title in the text
    (
        "a.md",
        "# Mill\n\nThe **new** [mill](http://a.example/m) *hums*.\n\n- one\n- two",
        "Mill",
        "The new mill hums.\n\none\ntwo",
        None,
    ),
    ("a.json", json.dumps({"title": "Mill", "text": BODY, "published": "2025-04-10"}), "Mill", BODY, DAY),
    ("a.eml", MAIL.format("", BODY), "Mill réopens", BODY, DAY),  # the day where it was sent
    ("a.eml", MAIL.format("Content-Type: text/html", HTML.format("")), "Mill réopens", BODY, DAY),
    ("a.eml", MAIL.format("Content-Type: text/plain; charset=nonsense", BODY), "Mill réopens", BODY, DAY),
]


@pytest.mark.parametrize(("name", "data", "title", "body", "day"), EXAMPLES)
def test_read_file(name: str, data: str | bytes, title: str, body: str, day: dt.date | None) -> None:
    release = one(name, data)
    assert (release.title, release.published, release.source) == (title, day, "files")
    assert release.text == (f"{title}\n\n{body}" if title else body)


def test_plain_part_of_a_mail_is_preferred() -> None:
    parts = f"--x\nContent-Type: text/html\n\n<p>no</p>\n--x\nContent-Type: text/plain\n\n{BODY}\n--x--\n"
    assert one("a.eml", MAIL.format("Content-Type: multipart/alternative; boundary=x", parts)).text.endswith(BODY)


READY = {"id": "mill/7", "source": "us-doj", "url": PAGE_URL, "title": "Mill", "published": "2025-04-10", "text": BODY}
PUBLISHED: list[tuple[object, dt.date | None]] = [
    ("2025-04-10T10:00:00+02:00", DAY),  # a time is on a day
    ("2025", None),  # a year is no day
    ("last spring", None),  # words
    ("2025-04", None),
    ("2025-02-30", None),  # no such day
    (2025, None),
    (None, None),
]


def test_ready_made_release_is_taken_as_it_is() -> None:
    release = one("a.jsonl", json.dumps({**READY, "rights": "unknown keys are passed over"}))
    assert (release.id, release.source, release.url, release.published) == ("mill/7", "us-doj", PAGE_URL, DAY)


@pytest.mark.parametrize(("value", "day"), PUBLISHED)
def test_published_of_ready_made_releases(value: object, day: dt.date | None) -> None:
    assert one("a.jsonl", json.dumps({**READY, "published": value})).published == day


def test_one_bad_line_costs_one_line() -> None:
    good = [
        json.dumps({**READY, "id": str(n), "url": None, "text": f"Line\u2028{n}"}, ensure_ascii=False) for n in range(3)
    ]
    lines = [good[0], good[1][:40], "", '{"id": "x"}', "[]", good[2], good[0]]
    found = list(read_file("b.ndjson", "\r\n".join(lines).encode()))
    assert [entry.release.id if isinstance(entry, FileEntry) else (entry.place, entry.code) for entry in found] == [
        "0",
        ("b.ndjson#2", "not_json"),  # cut in the middle
        ("b.ndjson#4", "no_text"),
        ("b.ndjson#5", "not_an_object"),
        "2",
        ("b.ndjson#7", "duplicate_id"),
    ]
    assert next(entry.raw for entry in found if isinstance(entry, FileProblem)) == lines[1].encode()


def test_line_in_another_encoding_costs_one_line() -> None:
    found = list(read_file("b.jsonl", '{"text": "café"}\n'.encode("cp1252") + b'{"text": "tea"}'))
    assert [type(entry) for entry in found] == [FileProblem, FileEntry]


def test_json_list_and_ids() -> None:
    found = list(read_file("c.json", json.dumps([READY, 5, {"text": "No id"}]).encode()))
    assert [isinstance(entry, FileEntry) for entry in found] == [True, False, True]
    again = list(read_file("c.json", json.dumps([READY, 5, {"text": "No id"}]).encode()))
    assert found == again


def test_what_the_caller_knows() -> None:
    source = FILES.model_copy(update={"name": "acme", "country": "GB", "select": Selectors(title="h2")})
    release = one("x/a.html", HTML.format("<h2>Own</h2>").replace("2025-04-10", ""), published=DAY, source=source)
    assert (release.title, release.source, release.country, release.published) == ("Own", "acme", "GB", DAY)
    assert one("a.txt", BODY, published=DAY).published == DAY
    assert one("a.txt", BODY).id != one("b.txt", BODY).id


HOSTILE: list[tuple[str, str | bytes, str]] = [
    ("a.html", b"", "empty"),
    ("a.eml", b"\xff\xfe\x00garbage", "bad_mail"),  # not one header
    ("a.txt", b"\0\0\n", "empty"),
    ("a.html", bytes(range(256)), "binary"),
    ("a.xyz", b"\x01\x02\x03" * 99, "binary"),  # unknown ending, no text
    ("a.pdf", b"%PDF-1.7\n", "broken"),
    ("a.txt", b"PK\x03\x04", "unsupported_type"),  # an Office document under a false name
    ("a.html", "<html><body></body></html>", "no_text"),
    ("a.html", "<div>" * 10_000 + BODY, "too_deep"),
    ("a.html", "<a" * 10_000, "no_text"),
    ("a.txt", "\u200b\u200b", "no_text"),  # nothing that can be seen
    ("a.md", "---\ntitle: [\n---\nx", "bad_front_matter"),
    ("a.md", "---\ntitle: " + "[" * 100_000 + "\n---\nx", "bad_front_matter"),  # would take minutes
    ("a.md", "---\ndate: 2025-13-45\n---\nx", "bad_front_matter"),  # a date that is none
    ("a.json", "[" * 100_000, "not_json"),
    ("a.json", "1" * 10_000, "not_json"),  # longer than Python's integers may be
    ("a.json", "null", "not_an_object"),
    ("a.jsonl", json.dumps({"id": "x" * 201, "text": "x"}), "invalid"),
    ("a.eml", "Subject: nothing else\n\n", "no_text"),
    ("a.eml", b"%PDF-1.7\n", "unsupported_type"),
]


@pytest.mark.parametrize(("name", "data", "code"), HOSTILE)
def test_hostile_files_give_one_clear_problem(name: str, data: str | bytes, code: str) -> None:
    found = problem(name, data)
    assert found.code == code
    assert found.place.startswith(name)
    assert found.message.startswith(found.place)
    assert found.raw == (data.encode() if isinstance(data, str) else data)


def test_size_limit() -> None:
    assert problem("a.html", b"x" * 1001, max_bytes=1000).code == "too_large"
    assert problem("a.jsonl", b"x" * 1001, max_bytes=1000).code == "too_large"
    lines = "\n".join(json.dumps({**READY, "id": str(n)}) for n in range(99))
    assert len(list(read_file("a.jsonl", lines.encode(), max_bytes=1000))) == 99  # the limit is for a line


NAMES = st.sampled_from(["a.html", "a.txt", "a.md", "a.json", "a.jsonl", "a.eml", "a.bin", "", ".", "a/b\\c.HTM"])
PIECES = st.sampled_from(
    [b"---\n", b"Subject: ", b"{", b'"text":', b"\n", b"<p>", b"\xff\xfe", b"=?utf-8?b?", b"Date: ", b"a: *b"]
)


@settings(max_examples=300, deadline=None)
@given(NAMES, st.one_of(st.binary(), st.lists(st.one_of(PIECES, st.binary(max_size=5))).map(b"".join)))
def test_nothing_is_ever_raised(name: str, data: bytes) -> None:
    assert all(isinstance(entry, (FileEntry, FileProblem)) for entry in read_file(name, data))
