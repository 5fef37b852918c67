"""Opening, transactions, and what is left when processes are killed or write at once; on SQLite and PostgreSQL."""

import csv
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from store import tables
from store.daily import load_days
from store.database import Store, StoreError, close_store, open_store, reading, writing
from store.export import export_csv
from store.load import iter_records
from store.models import Batch, Item
from store.query import answering
from store.save import save_batch
from tests.counting import count_rows
from tests.forked import Forked, start_program

ROOT = Path(__file__).parents[1]

UNUSABLE = [
    ("", "no database URL"),
    ("releases.sqlite", "no database URL"),  # a path is no URL
    ("postgresql://someone:secret@host:port/x", "no database URL"),  # no number
    ("sqlite://", "in memory"),  # each connection would have a database of its own
    ("sqlite:///:memory:", "in memory"),
    ("mysql://localhost/x", "is not supported"),
    ("postgresql+asyncpg://localhost/x", "is not supported"),  # a driver that cannot be used without asyncio
    ("postgresql://someone:secret@localhost:1/x", "cannot be opened"),  # nobody listens there
    ("sqlite:////proc/nothing/x.sqlite", "cannot be opened"),  # no folder can be made there
]

WRITER = """
import datetime as dt, sys
from schemas.evidence import Evidence
from schemas.record import Organisation, Record, ReleaseRef
from schemas.release import Release
from store.database import open_store
from store.models import Batch, Item
from store.save import save_batch

def item(key, number):
    release = Release(id=f"{key}-{number}", source="norvik", text=f"Harbour {key} {number}")
    mentions = (Evidence(start=0, end=7, text="Harbour"),)
    names = tuple(Organisation(id=str(i), name="Harbour", mentions=mentions, confidence=1) for i in range(20))
    reference = ReleaseRef(id=release.id, source="norvik", url=None, title="", published=None,
                           text_sha256=release.text_sha256)
    return Item(release=release, record=Record(extractor_version="1", release=reference, organisations=names))

url, key, batches = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = open_store(url)
for number in range(batches):
    items = tuple(item(key, number * 10 + i) for i in range(10))
    save_batch(store, Batch(seen_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC), items=items))
    print(number, flush=True)
"""


def start_writer(url: str, key: str, batches: int) -> Forked:
    """A process that saves batches of ten releases, each with twenty organisations."""
    return start_program(WRITER, url, key, str(batches))


@pytest.mark.parametrize(("url", "said"), UNUSABLE)
def test_an_unusable_address_says_what_to_do(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as raised:
        open_store(url)
    assert "secret" not in str(raised.value)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, not a database\n" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{path}")
    assert path.read_text().startswith("these are notes")


def test_the_short_name_of_postgresql(request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("postgres_server")
    store = open_store(server.replace("postgresql://", "postgres://"))
    assert store.engine.dialect.driver == "psycopg"
    close_store(store)


def test_moments_are_utc_wherever_the_server_is(
    database_url: str, tmp_path: Path, make_item: Callable[..., Item]
) -> None:
    if database_url.startswith("postgresql"):
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {connection.info.dbname} SET timezone = 'Asia/Tokyo'")
    store = open_store(database_url)
    save_batch(store, Batch(seen_at=dt.datetime(2026, 6, 1, 23, 30, tzinfo=dt.UTC), items=(make_item(),)))
    with pytest.raises(ZeroDivisionError), reading(store):
        raise ZeroDivisionError  # the connection is used again after it was rolled back
    assert [day.releases for day in load_days(store, dt.date(2026, 6, 2), 2)] == [1, 0]
    with answering(store, "SELECT first_seen FROM releases", 20) as answer:
        assert str(next(answer.rows)[0]).startswith("2026-06-01 23:30:00")
    export_csv(store, tmp_path / "out")
    with (tmp_path / "out" / "releases.csv").open(encoding="utf8", newline="") as file:
        assert next(csv.DictReader(file))["first_seen"] == "2026-06-01 23:30:00"
    close_store(store)


def test_folders_are_made(tmp_path: Path) -> None:
    close_store(open_store(f"sqlite:///{tmp_path / 'a' / 'b' / 'dateline.sqlite'}"))
    assert (tmp_path / "a" / "b" / "dateline.sqlite").is_file()


def test_sqlite_is_set_up(tmp_path: Path) -> None:
    with reading(open_store(f"sqlite:///{tmp_path / 'x.sqlite'}")) as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys")
        }
        assert settings == {"journal_mode": "wal", "foreign_keys": 1}
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() >= 60_000


def test_an_exception_undoes_the_transaction(store: Store) -> None:
    with pytest.raises(IntegrityError), writing(store) as connection:
        connection.execute(tables.source.insert(), [{"name": "norvik"}, {"name": "norvik"}])
    assert count_rows(store)["source"] == 0


def test_a_reader_sees_one_state_while_another_writes(store: Store) -> None:
    count = select(func.count()).select_from(tables.source)
    with reading(store) as reader:
        assert reader.execute(count).scalar() == 0
        with writing(store) as writer:
            writer.execute(tables.source.insert(), {"name": "norvik"})
        assert reader.execute(count).scalar() == 0
    with reading(store) as reader:
        assert reader.execute(count).scalar() == 1


def test_several_processes_open_and_write_at_once(database_url: str) -> None:
    writers = [start_writer(database_url, key, 15) for key in ("a", "b", "c", "a")]  # two of them the same releases
    assert [writer.communicate()[0].split()[-1] for writer in writers] == ["14"] * 4
    assert [writer.returncode for writer in writers] == [0] * 4
    store = open_store(database_url)
    counts = count_rows(store)
    assert (counts["release"], counts["record"], counts["organisation"]) == (450, 450, 9000)
    close_store(store)


def test_a_killed_writer_leaves_nothing_half_written(database_url: str) -> None:
    for attempt in range(3):
        writer = start_writer(database_url, "a", 2000)
        for _ in range(3 + attempt):
            writer.stdout.readline()
        time.sleep(0.002 * attempt)  # somewhere in a batch
        writer.kill()
        writer.wait()
        store = open_store(database_url)
        counts = count_rows(store)
        assert counts["release"] % 10 == 0
        assert counts["record"] == counts["release_version"] == counts["release"] >= 30
        assert counts["organisation"] == 20 * counts["release"]
        assert sum(1 for _ in iter_records(store)) == counts["release"]
        close_store(store)


def test_a_writer_killed_just_before_the_end_of_its_transaction(database_url: str) -> None:
    last_step = "import os, store.save\nstore.save._clear_quarantine = lambda *_: os.kill(os.getpid(), 9)\n"
    assert start_program(last_step + WRITER, database_url, "a", "1").wait() == -9
    store = open_store(database_url)
    assert {name for name, rows in count_rows(store).items() if rows} <= {"journal"}  # which a new store has one of
    assert start_writer(database_url, "a", 1).wait() == 0
    assert count_rows(store)["organisation"] == 200
    close_store(store)
