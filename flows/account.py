"""What runs account for: how long each document took, and what each batch adds to the sums in the store."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

from flows.report import Report
from schemas.logs import log
from schemas.metrics import LATENCY_LIMITS
from schemas.problem import Problem
from schemas.record import Record
from store.database import Store
from store.tallies import Tally, note_progress

Result = Record | Problem
_EVERY_SECONDS = 5.0
"""How often the store is told, at most."""


def measured(
    results: Iterable[Record | Problem], latency: Counter[str], run_id: str | None
) -> Iterator[Record | Problem]:
    """The same results; `latency` counts by the least limit in seconds within which each came (`+Inf` for none)."""
    began = time.perf_counter()
    for result in results:
        seconds = time.perf_counter() - began
        place = bisect_left(LATENCY_LIMITS, seconds)
        latency[str(LATENCY_LIMITS[place]) if place < len(LATENCY_LIMITS) else "+Inf"] += 1
        if isinstance(result, Record):
            about = result.release
            log(
                "release extracted", run=run_id, source=about.source, release=about.id, stage="extract", seconds=seconds
            )
        yield result
        began = time.perf_counter()


def accounted(reports: Iterable[Report], store: Store, run_id: str) -> Iterator[Report]:
    """The same reports; what they say is added to the sums in the store, and the stages' seconds to their run."""
    seconds: Counter[str] = Counter()
    new: Counter[Tally] = Counter()
    began = told = time.monotonic()
    log("run started", run=run_id)
    try:
        for report in reports:
            seconds.update(report.seconds)
            new.update(sums_of(report))
            _log_report(report, run_id)
            if time.monotonic() - told > _EVERY_SECONDS:
                note_progress(store, run_id, seconds, new)
                told = time.monotonic()
                new.clear()
            yield report
    finally:
        note_progress(store, run_id, seconds, new)
        log("run ended", run=run_id, seconds=time.monotonic() - began)


def _log_report(report: Report, run_id: str) -> None:
    for stage, seconds in report.seconds.items():
        log("stage done", run=run_id, stage=stage, seconds=seconds)
    for source, counts in report.counts.items():
        for state in ("stored", "failed"):
            if number := counts.get(state):
                log("releases done", run=run_id, source=source, state=state, number=number)
    for problem in report.problems:
        log("document failed", "warning", run=run_id, source=problem.source, stage=problem.stage, code=problem.code)
    for _ in report.errors:
        log("batch failed", "error", run=run_id)


def sums_of(report: Report) -> dict[Tally, float]:
    """What a batch adds.

    >>> sums = sums_of(Report(counts={"acme": {"stored": 2}}, seconds={"fetch": 1.5}, latency={"0.1": 2}))
    >>> [(*key, value) for key, value in sums.items()]
    [('releases', 'stored', 2), ('seconds', 'fetch', 1.5), ('latency', '0.1', 2)]
    """
    sums: Counter[Tally] = Counter()
    for name in ("stored", "failed", "unchanged", "gone"):
        sums[Tally("releases", name)] += report.total(name)
    for problem in report.problems:
        sums[Tally("failures", problem.stage)] += 1
    for kind, numbers in (("seconds", report.seconds), ("latency", report.latency)):
        for label, value in numbers.items():
            sums[Tally(kind, label)] += value  # type: ignore[assignment]  # a Counter adds floats as well
    return {key: value for key, value in sums.items() if value}
