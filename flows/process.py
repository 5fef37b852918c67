"""The work of a batch, without Prefect: fetch, read, extract, save."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from spacy.language import Language

from extractors.files import FileEntry, FileProblem, read_file
from extractors.page import PageError, read_page
from extractors.page_signs import read_attachments
from extractors.pdf import is_pdf
from extractors.pipeline import build_pipeline
from extractors.record import extract_records
from flows.account import measured
from flows.browser import Browser
from flows.extraction import as_item, count_items, known_forms, timed
from flows.fetch import Fetcher
from flows.files import FILES_SOURCE, keeper, list_files, load_file, place_of
from flows.listed import MAX_TAGS, PARSING
from flows.memory import return_memory, settle_memory
from flows.report import FOUND_KEPT, Found, Report, add_reports
from flows.request import Ask, FetchError
from flows.turns import RESTING
from flows.visit import NOT_MODIFIED, NOT_WANTED, Job, Reading, Visit
from schemas.logs import configure_logs
from schemas.page import FetchedPage, utc_now
from schemas.problem import Problem
from schemas.record import Record
from schemas.settings import Settings
from schemas.source import Source
from schemas.wanted import Wanted
from store.archive import save_bytes
from store.database import Store, close_store, open_store
from store.learned import load_learned
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
    browser: Browser
    nlp: Language
    run_id: str | None = None
    wanted: Wanted = field(default_factory=Wanted)
    """What of the sources is stored."""
    tick: Callable[[], None] = _no_tick
    """Called after each document."""
    extracting: threading.Lock = field(default_factory=threading.Lock)
    """spaCy's memory zones are not made for several threads, and the rules hold the GIL anyway."""


@contextmanager
def open_bench(settings: Settings) -> Iterator[Bench]:
    """Opens the store, the HTTP client and the pipeline, and closes what needs closing."""
    configure_logs(settings.log, settings.log_level)
    return_memory()
    store = open_store(settings.database_url)
    try:
        nlp = build_pipeline(settings.model, known_forms(store, settings), load_learned(settings.learned_path))
        with Fetcher(settings, store) as fetcher, Browser(settings, fetcher) as browser:
            settle_memory()
            yield Bench(settings=settings, store=store, fetcher=fetcher, browser=browser, nlp=nlp)
    finally:
        close_store(store)


def process_links(jobs: Sequence[Job], bench: Bench) -> Report:
    """Fetch, read, extract and save one batch of links. Raises StoreError if the store cannot be written."""
    seconds: Counter[str] = Counter()
    with timed(seconds, "fetch"), ThreadPoolExecutor(bench.settings.connections) as pool:
        visits = list(pool.map(partial(_visit, bench=bench, seconds=seconds), jobs))
    report = _finish([visit.outcome for visit in visits if visit.outcome], bench, seconds, visits)
    return add_reports([report, _beside(visits)])


def _visit(job: Job, bench: Bench, seconds: Counter[str]) -> Visit:
    """Fetch a page, archive it and read it at once, so that no more bodies are in memory than there are connections."""
    try:
        page = bench.fetcher.fetch_page(job.link, job.source, job.ask())
        if page.status == NOT_MODIFIED:
            return Visit.of(job, page)
        save_bytes(bench.settings.archive_url, page.body)  # kept before anything is made of them
        with PARSING, timed(seconds, "read"):
            outcome = read_fetched(page, job.source)
        if isinstance(outcome, Problem) and outcome.code == "needs_browser" and job.source.render:
            page, outcome = _render(page, job, bench)
    except FetchError as error:
        return Visit.failed(job, error)
    if isinstance(outcome, Problem) and outcome.code == "no_text":
        outcome = _visit_attached(job, page, bench) or outcome
    if isinstance(outcome, Reading) and bench.wanted.excludes(outcome.release.published):
        return Visit.of(job, page.without_body(), outcome, code=NOT_WANTED)
    return Visit.of(job, page.without_body(), outcome)


def _render(page: FetchedPage, job: Job, bench: Bench) -> tuple[FetchedPage, Reading | Problem]:
    """The page as its scripts made it, archived and read. Raises FetchError."""
    rendered = bench.browser.render(page, job.source)
    save_bytes(bench.settings.archive_url, rendered.page.body)
    with PARSING:
        outcome = read_fetched(rendered.page, job.source)
    if isinstance(outcome, Problem) and rendered.refused:
        why = f"{outcome.message}; rendered, but not all was had that its scripts asked for: {rendered.refused[0]}"
        outcome = outcome.model_copy(update={"message": why})
    return rendered.page, outcome


def _visit_attached(job: Job, page: FetchedPage, bench: Bench) -> Reading | None:
    """The release in the first PDF that a page without a text of its own has with it, if there is one."""
    for url in read_attachments(page.body, page.final_url)[:1]:
        try:
            attached = bench.fetcher.fetch_page(job.link, job.source, Ask(url))
        except FetchError:
            return None
        save_bytes(bench.settings.archive_url, attached.body)
        with PARSING:
            outcome = read_fetched(attached, job.source)
        return outcome if isinstance(outcome, Reading) else None
    return None


