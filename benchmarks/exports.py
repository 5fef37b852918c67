"""What it takes to get everything out of a store, and in again: seconds and memory of each command, by size.

python -m benchmarks.exports [--releases 5000 20000]

Releases are those of `benchmarks.store_rate`. Each command runs as a user starts it, with a store in SQLite of its
own; its memory is the largest resident size of its process. "again" is over the file before, with 100 new releases.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.store_rate import make_pool, make_releases
from schemas.page import utc_now
from store.database import close_store, open_store
from store.models import Batch, Item
from store.save import save_batch

_DATELINE = r"""
import atexit, re
from pathlib import Path
from cli.main import main
size = lambda: re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
atexit.register(lambda: Path("peak").write_text(size()))
main()
"""
"""The program, which leaves behind the kilobytes that it had at most."""
_NEW = 100
_EXPORTS = ("jsonl", "csv", "parquet", "ftm", "duckdb")


def main() -> None:
    """Fill stores, run the commands, print a line for each."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--releases", type=int, nargs="+", default=[5_000, 20_000])
    asked = cli.parse_args()
    pool = make_pool()
    print(f"{'':24}" + "".join(f"{number:>20,} releases" for number in asked.releases))
    measured = [dict(_measure(pool, number)) for number in asked.releases]
    for what in measured[0]:
        print(
            f"{what:24}"
            + "".join(f"{seconds:>18.1f} s {size:>5.0f} MB" for seconds, size in (m[what] for m in measured))
        )


def _measure(pool: list[Item], number: int) -> Iterator[tuple[str, tuple[float, float]]]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        releases = make_releases(pool)
        _fill(place, releases, number)
        for format in _EXPORTS:
            yield f"export {format}", _run(place, "export", "--format", format, "-o", format)
        _fill(place, releases, _NEW)
        yield "export duckdb again", _run(place, "export", "--format", "duckdb", "-o", "duckdb")
        yield "backup", _run(place, "backup", "kept.backup")
        yield "restore", _run(place, "restore", "kept.backup", DATELINE_DATA_DIR=str(place / "other"))


def _fill(folder: Path, releases: Iterator[Item], number: int) -> None:
    store = open_store(f"sqlite:///{folder}/data/dateline.sqlite")
    for start in range(0, number, 100):
        items = tuple(map(_without_page, islice(releases, min(100, number - start))))
        save_batch(store, Batch(seen_at=utc_now(), items=items))
    close_store(store)


def _without_page(item: Item) -> Item:
    """A backup tells of pages that the archive has lost, and there is no archive here."""
    return item.model_copy(update={"release": item.release.model_copy(update={"page_sha256": None})})


def _run(folder: Path, *words: str, **environment: str) -> tuple[float, float]:
    """Seconds, and megabytes at most."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    given = {**own, "DATELINE_DATA_DIR": str(folder / "data"), **environment}
    began = time.perf_counter()
    command = [sys.executable, "-c", _DATELINE, *words]
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"dateline {' '.join(words)}: {done.stderr}")
    return time.perf_counter() - began, int((folder / "peak").read_text()) / 1024


if __name__ == "__main__":
    main()
