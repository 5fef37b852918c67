"""Backfills that were stopped, in every way that walks can be: where they go on, and that nothing is lost."""

import datetime as dt
import os
import signal
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from flows.desk import Desk
from flows.discover import discover_links
from flows.fetch import Fetcher
from schemas.page import utc_now
from schemas.settings import Settings
from schemas.source import Source
from schemas.wanted import Wanted
from store.database import close_store, open_store
from tests.desk_work import work
from tests.misbehaving import Newsroom, answer, serve_newsroom
from tests.test_plan import rows

EACH = 3
"""Links of a page."""
Place = Callable[[int], str]
"""The path of a page, by its number."""


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


def by_parameter(number: int) -> str:
    return "/list" if number == 1 else f"/list?page={number}"


def by_cursor(number: int) -> str:
    return "/list" if number == 1 else f"/list?after=c{number}"


def by_month(number: int) -> str:
    """The archive's first month is this one, and the listing shows its beginning."""
    month = utc_now().date().replace(day=1)
    for _ in range(number - 2):
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return "/list" if number == 1 else f"/{month:%Y/%m}/"


def publish(newsroom: Newsroom, place: Place, total: int) -> None:
    """A listing of so many releases, the newest, which has the highest number, first."""
    numbers = list(range(total, 0, -1))
    pages = [numbers[start : start + EACH] for start in range(0, total, EACH)]
    for number, page in enumerate(pages, 1):
        links = "".join(f'<li><a href="/release/{n}">x</a></li>' for n in page)
        has_next = place is by_cursor and number < len(pages)
        following = f'<a rel="next" href="{place(number + 1)}">older</a>' if has_next else ""
        newsroom.page(place(number), f"<nav><a href='/about'>us</a></nav><ul>{links}</ul>{following}")


def source_of(newsroom: Newsroom, place: Place, **fields: Any) -> Source:
    ways: dict[Place, str] = {by_parameter: "/list?page={page}", by_month: "/{year}/{month:02}/"}
    made = ways.get(place)
    pages = {"pages": newsroom.url + made} if made else {}
    return newsroom.source(**{"link_selector": "li a", **pages, **fields})


def walk(folder: Path, source: Source, **wanted: Any) -> list[str]:
    """Discover as a backfill does; the codes of its notes."""
    settings = Settings(data_dir=folder, retries=0, timeout_seconds=1.0)
    store = open_store(settings.database_url)
    try:
        with Fetcher(settings, store) as fetcher:
            desk = Desk(source, fetcher, store, Wanted(backfill=True, **wanted))
            discover_links(desk)
            desk.conclude()
            return [note.code for note in desk.notes]
    finally:
        close_store(store)


def asked(newsroom: Newsroom) -> list[str]:
    """What was asked for since the last time."""
    paths = [path for _, path in newsroom.requests]
    newsroom.requests.clear()
    return paths


def kept(folder: Path) -> set[int]:
    """The numbers of the releases whose addresses the store has."""
    found = rows(folder, "select url from address where kind = 'release'")
    return {int(url.rpartition("/")[2]) for (url,) in found}


def break_off(newsroom: Newsroom, path: str, status: int = 503) -> Callable[[], None]:
    """Let a page fail; a function that heals it."""
    good = newsroom.answers[path]
    newsroom.page(path, "", status=status)
    return lambda: newsroom.answers.__setitem__(path, good)


def test_a_walk_that_was_killed_goes_on_where_it_was(newsroom: Newsroom, tmp_path: Path) -> None:
    """While it waited for the sixth page; the releases of pages that are not asked for again come too."""
    publish(newsroom, by_parameter, 8 * EACH)
    for number in range(1, 8 * EACH + 1):
        newsroom.release(number)
    good, is_asked, may_end = newsroom.answers["/list?page=6"], threading.Event(), threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        is_asked.set()
        may_end.wait(30)
        handler.close_connection = True

    newsroom.answers["/list?page=6"] = hang
    source = source_of(newsroom, by_parameter)
    process = get_context("forkserver").Process(target=walk, args=(tmp_path, source))
    process.start()
    assert is_asked.wait(60)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join(30)
    may_end.set()
    assert asked(newsroom) == [by_parameter(number) for number in range(1, 7)]
    newsroom.answers["/list?page=6"] = good
    report = work(tmp_path, [source], backfill=True)
    pages = [path for path in asked(newsroom) if path.startswith("/list")]
    assert pages == ["/list", *(by_parameter(number) for number in range(5, 10))]
    assert (report.clean, report.saved["new"]) == (True, 8 * EACH)
    assert rows(tmp_path, "select * from walk") == []


