"""The world in small: sixty newsrooms on loopback, each with its own way of listing releases, or its own disease."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from schemas.source import Source
from tests.misbehaving import PAGE, Newsroom, answer, serve_newsroom

Respond = Callable[[BaseHTTPRequestHandler], None]
DELAY = 0.03
"""Seconds between two requests to a newsroom."""
EACH = 4
"""Releases of a newsroom."""


@dataclass
class Room:
    """One newsroom, and what is to be had of it."""

    name: str
    site: Newsroom
    fields: dict[str, Any] = field(default_factory=dict)
    """Of its source."""
    releases: int = EACH
    """How many are to be had in the first run."""
    codes: tuple[str, ...] = ()
    """Of the lines that the report of the first run has about it, as problems or as notes."""
    second: int = 0
    """How many more are to be had in the second run."""
    requests: int = 1
    """How many addresses the second run asks for."""

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return self.site.url

    def source(self) -> Source:
        """As `sources.toml` would have it."""
        given = {"name": self.name, "url": f"{self.url}/list", "discover": "feed", "delay_seconds": DELAY}
        return Source.model_validate({**given, "allow_hosts": ["127.0.0.1"], **self.fields})

    def paths(self, prefix: str = "/news/") -> list[str]:
        """Good releases; their paths."""
        found = []
        for number in range(EACH):
            path = f"{prefix}{number}"
            title = f"{self.name} builds harbour wall, part {number}"
            self.put(path, PAGE.format(title=title, digit=number).encode())
            found.append(path)
        return found

    def put(self, path: str, body: bytes | str, content_type: str = "text/html; charset=utf-8", **headers: str) -> None:
        """A page with a version, by which a client can ask whether it changed."""
        self.site.answers[path] = versioned(body if isinstance(body, bytes) else body.encode(), content_type, headers)


def versioned(body: bytes, content_type: str, headers: dict[str, str] | None = None) -> Respond:
    """Answers 304 to who has the current version."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

    def respond(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == tag
        said = {"ETag": tag, "Content-Type": content_type, **(headers or {})}
        answer(handler, b"" if known else body, 304 if known else 200, said)

    return respond


def redirect(to: str, status: int = 302) -> Respond:
    """Sends its reader elsewhere."""
    return lambda handler: answer(handler, b"", status, {"Location": to})


def rss(paths: list[str], head: str = "", item: str = "<item><title>Wall</title><link>{}</link></item>") -> str:
    """A feed."""
    return f"<rss version='2.0'><channel>{head}{''.join(item.format(path) for path in paths)}</channel></rss>"


def urlset(urls: list[str], more: str = "") -> str:
    """A sitemap."""
    names = (
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:i='http://www.google.com/schemas/sitemap-image/1.1'"
    )
    return f"<urlset {names}>" + "".join(f"<url>{more}<loc>{url}</loc></url>" for url in urls) + "</urlset>"


def listing(paths: list[str], more: str = "") -> str:
    """A listing page."""
    return "<ul class='news'>" + "".join(f"<li><a href='{path}'>Wall</a></li>" for path in paths) + f"</ul>{more}"


Build = Callable[[Room], None]


@contextmanager
def serve_world(builders: dict[str, Build]) -> Iterator[list[Room]]:
    """The newsrooms, each on a port of its own, while the context lasts."""
    with ExitStack() as stack:
        rooms = []
        for name, build in builders.items():
            room = Room(name, stack.enter_context(serve_newsroom()))
            build(room)
            rooms.append(room)
        yield rooms
