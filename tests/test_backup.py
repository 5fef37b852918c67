"""Backup and restore: between SQLite and PostgreSQL, while others write, of what is damaged, killed half-way."""

import datetime as dt
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from cli.main import build_app
from schemas.page import FetchedPage
from schemas.problem import Problem
from schemas.source import Link
from store import tables
from store.archive import load_bytes, save_bytes
from store.backup import Kept, save_backup
from store.backup_file import BackupError
from store.backup_rows import kept_tables
from store.check_backup import check_backup
from store.database import Store, close_store, open_store, reading, writing
from store.migrations.upgrade import downgrade, upgrade
from store.models import Batch, Item
from store.restore import restore_backup
from store.runs import start_run
from store.save import save_batch
from store.search import has_words
from store.status import load_status
from store.tallies import Tally, add_tallies
from store.tending import Tending
from tests.forked import start_program

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[1]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """An empty archive, and something that was learnt."""
    (tmp_path / "learned.json").write_text('{"what": "was learnt"}')
    return Kept((tmp_path / "archive").as_uri(), tmp_path / "learned.json")


@pytest.fixture
def other(postgres_server: str, tmp_path: Path, store: Store) -> Iterator[Store]:
    """An empty store on the other kind of database."""
    if store.engine.dialect.name == "postgresql":
        opened = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    else:
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS restored WITH (FORCE)")
            connection.execute("CREATE DATABASE restored")
        opened = open_store(postgres_server.replace("/postgres?", "/restored?"))
    yield opened
    close_store(opened)


