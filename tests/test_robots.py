"""robots.txt, as a real server gives it."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from flows.fetch import Fetcher
from flows.request import FetchError
from schemas.settings import Settings
from schemas.source import Link
from store.database import close_store, open_store
from tests.misbehaving import Newsroom, answer, fail_first, serve_newsroom

SETTINGS = Settings(retries=0)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        served.page("/news", "well")
        served.page("/drafts/1", "not yet")
        yield served


def ask(newsroom: Newsroom, path: str, **fields: Any) -> bytes:
    with Fetcher(SETTINGS) as fetcher:
        source = newsroom.source(**fields)
        return fetcher.fetch_page(Link(source=source.name, url=newsroom.url + path), source).body


FORBIDDING = [
    "User-agent: *\nDisallow: /drafts/",
    "User-agent: dateline\nDisallow: /drafts/\nUser-agent: *\nDisallow:",  # us by name
    "User-agent: DateLine\nDisallow: /*/1$",  # with wildcards
    "\ufeffUser-agent: *\r\nDisallow: /drafts",  # with a byte order mark
    "User-agent: *\nDisallow: /drafts/\n" + "#" * 2_000_000,  # what comes after half a megabyte is not read
]


@pytest.mark.parametrize("text", FORBIDDING)
def test_what_it_forbids_is_left_alone(newsroom: Newsroom, text: str) -> None:
    newsroom.page("/robots.txt", text, Content_Type="text/plain")
    assert ask(newsroom, "/news") == b"well"
    with pytest.raises(FetchError, match="obey_robots = false") as caught:
        ask(newsroom, "/drafts/1")
    assert caught.value.code == "robots"
    assert newsroom.count("/drafts/1") == 0
    assert ask(newsroom, "/drafts/1", obey_robots=False) == b"not yet"


ALLOWING = [404, 403, 410]


@pytest.mark.parametrize("status", ALLOWING)
def test_one_that_is_not_there_allows_everything(newsroom: Newsroom, status: int) -> None:
    newsroom.page("/robots.txt", "Disallow: /", status=status)
    assert ask(newsroom, "/drafts/1") == b"not yet"


def test_one_that_cannot_be_had_forbids_everything(newsroom: Newsroom) -> None:
    newsroom.page("/robots.txt", "", status=503)
    with pytest.raises(
        FetchError, match=r"/news: its host's robots\.txt cannot be had now \(the server answered 503"
    ) as caught:
        ask(newsroom, "/news")
    assert caught.value.may_pass
    assert newsroom.count("/news") == 0


def test_redirects_are_asked_about_as_well(newsroom: Newsroom) -> None:
    newsroom.page("/robots.txt", "User-agent: *\nDisallow: /drafts/")
    newsroom.answers["/moved"] = lambda handler: answer(handler, b"", 302, {"Location": "/drafts/1"})
    with pytest.raises(FetchError) as caught:
        ask(newsroom, "/moved")
    assert caught.value.code == "robots"
    assert newsroom.count("/drafts/1") == 0


def test_it_is_asked_for_once_and_kept(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.page("/robots.txt", "User-agent: *\nDisallow: /drafts/")
    source = newsroom.source()
    for _ in range(2):
        store = open_store(f"sqlite:///{tmp_path}/store.sqlite")
        with Fetcher(SETTINGS, store) as fetcher:
            for _ in range(3):
                fetcher.fetch_page(Link(source="test", url=newsroom.url + "/news"), source)
        close_store(store)
    assert (newsroom.count("/robots.txt"), newsroom.count("/news")) == (1, 6)


def test_its_delay_is_kept(newsroom: Newsroom) -> None:
    newsroom.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.3")
    with Fetcher(SETTINGS) as fetcher:
        for _ in range(3):
            fetcher.fetch_page(Link(source="test", url=newsroom.url + "/news"), newsroom.source())
    first, second, third = (moment for moment, path in newsroom.requests if path == "/news")
    assert second - first >= 0.29
    assert third - second >= 0.29


def test_who_asks_says_who_it_is(newsroom: Newsroom) -> None:
    agents: list[str] = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        agents.append(handler.headers["User-Agent"])
        answer(handler, b"")

    newsroom.answers["/robots.txt"] = newsroom.answers["/news"] = respond
    with Fetcher(Settings(contact="press@desk.example")) as fetcher:
        fetcher.fetch_page(Link(source="test", url=newsroom.url + "/news"), newsroom.source())
    assert len(agents) == 2
    assert all(agent.startswith("dateline/") and "press@desk.example" in agent for agent in agents)


def test_a_server_that_asks_to_be_left_alone_is(newsroom: Newsroom) -> None:
    """Retry-After holds for the whole host."""
    newsroom.answers["/news"] = fail_first(1, b"well", 429, Retry_After="3600")
    with Fetcher(SETTINGS) as fetcher:
        for path, code in (("/news", "http_429"), ("/news", "resting"), ("/drafts/1", "resting")):
            with pytest.raises(FetchError) as caught:
                fetcher.fetch_page(Link(source="test", url=newsroom.url + path), newsroom.source())
            assert caught.value.code == code
    assert len(newsroom.requests) == 1
