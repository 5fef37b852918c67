"""Documents per second and peak memory of reading, extracting and storing apart, and what Prefect and the store cost.

python -m benchmarks.stages PAGES [--limit N]

PAGES is a folder of HTML pages of one newsroom. Each stage runs in a process of its own, beside a raw baseline in the
same process: a ratio says more than a figure on a machine that others use as well. The Prefect server's start (seconds,
once a run) is printed apart, since it does not grow with the documents.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import trafilatura

from benchmarks.newsroom import serve_folder
from extractors.page import PageError, read_page
from extractors.pipeline import build_pipeline
from extractors.record import extract_record
from flows.plan import plan_links
from flows.process import open_bench, process_links
from flows.report import add_reports
from schemas.page import FetchedPage, utc_now
from schemas.release import Release
from schemas.settings import Settings
from schemas.source import Link, Source
from schemas.wanted import Wanted
from store.database import close_store, open_store
from store.models import Batch, Item
from store.save import save_batch

SOURCE = Source.model_validate({"name": "pages", "url": "http://127.0.0.1/", "discover": "listing", "delay_seconds": 0})
Clock = Callable[[], float]


class Timing(NamedTuple):
    """What one stage took; `baseline` is the raw work beside it, in seconds."""

    documents: int
    seconds: float
    baseline: float
    baseline_name: str
    peak_mb: float = 0.0


def load_pages(folder: Path, limit: int) -> list[FetchedPage]:
    """The first pages of the folder, as if fetched."""
    return [
        FetchedPage(
            link=Link(source="pages", url=f"http://127.0.0.1/{path.name}"),
            final_url=f"http://127.0.0.1/{path.name}",
            status=200,
            fetched_at=utc_now(),
            content_type="text/html",
            body=path.read_bytes(),
        )
        for path in sorted(folder.glob("*.html"))[:limit]
    ]


def read_pages(pages: list[FetchedPage]) -> list[Release]:
    """The releases of the pages that hold one."""
    releases = []
    for page in pages:
        try:
            releases.append(read_page(page, SOURCE))
        except PageError as error:
            print(f"left out: {error}")
    return releases


def time_reading(folder: Path, limit: int) -> Timing:
    """Pages to releases, beside trafilatura's main text alone."""
    pages = load_pages(folder, limit)
    began = time.perf_counter()
    releases = read_pages(pages)
    middle = time.perf_counter()
    for page in pages:
        trafilatura.extract(page.body.decode("utf8", "replace"))
    return Timing(len(releases), middle - began, time.perf_counter() - middle, "trafilatura.extract")


def time_extracting(folder: Path, limit: int) -> Timing:
    """Releases to records, beside the tokenizer alone."""
    releases = read_pages(load_pages(folder, limit))
    nlp = build_pipeline()
    began = time.perf_counter()
    for release in releases:
        extract_record(nlp, release)
    middle = time.perf_counter()
    for release in releases:
        nlp.make_doc(release.text)
    return Timing(len(releases), middle - began, time.perf_counter() - middle, "tokenizer alone")


def time_storing(folder: Path, limit: int) -> Timing:
    """Records to the store, beside one SQLite table of the same JSON."""
    nlp = build_pipeline()
    items = [Item(release=r, record=extract_record(nlp, r)) for r in read_pages(load_pages(folder, limit))]
    with tempfile.TemporaryDirectory() as scratch:
        store = open_store(f"sqlite:///{scratch}/store.sqlite")
        began = time.perf_counter()
        for start in range(0, len(items), 100):
            save_batch(store, Batch(seen_at=utc_now(), items=tuple(items[start : start + 100])))
        middle = time.perf_counter()
        close_store(store)
        with sqlite3.connect(f"{scratch}/raw.sqlite") as raw:
            raw.execute("create table record (id text primary key, body text)")
            raw.executemany(
                "insert into record values (?, ?)", [(i.release.id, i.record.model_dump_json()) for i in items]
            )
    return Timing(len(items), middle - began, time.perf_counter() - middle, "one table of JSON")


def time_whole(folder: Path, limit: int) -> Timing:
    """The flow `ingest` over HTTP on loopback, beside the same work without Prefect."""
    with serve_folder(folder) as source, tempfile.TemporaryDirectory() as scratch:
        os.environ["DATELINE_DATA_DIR"] = f"{scratch}/flow"
        from flows.ingest import ingest

        ingest([source], Wanted(limit=1))  # the server's start, counted apart
        began = time.perf_counter()
        ingest([source], Wanted(limit=limit - 1))
        flow_seconds = time.perf_counter() - began
        with open_bench(Settings(data_dir=Path(scratch) / "plain")) as bench:
            began = time.perf_counter()
            jobs = plan_links([source], replace(bench, wanted=Wanted(limit=limit - 1))).jobs
            step = bench.settings.batch_size
            batches = [jobs[start : start + step] for start in range(0, len(jobs), step)]
            report = add_reports(process_links(batch, bench) for batch in batches)
            plain_seconds = time.perf_counter() - began
    print(
        "working seconds of the stages without Prefect:",
        json.dumps({k: round(v, 2) for k, v in report.seconds.items()}),
    )
    return Timing(len(jobs), flow_seconds, plain_seconds, "the same without Prefect, batches in turn")


STAGES = {"read": time_reading, "extract": time_extracting, "store": time_storing, "ingest": time_whole}


def _run_stage(name: str, folder: Path, limit: int, queue: "multiprocessing.Queue[Timing]") -> None:
    timing = STAGES[name](folder, limit)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    queue.put(timing._replace(peak_mb=peak))


def main() -> None:
    """See the module's docstring."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("pages", type=Path)
    cli.add_argument("--limit", type=int, default=500)
    args = cli.parse_args()
    if not next(args.pages.glob("*.html"), None):
        cli.error(f"{args.pages}: no HTML pages in this folder")
    context = multiprocessing.get_context("spawn")
    print(f"{'stage':8}{'documents/s':>13}{'peak MB':>9}{'ratio':>8}  baseline")
    for name in STAGES:
        queue: multiprocessing.Queue[Timing] = context.Queue()
        process = context.Process(target=_run_stage, args=(name, args.pages, args.limit, queue))
        process.start()
        timing = queue.get()
        process.join()
        rate, ratio = timing.documents / timing.seconds, timing.seconds / timing.baseline
        print(f"{name:8}{rate:13.1f}{timing.peak_mb:9.0f}{ratio:8.2f}  {timing.baseline_name}", flush=True)


if __name__ == "__main__":
    main()
