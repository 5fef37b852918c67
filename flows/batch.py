"""The flow `batch`: files of any size are taken in while workers extract what is stored, here or on a Dask cluster."""

import flows.quiet  # noqa: F401  isort: skip  (settings that Prefect reads when it is first imported)

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.account import accounted
from flows.extraction import UnfitError, extract_checked, version_of
from flows.files import FILES_SOURCE
from flows.intake import Desk, Taken, list_inputs, take_in
from flows.progress import EVERY_SECONDS, Progress
from flows.pulse import pulse
from flows.report import LISTENER, ClusterError, Report, add_reports, stage_table
from flows.workers import Crew, CrewError, WorkerLostError
from schemas.page import utc_now
from schemas.problem import Problem
from schemas.settings import Settings
from store.database import close_store, open_store
from store.load import load_release
from store.models import Batch
from store.runs import finish_run, start_run
from store.save import save_batch
from store.waiting import list_waiting

AHEAD = 2
"""Batches that wait for a worker while all are at work."""
_MOST_LOSSES = 2
"""Workers that a batch may cost before it is cut into single releases, and a release before it is left."""
_HOPELESS = (UnfitError, CrewError)
"""Errors that would stop whatever comes next as well."""
_COUNTED = ("found", "known", "stored", "failed")
ReportData = dict[str, Any]
"""A Report as JSON."""
Extract = Callable[[Sequence[str]], Report]


class _Work(NamedTuple):
    """Releases to be extracted together."""

    ids: tuple[str, ...]
    losses: int = 0
    """Workers that died over them."""


@flow(name="batch")
def batch(
    paths: list[Path], published: date | None = None, workers: int | None = None, dask: str | None = None
) -> State[ReportData]:
    """Store records of all releases in files, folders and archives; `published` is the date of those that tell none.

    Extraction is on so many processes of this machine, or on the Dask cluster whose scheduler has that address. The
    final state's data is a Report; the state is Failed when nothing worked, and named `PartlyFailed` when something did
    not.
    """
    settings = _absolute(Settings())
    store = open_store(settings.database_url)
    try:
        run = start_run(store, utc_now(), [FILES_SOURCE], kind="batch")
        desk = Desk(settings, store, version_of(settings, store), published, run.id)
        report = Report(errors=("the run was stopped; start it again, it goes on where it stood",))
        try:
            address = dask or (None if workers else settings.dask)
            report = add_reports(accounted(_run(paths, desk, workers, address), store, run.id))
        finally:
            counts = {name: report.total(name) for name in _COUNTED}
            finish_run(store, run.id, utc_now(), counts, failed=not report.clean)
    finally:
        close_store(store)
    return _conclude(report)


def _absolute(settings: Settings) -> Settings:
    """The settings as processes in other folders need them."""
    places = {"data_dir": settings.data_dir.absolute(), "database": settings.database_url}
    return settings.model_copy(update=places | {"archive": settings.archive_url})


def _run(paths: list[Path], desk: Desk, workers: int | None, dask: str | None) -> Iterator[Report]:
    page = Progress(key="batch-progress")
    progress = _Progress(sum(_size(path) for path in list_inputs(paths, desk.settings)), page)
    with ExitStack() as stack:
        stack.callback(page.tell)
        stack.enter_context(pulse(page.tell, EVERY_SECONDS))
        team = _cluster(dask, desk, stack) if dask else _crew(workers or desk.settings.workers, desk, stack)
        for part in extract_all(_work(paths, desk), team.start, team.window, desk):
            progress.add(part)
            yield part.report


class _Team(NamedTuple):
    """Who extracts."""

    start: Callable[[Sequence[str]], Any]
    """Ids to the future of a Report."""
    window: Callable[[], int]
    """Batches under way at once."""


def _crew(workers: int, desk: Desk, stack: ExitStack) -> _Team:
    crew = Crew(desk.settings, workers)
    stack.callback(crew.dismiss)
    runner: TaskRunner[Any] = stack.enter_context(ThreadPoolTaskRunner(max_workers=workers))
    return _Team(partial(submit, runner, partial(_by_crew, crew, desk.run_id)), lambda: workers + AHEAD)


def _by_crew(crew: Crew, run_id: str | None, ids: Sequence[str]) -> Report:
    return crew.extract(ids, run_id)


def _cluster(address: str, desk: Desk, stack: ExitStack) -> _Team:
    from prefect_dask.task_runners import DaskTaskRunner

    runner: Any = stack.enter_context(DaskTaskRunner(address=address))
    try:
        runner.client.ncores()
    except (OSError, ValueError) as error:  # nobody listens there, or it is no address
        message = f"{address}: no Dask scheduler answers there ({error}); start one with `dask scheduler`"
        raise ClusterError(message) from error
    extract = partial(extract_checked, desk.settings, desk.version, desk.run_id)

    def window() -> int:
        """For each thread that the cluster has now, one batch at work and one that waits."""
        threads: int = sum(runner.client.ncores().values())
        return 2 * max(1, threads)

    return _Team(partial(submit, runner, extract), window)


def _size(path: Path | Problem) -> int:
    try:
        return 0 if isinstance(path, Problem) else path.stat().st_size
    except OSError:
        return 0


def _work(paths: list[Path], desk: Desk) -> Iterator[Taken]:
    """What earlier runs left, then what the files hold."""
    for page in list_waiting(desk.store):
        for start in range(0, len(page), desk.settings.batch_size):
            yield Taken(tuple(page[start : start + desk.settings.batch_size]), Report())
    yield from take_in(paths, desk)


