"""How far walks have come, in the store."""

import datetime as dt

from schemas.source import Source
from schemas.wanted import Wanted
from store.database import Store
from store.walks import Walk, forget_walk, load_walk, save_walk, walk_id

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SOURCE = Source.model_validate({"name": "acme", "url": "https://acme.example/news", "discover": "listing"})
URL = "https://acme.example/news"


def test_the_last_place_counts_until_the_end(store: Store) -> None:
    """Of a source that the store has not met yet, at an address that no database takes as it is."""
    walk = Walk(id=walk_id(SOURCE, URL, Wanted()), source="acme", place=URL + "?page=2", walked_at=NOW)
    assert load_walk(store, walk.id) is None
    save_walk(store, walk)
    later = walk.model_copy(update={"place": URL + "?page=\ud800", "walked_at": NOW + dt.timedelta(seconds=1)})
    save_walk(store, later)
    assert load_walk(store, walk.id) == later.model_copy(update={"place": URL + "?page=\\ud800"})
    forget_walk(store, walk.id)
    assert load_walk(store, walk.id) is None


def test_walks_are_told_apart() -> None:
    """By all that decides which pages are walked, and which of their links are kept."""
    day = dt.date(2020, 1, 1)
    fields = ({"name": "a"}, {"link_selector": "li"}, {"link_pattern": "x"}, {"next_selector": "b"}, {"pages": "x"})
    sources = [SOURCE.model_copy(update=changed) for changed in fields]
    keys = [walk_id(source, URL, Wanted()) for source in (SOURCE, *sources)]
    keys += [walk_id(SOURCE, URL, Wanted(since=day)), walk_id(SOURCE, URL, Wanted(until=day))]
    keys.append(walk_id(SOURCE, URL + "/feed", Wanted()))
    assert len(set(keys)) == len(keys)
    assert walk_id(SOURCE, URL, Wanted(backfill=True, limit=3)) == keys[0]
