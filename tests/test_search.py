"""Search: the same found on both databases, whatever is typed; kept with what is saved, gone with what is deleted."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from schemas.evidence import Evidence
from schemas.record import Organisation
from schemas.review import Add, Correct, QueueFilter, Reject, Undo
from store import tables
from store.database import Store, reading, writing
from store.migrations.upgrade import downgrade, upgrade
from store.models import Batch, Item
from store.review_queue import load_queue
from store.save import save_batch
from store.search import has_words
from tests.reviewing import Reviewer, spot, start

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
TEXTS = {
    "ferry": "Ferry for Tromsø\n\nThe harbour's co-operation with Norvik buys a ferry for €2.50 million.",
    "school": "School at the harbour\n\nZoë Strauß opens the Harbour School; the old ferry is a café.",
    "forest": "Forest\n\nNothing to see here, www.norvik.example/forest-2026 says 🎉 so.",
    "empty": "🎉",
}
FOUND = [
    ("harbour", "ferry school"),
    ("HARBOUR ferry", "ferry school"),  # both, in whatever order
    ("harb", "ferry school"),  # the last word need only begin so
    ("harb ferry", ""),  # the others need to be whole
    ("ferry harb", "ferry school"),
    ('"harb"', ""),  # closed: whole
    ('"harbour school"', "school"),  # one after the other
    ('"school harbour"', ""),
    ('"old fer', "school"),
    ("zoe strauss cafe", "school"),
    ("TROMSØ", "ferry"),
    ("co-operation", "ferry"),
    ("cooperation", ""),
    ("2.50", "ferry"),
    ("norvik", "ferry forest"),
    ("norvik.example", "forest"),
    ("kelvarro", "forest"),  # a name that its text writes otherwise
    ("KIO", "forest"),  # an acronym
    ('"kelvarro forest"', ""),  # no phrase goes on from a name to what stands behind it
    ("harbour forest", ""),
    ("nothing here at all", ""),
    ("*", ""),
    ("🎉", ""),
]
HOSTILE = [
    *('"', "'", '"""', "NEAR(", "NEAR(a b", "-", "- ferry", "ferry -", "a AND", "OR", "NOT ferry", "^ferry", "(", ")"),
    *(
        "words:ferry",
        "{words}: x",
        "*",
        "f*",
        "ferry*ferry",
        "🎉",
        "\\",
        "\\'",
        "''",
        "ferry & | ! <-> :*",
        ":A",
        "%",
        "_",
    ),
    *("; DROP TABLE release; --", "\0", "fer\0ry", "\ud800", "ferry" * 2000, "ferry " * 2000, '"' * 10_000),
    *("é" * 10_000, " ".join(map(str, range(2000))), "-".join(map(str, range(2000))), "x\u0301" * 5000, "🎉" * 10_000),
]


def make(make_item: MakeItem) -> list[Item]:
    items = [make_item(key, text=text, release={"id": key}) for key, text in TEXTS.items()]
    body = Organisation(id="kio", name="Kelvarro", acronym="KIO", confidence=0.9,
                        mentions=(Evidence(start=0, end=6, text="Forest"),))  # fmt: skip
    named = items[2].record.model_copy(update={"organisations": (body,)})
    return [*items[:2], items[2].model_copy(update={"record": named}), items[3]]


@pytest.fixture
def filled(store: Store, make_item: MakeItem) -> Store:
    save(store, *make(make_item))
    return store


def save(store: Store, *items: Item) -> None:
    save_batch(store, Batch(seen_at=NOW, items=items))


def find(store: Store, typed: str) -> str:
    release = tables.release.c.id
    with reading(store) as connection:
        found = connection.execute(select(release).where(has_words(connection, release, typed)))
        return " ".join(sorted(found.scalars()))


def stored(store: Store) -> list[str]:
    with reading(store) as connection:
        return sorted(map(repr, connection.execute(select(tables.release_words))))


def check_index(store: Store) -> None:
    """SQLite's own check that its index and the table say the same; it raises where they do not."""
    if store.engine.dialect.name == "sqlite":
        with writing(store) as connection:
            connection.execute(text("INSERT INTO word_index (word_index, rank) VALUES ('integrity-check', 1)"))


def test_what_is_found(filled: Store) -> None:
    assert {typed: find(filled, typed) for typed, _ in FOUND} == dict(FOUND)
    check_index(filled)


def test_whatever_is_typed_is_no_error(filled: Store) -> None:
    before = stored(filled)
    for typed in HOSTILE:
        assert set(find(filled, typed).split()) <= TEXTS.keys(), typed
    assert stored(filled) == before
    check_index(filled)


def test_the_check_of_the_index_can_fail(filled: Store) -> None:
    if filled.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps its indexes itself")
    with writing(filled) as connection:
        connection.execute(text("DROP TRIGGER release_words_changed"))
        connection.execute(text("UPDATE release_words SET words = 'other'"))
    with pytest.raises(DBAPIError, match="malformed"):
        check_index(filled)


