"""Runs one after another: what a second run asks for, what changed, what vanished, what was left over."""

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from schemas.page import utc_now
from tests.desk_work import work
from tests.misbehaving import PAGE, Newsroom, answer, fail_first, serve_newsroom

ITEM = "<item><title>Harbour wall, part {0}</title><link>/release/{0}</link>{1}</item>"


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


def versioned(body: str | bytes, content_type: str = "text/html") -> Any:
    """Answers 304 to who has the current version."""
    data = body.encode() if isinstance(body, str) else body
    tag = f'"{hashlib.sha256(data).hexdigest()}"'

    def respond(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == tag
        answer(handler, b"" if known else data, 304 if known else 200, {"ETag": tag, "Content-Type": content_type})

    return respond


def feed(newsroom: Newsroom, numbers: range, said: str = "") -> None:
    items = "".join(ITEM.format(newsroom.release(number).rpartition("/")[2], said) for number in numbers)
    newsroom.answers["/list"] = versioned(f"<rss version='2.0'><channel>{items}</channel></rss>", "text/xml")


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "dateline.sqlite") as database:
        return database.execute(sql).fetchall()


def asked(newsroom: Newsroom) -> list[str]:
    """What was asked for since the last time."""
    paths = [path for _, path in newsroom.requests]
    newsroom.requests.clear()
    return paths


def test_a_second_run_over_an_unchanged_source_costs_one_request(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(5))
    source = newsroom.source(discover="feed")
    assert work(tmp_path, [source]).saved["new"] == 5
    assert sorted(asked(newsroom)) == sorted(["/list", *(f"/release/{n}" for n in range(5))])
    second = work(tmp_path, [source])
    assert asked(newsroom) == ["/list"]
    assert second.clean
    assert second.counts["test"] | {"links": 5, "known": 5} == second.counts["test"]
    feed(newsroom, range(6))
    assert work(tmp_path, [source]).saved["new"] == 1
    assert asked(newsroom) == ["/list", "/release/5"]


def test_an_unchanged_listing_is_read_as_the_changed_one_was(newsroom: Newsroom, tmp_path: Path) -> None:
    """Its header alone says in which characters it is written."""
    paths = [newsroom.release(number) for number in range(12)]
    body = "".join(f"<a href='{path}'>стена</a>" for path in paths).encode("koi8-r")
    newsroom.answers["/list"] = versioned(body, "text/html; charset=koi8-r")
    for _ in range(2):
        work(tmp_path, [newsroom.source()], limit=4)
    assert rows(tmp_path, "select distinct title from address where kind = 'release'") == [("стена",)]


def test_what_a_limit_left_is_had_later_though_nothing_lists_it_any_more(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(5))
    source = newsroom.source(discover="feed")
    assert work(tmp_path, [source], limit=2).saved["new"] == 2
    feed(newsroom, range(5, 7))  # the feed has moved on
    assert work(tmp_path, [source]).saved["new"] == 5
    assert rows(tmp_path, "select count(*) from release") == [(7,)]


def test_what_waits_is_had_while_the_listing_is_down(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(3))
    source = newsroom.source(discover="feed")
    work(tmp_path, [source], limit=1)
    newsroom.page("/list", "", status=503)
    report = work(tmp_path, [source])
    assert (report.saved["new"], [problem.code for problem in report.problems]) == (2, ["http_503"])


def test_a_server_that_heals(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(2))
    newsroom.answers["/release/1"] = fail_first(1, PAGE.format(title="Healed", digit=1).encode(), 500)
    source = newsroom.source(discover="feed")
    first = work(tmp_path, [source])
    assert (first.saved["new"], [problem.code for problem in first.problems]) == (1, ["http_500"])
    asked(newsroom)
    second = work(tmp_path, [source])
    assert (second.saved["new"], second.clean, asked(newsroom)) == (1, True, ["/list", "/release/1"])
    assert rows(tmp_path, "select * from quarantine") == []


