"""No statement of the daily work goes through a table that grows with the store, by SQLite's own plans."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from flows.extraction import extract_stored
from schemas.review import QueueFilter
from schemas.settings import Settings
from store import tables
from store.database import Store, close_store, open_store
from store.health import load_health
from store.models import Batch, Item
from store.review_queue import load_queue, next_release
from store.save import save_batch
from store.status import load_status
from store.texts import TextBatch, save_texts
from tests.test_extraction import EVENING, MORNING, OTHER, PLAIN, text_of

MakeItem = Callable[..., Item]
_SMALL = {"source", "run", "journal", "intake", "host", "slot"}
"""Tables that do not grow with the releases."""
_SCAN = re.compile(r"SCAN (\w+)")


@contextmanager
def plans() -> Iterator[list[tuple[str, str]]]:
    """Statements of every SQLite database, with how each is gone about."""
    found: list[tuple[str, str]] = []

    def explain(_: Any, cursor: Any, statement: str, parameters: Any, _context: Any, is_many: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            given = parameters[0] if is_many and parameters else parameters
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            found.extend((row[3], statement) for row in rows)

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", explain)


def scans(found: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Tables that grow and were gone through, with the statement."""
    growing = tables.metadata.tables.keys() - _SMALL
    return {(table[1], said) for step, said in found if (table := _SCAN.match(step)) and table[1] in growing}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    store = open_store(Settings(data_dir=tmp_path).database_url)
    yield store
    close_store(store)


def test_the_scan_of_a_table_is_seen(opened: Store) -> None:
    with plans() as found, opened.engine.connect() as connection:
        connection.exec_driver_sql("SELECT text FROM release_version WHERE text_sha256 = ?", ("x",))
    assert [table for table, _ in scans(found)] == ["release_version"]


def test_texts_and_their_extraction(opened: Store, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, model="fast")
    with plans() as found:
        for words, moment in ((PLAIN, MORNING), (PLAIN, MORNING), (OTHER, EVENING)):
            ids = save_texts(opened, TextBatch(moment, [text_of("1", words, moment), text_of("2", words, moment)])).ids
            extract_stored(settings, ids)
        extract_stored(settings, ["1", "2"])
    assert len(found) > 100
    assert scans(found) == set()


def test_saving(opened: Store, make_item: MakeItem) -> None:
    signature = tuple(range(128))
    with plans() as found:
        for text in ("A text.", "A text.", "Another one."):
            items = tuple(make_item(key, text=text, signature=signature) for key in ("1", "2"))
            save_batch(opened, Batch(seen_at=MORNING, items=items))
    assert len(found) > 100
    assert scans(found) == set()


def test_the_queue_comes_in_its_order(opened: Store, make_item: MakeItem) -> None:
    """No page of it, however far, and no next release is looked for by sorting all that wait."""
    items = [make_item(str(number), record={"review_priority": number % 2}) for number in range(6)]
    save_batch(opened, Batch(seen_at=MORNING, items=tuple(items)))
    odd, even = (sorted(item.release.id for item in items[start::2]) for start in (1, 0))
    everything, after, ids = QueueFilter(), None, list[str]()
    with plans() as found:
        while after is not None or not ids:
            page = load_queue(opened, everything, 2, after, MORNING)
            ids, after = [*ids, *(one.release_id for one in page.releases)], page.after
        assert next_release(opened, everything, "ana", MORNING, odd[2]) == even[0]
    assert ids == odd + even
    steps = {step for step, statement in found if "ORDER BY release.review_priority" in statement}
    assert any("USING INDEX ix_release_queue (review_priority<?)" in step for step in steps)
    assert not [step for step in steps if "TEMP B-TREE" in step]


def test_what_is_counted_without_going_through_records_and_texts(opened: Store) -> None:
    with plans() as found:
        load_status(opened)
        load_health(opened, "newsroom", MORNING)
    steps = [step for step, _ in found]
    assert not [step for step in steps if re.search(r"(record|release_version)\b(?! USING (COVERING )?INDEX)", step)]
    own = {step for step in steps if step.startswith("SEARCH release USING")}
    assert len(own) == 2
    assert all("(source=? AND published" in step for step in own)


def test_the_view_asks_large_tables_only_for_their_columns(opened: Store) -> None:
    def asked(question: str) -> set[str]:
        with plans() as found, opened.engine.connect() as connection:
            connection.exec_driver_sql(question)
        return {table for step, _ in found for table in re.findall(r"(?:SCAN|SEARCH) (\w+)", step)}

    assert asked("SELECT source, count(*) FROM releases GROUP BY source") == {"release", "release_copy", "review_state"}
    assert asked("SELECT text, extractor_version FROM releases") >= {"record", "release_version"}
