"""The API that only reads: filters, pages, marks; on both databases."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from review.app import build_app
from review.records import FILTERS
from review.setup import Setup
from schemas.review import Correct
from store.database import Store
from store.models import Item
from store.views import VIEWS
from tests.reviewing import start

BAD = [
    "after=", "after=odd", "after=WzFd", "after=WyJhIl0", "after=WyJcdTAwMDAiLCJhIl0", f"after={'a' * 2001}",
    "since=May", "limit=0", "limit=1001", "limit=x", "min_value=nan", "min_value=inf", "odd=1", "counts=maybe",
]  # fmt: skip


@pytest.fixture
def client(store: Store, make_item: Callable[..., Item]) -> TestClient:
    """A program that asks; five releases, a value of one of which was corrected."""
    for number in range(5):
        day = dt.date(2026, 5, 1 + number)
        ana = start(store, make_item(str(number), release={"published": day}))
    ana.do(Correct(target=ana.target("Ana Reis"), changes={"title": "director"}))
    app = build_app(Setup(store=store, secret="s" * 30, reviewer="ana"))
    return TestClient(app, base_url="http://127.0.0.1:8470")


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_view_is_there_with_its_columns(client: TestClient) -> None:
    assert FILTERS.keys() == VIEWS.keys()
    for view in VIEWS.values():
        page = get(client, f"/api/v1/{view.name}?limit=1")
        assert list(page["items"][0]) == [column.name for column in view.columns]


def test_pages_have_every_row_once(client: TestClient) -> None:
    for name, rows in (("dates", 10), ("checks", 10), ("mentions", 15), ("releases", 5)):
        path, found = f"/api/v1/{name}?limit=2&source=norvik", list[str]()
        while path:
            answer = client.get(path)
            page = answer.json()
            found += map(str, page["items"])
            assert answer.headers.get("link") == (page["next"] and f'<{page["next"]}>; rel="next"')
            path = page["next"]
        assert len(found) == len(set(found)) == rows, name


FILTERED = [
    ("payments?currency=EUR&min_value=1000000&counts=true", 5),
    ("payments?min_value=3000000", 0),
    ("payments?payer=Norvik%20Foundation&max_value=2500000", 5),
    ("payments?payer=%27%20OR%201=1--", 0),
    ("payments?since=2026-05-02&until=2026-05-03", 2),
    ("people?name=Ana%20Reis&in_news=true", 5),
    ("organisations?kind=company", 0),
    ("releases?review_status=started", 1),
    ("releases?source=nobody", 0),
    ("events?is_past=false", 5),
]


def test_filters(client: TestClient) -> None:
    for query, rows in FILTERED:
        assert len(get(client, f"/api/v1/{query}")["items"]) == rows, query
    paid = get(client, "/api/v1/payments")["items"][0]
    assert (paid["value"], paid["value_exact"], paid["counts"]) == (2500000.0, "2500000", True)


def test_what_cannot_be_asked(client: TestClient) -> None:
    for query in BAD:
        answer = client.get(f"/api/v1/payments?{query}")
        assert (answer.status_code, bool(answer.json()["error"])) == (422, True), query


def test_one_record(client: TestClient) -> None:
    started = get(client, "/api/v1/releases?review_status=started")["items"][0]["release_id"]
    for query, title in (("", "head"), ("?reviewed=true", "director")):
        assert get(client, f"/api/v1/records/{started}{query}")["people"][0]["title"] == title
    assert get(client, f"/api/v1/releases/{started}")["review_status"] == "started"
    for path in ("records", "releases"):
        assert client.get(f"/api/v1/{path}/{started[:6]}").status_code == 404


def test_what_has_not_changed_is_not_sent_again(
    client: TestClient, store: Store, make_item: Callable[..., Item]
) -> None:
    path = "/api/v1/releases?limit=9"
    etag = client.get(path).headers["etag"]
    for mark, status in ((etag, 304), (f'"x", W/{etag}', 304), ("*", 304), ('"x"', 200)):
        answer = client.get(path, headers={"If-None-Match": mark})
        assert (answer.status_code, answer.headers["etag"], bool(answer.content)) == (status, etag, status == 200)
    start(store, make_item("5", release={"source": "norvik"}, record={"commitments": ()}))
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_nobody_reads_without_a_name(store: Store, tmp_path: Path) -> None:
    app = build_app(Setup(store=store, secret="s" * 30, accounts=tmp_path / "none.json"))
    stranger = TestClient(app, base_url="http://box.example")
    assert {stranger.get(f"/api/v1/{name}").status_code for name in (*VIEWS, "records/1")} == {401}