def test_a_host_that_asks_to_be_left_alone_is_by_later_runs_too(newsroom: Newsroom, tmp_path: Path) -> None:
    """What was not asked for has not failed."""
    feed(newsroom, range(4))
    newsroom.page("/release/0", "", status=429, Retry_After="3600")
    source = newsroom.source(discover="feed")
    first = work(tmp_path, [source], {"connections": 1})
    assert ([problem.code for problem in first.problems], first.counts["test"]["resting"]) == (["http_429"], 3)
    assert [(note.code, "3 releases are left" in note.message) for note in first.notes] == [("resting", True)]
    assert asked(newsroom) == ["/list", "/release/0"]
    second = work(tmp_path, [source])
    assert (second.clean, [note.code for note in second.notes], asked(newsroom)) == (True, ["resting"], [])
    assert rows(tmp_path, "select failures, code from address where url like '%/release/3'") == [(0, None)]


def test_what_will_not_pass_is_left_alone_for_ever_longer(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(1))
    newsroom.page("/release/0", "", status=404)
    source = newsroom.source(discover="feed")
    for _ in range(4):
        work(tmp_path, [source])
    assert newsroom.count("/release/0") == 2
    due = dt.datetime.fromisoformat(rows(tmp_path, "select next_due from address where kind = 'release'")[0][0])
    assert due.replace(tzinfo=dt.UTC) > utc_now() + dt.timedelta(hours=3)


def test_a_changed_page_is_a_new_version(newsroom: Newsroom, tmp_path: Path) -> None:
    said = "<pubDate>Fri, 11 Apr 2025 09:00:00 +0000</pubDate>"
    later = "<updated xmlns='http://www.w3.org/2005/Atom'>2099-01-01T00:00:00Z</updated>"
    feed(newsroom, range(3), said)
    source = newsroom.source(discover="feed")
    work(tmp_path, [source])
    feed(newsroom, range(3), said + later)
    changed = PAGE.format(title="Harbour wall, part 1", digit=1).replace("2.5 million", "3.5 million")
    newsroom.answers["/release/1"] = versioned(changed)
    asked(newsroom)
    report = work(tmp_path, [source])
    assert report.saved == {"new": 0, "changed": 1, "unchanged": 2}
    assert rows(tmp_path, "select count(*) from release_version") == [(4,)]


def test_a_listing_that_always_says_that_everything_changed_is_not_believed(newsroom: Newsroom, tmp_path: Path) -> None:
    entry = "<url><loc>{0}{1}</loc><lastmod>2099-01-0{2}</lastmod></url>"
    source = newsroom.source(discover="sitemap")
    for day in (1, 2):
        urls = "".join(entry.format(newsroom.url, newsroom.release(n), day) for n in range(12))
        newsroom.page("/list", f"<urlset>{urls}</urlset>")
        work(tmp_path, [source])
    assert newsroom.count("/release/3") == 1


def test_a_vanished_page_is_marked_and_not_deleted(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(3))
    source = newsroom.source(discover="feed")
    work(tmp_path, [source])
    newsroom.page("/release/1", "", status=410)
    report = work(tmp_path, [source], recheck=True)
    assert (report.clean, report.counts["test"]["gone"]) == (True, 1)
    assert rows(tmp_path, "select count(*) from release") == [(3,)]
    gone = "select url from release where gone_since is not null"
    assert rows(tmp_path, gone) == [(newsroom.url + "/release/1",)]
    newsroom.release(1)
    work(tmp_path, [source], recheck=True)
    assert rows(tmp_path, gone) == []  # it came back


