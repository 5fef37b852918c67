"""Worker processes: each loads its model once, a killed one costs its batch alone, and none outlives who started it."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.workers import Crew, WorkerLostError, work_through
from schemas.release import Release
from schemas.settings import Settings
from store.database import close_store, open_store
from store.texts import StoredText, TextBatch, save_texts
from store.waiting import list_waiting

ROOT = Path(__file__).parents[1]
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(data_dir=tmp_path, model="fast")
    store = open_store(made.database_url)
    texts = [StoredText(Release(id=str(n), source="norvik", text=f"Gave €{n} million"), NOW, f"#{n}") for n in range(4)]
    save_texts(store, TextBatch(NOW, texts))
    close_store(store)
    yield made
    store = open_store(made.database_url)
    assert list(list_waiting(store)) == []
    close_store(store)


def test_a_killed_worker_costs_its_batch_alone(settings: Settings) -> None:
    crew = Crew(settings, 1)
    assert crew.extract(["0"]).total("stored") == 1
    before = crew.pids()
    os.kill(before[0], signal.SIGKILL)
    with pytest.raises(WorkerLostError, match="a worker died"):
        crew.extract(["1", "2"])
    assert crew.extract(["0", "1", "2", "3"]).total("stored") == 3
    assert crew.extract(["3"]).saved == {"known": 1}
    after = crew.pids()
    assert len(after) == 1
    assert after != before
    crew.dismiss()
    assert not any(is_there(pid) for pid in after)


def square(job: tuple[int, Path | None]) -> int:
    """With a folder it dies at its first try, 13 at each."""
    number, marks = job
    if marks is not None:
        mark = marks / str(number)
        if number == 13 or not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def test_a_batch_over_which_workers_die_is_named(tmp_path: Path) -> None:
    """Batch 3 kills its worker once, 13 each time; all others are done, in their order, few at once."""
    taken = []

    def jobs() -> Iterator[tuple[int, Path | None]]:
        for number in range(20):
            taken.append(number)
            yield number, tmp_path if number in (3, 13) else None

    results = []
    for (number, _), result in work_through(square, jobs(), Crew(Settings(data_dir=tmp_path, model="fast"), 2), 2):
        results.append((number, result))
        assert max(taken) - number <= 4
    assert results == [(number, None if number == 13 else number * number) for number in range(20)]


ORPHANING = """
import sys, time
from flows.workers import Crew
from schemas.settings import Settings
if __name__ == "__main__":
    crew = Crew(Settings(data_dir=sys.argv[1], model="fast"), 1)
    crew.extract(["0", "1", "2", "3"])
    print(crew.pids()[0], flush=True)
    time.sleep(600)
"""


def test_workers_end_with_who_started_them(settings: Settings) -> None:
    command = [sys.executable, "-c", ORPHANING, str(settings.data_dir)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert is_there(pid)
        starter.kill()
    until = time.monotonic() + 30
    while is_there(pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_there(pid)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
