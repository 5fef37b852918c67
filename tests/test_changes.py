"""What changed since a mark: each kind of change is told, and none is ever passed over, whoever commits when."""

import csv
import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from typer.testing import CliRunner

from cli.main import build_app
from schemas.review import Correct, SetStatus
from store import tables
from store.changes import iter_changes, load_mark, read_mark, save_mark
from store.database import Store, StoreError, close_store, open_store, reading, writing
from store.export import Wanted
from store.export_changes import export_changes_csv, export_changes_jsonl
from store.export_parquet import export_parquet
from store.models import Batch, Item
from store.save import save_batch
from tests.reviewing import start
from tests.test_export import read_csv
from tests.test_export_formats import read_parquet

MakeItem = Callable[..., Item]
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def save(store: Store, *items: Item) -> None:
    save_batch(store, Batch(seen_at=NOW, items=items))


def told(store: Store, after: int) -> dict[str, tuple[str, ...]]:
    return {change.release_id: change.kinds for change in iter_changes(store, after)}


def now(store: Store) -> int:
    return read_mark(store, NOW).number


def set_gone(store: Store, item: Item, at: dt.datetime | None) -> None:
    with writing(store) as connection:
        changed = update(tables.release).where(tables.release.c.id == item.release.id)
        connection.execute(changed.values(gone_since=at))


def remove(store: Store, item: Item) -> None:
    with writing(store) as connection:
        connection.execute(delete(tables.release).where(tables.release.c.id == item.release.id))


def test_each_kind_of_change(store: Store, make_item: MakeItem) -> None:
    item, other = make_item(), make_item("2")
    steps: list[tuple[Callable[[], Any], tuple[str, ...] | None]] = [
        (lambda: save(store, item), ("new",)),
        (lambda: save(store, item), None),  # found again as it was
        (lambda: save(store, other), None),
        (lambda: save(store, make_item(version="2.0")), ("extracted",)),
        (lambda: save(store, make_item(text="Other words.")), ("changed",)),
        (lambda: save(store, item), ("changed",)),  # an earlier text is back
        (lambda: save(store, make_item(record={"review_priority": 7.0})), ("extracted",)),  # by the same version
        (lambda: save(store, *[make_item(record={"review_priority": 8.0}) for _ in range(2)]), ("extracted",)),
        (lambda: set_gone(store, item, NOW), ("gone",)),
        (lambda: set_gone(store, item, None), ("back",)),
        (lambda: remove(store, item), ("deleted",)),
        (lambda: save(store, item), ("new",)),
    ]
    for number, (step, kinds) in enumerate(steps):
        before = now(store)
        step()
        assert told(store, before).get(item.release.id) == kinds, number


def test_reviews_are_changes(store: Store, make_item: MakeItem) -> None:
    ana = start(store, make_item())
    before = now(store)
    ana.do(Correct(target=ana.target("Ana Reis"), changes={"title": "director"}))
    assert told(store, before) == {ana.release_id: ("reviewed",)}
    before = now(store)
    ana.do(SetStatus(status="done"))
    assert told(store, before) == {ana.release_id: ("reviewed",)}
    assert told(store, 0) == {ana.release_id: ("new", "reviewed")}


def test_a_batch_that_fails_is_no_change(store: Store, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch) -> None:
    before = now(store)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("store.save.save_words", fail)  # the last that is saved
    with pytest.raises(KeyboardInterrupt):
        save(store, make_item())
    monkeypatch.undo()
    save(store, make_item("2"))
    assert list(told(store, before)) == [make_item("2").release.id]


def test_who_began_before_the_mark_and_commits_after_it_is_not_passed_over(
    database_url: str, make_item: MakeItem
) -> None:
    """A reviewer's transaction waits for no batch; its change is numbered when it commits."""
    store = open_store(database_url)
    items = [make_item(str(number)) for number in range(2)]
    save(store, *items)
    if store.engine.dialect.name == "sqlite":
        close_store(store)
        pytest.skip("SQLite has one writer at a time")
    release, first = tables.release.c, items[0].release.id
    with store.engine.begin() as early:
        early.execute(update(tables.release).where(release.id == first).values(gone_since=NOW))  # began, not committed
        save(store, make_item("1", version="2.0"), make_item("3"))  # began later, commits first
        mark = now(store)
    assert told(store, mark) == {first: ("gone",)}
    close_store(store)


