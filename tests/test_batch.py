"""Batches: what is tried again, what is left, and the command with real workers, a real cluster, and kill -9."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import progress as shown
from cli.main import build_app
from flows import progress as paging
from flows.batch import _Progress, extract_all
from flows.extraction import StrayError, VersionError, extract_stored
from flows.intake import Desk, Taken
from flows.report import LISTENER, Report, add_reports
from flows.workers import CrewError, WorkerLostError
from schemas.page import utc_now
from schemas.release import Release
from schemas.settings import Settings
from store.database import close_store, open_store
from store.load import load_quarantine
from store.texts import StoredText, TextBatch, save_texts

ROOT = Path(__file__).parents[1]


@dataclass
class Done:
    """A future of the kind that task runners give, which is done at once or never."""

    outcome: Report | Exception | None

    def add_done_callback(self, told: Callable[["Done"], None]) -> None:
        if self.outcome is not None:
            told(self)

    def result(self, raise_on_failure: bool) -> Report | Exception | None:
        assert not raise_on_failure
        return self.outcome


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(data_dir=tmp_path, batch_size=2)
    store = open_store(settings.database_url)
    yield Desk(settings, store, "1")
    close_store(store)


def submitting(work: Callable[[Sequence[str]], Report]) -> Callable[[Sequence[str]], Done]:
    def submit(ids: Sequence[str]) -> Done:
        try:
            return Done(work(ids))
        except Exception as error:
            return Done(error)

    return submit


def worker(bad: str, deaths: int, tried: list[tuple[str, ...]]) -> Callable[[Sequence[str]], Report]:
    """One that dies so often over a batch with this release."""
    left = [deaths]

    def work(ids: Sequence[str]) -> Report:
        tried.append(tuple(ids))
        if bad in ids and left[0]:
            left[0] -= 1
            raise WorkerLostError("killed")
        return Report(counts={"files": {"stored": len(ids)}})

    return work


LOST = [
    (0, [("a", "b"), ("c",)], 3),
    (1, [("a", "b"), ("c",), ("a", "b")], 3),  # once: the batch again
    (2, [("a", "b"), ("c",), ("a", "b"), ("a",), ("b",)], 3),  # twice: its releases one by one
    (9, [("a", "b"), ("c",), ("a", "b"), ("a",), ("b",)], 2),  # and one that kills each: to quarantine
]


@pytest.mark.parametrize(("deaths", "expected", "stored"), LOST)
def test_what_loses_its_worker_is_tried_again(
    desk: Desk, deaths: int, expected: list[tuple[str, ...]], stored: int
) -> None:
    tried: list[tuple[str, ...]] = []
    taken = iter([Taken(("a", "b"), Report()), Taken(("c",), Report())])
    parts = extract_all(taken, submitting(worker("a", deaths, tried)), lambda: 2, desk)
    report = add_reports(part.report for part in parts)
    assert sorted(tried) == sorted(expected)
    assert (report.total("stored"), len(report.notes)) == (stored, min(deaths, 2))
    assert [one.problem.code for one in load_quarantine(desk.store)] == (["worker_died"] if deaths == 9 else [])
    assert report.clean == (deaths < 9)


def test_what_was_given_up_leaves_quarantine_when_it_is_extracted(desk: Desk) -> None:
    release = Release(id="a", source="norvik", text="The fund gave much.")
    save_texts(desk.store, TextBatch(utc_now(), [StoredText(release, utc_now(), "a.jsonl#1")]))
    parts = extract_all(iter([Taken(("a",), Report())]), submitting(worker("a", 9, [])), lambda: 2, desk)
    assert add_reports(part.report for part in parts).counts == {"norvik": {"failed": 1}}
    assert [(one.problem.source, one.problem.place) for one in load_quarantine(desk.store)] == [("norvik", "a")]
    extract_stored(desk.settings.model_copy(update={"model": "fast"}), ["a"])
    assert load_quarantine(desk.store) == []


def test_a_batch_that_fails_otherwise_is_left_and_named(desk: Desk) -> None:
    def work(ids: Sequence[str]) -> Report:
        raise ValueError(f"no room for {ids[0]}")

    parts = extract_all(iter([Taken(("a",), Report())]), submitting(work), lambda: 2, desk)
    report = add_reports(part.report for part in parts)
    assert report.errors == ("a batch was not extracted, the next run takes it up: no room for a",)


HOPELESS = [VersionError("another version"), StrayError("another database"), CrewError("none lives")]


@pytest.mark.parametrize("error", HOPELESS, ids=str)
def test_workers_that_can_do_nothing_end_the_run(desk: Desk, error: Exception) -> None:
    """They would be through all that there is in no time, and nothing of it extracted."""
    tried: list[tuple[str, ...]] = []

    def work(ids: Sequence[str]) -> Report:
        tried.append(tuple(ids))
        raise error

    taken = (Taken((str(number),), Report()) for number in range(100))
    report = add_reports(part.report for part in extract_all(taken, submitting(work), lambda: 3, desk))
    assert len(tried) == 3
    assert set(report.errors) == {f"the run ended early, the next one takes up what is left: {error}"}


def test_what_earlier_runs_did_makes_no_run_faster(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that goes on at 800 of 1,000 and does 20 in a minute needs nine more."""
    clock = [0.0]
    for module in (shown, paging):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    page: list[str] = []
    monkeypatch.setattr(paging, "create_progress_artifact", lambda *_, description, **__: page.append(description))
    token = LISTENER.set(shown.Watch("Starting"))
    progress = _Progress(1000, paging.Progress())
    for seconds, counts in ((0, {"stored": 0}), (1, {"known": 800}), (60, {"stored": 20})):
        clock[0] = float(seconds)
        documents = sum(counts.values())
        progress.add(Taken((), Report(counts={"files": counts}), documents, documents))
    LISTENER.reset(token)
    progress.page.tell()
    assert page == ["820 of 1,000 releases, 0.3 a second, 540 s left"]
    assert capsys.readouterr().err.splitlines()[-1] == "820 of about 1,000 releases, 0.3/s, about 0:09:00 left"


