"""Extracting releases that are stored: ids in, records into the store, counts out; without Prefect, in any process."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from spacy.language import Language

from extractors.pipeline import build_pipeline, pipeline_version
from extractors.record import extract_records, extractor_version
from extractors.signature import read_signature
from flows.account import measured
from flows.memory import return_memory, settle_memory
from flows.report import Report, add_reports
from schemas.logs import configure_logs
from schemas.page import FetchedPage, utc_now
from schemas.problem import Problem
from schemas.record import Record
from schemas.release import Release
from schemas.settings import Settings
from store.database import Store, open_store
from store.learned import load_learned
from store.lookup import load_gazetteer
from store.models import Batch, Item
from store.save import save_batch
from store.waiting import Due, forget_extracted, forget_waiting, list_stored, load_due, load_texts

_LENGTH = 2_000_000
"""Code points of the texts that are in memory at once; a single one may be longer."""


@dataclass(frozen=True)
class Extractor:
    """What a process extracts with, from batch to batch."""

    store: Store
    nlp: Language
    version: str
    lock: threading.Lock
    """spaCy's memory zones are not made for several threads."""


def extract_stored(settings: Settings, ids: Collection[str], run_id: str | None = None) -> Report:
    """Extract and save the newest texts of these releases; what has a current record by this extractor is left alone.

    Done again, or by two processes at once, it leaves the same rows. The model is loaded once in a process. Counts by
    source are `stored`, `failed` and those of what is missing; releases left alone are `saved["known"]`. Raises
    StoreError, and StrayError where none of them is stored.
    """
    extractor = load_extractor(settings)
    with extractor.lock:
        due = load_due(extractor.store, ids, extractor.version)
        if done := set(ids) - {one.release_id for one in due}:
            done = list_stored(extractor.store, done)
            forget_extracted(extractor.store, sorted(done), extractor.version)
        if ids and not done and not due:
            message = f"{socket.gethostname()} finds none of these releases in {extractor.store.url}"
            raise StrayError(f"{message}; let all workers have the same database, a file with its whole path")
        reports = [_extract(part, extractor, run_id) for part in cut_due(due)]
    return add_reports([Report(saved={"known": len(done)}), *reports])


class UnfitError(RuntimeError):
    """A worker that can do none of the work of whoever gave it some."""


class StrayError(UnfitError):
    """It looks into another database."""


class VersionError(UnfitError):
    """It extracts otherwise."""


def extract_checked(settings: Settings, version: str, run_id: str | None, ids: Collection[str]) -> Report:
    """`extract_stored`, by a worker that may be another machine's. Raises VersionError where it is another version."""
    if (own := load_extractor(settings).version) != version:
        message = f"{socket.gethostname()} extracts by version {own}, this run by {version}; install the same Dateline"
        then = "start it anew; or start the run again, where names were confirmed meanwhile (DATELINE_GAZETTEER)"
        raise VersionError(f"{message} there, with the same learned.json, and {then}")
    return extract_stored(settings, ids, run_id)


def version_of(settings: Settings, store: Store) -> str:
    """The version of the extractor that these settings make, without loading its model."""
    learned = load_learned(settings.learned_path)
    return extractor_version(pipeline_version(settings.model, known_forms(store, settings), learned))


def load_extractor(settings: Settings) -> Extractor:
    """This process's extractor by these settings, by what was learnt since, and by the names confirmed since."""
    store = _open(settings.database_url)
    known = tuple(known_forms(store, settings))
    path = settings.learned_path
    return _build(settings, known, path.stat().st_mtime_ns if path.exists() else None)


@lru_cache(maxsize=1)
def _open(database_url: str) -> Store:
    return open_store(database_url)


@lru_cache(maxsize=1)
def _build(settings: Settings, known: tuple[tuple[str, str], ...], _learned: int | None) -> Extractor:
    configure_logs(settings.log, settings.log_level)
    return_memory()
    nlp = build_pipeline(settings.model, known, load_learned(settings.learned_path))
    settle_memory()
    return Extractor(_open(settings.database_url), nlp, extractor_version(nlp.meta["names_model"]), threading.Lock())


