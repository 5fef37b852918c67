"""The flows `ingest` and `ingest-files`: thin Prefect tasks around the work of `flows.process`, in batches."""

import flows.quiet  # noqa: F401  isort: skip  (settings that Prefect reads when it is first imported)

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.account import accounted
from flows.files import FILES_SOURCE
from flows.health import note_checks
from flows.plan import plan_links
from flows.process import Bench, open_bench, process_links, process_readings, read_paths
from flows.progress import EVERY_SECONDS, Progress
from flows.pulse import pulse
from flows.report import COUNTED, LISTENER, Report, add_reports, stage_table
from flows.telling import tell_alarms, tell_review
from schemas.page import utc_now
from schemas.problem import Problem
from schemas.settings import Settings
from schemas.source import Source
from schemas.wanted import Wanted
from store.daily import count_doubtful
from store.health import is_news
from store.runs import finish_run, keep_alive, start_run
from store.save import save_sources

BATCHES_AT_ONCE = 2
"""While one batch is extracted, the next is fetched."""
RUNNER: TaskRunner[PrefectFuture[Any]] = ThreadPoolTaskRunner(max_workers=BATCHES_AT_ONCE)  # type: ignore[assignment]  # futures of its own kind
ALIVE_SECONDS = 25
"""How often a run tells the store that it is alive; less than a third of `store.runs.HOLD`."""
ReportData = dict[str, Any]
"""A Report as JSON."""

T = TypeVar("T")


@flow(name="ingest", task_runner=RUNNER)
def ingest(sources: list[Source], wanted: Wanted | None = None) -> State[ReportData]:
    """Fetch what the sources have and the store has not, and store records of it.

    The final state's data is a Report; the state is Failed when nothing worked, and named `PartlyFailed` when
    something did not.
    """
    settings = Settings()
    with open_bench(settings) as bench:
        save_sources(bench.store, sources)

        def work(run: Bench, free: Sequence[str]) -> Iterator[Report]:
            yield add_reports(_left_alone(source) for source in sources if source.name not in free)
            chosen = [source for source in sources if source.name in free]
            plan = _task("discover", lambda: plan_links(chosen, run)).result()
            yield plan.report
            progress = Progress(len(plan.jobs))
            with pulse(progress.tell, EVERY_SECONDS):
                yield from _run_batches(replace(run, tick=_ticker(len(plan.jobs), progress)), plan.jobs, process_links)
            progress.tell()

        began = utc_now()
        report = _track(replace(bench, wanted=wanted or Wanted()), [source.name for source in sources], work)
        alarms = note_checks(bench.store, sources, report, began)
        tell_alarms(alarm for alarm in alarms if is_news(bench.store, alarm))
        tell_review(count_doubtful(bench.store, began))
        return _conclude(report.model_copy(update={"alarms": tuple(alarm.message for alarm in alarms)}))


@flow(name="ingest-files", task_runner=RUNNER)
def ingest_files(paths: list[Path], published: date | None = None) -> State[ReportData]:
    """Store records of the releases in files and folders; `published` is the date of those that tell none.

    The final state is that of `ingest`.
    """
    settings = Settings()
    with open_bench(settings) as bench:

        def work(run: Bench, _sources: Sequence[str]) -> Iterator[Report]:
            readings = read_paths(paths, settings.max_bytes, published, settings.archive_url)
            yield from _run_batches(replace(run, tick=_ticker(None)), readings, process_readings)

        return _conclude(_track(bench, [FILES_SOURCE], work))


def _left_alone(source: Source) -> Report:
    message = f"source {source.name}: another run is at it, so it is left to that one"
    note = Problem(source=source.name, place=str(source.url), stage="fetch", code="busy", message=message)
    return Report(counts={source.name: {"resting": 1}}, notes=(note,))


def _track(bench: Bench, sources: list[str], work: Callable[[Bench, Sequence[str]], Iterator[Report]]) -> Report:
    """Do the work as a run of the store, which shows it as running, finished, failed or interrupted.

    The work is told which of the sources it may look at: those that no other run is at.
    """
    run = start_run(bench.store, utc_now(), sources, alone=sources != [FILES_SOURCE])
    report = Report(errors=("the run was stopped",))
    try:
        with pulse(lambda: keep_alive(bench.store, run.id, utc_now()), ALIVE_SECONDS):
            reports = work(replace(bench, run_id=run.id), run.sources)
            report = add_reports(accounted(reports, bench.store, run.id))
    finally:
        counts = {**report.saved, "failed": report.total("failed")}
        finish_run(bench.store, run.id, utc_now(), counts, failed=not report.clean)
    return report


def _ticker(total: int | None, progress: Progress | None = None) -> Callable[[], None]:
    listener, numbers = LISTENER.get(), count(1)
    listener("Releases", 0, total)

    def tick() -> None:
        done = next(numbers)
        listener("Releases", done, total)
        if progress:
            progress.count(done)

    return tick


def _task(name: str, work: Callable[[], T]) -> PrefectFuture[T]:
    """Start a task around `work`, which holds its arguments itself: Prefect walks through all that is passed."""

    @task(name=name, cache_policy=NO_CACHE, persist_result=False)
    def run() -> T:
        return work()

    return run.submit()


def _run_batches(bench: Bench, items: Iterable[T], work: Callable[[Sequence[T], Bench], Report]) -> Iterator[Report]:
    """Reports of the batches, in their order; few are under way at once, so that memory stays flat."""
    running: deque[PrefectFuture[Report]] = deque()
    remaining = iter(items)
    while batch := tuple(islice(remaining, bench.settings.batch_size)):
        running.append(_task("ingest batch", lambda batch=batch: work(batch, bench)))  # type: ignore[misc]
        if len(running) > BATCHES_AT_ONCE:
            yield _report_of(running.popleft())
    yield from map(_report_of, running)


def _report_of(future: PrefectFuture[Report]) -> Report:
    """A batch's report; one that was stopped by an error is a report of that error, so that the others go on."""
    result = future.result(raise_on_failure=False)
    return Report(errors=(f"a batch was not stored: {result}",)) if isinstance(result, Exception) else result


def _conclude(report: Report) -> State[ReportData]:
    """The run's summary as an artifact and as its final state."""
    rows = [{"source": source, **{name: n.get(name, 0) for name in COUNTED}} for source, n in report.counts.items()]
    create_table_artifact(
        table=rows, key="ingest-summary", description=f"{summary_line(report)}\n\n{stage_table(report)}"
    )
    data = report.model_dump(mode="json")
    if report.clean:
        return Completed(data=data, message=summary_line(report))
    if sum(report.saved.values()) == 0 and report.total("known") == 0:
        return Failed(data=data, message=summary_line(report))
    return Completed(data=data, name="PartlyFailed", message=summary_line(report))


def summary_line(report: Report) -> str:
    """What a run did, in a sentence.

    >>> summary_line(Report(saved={"new": 2, "changed": 0, "unchanged": 1}, counts={"acme": {"known": 5, "failed": 1}}))
    '2 new, 0 changed and 1 unchanged releases stored; 5 already known; 1 failed'
    """
    new, changed, unchanged = (report.saved.get(name, 0) for name in ("new", "changed", "unchanged"))
    stored = f"{new} new, {changed} changed and {unchanged} unchanged releases stored"
    batches = f"; {len(report.errors)} batches not stored" if report.errors else ""
    return f"{stored}; {report.total('known')} already known; {report.total('failed')} failed{batches}"
