"""The guard: what no request may reach, whatever names resolve to, and connections that never end."""

import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import trustme

from flows.guard import LateError, RefusedError, deadline, guarded_transport, read_refusal
from tests.misbehaving import Newsroom, answer, serve_newsroom

REFUSED = [
    "127.0.0.1",  # this machine
    "127.8.8.8",  # all of 127/8 is
    "10.0.0.1",  # private
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",  # behind a provider's translation of addresses
    "100.100.100.200",  # Alibaba's metadata
    "169.254.169.254",  # metadata of most clouds
    "168.63.129.16",  # Azure's platform, public by its number
    "192.0.0.192",  # Oracle's metadata
    "0.0.0.0",  # noqa: S104  (this machine, on many systems)
    "224.0.0.1",  # multicast
    "255.255.255.255",  # broadcast
    "240.0.0.1",  # reserved
    "198.18.0.1",  # for measuring networks
    "203.0.113.1",  # for documents
    "::",
    "::1",
    "::ffff:127.0.0.1",  # IPv4 within IPv6, mapped
    "::127.0.0.1",  # compatible
    "64:ff9b::a9fe:a9fe",  # translated
    "64:ff9b:1::1",  # translated on the spot
    "2002:7f00:1::",  # 6to4
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo, of 127.0.0.1
    "fd00:ec2::254",  # Amazon's metadata
    "fe80::1",  # link-local
    "fe80::1%eth0",
    "fec0::1",  # site-local
    "ff02::1",  # multicast
    "2001:db8::1",  # for documents
    "3fff::1",
]
ALLOWED = [
    "1.1.1.1",
    "100.128.0.1",  # beyond the provider's block
    "172.32.0.1",  # beyond the private one
    "2606:4700:4700::1111",
    "64:ff9b::808:808",  # a public address, translated
]


@pytest.mark.parametrize("address", REFUSED)
def test_refused(address: str) -> None:
    assert read_refusal(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_allowed(address: str) -> None:
    assert read_refusal(address) is None


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        served.page("/", "well")
        yield served


def get(url: str, allowed: tuple[str, ...] = (), *answers: list[str]) -> httpx.Response:
    """Ask for a page where names resolve, one time after another, to these addresses."""
    left = iter(answers)
    with httpx.Client(transport=guarded_transport(allowed, lambda host, port: next(left))) as client, deadline(2):
        return client.get(url)


def test_a_name_that_resolves_to_this_machine(newsroom: Newsroom) -> None:
    url = newsroom.url.replace("127.0.0.1", "news.example")
    with pytest.raises(RefusedError, match=r"news\.example is 127\.0\.0\.1, a loopback address.*allow_hosts"):
        get(url, (), ["127.0.0.1"])
    assert newsroom.requests == []


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(newsroom: Newsroom) -> None:
    """Rebinding: a second look would find another machine, so nobody may take one."""
    url = newsroom.url.replace("127.0.0.1", "news.example")
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.9"]

    with httpx.Client(transport=guarded_transport(["news.example"], resolve)) as client, deadline(2):
        assert client.get(url).text == "well"
    assert asked == ["news.example"]


def test_of_several_addresses_only_public_ones_are_tried(newsroom: Newsroom) -> None:
    url = newsroom.url.replace("127.0.0.1", "news.example")
    with pytest.raises((httpx.ConnectError, httpx.ConnectTimeout, LateError)):
        get(url, (), ["127.0.0.1", "1.1.1.1"])  # where nobody answers on such a port
    assert newsroom.requests == []


def test_the_next_address_is_tried_where_one_does_not_answer(newsroom: Newsroom) -> None:
    url = newsroom.url.replace("127.0.0.1", "news.example")
    assert get(url, ("news.example",), ["127.0.0.2", "127.0.0.1"]).text == "well"


ODD_NAMES = [
    "http://127.1:{port}/",  # short forms of addresses, as the resolver reads them
    "http://0x7f000001:{port}/",
    "http://2130706433:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST.:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
]


@pytest.mark.parametrize("url", ODD_NAMES)
def test_no_spelling_gets_through(newsroom: Newsroom, url: str) -> None:
    port = newsroom.url.rpartition(":")[2]
    refused = pytest.raises((RefusedError, httpx.ConnectError, httpx.InvalidURL))
    with httpx.Client(transport=guarded_transport(())) as client, deadline(2), refused:
        client.get(url.format(port=port))
    assert newsroom.requests == []


def test_what_one_client_may_reach_another_may_not(newsroom: Newsroom) -> None:
    with httpx.Client(transport=guarded_transport(["127.0.0.1"])) as client, deadline(2):
        assert client.get(newsroom.url).text == "well"
    with httpx.Client(transport=guarded_transport(["10.0.0.1"])) as client, deadline(2), pytest.raises(RefusedError):
        client.get(newsroom.url)


def test_headers_that_drip_for_ever(newsroom: Newsroom) -> None:
    """Each read is quick, so no time-out of a single read would end it."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        for number in range(100):
            try:
                handler.wfile.write(f"X-{number}: 1\r\n".encode() if number else b"HTTP/1.1 200 OK\r\n")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    newsroom.answers["/"] = drip
    began = time.monotonic()
    with (
        httpx.Client(transport=guarded_transport(["127.0.0.1"])) as client,
        deadline(0.5),
        pytest.raises((LateError, httpx.ReadTimeout)),
    ):
        client.get(newsroom.url)
    assert time.monotonic() - began < 2


def test_proxies_of_the_environment_are_not_used(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would connect in our place, past the guard."""
    monkeypatch.setenv("HTTP_PROXY", newsroom.url)
    monkeypatch.setenv("ALL_PROXY", newsroom.url)
    with pytest.raises(RefusedError):
        get("http://169.254.169.254/latest/meta-data/", (), ["169.254.169.254"])
    assert newsroom.requests == []


@pytest.fixture
def secure_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with TLS whose authority nobody knows: its address, and the authority's certificate."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            answer(self, b"secret")

    authority, server = trustme.CA(), ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    yield f"https://127.0.0.1:{server.server_port}/", tmp_path / "authority.pem"
    server.shutdown()
    server.server_close()


def test_certificates_are_verified(secure_server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    url, authority = secure_server
    refused = pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED")
    with httpx.Client(transport=guarded_transport(["127.0.0.1"])) as client, deadline(5), refused:
        client.get(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))  # as for any program of this machine
    with httpx.Client(transport=guarded_transport(["127.0.0.1"])) as client, deadline(5):
        assert client.get(url).text == "secret"