@pytest.mark.parametrize("place", [by_parameter, by_cursor, by_month])
def test_every_way_to_further_pages(newsroom: Newsroom, tmp_path: Path, place: Place) -> None:
    publish(newsroom, place, 7 * EACH)
    heal, source = break_off(newsroom, place(5)), source_of(newsroom, place)
    since = (utc_now() - dt.timedelta(days=400)).date()
    assert walk(tmp_path, source, since=since) == ["http_503"]
    if place is not by_month:  # a month that cannot be had does not hide the others
        assert kept(tmp_path) == set(range(3 * EACH + 1, 7 * EACH + 1))
    heal()
    asked(newsroom)
    assert walk(tmp_path, source, since=since) == ["resumed"]
    assert asked(newsroom)[:4] == [place(1), *map(place, range(4, 7))]
    assert kept(tmp_path) == set(range(1, 7 * EACH + 1))
    walk(tmp_path, source, since=since)
    assert asked(newsroom)[:3] == list(map(place, range(1, 4)))  # it had come to its end: all of it again


NEWER = [
    (1, 2),  # the second page has what the first had
    (EACH, 2),  # the first page is new
    (2 * EACH + 1, 4),
]


@pytest.mark.parametrize(("more", "head"), NEWER)
def test_what_came_in_the_meantime_moves_the_pages(newsroom: Newsroom, tmp_path: Path, more: int, head: int) -> None:
    """First what came, up to a page that has nothing of it, then on from the last page that was walked."""
    publish(newsroom, by_parameter, 9 * EACH)
    heal, source = break_off(newsroom, by_parameter(7)), source_of(newsroom, by_parameter)
    walk(tmp_path, source)
    heal()
    publish(newsroom, by_parameter, 9 * EACH + more)
    asked(newsroom)
    walk(tmp_path, source)
    pages = 9 + -(-more // EACH)
    expected = [*range(1, head + 1), *range(6, pages + 2)]
    assert asked(newsroom) == list(map(by_parameter, expected))
    assert kept(tmp_path) == set(range(1, 9 * EACH + more + 1))


def test_an_ordinary_run_in_between_hides_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    """It looks at two pages of five that are new, so that what stands on the first is known and what follows is not."""
    publish(newsroom, by_parameter, 9 * EACH)
    heal, source = break_off(newsroom, by_parameter(7)), source_of(newsroom, by_parameter, max_pages=2)
    walk(tmp_path, source)
    heal()
    publish(newsroom, by_parameter, 14 * EACH)
    work(tmp_path, [source], limit=1)
    newest = set(range(12 * EACH + 1, 14 * EACH + 1))
    assert newest < kept(tmp_path)
    walk(tmp_path, source)
    assert kept(tmp_path) == set(range(1, 14 * EACH + 1))


def test_what_came_in_the_meantime_cannot_be_had_now(newsroom: Newsroom, tmp_path: Path) -> None:
    """Then the place stays where it was, and what stands between is had later."""
    publish(newsroom, by_parameter, 9 * EACH)
    heal, source = break_off(newsroom, by_parameter(7)), source_of(newsroom, by_parameter)
    walk(tmp_path, source)
    heal()
    publish(newsroom, by_parameter, 12 * EACH)
    heal = break_off(newsroom, by_parameter(2))
    asked(newsroom)
    walk(tmp_path, source)
    assert asked(newsroom) == list(map(by_parameter, (1, 2)))
    heal()
    walk(tmp_path, source)
    assert kept(tmp_path) == set(range(1, 12 * EACH + 1))


def test_releases_that_were_taken_down_move_pages_the_other_way(newsroom: Newsroom, tmp_path: Path) -> None:
    publish(newsroom, by_parameter, 9 * EACH)
    heal, source = break_off(newsroom, by_parameter(7)), source_of(newsroom, by_parameter)
    walk(tmp_path, source)
    heal()
    publish(newsroom, by_parameter, 9 * EACH - 2)  # without the two newest, numbers as before
    walk(tmp_path, source)
    assert kept(tmp_path) == set(range(1, 9 * EACH + 1))


GONE: list[Callable[[Newsroom], None]] = [
    lambda newsroom: newsroom.page("/list?after=c4", "", status=404),
    lambda newsroom: newsroom.page("/list?after=c4", "", status=410),  # a cursor that has expired
    lambda newsroom: newsroom.page("/list?after=c4", "<p>No more news.</p>"),
    # any page that is unknown is the first
    lambda newsroom: newsroom.answers.update(
        {"/list?after=c4": lambda handler: answer(handler, b"", 302, {"Location": "/list"})}
    ),
]


@pytest.mark.parametrize("take_away", GONE)
def test_a_place_that_is_no_more(newsroom: Newsroom, tmp_path: Path, take_away: Callable[[Newsroom], None]) -> None:
    """The walk begins anew, by the cursors that there are now, and can be stopped again."""
    publish(newsroom, by_cursor, 7 * EACH)
    break_off(newsroom, by_cursor(5))
    source = source_of(newsroom, by_cursor)
    walk(tmp_path, source)

    def renamed(number: int) -> str:
        return "/list" if number == 1 else f"/list?after=d{number}"

    for number in range(7, 0, -1):
        links = "".join(f'<li><a href="/release/{n}">x</a></li>' for n in range(number * EACH, (number - 1) * EACH, -1))
        following = f'<a rel="next" href="{renamed(9 - number)}">older</a>' if number > 1 else ""
        newsroom.page(renamed(8 - number), f"<ul>{links}</ul>{following}")
    heal = break_off(newsroom, renamed(6))
    take_away(newsroom)
    assert "resumed" not in walk(tmp_path, source)
    assert kept(tmp_path) == set(range(2 * EACH + 1, 7 * EACH + 1))
    heal()
    asked(newsroom)
    assert walk(tmp_path, source) == ["resumed"]
    assert asked(newsroom) == ["/list", *map(renamed, range(5, 8))]
    assert kept(tmp_path) == set(range(1, 7 * EACH + 1))
    assert rows(tmp_path, "select * from walk") == []


def test_a_place_that_cannot_be_had_now_is_tried_again(newsroom: Newsroom, tmp_path: Path) -> None:
    publish(newsroom, by_parameter, 7 * EACH)
    source = source_of(newsroom, by_parameter)
    heals = [break_off(newsroom, by_parameter(5))]
    walk(tmp_path, source)
    heals.append(break_off(newsroom, by_parameter(4)))
    asked(newsroom)
    walk(tmp_path, source)
    assert asked(newsroom) == ["/list", by_parameter(4)]
    for heal in heals:
        heal()
    walk(tmp_path, source)
    assert asked(newsroom) == ["/list", *map(by_parameter, range(4, 9))]


OTHERS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"since": dt.date(2020, 1, 1)}),  # other days
    ({}, {"until": dt.date(2020, 1, 1)}),
    ({"link_pattern": "/release/"}, {}),  # other links: those that the first walk left out are not kept
    ({"link_selector": "a"}, {}),
    ({"name": "other"}, {}),
]