def fill(store: Store, kept: Kept, make_item: Callable[..., Item]) -> str:
    """A row in nearly every table, among them decimals, bytes, JSON, and rows that refer to their own table."""
    link = Link(source="norvik", url="https://norvik.example/1")
    page = FetchedPage(link=link, final_url=link.url, status=200, fetched_at=NOW, content_type=None, body=b"<p>\x00")
    sha256 = save_bytes(kept.archive_url, page.body)
    items = (make_item("1", page=page, signature=tuple(range(128))), make_item("2", release={"title": "A\u2028B \x0b"}))
    problem = Problem(source="norvik", place="x", stage="read", code="no_text", message="…", page_sha256=sha256)
    save_batch(store, Batch(seen_at=NOW, items=items, problems=(problem,)))
    save_batch(store, Batch(seen_at=NOW, items=(make_item("2", text="Corrected"),)))
    start_run(store, NOW, ["norvik"])
    with writing(store) as connection:
        first = {
            "kind": "person",
            "name": "Ana",
            "name_key": "ana",
            "context": "",
            "is_acronym": False,
            "state": "open",
        }
        rows = [{"id": key, "employer_id": "z" if key == "a" else None, "canonical_id": "z", **first} for key in "za"]
        connection.execute(tables.entity.insert(), rows)  # "a" comes first in the backup, and refers to "z"
        connection.execute(tables.entity_key.insert(), {"role": "name", "words": "ana", "entity_id": "a"})
        address = {"id": "a", "source": "norvik", "kind": "listing", "url": "u", "found_at": NOW, "failures": 0}
        connection.execute(tables.address.insert(), {**address, "body": bytes(range(256))})
        add_tallies(connection, {Tally("seconds", "fetch"): 1.5})
    return sha256


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, as both kinds of database give them."""
    with reading(store) as connection:
        return {
            table.name: [
                tuple(_plain(value) for value in row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in kept_tables(connection)
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None) if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)
    return str(value) if type(value).__name__ == "Decimal" else value


def test_what_was_stored_is_there_again(
    store: Store, other: Store, kept: Kept, tmp_path: Path, make_item: Callable[..., Item]
) -> None:
    sha256 = fill(store, kept, make_item)
    (tmp_path / ".b.1.part").touch()
    manifest = save_backup(store, kept, tmp_path / "b", NOW)
    assert manifest == check_backup(tmp_path / "b")
    assert list(tmp_path.glob(".b*")) == []  # what a killed one left is gone as well
    assert (manifest.files, manifest.missing_files, manifest.tables["release"].rows) == (1, 0, 2)
    there = Kept(f"memory://{tmp_path.name}/there", tmp_path / "there.json")
    assert restore_backup(other, there, tmp_path / "b") == manifest
    before, after = contents(store), contents(other)
    assert [state for row in after["run"] for state in row if state in ("running", "interrupted")] == ["interrupted"]
    assert {**after, "run": (), "tally": ()} == {**before, "run": (), "tally": ()}
    assert after["tally"] == [("seconds", "fetch", 1.5)]  # the backup counts itself when it is done
    assert len(before["run"]) == 2  # the backup itself is one
    assert sum(map(bool, before.values())) > 20
    assert load_bytes(there.archive_url, sha256) == b"<p>\x00"
    assert there.learned.read_bytes() == kept.learned.read_bytes()
    with reading(other) as connection:
        found = select(tables.release.c.id).where(has_words(connection, tables.release.c.id, '"ana reis"'))
        assert connection.execute(found).scalars().all() == [make_item("1").release.id]


def test_a_store_that_holds_something(store: Store, kept: Kept, tmp_path: Path, make_item: Callable[..., Item]) -> None:
    fill(store, kept, make_item)
    save_backup(store, kept, tmp_path / "b", NOW)
    save_batch(store, Batch(seen_at=NOW, items=(make_item("3"),)))
    before = contents(store)
    with pytest.raises(BackupError, match=r"holds something already .*--replace"):
        restore_backup(store, kept, tmp_path / "b")
    assert contents(store) == before
    kept.learned.unlink()
    restore_backup(store, kept, tmp_path / "b", replace=True)
    assert load_status(store).counts["releases"] == 2
    assert kept.learned.exists()
    with pytest.raises(BackupError, match=r"is there already; .*--overwrite"):
        save_backup(store, kept, tmp_path / "b", NOW)
    save_backup(store, kept, tmp_path / "b", NOW, overwrite=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_change_of_the_file_is_seen(
    store: Store, kept: Kept, tmp_path: Path, make_item: Callable[..., Item]
) -> None:
    fill(store, kept, make_item)
    whole, bad = tmp_path / "b", tmp_path / "bad"
    save_backup(store, kept, whole, NOW)
    content = whole.read_bytes()
    empty = open_store(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    spots = [*range(0, len(content), len(content) // 25), *range(len(content) - 90, len(content), 7)]
    for spot in spots:
        for damaged in (content[:spot], content[:spot] + bytes([content[spot] ^ 1]) + content[spot + 1 :]):
            bad.write_bytes(damaged)
            with pytest.raises(BackupError, match=r"cut off|altered|newer"):
                restore_backup(empty, kept, bad)
    assert not any(contents(empty).values())
    close_store(empty)
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_archive_has_lost_is_named(
    store: Store, kept: Kept, tmp_path: Path, make_item: Callable[..., Item]
) -> None:
    sha256 = fill(store, kept, make_item)
    next((tmp_path / "archive").rglob(f"{sha256}.gz")).unlink()
    manifest = save_backup(store, kept, tmp_path / "b", NOW)
    assert manifest.missing_files == 1
    assert sha256 in manifest.missing[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_of_an_older_version(
    store: Store, kept: Kept, tmp_path: Path, make_item: Callable[..., Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written when there was no search yet."""
    save_batch(store, Batch(seen_at=NOW, items=(make_item(),)))
    before = contents(store)
    with writing(store) as connection:
        downgrade(connection, "0008")
    monkeypatch.setattr("store.backup.tending", lambda *_: nullcontext(Tending(store, "")))
    save_backup(store, kept, tmp_path / "b", NOW)
    assert check_backup(tmp_path / "b").revision == "0008"
    with writing(store) as connection:
        upgrade(connection)
    restore_backup(store, kept, tmp_path / "b", replace=True)
    assert contents(store) == before
    monkeypatch.setattr("store.backup.revision_of", lambda _: "9999")
    save_backup(store, kept, tmp_path / "newer", NOW)
    with pytest.raises(BackupError, match="newer version of Dateline"):
        restore_backup(store, kept, tmp_path / "newer", replace=True)
    assert contents(store) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_commands(store: Store, kept: Kept, tmp_path: Path, make_item: Callable[..., Item]) -> None:
    sha256 = fill(store, kept, make_item)

    def run(*words: str, folder: Path = tmp_path) -> tuple[int, str]:
        done = CliRunner().invoke(build_app(), words, env={"DATELINE_DATA_DIR": str(folder), "COLUMNS": "200"})
        return done.exit_code, done.output + str(done.exception or "")

    file, new = str(tmp_path / "b"), tmp_path / "new"
    code, said = run("backup", file)
    assert (code, "2 releases" in said, "1 archived bodies, what was learnt" in said) == (0, True, True), said
    assert run("restore", "--check", file)[0] == 0
    code, said = run("restore", file, folder=new)
    assert (code, (new / "archive" / sha256[:2] / f"{sha256}.gz").exists()) == (0, True), said
    assert "holds something already" in run("restore", file, folder=new)[1]
    assert "there is no such file" in run("restore", "nosuch", folder=tmp_path / "none")[1]
    code, said = run("backup", file, "--overwrite", folder=tmp_path / "none")
    assert "there is no such database" in said
    assert run("restore", "--check", file)[0] == 0  # the good one is still there
    assert not (tmp_path / "none").exists()
    (new / "archive" / sha256[:2] / f"{sha256}.gz").unlink()
    code, said = run("backup", str(tmp_path / "b2"), folder=new)
    assert (code, "1 bodies were lost" in said) == (1, True), said


