"""Newsrooms that are well, each in its own way."""

import gzip
import json
import zlib
from typing import Any

import brotli

from schemas.page import utc_now
from tests.misbehaving import PAGE, answer
from tests.pdfs import drawn
from tests.world import EACH, Build, Room, listing, redirect, rss, urlset

_ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>"
_RDF = (
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    "<channel rdf:about='/'><title>News</title></channel>{}</rdf:RDF>"
)


def _feed(
    body: str = "{rss}", encoding: str = "utf-8", content_type: str = "application/rss+xml", **fields: Any
) -> Build:
    def build(room: Room) -> None:
        room.put("/list", body.replace("{rss}", rss(room.paths())).encode(encoding), content_type)
        room.fields = fields

    return build


def _items(item: str, around: str = "<rss version='2.0'><channel>{}</channel></rss>") -> Build:
    """A feed of entries of another form; `{u}` is an address, `{p}` its path."""

    def build(room: Room) -> None:
        items = "".join(item.format(u=room.url + path, p=path) for path in room.paths())
        room.put("/list", around.format(items), "application/xml")

    return build


def _packed(encoding: str) -> Build:
    def build(room: Room) -> None:
        body = rss(room.paths()).encode()
        raw = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}
        data = packed[encoding](body) if encoding in packed else raw.compress(body) + raw.flush()
        room.put("/list", data, "text/xml", Content_Encoding=encoding.partition("-")[0])

    return build


def _json_feed(room: Room) -> None:
    items = [{"id": path, "url": path, "title": "Wall"} for path in room.paths()]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items}
    room.put("/list", json.dumps(feed), "application/feed+json")


def _moved(room: Room) -> None:
    room.put("/new", rss(room.paths()), "text/xml")
    room.site.answers["/list"] = redirect("/new", 301)
    room.codes = ("moved",)


def _paged_feed(room: Room) -> None:
    first, last = room.paths()[:2], room.paths()[2:]
    room.put(
        "/list",
        rss(first, "<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='next' href='/list?page=2'/>"),
        "text/xml",
    )
    room.put("/list?page=2", rss(last), "text/xml")


def _last_modified(room: Room) -> None:
    body, moment = rss(room.paths()).encode(), "Fri, 11 Apr 2025 09:00:00 GMT"

    def respond(handler: Any) -> None:
        known = handler.headers.get("If-Modified-Since") == moment
        answer(
            handler,
            b"" if known else body,
            304 if known else 200,
            {"Last-Modified": moment, "Content-Type": "text/xml"},
        )

    room.site.answers["/list"] = respond


def _sitemap(form: str = "{}", gz: int = 0, more: str = "", **fields: Any) -> Build:
    def build(room: Room) -> None:
        body = form.format(urlset([room.url + path for path in room.paths()], more)).encode()
        members = [body[start : start + gz] for start in range(0, len(body), gz)] if gz else []
        room.put("/list", b"".join(map(gzip.compress, members)) or body, "application/xml")
        room.fields = {"discover": "sitemap", **fields}

    return build


def _index(room: Room) -> None:
    """Of two sitemaps, one gzipped, and of itself."""
    paths = room.paths()
    room.put("/a.xml", urlset([room.url + path for path in paths[:2]]), "text/xml")
    room.put("/b.xml.gz", gzip.compress(urlset([room.url + path for path in paths[2:]]).encode()), "application/gzip")
    names = "".join(
        f"<sitemap><loc>{room.url}/{name}</loc><lastmod>2025-04-11</lastmod></sitemap>"
        for name in ("a.xml", "b.xml.gz", "list")
    )
    room.put("/list", f"<sitemapindex>{names}</sitemapindex>", "text/xml")
    room.fields = {"discover": "sitemap"}


def _listing(encoding: str = "utf-8", page: str = "{}", **fields: Any) -> Build:
    def build(room: Room) -> None:
        body = page.format(listing(room.paths()))
        room.put("/list", body.encode(encoding), "text/html")
        room.fields = {"discover": "listing", "link_selector": "ul.news a", **fields}

    return build


