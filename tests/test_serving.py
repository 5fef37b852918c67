"""`dateline serve` whole: a real server, worker and review page, a newsroom to fetch from, and what kill -9 does."""

import contextlib
import datetime as dt
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import PREFECT_API_URL, temporary_settings
from typer.testing import CliRunner

import flows.serving
from cli.main import build_app
from flows.deploy import DeployError, Options, deploy
from flows.scheduled import PlaceError, refuse_relative
from flows.serving import ServeError, choose_port
from flows.watch import mark_lifeless
from flows.wishes import JOBS
from schemas.settings import Settings
from tests.misbehaving import PAGE, Newsroom, answer, serve_newsroom

DATELINE = [sys.executable, "-c", "from cli.main import main; main()"]
TOML = """
[[schedule]]
name = "often"
every = "30s"

[[source]]
name = "a"
url = "{url}/a/"
discover = "listing"
schedule = "often"
delay_seconds = 0
allow_hosts = ["127.0.0.1"]
"""
OFTEN = {"deployments": {"name": {"any_": ["often"]}}}
"""A filter for the deployment of that schedule."""
PATIENCE = 420
"""Seconds; for machines with much else to do."""


@dataclass
class Served:
    """A `dateline serve` at work."""

    process: "subprocess.Popen[str]"
    newsroom: Newsroom
    folder: Path
    url: str
    desk: str
    lines: list[str]

    def runs(self, **state: Any) -> list[dict[str, Any]]:
        """Runs that were not skipped, oldest first."""
        kinds = state.get("kinds", ["RUNNING", "COMPLETED", "FAILED", "CRASHED"])
        wanted = {"flow_runs": {"state": {"type": {"any_": kinds}}}, "sort": "START_TIME_ASC", "limit": 200}
        found = httpx.post(f"{self.url}/flow_runs/filter", json=wanted).json()
        return [run for run in found if run["deployment_id"]]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "data/dateline.sqlite")) as database:
            return database.execute(sql).fetchall()

    def part(self, word: str) -> int:
        """The process of a part."""
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and word.encode() in words:
                    return int(folder.name)
        raise AssertionError(f"no part {word}: {self.lines}")


def wait_for(look: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What it finds, as soon as it finds something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(httpx.HTTPError, sqlite3.OperationalError):
            if found := look():
                return found
        time.sleep(0.3)
    raise AssertionError("it did not come")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    ports = free_port(), free_port()
    given = {"DATELINE_DATA_DIR": str(folder / "data"), "DATELINE_MODEL": "fast", "DATELINE_BATCH_SIZE": "7"}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")} | given
    with serve_newsroom() as newsroom:
        list_releases(newsroom, 5)
        (folder / "sources.toml").write_text(TOML.format(url=newsroom.url))
        process = subprocess.Popen(
            [*DATELINE, "serve", "sources.toml", "--port", str(ports[0]), "--review-port", str(ports[1])],
            cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        lines: list[str] = []
        threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True).start()
        url, desk = f"http://127.0.0.1:{ports[0]}/api", f"http://127.0.0.1:{ports[1]}/"
        yield Served(process, newsroom, folder, url, desk, lines)
        process.send_signal(signal.SIGINT)
        process.wait(60)


def list_releases(newsroom: Newsroom, number: int, seconds: float = 0.0) -> None:
    """So many releases, each of which takes so long to come."""
    for one in range(number):
        body = PAGE.format(title=f"Harbour wall, part {one}", digit=one % 10).encode()
        newsroom.answers[f"/release/{one}"] = slowly(body, seconds)
    newsroom.page("/a/", "".join(f'<a href="/release/{one}">x</a>' for one in range(number)))


def slowly(body: bytes, seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        answer(handler, body)

    return respond


def test_a_schedule_makes_runs(served: Served) -> None:
    runs = wait_for(lambda: (found := served.runs(kinds=["COMPLETED"]))[1:] and found)
    assert [run["name"] for run in runs] == ["ingest often"] * len(runs)
    assert served.rows("select count(*), count(distinct url) from release") == [(5, 5)]
    starts = [dt.datetime.fromisoformat(run["start_time"]) for run in runs]
    ends = [dt.datetime.fromisoformat(run["end_time"]) for run in runs]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))  # never two at once
    found = httpx.post(f"{served.url}/artifacts/filter", json={}).json()
    tables = [json.loads(artifact["data"]) for artifact in found if artifact["key"] == "ingest-summary"]
    assert {row["source"] for table in tables for row in table} == {"a"}
    assert httpx.get(served.desk).status_code == 200
    wait_for(lambda: any("runs" in line and "ingest often: Completed, 5 new" in line for line in served.lines))
    assert "Traceback" not in "".join(served.lines)