def known_forms(store: Store, settings: Settings) -> list[tuple[str, str]]:
    """Forms of the names that people confirmed in the store, where the settings want them found."""
    if not settings.gazetteer:
        return []
    labels = {"person": "PERSON", "organisation": "ORG"}
    return sorted((form, labels[known.kind]) for known in load_gazetteer(store) for form in known.forms)


@contextmanager
def timed(seconds: Counter[str], stage: str) -> Iterator[None]:
    """Add to the seconds that a stage took."""
    began = time.perf_counter()
    yield
    seconds[stage] += time.perf_counter() - began  # type: ignore[assignment]  # a Counter adds floats as well


def cut_due(due: Sequence[Due]) -> Iterator[list[Due]]:
    """Cut into parts whose texts can be in memory together."""
    part: list[Due] = []
    length = 0
    for one in due:
        if part and length + one.length > _LENGTH:
            yield part
            part, length = [], 0
        part.append(one)
        length += one.length
    if part:
        yield part


def _extract(due: Sequence[Due], extractor: Extractor, run_id: str | None) -> Report:
    seconds, latency = Counter[str](), Counter[str]()
    with timed(seconds, "load"):
        releases = load_texts(extractor.store, due)
    with timed(seconds, "extract"):
        results = list(measured(extract_records(extractor.nlp, releases), latency, run_id))
    made = [(release, record) for release, record in zip(releases, results, strict=True) if isinstance(record, Record)]
    items = [as_item(release, record, place=release.id) for release, record in made]
    problems = tuple(result for result in results if isinstance(result, Problem))
    with timed(seconds, "save"):
        saved = [save_batch(extractor.store, batch) for batch in _batches(items, problems, due, run_id)]
        forget_waiting(extractor.store, [(item.release.id, item.release.text_sha256) for item in items])
    refused = tuple(problem for one in saved for problem in one.problems)
    counts = count_items(items, refused)
    return Report(counts=counts, seconds=dict(seconds), latency=dict(latency), problems=refused)


def _batches(
    items: Sequence[Item], problems: tuple[Problem, ...], due: Sequence[Due], run_id: str | None
) -> Iterator[Batch]:
    """Current texts keep the time at which they were found; newer ones become current, as found when they were."""
    seen = {one.release_id: one.seen_at for one in due}
    current = tuple(item for item in items if seen[item.release.id] is None)
    if current or problems:
        yield Batch(seen_at=utc_now(), items=current, problems=problems, reextracted=True, run_id=run_id)
    newer = sorted(((at, item) for item in items if (at := seen[item.release.id])), key=itemgetter(0))
    for moment, group in groupby(newer, key=itemgetter(0)):
        yield Batch(seen_at=moment, items=tuple(item for _, item in group), run_id=run_id)


def as_item(release: Release, record: Record, place: str | None = None, page: FetchedPage | None = None) -> Item:
    """What is saved of a release: with what its copies are found by."""
    signature = read_signature(release.text, record.sections)
    return Item(release=release, record=record, page=page, place=place, signature=signature)


def count_items(items: Sequence[Item], problems: Sequence[Problem]) -> dict[str, dict[str, int]]:
    """By source, how many were `stored`, what is missing in them, and how many `failed`."""
    counts: dict[str, Counter[str]] = {}
    for source in (problem.source for problem in problems):
        counts.setdefault(source, Counter())["failed"] += 1
    for item in items:
        record, numbers = item.record, counts.setdefault(item.release.source, Counter())
        numbers["stored"] += 1
        numbers["without_date"] += item.release.published is None
        numbers["without_amounts"] += not record.amounts
        numbers["without_names"] += not (record.people or record.organisations)
    return {source: dict(numbers) for source, numbers in counts.items()}