def submit(runner: TaskRunner[Any], extract: Extract, ids: Sequence[str]) -> PrefectFuture[Report]:
    """Start a task around the work: ids go in, counts come back, no document passes through a scheduler."""

    @task(name="extract batch", cache_policy=NO_CACHE, persist_result=False)
    def run() -> Report:
        return extract(ids)

    future: PrefectFuture[Report] = runner.submit(run, parameters={})
    return future


def extract_all(
    taken: Iterator[Taken],
    start: Callable[[Sequence[str]], Any],
    window: Callable[[], int],
    desk: Desk,
) -> Iterator[Taken]:
    """Reports of what is taken in and what is extracted, as they come.

    No more is taken in than keeps the workers busy, and no future is held longer than until its batch is done: a
    scheduler that loses a worker computes no finished batch again.
    """
    done: SimpleQueue[tuple[_Work, Any]] = SimpleQueue()
    again: deque[_Work] = deque()
    running, is_over = 0, False
    while True:
        while running < window() and (again or not is_over):
            if not again:
                part = next(taken, None)
                is_over = part is None
                if part:
                    yield part
                    again.extend([_Work(part.ids)] if part.ids else [])
                continue
            work = again.popleft()
            start(work.ids).add_done_callback(lambda future, work=work: done.put((work, future)))
            running += 1
        if not running and not again and is_over:
            return
        work, future = done.get()
        running -= 1
        result = _result(future)
        del future
        yield Taken((), _outcome(work, result, again, desk))
        if isinstance(result, _HOPELESS):
            taken, is_over = iter(()), True
            again.clear()


def _result(future: Any) -> Any:
    """A batch's report, or the error that stopped it."""
    try:
        return future.result(raise_on_failure=False)
    except Exception as error:  # what Dask raises itself
        return error


def _outcome(work: _Work, result: Any, again: deque[_Work], desk: Desk) -> Report:
    """A batch's report; one that lost its worker is tried again, one that was stopped by an error is left."""
    if isinstance(result, Report):
        return result
    if isinstance(result, _HOPELESS):
        return Report(errors=(f"the run ended early, the next one takes up what is left: {result}",))
    if not _is_lost(result):
        return Report(errors=(f"a batch was not extracted, the next run takes it up: {result}",))
    losses = work.losses + 1
    if losses >= _MOST_LOSSES and len(work.ids) == 1:
        return _give_up(work.ids[0], desk)
    alone = losses >= _MOST_LOSSES or not isinstance(result, WorkerLostError)  # Dask has tried it several times
    again.extend([_Work((one,), 1) for one in work.ids] if alone else [work._replace(losses=losses)])
    how = "one by one" if alone else "again"
    message = f"a worker died over a batch of {len(work.ids)} releases; a new one does them {how}"
    return Report(notes=(_problem(desk.run_id or "run", "worker_lost", message),))


def _is_lost(error: object) -> bool:
    return isinstance(error, WorkerLostError) or type(error).__name__ in ("KilledWorker", "CommClosedError")


def _give_up(release_id: str, desk: Desk) -> Report:
    """A release over which every worker died; it waits on, so that the next run tries it again."""
    message = f"{release_id}: workers died over this release; give them more memory, or report it with its text"
    release = load_release(desk.store, release_id)
    source = release.source if release else FILES_SOURCE  # its own, by which a success clears it
    problem = _problem(release_id, "worker_died", message).model_copy(update={"source": source})
    save_batch(desk.store, Batch(seen_at=utc_now(), problems=(problem,), run_id=desk.run_id))
    return Report(counts={source: {"failed": 1}}, problems=(problem,))


def _problem(place: str, code: str, message: str) -> Problem:
    return Problem(source=FILES_SOURCE, place=place, stage="extract", code=code, message=message)


@dataclass
class _Progress:
    """Tells the listener and Prefect's page how many releases are done, of about how many."""

    size: int
    """Bytes of all files."""
    page: Progress
    read: int = 0
    documents: int = 0
    done: int = 0
    known: int = 0

    def add(self, part: Taken) -> None:
        """Count what a part dealt with."""
        self.read += part.size
        self.documents += part.documents
        report = part.report
        counted = (report.total(name) for name in ("stored", "failed", "known"))
        self.done += sum(counted) + report.saved.get("known", 0)
        self.known += report.total("known")
        share = min(1.0, self.read / self.size) if self.size else 0
        total = max(round(self.documents / share), self.done) if share and self.documents else None
        LISTENER.get()("Releases", self.done, total, self.known)
        self.page.count(self.done, total, self.known)


def _conclude(report: Report) -> State[ReportData]:
    """The run's summary as an artifact and as its final state."""
    rows = [{"source": source, **{name: n.get(name, 0) for name in _COUNTED}} for source, n in report.counts.items()]
    create_table_artifact(table=rows, key="batch-summary", description=f"{batch_line(report)}\n\n{stage_table(report)}")
    data = report.model_dump(mode="json")
    if report.clean and not report.total("failed"):
        return Completed(data=data, message=batch_line(report))
    if not report.total("stored") and not report.total("known"):
        return Failed(data=data, message=batch_line(report))
    return Completed(data=data, name="PartlyFailed", message=batch_line(report))


def batch_line(report: Report) -> str:
    """What a run did, in a sentence.

    >>> batch_line(Report(saved={"new": 2, "known": 1}, counts={"files": {"found": 3, "stored": 2, "failed": 1}}))
    '2 releases extracted (2 new, 0 changed); 1 done before; 1 failed'
    """
    saved = report.saved
    known = report.total("known") + saved.get("known", 0)
    failed = report.total("failed")
    made = f"{report.total('stored')} releases extracted ({saved.get('new', 0)} new, {saved.get('changed', 0)} changed)"
    return f"{made}; {known} done before; {failed} failed"
