"""Copies: found whatever the order of saving, never in a series, linked to the first; on SQLite and PostgreSQL."""

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, select

from benchmarks.copies import load_labels
from extractors.sections import read_sections
from extractors.signature import PERMUTATIONS, read_signature
from store import tables
from store.alike import DAYS, THRESHOLD, Told, measure
from store.changes import iter_changes, read_mark
from store.copies import load_copies
from store.database import Store, reading, writing
from store.export import export_csv
from store.export_reviewed import export_reviewed_csv
from store.models import Batch, Item
from store.save import save_batch
from tests.test_export import read_csv

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 4)
NEWS = (
    "Borvik opens a seed bank in the hills above Tromsø\n\nTROMSØ, 4 May 2026 – Borvik Seed Bank opened a vault for"
    " two million seeds on Monday, dug into the rock by forty workers in less than three years. Farmers from nine"
    " countries brought barley, rye and peas that their grandparents grew. The vault stays at eighteen degrees below"
    " zero even where the power fails for a month, and anybody may see the list of what lies in it.\n\nThe bank wants"
    " to send seeds to schools in the north from next spring, together with the museum of the town."
)
ABOUT = "\n\nAbout {0}\n\n{0} is a company that has made tools for farms and gardens since 1919. " + (
    "It sells ploughs, rakes, spades, seed drills and harrows in eleven countries and employs nine hundred people. " * 3
)
OTHER = (
    "Kelvarro moves its head office to the harbour of Split\n\nSPLIT, 5 May 2026 – Kelvarro will leave the old mill in"
    " which it has made tools for a century and move two hundred desks to the harbour this autumn. The mill becomes a"
    " library. Its owner gives the building to the city for one euro, on the condition that the water wheel turns on"
    " Sundays. Builders begin in June and the mayor expects the first readers before the snow comes."
)

CLOSING = (
    "\n\nThe list of all works is open to everybody who comes to the house on a weekday between nine and five."
    " Prints can be ordered by number in three sizes, on paper or on cloth, framed or not, and are sent within a week."
    " Whoever orders more than ten pays for nine of them. Schools and clubs that want to show some of them for a month"
    " can borrow up to forty in a case that fits into a car, and get a lecture with it if they ask in good time."
)

COPIES = [
    (NEWS, NEWS.upper()),  # case does not count
    (NEWS, NEWS.replace(",", " ;").replace("\n\n", "\n\n\n")),  # nor do punctuation and breaks
    (NEWS, NEWS + ABOUT.format("Hillmore")),  # boilerplate is no news
    (NEWS + ABOUT.format("Kelvarro"), NEWS + "\n\nMedia contact:\n\nAna Reis, +47 555 0100"),  # nor are contacts
]
NOT_COPIES = [
    (NEWS, OTHER),  # nothing in common
    (NEWS + ABOUT.format("Hillmore"), OTHER + ABOUT.format("Hillmore")),  # a series: one boilerplate, other news
    (NEWS + CLOSING * 3, OTHER + CLOSING * 3),  # a series whose items end alike, with no heading over it
]


def signature(text: str) -> tuple[int, ...]:
    return read_signature(text, read_sections(text, text.partition("\n")[0]))


def likeness(one: str, other: str) -> float:
    return sum(a == b for a, b in zip(signature(one), signature(other), strict=True)) / PERMUTATIONS


@pytest.mark.parametrize(("one", "other"), COPIES)
def test_copies_are_alike(one: str, other: str) -> None:
    assert likeness(one, other) >= THRESHOLD


@pytest.mark.parametrize(("one", "other"), NOT_COPIES)
def test_other_news_is_not(one: str, other: str) -> None:
    assert likeness(one, other) < 0.5


def test_without_sections_the_text_ends_where_about_begins() -> None:
    assert read_signature(NEWS) == read_signature(NEWS + ABOUT.format("Hillmore"))


@pytest.mark.parametrize("text", ["", "Ten words", "🎉 " * 500, "word " * 5000, "\ud800 " * 40])
def test_a_text_that_says_little_has_no_signature(text: str) -> None:
    assert read_signature(text) == ()


def test_a_signature_is_the_same_everywhere() -> None:
    """Stored ones would be worthless otherwise."""
    found = read_signature(NEWS)
    assert len(found) == PERMUTATIONS
    assert found[:3] == (108160671, 23466911, 40947736)


def test_labels_name_pairs_of_two_texts_once() -> None:
    labels = load_labels()
    assert len(labels) >= 120
    assert len({(pair.one, pair.other) for pair in labels}) == len(labels)
    assert all(pair.one < pair.other for pair in labels)
    assert {pair.is_copy for pair in labels} == {True, False}


