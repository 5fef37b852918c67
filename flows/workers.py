"""Workers on this machine: processes that extract batches of stored releases; one that dies costs its batch alone."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

from flows.extraction import extract_stored, load_extractor
from flows.report import Report
from schemas.settings import Settings

_MOST_IN_A_ROW = 20
_AHEAD = 2
"""Batches for each worker that are handed out at once: more would only wait."""
_TRIES = 2
"""Workers that a batch may cost before it is taken for the reason."""

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class WorkerLostError(RuntimeError):
    """A worker died over a batch: killed, out of memory, or by an error in a library."""


class CrewError(RuntimeError):
    """Workers die one after another, whatever they are given, or were dismissed."""


class Crew:
    """So many processes, each with its own model, which it loads once."""

    def __init__(self, settings: Settings, workers: int) -> None:
        self._settings = settings
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        self._all: set[ProcessPoolExecutor] = set()
        self._lost = 0
        """Workers that died since one last finished a batch."""
        self._is_over = False
        for _ in range(workers):
            self._hire()

    def _hire(self) -> None:
        """A process of its own pool: when one dies, `concurrent.futures` gives up its whole pool."""
        spawned = get_context("spawn")  # a fork would take the locks of this process's threads along
        pool = ProcessPoolExecutor(1, mp_context=spawned, initializer=_begin, initargs=(self._settings,))
        self._all.add(pool)
        self._idle.put(pool)

    def extract(self, ids: Sequence[str], run_id: str | None = None) -> Report:
        """`extract_stored` by a worker that is free, waited for. Raises WorkerLostError and CrewError."""
        return self.do(extract_stored, self._settings, ids, run_id)

    def do(self, work: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
        """What `work` gives, by a worker that is free. Raises WorkerLostError, CrewError, and what `work` raises."""
        pool = self._idle.get()
        try:
            result = pool.submit(work, *args, **named).result()
        except BrokenProcessPool as error:
            self._all.discard(pool)
            pool.shutdown(wait=False)
            if self._is_over:
                raise CrewError("the work was ended before this batch was done") from error
            self._hire()
            self._lost += 1
            if self._lost > _MOST_IN_A_ROW:
                message = f"{self._lost} workers died one after another; see what they wrote, and the kernel's log"
                raise CrewError(message) from error
            raise WorkerLostError("a worker died over a batch of releases") from error
        except BaseException:
            self._idle.put(pool)
            raise
        self._idle.put(pool)
        self._lost = 0
        return result

    def pids(self) -> list[int]:
        """Numbers of the processes that have begun."""
        return [pid for pool in self._all for pid in (pool._processes or {})]

    def dismiss(self) -> None:
        """End all workers; batches that are under way are left, and taken up by the next run."""
        self._is_over = True
        for pool in list(self._all):
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)


def work_through(
    work: Callable[[T], R], batches: Iterable[T], crew: Crew, workers: int
) -> Iterator[tuple[T, R | None]]:
    """Each batch with what `work` made of it, in their order; None where worker after worker died with it.

    `work`, the batches and what becomes of them must be picklable; few are there at once. Raises what `work` raises.
    """
    jobs: deque[tuple[T, Future[R | None]]] = deque()
    with ThreadPoolExecutor(workers) as threads:
        try:
            for batch in batches:
                jobs.append((batch, threads.submit(_try, work, batch, crew)))
                if len(jobs) >= _AHEAD * workers:
                    done, future = jobs.popleft()
                    yield done, future.result()
            yield from ((batch, future.result()) for batch, future in jobs)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            crew.dismiss()


def _try(work: Callable[[T], R], batch: T, crew: Crew) -> R | None:
    for _ in range(_TRIES):
        with suppress(WorkerLostError):
            return crew.do(work, batch)
    return None


def _begin(settings: Settings) -> None:
    """In a new worker: it ends with the process that started it, however that ends, and loads its model."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    load_extractor(settings)


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