def test_worker_and_run_killed_together(served: Served) -> None:
    """The place of the dead run is free long before two minutes are over, and what it left is had, once."""
    list_releases(served.newsroom, 40, 0.5)
    wait_for(lambda: served.rows("select count(*) from release")[0][0] >= 7)  # of the run that found them
    run = wait_for(lambda: next((r for r in served.runs(kinds=["RUNNING"]) if "dateline.process" in r["labels"]), None))
    os.kill(served.part("prefect.cli:app"), signal.SIGKILL)
    os.kill(int(run["infrastructure_pid"]), signal.SIGKILL)
    killed = time.monotonic()
    wait_for(lambda: run["id"] in {r["id"] for r in served.runs(kinds=["CRASHED"])})
    assert time.monotonic() - killed < 60
    wait_for(lambda: served.rows("select count(*) from release") == [(40,)])
    assert served.rows("select count(*), count(distinct url) from release") == [(40, 40)]
    assert served.rows("select count(*) from record where is_current") == [(40,)]
    assert any("worker" in line and "killed by SIGKILL" in line for line in served.lines)
    artifacts = httpx.post(f"{served.url}/artifacts/filter", json={}).json()
    assert any(artifact["key"] == "ingest-progress" and artifact["type"] == "progress" for artifact in artifacts)


def test_server_and_review_page_killed(served: Served) -> None:
    """Both are there again under the same addresses, with all that they knew, and the schedule goes on."""
    before = {run["id"] for run in served.runs()}
    killed = {word: served.part(word) for word in ("uvicorn:main", "cli.main:main")}
    for process in killed.values():
        os.kill(process, signal.SIGKILL)
    assert wait_for(lambda: before <= {run["id"] for run in served.runs()})
    assert wait_for(lambda: httpx.get(served.desk).status_code == 200)
    assert wait_for(lambda: {run["id"] for run in served.runs(kinds=["COMPLETED"])} - before)
    assert {word: served.part(word) for word in killed}.items().isdisjoint(killed.items())


def test_a_changed_file_is_registered_again(served: Served) -> None:
    """And the machine has less to do from here on."""
    file = served.folder / "sources.toml"
    file.write_text(file.read_text().replace("30s", "1 day"))
    assert wait_for(lambda: any("ingest-group/often" in line and "updated" in line for line in served.lines))
    (deployment,) = httpx.post(f"{served.url}/deployments/filter", json=OFTEN).json()
    assert [one["schedule"]["interval"] for one in deployment["schedules"]] == [86_400]


