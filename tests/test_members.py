"""Crawls whose packed records are damaged: each costs itself, none is changed unnoticed, all the others are found."""

import gzip
import io
import random
import zlib
from collections.abc import Callable

import pytest

from extractors.containers import Document, Limits, iter_documents
from extractors.files import FileProblem
from extractors.members import START
from extractors.streams import PIECE
from tests.peak import peak_of
from tests.test_containers import HTML, make_warc, make_zip

LIMITS = Limits(document=200_000)
COUNT = 10
WORDS = random.Random(7).choices(["harbour", "school", "grant", "bridge", "fund", "council", "storm"], k=400)
PAGES = [f"<h1>Page {n}</h1><p>{' '.join(WORDS[n * 9 :])}</p>".encode() for n in range(COUNT)]
MEMBERS = [make_warc(("200 OK", page, HTML), is_packed=True) for page in PAGES]
PACKED = b"".join(MEMBERS)
STARTS = [len(b"".join(MEMBERS[:n])) for n in range(COUNT + 1)]
NOISE = random.Random(4).randbytes(150_000)
LARGE = make_warc(("200 OK", NOISE, HTML), is_packed=True)
PLAIN = [gzip.decompress(member) for member in MEMBERS]


def read(data: bytes, name: str = "a.warc.gz", limits: Limits = LIMITS) -> list[Document | FileProblem]:
    return list(iter_documents(io.BufferedReader(io.BytesIO(data)), name, len(data), limits))


def told(data: bytes, name: str = "a.warc.gz", limits: Limits = LIMITS) -> list[int | str]:
    """For each part the page that it is, or the code of the problem."""
    parts = read(data, name, limits)
    assert len({part.place for part in parts}) == len(parts)
    return [PAGES.index(part.data) if isinstance(part, Document) else part.code for part in parts]


def flip(data: bytes, at: int, bits: int = 255) -> bytes:
    return data[:at] + bytes([data[at] ^ bits]) + data[at + 1 :]


def hole(start: int, end: int) -> bytes:
    return PACKED[:start] + b"\0" * (end - start) + PACKED[end:]


def without(*numbers: int) -> list[int | str]:
    """All pages, with a problem in the place of these, which follow one another."""
    return [*range(numbers[0]), "damaged", *range(numbers[-1] + 1, COUNT)]


DAMAGED: list[tuple[bytes, list[int | str]]] = [
    (PACKED, list(range(COUNT))),
    (flip(PACKED, STARTS[4] + 100), without(4)),
    (flip(PACKED, STARTS[5] - 5), without(4)),  # in the checksum
    (flip(PACKED, STARTS[5] - 1), without(4)),  # in the length behind it
    (flip(PACKED, STARTS[4]), without(4)),  # in the magic
    (flip(PACKED, 0), without(0)),  # in that of the file
    (flip(PACKED, STARTS[9] + 40), without(9)),
    (flip(flip(PACKED, STARTS[4] + 90), STARTS[5] + 90), [*range(4), "damaged", "damaged", *range(6, 10)]),
    (hole(STARTS[3] + 50, STARTS[6] + 50), without(3, 4, 5, 6)),
    (hole(STARTS[3], STARTS[6]), without(3, 4, 5)),  # no padding: records are missing
    (hole(STARTS[8], STARTS[10]), without(8, 9)),
    (PACKED[: STARTS[4] + 100] + PACKED[STARTS[5] :], without(4)),  # a member that breaks off, and good ones
    (PACKED[: STARTS[5] - 8] + PACKED[STARTS[5] :], without(4)),  # all of it but what says how it should be
    (LARGE[: PIECE - 5_000] + PACKED, ["damaged", *range(10)]),  # taken for a part of it until the next piece is there
    (PACKED[: STARTS[4]] + b"between" + PACKED[STARTS[4] :], [*range(4), "damaged", *range(4, 10)]),
    (PACKED[: STARTS[9] + 100], [*range(9), "truncated"]),
    (PACKED + b"\x1f", [*range(10), "truncated"]),
    (PACKED[: STARTS[4]] + gzip.compress(b"") + PACKED[STARTS[4] :], list(range(COUNT))),
    (
        PACKED[: STARTS[4]] + gzip.compress(b"WARC/9\r\n") + PACKED[STARTS[4] :],
        [*range(4), "damaged", *range(4, 10)],
    ),
]


@pytest.mark.parametrize(("data", "expected"), DAMAGED, ids=range(len(DAMAGED)))
def test_damage_costs_its_own_record(data: bytes, expected: list[int | str]) -> None:
    assert told(data) == expected
    packed = make_zip(("a.warc.gz", data))
    assert told(packed, "b.zip") == expected
    assert told(gzip.compress(data), "a.warc.gz.gz") == (expected if data[:1] == b"\x1f" else ["damaged"])


@pytest.mark.parametrize("beside", range(-6, 7))
def test_a_member_that_begins_where_a_piece_ends(beside: int) -> None:
    for edge in (PIECE, PIECE - START):
        assert told(MEMBERS[0][:20].ljust(edge + beside, b"\0") + PACKED) == ["damaged", *range(COUNT)]


def test_what_only_looks_like_a_member() -> None:
    """A page that holds a packed file lies in its member as it is, for nothing packs it further."""
    inner = gzip.compress(b"No record")
    packed = make_warc(("200 OK", NOISE[:40_000] + inner + NOISE[40_000:], HTML), is_packed=True)
    assert inner in packed
    assert told(MEMBERS[0] + flip(packed, 500) + MEMBERS[1]) == [0, "damaged", 1]


