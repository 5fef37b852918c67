"""Finding what was saved: by id, beginning of an id, or URL; page by page; on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Callable

import pytest

from schemas.page import FetchedPage
from schemas.source import Link
from store import load
from store.database import AmbiguousKeyError, Store
from store.load import iter_pages, iter_records, iter_releases, known_urls, load_record, load_release
from store.models import Batch, Item
from store.save import save_batch

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SITE = "https://norvik.example/"


def save(store: Store, *items: Item, pages: tuple[FetchedPage, ...] = ()) -> None:
    save_batch(store, Batch(seen_at=NOW, items=items, pages=pages))


def page(path: str, final: str | None = None, seconds: int = 0) -> FetchedPage:
    link = Link(source="norvik", url=SITE + path)
    moment = NOW + dt.timedelta(seconds=seconds)
    return FetchedPage(link=link, final_url=SITE + (final or path), status=200, fetched_at=moment, body=b"")


@pytest.fixture
def filled(store: Store, make_item: MakeItem) -> Store:
    """Three releases whose ids are abc1, abc2 and a%."""
    save(
        store,
        make_item("1", release={"id": "abc1"}, page=page("old-1", "1")),
        make_item("2", release={"id": "abc2", "url": None}),
        make_item("3", release={"id": "a%", "source": "other", "url": SITE + "shared"}),
        make_item("4", release={"id": "zzz", "url": SITE + "shared"}),
        pages=(page("unread"),),
    )
    return store


KEYS = [
    ("abc1", "abc1"),
    ("abc2", "abc2"),
    ("z", "zzz"),  # a beginning that only one id has
    (SITE + "1", "abc1"),
    (SITE + "old-1", "abc1"),  # the address before a redirect
    ("a%", "a%"),  # a sign that LIKE would take for anything
    ("ABC1", None),
    ("abc12", None),
    ("", None),
    (SITE + "unread", None),
    ("nothing\0\ud800", None),
]


def test_keys(filled: Store) -> None:
    for key, found in KEYS:
        release, record = load_release(filled, key), load_record(filled, key)
        assert (release and release.id, record and record.release.id) == (found, found), key


@pytest.mark.parametrize("key", ["abc", "a", SITE + "shared"])
def test_an_ambiguous_key_names_what_fits(filled: Store, key: str) -> None:
    with pytest.raises(AmbiguousKeyError, match=r"fits several releases: .+, .+; give"):
        load_release(filled, key)


def test_known_urls(filled: Store) -> None:
    asked = [SITE + path for path in ("1", "old-1", "unread", "shared", "new", *map(str, range(10, 1500)))]
    assert known_urls(filled, "norvik", asked) == {SITE + "1", SITE + "old-1", SITE + "shared"}
    assert known_urls(filled, "other", iter(asked)) == {SITE + "shared"}
    assert known_urls(filled, "nobody", asked) == set()
    assert known_urls(filled, "norvik", [SITE + "\0\ud800"]) == set()


def test_everything_comes_once_and_in_order(store: Store, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_PAGEFUL", 4)
    items = [make_item(str(number), page=page(str(number), seconds=number // 3)) for number in range(10)]
    save(store, *items)
    expected = sorted(items, key=lambda item: item.release.id)
    assert list(iter_records(store)) == [item.record for item in expected]
    assert list(iter_releases(store)) == [item.release for item in expected]
    times = [(stored.fetched_at, stored.id) for stored in iter_pages(store)]
    assert times == sorted(times)
    assert len(times) == 10
    assert not list(iter_records(store, "other"))
    assert not list(iter_releases(store, "other"))


def test_saving_while_reading(store: Store, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Extracting everything again: no release is left out, and a second time there is nothing to do."""
    monkeypatch.setattr(load, "_PAGEFUL", 3)
    save(store, *(make_item(str(number)) for number in range(10)))
    done = []
    for release in iter_releases(store, not_by="2.0"):
        again = make_item(release=release.model_dump(), version="2.0")
        save_batch(store, Batch(seen_at=NOW, items=(again,), reextracted=True))
        done.append(release.id)
    assert len(set(done)) == len(done) == 10
    assert list(iter_releases(store, not_by="2.0")) == []
    assert {record.extractor_version for record in iter_records(store)} == {"2.0"}
