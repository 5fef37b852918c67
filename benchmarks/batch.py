"""What a batch run costs beside the model, and what it needs of memory.

python -m benchmarks.batch bare RELEASES.jsonl [--limit N]   the whole pipeline against `nlp.pipe` with the names alone
python -m benchmarks.batch prefect [--releases N]            what Prefect takes of a run of nothing
python -m benchmarks.batch workers RELEASES.jsonl            one worker, then two
python -m benchmarks.batch memory [--releases N]             memory of a worker, with a stand-in for the model
python -m benchmarks.batch dask ADDRESS [--releases N]       generated releases through a cluster, started with
                                                             `dask worker --preload benchmarks.dask_stand_in`
                                                             (…_whole: for the rules too)
                                                             and DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED=false
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path

from benchmarks.generated import generate, stand_in
from benchmarks.words import load_releases
from extractors.pipeline import build_pipeline
from flows.extraction import extract_stored, load_extractor
from schemas.page import utc_now
from schemas.release import Release
from schemas.settings import Settings
from store.database import Store, open_store
from store.texts import StoredText, TextBatch, save_texts

_MB = 1024
_AHEAD = 4
"""Batches that are taken in before a worker is free for them."""


def main() -> None:
    """Measure one thing and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("bare", "prefect", "workers", "memory", "dask"))
    parser.add_argument("where", nargs="?", default="")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--releases", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=0.0, help="that the stand-in takes for a text")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), model=os.environ.get("DATELINE_MODEL", "accurate"))
        if asked.what == "bare":
            measure_bare(settings, load_releases(Path(asked.where), asked.limit))
        elif asked.what == "prefect":
            measure_prefect(settings, asked.releases)
        elif asked.what == "workers":
            measure_workers(settings, load_releases(Path(asked.where), asked.limit))
        elif asked.what == "memory":
            measure_memory(settings, asked.releases, asked.seconds)
        else:
            measure_dask(settings, asked.where, asked.releases)


