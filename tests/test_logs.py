"""Logs: what a run and the desk tell, as JSON or text, and nothing of what releases say."""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from cli.output import JsonLines
from flows.account import accounted, measured
from flows.report import Report, add_reports
from review.app import build_app
from review.setup import Setup
from schemas.logs import configure_logs, log
from schemas.page import utc_now
from schemas.problem import Problem
from store.database import Store
from store.models import Item
from store.runs import start_run

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def no_logs_afterwards() -> Iterator[None]:
    yield
    configure_logs(None)


def test_what_a_run_tells(store: Store, make_item: Callable[..., Item], capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json")
    item, run = make_item(), start_run(store, utc_now())
    problem = Problem(
        source="norvik", place="https://x.example/?token=abc", stage="read", code="no_text", message="Harbour"
    )
    assert list(measured([item.record, problem], Counter(), run.id)) == [item.record, problem]
    counts = {"norvik": {"stored": 1, "failed": 1, "links": 9}}
    reports = [Report(counts=counts, seconds={"fetch": 1.23456, "save": 0.5}, problems=(problem,), errors=("secret",))]
    add_reports(accounted(reports, store, run.id))
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    about = [{key: value for key, value in line.items() if key not in ("time", "run")} for line in lines]
    assert {line["run"] for line in lines} == {run.id}
    assert about[0].pop("seconds") >= 0
    assert about[-1].pop("seconds") >= 0
    assert about == [
        {"level": "info", "event": "release extracted", "source": "norvik", "release": item.release.id,
         "stage": "extract"},
        {"level": "info", "event": "run started"},
        {"level": "info", "event": "stage done", "stage": "fetch", "seconds": 1.2346},
        {"level": "info", "event": "stage done", "stage": "save", "seconds": 0.5},
        {"level": "info", "event": "releases done", "source": "norvik", "state": "stored", "number": 1},
        {"level": "info", "event": "releases done", "source": "norvik", "state": "failed", "number": 1},
        {"level": "warning", "event": "document failed", "source": "norvik", "stage": "read", "code": "no_text"},
        {"level": "error", "event": "batch failed"},
        {"level": "info", "event": "run ended"},
    ]  # fmt: skip
    assert not any(words in written for words in ("Harbour", "token", "secret", "Norvik Foundation"))


def test_what_the_desk_tells(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("text")
    desk = TestClient(build_app(Setup(store, "s", reviewer="ana")), base_url="http://127.0.0.1")
    desk.get("/api/me?q=harbour")
    desk.get("/desk/none%0Aforged line")
    first, second = capsys.readouterr().err.splitlines()
    assert ' info request method="GET" path="/api/me" status=200 seconds=' in first
    assert ' path="/desk/none\\nforged line" status=404 ' in second


def test_levels_and_silence(capsys: pytest.CaptureFixture[str], store: Store) -> None:
    log("nobody wants to know")
    configure_logs("text", "warning")
    log("too small")
    log("seen", "warning", source="norvik")
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.split(" ", 1)[1] == 'warning seen source="norvik"\n'


def test_what_is_said_to_people_becomes_json(store: Store) -> None:
    stream = io.StringIO()
    print("one\n\n  two", file=JsonLines(stream))
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["one", "two"]
