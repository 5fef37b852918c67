"""Runs: how they end, which were interrupted, and the store at a glance; on SQLite and PostgreSQL."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from schemas.problem import Problem
from store import tables
from store.database import Store, StoreError, writing
from store.models import Batch, Item, SourceStatus
from store.runs import HOLD, SILENCE, finish_run, keep_alive, start_run
from store.save import save_batch
from store.status import load_status
from tests.counting import count_rows

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=1)
STARTER = """
import datetime as dt, sys
from store.database import open_store
from store.runs import start_run
print(start_run(open_store(sys.argv[1]), dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)).id, flush=True)
sys.stdin.read()
"""


def states(store: Store) -> dict[str, str]:
    return {run.id: run.state for run in load_status(store).runs}


def test_a_run_from_start_to_end(store: Store) -> None:
    run = start_run(store, NOW, ["norvik", "other"])
    assert load_status(store).runs == (run,)
    assert run.state == "running"
    ended = finish_run(store, run.id, LATER, {"new": 3})
    assert ended == run.model_copy(update={"state": "finished", "finished": LATER, "counts": {"new": 3}})
    assert load_status(store).runs == (ended,)
    assert [source.last_run for source in load_status(store).sources] == [NOW, NOW]


def test_a_failed_run_is_not_its_sources_last(store: Store) -> None:
    run = start_run(store, NOW, ["norvik"])
    assert finish_run(store, run.id, LATER, {}, failed=True).state == "failed"
    assert load_status(store).sources[0].last_run is None


def test_an_unknown_run(store: Store) -> None:
    with pytest.raises(StoreError, match="no run has the id 'x'"):
        finish_run(store, "x", NOW, {})


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux shows its processes as files")
def test_a_killed_run_is_interrupted_and_a_living_one_is_not(store: Store, database_url: str) -> None:
    killed, living = (start_elsewhere(database_url) for _ in range(2))
    killed[0].kill()
    os.waitid(os.P_PID, killed[0].pid, os.WEXITED | os.WNOWAIT)  # ended, but not collected: still listed
    mine = start_run(store, LATER).id
    assert states(store) == {killed[1]: "interrupted", living[1]: "running", mine: "running"}
    start_run(store, LATER + 10 * SILENCE)  # a process that can be seen may be silent
    assert states(store)[living[1]] == states(store)[mine] == "running"
    for process, _ in (killed, living):
        process.kill()
        process.communicate()


def start_elsewhere(url: str) -> tuple["subprocess.Popen[str]", str]:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", STARTER, url]
    process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_a_run_of_another_machine_is_judged_by_its_silence(store: Store, make_item: Callable[..., Item]) -> None:
    silent, busy = start_run(store, NOW), start_run(store, NOW)
    with writing(store) as connection:
        connection.execute(update(tables.run).values(process="elsewhere|1|1"))
    start_run(store, NOW + SILENCE)
    assert set(states(store).values()) == {"running"}
    save_batch(store, Batch(seen_at=NOW + SILENCE, items=(make_item(),), run_id=busy.id))
    start_run(store, NOW + SILENCE + dt.timedelta(seconds=1))
    assert (states(store)[silent.id], states(store)[busy.id]) == ("interrupted", "running")
    assert finish_run(store, silent.id, LATER, {}).state == "finished"  # it was alive after all


def test_status(store: Store, make_item: Callable[..., Item]) -> None:
    problem = Problem(source="other", place="x", stage="read", code="no_text", message="…")
    save_batch(store, Batch(seen_at=NOW, items=(make_item("1"), make_item("2")), problems=(problem,)))
    status = load_status(store)
    assert status.sources == (
        SourceStatus(name="norvik", releases=2, quarantined=0, last_seen=NOW, last_run=None),
        SourceStatus(name="other", releases=0, quarantined=1, last_seen=None, last_run=None),
    )
    values = {"people": 2, "organisations": 4, "dates": 4, "amounts": 2, "commitments": 2, "events": 2, "quotes": 2}
    others = {"sources": 2, "releases": 2, "versions": 2, "records": 2, "checks": 4, "quarantine": 1}
    nothing = {"copies": 0, "entities": 0, "reviews": 0}
    assert status.counts == values | others | nothing


def test_people_count_what_counts_now(store: Store, make_item: Callable[..., Item]) -> None:
    """Records of earlier extractors and texts are kept; the store's bookkeeping is of no interest."""
    for item in (make_item(), make_item(version="2.0"), make_item(text="Corrected")):
        save_batch(store, Batch(seen_at=NOW, items=(item,)))
    counts = load_status(store).counts
    assert (counts["releases"], counts["versions"], counts["records"], counts["amounts"]) == (1, 2, 1, 0)
    assert count_rows(store)["record"] == 3


def test_only_the_last_runs(store: Store) -> None:
    for minutes in range(4):
        start_run(store, NOW + dt.timedelta(minutes=minutes))
    assert [run.started.minute for run in load_status(store, runs=2).runs] == [3, 2]


def test_no_two_runs_take_one_source(store: Store) -> None:
    """What another run is at is left to it; that of a machine which cannot be looked at, as long as it gives signs."""
    first = start_run(store, NOW, ["a", "b"], alone=True)
    second = start_run(store, NOW, ["b", "c"], alone=True)
    assert (first.sources, second.sources) == (("a", "b"), ("c",))
    assert start_run(store, NOW, ["a"]).sources == ("a",)  # one that does not mind
    finish_run(store, first.id, NOW, {})
    assert start_run(store, NOW, ["b"], alone=True).sources == ("b",)
    with writing(store) as connection:
        connection.execute(update(tables.run).values(process="elsewhere|1|2"))
    assert start_run(store, NOW + HOLD, ["c"], alone=True).sources == ()
    keep_alive(store, second.id, NOW + HOLD)
    assert start_run(store, NOW + HOLD + HOLD / 2, ["c"], alone=True).sources == ()
    assert start_run(store, NOW + 3 * HOLD, ["c"], alone=True).sources == ("c",)
