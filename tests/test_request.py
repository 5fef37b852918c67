"""One request to a real server that attacks: each limit, and the name of what went wrong."""

import gzip
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler

import brotli
import httpx
import pytest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from flows.guard import guarded_transport
from flows.request import Answer, Ask, FetchError, send
from schemas.settings import Settings
from tests import misbehaving
from tests.misbehaving import Newsroom, answer, serve_newsroom

pack = partial(gzip.compress, mtime=0)
"""The same bytes in every process that collects these tests."""

SETTINGS = Settings(max_bytes=200_000)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


def ask(asked: Ask, seconds: float = 2.0, allowed: tuple[str, ...] = ("127.0.0.1",)) -> Answer:
    with httpx.Client(transport=guarded_transport(allowed)) as client:
        return send(client, asked, SETTINGS, seconds)


def _packed(encoding: str, data: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: answer(handler, data, headers={"Content-Encoding": encoding})


def _big_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 500_000 + b"\r\n\r\n")


def _silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)


def _chunked_for_ever(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1000):
        try:
            handler.wfile.write(b"400\r\n" + b"a" * 1024 + b"\r\n")
        except OSError:
            return


DISEASES = [
    (misbehaving.drip, "timeout"),  # each read is quick, the whole never ends
    (_silent, "timeout"),  # nothing comes
    (misbehaving.cut, "connection"),  # truncated bodies are not taken for whole ones
    (_big_headers, "connection"),  # headers without end
    (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9\r\n"), "connection"),  # another protocol
    (misbehaving.bomb, "too_large"),  # small on the wire, large unpacked
    (_packed("br", brotli.compress(bytes(50_000_000), quality=5)), "too_large"),
    (_packed("deflate", zlib.compress(bytes(50_000_000))), "too_large"),
    (_packed("gzip", pack(b"") * 20_000), "too_large"),  # much on the wire, nothing unpacked
    (lambda handler: answer(handler, bytes(300_000)), "too_large"),
    (_chunked_for_ever, "too_large"),  # no length was promised
    (_packed("gzip", b"no gzip"), "bad_encoding"),
    (_packed("zstd", zstd.compress(bytes(50_000_000))), "too_large"),
    (_packed("zstd", struct.pack("<II", 0x184D2A50, 300_000) + bytes(300_000)), "too_large"),  # a frame to be skipped
    (_packed("zstd", b"(\xb5/\xfd"), "bad_encoding"),
    (_packed("compress", b"\x1f\x9d\x90"), "bad_encoding"),  # not asked for
    (_packed("gzip, gzip", pack(misbehaving.BOMB)), "bad_encoding"),  # a bomb within a bomb
    (lambda handler: answer(handler, b"", 304), "http_304"),  # says unchanged to one who has nothing
]


@pytest.mark.parametrize(("disease", "code"), DISEASES)
def test_each_disease_has_its_name(
    newsroom: Newsroom, disease: Callable[[BaseHTTPRequestHandler], None], code: str
) -> None:
    newsroom.answers["/sick"] = disease
    with pytest.raises(FetchError, match=newsroom.url) as caught:
        ask(Ask(newsroom.url + "/sick"), seconds=1)
    assert caught.value.code == code


WRONG = [
    ("http://169.254.169.254/latest/meta-data/", "private_address"),
    ("http://localhost/", "private_address"),
    ("http://10.0.0.1/", "private_address"),
    ("http://127.0.0.1:9/", "connection"),  # allowed, but nobody listens
    ("ftp://127.0.0.1/", "bad_url"),
    ("file:///etc/passwd", "bad_url"),
    ("gopher://127.0.0.1/", "bad_url"),
    ("http://no-such-host.invalid/", "connection"),
]


@pytest.mark.parametrize(("url", "code"), WRONG)
def test_addresses_that_lead_nowhere(url: str, code: str) -> None:
    with pytest.raises(FetchError) as caught:
        ask(Ask(url))
    assert caught.value.code == code


def test_what_may_pass() -> None:
    assert [FetchError(code, "").may_pass for code in ("timeout", "connection", "http_429", "http_503")] == [True] * 4
    assert [FetchError(code, "").may_pass for code in ("http_404", "too_large", "private_address")] == [False] * 3


def test_unchanged(newsroom: Newsroom) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        is_known = handler.headers.get("If-None-Match") == '"1"' and handler.headers.get("If-Modified-Since") == "then"
        answer(handler, b"" if is_known else b"well", 304 if is_known else 200, {"ETag": '"1"'})

    newsroom.answers["/"] = respond
    url = newsroom.url + "/"
    assert (ask(Ask(url)).status, ask(Ask(url)).body) == (200, b"well")
    assert ask(Ask(url, etag='"1"', last_modified="then")).status == 304


def test_what_is_packed_as_was_asked_for(newsroom: Newsroom) -> None:
    """A server that takes the last of the ways that it is offered."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        packers = {"zstd": zstd.compress, "br": brotli.compress, "gzip": gzip.compress}
        way = handler.headers["Accept-Encoding"].rpartition(", ")[2]
        answer(handler, packers[way](b"<p>well</p>"), headers={"Content-Encoding": way})

    newsroom.answers["/"] = respond
    found = ask(Ask(newsroom.url + "/"))
    assert (found.headers["content-encoding"], found.body) == ("zstd", b"<p>well</p>")


def test_the_beginning_is_taken_where_that_is_asked_for(newsroom: Newsroom) -> None:
    newsroom.answers["/"] = misbehaving.bomb
    found = ask(Ask(newsroom.url + "/", take_cut=True))
    assert (len(found.body), found.is_cut) == (SETTINGS.max_bytes, True)
