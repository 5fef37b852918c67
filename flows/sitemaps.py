"""Sitemaps: plain ones, those for news, indexes of them, and either of them gzipped (sitemaps.org)."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from extractors.encoding import decode
from flows.feeds import refuse_entities
from flows.listed import DiscoverError, Listed, More, keep_wanted, make_link, read_feed_date, read_link_url, read_moment
from flows.unpack import PIECE, UnpackError, iter_gunzipped
from schemas.page import FetchedPage
from schemas.source import Link, Source

MAX_SITEMAPS = 50_000
"""Sitemaps that an index may name, by its standard."""
MAX_BYTES = 52_428_800
"""Bytes of an unpacked sitemap, by its standard; what comes after is not read."""
_HEAD = 20_000
"""Bytes in which a document's own entities would be defined."""


def looks_like_sitemap(page: FetchedPage) -> bool:
    """Whether a page begins as a sitemap or an index of them does."""
    head = b"".join(_first_bytes(page.body))
    return any(sign in decode(head).lower() for sign in ("<urlset", "<sitemapindex"))


def _first_bytes(body: bytes) -> Iterator[bytes]:
    try:
        yield next(iter(_unpacked(body)), b"")[:2000]
    except UnpackError:
        return


def read_sitemap(page: FetchedPage, source: Source) -> Listed:
    """The links of a sitemap, and the sitemaps that it indexes; read piece by piece, so that memory stays small.

    Of one that breaks off or goes on beyond the limits, what stands before. Raises DiscoverError for what is none.
    """
    links: list[Link] = []
    more: list[More] = []
    is_cut = page.is_cut
    try:
        for entry in _entries(page):
            said = _said(entry)
            if len(links) >= source.max_links or len(more) >= MAX_SITEMAPS:
                is_cut = True
                break
            if _name(entry) == "url":
                links += keep_wanted([link], source) if (link := _as_link(said, page, source)) else []
            elif url := read_link_url(said.get("loc", ""), page.final_url):
                more.append(More(url, read_moment(said.get("lastmod"))))
    except (etree.XMLSyntaxError, UnpackError) as error:
        if not links and not more:
            raise DiscoverError(f"{page.final_url}: not a sitemap ({error}); check source {source.name!r}") from error
        is_cut = True
    return Listed(links, more, is_cut=is_cut)


def _said(entry: Any) -> dict[str, str]:
    """The texts of an entry by the names of their elements, the first of each; those of pictures and films left out."""
    said: dict[str, str] = {}
    for child in entry.iter(etree.Element):
        if not any(word in (etree.QName(child).namespace or "") for word in ("image", "video")):
            said.setdefault(_name(child), (child.text or "").strip())
    return said


def _as_link(said: dict[str, str], page: FetchedPage, source: Source) -> Link | None:
    return make_link(
        source,
        page.final_url,
        said.get("loc", ""),
        title=said.get("title") or None,
        published=read_feed_date(said.get("publication_date")),
        updated=read_moment(said.get("lastmod")),
    )


def _entries(page: FetchedPage) -> Iterator[Any]:
    """The elements `url` and `sitemap`, each forgotten once it was looked at."""
    parser = etree.XMLPullParser(("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    is_begun, total = False, 0
    for piece in _unpacked(page.body):
        if not is_begun:
            refuse_entities(decode(piece[:_HEAD], page.content_type), page.final_url)
        is_begun, total = True, total + len(piece)
        parser.feed(piece)
        for _, element in parser.read_events():
            if _name(element) in {"url", "sitemap"}:
                yield element
                _forget(element)
        if total > MAX_BYTES:
            raise UnpackError(f"more than {MAX_BYTES:,} bytes unpacked")
    parser.close()


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _name(element: Any) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _unpacked(body: bytes) -> Iterator[bytes]:
    pieces = (body[start : start + PIECE] for start in range(0, len(body), PIECE))
    return iter_gunzipped(pieces) if body[:2] == b"\x1f\x8b" else pieces