@pytest.mark.parametrize("bits", [255, 1, 16])
def test_a_flipped_byte_anywhere(bits: int) -> None:
    """Heads of members hold a time and a system that nobody needs: a byte there may cost nothing."""
    for at in range(0, len(PACKED), 7 if bits == 255 else 29):
        found = told(flip(PACKED, at, bits))  # an index error where a page was changed
        pages = [one for one in found if isinstance(one, int)]
        hurt = next(n for n in range(COUNT) if at < STARTS[n + 1])
        assert pages in (list(range(COUNT)), [n for n in range(COUNT) if n != hurt]), at
        assert (len(found) == len(pages)) == (len(pages) == COUNT), at


def test_numbers_are_the_same_each_time() -> None:
    data = flip(hole(STARTS[2] + 9, STARTS[3] + 9), STARTS[7] + 77)
    first = [part.place for part in read(data)]
    assert first == [part.place for part in read(data)] == [f"a.warc.gz#{n}" for n in range(1, 10)]


def test_problems_tell_where_and_what_to_do() -> None:
    problem = read(flip(PACKED, STARTS[4] + 100))[4]
    assert isinstance(problem, FileProblem)
    assert problem.place == "a.warc.gz#5"
    assert f"from byte {STARTS[4]:,} of the packed file on" in problem.message
    assert problem.message.endswith("what is whole before and after it is kept, copy the file anew")


def one_stream(text: bytes) -> bytes:
    return gzip.compress(text)


def in_blocks(text: bytes) -> bytes:
    """Members that begin anywhere, as bgzip makes them."""
    return b"".join(gzip.compress(text[at : at + 1_000]) for at in range(0, len(text), 1_000))


@pytest.mark.parametrize("pack", [one_stream, in_blocks])
def test_members_that_hold_no_single_record(pack: Callable[[bytes], bytes]) -> None:
    text = b"".join(PLAIN)
    data = pack(text)
    assert told(data) == told(text) == list(range(COUNT))
    *pages, problem = told(data[: len(data) * 2 // 3])
    assert (pages, problem) == (list(range(len(pages))), "truncated")
    assert len(pages) >= 3


def test_a_stream_of_all_records_keeps_what_comes_before_the_damage() -> None:
    noise = random.Random(3)
    bodies = [bytes(noise.choices(b"abcdefghijklmnop", k=40_000)) for _ in range(COUNT)]
    data = one_stream(make_warc(*(("200 OK", body, HTML) for body in bodies)))
    parts = read(flip(data, len(data) * 2 // 3))
    assert [part.data for part in parts[:5] if isinstance(part, Document)] == bodies[:5]
    assert isinstance(parts[-1], FileProblem)  # its one checksum stands at its end


def test_a_page_of_many_pieces_is_given_with_its_checksum_only() -> None:
    """Whatever the damage makes of its length: 100,000 bytes could become 10,000, and look complete."""
    body = bytes(random.Random(5).choices(b"abcdefgh", k=150_000))
    large = make_warc(("200 OK", body, HTML), is_packed=True)
    text = gzip.decompress(large).replace(b"Content-Length: 150", b"Content-Length:  50")
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    wrong = large[:10] + pack.compress(text) + pack.flush() + large[-8:]  # the checksum of what it was
    parts = read(MEMBERS[0] + large + MEMBERS[1] + wrong + MEMBERS[2])
    assert [getattr(part, "data", b"") for part in parts] == [PAGES[0], body, PAGES[1], b"", PAGES[2]]


PLAINLY: list[tuple[bytes, list[int | str]]] = [
    (flip(b"".join(PLAIN), 0), without(0)),
    (b"".join(PLAIN[:4]) + flip(PLAIN[4], 1) + b"".join(PLAIN[5:]), without(4)),
    (b"".join(PLAIN[:4]) + PLAIN[4][200:] + b"".join(PLAIN[5:]), without(4)),
    (b"".join(PLAIN[:4]) + b"\0" * 5000 + b"\r\n" + b"".join(PLAIN[5:]), without(4)),
    (b"".join(PLAIN[:4]) + PLAIN[4].replace(b"WARC-Type", b"WARC-Tape") + b"".join(PLAIN[5:]), without(4)),
    (b"".join(PLAIN[:4]) + PLAIN[4].replace(b"WARC-Target-URI", b"WARC-Target-UR") + b"".join(PLAIN[5:]), without(4)),
    (b"".join(PLAIN[:4]) + PLAIN[4].replace(b"Content-Length", b"Content-Langth") + b"".join(PLAIN[5:]), without(4)),
]


@pytest.mark.parametrize(("data", "expected"), PLAINLY, ids=range(len(PLAINLY)))
def test_damage_in_what_is_not_packed(data: bytes, expected: list[int | str]) -> None:
    assert told(data, "a.warc") == expected


def test_members_within_members_are_a_bomb() -> None:
    """Each goes on through all that follow, by blocks of 20 bytes, and breaks off at the end: 150 kB, 360 MB in all."""
    data = (b"\x1f\x8b\x08" + bytes(7) + b"\0\x14\0\xeb\xff" + b"WARC/1.0\r\n") * 6_000
    file = io.BufferedReader(io.BytesIO(data + b"\xff"))
    *parts, last = iter_documents(file, "a.warc.gz", 3_000, LIMITS._replace(unpacked=0))
    assert isinstance(last, FileProblem)
    assert (last.code, len(parts) < 100) == ("bomb", True)


def test_memory_is_that_of_a_record() -> None:
    noise = random.Random(1)
    pages = [("200 OK", noise.randbytes(50_000), HTML) for _ in range(300)]
    data = flip(make_warc(*pages, is_packed=True), 1_000_000)
    file = io.BufferedReader(io.BytesIO(data))
    parts = iter_documents(file, "a.warc.gz", len(data), LIMITS)
    count, peak = peak_of(lambda: sum(isinstance(part, Document) for part in parts))
    assert (count, peak < 1_500_000) == (299, True)
