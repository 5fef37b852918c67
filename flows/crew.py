"""Work on many batches in several processes of this machine; a process that dies costs the batch that it had."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple, TypeVar

_AHEAD = 2
"""Batches per process that are handed out at once: more would only wait."""
TRIES = 2
"""How often a batch is worked on alone after a process died, before it is taken for the reason."""

T = TypeVar("T")
R = TypeVar("R")


class _Job(NamedTuple):
    batch: object
    future: "Future[object] | None" = None
    """None for one that was lost with a process: until all of these are done, each is alone."""
    tries: int = 0
    """How often it was alone."""


def work_through(work: Callable[[T], R], batches: Iterable[T], workers: int) -> Iterator[tuple[T, R | None]]:
    """Each batch with what `work` made of it, in their order; None where process after process died with it.

    With one worker it is done in this process. `work`, the batches and what becomes of them must be picklable; only a
    few are there at once. Raises what `work` raises.
    """
    if workers == 1:
        yield from ((batch, work(batch)) for batch in batches)
        return
    waiting, jobs = iter(batches), deque[_Job]()
    pool = _open(workers)
    try:
        while _hand_out(pool, work, jobs, waiting, _AHEAD * workers):
            try:
                result = jobs[0].future.result()  # type: ignore[union-attr]  # the first one is always handed out
            except BrokenProcessPool:
                pool.shutdown(wait=True)
                pool = _open(workers)
                jobs = deque(job if _is_done(job) else job._replace(future=None) for job in jobs)
                if jobs[0].tries < TRIES:
                    continue
                result = None
            yield jobs.popleft().batch, result  # type: ignore[misc]  # as they were handed in
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _hand_out(
    pool: ProcessPoolExecutor, work: Callable[[T], R], jobs: deque[_Job], waiting: Iterator[T], most: int
) -> bool:
    """Keep the processes busy; False when nothing is left to do."""
    if jobs and jobs[0].future is None:
        jobs[0] = _Job(jobs[0].batch, _submit(pool, work, jobs[0].batch), jobs[0].tries + 1)
    while all(job.future for job in jobs) and not (jobs and jobs[0].tries) and len(jobs) < most:
        batch = next(waiting, None)
        if batch is None:
            break
        jobs.append(_Job(batch, _submit(pool, work, batch)))
    return bool(jobs)


def _is_done(job: _Job) -> bool:
    return job.future is not None and job.future.done() and job.future.exception() is None


def _submit(pool: ProcessPoolExecutor, work: Callable[[T], R], batch: object) -> "Future[object]":
    try:
        return pool.submit(work, batch)  # type: ignore[arg-type]  # as they were handed in
    except BrokenProcessPool as error:  # it died since the last look
        future: Future[object] = Future()
        future.set_exception(error)
        return future


def _open(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """A process of the crew is ended by its parent, not by the keyboard, and ends with it even when that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