def told(make_item: MakeItem, key: str, days: int | None, changed: int = 0, source: str = "norvik") -> Item:
    """A release published some days after the first of May, with so many numbers of its signature changed."""
    day = None if days is None else dt.date(2026, 5, 1) + dt.timedelta(days)
    numbers = [number if place >= changed else number + 1 + place for place, number in enumerate(signature(NEWS))]
    release = {"id": key, "published": day, "source": source}
    return make_item(key, release=release, signature=tuple(numbers))


def save(store: Store, *items: Item) -> None:
    save_batch(store, Batch(seen_at=NOW, items=items))


def links(store: Store) -> dict[str, str]:
    copy = tables.release_copy.c
    with reading(store) as connection:
        return {row[0]: row[1] for row in connection.execute(select(copy.release_id, copy.original_id))}


def checks(store: Store, code: str = "near_copy") -> list[tuple[Any, ...]]:
    check = tables.record_check.c
    rows = select(check.release_id, check.number, check.message).where(check.code == code).order_by(check.release_id)
    with reading(store) as connection:
        return [tuple(row) for row in connection.execute(rows)]


def everything(store: Store) -> dict[str, list[str]]:
    kept = (tables.release_signature, tables.release_band, tables.release_copy, tables.record_check)
    with reading(store) as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in kept}


def empty(store: Store) -> None:
    with writing(store) as connection:
        connection.execute(delete(tables.release))


def test_a_copy_names_its_original(store: Store, make_item: MakeItem) -> None:
    save(store, told(make_item, "first", 1), told(make_item, "second", 3, changed=5, source="wire"))
    assert links(store) == {"second": "first"}
    message = "tells the release first of norvik of 2026-05-02 again (similarity 0.96)"
    assert checks(store) == [("second", 3, message)]  # behind the two checks of its record
    (copy,) = load_copies(store, "first")
    assert (copy.release_id, copy.source, copy.is_original, copy.similarity) == ("second", "wire", False, 123 / 128)
    (original,) = load_copies(store, "second")
    assert (original.release_id, original.is_original, original.similarity) == ("first", True, None)


PAIRS = [
    (1, 25, True),  # at the threshold: 103 of 128
    (1, 26, False),  # below it
    (1 + DAYS, 0, True),  # a month later
    (2 + DAYS, 0, False),  # a yearly or monthly text comes again
    (None, 0, True),  # unknown days cannot lie apart
]


@pytest.mark.parametrize(("days", "changed", "is_copy"), PAIRS)
def test_what_is_a_copy(store: Store, make_item: MakeItem, days: int | None, changed: int, is_copy: bool) -> None:
    save(store, told(make_item, "a", 1), told(make_item, "b", days, changed))
    assert links(store) == ({"b": "a"} if is_copy else {})


def test_the_order_of_saving_does_not_matter(store: Store, make_item: MakeItem) -> None:
    """A chain: each is alike to the next, the ends are not; one without a day comes last."""
    items = [
        told(make_item, "d", 1),
        told(make_item, "c", 2, changed=20),
        told(make_item, "b", 3, changed=40),
        told(make_item, "a", None),
    ]
    found = []
    for order in itertools.permutations(items):
        empty(store)
        for item in order:
            save(store, item)
        found.append(everything(store))
    assert all(state == found[0] for state in found)
    assert links(store) == {"c": "d", "a": "d"}  # b is alike to c alone, which is no original
    empty(store)
    save(store, *items)
    assert everything(store) == found[0]


@pytest.mark.parametrize("seed", range(5))
def test_it_is_as_if_all_were_decided_on_at_once(store: Store, make_item: MakeItem, seed: int) -> None:
    """Whatever is saved in whatever order, in batches and again with other words."""
    dice = random.Random(seed)
    saved: dict[str, Item] = {}
    for _ in range(12):
        keys = dice.sample("abcdefghij", dice.choice((1, 1, 2, 5)))
        days = {key: dice.choice((None, *range(0, 60, 4))) for key in keys}
        items = [told(make_item, key, days[key], dice.choice((0, 8, 16, 24, 40))) for key in keys]
        items = [item.model_copy(update={"signature": ()}) if dice.random() < 0.1 else item for item in items]
        saved |= {item.release.id: item for item in items}
        save(store, *items)
        assert links(store) == all_at_once(saved.values())
        assert [row[0] for row in checks(store)] == sorted(links(store))


def all_at_once(items: Iterable[Item]) -> dict[str, str]:
    """Each is a copy of the first original before it that it is alike to, or else an original."""
    made = [(item.release, np.array(item.signature, np.uint32)) for item in items if item.signature]
    releases = sorted(Told(one.id, one.source, one.published, numbers) for one, numbers in made)
    copies: dict[str, str] = {}
    originals: list[Told] = []
    for one in sorted(releases, key=Told.order):
        original = next((other for other in originals if measure(one, other) is not None), None)
        if original is None:
            originals.append(one)
        else:
            copies[one.id] = original.id
    return copies