def measure_bare(settings: Settings, releases: list[Release]) -> None:
    """Seconds of this process's CPU, so that what else the machine does does not count; three rounds, in turn."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    bare = build_pipeline(settings.model)
    for name in ("dateline_amounts", "dateline_dates", "dateline_quotes"):
        bare.remove_pipe(name)
    texts = [release.text for release in releases]
    load_extractor(settings)
    list(bare.pipe(texts[:3]))
    best = {"bare": float("inf"), "whole": float("inf")}
    for number in range(3):
        began = time.process_time()
        for _ in bare.pipe(texts):
            pass
        best["bare"] = min(best["bare"], time.process_time() - began)
        fresh = settings.model_copy(update={"database": f"sqlite:///{settings.data_dir}/{number}.sqlite"})
        load_extractor(fresh)
        began = time.process_time()
        run_plain(fresh, releases)
        best["whole"] = min(best["whole"], time.process_time() - began)
        rates = {name: len(releases) / seconds for name, seconds in best.items()}
        print(*(f"{name} {rate:.2f}/s" for name, rate in rates.items()), f"ratio {best['bare'] / best['whole']:.3f}")


def run_plain(settings: Settings, releases: list[Release]) -> None:
    """Take in and extract, batch by batch, in this process."""
    store = open_store(settings.database_url)
    for ids in _stored(store, iter(releases), settings.batch_size):
        extract_stored(settings, ids)


def _stored(store: Store, releases: Iterator[Release], size: int) -> Iterator[tuple[str, ...]]:
    while part := list(islice(releases, size)):
        texts = [StoredText(release, utc_now(), release.id) for release in part]
        yield save_texts(store, TextBatch(utc_now(), texts)).ids


def measure_prefect(settings: Settings, number: int) -> None:
    """A run whose batches do nothing: all that is left is Prefect's, its server's start included."""
    import flows.quiet  # noqa: F401  isort: skip  (settings that Prefect reads when it is first imported)

    from prefect import flow
    from prefect.task_runners import ThreadPoolTaskRunner

    from flows.batch import extract_all, submit
    from flows.intake import Desk, Taken
    from flows.prefect_server import start_server
    from flows.report import Report

    began = time.perf_counter(), time.process_time()
    start_server()()
    started = time.perf_counter() - began[0]
    desk = Desk(settings, open_store(settings.database_url), "none")

    @flow(name="nothing")
    def nothing() -> int:
        batches = (Taken((str(n),), Report()) for n in range(number // settings.batch_size))
        with ThreadPoolTaskRunner(max_workers=1) as runner:  # type: ignore[var-annotated]
            start = partial(submit, runner, lambda _: Report())
            return sum(1 for _ in extract_all(batches, start, lambda: 3, desk))

    nothing()
    took, used = time.perf_counter() - began[0], time.process_time() - began[1]
    batches = number // settings.batch_size
    print(f"{batches} batches of nothing: {took:.1f} s, {used:.1f} of them work here; its server took {started:.1f}")


def measure_workers(settings: Settings, releases: list[Release]) -> None:
    """Seconds from the first batch to the last, on one worker and on two, which are there before."""
    from concurrent.futures import ThreadPoolExecutor

    from flows.workers import Crew

    took: dict[int, float] = {}
    for workers in (1, 2, 1, 2):
        fresh = settings.model_copy(update={"database": f"sqlite:///{settings.data_dir}/{time.time()}.sqlite"})
        batches = list(_stored(open_store(fresh.database_url), iter(releases), 10))
        crew = Crew(fresh, workers)
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(crew.extract, [batches[0][:1]] * workers))
            began = time.perf_counter()
            list(pool.map(crew.extract, batches))
            took[workers] = min(took.get(workers, float("inf")), time.perf_counter() - began)
        crew.dismiss()
        print(f"{workers} workers: {len(releases) / took[workers]:.2f}/s", flush=True)
    print(f"two against one: {took[1] / took[2]:.2f}")


def measure_memory(settings: Settings, number: int, seconds: float) -> None:
    """The peak of this process, which extracts as a worker does, after each twentieth; another takes the texts in."""
    stand_in(seconds)
    spawned = get_context("spawn")
    queue: Queue[tuple[str, ...] | None] = spawned.Queue(_AHEAD)
    intake = spawned.Process(target=_take_in, args=(settings, number, queue), daemon=True)
    intake.start()
    done, began = 0, time.perf_counter()
    while ids := queue.get():
        extract_stored(settings, ids)
        done += len(ids)
        if done % max(settings.batch_size, number // 20) == 0:
            rate = done / (time.perf_counter() - began)
            print(f"{done:>9,} releases: peak {peak_mb():.0f} MB, now {now_mb():.0f} MB, {rate:.0f}/s", flush=True)
    intake.join()


def _take_in(settings: Settings, number: int, queue: "Queue[tuple[str, ...] | None]") -> None:
    """Store generated releases, and hand out their ids."""
    for ids in _stored(open_store(settings.database_url), generate(number), settings.batch_size):
        queue.put(ids)
    queue.put(None)


def peak_mb() -> float:
    """The largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB


def now_mb() -> float:
    """Its resident size."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / _MB / _MB


def measure_dask(settings: Settings, address: str, number: int) -> None:
    """Generated releases in a JSONL file, by `dateline batch --dask`; rows are counted, and the time."""
    from flows.batch import batch

    path = settings.data_dir / "made.jsonl"
    with path.open("w", encoding="utf8") as file:
        for release in generate(number):
            file.write(release.model_dump_json(include={"id", "source", "title", "text"}) + "\n")
    os.environ["DATELINE_DATA_DIR"] = str(settings.data_dir / "data")
    began = time.perf_counter()
    state = batch([path], None, None, address, return_state=True)
    took = time.perf_counter() - began
    print(f"{number:,} releases in {took:.0f} s, {number / took:.0f}/s: {state.message}; own peak {peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
