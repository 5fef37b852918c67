"""gc: what goes, what stays whatever happens, and a gc that is killed or meets an ingest; on SQLite and PostgreSQL."""

import datetime as dt
import json
import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from cli.main import build_app
from schemas.page import FetchedPage, utc_now
from schemas.problem import Problem
from schemas.settings import Settings
from schemas.source import Link
from store import tables
from store.archive import ArchiveError, load_bytes, save_bytes
from store.archive_files import iter_files, remove_file
from store.backup import Kept, save_backup
from store.database import Store, StoreError, reading, writing
from store.gc import GRACE, Archive, collect_garbage, compact, preview_gc
from store.models import Batch, Item
from store.references import iter_referenced
from store.runs import finish_run, start_run
from store.save import save_batch
from store.status import load_status
from store.tending import tending
from tests.counting import count_rows
from tests.forked import start_program

NOW = utc_now()
LONG_AGO, LATELY = NOW - dt.timedelta(days=400), NOW - dt.timedelta(days=1)
ROOT = Path(__file__).parents[1]
GOES = {
    "records of earlier extractors": 1,
    "earlier bodies of pages": 2,
    "quarantine": 1,
    "runs": 1,
    "bodies of listings": 1,
    "robots.txt": 1,
    "archived bytes that nothing refers to": 4,
}
"""What of `fill` nobody needs."""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive, and how long things are kept by default."""
    return Archive((tmp_path / "archive").as_uri(), Settings().keeping)


def page(url: str, body: bytes, at: dt.datetime) -> FetchedPage:
    link = Link(source="norvik", url=url)
    return FetchedPage(link=link, final_url=url, status=200, fetched_at=at, content_type=None, body=body)


def fill(store: Store, archive: Archive, make_item: Callable[..., Item]) -> None:
    """Two releases whose pages changed, of which somebody reviewed the second, and other things old and new."""

    def keep(key: str, body: FetchedPage, **fields: str) -> None:
        item = make_item(key, page=body, release={"page_sha256": body.sha256}, **fields)
        save_batch(store, Batch(seen_at=body.fetched_at, items=(item,)))

    for key in ("1", "2"):
        url = f"https://norvik.example/{key}"
        old, new = page(url, f"old {key}".encode(), LONG_AGO), page(url, f"new {key}".encode(), LATELY)
        for version in ("0.1", "0.2"):
            keep(key, old, version=version)
        for version in ("0.1", "0.2"):
            keep(key, new, version=version, text="Corrected")
    # A page that could not be read when it was asked for again: the release still stands on the body before.
    url = "https://norvik.example/3"
    keep("3", page(url, b"once", LONG_AGO))
    save_batch(store, Batch(seen_at=LATELY, pages=(page(url, b"broken", LATELY),)))
    # An address that never gave a release.
    menu = "https://norvik.example/menu"
    save_batch(store, Batch(seen_at=LATELY, pages=(page(menu, b"menu", LONG_AGO), page(menu, b"menu now", LATELY))))
    for place, at in (("x", LONG_AGO), ("y", LATELY)):
        lost = Problem(source="norvik", place=place, stage="read", code="no_text", message="…",
                       page_sha256=save_bytes(archive.url, f"failed {place}".encode()))  # fmt: skip
        save_batch(store, Batch(seen_at=at, problems=(lost,)))
    for body in (b"old 1", b"new 1", b"old 2", b"new 2", b"once", b"broken", b"menu", b"menu now", b"nobody's"):
        save_bytes(archive.url, body)
    for number in (1, 2):
        finish_run(store, start_run(store, LONG_AGO + dt.timedelta(hours=number)).id, LONG_AGO, {})
    add_old_rows(store, make_item("2").release.id)
    age(archive)


def add_old_rows(store: Store, reviewed: str) -> None:
    with writing(store) as connection:
        connection.execute(tables.review.insert(), {
            "id": "r", "release_id": reviewed, "field": "amounts", "value_id": "v", "verdict": "confirmed",
            "reviewer": "ana", "reviewed_at": LATELY, "extractor_version": "0.1", "text_sha256": "0"})  # fmt: skip
        for key, at in (("old", LONG_AGO), ("new", LATELY)):
            row = {"id": key, "source": "norvik", "kind": "listing", "url": key, "found_at": LONG_AGO, "failures": 0}
            connection.execute(tables.address.insert(), {**row, "checked_at": at, "etag": "e", "body": b"listing"})
            host = {"name": key, "robots": "", "robots_at": at, "free_at": LONG_AGO}
            connection.execute(tables.host.insert(), host)


def age(archive: Archive) -> None:
    """Let every archived file be old."""
    for file in iter_files(archive.url):
        os.utime(file.path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def needed(store: Store) -> set[str]:
    with reading(store) as connection:
        return set(iter_referenced(connection))


def bodies(archive: Archive) -> set[bytes]:
    return {load_bytes(archive.url, file.sha256) for file in iter_files(archive.url) if file.is_body}


def test_what_goes_and_what_stays(store: Store, archive: Archive, make_item: Callable[..., Item]) -> None:
    fill(store, archive, make_item)
    rows, before = count_rows(store), bodies(archive)
    seen = preview_gc(store, archive, NOW)
    assert (count_rows(store), bodies(archive)) == (rows, before)
    assert {kind.what: kind.number for kind in seen} == GOES
    assert collect_garbage(store, archive, NOW) == seen
    assert before - bodies(archive) == {b"old 1", b"menu", b"failed x", b"nobody's"}
    assert needed(store) == {file.sha256 for file in iter_files(archive.url)}
    gone = {table: rows[table] - number for table, number in count_rows(store).items() if rows[table] != number}
    assert gone == {"record": 1, "page": 2, "quarantine": 1, "host": 1, "tally": -1}  # one run went, this one came
    with reading(store) as connection:
        version = tables.release_version.c
        read = connection.execute(select(version.release_id, version.text, version.page_sha256)).all()
    kept = {(row.release_id == make_item("1").release.id, row.text == "Corrected"): row.page_sha256 for row in read}
    assert kept[True, False] is None  # the text stays, and says no longer from what it was read
    assert kept[True, True]
    assert [kind.number for kind in collect_garbage(store, archive, NOW)] == [0] * len(GOES)
    compact(store)


def test_bytes_whose_row_may_be_on_its_way(store: Store, archive: Archive, make_item: Callable[..., Item]) -> None:
    fill(store, archive, make_item)
    sha256 = save_bytes(archive.url, b"nobody's")  # fetched again: its row is not committed yet
    collect_garbage(store, archive, NOW)
    assert load_bytes(archive.url, sha256) == b"nobody's"
    collect_garbage(store, archive, utc_now() + GRACE + dt.timedelta(minutes=1))
    with pytest.raises(ArchiveError, match="holds no"):
        load_bytes(archive.url, sha256)


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_a_file_that_was_written_anew_is_not_taken_away(kind: str, tmp_path: Path) -> None:
    url = str(tmp_path) if kind == "folder" else f"memory://{tmp_path.name}"
    save_bytes(url, b"body")
    (file,) = iter_files(url)
    assert not remove_file(url, file, NOW)  # NOW is before that
    assert load_bytes(url, file.sha256) == b"body"
    assert remove_file(url, file, utc_now() + GRACE)
    assert not remove_file(url, file, utc_now() + GRACE)
    assert list(iter_files(url)) == []


KILLED = """
import os, pickle, signal, sys
import store.gc
from pathlib import Path
from store.database import open_store
url, archive, now, name, times = pickle.loads(Path(sys.argv[1]).read_bytes())
work, left = getattr(store.gc, name), [times]
def killed(*given):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return work(*given)
setattr(store.gc, name, killed)
store.gc.collect_garbage(open_store(url), archive, now)
"""


@pytest.mark.parametrize("kill", [("_clear", 2), ("remove_file", 1)])
def test_killed_it_leaves_a_good_store(
    kill: tuple[str, int], store: Store, database_url: str, archive: Archive, make_item: Callable[..., Item]
) -> None:
    fill(store, archive, make_item)
    given = Path(archive.url.removeprefix("file://")).with_name("given")
    given.write_bytes(pickle.dumps((database_url, archive, NOW, *kill)))
    assert start_program(KILLED, str(given)).wait() == -signal.SIGKILL
    assert needed(store) <= {file.sha256 for file in iter_files(archive.url)}
    collect_garbage(store, archive, utc_now())
    assert needed(store) == {file.sha256 for file in iter_files(archive.url)}
    states = [run.state for run in load_status(store).runs if run.kind == "gc"]
    assert states == ["finished", "interrupted"]


def test_not_beside_a_backup(store: Store, archive: Archive, tmp_path: Path) -> None:
    with tending(store, "backup"), pytest.raises(StoreError, match="a backup is under way since"):
        collect_garbage(store, archive, NOW)
    with tending(store, "gc"), pytest.raises(StoreError, match="a gc is under way since"):
        save_backup(store, Kept(archive.url, tmp_path / "learned.json"), tmp_path / "b", NOW)
    with writing(store) as connection:  # one elsewhere that was silent for too long
        elsewhere = {"state": "running", "process": "elsewhere|1|1", "alive_at": LATELY}
        connection.execute(update(tables.run).values(elsewhere))
    collect_garbage(store, archive, NOW)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command(store: Store, tmp_path: Path, make_item: Callable[..., Item]) -> None:
    archive = Archive((tmp_path / "archive").as_uri(), Settings().keeping)
    fill(store, archive, make_item)

    def run(*words: str) -> str:
        done = CliRunner().invoke(
            build_app(), ["gc", *words], env={"DATELINE_DATA_DIR": str(tmp_path), "COLUMNS": "200"}
        )
        assert done.exit_code == 0, done.output
        return done.output

    assert "Nothing was changed" in run()
    kinds = json.loads(run("--json"))["kinds"]
    assert {kind["what"]: kind["number"] for kind in kinds} == GOES
    assert "The database gave back" in run("--apply", "--compact")
    assert needed(store) == {file.sha256 for file in iter_files(archive.url)}