def test_a_page_that_says_it_was_not_found_has_vanished_though_its_status_is_200(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    feed(newsroom, range(2))
    source = newsroom.source(discover="feed")
    work(tmp_path, [source])
    newsroom.page("/release/1", "<title>Page not found</title><h1>Page not found</h1><p>Sorry, it is not here.</p>")
    report = work(tmp_path, [source], recheck=True)
    assert (report.clean, report.counts["test"]["gone"]) == (True, 1)
    gone = "select url, text_sha256 is not null from release where gone_since is not null"
    assert rows(tmp_path, gone) == [(newsroom.url + "/release/1", 1)]


def test_checking_again_costs_no_bodies(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(3))
    statuses: list[bool] = []
    page = versioned(PAGE.format(title="Harbour wall, part 1", digit=1))

    def respond(handler: BaseHTTPRequestHandler) -> None:
        statuses.append("If-None-Match" in handler.headers)
        page(handler)

    newsroom.answers["/release/1"] = respond
    source = newsroom.source(discover="feed")
    work(tmp_path, [source])
    report = work(tmp_path, [source], recheck=True)
    assert statuses == [False, True]
    assert (report.counts["test"]["unchanged"], report.saved["unchanged"]) == (1, 3)


def test_a_source_that_moved_for_good(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(1))
    newsroom.answers["/new"] = newsroom.answers["/list"]
    newsroom.answers["/list"] = lambda handler: answer(handler, b"", 301, {"Location": "/new"})
    source = newsroom.source(discover="feed")
    first = work(tmp_path, [source])
    assert [(note.code, "write that as `url`" in note.message) for note in first.notes] == [("moved", True)]
    asked(newsroom)
    second = work(tmp_path, [source])
    assert asked(newsroom) == ["/new"]  # remembered, and unchanged
    assert (second.clean, [note.code for note in second.notes]) == (True, ["moved"])
    feed(newsroom, range(2))
    newsroom.page("/new", "", status=404)  # and moved back
    assert work(tmp_path, [source]).saved["new"] == 1


def test_only_what_is_due(newsroom: Newsroom, tmp_path: Path) -> None:
    feed(newsroom, range(2))
    source = newsroom.source(discover="feed")
    work(tmp_path, [source], only_due=True)
    asked(newsroom)
    report = work(tmp_path, [source], only_due=True)
    assert (asked(newsroom), report.counts) == ([], {"test": {"resting": 1}})
    ((due,),) = rows(tmp_path, "select next_due from address where kind = 'listing'")
    wait = dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC) - utc_now()
    assert dt.timedelta(hours=23) < wait <= dt.timedelta(days=1)  # published in 2025: nothing of late


def test_how_long_a_feed_says_that_it_stays_is_kept(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.release(1)
    body = f"<rss version='2.0'><channel><ttl>4320</ttl>{ITEM.format(1, '')}</channel></rss>"
    newsroom.page("/list", body, Cache_Control="max-age=60")
    work(tmp_path, [newsroom.source(discover="feed")])
    ((due,),) = rows(tmp_path, "select next_due from address where kind = 'listing'")
    assert dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC) - utc_now() > dt.timedelta(hours=71)


def paged(newsroom: Newsroom, pages: int, each: int = 4, first: int = 0) -> None:
    """A listing of so many pages, the newest release on the first."""
    for page in range(1, pages + 1):
        numbers = range(first + (page - 1) * each, first + page * each)
        links = "".join(f'<li><a href="{newsroom.release(n)}">x</a></li>' for n in numbers)
        following = f'<a rel="next" href="/list?page={page + 1}">older</a>' if page < pages else ""
        newsroom.page("/list" if page == 1 else f"/list?page={page}", f"<ul>{links}</ul>{following}")


LIST = {"link_selector": "li a"}


def test_further_pages_as_long_as_there_is_news(newsroom: Newsroom, tmp_path: Path) -> None:
    paged(newsroom, 5)
    source = newsroom.source(max_pages=3, **LIST)
    assert work(tmp_path, [source]).saved["new"] == 12
    asked(newsroom)
    work(tmp_path, [source])
    assert asked(newsroom) == ["/list"]  # nothing new on the first, so nobody looks at the second
    report = work(tmp_path, [source], backfill=True)
    assert (report.saved["new"], report.counts["test"]["links"]) == (8, 20)


