"""The present extractor over stored texts: what it says otherwise, and storing that; without Prefect."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import NamedTuple

from extractors.pipeline import pipeline_version
from extractors.record import extract_records, extractor_version
from flows.extraction import Extractor, cut_due, extract_stored, known_forms, load_extractor
from flows.workers import Crew, work_through
from schemas.comparison import Comparison
from schemas.page import utc_now
from schemas.problem import Problem
from schemas.selection import Selection
from schemas.settings import Settings
from store.comparison import add_comparisons, compare_cases
from store.database import Store, close_store, open_store
from store.learned import load_learned
from store.review_case import Case
from store.review_desk import load_standing
from store.runs import finish_run, start_run
from store.selected import count_selected, iter_selected
from store.waiting import Due, load_due, load_texts

_LOOK = 20
"""Releases in a batch of which nothing is stored."""


class Order(NamedTuple):
    """What is to be done with the selected releases."""

    selection: Selection = Selection()
    apply: bool = False
    """Whether the new records are stored, or only compared."""
    workers: int = 1
    """Processes."""


def reextract_stored(settings: Settings, order: Order) -> Generator[Comparison]:
    """What the present extractor makes of the selected releases, beside what is stored: what is known so far.

    First comes how many are due, then what is known after each batch. Memory does not grow with their number. Killed at
    any point and started again, it goes on with what is left. Raises ConditionError, ModelError or StoreError.
    """
    store = open_store(settings.database_url)
    try:
        learned = load_learned(settings.learned_path)
        version = extractor_version(pipeline_version(settings.model, known_forms(store, settings), learned))
        extent = count_selected(store, order.selection, version)
        found = Comparison(version=version, applied=order.apply, due=extent.due, known=extent.known)
        yield found
        ids = iter_selected(store, order.selection, version) if extent.due else iter(())
        with _run(store, order) as run_id:
            work = partial(_work_on, settings=settings, apply=order.apply, run_id=run_id)
            size = settings.batch_size if order.apply else min(_LOOK, settings.batch_size)
            batches = iter(lambda: tuple(islice(ids, size)), ())
            for batch, made in _results(work, batches, settings, order.workers):
                found = add_comparisons([found, made or _lost(batch)])
                yield found
    finally:
        close_store(store)


def _results(
    work: Callable[[Sequence[str]], Comparison], batches: Iterator[Sequence[str]], settings: Settings, workers: int
) -> Iterator[tuple[Sequence[str], Comparison | None]]:
    """What becomes of each batch: in this process, or in several."""
    if workers > 1:
        yield from work_through(work, batches, Crew(settings, workers), workers)
    else:
        yield from ((batch, work(batch)) for batch in batches)


@contextmanager
def _run(store: Store, order: Order) -> Iterator[str | None]:
    """A run of the store, where something is stored."""
    run = start_run(store, utc_now(), kind="reextract") if order.apply else None
    is_done = False
    try:
        yield run.id if run else None
        is_done = True
    finally:
        if run:
            finish_run(store, run.id, utc_now(), {}, failed=not is_done)


def _work_on(ids: Sequence[str], settings: Settings, apply: bool, run_id: str | None) -> Comparison:
    """What becomes of one batch: by id, in any process."""
    began = time.perf_counter()
    extractor = load_extractor(settings)
    due = load_due(extractor.store, ids, extractor.version)
    parts = (_apply(part, settings, run_id) if apply else _look_at(part, extractor) for part in cut_due(due))
    made = add_comparisons(one for part in parts for one in part)
    return made.model_copy(update={"seconds": time.perf_counter() - began})


def _look_at(due: Sequence[Due], extractor: Extractor) -> Iterator[Comparison]:
    """What each of these releases would give."""
    for one in due:
        releases = load_texts(extractor.store, [one])
        with extractor.lock:
            results = list(extract_records(extractor.nlp, releases))
        for release, result in zip(releases, results, strict=True):
            before = load_standing(extractor.store, release.id)
            if isinstance(result, Problem):
                yield Comparison(failed=1, problems=(result,))
            elif before is None:
                yield Comparison(unread=1)
            else:
                old, status = before
                texts = {**old.old, old.release.text_sha256: old.release.text}
                yield compare_cases(old, Case(release, result, texts, old.reviews), is_done=status == "done")


def _apply(due: Sequence[Due], settings: Settings, run_id: str | None) -> Iterator[Comparison]:
    """Store the new records of these releases, and what each gave."""
    extractor = load_extractor(settings)
    before = {one.release_id: load_standing(extractor.store, one.release_id) for one in due}
    report = extract_stored(settings, before.keys(), run_id)
    yield Comparison(failed=report.total("failed"), problems=report.problems)
    for key, standing in before.items():
        after = load_standing(extractor.store, key)
        if after is None or after[0].record.extractor_version != extractor.version:
            continue  # it is among those that failed
        if standing is None:
            yield Comparison(unread=1)
        else:
            yield compare_cases(standing[0], after[0], is_done=standing[1] == "done")


def _lost(batch: Sequence[str]) -> Comparison:
    message = (
        f"{len(batch)} releases from {batch[0]} on: processes died with them; give each more memory, or name fewer"
    )
    problem = Problem(source="", place=batch[0], stage="extract", code="process_died", message=message)
    return Comparison(failed=len(batch), problems=(problem,))