def test_many_writers_beside_an_exporter(database_url: str, make_item: MakeItem) -> None:
    """Whatever four writers commit, the exports together have the last state of every release."""
    store = open_store(database_url)
    save(store, *(make_item(f"shared-{number}") for number in range(4)))
    ends = threading.Event()
    problems: list[BaseException] = []

    def write(who: int) -> None:
        try:
            for step in range(3):
                save(store, make_item(f"own-{who}-{step}"), make_item(f"shared-{who}", version=f"{who}.{step}"))
                shared = make_item(f"shared-{step}").release.id
                with store.engine.execution_options(writing=True).begin() as connection:  # no turn, as reviewers
                    row = update(tables.release).where(tables.release.c.id == shared)
                    connection.execute(row.values(gone_since=NOW + dt.timedelta(seconds=100 * who + step)))
        except BaseException as error:
            problems.append(error)

    held: dict[str, tuple[Any, Any]] = {}

    def export(after: int) -> int:
        upto = now(store)
        for change in iter_changes(store, after):
            held[change.release_id] = version_of(change.content)
        return upto

    def version_of(content: str | None) -> tuple[Any, Any]:
        return (json.loads(content)["extractor_version"], None) if content else (None, None)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    mark = export(0)
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and not ends.wait(0.01):
        mark = export(mark)
    for thread in threads:
        thread.join()
    export(mark)
    with reading(store) as connection:
        current = select(tables.record.c.release_id, tables.record.c.extractor_version).where(
            tables.record.c.is_current
        )
        expected = {row.release_id: (row.extractor_version, None) for row in connection.execute(current)}
        numbers = connection.execute(select(func.count(tables.release_change.c.number.distinct()))).scalar_one()
    close_store(store)
    assert problems == []
    assert held == expected
    assert numbers == len(expected) == 16


def lines(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text("utf8").splitlines())