def test_a_form_is_no_sign(store: Store, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch) -> None:
    """What many originals have in common is not gone through, so that what they are compared with stays few."""
    compared: list[tuple[str, str]] = []

    def note(one: Told, other: Told) -> float | None:
        compared.append((one.id, other.id))
        return measure(one, other)

    monkeypatch.setattr("store.alike.measure", note)
    form = signature(NEWS)
    filled = [(*(1000 * number + place for place in range(80)), *form[80:]) for number in range(30)]
    for number, numbers in enumerate(filled):
        compared.clear()
        save(store, told(make_item, f"{number:02}", 1).model_copy(update={"signature": numbers}))
        assert len(compared) <= 10, number
    assert links(store) == {}
    almost = (*range(9), *filled[15][9:])
    save(store, told(make_item, "copy", 2).model_copy(update={"signature": almost}))
    assert links(store) == {"copy": "15"}


def test_a_release_that_hundreds_tell_keeps_its_original(store: Store, make_item: MakeItem) -> None:
    save(store, *(told(make_item, f"{number:03}", 1) for number in range(150)))
    save(store, told(make_item, "later", 2), told(make_item, "before", 0))
    assert links(store) == dict.fromkeys((*(f"{number:03}" for number in range(150)), "later"), "before")


def test_of_two_originals_the_earlier_is_taken(store: Store, make_item: MakeItem) -> None:
    """One that lies between two that are not alike."""
    save(store, told(make_item, "z", 1), told(make_item, "a", 2, changed=40), told(make_item, "m", 3, changed=20))
    assert links(store) == {"m": "z"}


def test_saving_again_changes_nothing(store: Store, make_item: MakeItem) -> None:
    items = [told(make_item, "a", 1), told(make_item, "b", 2)]
    save(store, *items)
    before = everything(store)
    for again in (items, items[:1], items[1:]):
        save(store, *again)
        assert everything(store) == before


def test_a_better_original_takes_the_copies_over(store: Store, make_item: MakeItem) -> None:
    save(store, told(make_item, "b", 5), told(make_item, "c", 6))
    assert links(store) == {"c": "b"}
    save(store, told(make_item, "a", 4))
    assert links(store) == {"b": "a", "c": "a"}
    assert [row[:2] for row in checks(store)] == [("b", 3), ("c", 3)]


def test_records_as_people_left_them_are_copies_too(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    save(store, told(make_item, "a", 1), told(make_item, "b", 2))
    export_csv(store, tmp_path / "extracted")
    export_reviewed_csv(store, tmp_path / "reviewed")
    ones, others = (sorted(map(str, read_csv(tmp_path / name / "checks.csv"))) for name in ("extracted", "reviewed"))
    assert ones == others
    assert sum("near_copy" in row for row in ones) == 1


def test_who_follows_changes_hears_of_copies(store: Store, make_item: MakeItem) -> None:
    """What counts as told twice changes with other releases than the one that is saved."""
    items = [told(make_item, key, day) for key, day in (("a", 4), ("b", 5), ("c", 6))]
    steps: list[tuple[list[Item], dict[str, tuple[str, ...]]]] = [
        (items[1:], {"b": ("new",), "c": ("new", "copy")}),
        (items[:1], {"a": ("new",), "b": ("copy",), "c": ("copy",)}),
        (items, {}),  # nothing differs
        ([items[0].model_copy(update={"signature": ()})], {"b": ("copy",), "c": ("copy",)}),
    ]
    for number, (saved, changes) in enumerate(steps):
        before = read_mark(store, NOW).number
        save(store, *saved)
        assert {one.release_id: one.kinds for one in iter_changes(store, before)} == changes, number
    before = read_mark(store, NOW).number
    with writing(store) as connection:
        connection.execute(delete(tables.release).where(tables.release.c.id == "b"))
    assert {one.release_id: one.kinds for one in iter_changes(store, before)} == {"b": ("deleted",), "c": ("copy",)}


@pytest.mark.parametrize("becomes", [(), tuple(range(PERMUTATIONS))])  # too short to say; other news
def test_a_release_that_changes_is_no_copy_any_more(
    store: Store, make_item: MakeItem, becomes: tuple[int, ...]
) -> None:
    items = [told(make_item, key, day) for key, day in (("a", 1), ("b", 2), ("c", 3))]
    save(store, *items)
    save(store, items[0].model_copy(update={"signature": becomes}))
    assert links(store) == {"c": "b"}  # the next one is the original
    assert [row[0] for row in checks(store)] == ["c"]
    save(store, items[0])
    assert links(store) == {"b": "a", "c": "a"}


def test_releases_without_a_signature_are_left_alone(store: Store, make_item: MakeItem) -> None:
    save(store, make_item("1"), make_item("2"))  # one text twice
    assert (links(store), checks(store)) == ({}, [])
    assert load_copies(store, "no such release") == []
