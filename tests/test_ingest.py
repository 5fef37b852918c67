"""The flow, with the real Prefect, a real server to fetch from and a real store."""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

import flows.ingest
from flows.propose import write_entry
from flows.report import LISTENER, Report
from schemas.page import utc_now
from schemas.settings import Settings
from schemas.source import Source
from schemas.wanted import Wanted
from store.database import StoreError, close_store, open_store
from store.runs import start_run
from store.save import save_batch
from tests.misbehaving import PAGE, Newsroom, drip, serve_newsroom

DATELINE = [sys.executable, "-c", "from cli.main import main; main()"]


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as served:
        yield served


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: str) -> Iterator[Path]:
    """Where runs of this process and of others leave their data; they report to one server."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    for name, value in {
        "DATA_DIR": str(tmp_path / "data"),
        "TIMEOUT_SECONDS": "2",
        "RETRIES": "0",
        "BATCH_SIZE": "7",
    }.items():
        monkeypatch.setenv(f"DATELINE_{name}", value)
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        yield tmp_path / "data"


def source(newsroom: Newsroom, name: str, paths: list[str], **fields: Any) -> Source:
    """A listing of those paths."""
    newsroom.page(f"/{name}/", "".join(f'<a href="{path}">x</a>' for path in paths))
    return newsroom.source(f"/{name}/", name=name, **fields)


def run(sources: list[Source], **options: Any) -> tuple[Any, Report]:
    state = flows.ingest.ingest(sources, Wanted(**options), return_state=True)
    return state, Report.model_validate(state.result(raise_on_failure=False))


def rows(data_dir: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(data_dir / "dateline.sqlite") as database:
        return database.execute(sql).fetchall()


def test_good_and_bad_together(newsroom: Newsroom, data_dir: Path) -> None:
    """Failing documents and sources are named and kept; the others are stored; a second run tries only those again."""
    good = source(newsroom, "good", [newsroom.release(number) for number in range(20)])
    newsroom.page("/empty", "<html><body><nav>Menu</nav></body></html>")
    newsroom.answers["/slow"] = drip
    mixed = source(newsroom, "mixed", [newsroom.release(50), "/empty", "/slow", "/gone"])
    down = newsroom.source("/nothing", name="down", discover="feed")
    ticks: list[int] = []
    token = LISTENER.set(lambda stage, done, total, known=0: ticks.append(done))
    state, report = run([good, mixed, down])
    LISTENER.reset(token)

    assert (state.name, state.type.value) == ("PartlyFailed", "COMPLETED")
    assert report.saved == {"new": 21, "changed": 0, "unchanged": 0}
    failed = {problem.place.removeprefix(newsroom.url): problem.code for problem in report.problems}
    assert failed == {"/empty": "no_text", "/slow": "timeout", "/gone": "http_404", "/nothing": "http_404"}
    assert max(ticks) == 21
    assert sorted(place for (place,) in rows(data_dir, "select place from quarantine")) == sorted(
        newsroom.url + path for path in ("/empty", "/slow", "/gone")
    )

    newsroom.answers["/gone"] = newsroom.answers["/release/1"]
    newsroom.page("/gone", newsroom_page(60))
    before = newsroom.count("/release/7")
    _, second = run([good, mixed])
    assert second.saved["new"] == 1
    assert newsroom.count("/release/7") == before  # known pages are not asked for again
    assert len(rows(data_dir, "select 1 from quarantine")) == 2  # success took /gone out


def newsroom_page(number: int) -> str:
    return PAGE.format(title=f"Harbour wall, part {number}", digit=number % 10)


def test_nothing_worked(newsroom: Newsroom, data_dir: Path) -> None:
    down = newsroom.source("/nothing", name="down", discover="feed")
    state, report = run([down])
    assert state.is_failed()
    assert not report.clean


def test_limit_and_since(newsroom: Newsroom, data_dir: Path) -> None:
    paths = [newsroom.release(number) for number in range(10)]  # published on 2025-04-10 … 2025-04-19
    _, limited = run([source(newsroom, "a", paths, max_links=100)], limit=3)
    assert limited.saved["new"] == 3
    _, recent = run([source(newsroom, "b", paths)], since=date(2025, 4, 16))
    assert (recent.saved["new"], recent.counts["b"]["older"]) == (4, 6)
    assert {day for (day,) in rows(data_dir, "select published from release where source = 'b'")} == {
        f"2025-04-{day}" for day in range(16, 20)
    }


def test_a_source_that_another_run_is_at_is_left_to_it(newsroom: Newsroom, data_dir: Path) -> None:
    store = open_store(Settings().database_url)
    start_run(store, utc_now(), ["a"])
    close_store(store)
    paths = [newsroom.release(number) for number in range(2)]
    state, report = run([source(newsroom, "a", paths), source(newsroom, "b", paths)])
    assert [(note.code, note.source) for note in report.notes] == [("busy", "a")]
    assert (report.counts["a"], report.counts["b"]["stored"]) == ({"resting": 1}, 2)
    assert newsroom.count("/a/") == 0
    assert state.name == "Completed"


def test_a_batch_that_cannot_be_stored_is_said(
    newsroom: Newsroom, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []

    def save(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 1:
            raise StoreError("disk full")
        return save_batch(*args)

    monkeypatch.setattr("flows.process.save_batch", save)
    state, report = run([source(newsroom, "a", [newsroom.release(number) for number in range(10)])])
    assert state.name == "PartlyFailed"
    assert ["disk full" in error for error in report.errors] == [True]
    assert report.saved["new"] in (3, 7)  # the other of the two batches; they run side by side


def test_reports_to_a_prefect_server(prefect_server: str, data_dir: Path) -> None:
    """The run, its tasks and its summary are seen there; the command says whom it reports to."""
    command = [*DATELINE, "ingest", "--source", "sample-club"]
    began = datetime.now(UTC).isoformat()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert prefect_server in done.stderr
    asked = {"flow_runs": {"start_time": {"after_": began}}}  # other tests' runs are there as well
    runs = httpx.post(f"{prefect_server}/flow_runs/filter", json=asked).json()
    seen = next(run for run in runs if str(run["state"]["message"]).startswith("2 new, 0 changed and 0 unchanged"))
    assert seen["state"]["name"] == "Completed"
    mine = {"flow_runs": {"id": {"any_": [seen["id"]]}}}
    summary = {**mine, "artifacts": {"key": {"any_": ["ingest-summary"]}}}  # a long run has another
    names = {
        run["name"].partition("-")[0] for run in httpx.post(f"{prefect_server}/task_runs/filter", json=mine).json()
    }
    assert names <= {"discover", "ingest batch"}  # recorded after the run's end, so not all need be there yet
    (artifact,) = httpx.post(f"{prefect_server}/artifacts/filter", json=summary).json()
    assert re.search(r"\n\| extract \| \d+\.\d \| \d+ % \| \d+ \|\n", artifact["description"])
    assert json.loads(artifact["data"]) == [
        {"source": "sample-club", "links": 2, "known": 0, "older": 0, "stored": 2, "failed": 0}
    ]


def test_an_alarm_is_an_event(prefect_server: str, newsroom: Newsroom, data_dir: Path, tmp_path: Path) -> None:
    """A layout that changed in silence is told within one run: on the screen, in `status`, and to Prefect."""
    paths = [newsroom.release(number) for number in range(9)]
    toml = tmp_path / "sources.toml"
    toml.write_text(write_entry(source(newsroom, "undated", paths)))
    command = [*DATELINE, "ingest", str(toml)]
    subprocess.run(command, capture_output=True, check=True)
    for number in range(20, 26):  # from now on no page tells its date where it did
        page = newsroom_page(number).replace("article:published_time", "changed")
        newsroom.page(f"/release/{number}", page.replace("on 3 April 2025 ", ""))
    source(newsroom, "undated", [*paths, *(f"/release/{number}" for number in range(20, 26))])
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    alarm = "source undated: 6 of its last 6 releases have no date of publication, of those before 0 of 9"
    assert f"alarm: {alarm}" in done.stderr
    assert alarm in subprocess.run([*DATELINE, "status"], capture_output=True, text=True, check=True).stdout
    wanted = {"filter": {"event": {"prefix": ["dateline.source.layout_changed"]}}}
    events: list[dict[str, Any]] = []
    deadline = time.monotonic() + 60
    while not events and time.monotonic() < deadline:
        events = httpx.post(f"{prefect_server}/events/filter", json=wanted).json()["events"]
        time.sleep(0.2)
    assert [(event["event"], event["payload"]["message"]) for event in events] == [
        ("dateline.source.layout_changed", alarm)
    ]
    assert events[0]["resource"]["prefect.resource.id"] == "dateline.source.undated"


def test_killed_and_started_again(newsroom: Newsroom, data_dir: Path, tmp_path: Path) -> None:
    """SIGKILL at random moments: in the end every release is there, once."""
    paths = [newsroom.release(number) for number in range(60)]
    source(newsroom, "a", paths)
    toml = tmp_path / "sources.toml"
    entry = f'[[source]]\nname = "a"\nurl = "{newsroom.url}/a/"\ndiscover = "listing"\ndelay_seconds = 0.02\n'
    toml.write_text(entry + 'allow_hosts = ["127.0.0.1"]\n')
    for _ in range(2):
        process = subprocess.Popen(
            [*DATELINE, "ingest", str(toml)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        fetched = sum(newsroom.count(path) for path in paths)
        deadline = time.monotonic() + 120
        while sum(newsroom.count(path) for path in paths) < fetched + 10 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(random.uniform(0, 0.5))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run([*DATELINE, "ingest", str(toml), "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["problems"] == []
    assert rows(data_dir, "select count(*), count(distinct url) from release") == [(60, 60)]
    assert rows(data_dir, "select count(*) from record where is_current") == [(60,)]
    states = [state for (state,) in rows(data_dir, "select state from run order by started")]
    assert states == ["interrupted", "interrupted", "finished"]
