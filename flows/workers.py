"""Workers on this machine: processes that extract batches of stored releases; one that dies costs its batch alone."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from queue import SimpleQueue

from flows.extraction import extract_stored, load_extractor
from flows.report import Report
from schemas.settings import Settings

_MOST_IN_A_ROW = 20


class WorkerLostError(RuntimeError):
    """A worker died over a batch: killed, out of memory, or by an error in a library."""


class CrewError(RuntimeError):
    """Workers die one after another, whatever they are given."""


class Crew:
    """So many processes, each with its own model, which it loads once."""

    def __init__(self, settings: Settings, workers: int) -> None:
        self._settings = settings
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        self._all: set[ProcessPoolExecutor] = set()
        self._lost = 0
        """Workers that died since one last finished a batch."""
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
        pool = self._idle.get()
        try:
            report = pool.submit(extract_stored, self._settings, ids, run_id).result()
        except BrokenProcessPool as error:
            self._all.discard(pool)
            pool.shutdown(wait=False)
            self._hire()
            self._lost += 1
            if self._lost > _MOST_IN_A_ROW:
                message = f"{self._lost} workers died one after another; look for memory and the kernel's log"
                raise CrewError(message) from error
            raise WorkerLostError(f"a worker died over a batch of {len(ids)} releases") from error
        except BaseException:
            self._idle.put(pool)
            raise
        self._idle.put(pool)
        self._lost = 0
        return report

    def pids(self) -> list[int]:
        """Numbers of the processes that have begun."""
        return [pid for pool in self._all for pid in (pool._processes or {})]

    def dismiss(self) -> None:
        """End all workers; batches that are under way are left, and taken up by the next run."""
        for pool in self._all:
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)


def _begin(settings: Settings) -> None:
    """In a new worker: it ends with the process that started it, however that ends, and loads its model."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    load_extractor(settings)


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
