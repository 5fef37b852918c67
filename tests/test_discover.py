"""Discovering links in feeds, sitemaps and listings that a real server gives."""

import datetime as dt
import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from flows.desk import Desk
from flows.discover import discover_links
from flows.fetch import Fetcher
from flows.listed import DiscoverError
from schemas.settings import Settings
from schemas.source import Link
from tests.misbehaving import Newsroom, serve_newsroom

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Second</title><link>{url}/2?a=1&amp;b=2#top</link><pubDate>Fri, 11 Apr 2025 23:30:00 -0500</pubDate></item>
<item><title>First</title><link>/1</link></item><item><title>No link</title></item>
<item><title>Second again</title><link>{url}/2?a=1&amp;b=2</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><title>One</title>
<link rel="alternate" href="{url}/1"/><updated>2025-04-11T09:00:00Z</updated></entry></feed>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{url}/1</loc><news:news>
<news:publication_date>2025-04-11</news:publication_date></news:news></url><url><loc> {url}/2 </loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{url}/a.xml.gz</loc></sitemap>
<sitemap><loc>{url}/index.xml</loc></sitemap></sitemapindex>"""
ENTITIES = (
    """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>"""
)
LISTING = """<nav><a href="/about">About</a></nav><ul class="news"><li><a href="/1">One</a></li>
<li><a href="{url}/2#x">Two</a></li><li><a href="https://elsewhere.example/3">Three</a></li>
<li><a href="mailto:x@y.example">M</a></li></ul>"""


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


def discover(newsroom: Newsroom, kind: str, **settings: Any) -> list[Link]:
    with Fetcher(Settings(retries=0)) as fetcher:
        return discover_links(Desk(newsroom.source(discover=kind, **settings), fetcher))


def paths(newsroom: Newsroom, links: list[Link]) -> list[str]:
    return [link.url.removeprefix(newsroom.url) for link in links]


def test_rss(newsroom: Newsroom) -> None:
    newsroom.page("/list", RSS.format(url=newsroom.url), Content_Type="application/rss+xml")
    links = discover(newsroom, "feed")
    assert paths(newsroom, links) == ["/2?a=1&b=2", "/1"]  # relative ones joined, fragments cut, each once
    assert links[0].published == dt.date(2025, 4, 11)  # the day where the newsroom is, not in UTC


def test_atom(newsroom: Newsroom) -> None:
    newsroom.page("/list", ATOM.format(url=newsroom.url))
    (link,) = discover(newsroom, "feed")
    assert (link.title, link.published) == ("One", dt.date(2025, 4, 11))


def test_sitemap(newsroom: Newsroom) -> None:
    newsroom.page("/list", SITEMAP.format(url=newsroom.url))
    links = discover(newsroom, "sitemap")
    assert paths(newsroom, links) == ["/1", "/2"]
    assert [link.published for link in links] == [dt.date(2025, 4, 11), None]


def test_sitemap_index_gzipped_and_looping(newsroom: Newsroom) -> None:
    newsroom.page("/list", INDEX.format(url=newsroom.url))
    newsroom.page("/index.xml", INDEX.format(url=newsroom.url))
    newsroom.page("/a.xml.gz", gzip.compress(SITEMAP.format(url=newsroom.url).encode()))
    assert paths(newsroom, discover(newsroom, "sitemap")) == ["/1", "/2"]
    assert newsroom.count("/index.xml") <= 3  # the index that lists itself ends


def test_listing(newsroom: Newsroom) -> None:
    newsroom.page("/list", LISTING.format(url=newsroom.url))
    assert paths(newsroom, discover(newsroom, "listing")) == ["/about", "/1", "/2"]  # own host, no mail addresses
    assert paths(newsroom, discover(newsroom, "listing", link_selector="ul.news a")) == ["/1", "/2"]
    chosen = discover(newsroom, "listing", link_selector="ul.news a", link_pattern=r"/\d$")
    assert "https://elsewhere.example/3" in [link.url for link in chosen]  # a pattern vouches for other hosts
    assert len(discover(newsroom, "listing", max_links=1)) == 1


NOT_LISTS = [
    ("feed", "<html><p>moved</p></html>", "not an RSS, Atom or JSON feed"),
    ("sitemap", "<html><p>moved", "not a sitemap"),
    ("sitemap", ENTITIES, "defines XML entities"),
    ("feed", ENTITIES.replace("urlset", "rss"), "defines XML entities"),
    ("listing", "<p>no links here</p>", "no links"),
]


@pytest.mark.parametrize(("kind", "body", "complaint"), NOT_LISTS)
def test_not_what_it_should_be(newsroom: Newsroom, kind: str, body: str, complaint: str) -> None:
    newsroom.page("/list", body)
    with pytest.raises(DiscoverError, match=complaint):
        discover(newsroom, kind)
