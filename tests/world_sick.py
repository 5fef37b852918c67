"""Newsrooms with a disease, each its own; what of them can be had is still to be had."""

import gzip
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import brotli

from tests import misbehaving
from tests.misbehaving import PAGE, answer, fail_first
from tests.world import EACH, Build, Respond, Room, listing, redirect, rss, urlset

METADATA = "http://169.254.169.254/latest/meta-data/"


def _page(respond: Respond, code: str, **fields: object) -> Build:
    """Of its releases the last one is sick."""

    def build(room: Room) -> None:
        paths = room.paths()
        room.site.answers[paths[-1]] = respond
        room.put("/list", rss(paths), "text/xml")
        room.fields = dict(fields)
        room.releases, room.codes, room.requests = EACH - 1, (code,), 2

    return build


def _list(respond: Callable[[Room], Respond], code: str, discover: str = "feed") -> Build:
    """Its listing is sick, so that nothing is to be had."""

    def build(room: Room) -> None:
        room.paths()
        room.site.answers["/list"] = respond(room)
        room.fields = {"discover": discover}
        room.releases, room.codes = 0, (code,)

    return build


def _bomb(room: Room) -> Respond:
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    body = f'<!DOCTYPE rss [<!ENTITY a0 "ha">{entities}]>{rss(["/news/0", "&a12;"])}'
    return lambda handler: answer(handler, body.encode(), headers={"Content-Type": "text/xml"})


def _million_links(room: Room) -> None:
    paths = room.paths()
    body = urlset([room.url + path for path in paths]).replace("</urlset>", "").encode()
    rest = b"".join(b"<url><loc>%s/more/%d</loc></url>" % (room.url.encode(), n) for n in range(1_000_000))
    room.put("/list", gzip.compress(body + rest + b"</urlset>", 6), "application/gzip")
    room.fields = {"discover": "sitemap", "max_links": EACH}
    room.codes = ("links_cut", "listing_cut")


def _long_listing(room: Room) -> None:
    room.put("/list", listing(room.paths(), "<a href='/about'>x</a>" * 150_000))
    room.fields = {"discover": "listing", "link_selector": "ul.news a"}
    room.codes = ("listing_cut",)


def _calendar(room: Room) -> None:
    """A next page behind every page, for ever."""
    paths = room.paths()
    for number in range(1, 40):
        path = "/list" if number == 1 else f"/list?page={number}"
        room.put(path, listing(paths[:2] if number % 2 else paths[2:], f"<a rel=next href='/list?page={number + 1}'>"))
    room.fields = {"discover": "listing", "link_selector": "ul.news a"}


def _index_loop(room: Room) -> None:
    """Sitemaps that name each other, and new ones for ever."""
    for number in range(8):
        names = "".join(f"<sitemap><loc>{room.url}/{n}.xml</loc></sitemap>" for n in (number, number + 1))
        room.put(f"/{number}.xml", f"<sitemapindex>{names}</sitemapindex>", "text/xml")
    room.put("/1.xml", urlset([room.url + path for path in room.paths()]), "text/xml")
    room.fields = {"discover": "sitemap", "url": f"{room.url}/0.xml"}
    room.requests = 2


def _deep_index(room: Room) -> None:
    for number in range(8):
        room.put(
            f"/{number}.xml",
            f"<sitemapindex><sitemap><loc>{room.url}/{number + 1}.xml</loc></sitemap></sitemapindex>",
            "text/xml",
        )
    room.fields = {"discover": "sitemap", "url": f"{room.url}/0.xml"}
    room.releases, room.codes, room.requests = 0, ("sitemap_depth", "no_links"), 4


