"""The whole desk over PostgreSQL: every page, form and action, two people at once, and a database that was away."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from schemas.page import utc_now
from store.database import Store
from store.models import Batch, Item
from store.save import save_batch
from tests.reviewing import spot
from tests.test_review_api import browser_of, do

pytestmark = pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # SQLite: all other tests of the desk


@pytest.fixture
def items(store: Store, make_item: Callable[..., Item]) -> list[Item]:
    made = [make_item(str(number)) for number in (1, 2)]
    save_batch(store, Batch(seen_at=utc_now(), items=tuple(made)))
    return made


def pages_of(item: Item) -> Iterator[str]:
    """Every page."""
    desk, person = f"/desk/{item.release.id}", item.record.people[0].id
    filters = (
        "words=norvik&status=all", "check=vague_amount", "field=amounts&since=2026-01-01&until=2026-12-31",
        "reviewer=ana&status=started", "source=norvik&words=%22harbour school%22", "words=%22(", "after=3.0:x",
    )  # fmt: skip
    yield from (f"/?{query}" for query in filters)
    yield from ("/", "/next", f"/next?not_id={item.release.id}", "/work", "/opinions", "/opinions/next")
    yield from (desk, f"{desk}?opinion=2", f"{desk}/panel", f"{desk}/text", f"{desk}/history", f"{desk}/choose")
    yield from (f"{desk}/form/{kind}/people?value_id={person}" for kind in ("correct", "merge", "split", "comment"))
    yield f"{desk}/form/add/amounts?start=0&end=7"


def acts_on(item: Item) -> Iterator[dict[str, Any]]:
    """A release reviewed by every kind of action."""
    text, record = item.release.text, item.record
    person, amount = record.people[0].id, record.amounts[0].id
    bodies = [body.id for body in record.organisations]
    yield {"kind": "accept", "targets": [{"field": "people", "value_id": person}]}
    both = [spot(text, "Harbour School", number) for number in (0, 1)]
    school = {"field": "organisations", "value_id": bodies[1]}
    yield {"kind": "correct", "target": school, "changes": {"name": "Kelvarro", "mentions": both}}
    yield {"kind": "correct", "target": {"field": "amounts", "value_id": amount}, "changes": {"kind": "price"}}
    yield {"kind": "add", "field": "dates", "value": {"value": "2026", **spot(text, "2026")}}
    yield {"kind": "split", **school, "mentions": [both[1]["start"]], "name": "Academy"}
    yield {"kind": "merge", "field": "organisations", "value_ids": bodies}
    yield {"kind": "undo", "number": 6}
    yield {"kind": "restore", "number": 3}
    yield {"kind": "comment", "text": "Well done 🎉", "target": {"field": "people", "value_id": person}}
    yield {"kind": "reject", "targets": [{"field": "dates", "value_id": record.dates[1].id}]}
    yield {"kind": "status", "status": "done"}


def check_pages(client: TestClient, item: Item) -> None:
    answers = {path: client.get(path).status_code for path in pages_of(item)}
    assert {path: status for path, status in answers.items() if status != 200} == {}


def test_a_morning(store: Store, items: list[Item]) -> None:
    item, client = items[0], browser_of(store)
    for seen, action in enumerate(acts_on(item)):
        answer = do(client, item, action, seen)
        assert answer.status_code == 200, (action, answer.text)
    assert client.get("/api/queue?status=all&words=kelvarro").json()["total"] == 1  # by the name that Ana gave
    assert client.get("/api/next").json() == {"release_id": items[1].release.id}
    ben = browser_of(store, "ben")
    for action in ({"kind": "reject", "targets": [{"field": "people", "value_id": item.record.people[0].id}]},
                   {"kind": "status", "status": "done"}):  # fmt: skip
        asked = {"action": action, "seen": 99, "request_id": f"second-{action['kind']}", "opinion": 2}
        assert ben.post(f"/api/releases/{item.release.id}/acts", json=asked).status_code == 200
    check_pages(client, item)
    assert "no person" in client.get(f"/desk/{item.release.id}/choose").text


def test_two_at_once(store: Store, items: list[Item]) -> None:
    """Of many who decide the same at once one is first; the others are told who, and no decision is lost."""
    target = {"field": "people", "value_id": items[0].record.people[0].id}
    titles = [{"kind": "correct", "target": target, "changes": {"title": title}} for title in ("a", "b", "c", "d")]
    clients = [browser_of(store, name) for name in ("ana", "ben", "cleo", "dan")]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one, action: do(one, items[0], action), clients, titles))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        comments = list(pool.map(lambda one: do(one, items[0], {"kind": "comment", "text": "I see."}, 1), clients))
    assert [answer.status_code for answer in comments] == [200] * 4
    assert sorted(answer.json()["number"] for answer in comments) == [2, 3, 4, 5]


def test_a_database_that_was_away(store: Store, items: list[Item], database_url: str) -> None:
    """It was started anew between two requests: nobody notices."""
    client = browser_of(store)
    assert client.get("/").status_code == 200
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert client.get("/").status_code == 200
    assert do(client, items[0], {"kind": "comment", "text": "Still here."}).status_code == 200
