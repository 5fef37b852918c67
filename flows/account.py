"""What runs account for: how long each document took, and what each batch adds to the sums in the store."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from flows.report import Report
from schemas.metrics import LATENCY_LIMITS
from store.database import Store
from store.tallies import Tally, note_progress

_EVERY_SECONDS = 5.0
"""How often the store is told, at most."""
T = TypeVar("T")


def measured(documents: Iterable[T], latency: Counter[str]) -> Iterator[T]:
    """The same documents; `latency` counts by the least limit in seconds within which each came (`+Inf` for none).

    >>> latency: Counter[str] = Counter()
    >>> list(measured("ab", latency)), dict(latency)
    (['a', 'b'], {'0.01': 2})
    """
    began = time.perf_counter()
    for document in documents:
        place = bisect_left(LATENCY_LIMITS, time.perf_counter() - began)
        latency[str(LATENCY_LIMITS[place]) if place < len(LATENCY_LIMITS) else "+Inf"] += 1
        yield document
        began = time.perf_counter()


def accounted(reports: Iterable[Report], store: Store, run_id: str) -> Iterator[Report]:
    """The same reports; what they say is added to the sums in the store, and the stages' seconds to their run."""
    seconds: Counter[str] = Counter()
    new: Counter[Tally] = Counter()
    told = time.monotonic()
    try:
        for report in reports:
            seconds.update(report.seconds)
            new.update(sums_of(report))
            if time.monotonic() - told > _EVERY_SECONDS:
                note_progress(store, run_id, seconds, new)
                told = time.monotonic()
                new.clear()
            yield report
    finally:
        note_progress(store, run_id, seconds, new)


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