def _heals(status: int, times: int, **headers: str) -> Build:
    """In the first run, when it is asked again; with more failures than a run asks, in the second."""

    def build(room: Room) -> None:
        paths = room.paths()
        good = PAGE.format(title="Healed", digit=3).encode()
        room.site.answers[paths[-1]] = fail_first(times, good, status, **headers)
        room.put("/list", rss(paths), "text/xml")
        if times > 1:
            room.releases, room.second, room.codes, room.requests = EACH - 1, 1, (f"http_{status}",), 2

    return build


def _robots(room: Room) -> None:
    paths = room.paths()
    room.put("/robots.txt", f"User-agent: *\nDisallow: {paths[-1]}$\nCrawl-delay: 0.1", "text/plain")
    room.put("/list", rss(paths), "text/xml")
    room.releases, room.codes = EACH - 1, ("robots",)


def _lying_listing(room: Room) -> None:
    """A feed that is a page by now."""
    room.put("/list", "<html><p>We have a new website.</p></html>", "application/rss+xml")
    room.releases, room.codes = 0, ("no_links",)


def _packed(data: bytes, encoding: str) -> Respond:
    return lambda handler: answer(handler, data, headers={"Content-Encoding": encoding})


def _big_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 300_000 + b"\r\n\r\n")


def _plain(body: bytes, status: int = 200, content_type: str = "text/html") -> Respond:
    return lambda handler: answer(handler, body, status, {"Content-Type": content_type})


REFRESH = f"<meta http-equiv=refresh content='0;url={METADATA}'>".encode()
SHELL = b"<title>News</title><div id=root></div><script src=/app.js></script>"
LOST = b"<title>Page not found</title><h1>Page not found</h1><p>What you look for is not here any more.</p>"
SICK: dict[str, Build] = {
    "slow": _page(misbehaving.drip, "timeout"),
    "truncated": _page(misbehaving.cut, "connection"),
    "looping": _page(redirect("/news/3"), "redirects"),
    "metadata": _page(redirect(METADATA), "private_address"),
    "metadata-refresh": _page(
        _plain(f"<meta http-equiv=refresh content='0;url={METADATA}'>".encode()), "private_address"
    ),
    "localhost": _page(redirect("http://localhost:80/"), "private_address"),
    "file": _page(redirect("file:///etc/passwd"), "bad_url"),
    "gzip-bomb": _page(misbehaving.bomb, "too_large"),
    "br-bomb": _page(_packed(brotli.compress(bytes(50_000_000), quality=5), "br"), "too_large"),
    "bomb-in-bomb": _page(_packed(gzip.compress(misbehaving.BOMB), "gzip, gzip"), "bad_encoding"),
    "no-gzip": _page(_packed(b"no gzip", "gzip"), "bad_encoding"),
    "headers": _page(_big_headers, "connection"),
    "huge": _page(_plain(b"<p>wall " * 2_000_000), "too_large"),
    "tags": _page(_plain(b"<p>wall " * 900_000), "too_large"),
    "picture": _page(_plain(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), "unsupported_type"),
    "nested": _page(_plain(b"<div>" * 20_000), "too_deep"),
    "gone": _page(_plain(b"gone", 410), "http_410"),
    "soft-404": _page(_plain(LOST), "soft_404"),
    "scripts": _page(_plain(SHELL), "needs_browser"),
    "menu": _page(_plain(b"<nav>Menu</nav>"), "no_text"),
    "heals": _heals(503, 1),
    "heals-later": _heals(500, 2),
    "busy": _heals(429, 1, Retry_After="1"),
    "robots": _robots,
    "entity-bomb": _list(_bomb, "xml_entities"),
    "list-gone": _list(lambda room: _plain(b"gone", 404), "http_404"),
    "list-metadata": _list(lambda room: redirect(METADATA), "private_address"),
    "list-bomb": _list(lambda room: misbehaving.bomb, "no_links", "sitemap"),
    "list-page": _lying_listing,
    "million-links": _million_links,
    "long-listing": _long_listing,
    "calendar": _calendar,
    "index-loop": _index_loop,
    "index-deep": _deep_index,
}
