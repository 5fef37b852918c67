"""A DuckDB file written over an earlier one has the rows of one that is written anew, and takes over what it can."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

import store.export_duckdb
from schemas.review import Correct, SetStatus
from store.database import Store, StoreError
from store.export import Wanted
from store.export_duckdb import TABLES, export_duckdb
from store.models import Item
from tests.reviewing import start
from tests.test_changes import remove, save

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SIGNATURE = tuple(range(128))


@pytest.fixture
def from_store(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Releases of whose people rows are read from the store; to be cleared."""
    people: list[str] = []
    insert = store.export_duckdb._insert

    def note(file: Any, table: Any, rows: Any) -> None:
        people.extend(row["release_id"] for row in rows if table.name == "person")
        insert(file, table, rows)

    monkeypatch.setattr("store.export_duckdb._insert", note)
    return people


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(path), read_only=True) as file:
        names = [table.name for table in TABLES] + ["export"]
        return {name: sorted(file.execute(f"FROM {name}").fetchall(), key=repr) for name in names}


@pytest.mark.parametrize("reviewed", [False, True])
def test_after_each_kind_of_change(
    store: Store, make_item: MakeItem, tmp_path: Path, reviewed: bool, from_store: list[str]
) -> None:
    ana, wanted = start(store, make_item("0")), Wanted(reviewed=reviewed)
    first, second = (make_item(key, signature=SIGNATURE) for key in "12")
    save(store, first)

    def twice() -> list[Item]:
        """By the version that is stored, with something else in it."""
        return [make_item("1", version="2.0", record={"review_priority": 7.0, "quotes": ()}) for _ in range(2)]

    steps: list[tuple[Callable[[], Any], set[str]]] = [
        (lambda: save(store, second), {second.release.id}),  # a copy: the first may be told so as well
        (lambda: save(store, first, second, make_item("3"), make_item("4", release={"source": "other"})), {"3", "4"}),
        (lambda: save(store, make_item("1", version="2.0")), {first.release.id, second.release.id}),  # no copy now
        (lambda: save(store, *twice()), {first.release.id}),
        (lambda: save(store, make_item("1", text="Ana Reis left.")), set()),  # nobody is found
        (lambda: ana.do(Correct(target=ana.target("Ana Reis"), changes={"title": "director"})), {ana.release_id}),
        (lambda: ana.do(SetStatus(status="done")), {ana.release_id}),
        (lambda: remove(store, second), set()),
    ]
    export_duckdb(store, tmp_path / "a.duckdb", wanted)
    for number, (step, read) in enumerate(steps):
        step()
        from_store.clear()
        counted = export_duckdb(store, tmp_path / "a.duckdb", wanted)
        expected = {make_item(key).release.id if len(key) == 1 else key for key in read}
        assert set(from_store) == expected, number
        (tmp_path / "b.duckdb").unlink(missing_ok=True)
        assert export_duckdb(store, tmp_path / "b.duckdb", wanted) == counted
        assert rows(tmp_path / "a.duckdb") == rows(tmp_path / "b.duckdb"), number


def test_of_what_is_no_earlier_one_nothing_is_taken(
    store: Store, make_item: MakeItem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_store: list[str]
) -> None:
    save(store, make_item("1"), make_item("2"))
    path = tmp_path / "a.duckdb"

    def all_read() -> bool:
        from_store.clear()
        export_duckdb(store, path, Wanted())
        return len(from_store) == 2

    path.write_text("not of DuckDB")
    assert all_read()
    assert not all_read()
    export_duckdb(store, path, Wanted("norvik"))
    assert all_read()
    Path(f"{path}.wal").write_bytes(b"of somebody who wrote to it and died")
    assert all_read()
    assert rows(path)["person"]
    export_duckdb(store, path, Wanted(reviewed=True))
    assert all_read()
    for made in ("UPDATE export SET number = number + 1", "UPDATE export SET journal = 'x'",
                 "UPDATE export SET program = 'x'", "DELETE FROM export", "DROP TABLE export"):  # fmt: skip
        with duckdb.connect(str(path)) as file:
            file.execute(made)
        assert all_read(), made
    monkeypatch.setattr("store.duckdb_earlier._MOST", 0)
    assert not all_read()
    save(store, make_item("3"))
    export_duckdb(store, path, Wanted())
    assert len(from_store) == 3


def test_one_that_is_damaged_says_so(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    save(store, make_item("1"))
    path = tmp_path / "a'b.duckdb"
    export_duckdb(store, path, Wanted())
    with duckdb.connect(str(path)) as file:
        file.execute("DROP TABLE mention")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="remove this one if it is damaged"):
        export_duckdb(store, path, Wanted())
    assert path.read_bytes() == before