def test_no_more_is_taken_in_than_keeps_workers_busy(desk: Desk) -> None:
    """Until the first batch is done, three of ten are asked for."""
    asked: list[int] = []
    futures: list[Callable[[], None]] = []

    def taken() -> Iterator[Taken]:
        for number in range(10):
            asked.append(number)
            yield Taken((str(number),), Report())

    def submit(ids: Sequence[str]) -> Any:
        if len(futures) < 2:
            futures.append(lambda: None)
            return Done(None)
        assert asked == [0, 1, 2]
        raise TimeoutError

    with pytest.raises(TimeoutError):
        list(extract_all(taken(), submit, lambda: 3, desk))


NOT_UTF8 = os.fsdecode(b"caf\xe9.txt")
WRONG = [
    (["nowhere.jsonl"], "there is no such file or folder"),
    (["*.jsonl"], "none that fits it as a pattern"),
    ([NOT_UTF8], "is no UTF-8; name its folder"),
    (["x" * 300], "there is no such file or folder"),  # a name that no file may have
    ([".", "--workers", "2", "--dask", "tcp://127.0.0.1:1"], "take one of them"),
    ([".", "--workers", "0"], "--workers"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_usage_is_said_before_anything_is_started(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / NOT_UTF8).touch()
    for command in ("batch", "ingest") if NOT_UTF8 in words else ("batch",):
        result = CliRunner(env={"COLUMNS": "300"}).invoke(build_app([command]), [command, *words])
        assert result.exit_code == 2
        assert said in " ".join(result.stderr.split())


PROGRAM = "import flows.quiet, flows.progress; flows.progress.FIRST_SECONDS = 0; from cli.main import main; main()"
"""`dateline`, whose short runs too show in Prefect's page how far they are."""
TEXT = (
    "Harbour grant {0}\n\nOn 3 May 2026 the Norvik Foundation gave €{0} million to the Harbour School. "
    + "More. " * 300
)
MANY = 48


def write_lines(path: Path) -> None:
    lines = (json.dumps({"id": f"r{n:02}", "source": "norvik", "text": TEXT.format(n)}) for n in range(MANY))
    path.write_text("\n".join(lines), encoding="utf8")


def start(folder: Path, server: str, *options: str) -> "subprocess.Popen[str]":
    own = {"DATELINE_DATA_DIR": "data", "DATELINE_MODEL": "fast", "DATELINE_BATCH_SIZE": "4", "PREFECT_API_URL": server}
    command = [sys.executable, "-c", PROGRAM, "batch", "in.jsonl", "--json", *options]
    paths = {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **own, **paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(folder: Path) -> int:
    """Records that are stored by now."""
    try:
        with sqlite3.connect(f"file:{folder}/data/dateline.sqlite?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM record").fetchone()[0])
    except sqlite3.Error:
        return 0


def wait_for(folder: Path, number: int, run: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 500
    while count(folder) < number and run.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert count(folder) >= number, run.communicate()


def rows(folder: Path) -> dict[str, int]:
    names = ("release", "release_version", "record", "amount", "waiting", "quarantine")
    with sqlite3.connect(folder / "data" / "dateline.sqlite") as connection:
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608


EVERYTHING = {"release": MANY, "release_version": MANY, "record": MANY, "amount": MANY, "waiting": 0, "quarantine": 0}


def test_a_run_killed_with_its_workers_goes_on(tmp_path: Path, prefect_server: str) -> None:
    write_lines(tmp_path / "in.jsonl")
    first = start(tmp_path, prefect_server, "--workers", "1")
    wait_for(tmp_path, 8, first)
    first.kill()
    first.communicate()
    done = count(tmp_path)
    assert done < MANY
    second = start(tmp_path, prefect_server, "--workers", "2")
    out, err = second.communicate()
    assert second.returncode == 0, err
    report = Report.model_validate_json(out)
    assert report.total("stored") <= MANY - done
    assert rows(tmp_path) == EVERYTHING
    shown = httpx.get(f"{prefect_server}/artifacts/batch-progress/latest").json()
    assert (shown["type"], shown["data"]) == ("progress", 100)


def test_a_cluster_that_loses_a_worker(tmp_path: Path, prefect_server: str) -> None:
    pytest.importorskip("prefect_dask")
    write_lines(tmp_path / "in.jsonl")
    with started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", "s.json", at=tmp_path):
        until = time.monotonic() + 60
        while not (tmp_path / "s.json").exists() and time.monotonic() < until:
            time.sleep(0.1)
        address = json.loads((tmp_path / "s.json").read_text(encoding="utf8"))["address"]
        lasting = started("dask_worker", address, "--no-nanny", "--nthreads", "1", at=tmp_path)
        killed = started("dask_worker", address, "--no-nanny", "--nthreads", "1", at=tmp_path)
        with lasting, killed as victim:
            run = start(tmp_path, prefect_server, "--dask", address)
            wait_for(tmp_path, 8, run)
            os.kill(victim.pid, signal.SIGKILL)
            out, err = run.communicate()
    assert run.returncode == 0, err
    assert Report.model_validate_json(out).total("failed") == 0
    assert rows(tmp_path) == EVERYTHING


class started:  # noqa: N801 - reads as a word
    """A process of a Dask cluster, ended with its block."""

    def __init__(self, kind: str, *options: str, at: Path) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{kind}", *options, "--no-dashboard"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, cwd=at, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> "subprocess.Popen[bytes]":
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
