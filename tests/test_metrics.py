"""Metrics: what runs did adds up in the store, is told in Prometheus's format by any process, and not to everybody."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from cli.main import build_app as build_commands
from flows.account import accounted, measured
from flows.report import Report, add_reports
from review.accounts import User, save_users
from review.app import build_app
from review.metrics import write_metrics
from review.setup import Setup
from schemas.problem import Problem
from store.database import Store, close_store, open_store
from store.models import Batch, Item
from store.runs import finish_run, start_run
from store.save import save_batch
from store.status import load_status

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
PROBLEM = Problem(source="norvik", place="x", stage="read", code="no_text", message="…")
EXPECTED = {
    ("dateline_releases", ()): 1,
    ("dateline_quarantine", ("no_text", "read")): 1,
    ("dateline_review_releases", ("open",)): 1,
    ("dateline_running_runs", ("ingest",)): 1,
    ("dateline_last_finished_timestamp_seconds", ("ingest",)): NOW.timestamp(),
    ("dateline_releases_processed_total", ("stored",)): 5,
    ("dateline_releases_processed_total", ("failed",)): 1,
    ("dateline_failures_total", ("read",)): 1,
    ("dateline_stage_seconds_total", ("extract",)): 1.5,
    ("dateline_runs_total", ("ingest", "finished")): 1,
    ("dateline_extract_seconds_bucket", ("0.1",)): 2,
    ("dateline_extract_seconds_bucket", ("0.25",)): 3,
    ("dateline_extract_seconds_bucket", ("10.0",)): 3,
    ("dateline_extract_seconds_bucket", ("+Inf",)): 5,
    ("dateline_extract_seconds_count", ()): 5,
    ("dateline_extract_seconds_sum", ()): 1.5,
    ("dateline_failing_sources", ()): 0,
}


def fill(store: Store, make_item: Callable[..., Item]) -> None:
    """A run that ended and one that did not."""
    save_batch(store, Batch(seen_at=NOW, items=(make_item(),), problems=(PROBLEM,)))
    run = start_run(store, NOW)
    reports = [
        Report(counts={"norvik": {"stored": 2}}, seconds={"extract": 1.0}, latency={"0.1": 2}),
        Report(counts={"norvik": {"stored": 3, "failed": 1}}, seconds={"extract": 0.5, "save": 0.25},
               latency={"0.25": 1, "+Inf": 2}, problems=(PROBLEM,)),
    ]  # fmt: skip
    report = add_reports(accounted(reports, store, run.id))
    assert report.latency == {"0.1": 2, "0.25": 1, "+Inf": 2}
    assert finish_run(store, run.id, NOW, {}).seconds == {"extract": 1.5, "save": 0.25}
    start_run(store, NOW + dt.timedelta(seconds=1))


def samples(written: str) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(written)
    return {
        (sample.name, tuple(sample.labels[key] for key in sorted(sample.labels))): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_store_in_numbers(store: Store, make_item: Callable[..., Item]) -> None:
    fill(store, make_item)
    found = samples(write_metrics(store))
    assert EXPECTED.items() <= found.items(), EXPECTED.items() - found.items()


def test_a_run_that_is_stopped_has_accounted_for_what_it_did(store: Store) -> None:
    def reports() -> Iterator[Report]:
        yield Report(counts={"norvik": {"stored": 2}}, seconds={"save": 2.0})
        raise OSError("killed")

    run = start_run(store, NOW)
    with pytest.raises(OSError, match="killed"):
        add_reports(accounted(reports(), store, run.id))
    assert load_status(store).runs[0].seconds == {"save": 2.0}


def test_documents_are_counted_by_how_long_they_took() -> None:
    latency: Counter[str] = Counter()
    assert list(measured([PROBLEM, PROBLEM], latency, None)) == [PROBLEM, PROBLEM]
    assert latency == {"0.01": 2}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_gets_them(store: Store, tmp_path: Path) -> None:
    accounts = tmp_path / "users.json"
    save_users(accounts, {"ana": User(name="ana", role="viewer")})
    here = TestClient(build_app(Setup(store, "s", reviewer="ana")), base_url="http://127.0.0.1")
    answer = here.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/plain")
    assert "dateline_releases 0.0" in answer.text
    for token, given, status in (
        (None, None, 401),
        (None, "Bearer ", 401),
        ("secret", None, 401),
        ("secret", "Bearer wrong", 401),
        ("secret", "Basic secret", 401),
        ("secret", "Bearer secret", 200),
    ):
        desk = build_app(Setup(store, "s", accounts=accounts, metrics_token=token))
        shared = TestClient(desk, base_url="http://desk.example", follow_redirects=False)
        headers = {"Authorization": given} if given else {}
        assert shared.get("/metrics", headers=headers).status_code == status, (token, given)
        assert shared.get("/api/me", headers=headers).status_code == 401


def test_the_command(tmp_path: Path) -> None:
    close_store(open_store(f"sqlite:///{tmp_path / 'dateline.sqlite'}"))
    file = tmp_path / "dateline.prom"
    env = {"DATELINE_DATA_DIR": str(tmp_path)}
    assert CliRunner().invoke(build_commands(), ["metrics", "-o", str(file)], env=env).exit_code == 0
    assert samples(file.read_text())["dateline_releases", ()] == 0
    assert "dateline_releases 0.0" in CliRunner().invoke(build_commands(), ["metrics"], env=env).output
    for wrong, said in ((tmp_path / "none" / "x.prom", "is no folder"), (tmp_path, "is a folder; name a file")):
        done = CliRunner().invoke(build_commands(), ["metrics", "-o", str(wrong)], env={**env, "COLUMNS": "300"})
        assert (done.exit_code, said in done.output) == (2, True), done.output