def test_exports_by_changes(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    items = [make_item(str(number)) for number in range(3)]
    save(store, *items)
    ana = start(store, make_item("4"))
    mark = now(store)
    ana.do(Correct(target=ana.target("Ana Reis"), changes={"title": "director"}))
    remove(store, items[0])
    save(store, make_item("1", version="2.0"))
    ids = {items[0].release.id: "deleted", ana.release_id: "reviewed", items[1].release.id: "extracted"}
    for reviewed, title in ((False, "head"), (True, "director")):
        assert export_changes_jsonl(store, tmp_path / "c.jsonl", mark, None, reviewed) == 3
        found = {row["release_id"]: row for row in lines(tmp_path / "c.jsonl")}
        assert {key: row["kinds"] for key, row in found.items()} == {key: [kind] for key, kind in ids.items()}
        assert found[items[0].release.id]["record"] is None
        assert found[ana.release_id]["record"]["people"][0]["title"] == title
        written = export_changes_csv(store, tmp_path / "csv", mark, None, reviewed)
        assert (written["changes"], written["releases"], written["people"]) == (3, 2, 2)
        with (tmp_path / "csv" / "changes.csv").open(encoding="utf8") as file:
            assert {row["release_id"]: row["kinds"] for row in csv.DictReader(file)} == ids
        written = export_parquet(store, tmp_path / "p", Wanted(reviewed=reviewed, after=mark))
        assert (written["changes"], written["releases"], written["people"]) == (3, 2, 2)
        assert {row["release_id"]: row["kinds"] for row in read_parquet(tmp_path / "p" / "changes")} == ids
    assert export_changes_jsonl(store, tmp_path / "c.jsonl", mark, "nobody", False) == 0
    assert export_changes_jsonl(store, tmp_path / "c.jsonl", 0, None, False) == 3  # what was deleted before is no news


@pytest.mark.parametrize("is_reviewed", [False, True])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_what_changes_during_an_export_is_in_none_of_its_files(  # noqa: PLR0913 - fixtures
    store: Store, make_item: MakeItem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, is_reviewed: bool
) -> None:
    """Who deletes what is listed and takes the rows that are there would lose them, or have them twice."""
    save(store, make_item("1"))
    mark = now(store)
    save(store, make_item("2"))
    late = iter([make_item("3"), make_item("4")])

    def saving_first(read: Callable[..., Any]) -> Callable[..., Any]:
        def read_later(*args: Any) -> Any:
            for one in late:
                save(store, one)
            return read(*args)

        return read_later

    module = f"store.export_{'changes' if form == 'csv' else 'parquet'}"
    read = "iter_reviewed_rows" if is_reviewed else "stream" if form == "parquet" else "read_changes"
    monkeypatch.setattr(f"{module}.{read}", saving_first(getattr(import_module(module), read)))
    if form == "csv":
        export_changes_csv(store, tmp_path, mark, None, is_reviewed)
        files = [[row["release_id"] for row in read_csv(tmp_path / f"{kind}.csv")] for kind in ("changes", "people")]
    else:
        export_parquet(store, tmp_path, Wanted(reviewed=is_reviewed, after=mark))
        files = [[row["release_id"] for row in read_parquet(tmp_path / kind)] for kind in ("changes", "people")]
    assert list(late) == []
    assert [set(ids) for ids in files] == [{make_item("2").release.id}] * 2


def test_ids_in_the_list_of_changes_are_those_of_the_other_files(
    store: Store, make_item: MakeItem, tmp_path: Path
) -> None:
    save(store, make_item("1", release={"id": "@acme-7"}))
    export_changes_csv(store, tmp_path, 0, None, False)
    ids = [{row.get("release_id", row.get("id")) for row in read_csv(tmp_path / f"{kind}.csv")} for kind in (
        "changes", "people", "releases")]  # fmt: skip
    assert ids == [{"'@acme-7"}] * 3


def test_a_mark_of_something_else_is_refused(store: Store, make_item: MakeItem, tmp_path: Path) -> None:
    mark, path = read_mark(store, NOW), tmp_path / "mark"
    assert load_mark(path, mark) == 0
    for other, said in (
        (mark.model_copy(update={"journal": "another"}), "another store"),
        (mark.model_copy(update={"number": 99}), "another store"),
        (mark.model_copy(update={"reviewed": True}), "other exports"),
        (mark.model_copy(update={"source": "acme"}), "--source acme"),
    ):
        save_mark(path, other)
        with pytest.raises(StoreError, match=said):
            load_mark(path, mark)
    path.write_text("{}")
    with pytest.raises(StoreError, match="no mark"):
        load_mark(path, mark)


def test_as_a_user_types_it(make_item: MakeItem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store(f"sqlite:///{tmp_path / 'dateline-data' / 'dateline.sqlite'}")

    def export() -> list[str]:
        done = CliRunner().invoke(build_app(("export",)), ["export", "--since-mark", "mark", "-o", "c.jsonl"])
        assert done.exit_code == 0, done.output
        return [kind for row in lines(tmp_path / "c.jsonl") for kind in row["kinds"]]

    save(store, make_item("1"), make_item("2"))
    assert export() == ["new", "new"]
    remove(store, make_item("1"))
    assert (export(), export()) == (["deleted"], [])
    close_store(store)
    whole = CliRunner().invoke(build_app(("export",)), ["export", "--since-mark", "mark", "--format", "ftm"])
    assert (whole.exit_code, "written whole" in whole.output) == (2, True)
    for name, format in (("x.duckdb", "duckdb"), ("p", "parquet"), ("f", "ftm")):
        done = CliRunner().invoke(build_app(("export",)), ["export", "--format", format, "-o", name])
        assert (done.exit_code, (tmp_path / name).exists()) == (0, True), done.output
