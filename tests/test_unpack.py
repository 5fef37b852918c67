"""Unpacking: every form that servers use, and bombs, of which no more than a piece is ever in memory."""

import gzip
import struct
import sys
import zlib
from collections.abc import Callable
from functools import partial
from itertools import islice

import brotli
import pytest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from flows.unpack import PIECE, UnpackError, iter_gunzipped, iter_unpacked
from tests.peak import peak_of

pack = partial(gzip.compress, mtime=0)
"""The same bytes in every process that collects these tests."""

TEXT = b"The Port Fund gave the city of Larne a new harbour wall. " * 5000


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _zstd(data: bytes, **options: int) -> bytes:
    return zstd.compress(data, options={zstd.CompressionParameter[name]: value for name, value in options.items()})


SKIPPED = struct.pack("<II", 0x184D2A50, 6) + b"secret"

EXAMPLES = [
    ("", TEXT),  # not packed
    ("identity", TEXT),
    ("gzip", pack(TEXT)),
    ("GZIP ", pack(TEXT)),
    ("x-gzip", pack(TEXT)),
    ("gzip", pack(TEXT[:99]) + pack(TEXT[99:])),  # several members
    ("gzip", pack(TEXT) + bytes(100)),  # padded
    ("deflate", zlib.compress(TEXT)),
    ("deflate", _raw_deflate(TEXT)),  # without the header that the standard wants
    ("br", brotli.compress(TEXT)),
    ("zstd", zstd.compress(TEXT)),
    ("zstd", zstd.compress(TEXT[:99]) + zstd.compress(TEXT[99:])),  # several frames
    ("zstd", SKIPPED + zstd.compress(TEXT) + SKIPPED),  # frames that hold no text
    ("zstd", _zstd(TEXT, checksum_flag=1)),
    ("zstd", zstd.compress(b"") * 500 + zstd.compress(TEXT)),  # empty frames
]


@pytest.mark.parametrize(("encoding", "packed"), EXAMPLES)
@pytest.mark.parametrize("size", [1000, 10_000_000])
def test_unpacked(encoding: str, packed: bytes, size: int) -> None:
    chunks = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(iter_unpacked(chunks, encoding)) == TEXT


WRONG = [
    ("gzip", b"no gzip"),
    ("gzip", pack(TEXT)[:-20]),  # cut off
    ("deflate", b"\x78\x9cno deflate"),
    ("br", b"no brotli at all"),
    ("br", brotli.compress(TEXT)[:-5]),
    ("zstd", b"no zstd at all"),
    ("zstd", b"\x28\xb5\x2f\xfd"),  # the beginning alone
    ("zstd", zstd.compress(TEXT)[:-5]),
    ("zstd", zstd.compress(TEXT) + b"more"),
    ("zstd", _zstd(TEXT, checksum_flag=1)[:-1] + b"?"),  # another checksum
    ("zstd", _zstd(bytes(20_000_000), window_log=25)),  # wants 32 MB at once
    ("zstd", zstd.compress(b"") * 2000),  # frame after frame
    ("compress", b"\x1f\x9d\x90"),  # not asked for
    ("gzip, gzip", pack(pack(TEXT))),  # only bombs are packed twice
]


@pytest.mark.parametrize(("encoding", "packed"), WRONG)
def test_not_what_the_header_says(encoding: str, packed: bytes) -> None:
    with pytest.raises(UnpackError):
        list(iter_unpacked([packed], encoding))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": pack,
    "deflate": partial(zlib.compress, level=9),
    "br": partial(brotli.compress, quality=5),
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", PACKERS)
def test_a_bomb_is_never_whole_in_memory(encoding: str) -> None:
    bomb = PACKERS[encoding](bytes(200_000_000))
    sizes, peak = peak_of(lambda: [len(piece) for piece in islice(iter_unpacked([bomb], encoding), 20)])
    assert max(sizes) <= 4 * PIECE
    assert peak < 10_000_000


def test_gzip_files() -> None:
    assert b"".join(iter_gunzipped([pack(TEXT)])) == TEXT