def _beside(visits: Sequence[Visit]) -> Report:
    """What visits gave that are no releases to be stored: pages that did not change, and pages that are gone."""
    counts: dict[str, Counter[str]] = {}
    for visit in visits:
        if visit.kind:
            counts.setdefault(visit.job.source.name, Counter())[visit.kind] += 1
    unchanged = sum(visit.kind == "unchanged" for visit in visits)
    return Report(
        counts={name: dict(numbers) for name, numbers in counts.items()},
        saved={"unchanged": unchanged},
        notes=tuple(_notes_of_rest(visits)),
    )


def _notes_of_rest(visits: Sequence[Visit]) -> Iterator[Problem]:
    """One for each source of which pages are left to later runs."""
    left = Counter(visit.job.source.name for visit in visits if visit.kind == RESTING)
    for name, number in left.items():
        first = next(visit for visit in visits if visit.kind == RESTING and visit.job.source.name == name)
        message = f"source {name}: {number} releases are left to later runs: {first.why}"
        yield Problem(source=name, place=first.job.link.url, stage="fetch", code=RESTING, message=message)


def read_fetched(page: FetchedPage, source: Source) -> Reading | Problem:
    """The release of a page as its server sent it; its body is archived by the caller."""
    try:
        if page.body.count(b"<") > MAX_TAGS and not is_pdf(page.body):
            raise PageError("too_large", f"{page.final_url}: more than {MAX_TAGS:,} tags, no page that anybody wrote")
        return Reading(read_page(page, source), page.link.url, page.without_body())
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
    keep = keeper(archive_url) if archive_url else None
    for path in list_files(paths):
        data = path if isinstance(path, Problem) else load_file(path, max_bytes)
        if isinstance(data, Problem):
            yield data
        elif isinstance(path, Path):
            for entry in read_file(place_of(path), data, published, max_bytes=max_bytes):
                yield _reading(entry, keep)


def _reading(entry: FileEntry | FileProblem, keep: Callable[[bytes], str] | None) -> Reading | Problem:
    if isinstance(entry, FileEntry):
        return Reading(entry.release, entry.place)
    kept = keep(entry.raw) if keep else None
    return Problem(
        source=FILES_SOURCE, place=entry.place, stage="read", code=entry.code, message=entry.message, page_sha256=kept
    )


def process_readings(readings: Sequence[Reading | Problem], bench: Bench) -> Report:
    """Extract and save one batch of releases that were read already. Raises StoreError."""
    return _finish(readings, bench, Counter(), ())


def _finish(
    outcomes: Sequence[Reading | Problem], bench: Bench, seconds: Counter[str], visits: Sequence[Visit]
) -> Report:
    wanted = [
        entry for entry in outcomes if isinstance(entry, Problem) or not bench.wanted.excludes(entry.release.published)
    ]
    read = [entry for entry in wanted if isinstance(entry, Reading)]
    latency: Counter[str] = Counter()
    with timed(seconds, "extract"), bench.extracting:
        records = measured(extract_records(bench.nlp, (entry.release for entry in read)), latency, bench.run_id)
        extracted = [_ticked(record, bench) for record in records]
    items = [
        as_item(entry.release, record, entry.place, entry.page)
        for entry, record in zip(read, extracted, strict=True)
        if isinstance(record, Record)
    ]
    problems = tuple(entry for entry in (*wanted, *extracted) if isinstance(entry, Problem))
    with timed(seconds, "save"):
        saved = save_batch(bench.store, _batch(items, problems, visits, bench.run_id))
    counts = count_items(items, saved.problems)
    for entry in outcomes:
        if isinstance(entry, Reading) and entry not in read:
            numbers = counts.setdefault(entry.release.source, {})
            numbers["older"] = numbers.get("older", 0) + 1
    return Report(
        counts=counts,
        saved={"new": saved.new, "changed": saved.changed, "unchanged": saved.unchanged},
        seconds=dict(seconds),
        latency=dict(latency),
        problems=saved.problems,
        found=tuple(Found.of(item.record) for item in items[:FOUND_KEPT]),
    )


def _batch(items: Sequence[Item], problems: Sequence[Problem], visits: Sequence[Visit], run_id: str | None) -> Batch:
    saved = {item.page.link.url for item in items if item.page}
    pages = (visit.page for visit in visits if visit.page and visit.page.status != NOT_MODIFIED)
    return Batch(
        seen_at=utc_now(),
        items=tuple(items),
        problems=tuple(problems),
        pages=tuple(page for page in pages if page.link.url not in saved),
        visits=tuple(visit.address for visit in visits),
        run_id=run_id,
    )


def _ticked(record: Record | Problem, bench: Bench) -> Record | Problem:
    bench.tick()
    return record
