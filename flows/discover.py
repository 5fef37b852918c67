"""Discovering: what a newsroom's feed, sitemaps or listing pages link to."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from extractors.encoding import decode
from flows.desk import Desk
from flows.feeds import looks_like_feed, read_feed
from flows.listed import PARSING, DiscoverError, Listed, More, cut_tags, keep_wanted, parsed, read_link_url
from flows.listings import read_listing
from flows.request import FetchError
from flows.sitemaps import looks_like_sitemap, read_sitemap
from flows.walk import walk_pages
from schemas.page import FetchedPage
from schemas.source import Link

SITEMAP_DEPTH = 3
"""How many sitemap indexes may stand inside one another."""
MAX_SITEMAPS = 200
"""Sitemaps of a source that a run looks at."""
_AUTO_LIFE = dt.timedelta(days=7)
"""How long what a newsroom's page says of its feeds is believed without asking again."""
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_HEAD = 500_000


def discover_links(desk: Desk) -> list[Link]:
    """The links of one source, newest first as the source lists them, each once, at most `source.max_links`.

    Raises FetchError when the listing cannot be had, DiscoverError when it is not what the source says it is.
    """
    source = desk.source
    links = keep_wanted(_FINDERS[source.discover](desk, str(source.url)), source)
    if not links:
        raise DiscoverError(
            f"{source.url}: no links to releases found; check `discover`, `link_selector` and `link_pattern` "
            f"of source {source.name!r}"
        )
    if len(links) >= source.max_links:
        desk.note("links_cut", str(source.url), f"lists more than {source.max_links:,} links (`max_links`)")
    return links


def _from_feed(desk: Desk, url: str) -> list[Link]:
    return walk_pages(desk, url, read_feed)


def _from_listing(desk: Desk, url: str) -> list[Link]:
    return walk_pages(desk, url, read_listing)


def _from_sitemap(desk: Desk, url: str) -> list[Link]:
    return list(islice(_iter_sitemaps(desk, [More(url)]), desk.source.max_links))


def _iter_sitemaps(desk: Desk, first: list[More]) -> Iterator[Link]:
    """The links of sitemaps and of those that they index, the newest first; each sitemap once."""
    waiting, seen = [(more, 0) for more in first], set[str]()
    while waiting and len(seen) < MAX_SITEMAPS:
        more, depth = waiting.pop(0)
        if more.url in seen:
            continue
        seen.add(more.url)
        listed = _read_sitemap(desk, more, is_first=depth == 0 and len(first) == 1)
        yield from listed.links
        nested = sorted(listed.more, key=_newest_first)
        if nested and depth >= SITEMAP_DEPTH:
            desk.note("sitemap_depth", more.url, f"sitemaps more than {SITEMAP_DEPTH} deep are not looked at")
            continue
        waiting[:0] = [(inner, depth + 1) for inner in nested if not _is_too_old(desk, inner)]
    if waiting:
        desk.note(
            "sitemaps_cut", first[0].url, f"names more than {MAX_SITEMAPS} sitemaps; the others are not looked at"
        )


def _newest_first(more: More) -> float:
    return -more.updated.timestamp() if more.updated else 0.0


def _is_too_old(desk: Desk, more: More) -> bool:
    return bool(desk.wanted.since and more.updated and more.updated.date() < desk.wanted.since)


def _read_sitemap(desk: Desk, more: More, is_first: bool) -> Listed:
    try:
        page = desk.get(more.url, more.updated)
        with PARSING:
            listed = read_sitemap(page, desk.source)
    except (FetchError, DiscoverError) as error:
        if is_first:
            raise
        desk.note(error.code, more.url, f"a sitemap cannot be read ({error})")
        return Listed([], [])
    if listed.is_cut:
        desk.note("listing_cut", more.url, "the sitemap goes on beyond what is read of it, or breaks off")
    return listed


def _from_auto(desk: Desk, url: str) -> list[Link]:
    """By what stands at the address itself, else a feed that it names, else robots.txt's sitemaps, else its links."""
    page = desk.get(url, life=_AUTO_LIFE)
    if looks_like_feed(page):
        return _from_feed(desk, url)
    if looks_like_sitemap(page):
        return _from_sitemap(desk, url)
    for feed in read_feed_links(page):
        try:
            if links := _from_feed(desk, feed):
                return links
        except (FetchError, DiscoverError) as error:
            desk.note(error.code, feed, f"a feed that the newsroom names cannot be read ({error})")
    if sitemaps := desk.fetcher.list_sitemaps(url, desk.source):
        below = [
            link for link in _iter_sitemaps(desk, [More(sitemap) for sitemap in sitemaps]) if _is_below(link, page)
        ]
        if below:
            return below
    return _from_listing(desk, url)


def read_feed_links(page: FetchedPage) -> list[str]:
    """The feeds that a page names in its head; those of comments last."""
    markup = cut_tags(decode(page.body[:_HEAD], page.content_type))[0]
    with PARSING, parsed(markup) as soup:
        return list(_iter_feed_links(soup, page.final_url))


def _iter_feed_links(soup: BeautifulSoup, base: str) -> Iterator[str]:
    named = soup.select("link[rel~=alternate][href]")
    feeds = [tag for tag in named if str(tag.get("type", "")).partition(";")[0].strip().lower() in _FEED_TYPES]
    ranked = sorted(feeds, key=lambda tag: "comment" in f"{tag.get('title', '')} {tag['href']}".lower())
    urls = (read_link_url(str(tag["href"]), base) for tag in ranked)
    yield from dict.fromkeys(url for url in urls if url)


def _is_below(link: Link, page: FetchedPage) -> bool:
    """Whether a link lies below the newsroom's page, whose path may end in a file's name or a language's."""
    folder = urlsplit(page.final_url).path.rpartition("/")[0] + "/"
    return urlsplit(link.url).path.startswith(folder) and link.url != page.final_url


_FINDERS: dict[str, Callable[[Desk, str], list[Link]]] = {
    "auto": _from_auto,
    "feed": _from_feed,
    "listing": _from_listing,
    "sitemap": _from_sitemap,
}
