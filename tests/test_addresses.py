"""What is known of addresses, on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from schemas.page import FetchedPage
from schemas.source import Link
from store.addresses import load_addresses, load_pending, save_links, save_visits
from store.database import Store, reading
from store.models import Address, Batch, Item
from store.runs import start_run
from store.save import save_batch
from store.tables import release

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
URL = "https://norvik.example/1"


def link(number: int = 1, **fields: Any) -> Link:
    return Link(source="norvik", url=f"https://norvik.example/{number}", **fields)


def address(number: int = 1, **fields: Any) -> Address:
    return Address(**{**link(number).model_dump(), "found_at": NOW, **fields})


def known(store: Store, *sources: str) -> Store:
    start_run(store, NOW, sources or ("norvik",))
    return store


def test_what_was_saved_comes_back(store: Store) -> None:
    whole = address(
        kind="listing", checked_at=NOW, status=200, code="unfinished", failures=2, etag='"1"', last_modified="then",
        moved_to="https://norvik.example/é\ud800", content_type="text/xml", fresh_seconds=60, next_due=LATER,
        body=b"\0x",
    )  # fmt: skip
    save_visits(known(store), [whole, address(2)])
    found = load_addresses(store, "norvik", [whole.url, "https://norvik.example/2", "https://norvik.example/3"])
    assert found.keys() == {whole.url, "https://norvik.example/2"}
    assert found[whole.url] == whole.model_copy(update={"moved_to": "https://norvik.example/é\\ud800"})
    assert load_addresses(store, "other", [whole.url]) == {}


def test_when_it_was_found_stays_and_what_listings_say_is_kept(store: Store) -> None:
    day = dt.date(2026, 5, 4)
    save_links(known(store), [link(title="One", published=day)], NOW)
    save_links(store, [link(title="One, corrected")], LATER)  # says nothing of the day
    assert load_addresses(store, "norvik", [URL])[URL] == address(title="One, corrected", published=day)
    save_visits(store, [address(checked_at=LATER, status=200, found_at=LATER)])
    assert load_addresses(store, "norvik", [URL])[URL].found_at == NOW


def test_what_waits(store: Store) -> None:
    """Those never asked for, and those that failed and are due; the oldest first."""
    save_links(known(store), [link(2)], LATER)
    save_links(store, [link(1)], NOW)
    save_visits(store, [
        address(3, checked_at=NOW, status=200),
        address(4, checked_at=NOW, status=503, code="http_503"),
        address(5, checked_at=NOW, status=404, code="http_404", next_due=LATER),
        address(6, kind="listing"),
    ])  # fmt: skip
    numbers = [int(waiting.url[-1]) for waiting in load_pending(store, "norvik", NOW)]
    assert (set(numbers[:2]), numbers[2:]) == ({1, 4}, [2])
    assert 5 in {int(waiting.url[-1]) for waiting in load_pending(store, "norvik", LATER)}


def gone(store: Store) -> list[Any]:
    with reading(store) as connection:
        return list(connection.execute(release.select().where(release.c.gone_since.is_not(None))))


def test_a_release_whose_page_vanished(store: Store, make_item: Callable[..., Item]) -> None:
    """By the address that was asked for, though the release has another; and back again."""
    asked = Link(source="norvik", url="https://norvik.example/go/1")
    page = FetchedPage(link=asked, final_url=URL, status=200, fetched_at=NOW, body=b"<p>")
    save_batch(store, Batch(seen_at=NOW, items=(make_item(page=page), make_item("2"))))
    visit = Address(source="norvik", url=asked.url, found_at=NOW, checked_at=LATER, status=410)
    save_batch(store, Batch(seen_at=LATER, visits=(visit,)))
    assert [row.url for row in gone(store)] == [URL]
    save_batch(store, Batch(seen_at=LATER, visits=(visit.model_copy(update={"status": 503}),)))
    assert len(gone(store)) == 1  # says nothing
    save_batch(store, Batch(seen_at=LATER, visits=(visit.model_copy(update={"status": 304}),)))
    assert gone(store) == []