def _pages(first: str, second: str, template: str | None = None, rel: bool = False) -> Build:
    """A listing of two pages."""

    def build(room: Room) -> None:
        paths = room.paths()
        room.put(first, listing(paths[:2], f"<a rel=next href='{second}'>older</a>" if rel else ""))
        room.put(second, listing(paths[2:]))
        room.fields = {"discover": "listing", "link_selector": "ul.news a", "url": room.url + first}
        room.fields["pages"] = room.url + template if template else None

    return build


def _by_month(room: Room) -> None:
    today = utc_now().date()
    before = f"{today.year - (today.month == 1)}/{(today.month - 2) % 12 + 1:02}"
    _pages("/list", f"/archive/{before}", "/archive/{year}/{month:02}")(room)
    room.put(f"/archive/{today.year}/{today.month:02}", "<p>Nothing yet</p>")


def _encoded_pages(encoding: str, language: str, words: str) -> Build:
    """Pages in another script, whose encoding only they themselves tell."""

    def build(room: Room) -> None:
        paths = room.paths()
        for number, path in enumerate(paths):
            title = f"{words} {number}"
            page = PAGE.format(title=title, digit=number).replace("utf-8", encoding).replace("€", "EUR ")
            page = page.replace("“", '"').replace("”", '"').replace("<p>The", f"<p>{words * 8}</p><p>The")
            room.put(path, page.encode(encoding), "text/html")
        room.put("/list", rss(paths), "text/xml")
        room.fields = {"language": language}

    return build


def _auto(head: str = "", robots: str = "", body: str = "") -> Build:
    def build(room: Room) -> None:
        paths = room.paths("/list/")
        room.put("/list/", head + (body or listing(paths)))
        room.put("/feed", rss(paths), "text/xml")
        room.put("/map.xml", urlset([room.url + path for path in ["/about", *paths]]), "text/xml")
        if robots:
            room.put("/robots.txt", robots.format(room.url), "text/plain")
        room.fields = {"discover": "auto", "url": f"{room.url}/list/", "link_pattern": r"/list/\d"}

    return build


def _sessions(room: Room) -> None:
    """Every answer names its pages anew."""
    room.paths()
    numbers = iter(range(1, 1000))

    def respond(handler: Any) -> None:
        session = next(numbers)
        paths = [f"/news/{number};jsessionid=A{session}?PHPSESSID={session}ff" for number in range(EACH)]
        answer(handler, listing(paths).encode())

    room.site.answers["/list"] = respond
    room.fields = {"discover": "listing"}


def _redirected(room: Room) -> None:
    for number, path in enumerate(room.paths("/real/")):
        room.site.answers[f"/go/{number}"] = redirect(path, (301, 302, 307, 308)[number])
    room.put("/list", rss([f"/go/{number}" for number in range(EACH)]), "text/xml")


def _refreshed(room: Room) -> None:
    for number, path in enumerate(room.paths("/real/")):
        room.put(f"/go/{number}", f"<meta http-equiv='refresh' content='0; url={path}'>")
    room.put("/list", rss([f"/go/{number}" for number in range(EACH)]), "text/xml")


def _pdf(number: int) -> bytes:
    words = [
        "Harbour wall for Larne",
        f"LARNE, 1{number} April 2025 - The Port Fund gave the city of Larne 2.5 million euros",
        "for its new harbour wall, of which the next part will be built in the summer.",
    ]
    return drawn([[(60, 700 - 20 * line, text) for line, text in enumerate(words)]])


def _pdfs(room: Room) -> None:
    paths = [f"/pdf/{number}" for number in range(EACH)]
    for number, path in enumerate(paths):
        room.put(path, _pdf(number), "application/octet-stream")
    room.put("/list", rss(paths), "text/xml")


