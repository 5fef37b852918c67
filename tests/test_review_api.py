"""The JSON API: the same actions as the pages', said plainly when they cannot be done."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from review.app import build_app
from review.setup import Setup
from schemas.page import utc_now
from store.database import Store
from store.models import Batch, Item
from store.review_events import load_events
from store.save import save_batch
from store.views import VIEWS
from tests.review_desk_site import filled_store

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with filled_store(tmp_path_factory.mktemp("store"), ()) as store:
        yield store


@pytest.fixture
def item(shared: Store, make_item: Callable[..., Item]) -> Item:
    made = make_item(f"api-{next(NUMBERS)}")
    save_batch(shared, Batch(seen_at=utc_now(), items=(made,)))
    return made


def browser_of(store: Store, name: str = "ana") -> TestClient:
    """A program of one reviewer, with the token that its changes need."""
    app = build_app(Setup(store=store, secret="s" * 30, reviewer=name))
    client = TestClient(app, base_url="http://127.0.0.1:8470", raise_server_exceptions=False)
    client.headers["X-CSRF-Token"] = client.get("/api/me").json()["csrf"]
    return client


def do(client: TestClient, item: Item, action: dict[str, Any], seen: int = 0, request_id: str = "") -> Any:
    path, sent = f"/api/releases/{item.release.id}/acts", {"Content-Type": "application/json"}
    return client.post(path, content=json.dumps(asked(action, seen, request_id)), headers=sent)


def asked(action: dict[str, Any], seen: int = 0, request_id: str = "") -> dict[str, Any]:
    return {"action": action, "seen": seen, "request_id": request_id or f"request-{next(NUMBERS)}"}


def accept(item: Item) -> dict[str, Any]:
    return {"kind": "accept", "targets": [{"field": "people", "value_id": item.record.people[0].id}]}


def test_a_release_is_reviewed(shared: Store, item: Item) -> None:
    client = browser_of(shared)
    opened = client.get(f"/api/releases/{item.release.id}").json()
    assert opened["release"]["text"] == item.release.text
    event = do(client, item, accept(item)).json()
    assert (event["number"], event["reviewer"], event["changes"][0]["after"]["verdict"]) == (1, "ana", "accepted")
    assert client.get(f"/api/releases/{item.release.id}/events").json() == [event]
    assert client.get(f"/api/releases/{item.release.id}").json()["sheet"]["seen"] == 1


GIVEN_IDS = ["2026/05/acme-1", "https://acme.example/news?id=1&x=y", "a?b#c%d", "50% & <more>"]


@pytest.mark.parametrize("key", GIVEN_IDS)
def test_a_release_whose_id_was_given_is_reached(shared: Store, make_item: Callable[..., Item], key: str) -> None:
    made = make_item(release={"id": key})
    save_batch(shared, Batch(seen_at=utc_now(), items=(made,)))
    client, quoted = browser_of(shared), quote(key)
    assert client.get(f"/api/v1/releases/{quoted}").json()["release_id"] == key
    assert client.get(f"/api/v1/records/{quoted}").json()["release"]["id"] == key
    assert client.get(f"/api/releases/{quoted}").json()["release"]["id"] == key
    assert client.post(f"/api/releases/{quoted}/claim").json()["claim"]["reviewer"] == "ana"
    event = client.post(f"/api/releases/{quote(key, safe='')}/acts", json=asked(accept(made))).json()
    assert client.get(f"/api/releases/{quoted}/events").json() == [event]
    assert client.delete(f"/api/releases/{quoted}/claim").status_code == 204
    pages = [f"/desk/{quoted}{part}" for part in ("", "/panel", "/text", "/history", "/form/comment/people", "/choose")]
    answers = [client.get(page) for page in pages]
    assert [(answer.status_code, answer.url.path) for answer in answers] == [(200, unquote(page)) for page in pages]
    assert f'href="/desk/{quoted}/history?' in answers[0].text
    assert f'href="/desk/{quoted}?' in answers[3].text
    assert f'href="/desk/{quoted}"' in answers[5].text
    assert f'href="/desk/{quoted}"' in client.get("/").text
    assert client.get("/next", follow_redirects=False).headers["location"].startswith("/desk/")


def test_asked_twice_it_is_done_once(shared: Store, item: Item) -> None:
    client = browser_of(shared)
    answers = [do(client, item, accept(item), request_id="the-same-request").json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(load_events(shared, item.release.id)) == 1


def test_a_conflict_says_who_did_what(shared: Store, item: Item) -> None:
    do(browser_of(shared, "ben"), item, accept(item))
    answer = do(browser_of(shared), item, accept(item) | {"kind": "reject"})
    assert answer.status_code == 409
    assert "ben" in answer.json()["error"]
    assert [event["reviewer"] for event in answer.json()["events"]] == ["ben"]


def test_claims(shared: Store, item: Item) -> None:
    path = f"/api/releases/{item.release.id}/claim"
    ana, ben = browser_of(shared), browser_of(shared, "ben")
    assert ana.post(path).json()["claim"]["reviewer"] == "ana"
    assert ben.post(path).json()["claim"]["reviewer"] == "ana"
    assert ana.delete(path).status_code == 204
    assert ben.post(path).json()["claim"]["reviewer"] == "ben"


NOT_THERE = {"start": 0, "end": 1, "text": "X"}
BAD: list[tuple[dict[str, Any], int]] = [
    ({"kind": "nothing"}, 422),
    ({"kind": "accept", "targets": []}, 422),
    ({"kind": "accept", "targets": [{"field": "people", "value_id": "none"}]}, 422),  # no such value
    ({"kind": "undo", "number": 99}, 422),
    ({"kind": "restore", "number": 2**70}, 422),
    (
        {"kind": "add", "field": "people", "value": {"name": "X", "mentions": [{"start": 0, "end": 1, "text": "X"}]}},
        422,
    ),
    ({"kind": "add", "field": "people", "value": {"mentions": {"a": [None]}}}, 422),
    ({"kind": "comment", "text": "a\0b"}, 422),
    ({"kind": "comment", "text": "\ud800"}, 422),  # half a character
    ({"kind": "comment", "text": "x" * 10_001}, 422),
]


@pytest.mark.parametrize(("action", "status"), BAD)
def test_what_cannot_be_done(shared: Store, item: Item, action: dict[str, Any], status: int) -> None:
    answer = do(browser_of(shared), item, action)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)
    assert load_events(shared, item.release.id) == []


BAD_QUERIES = [
    "since=May",
    "status=odd",
    "field=odd",
    "limit=0",
    "limit=9999",
    "after=odd",
    "since=99999-01-01",
    "words=%22(",
]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_odd_queries_are_no_failure(shared: Store, query: str) -> None:
    answer = browser_of(shared).get(f"/api/queue?{query}")
    assert answer.status_code in {200, 422}
    assert browser_of(shared).get(f"/?{query}").status_code in {200, 422}


def test_no_such_release(shared: Store, item: Item) -> None:
    client = browser_of(shared)
    assert client.get("/api/releases/none").status_code == 404
    assert client.get(f"/api/releases/{item.release.id[:8]}").status_code == 404  # the beginning of an id is none
    page = client.get("/desk/none")
    assert (page.status_code, "<h1>That did not work</h1>" in page.text) == (404, True)


def test_the_api_is_described(shared: Store) -> None:
    described = browser_of(shared).get("/api/openapi.json").json()
    assert {"/api/queue", "/api/releases/{release_id}/acts"} <= set(described["paths"])
    assert all(path.startswith("/api/") for path in described["paths"])  # pages are no part of it


def test_nothing_is_done_for_nobody(shared: Store, item: Item, tmp_path: Path) -> None:
    """Every operation that is described, asked by somebody who has not logged in."""
    described = browser_of(shared).get("/api/openapi.json").json()["paths"]
    app = build_app(Setup(store=shared, secret="s" * 30, accounts=tmp_path / "none.json"))
    stranger = TestClient(app, base_url="http://box.example")
    for path, operations in described.items():
        for method in operations:
            answer = stranger.request(method, path.replace("{release_id}", item.release.id), json=accept(item))
            assert answer.status_code == (401 if method == "get" else 403), (method, path)
    assert load_events(shared, item.release.id) == []


LIKE_PAYMENTS = {f"/api/v1/{name}" for name in VIEWS} - {"/api/v1/payments"}
"""Made by the same function from other columns; to ask each would take as long again as all others."""


def test_requests_that_nobody_thought_of(shared: Store, make_item: Callable[..., Item]) -> None:
    """schemathesis over the whole API: no failure, and nothing but what is described."""
    made = make_item("schemathesis")
    save_batch(shared, Batch(seen_at=utc_now(), items=(made,)))
    client = browser_of(shared)
    api = schemathesis.openapi.from_asgi("/api/openapi.json", client.app, headers=_sent(client))

    for operation in api.get_all_operations():
        assert isinstance(operation, Ok)
        if operation.ok().path in LIKE_PAYMENTS:
            continue
        _exhaust(operation.ok(), client, made)


def _sent(client: TestClient) -> dict[str, str]:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return {"X-CSRF-Token": client.headers["X-CSRF-Token"], "Cookie": cookies, "Host": "127.0.0.1:8470"}


def _exhaust(operation: Any, client: TestClient, made: Item) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def ask(case: Any) -> None:
        if "release_id" in (case.path_parameters or {}):
            case.path_parameters["release_id"] = made.release.id
        answer = case.call(headers=_sent(client))
        assert answer.status_code < 500, answer.text

    ask()