def test_saving_again_changes_nothing(filled: Store, make_item: MakeItem) -> None:
    before = stored(filled)
    for items in (make(make_item), make(make_item)[1:], make(make_item)[::-1]):
        save(filled, *items)
        assert stored(filled) == before
    check_index(filled)


def test_a_new_text_is_found_by_its_own_words(filled: Store, make_item: MakeItem) -> None:
    save(filled, make_item("ferry", text="Bus\n\nA bus for Oslo.", release={"id": "ferry"}))
    assert (find(filled, "tromsø"), find(filled, "oslo")) == ("", "ferry")
    check_index(filled)


def test_new_names_of_the_same_text_are_found(filled: Store, make_item: MakeItem) -> None:
    ferry = make(make_item)[0]
    named = Organisation(id="x", name="Hillmore", confidence=1, mentions=(Evidence(start=0, end=5, text="Ferry"),))
    record = ferry.record.model_copy(update={"organisations": (named,), "extractor_version": "2.0"})
    save_batch(filled, Batch(seen_at=NOW, items=(ferry.model_copy(update={"record": record}),), reextracted=True))
    assert find(filled, "hillmore") == "ferry"
    check_index(filled)


def test_names_that_people_gave_are_found_until_they_take_them_back(store: Store, make_item: MakeItem) -> None:
    item = make_item()
    ana, text = start(store, item), item.release.text
    second = Reviewer(store, ana.release_id, "ben", 2)

    def find_all() -> list[int]:
        found = (load_queue(store, QueueFilter(words=name), 9) for name in ("kelvarro", "kio", "hillmore", "secret"))
        return [queue.total for queue in found]

    ana.do(Correct(target=ana.target("Norvik Foundation"), changes={"name": "Kelvarro", "acronym": "KIO"}))
    added = ana.do(Add(field="people", value={"name": "Hillmore", "mentions": [spot(text, "Harbour grant")]}))
    second.do(Correct(target=second.target("Harbour School"), changes={"name": "Secret"}))  # seen by nobody
    assert find_all() == [1, 1, 1, 0]
    save(store, item, make_item(text=text.replace("More in", "And more in"), version="2.0"))
    assert find_all() == [1, 1, 1, 0]
    with writing(store) as connection:
        downgrade(connection, "0008")
        upgrade(connection)
    assert find_all() == [1, 1, 1, 0]
    undone = ana.do(Undo(number=added.number))
    assert find_all() == [1, 1, 0, 0]
    ana.do(Undo(number=undone.number))
    assert find_all() == [1, 1, 1, 0]
    ana.do(Reject(targets=(ana.target("Kelvarro"),)))
    assert find_all() == [0, 0, 1, 0]
    assert load_queue(store, QueueFilter(words="norvik"), 9).total == 1  # the text's own words stay
    check_index(store)


def test_an_older_text_does_not_come_back(filled: Store, make_item: MakeItem) -> None:
    """Extracted again from a text that the release had before."""
    save(filled, make_item("ferry", text="Bus\n\nA bus for Oslo.", release={"id": "ferry"}))
    save_batch(filled, Batch(seen_at=NOW, items=(make(make_item)[0],), reextracted=True))
    assert (find(filled, "tromsø"), find(filled, "oslo")) == ("", "ferry")


def test_a_deleted_release_is_not_found(filled: Store, make_item: MakeItem) -> None:
    with writing(filled) as connection:
        connection.execute(delete(tables.release).where(tables.release.c.id == "ferry"))
    assert (find(filled, "harbour"), len(stored(filled))) == ("school", 3)
    check_index(filled)
    save(filled, make_item("new", text="Harbour", release={"id": "new"}))
    assert find(filled, "harbour") == "new school"
    check_index(filled)


def test_a_batch_that_fails_leaves_no_words(
    filled: Store, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr("store.save._save_visits", fail)
    with pytest.raises(OSError, match="killed"):
        save(filled, make_item("bus", text="A bus", release={"id": "bus"}))
    assert find(filled, "bus") == ""
    check_index(filled)


def test_the_longest_text_is_stored(store: Store, make_item: MakeItem) -> None:
    """PostgreSQL refuses more than 1 MiB of words."""
    words = (f"{number}{'界' * 30}" for number in range(20_000))
    save(store, make_item("1", text="Long " + " ".join(words)), make_item("2", text="é-à" * 300_000))
    assert len(stored(store)) == 2
    check_index(store)


def test_what_was_stored_before_is_found_after_the_upgrade(filled: Store) -> None:
    before = {typed: find(filled, typed) for typed, _ in FOUND}
    with writing(filled) as connection:
        downgrade(connection, "0008")
        upgrade(connection)
    assert {typed: find(filled, typed) for typed, _ in FOUND} == before
    check_index(filled)