def _attached(room: Room) -> None:
    """Pages that say nothing but what is attached to them."""
    paths = [f"/page/{number}" for number in range(EACH)]
    for number, path in enumerate(paths):
        room.put(path, f"<main><a href='/files/{number}.pdf'>PDF</a></main>")
        room.put(f"/files/{number}.pdf", _pdf(number), "application/pdf")
    room.put("/list", rss(paths), "text/xml")


def _cookie(room: Room) -> None:
    """Lets nobody in without its cookie."""
    body = rss(room.paths()).encode()

    def respond(handler: Any) -> None:
        if "seen=1" in (handler.headers.get("Cookie") or ""):
            answer(handler, body, headers={"Content-Type": "text/xml"})
        else:
            answer(handler, b"", 302, {"Location": "/list", "Set-Cookie": "seen=1"})

    room.site.answers["/list"] = respond


WELL: dict[str, Build] = {
    "rss": _feed(),
    "rss-latin1": _feed("<?xml version='1.0' encoding='iso-8859-1'?>{rss}", "iso-8859-1"),
    "rss-utf16": _feed("<?xml version='1.0' encoding='utf-16'?>{rss}", "utf-16"),
    "rss-as-html": _feed(content_type="text/html"),
    "rss-bom": _feed("\ufeff{rss}"),
    "rss-unclosed": _feed("{rss}<p>"),
    "rss-gzip": _packed("gzip"),
    "rss-br": _packed("br"),
    "rss-deflate": _packed("deflate"),
    "rss-raw-deflate": _packed("deflate-raw"),
    "rss-guid": _items("<item><guid isPermaLink='true'>{u}</guid></item>"),
    "rss-cdata": _items("<item><link><![CDATA[\n {u}?utm_source=rss ]]></link></item>"),
    "atom": _items("<entry><link href='{u}'/></entry>", _ATOM),
    "atom-enclosure": _items("<entry><link rel='enclosure' href='/a.mp3'/><link href='{p}'/></entry>", _ATOM),
    "rdf": _items("<item rdf:about='{u}'><link>{u}</link></item>", _RDF),
    "json-feed": _json_feed,
    "feed-moved": _moved,
    "feed-paged": _paged_feed,
    "feed-last-modified": _last_modified,
    "feed-cookie": _cookie,
    "sitemap": _sitemap(),
    "sitemap-images": _sitemap(more="<i:image><i:loc>https://acme.example/a.png</i:loc></i:image>"),
    "sitemap-lastmod": _sitemap(more="<lastmod>2025-04-11T09:00:00+02:00</lastmod>"),
    "sitemap-gzip": _sitemap(gz=10_000),
    "sitemap-members": _sitemap(gz=200),
    "sitemap-comments": _sitemap("<!-- <urlset> -->{}"),
    "sitemap-index": _index,
    "listing": _listing(),
    "listing-base": _listing(page="<base href='/'>{}"),
    "listing-sjis": _listing("shift_jis", "<meta charset=shift_jis><p>港の壁</p>{}"),
    "listing-1251": _listing("windows-1251", "<meta charset=windows-1251><p>Стена гавани</p>{}"),
    "listing-next": _pages("/list", "/list?page=2", rel=True),
    "listing-numbered": _pages("/list", "/list/page/2/", "/list/page/{page}/"),
    "listing-months": _by_month,
    "pages-sjis": _encoded_pages("shift_jis", "ja", "新しい港の壁が完成しました。"),
    "pages-gb18030": _encoded_pages("gb18030", "zh", "新的港口墙已经完工。"),
    "pages-koi8": _encoded_pages("koi8-r", "ru", "Новая стена гавани построена. "),
    "auto-feed": _auto("<link rel=alternate type='application/rss+xml' href='/feed'>"),
    "auto-sitemap": _auto(robots="User-agent: *\nDisallow:\nSitemap: {}/map.xml", body="<p>Loading</p>"),
    "auto-listing": _auto(),
    "sessions": _sessions,
    "pages-pdf": _pdfs,
    "pages-attached": _attached,
    "pages-redirected": _redirected,
    "pages-refreshed": _refreshed,
}
