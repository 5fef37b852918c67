"""Work in several processes, some of which die."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from flows.crew import work_through


def square(job: tuple[int, Path | None]) -> int:
    """Dies at its first try, or, with a folder, at each."""
    number, marks = job
    if marks is not None:
        mark = marks / str(number)
        if number == 13 or not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return number * number


def test_a_process_that_dies_costs_its_batch(tmp_path: Path) -> None:
    """Batch 3 kills its process once, 13 each time: it is named, and all others are done, in their order."""
    taken = []

    def jobs() -> Iterator[tuple[int, Path | None]]:
        for number in range(20):
            taken.append(number)
            yield number, tmp_path if number in (3, 13) else None

    results = []
    for (number, _), result in work_through(square, jobs(), workers=2):
        results.append((number, result))
        assert max(taken) - number <= 4  # few are handed out at once
    assert results == [(number, None if number == 13 else number * number) for number in range(20)]


def test_one_worker_is_this_process() -> None:
    assert list(work_through(lambda number: os.getpid(), [1, 2], workers=1)) == [(1, os.getpid()), (2, os.getpid())]
