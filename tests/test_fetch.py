"""Fetching from a real server that misbehaves."""

import itertools
import threading
from collections.abc import Iterator

import pytest

from flows.fetch import Fetcher, FetchError
from schemas.page import FetchedPage
from schemas.settings import Settings
from schemas.source import Link
from tests import misbehaving
from tests.misbehaving import Newsroom, fail_first, serve_newsroom

SETTINGS = Settings(timeout_seconds=1.0, max_bytes=200_000, retries=2)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


def fetch(url: str, settings: Settings = SETTINGS) -> FetchedPage:
    with Fetcher(settings) as fetcher:
        return fetcher.fetch_page(Link(source="test", url=url), 0)


def test_a_page_as_the_server_gave_it(newsroom: Newsroom) -> None:
    newsroom.page("/old", b"", status=301, Location="/new")
    newsroom.page("/new", "<p>Olá</p>".encode("latin-1"), Content_Type="text/html; charset=iso-8859-1")
    page = fetch(newsroom.url + "/old")
    assert page.body == "<p>Olá</p>".encode("latin-1")  # bytes, not decoded
    assert (page.status, page.link.url, page.final_url) == (200, newsroom.url + "/old", newsroom.url + "/new")
    assert page.content_type == "text/html; charset=iso-8859-1"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_may_pass_is_tried_again(newsroom: Newsroom, status: int) -> None:
    newsroom.answers["/"] = fail_first(2, b"well", status, Retry_After="0")
    assert fetch(newsroom.url + "/").body == b"well"
    assert newsroom.count("/") == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_what_will_not_pass_is_asked_once(newsroom: Newsroom, status: int) -> None:
    newsroom.page("/", "no", status=status)
    with pytest.raises(FetchError, match=str(status)) as caught:
        fetch(newsroom.url + "/")
    assert caught.value.code == f"http_{status}"
    assert newsroom.count("/") == 1


def test_retry_after_is_waited_for(newsroom: Newsroom) -> None:
    newsroom.answers["/"] = fail_first(1, b"well", 503, Retry_After="1")
    fetch(newsroom.url + "/")
    (first, _), (second, _) = newsroom.requests
    assert second - first >= 0.95


def test_a_long_retry_after_is_left_to_the_next_run(newsroom: Newsroom) -> None:
    newsroom.page("/", "no", status=429, Retry_After="3600")
    with pytest.raises(FetchError):
        fetch(newsroom.url + "/")
    assert newsroom.count("/") == 1


DISEASES = [
    (misbehaving.drip, "timeout"),  # each read is quick, the whole never ends
    (misbehaving.bomb, "too_large"),  # small on the wire, large unpacked
    (misbehaving.cut, "connection"),  # truncated bodies are not taken for whole ones
    (lambda handler: misbehaving.answer(handler, bytes(300_000)), "too_large"),
    (lambda handler: misbehaving.answer(handler, b"", 302, {"Location": "/sick"}), "redirects"),  # a loop
    (lambda handler: misbehaving.answer(handler, b"", 302, {"Location": "file:///etc/passwd"}), "bad_url"),
    (lambda handler: misbehaving.answer(handler, b"no gzip", headers={"Content-Encoding": "gzip"}), "bad_encoding"),
]


@pytest.mark.parametrize(("disease", "code"), DISEASES)
def test_each_disease_has_its_name(newsroom: Newsroom, disease: object, code: str) -> None:
    newsroom.answers["/sick"] = disease  # type: ignore[assignment]
    with pytest.raises(FetchError) as caught:
        fetch(newsroom.url + "/sick", Settings(timeout_seconds=1.0, max_bytes=200_000, retries=0))
    assert caught.value.code == code
    assert newsroom.url in str(caught.value)


def test_nobody_listens() -> None:
    with pytest.raises(FetchError) as caught:
        fetch("http://127.0.0.1:9/", Settings(retries=0))
    assert caught.value.code == "connection"


def test_one_host_one_request_at_a_time_with_a_pause(newsroom: Newsroom) -> None:
    newsroom.page("/", "well")
    with Fetcher(SETTINGS) as fetcher:
        link = Link(source="test", url=newsroom.url + "/")
        threads = [threading.Thread(target=fetcher.fetch_page, args=(link, 0.2)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times = [moment for moment, _ in newsroom.requests]
    assert len(times) == 4
    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(times))
