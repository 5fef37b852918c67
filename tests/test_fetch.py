"""Fetching from a real server that misbehaves."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from flows.fetch import Fetcher
from flows.request import FetchError
from schemas.page import FetchedPage
from schemas.settings import Settings
from schemas.source import Link, Source
from tests import misbehaving
from tests.misbehaving import Newsroom, fail_first, serve_newsroom

Respond = Callable[[BaseHTTPRequestHandler], None]
SETTINGS = Settings(timeout_seconds=1.0, max_bytes=200_000, retries=2)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


def fetch(url: str, settings: Settings = SETTINGS, **fields: object) -> FetchedPage:
    given = {"name": "test", "url": url, "discover": "feed", "delay_seconds": 0, "allow_hosts": ["127.0.0.1"]}
    with Fetcher(settings) as fetcher:
        return fetcher.fetch_page(Link(source="test", url=url), Source.model_validate(given | fields))


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


def redirect(to: str, status: int = 302, **headers: str) -> Respond:
    return lambda handler: misbehaving.answer(handler, b"", status, {"Location": to, **headers})


DISEASES = [
    (misbehaving.bomb, "too_large"),
    (redirect("/sick"), "redirects"),  # a loop
    (redirect("file:///etc/passwd"), "bad_url"),
    (redirect("http://169.254.169.254/latest/meta-data/"), "private_address"),
    (redirect("http://localhost/"), "private_address"),  # allowed is what the source names, by that name
    (lambda handler: misbehaving.answer(handler, b"<meta http-equiv=refresh content='0;url=http://10.0.0.1/'>"),
     "private_address"),  # a redirect within the page is checked as well
]  # fmt: skip


@pytest.mark.parametrize(("disease", "code"), DISEASES)
def test_each_disease_has_its_name(newsroom: Newsroom, disease: Respond, code: str) -> None:
    newsroom.answers["/sick"] = disease
    with pytest.raises(FetchError) as caught:
        fetch(newsroom.url + "/sick", Settings(timeout_seconds=1.0, max_bytes=200_000, retries=0))
    assert caught.value.code == code
    assert newsroom.url in str(caught.value)


def test_a_way_without_end(newsroom: Newsroom) -> None:
    for number in range(30):
        newsroom.answers[f"/{number}"] = redirect(f"/{number + 1}")
    with pytest.raises(FetchError, match="more than 10 redirects") as caught:
        fetch(newsroom.url + "/0")
    assert (caught.value.code, len(newsroom.requests)) == ("redirects", 11)


PERMANENT = [
    ([301], "/1"),
    ([308, 301], "/2"),
    ([302], None),
    ([301, 302], "/1"),  # for good as far as that
    ([302, 301], None),  # for good, but of a place that is not for good
]


@pytest.mark.parametrize(("statuses", "moved_to"), PERMANENT)
def test_redirects_for_good_are_known(newsroom: Newsroom, statuses: list[int], moved_to: str | None) -> None:
    for number, status in enumerate(statuses):
        newsroom.answers[f"/{number}"] = redirect(f"/{number + 1}", status)
    newsroom.page(f"/{len(statuses)}", "well")
    page = fetch(newsroom.url + "/0")
    assert page.final_url == f"{newsroom.url}/{len(statuses)}"
    assert page.moved_to == (newsroom.url + moved_to if moved_to else None)


def test_a_refresh_within_a_page_is_followed(newsroom: Newsroom) -> None:
    newsroom.page("/old", '<meta http-equiv="refresh" content="0; url=/new">')
    newsroom.page("/new", "well")
    assert fetch(newsroom.url + "/old").body == b"well"


def test_a_cookie_that_is_asked_for_is_brought(newsroom: Newsroom) -> None:
    """Some servers send one back to the same address until the cookie comes."""
    newsroom.answers["/"] = lambda handler: (
        misbehaving.answer(handler, b"well")
        if "seen=1" in (handler.headers.get("Cookie") or "")
        else redirect("/", Set_Cookie="seen=1")(handler)
    )
    assert fetch(newsroom.url + "/").body == b"well"


def test_seconds_are_counted_over_all_hops(newsroom: Newsroom) -> None:
    def slow(number: int) -> Respond:
        def respond(handler: BaseHTTPRequestHandler) -> None:
            time.sleep(0.4)
            redirect(f"/{number + 1}")(handler)

        return respond

    for number in range(9):
        newsroom.answers[f"/{number}"] = slow(number)
    with pytest.raises(FetchError) as caught:
        fetch(newsroom.url + "/0", Settings(timeout_seconds=1.0, retries=0))
    assert (caught.value.code, len(newsroom.requests)) == ("timeout", 3)


def test_nobody_listens() -> None:
    with pytest.raises(FetchError) as caught:
        fetch("http://127.0.0.1:9/", Settings(retries=0))
    assert caught.value.code == "connection"


def test_one_host_one_request_at_a_time_with_a_pause(newsroom: Newsroom) -> None:
    newsroom.page("/", "well")
    with Fetcher(SETTINGS) as fetcher:
        link = Link(source="test", url=newsroom.url + "/")
        threads = [
            threading.Thread(target=fetcher.fetch_page, args=(link, newsroom.source(delay_seconds=0.2)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times = [moment for moment, _ in newsroom.requests]
    assert len(times) == 4
    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(times))