def test_flows_that_are_started_by_hand(served: Served) -> None:
    """In Prefect's page: a worker does them, with the data folder that the deployment names."""
    data = served.folder / "data"
    (data / "inbox").mkdir()
    wire = {"id": "wire-1", "source": "wire", "title": "A grant", "text": "Acme gave $5 million to the Harbour Trust."}
    (data / "inbox" / "wire.jsonl").write_text(json.dumps(wire) + "\n")

    def start(name: str, **parameters: Any) -> str:
        with SyncPrefectClient(served.url) as client:  # asks again where the server's database is busy (503)
            deployment = client.read_deployment_by_name(f"{name}/{name}")
            return str(client.create_flow_run_from_deployment(deployment.id, parameters=parameters).id)

    def end_of(run: str) -> dict[str, Any]:
        def ended() -> Any:
            state = httpx.get(f"{served.url}/flow_runs/{run}").json()["state"]
            return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

        return dict(wait_for(ended))

    looked, read = start("reextract"), start("batch")
    state = end_of(read)
    assert (state["name"], state["message"]) == (
        "Completed", "1 releases extracted (1 new, 0 changed); 0 done before; 0 failed",
    )  # fmt: skip
    assert "nothing stored" in end_of(looked)["message"]
    state = end_of(start("export", format="jsonl"))
    assert state["name"] == "Completed", state["message"]
    written = [json.loads(line) for line in (data / "exports" / "jsonl").read_text().splitlines()]
    assert [one["amounts"][0]["value"] for one in written if one["release"]["id"] == "wire-1"] == ["5000000"]


def test_deploying_again(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_DATA_DIR", str(served.folder / "data"))
    file, other = served.folder / "again.toml", served.folder / "other.toml"
    file.write_text(TOML.format(url="https://a.example").replace("30s", "2h"))
    other.write_text(file.read_text())

    def done(path: Path = file, **options: Any) -> dict[str, str]:
        return {name: action for name, action, _ in deploy(path, Options(prefix="x-", **options))}

    others = {f"{name}/x-{name}" for name in JOBS}
    everything = others | {"ingest-group/x-often"}
    with temporary_settings({PREFECT_API_URL: served.url}), SyncPrefectClient(served.url) as client:
        assert done(dry_run=True) == dict.fromkeys(everything, "created")
        assert done() == dict.fromkeys(everything, "created")
        assert done() == dict.fromkeys(everything, "unchanged")
        made = client.read_deployment_by_name("ingest-group/x-often")
        client.pause_deployment(made.id)
        file.write_text(file.read_text().replace("2h", "3h"))
        assert done()["ingest-group/x-often"] == "updated"
        made = client.read_deployment_by_name("ingest-group/x-often")
        assert (made.paused, made.schedules[0].schedule.interval) == (True, dt.timedelta(hours=3))  # type: ignore[union-attr]
        assert made.parameters["sources_file"] == str(file)
        assert made.global_concurrency_limit is not None
        assert made.global_concurrency_limit.limit == 1
        with pytest.raises(DeployError, match=r"was deployed from .*again\.toml; .*--prefix"):
            done(other)
        file.write_text(file.read_text().replace("often", "seldom"))
        changed = {"ingest-group/x-seldom": "created", "ingest-group/x-often": "removed"}
        assert done() == changed | dict.fromkeys(others, "unchanged")
        assert client.read_deployment_by_name("ingest-group/often")  # the other file's are left alone
        assert mark_lifeless(client, dt.datetime.now(dt.UTC)) == []


def test_an_event_reaches_a_chat(served: Served) -> None:
    """By the automation of the documentation, word for word but for the address."""
    told: list[str] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            answer(self, b"")

        def log_message(self, *_: object) -> None:
            pass

    chat = HTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=chat.serve_forever, daemon=True).start()
    (recipe,) = re.findall(r"```python\n(.*?)```", Path("docs/serving.md").read_text(), re.DOTALL)
    recipe = recipe.replace("https://chat.example.org", f"http://127.0.0.1:{chat.server_port}")
    alarm = 'Alarm(source="acme", code="no_dates", message="source acme: no dates")'
    tell = f"from store.health import Alarm\nfrom flows.telling import tell_alarms\ntell_alarms([{alarm}])\n"
    environment = {**os.environ, "PREFECT_API_URL": served.url}
    for program in (recipe, "import time\n" + tell + "time.sleep(3)"):
        subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=PATIENCE)
    try:
        assert wait_for(lambda: told, 60) == ["acme: source acme: no dates"]
    finally:
        chat.shutdown()


