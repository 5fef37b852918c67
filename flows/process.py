"""The work of a batch, without Prefect: fetch, read, extract, save."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import zip_longest
from pathlib import Path

from spacy.language import Language

from extractors.files import FileEntry, FileProblem, read_file
from extractors.page import PageError, read_page
from extractors.pipeline import build_pipeline
from extractors.record import extract_records
from extractors.signature import read_signature
from flows.discover import DiscoverError, discover_links
from flows.fetch import Fetcher
from flows.files import FILES_SOURCE, list_files, load_file
from flows.report import FOUND_KEPT, Found, Report, add_reports
from flows.request import FetchError
from schemas.page import FetchedPage, utc_now
from schemas.problem import Problem
from schemas.record import Record
from schemas.release import Release
from schemas.settings import Settings
from schemas.source import Link, Source
from store.archive import save_bytes
from store.database import Store, close_store, open_store
from store.load import known_urls
from store.lookup import load_gazetteer
from store.models import Batch, Item
from store.save import save_batch


def _no_tick() -> None:
    """For a bench that nobody watches."""


@dataclass(frozen=True)
class Bench:
    """What every batch of a run works with; shared by its threads."""

    settings: Settings
    store: Store
    fetcher: Fetcher
    nlp: Language
    run_id: str | None = None
    since: date | None = None
    """Releases published before that day are not stored."""
    tick: Callable[[], None] = _no_tick
    """Called after each document."""
    extracting: threading.Lock = field(default_factory=threading.Lock)
    """spaCy's memory zones are not made for several threads, and the rules hold the GIL anyway."""


@contextmanager
def open_bench(settings: Settings) -> Iterator[Bench]:
    """Opens the store, the HTTP client and the pipeline, and closes what needs closing."""
    store = open_store(settings.database_url)
    try:
        nlp = build_pipeline(settings.model, _known_forms(store) if settings.gazetteer else ())
        with Fetcher(settings, store) as fetcher:
            yield Bench(settings=settings, store=store, fetcher=fetcher, nlp=nlp)
    finally:
        close_store(store)


def _known_forms(store: Store) -> list[tuple[str, str]]:
    labels = {"person": "PERSON", "organisation": "ORG"}
    return sorted((form, labels[known.kind]) for known in load_gazetteer(store) for form in known.forms)


@dataclass(frozen=True)
class Reading:
    """A release that was read, with where it came from."""

    release: Release
    place: str
    page: FetchedPage | None = None