def test_a_listing_that_was_not_read_to_its_end_is_read_on(newsroom: Newsroom, tmp_path: Path) -> None:
    """What stands on its first page is known by then, which is no sign that the rest is."""
    paged(newsroom, 3)
    good = newsroom.answers["/list?page=2"]
    newsroom.page("/list?page=2", "", status=503)
    source = newsroom.source(**LIST)
    first = work(tmp_path, [source])
    assert (first.saved["new"], [note.code for note in first.notes]) == (4, ["http_503"])
    newsroom.answers["/list?page=2"] = good
    assert work(tmp_path, [source]).saved["new"] == 8


def test_backfill_until_a_day(newsroom: Newsroom, tmp_path: Path) -> None:
    """A sitemap that ended before the range is not asked for; nor are releases that are dated outside it."""
    maps = "".join(
        f"<sitemap><loc>{newsroom.url}/{year}.xml</loc><lastmod>{year}-12-31</lastmod></sitemap>"
        for year in range(2020, 2026)
    )
    newsroom.page("/list", f"<sitemapindex>{maps}</sitemapindex>")
    for year in range(2020, 2026):
        news = f"<news xmlns='news'><publication_date>{year}-05-01</publication_date></news>"
        path = newsroom.release(year)
        newsroom.page(f"/{year}.xml", f"<urlset><url><loc>{newsroom.url}{path}</loc>{news}</url></urlset>")
    wanted: dict[str, Any] = {"since": dt.date(2022, 1, 1), "until": dt.date(2023, 12, 31), "backfill": True}
    report = work(tmp_path, [newsroom.source(discover="sitemap")], **wanted)
    paths = set(asked(newsroom))
    assert paths == {"/list", "/2022.xml", "/2023.xml", "/2024.xml", "/2025.xml", "/release/2022", "/release/2023"}
    assert report.counts["test"]["older"] == 4  # two by the sitemap, two by their own pages, which say 2025
    again = work(tmp_path, [newsroom.source(discover="sitemap")])  # those that were not wanted still can be had
    assert again.saved["new"] == 6


def test_a_sitemap_that_its_index_says_is_unchanged_is_not_asked_for(newsroom: Newsroom, tmp_path: Path) -> None:
    index = (
        "<sitemap><loc>{0}/a.xml</loc><lastmod>2025-01-0{1}</lastmod></sitemap><sitemap><loc>{0}/b.xml</loc></sitemap>"
    )
    newsroom.page("/list", f"<sitemapindex>{index.format(newsroom.url, 1)}</sitemapindex>")
    for name in "ab":
        loc = f"{newsroom.url}{newsroom.release(ord(name))}"
        newsroom.answers[f"/{name}.xml"] = versioned(f"<urlset><url><loc>{loc}</loc></url></urlset>")
    source = newsroom.source(discover="sitemap")
    work(tmp_path, [source])
    asked(newsroom)
    work(tmp_path, [source])
    assert asked(newsroom) == ["/list", "/b.xml"]
    newsroom.page("/list", f"<sitemapindex>{index.format(newsroom.url, 2)}</sitemapindex>")
    report = work(tmp_path, [source])
    assert sorted(asked(newsroom)) == ["/a.xml", "/b.xml", "/list"]
    assert report.counts["test"]["known"] == 2


def test_sessions_in_addresses_make_no_new_releases(newsroom: Newsroom, tmp_path: Path) -> None:
    for number in (1, 2):
        newsroom.release(7)
        newsroom.page("/list", f'<a href="/release/7;jsessionid=A{number}?PHPSESSID={number}f3a">x</a>')
        work(tmp_path, [newsroom.source()])
    assert newsroom.count("/release/7") == 1