def test_the_end(served: Served) -> None:
    """Ctrl+C ends all parts and runs, and says so."""
    parts = [served.part(word) for word in ("uvicorn:main", "prefect.cli:app", "cli.main:main")]
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(60) == 0
    assert not [pid for pid in parts if Path(f"/proc/{pid}").exists()]
    assert "serve   | ended" in "".join(served.lines)
    assert served.rows("select count(*) from run where state = 'running'")[0][0] <= 1  # one that was cut off, at most


def test_ports() -> None:
    told: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert choose_port(None, port, told.append) == told[0] > port
        with pytest.raises(ServeError, match=f"127.0.0.1:{port}: taken"):
            choose_port(port, 4200, told.append)
    assert choose_port(port, 4200, told.append) == port
    assert len(told) == 1
    assert choose_port(None, port, told.append, other=port) == told[1] > port
    with pytest.raises(ServeError, match=f"127.0.0.1:{port}: .* both"):
        choose_port(port, 4200, told.append, other=port)


BOTH = [
    (["--port", "8470"], 8470),  # the usual one of the review page
    (["--review-port", "4200"], 4200),  # that of Prefect's server
]


@pytest.mark.parametrize(("words", "named"), BOTH)
def test_one_port_named_as_the_other_usually_is(
    words: list[str], named: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[flows.serving.Plan] = []
    monkeypatch.setattr("cli.serve._run", plans.append)
    monkeypatch.setattr("cli.serve.check_model", lambda _: None)
    (tmp_path / "sources.toml").write_text(TOML.format(url="http://127.0.0.1"))
    words = ["serve", str(tmp_path / "sources.toml"), *words]
    done = CliRunner().invoke(
        build_app(["serve"]), words, env={"DATELINE_DATA_DIR": str(tmp_path), "PREFECT_API_URL": ""}
    )
    assert done.exit_code == 0, done.output
    assert named in (plans[0].port, plans[0].review_port)
    assert plans[0].port != plans[0].review_port


def test_what_the_user_set_counts(tmp_path: Path) -> None:
    given = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "DEBUG", "PREFECT_API_URL": "http://elsewhere"}
    plan = flows.serving.Plan(tmp_path / "s.toml", tmp_path, 1, 2, 1, given=given)
    given |= {"DATELINE_DATABASE": "sqlite:///news.sqlite", "DATELINE_ARCHIVE": "kept"}
    made = flows.serving.make_environment(plan)
    assert made["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] == "DEBUG"
    here = Path.cwd()
    assert made["DATELINE_DATABASE"] == f"sqlite:///{here / 'news.sqlite'}"  # runs work elsewhere
    assert made["DATELINE_ARCHIVE"] == f"file://{here / 'kept'}"
    assert made["PREFECT_API_URL"] == "http://127.0.0.1:1/api"


PLACES = [
    ({"data_dir": "/srv/d"}, None),
    ({"data_dir": "/srv/d", "database": "sqlite:////srv/x.sqlite", "archive": "/srv/archive"}, None),
    ({"data_dir": "/srv/my d", "database": "sqlite:////srv/my d/x.sqlite", "archive": "/srv/my archive"}, None),
    ({"data_dir": "/srv/d", "database": "postgresql://db/news", "archive": "s3://news/archive"}, None),
    ({"data_dir": "dateline-data"}, "DATELINE_DATA_DIR=dateline-data"),
    ({"data_dir": "/srv/d", "database": "sqlite:///x.sqlite"}, "DATELINE_DATABASE=sqlite:///x.sqlite"),
    ({"data_dir": "/srv/d", "archive": "kept"}, "DATELINE_ARCHIVE=kept"),
]


@pytest.mark.parametrize(("given", "refused"), PLACES)
def test_runs_keep_nothing_in_their_own_folders(given: dict[str, Any], refused: str | None) -> None:
    with pytest.raises(PlaceError, match=refused) if refused else nullcontext():
        refuse_relative(Settings(**given))