@contextmanager
def _timed(seconds: Counter[str], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[stage] += time.perf_counter() - began  # type: ignore[assignment]  # a Counter adds floats as well


def process_links(links: Sequence[tuple[Source, Link]], bench: Bench) -> Report:
    """Fetch, read, extract and save one batch of links. Raises StoreError if the store cannot be written."""
    seconds: Counter[str] = Counter()
    with _timed(seconds, "fetch"), ThreadPoolExecutor(bench.settings.connections) as pool:
        fetched = list(pool.map(partial(_fetch, bench=bench), links))
    with _timed(seconds, "read"):
        readings = [
            _read(page, source) if isinstance(page, FetchedPage) else page
            for (source, _), page in zip(links, fetched, strict=True)
        ]
    return _finish(readings, bench, seconds, tuple(page for page in fetched if isinstance(page, FetchedPage)))


def _fetch(pair: tuple[Source, Link], bench: Bench) -> FetchedPage | Problem:
    source, link = pair
    try:
        page = bench.fetcher.fetch_page(link, source)
    except FetchError as error:
        return Problem(source=source.name, place=link.url, stage="fetch", code=error.code, message=str(error))
    save_bytes(bench.settings.archive_url, page.body)  # kept before anything is made of them
    return page


def _read(page: FetchedPage, source: Source) -> Reading | Problem:
    try:
        return Reading(read_page(page, source), page.link.url, page)
    except PageError as error:
        code, message = error.code, str(error)
    except Exception as error:  # whatever a page does to a parser, it costs this page only
        code, message = "reader", f"{type(error).__name__}: {error}; please report it with this page"
    return Problem(
        source=source.name, place=page.link.url, stage="read", code=code, message=message, page_sha256=page.sha256
    )


def read_paths(
    paths: Sequence[Path], max_bytes: int, published: date | None, archive_url: str | None = None
) -> Iterator[Reading | Problem]:
    """The releases in files and folders, one by one; what cannot be read is a Problem, its bytes archived."""
    for path in list_files(paths):
        data = path if isinstance(path, Problem) else load_file(path, max_bytes)
        if isinstance(data, Problem):
            yield data
        elif isinstance(path, Path):
            for entry in read_file(str(path.absolute()), data, published, max_bytes=max_bytes):
                yield _reading(entry, archive_url)


def _reading(entry: FileEntry | FileProblem, archive_url: str | None) -> Reading | Problem:
    if isinstance(entry, FileEntry):
        return Reading(entry.release, entry.place)
    kept = save_bytes(archive_url, entry.raw) if archive_url else None
    return Problem(
        source=FILES_SOURCE, place=entry.place, stage="read", code=entry.code, message=entry.message, page_sha256=kept
    )


def process_readings(readings: Sequence[Reading | Problem], bench: Bench) -> Report:
    """Extract and save one batch of releases that were read already. Raises StoreError."""
    return _finish(readings, bench, Counter(), ())


def _finish(
    readings: Sequence[Reading | Problem], bench: Bench, seconds: Counter[str], pages: Sequence[FetchedPage]
) -> Report:
    wanted = [entry for entry in readings if isinstance(entry, Problem) or not _too_old(entry.release, bench.since)]
    read = [entry for entry in wanted if isinstance(entry, Reading)]
    with _timed(seconds, "extract"), bench.extracting:
        extracted = [_ticked(record, bench) for record in extract_records(bench.nlp, (e.release for e in read))]
    items = [_item(entry, record) for entry, record in zip(read, extracted, strict=True) if isinstance(record, Record)]
    problems = [entry for entry in (*wanted, *extracted) if isinstance(entry, Problem)]
    saved_pages = {item.page.link.url for item in items if item.page}
    unread = tuple(page for page in pages if page.link.url not in saved_pages)
    batch = Batch(seen_at=utc_now(), items=tuple(items), problems=tuple(problems), pages=unread, run_id=bench.run_id)
    with _timed(seconds, "save"):
        saved = save_batch(bench.store, batch)
    counts = _counts(items, saved.problems)
    for entry in readings:
        if isinstance(entry, Reading) and entry not in read:
            counts.setdefault(entry.release.source, Counter())["older"] += 1
    return Report(
        counts={source: dict(numbers) for source, numbers in counts.items()},
        saved={"new": saved.new, "changed": saved.changed, "unchanged": saved.unchanged},
        seconds=dict(seconds),
        problems=saved.problems,
        found=tuple(Found.of(item.record) for item in items[:FOUND_KEPT]),
    )


def _item(entry: Reading, record: Record) -> Item:
    signature = read_signature(entry.release.text, record.sections)
    return Item(release=entry.release, record=record, page=entry.page, place=entry.place, signature=signature)


def _counts(items: Sequence[Item], problems: Sequence[Problem]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for source in (problem.source for problem in problems):
        counts.setdefault(source, Counter())["failed"] += 1
    for source in (item.release.source for item in items):
        counts.setdefault(source, Counter())["stored"] += 1
    return counts


def _ticked(record: Record | Problem, bench: Bench) -> Record | Problem:
    bench.tick()
    return record


def _too_old(release: Release, since: date | None) -> bool:
    return since is not None and release.published is not None and release.published < since


@dataclass(frozen=True)
class Plan:
    """What a run will fetch, sources taking turns, and what is known before it begins."""

    links: tuple[tuple[Source, Link], ...]
    report: Report


def plan_links(sources: Sequence[Source], bench: Bench, limit: int | None) -> Plan:
    """Ask every source what it lists and keep what the store does not have, at most `limit` links a source.

    A source whose listing cannot be had or understood is a problem of the report; the others go on.
    """
    with ThreadPoolExecutor(bench.settings.connections) as pool:
        plans = list(pool.map(lambda source: _plan_source(source, bench, limit), sources))
    turns = zip_longest(*(plan.links for plan in plans))
    links = tuple(pair for turn in turns for pair in turn if pair is not None)
    return Plan(links, add_reports(plan.report for plan in plans))


def _plan_source(source: Source, bench: Bench, limit: int | None) -> Plan:
    try:
        listed = discover_links(source, bench.fetcher)
    except (FetchError, DiscoverError) as error:
        problem = Problem(
            source=source.name,
            place=str(source.url),
            stage="fetch",
            code=error.code,
            message=f"source {source.name}: {error}",
        )
        return Plan((), Report(counts={source.name: {"failed": 1}}, problems=(problem,)))
    known = known_urls(bench.store, source.name, [link.url for link in listed])
    unknown = [link for link in listed if link.url not in known]
    fresh = [link for link in unknown if not (bench.since and link.published and link.published < bench.since)]
    counts = {"links": len(listed), "known": len(known), "older": len(unknown) - len(fresh)}
    return Plan(tuple((source, link) for link in fresh[:limit]), Report(counts={source.name: counts}))
