"""Discovery by what a newsroom's page names: feeds, sitemaps, its own links."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.desk import Desk
from flows.discover import MAX_SITEMAPS, discover_links
from flows.fetch import Fetcher
from schemas.page import utc_now
from schemas.settings import Settings
from tests.desk_work import work
from tests.misbehaving import Newsroom, serve_newsroom

FEED = "<rss version='2.0'><channel><item><link>/news/{}</link></item></channel></rss>"
HEAD = "<link rel='alternate' type='application/rss+xml' title='{}' href='{}'>"


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


def discover(newsroom: Newsroom, **fields: object) -> tuple[list[str], list[str]]:
    """Paths of the links, and codes of the notes."""
    source = newsroom.source("/news/", discover="auto").model_copy(update=fields)
    with Fetcher(Settings(retries=0)) as fetcher:
        desk = Desk(source, fetcher)
        links = discover_links(desk)
    return [link.url.removeprefix(newsroom.url) for link in links], [note.code for note in desk.notes]


def test_the_feed_that_the_page_names(newsroom: Newsroom) -> None:
    """Not the one of comments, though it comes first."""
    newsroom.page(
        "/news/", HEAD.format("Comments", "/comments/feed") + HEAD.format("News", "feed.xml") + "<a href='/x'>"
    )
    newsroom.page("/news/feed.xml", FEED.format(1))
    newsroom.page("/comments/feed", FEED.format(2))
    assert discover(newsroom) == (["/news/1"], [])


def test_a_feed_that_is_broken_is_said_and_passed_over(newsroom: Newsroom) -> None:
    newsroom.page("/news/", HEAD.format("News", "/gone") + "<a href='/news/7'>x</a>")
    assert discover(newsroom) == (["/news/7"], ["http_404"])


def test_the_sitemap_that_robots_txt_names(newsroom: Newsroom) -> None:
    """Only what lies below the newsroom's page."""
    newsroom.page("/news/", "<a href='/about'>x</a>")
    newsroom.page("/robots.txt", f"User-agent: *\nDisallow:\nSitemap: {newsroom.url}/map.xml")
    urls = "".join(f"<url><loc>{newsroom.url}{path}</loc></url>" for path in ("/", "/about", "/news/", "/news/1"))
    newsroom.page("/map.xml", f"<urlset>{urls}</urlset>")
    assert discover(newsroom) == (["/news/1"], [])


def test_what_stands_at_the_address_itself(newsroom: Newsroom) -> None:
    newsroom.page("/news/", FEED.format(1))
    assert discover(newsroom) == (["/news/1"], [])
    newsroom.page("/news/", f"<urlset><url><loc>{newsroom.url}/news/2</loc></url></urlset>")
    assert discover(newsroom) == (["/news/2"], [])


def test_at_last_its_links(newsroom: Newsroom) -> None:
    newsroom.page("/news/", "<a href='/news/7'>x</a>")
    assert discover(newsroom) == (["/news/7"], [])


def test_what_was_found_out_is_remembered(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.page("/news/", HEAD.format("News", "/feed"))
    newsroom.page("/feed", FEED.format(1))
    newsroom.answers["/news/1"] = newsroom.answers[newsroom.release(1)]
    source = newsroom.source("/news/", discover="auto")
    assert work(tmp_path, [source]).saved["new"] == 1
    newsroom.requests.clear()
    work(tmp_path, [source])
    assert [path for _, path in newsroom.requests] == ["/feed"]


LOOPS = [
    "<a href='/news/1'>x</a><a rel='next' href='/news/?page={next}'>",  # further pages without end, all the same
    "<a href='/news/1'>x</a><a rel='next' href='/news/'>",  # round in a circle
]


@pytest.mark.parametrize("body", LOOPS)
def test_further_pages_end(newsroom: Newsroom, body: str) -> None:
    for number in range(1, 20):
        newsroom.page("/news/" if number == 1 else f"/news/?page={number}", body.format(next=number + 1))
    assert discover(newsroom, discover="listing") == (["/news/1"], [])
    assert len(newsroom.requests) <= 2


def test_an_endless_calendar(newsroom: Newsroom) -> None:
    """Each page has something new: the number of pages ends it."""
    for number in range(1, 30):
        path = "/news/" if number == 1 else f"/news/?page={number}"
        newsroom.page(path, f"<a href='/news/{number}0'>x</a><a rel='next' href='/news/?page={number + 1}'>")
    assert len(discover(newsroom, discover="listing", max_pages=4)[0]) == 4
    assert len(newsroom.requests) == 4


def test_pages_by_number_and_by_month(newsroom: Newsroom) -> None:
    newsroom.page("/news/", "<a href='/news/1'>x</a>")
    newsroom.page("/news/p2", "<a href='/news/2'>x</a>")
    newsroom.page("/news/p3", "<a href='/news/3'>x</a>")
    pages = newsroom.url + "/news/p{page}"
    assert discover(newsroom, discover="listing", pages=pages) == (["/news/1", "/news/2", "/news/3"], [])
    today = utc_now().date()
    newsroom.page(f"/{today.year - 1}/{today.month}", "<a href='/news/4'>x</a>")  # months without anything between
    by_month = newsroom.url + "/{year}/{month}"
    assert discover(newsroom, discover="listing", pages=by_month, max_pages=20) == (["/news/1", "/news/4"], [])


def test_sitemaps_without_end(newsroom: Newsroom) -> None:
    names = "".join(f"<sitemap><loc>{newsroom.url}/{n}.xml</loc></sitemap>" for n in range(1000))
    newsroom.page("/news/", f"<sitemapindex>{names}</sitemapindex>")
    newsroom.page("/7.xml", f"<urlset><url><loc>{newsroom.url}/news/1</loc></url></urlset>")
    links, notes = discover(newsroom, discover="sitemap")
    assert (links, set(notes)) == (["/news/1"], {"http_404", "sitemaps_cut"})
    assert len(newsroom.requests) == MAX_SITEMAPS


def test_sitemaps_within_sitemaps(newsroom: Newsroom) -> None:
    for depth in range(10):
        path = "/news/" if depth == 0 else f"/{depth}.xml"
        inner = f"<sitemap><loc>{newsroom.url}/{depth + 1}.xml</loc></sitemap>"
        newsroom.page(path, f"<sitemapindex>{inner}</sitemapindex>")
    newsroom.page("/2.xml", f"<urlset><url><loc>{newsroom.url}/news/1</loc></url></urlset>")
    assert discover(newsroom, discover="sitemap") == (["/news/1"], [])


def test_links_without_end(newsroom: Newsroom) -> None:
    newsroom.page("/news/", "".join(f"<a href='/news/{n}'>x</a>" for n in range(100)))
    links, notes = discover(newsroom, discover="listing", max_links=7)
    assert (len(links), notes) == (7, ["links_cut"])
