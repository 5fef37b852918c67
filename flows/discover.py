"""Discovering: what a newsroom's feed, sitemap or listing page links to."""

import datetime as dt
import email.utils
import gzip
import re
import zlib
from collections.abc import Callable, Iterable
from urllib.parse import urldefrag, urljoin, urlsplit

import feedparser
from bs4 import BeautifulSoup
from lxml import etree

from flows.fetch import Fetcher
from schemas.page import FetchedPage
from schemas.source import Link, Source

SITEMAP_DEPTH = 3
"""How many sitemap indexes may stand inside one another."""


class DiscoverError(RuntimeError):
    """A listing that says nothing usable; the message names the source, the address and what to do."""

    code = "no_links"


def discover_links(source: Source, fetcher: Fetcher) -> list[Link]:
    """The links of one source, newest first as the source lists them, each once, at most `source.max_links`.

    Raises FetchError when the listing cannot be had, DiscoverError when it is not what the source says it is.
    """
    if source.discover == "sitemap":
        found = _sitemap_links(source, fetcher, str(source.url), SITEMAP_DEPTH)
    else:
        page = fetcher.fetch_page(Link(source=source.name, url=str(source.url)), source)
        found = READERS[source.discover](page, source)
    links = _distinct(found, source)
    if not links:
        raise DiscoverError(
            f"{source.url}: no links to releases found; check `discover`, `link_selector` and `link_pattern` "
            f"of source {source.name!r}"
        )
    return links


def _distinct(links: Iterable[Link], source: Source) -> list[Link]:
    wanted = re.compile(source.link_pattern or "")
    unique: dict[str, Link] = {}
    for link in links:
        if wanted.search(link.url) and link.url.startswith(("http://", "https://")):
            unique.setdefault(link.url, link)
    return list(unique.values())[: source.max_links]


def read_feed_date(text: str | None) -> dt.date | None:
    """The day that a feed's date names, in the feed's own time zone.

    >>> read_feed_date("Fri, 11 Apr 2025 23:30:00 -0500")
    datetime.date(2025, 4, 11)
    >>> read_feed_date("2025-04-11T09:00:00Z")
    datetime.date(2025, 4, 11)
    >>> read_feed_date("yesterday")
    """
    words = text or ""
    try:
        return email.utils.parsedate_to_datetime(words).date()
    except ValueError:
        pass
    try:
        return dt.date.fromisoformat(words[:10])
    except ValueError:
        return None


def read_feed(page: FetchedPage, source: Source) -> list[Link]:
    """The entries of an RSS or Atom feed. Raises DiscoverError for what is none."""
    headers = {"content-type": page.content_type or "", "content-location": page.final_url}
    feed = feedparser.parse(page.body, response_headers=headers)
    if not feed.version:
        raise DiscoverError(f"{page.final_url}: not an RSS or Atom feed; check `url` of source {source.name!r}")
    return [
        Link(
            source=source.name,
            url=urldefrag(urljoin(page.final_url, entry.link)).url,
            title=entry.get("title"),
            published=read_feed_date(entry.get("published") or entry.get("updated")),
        )
        for entry in feed.entries
        if entry.get("link")
    ]


def read_listing(page: FetchedPage, source: Source) -> list[Link]:
    """The links that `source.link_selector` selects; without a `link_pattern` those of the listing's own host."""
    soup = BeautifulSoup(page.body, "lxml")
    links = []
    for anchor in soup.select(source.link_selector):
        url = urldefrag(urljoin(page.final_url, str(anchor.get("href", "")))).url
        same_host = urlsplit(url).netloc == urlsplit(page.final_url).netloc
        if url != page.final_url and (same_host or source.link_pattern):
            links.append(Link(source=source.name, url=url, title=anchor.get_text(" ", strip=True) or None))
    return links


READERS: dict[str, Callable[[FetchedPage, Source], list[Link]]] = {"feed": read_feed, "listing": read_listing}


def _sitemap_links(source: Source, fetcher: Fetcher, url: str, depth: int) -> list[Link]:
    page = fetcher.fetch_page(Link(source=source.name, url=url), source)
    links, nested = read_sitemap(page, source)
    for inner in nested if depth > 0 else []:
        if len(links) >= source.max_links:
            break
        links += _sitemap_links(source, fetcher, inner, depth - 1)
    return links


def read_sitemap(page: FetchedPage, source: Source) -> tuple[list[Link], list[str]]:
    """The links of a sitemap, and the sitemaps that it indexes. Raises DiscoverError for what is no sitemap."""
    try:
        body = gzip.decompress(page.body) if page.body[:2] == b"\x1f\x8b" else page.body
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, recover=False))
    except (etree.XMLSyntaxError, OSError, EOFError, zlib.error) as error:
        raise DiscoverError(f"{page.final_url}: not a sitemap ({error}); check source {source.name!r}") from error
    links = [
        Link(source=source.name, url=loc, published=read_feed_date(_child_text(entry, "publication_date")))
        for entry in root.iterfind("{*}url")
        if (loc := _child_text(entry, "loc"))
    ]
    return links, [loc for entry in root.iterfind("{*}sitemap") if (loc := _child_text(entry, "loc"))]


def _child_text(entry: etree._Element, name: str) -> str | None:
    found = entry.find(f".//{{*}}{name}")
    return found.text.strip() if found is not None and found.text else None