KILLED = """
import os, signal, sys
from pathlib import Path
import store.restore
from store.backup import Kept
from store.database import open_store
store.restore.fill_words = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # all is loaded, nothing committed
store.restore.restore_backup(open_store(sys.argv[1]), Kept(sys.argv[2], Path(sys.argv[3])), Path(sys.argv[4]), True)
"""


def test_a_restore_that_is_killed_changes_nothing(
    store: Store, database_url: str, kept: Kept, tmp_path: Path, make_item: Callable[..., Item]
) -> None:
    fill(store, kept, make_item)
    save_backup(store, kept, tmp_path / "b", NOW)
    save_batch(store, Batch(seen_at=NOW, items=(make_item("3"),)))
    before, learned = contents(store), tmp_path / "other.json"
    given = [database_url, kept.archive_url, str(learned), str(tmp_path / "b")]
    assert start_program(KILLED, *given).wait() == -signal.SIGKILL
    assert contents(store) == before
    assert not learned.exists()


def test_what_was_learnt_is_switched_with_the_rows(
    store: Store, kept: Kept, tmp_path: Path, make_item: Callable[..., Item]
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("COMMIT", None, Exception("disk full"))

    fill(store, kept, make_item)
    save_backup(store, kept, tmp_path / "b", NOW)
    kept.learned.write_text("learnt since")
    event.listen(store.engine, "commit", fail)
    with pytest.raises(BackupError, match="disk full"):
        restore_backup(store, kept, tmp_path / "b", replace=True)
    event.remove(store.engine, "commit", fail)
    assert kept.learned.read_text() == "learnt since"
    restore_backup(store, kept, tmp_path / "b", replace=True)
    assert kept.learned.read_text() == '{"what": "was learnt"}'


WRITER = """
import datetime as dt, pickle, sys
from pathlib import Path
from schemas.page import FetchedPage
from schemas.source import Link
from store.archive import save_bytes
from store.database import open_store
from store.models import Batch
from store.save import save_batch
item, url, archive = pickle.loads(Path(sys.argv[1]).read_bytes())
store, now = open_store(url), dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
for number in range(100_000):
    address, new = f"https://norvik.example/{number}", {"id": f"{number:064}"}
    link, body = Link(source="norvik", url=address), address.encode()
    page = FetchedPage(link=link, final_url=address, status=200, fetched_at=now, content_type=None, body=body)
    save_bytes(archive, body)
    record = item.record.model_copy(update={"release": item.record.release.model_copy(update=new)})
    release = item.release.model_copy(update=new)
    one = item.model_copy(update={"release": release, "record": record, "page": page})
    save_batch(store, Batch(seen_at=now, items=(one,)))
    print(number, flush=True)
"""


def test_while_another_process_writes(
    store: Store, database_url: str, kept: Kept, tmp_path: Path, make_item: Callable[..., Item]
) -> None:
    (tmp_path / "given").write_bytes(pickle.dumps((make_item(), database_url, kept.archive_url)))
    writer = start_program(WRITER, str(tmp_path / "given"))
    try:
        for _ in range(20):
            writer.stdout.readline()
        manifests = [save_backup(store, kept, tmp_path / f"b{number}", NOW) for number in range(2)]
    finally:
        writer.kill()
        writer.communicate()
    counts = [manifest.tables["release"].rows for manifest in manifests]
    assert 20 <= counts[0] < counts[1]
    for number, manifest in enumerate(manifests):
        assert manifest.missing_files == 0
        assert manifest.files == manifest.tables["page"].rows == manifest.tables["record"].rows == counts[number]
    copy = open_store(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    restore_backup(copy, kept, tmp_path / "b1")
    assert load_status(copy).counts["releases"] == counts[1]
    close_store(copy)
