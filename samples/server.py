"""The sample newsrooms over real HTTP: a small web server on this machine, and the sources that it is made of."""

import hashlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from pydantic import HttpUrl

from schemas.source import Selectors, Source

PORT = 8765
"""Taken when it is free, so that a second run asks for the same addresses as the first."""
_COMMON: dict[str, Any] = {"language": "en", "delay_seconds": 0, "allow_hosts": ("127.0.0.1",)}
"""Fetching from this machine itself has to be allowed."""
_PLACEHOLDER = b"{{base}}"
_TYPES = {".html": "text/html; charset=utf-8", ".xml": "application/xml", ".txt": "text/plain; charset=utf-8"}
# As servers in the wild have it: one says another encoding, and one leaves it to the page's <meta>.
_ODD_TYPES = {
    "/releases/lakeshore-gala.html": "text/html; charset=windows-1252",
    "/releases/fundacion-mar-abierto.html": "text/html",
    "/feed.xml": "application/rss+xml; charset=utf-8",
}


@contextmanager
def serve_samples(port: int = PORT) -> Iterator[str]:
    """Serve the sample site on 127.0.0.1 for as long as the `with` block runs, and yield its address.

    The address is `http://127.0.0.1:8765`, without a slash at its end; where that port is taken, one with a free port.
    """
    server = _start(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sample_sources(base_url: str) -> list[Source]:
    """The sample newsrooms below the address that `serve_samples` yields: a feed, a sitemap and two listing pages."""
    return [
        Source(name="sample-wire", url=HttpUrl(f"{base_url}/feed.xml"), discover="feed", **_COMMON),
        Source(
            name="sample-public-notices",
            url=HttpUrl(f"{base_url}/sitemap.xml"),
            discover="sitemap",
            link_pattern="/releases/",
            **_COMMON,
        ),
        Source(
            name="sample-hospital",
            url=HttpUrl(f"{base_url}/news/"),
            discover="listing",
            link_selector="ul.releases a[href]",
            select=Selectors(drop=("div.dt", "div.sh")),
            country="CA",
            **_COMMON,
        ),
        Source(
            name="sample-club",
            url=HttpUrl(f"{base_url}/club/"),
            discover="listing",
            link_selector="a.more",
            select=Selectors(title="div.hl", published=".lead .when", text="div.copy", drop=(".promo",)),
            issuer="Harbour City Marlins",
            country="AU",
            **_COMMON,
        ),
    ]


@cache
def site_paths() -> dict[str, Traversable]:
    """Every path that the site answers, with its file; a folder answers with its index page."""
    return dict(_walk(files("samples") / "site", ""))


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _walk(item, f"{path}/{item.name}")
        else:
            yield f"{path}/{'' if item.name == 'index.html' else item.name}", item


def _start(port: int) -> ThreadingHTTPServer:
    try:
        return _Server(("127.0.0.1", port), _Handler)
    except OSError:
        return _Server(("127.0.0.1", 0), _Handler)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over connections that the other side broke off: no user need see their traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the site's paths, and nothing else."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or 304 to a client that has it."""
        path = urlsplit(self.path).path
        page = site_paths().get(path)
        if page is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"No such sample.\n")
            return
        base = f"http://127.0.0.1:{self.connection.getsockname()[1]}"
        body = page.read_bytes().replace(_PLACEHOLDER, base.encode())
        content_type = _ODD_TYPES.get(path) or _TYPES[PurePosixPath(page.name).suffix]
        self._send(HTTPStatus.OK, content_type, body)

    def do_HEAD(self) -> None:
        """Send what GET would, without the body."""
        self.do_GET()

    def _send(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        known = status is HTTPStatus.OK and self.headers.get("If-None-Match") == tag
        self.send_response(HTTPStatus.NOT_MODIFIED if known else status)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", content_type)
        if not known:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not known and self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the command line reports what it fetched."""
