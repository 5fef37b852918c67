"""The queue: its order, its pages, its filters and counts, and what comes next; on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import review_queue as benchmark
from schemas.review import QueueFilter
from store.database import Store, StoreError
from store.models import Item
from store.review_queue import STATUSES, load_choices, load_queue, next_release
from tests.review_rows import NOW, add_event, save, set_claim, set_state

MakeItem = Callable[..., Item]
LATER = NOW + dt.timedelta(minutes=5)
RELEASES = {  # priority, source, day, status
    "a": (3.0, "norvik", dt.date(2026, 5, 1), "open"),
    "b": (5.0, "norvik", dt.date(2026, 5, 2), "started"),
    "c": (1.0, "wire", dt.date(2026, 5, 3), "done"),
    "d": (3.0, "wire", None, "reopened"),
    "e": (0.1 + 0.2, "wire", dt.date(2026, 5, 5), "skipped"),
    "f": (3.0, "wire", dt.date(2026, 5, 6), "open"),
}
EVERYTHING = ("a", "b", "c", "d", "e", "f")


@pytest.fixture
def filled(store: Store, make_item: MakeItem) -> Store:
    for key, (priority, source, day, status) in RELEASES.items():
        text = "Ferry\n\nA ferry for the harbour." if key in "ac" else "Bus\n\nA bus for the school."
        checks = ({"code": "vague_amount", "message": "look"},) * (key in "bd") + (
            {"code": "text_too_short", "message": "…"},
        )
        release = {"id": key, "source": source, "published": day}
        item = make_item(key, text, release=release, record={"review_priority": priority, "checks": checks})
        save(store, item)
        set_state(store, key, status=status, open_amounts=int(key in "ab"), decided=2, reviewers=["ana"])
        set_state(store, key, opinion=2, status="done")  # the queue is not of second opinions
    add_event(store, "a", 1, reviewer="ana")
    add_event(store, "a", 2, reviewer="bo")
    add_event(store, "c", 1, reviewer="bo")
    return store


def ids(store: Store, wanted: QueueFilter, limit: int = 10, **more: Any) -> str:
    return "".join(one.release_id for one in load_queue(store, wanted, limit, **more).releases)


ALL: dict[str, Any] = {"status": ()}
WANTED: list[tuple[dict[str, Any], str]] = [
    ({}, "badf"),  # by priority, then id; neither done nor skipped
    (ALL, "badfce"),
    ({"status": ("done", "skipped")}, "ce"),
    (ALL | {"source": "wire"}, "dfce"),
    (ALL | {"source": "nobody"}, ""),
    (ALL | {"since": dt.date(2026, 5, 2)}, "bfce"),  # without a day it is never in a span of days
    (ALL | {"until": dt.date(2026, 5, 2)}, "ba"),
    (ALL | {"since": dt.date(2026, 5, 2), "until": dt.date(2026, 5, 3)}, "bc"),
    (ALL | {"check": "vague_amount"}, "bd"),
    ({"field": "amounts"}, "ba"),
    (ALL | {"reviewer": "bo"}, "ac"),
    (ALL | {"reviewer": "nobody"}, ""),
    (ALL | {"words": "ferry harb"}, "ac"),
    (ALL | {"words": " "}, "badfce"),  # nothing typed is no filter
    (ALL | {"words": "🎉"}, ""),
    ({"words": "ferry", "reviewer": "bo", "source": "norvik", "field": "amounts"}, "a"),
]


@pytest.mark.parametrize(("wanted", "expected"), WANTED)
def test_filters(filled: Store, wanted: dict[str, Any], expected: str) -> None:
    queue = load_queue(filled, QueueFilter(**wanted), 10)
    assert "".join(one.release_id for one in queue.releases) == expected
    assert (queue.total, queue.after) == (len(expected), None)


def test_counts_are_of_every_status(filled: Store) -> None:
    queue = load_queue(filled, QueueFilter(status=("done",)), 10)
    assert queue.counts == {"open": 2, "started": 1, "skipped": 1, "done": 1, "reopened": 1}
    queue = load_queue(filled, QueueFilter(status=("done",), source="norvik"), 10)
    assert (queue.counts, queue.total) == ({"open": 1, "started": 1, "skipped": 0, "done": 0, "reopened": 0}, 0)
    assert tuple(queue.counts) == STATUSES


def test_pages_follow_each_other(filled: Store) -> None:
    wanted = QueueFilter(status=())
    for size in (1, 2, 3, 4, 6):
        seen, after = "", None
        while True:
            page = load_queue(filled, wanted, size, after)
            assert page.total == 6
            seen, after = seen + "".join(one.release_id for one in page.releases), page.after
            if after is None:
                break
        assert seen == "badfce"


@pytest.mark.parametrize("mark", ["", "x", "a:b", "1.0"])
def test_a_mark_that_no_page_gave(store: Store, mark: str) -> None:
    with pytest.raises(StoreError, match="marks no page of the queue; take"):
        load_queue(store, QueueFilter(), 10, mark)


def test_what_is_shown_of_a_release(filled: Store) -> None:
    set_claim(filled, "b", "bo", LATER)
    (first, *_) = load_queue(filled, QueueFilter(words="bus"), 1).releases
    assert first.model_dump(exclude={"claim", "found"}) == {
        "release_id": "b", "source": "norvik", "title": "Bus", "published": dt.date(2026, 5, 2), "priority": 5.0,
        "checks": 2, "values": 6, "decided": 2, "status": "started", "reviewers": ("ana",),
    }  # fmt: skip
    assert first.found is not None
    assert [first.found.text[start:end] for start, end in first.found.marks] == ["Bus", "bus"]
    assert first.claim is not None
    assert (first.claim.reviewer, first.claim.until) == ("bo", LATER)


def test_a_claim_that_ran_out_is_not_shown(filled: Store) -> None:
    set_claim(filled, "b", "bo", LATER)
    claims = [load_queue(filled, QueueFilter(), 1, at=at).releases[0].claim for at in (NOW, LATER)]
    assert [claim and claim.reviewer for claim in claims] == ["bo", None]


NEXT: list[tuple[str, dict[str, Any], str | None, str | None]] = [
    ("ana", {}, None, "a"),  # b is before bo
    ("bo", {}, None, "b"),  # one's own claim keeps nobody out
    ("ana", {}, "a", "d"),  # what stands behind it
    ("ana", {}, "f", "a"),  # the last: again from the top
    ("bo", {}, "c", "b"),  # one that the filter leaves out has a place all the same
    ("bo", ALL, "d", "c"),  # f is before ana
    ("ana", {"field": "amounts"}, "a", None),  # nothing else is left
    ("ana", {}, "no such release", "a"),
]


@pytest.mark.parametrize(("reviewer", "wanted", "not_id", "expected"), NEXT)
def test_next(filled: Store, reviewer: str, wanted: dict[str, Any], not_id: str | None, expected: str | None) -> None:
    set_claim(filled, "b", "bo", LATER)
    set_claim(filled, "f", "ana", LATER)
    assert next_release(filled, QueueFilter(**wanted), reviewer, NOW, not_id) == expected


def test_a_claim_that_ran_out_keeps_nobody_out(filled: Store) -> None:
    set_claim(filled, "b", "bo", LATER)
    assert next_release(filled, QueueFilter(), "ana", LATER) == "b"


def test_an_empty_store_has_an_empty_queue(store: Store) -> None:
    queue = load_queue(store, QueueFilter(), 10)
    assert (queue.releases, queue.total, sum(queue.counts.values())) == ((), 0, 0)
    assert next_release(store, QueueFilter(), "ana", NOW) is None


def test_what_there_is_to_choose_from(filled: Store) -> None:
    assert load_choices(filled) == (("norvik", "wire"), ("text_too_short", "vague_amount"), ("ana", "bo"))


def test_the_benchmark_makes_real_releases(store: Store, make_item: MakeItem) -> None:
    """Whatever is varied, the schema holds each value against its text."""
    item = make_item()
    pattern = benchmark.Pattern(item.release, item.record, frozenset({"Ana", "Reis", "Norvik"}))
    items = list(benchmark.make_items([pattern], 3))
    save(store, *items)
    assert load_queue(store, QueueFilter(), 10).total == 3
    assert len({one.record.people[0].name for one in items}) == 3
    assert items == list(benchmark.make_items([pattern], 3))
    shapes = {(len(one.release.text), one.record.people[0].mentions[0].start) for one in items}
    assert shapes == {(len(item.release.text), item.record.people[0].mentions[0].start)}