@pytest.mark.parametrize(("fields", "wanted"), OTHERS)
def test_another_walk_begins_at_the_first_page(
    newsroom: Newsroom, tmp_path: Path, fields: dict[str, Any], wanted: dict[str, Any]
) -> None:
    publish(newsroom, by_parameter, 7 * EACH)
    break_off(newsroom, by_parameter(5))
    walk(tmp_path, source_of(newsroom, by_parameter))
    asked(newsroom)
    walk(tmp_path, source_of(newsroom, by_parameter, **fields), **wanted)
    assert asked(newsroom) == list(map(by_parameter, range(1, 6)))


def test_a_walk_with_more_links_than_a_run_takes_is_in_stages(newsroom: Newsroom, tmp_path: Path) -> None:
    publish(newsroom, by_parameter, 8 * EACH)
    source = source_of(newsroom, by_parameter, max_links=4 * EACH)
    stages = []
    for _ in range(4):
        walk(tmp_path, source)
        stages.append(asked(newsroom))
    assert stages == [list(map(by_parameter, pages)) for pages in ([1, 2, 3, 4], [1, 4, 5, 6], [1, 6, 7, 8], [1, 8, 9])]
    assert rows(tmp_path, "select * from walk") == []
    assert kept(tmp_path) == set(range(1, 8 * EACH + 1))


def test_an_ordinary_run_remembers_no_place(newsroom: Newsroom, tmp_path: Path) -> None:
    publish(newsroom, by_parameter, 3 * EACH)
    break_off(newsroom, by_parameter(3))
    work(tmp_path, [source_of(newsroom, by_parameter)], limit=1)
    assert rows(tmp_path, "select * from walk") == []


def test_a_page_of_which_not_all_links_are_taken_is_no_place(newsroom: Newsroom, tmp_path: Path) -> None:
    publish(newsroom, by_parameter, 3 * EACH)
    assert walk(tmp_path, source_of(newsroom, by_parameter, max_links=EACH - 1)) == ["links_cut"]
    assert rows(tmp_path, "select * from walk") == []
