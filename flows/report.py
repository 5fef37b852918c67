"""What a run did, in numbers and words: for the summary table, the artifact and programs."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Protocol

from pydantic import BaseModel

from schemas.problem import Problem, ToldError
from schemas.record import Record
from schemas.values import FROZEN


class Listener(Protocol):
    """Told how far a run is."""

    def __call__(self, stage: str, done: int, total: int | None, known: int = 0) -> None:
        """`done` of `total` units of `stage`, `known` of them by earlier runs; None while the total is not known."""


def ignore(stage: str, done: int, total: int | None, known: int = 0) -> None:
    """The listener of a run that nobody watches."""


LISTENER: ContextVar[Listener] = ContextVar("LISTENER", default=ignore)
"""Set by whoever starts a flow in its own process; a flow's parameters must be storable, a function is not."""


class ClusterError(ToldError):
    """A Dask cluster that cannot be reached; says which and what to do."""


class Found(BaseModel):
    """One stored release, in a line."""

    model_config = FROZEN
    id: str
    source: str
    published: dt.date | None
    title: str
    people: int
    organisations: int
    dates: int
    amounts: int
    quotes: int
    checks: int

    @classmethod
    def of(cls, record: Record) -> "Found":
        """The line of a record."""
        kinds = ("people", "organisations", "dates", "amounts", "quotes", "checks")
        counts = {kind: len(getattr(record, kind)) for kind in kinds}
        release = record.release
        return cls(id=release.id, source=release.source, published=release.published, title=release.title, **counts)


class Report(BaseModel):
    """Counts of a batch, or of a run: reports add up."""

    model_config = FROZEN
    counts: dict[str, dict[str, int]] = {}
    """Source name to `links` listed, `found` for the first time, `known` ones left alone, `older` than asked for (or
    newer), `stored`, `failed`, `unchanged` when asked again, `gone`, `resting` until a later run, and of those stored
    how many are `without_date`, `without_amounts`, `without_names`."""
    saved: dict[str, int] = {}
    """Releases stored: `new`, `changed` (another text than before), `unchanged`."""
    seconds: dict[str, float] = {}
    """Working time of each stage, summed over threads: `fetch`, `read`, `extract`, `save`."""
    latency: dict[str, int] = {}
    """Documents by how long the extraction of each took: `schemas.metrics.LATENCY_LIMITS`, not summed up."""
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    """What is to be known of listings, though nothing failed: moved for good, cut at a limit."""
    found: tuple[Found, ...] = ()
    """The first releases stored, at most FOUND_KEPT."""
    alarms: tuple[str, ...] = ()
    """What is odd about sources, against their own history."""
    errors: tuple[str, ...] = ()
    """What stopped whole batches: their links are not lost, the next run takes them up again."""

    def total(self, name: str) -> int:
        """One count over all sources."""
        return sum(counts.get(name, 0) for counts in self.counts.values())

    @property
    def clean(self) -> bool:
        """Nothing failed."""
        return not self.problems and not self.errors


def stage_table(report: Report) -> str:
    """Working time of each stage, as Markdown for an artifact; empty where nothing was measured.

    >>> print(stage_table(Report(seconds={"extract": 1.5, "save": 0.5}, counts={"acme": {"stored": 10}})))
    | stage | seconds | share | ms a release |
    |---|--:|--:|--:|
    | extract | 1.5 | 75 % | 150 |
    | save | 0.5 | 25 % | 50 |
    """
    total, stored = sum(report.seconds.values()), report.total("stored")
    if not total:
        return ""
    rows = [
        f"| {stage} | {seconds:.1f} | {seconds / total:.0%} | {f'{1000 * seconds / stored:.0f}' if stored else '–'} |"
        for stage, seconds in report.seconds.items()
    ]
    return "\n".join(["| stage | seconds | share | ms a release |", "|---|--:|--:|--:|", *rows]).replace("%", " %")


COUNTED = ("links", "known", "older", "stored", "failed")
"""What is counted of each source, in the order of the work."""
FOUND_KEPT = 25
PROBLEMS_KEPT = 1000


def add_reports(reports: Iterable[Report]) -> Report:
    """One report of many; problems and found releases are cut at PROBLEMS_KEPT and FOUND_KEPT, counts never."""
    counts: dict[str, Counter[str]] = {}
    saved: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    latency: Counter[str] = Counter()
    problems: list[Problem] = []
    notes: list[Problem] = []
    found: list[Found] = []
    errors: list[str] = []
    for report in reports:
        for source, numbers in report.counts.items():
            counts.setdefault(source, Counter()).update(numbers)
        saved.update(report.saved)
        seconds.update(report.seconds)
        latency.update(report.latency)
        problems += report.problems[: PROBLEMS_KEPT - len(problems)]
        notes += report.notes[: PROBLEMS_KEPT - len(notes)]
        found += report.found[: FOUND_KEPT - len(found)]
        errors += report.errors
    return Report(
        counts={source: dict(numbers) for source, numbers in counts.items()},
        saved=dict(saved),
        seconds=dict(seconds),
        latency=dict(latency),
        problems=tuple(problems),
        notes=tuple(notes),
        found=tuple(found),
        errors=tuple(errors),
    )
