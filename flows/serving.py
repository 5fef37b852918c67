"""`dateline serve`: Prefect's server, a worker and the review page on one machine, kept running together."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from signal import SIGTERM

import httpx

from flows.kept import Part, Say, end_part, look_after, start_part
from schemas.page import utc_now
from schemas.problem import ToldError
from schemas.settings import absolute_archive, absolute_database

POOL = "dateline"
WATCH_SECONDS = 10
"""How often runs are looked at whose process may be gone."""
START_SECONDS = 180
"""How long the server may take to answer for the first time: its database is made then."""
_TICK_SECONDS = 0.2


class ServeError(ToldError):
    """Nothing can be served; the message says what to do."""


@dataclass(frozen=True)
class Plan:
    """What is served, and where."""

    sources: Path
    data_dir: Path
    port: int
    review_port: int
    at_once: int
    """Runs at once."""
    kept_open: tuple[int, ...] = ()
    given: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    """The user's own environment, which wins."""

    @property
    def url(self) -> str:
        """Prefect's API."""
        return f"http://127.0.0.1:{self.port}/api"


def make_environment(plan: Plan) -> dict[str, str]:
    """What the parts find in their environment; what the user's own says wins, but for where things are."""
    return {
        "PREFECT_HOME": str(plan.data_dir / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # Prefect's page has all of it
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "5",
        **plan.given,
        **_whole_paths(plan.given),
        "PREFECT_API_URL": plan.url,
        "PREFECT_UI_API_URL": plan.url,
        "DATELINE_DATA_DIR": str(plan.data_dir),
        "PYTHONUNBUFFERED": "1",
    }


def _whole_paths(given: Mapping[str, str]) -> dict[str, str]:
    """Places that the user named from where they are: each run works in a folder of its own, which is then removed."""
    whole = {"DATELINE_DATABASE": absolute_database, "DATELINE_ARCHIVE": absolute_archive}
    return {name: make(given[name]) for name, make in whole.items() if given.get(name)}


def make_parts(plan: Plan) -> list[Part]:
    """The parts, in the order in which they are started."""
    commands: dict[str, Sequence[str]] = {
        "server": (
            "uvicorn:main", "--factory", "prefect.server.api.server:create_app", "--host", "127.0.0.1",
            "--port", str(plan.port), "--log-level", "error", "--timeout-graceful-shutdown", "3",
        ),
        "worker": (
            "prefect.cli:app", "worker", "start", "--pool", POOL, "--type", "process",
            "--name", f"dateline-{socket.gethostname()}", "--limit", str(plan.at_once),
        ),
        "review": ("cli.main:main", "review", "--no-open", "--port", str(plan.review_port)),
    }  # fmt: skip
    environment = make_environment(plan)
    return [Part(name, command, environment, plan.kept_open) for name, command in commands.items()]


class Service:
    """The parts while they run."""

    def __init__(self, plan: Plan, say: Say) -> None:
        self._plan, self._say = plan, say
        self._parts = make_parts(plan)
        self._ended = threading.Event()

    def run(self) -> None:
        """Start everything and keep it running until `stop` is called. Raises ServeError where it does not start."""
        server, *others = self._parts
        try:
            start_part(server, self._say)
            self._wait_for(server)
            for part in others:
                start_part(part, self._say)
            if not self._register() and not self._ended.is_set():
                raise ServeError(f"{self._plan.sources}: its schedules could not be registered; see the line of deploy")
            threading.Thread(target=self._watch, daemon=True).start()
            self._keep()
        finally:
            self._end()

    def stop(self) -> None:
        """Let `run` end."""
        self._ended.set()

    def _wait_for(self, server: Part) -> None:
        until = time.monotonic() + START_SECONDS
        with httpx.Client(trust_env=False) as client:
            while time.monotonic() < until and not self._ended.is_set():
                with suppress(httpx.TransportError):
                    if client.get(f"{self._plan.url}/health").is_success:
                        return
                look_after(server, time.monotonic(), self._say)
                time.sleep(_TICK_SECONDS)
        if not self._ended.is_set():
            raise ServeError(
                f"{self._plan.url}: Prefect's server did not start within {START_SECONDS} s; see its lines"
            )

    def _register(self) -> bool:
        """As `dateline deploy` does, in a process of its own: it loads all the flows. Whether that went well."""
        command = [sys.executable, "-P", "-c", "from cli.main import main; main()", "deploy", str(self._plan.sources)]
        done = subprocess.run(command, env=make_environment(self._plan), capture_output=True, text=True, check=False)  # noqa: S603
        is_good = done.returncode == 0
        for line in done.stdout.splitlines()[2:] if is_good else (done.stderr or done.stdout).splitlines():
            if line.strip():
                self._say("deploy", line.rstrip())
        return is_good

    def _keep(self) -> None:
        seen = _changed_at(self._plan.sources)
        while not self._ended.wait(_TICK_SECONDS):
            for part in self._parts:
                look_after(part, time.monotonic(), self._say)
            if (changed := _changed_at(self._plan.sources)) != seen:
                seen = changed
                threading.Thread(target=self._register, daemon=True).start()

    def _watch(self) -> None:
        """Mark runs whose process is gone, and say how others ended; while the server is away, nothing can be done."""
        from prefect.client.orchestration import SyncPrefectClient

        from flows.watch import mark_lifeless, tell_ended

        since = utc_now()
        while not self._ended.wait(WATCH_SECONDS):
            try:
                with SyncPrefectClient(self._plan.url) as client:
                    began = utc_now()
                    mark_lifeless(client, began)
                    for line in tell_ended(client, since):
                        self._say("runs", line)
                    since = began
            except httpx.HTTPError:
                continue  # the server is away
            except Exception as error:  # whatever it is, the next look must come
                self._say("runs", f"cannot be looked at: {error}; again in {WATCH_SECONDS} s")

    def _end(self) -> None:
        """End everything: first what does runs, last the server, which is told how they ended."""
        server, worker, *others = self._parts
        end_part(worker)
        with suppress(httpx.HTTPError):
            self._end_runs()
        for part in (*others, server):
            end_part(part)

    def _end_runs(self) -> None:
        """End what a worker left that was killed."""
        from prefect.client.orchestration import SyncPrefectClient

        from flows.watch import list_processes, mark_lifeless

        with SyncPrefectClient(self._plan.url) as client:
            for pid in list_processes(client):
                with suppress(OSError):
                    os.kill(pid, SIGTERM)
            until = time.monotonic() + 5
            while list_processes(client) and time.monotonic() < until:
                time.sleep(_TICK_SECONDS)
            mark_lifeless(client, utc_now(), timedelta())


def _changed_at(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:  # an editor puts it back in a moment
        return None


def choose_port(wanted: int | None, usual: int, say: Callable[[int], None], other: int | None = None) -> int:
    """The port that is wanted, else the usual one, else the next that is free, which is said; never the other page's.

    Raises ServeError for one that is wanted and taken.
    """
    first = wanted or usual
    if wanted and wanted == other:
        raise ServeError(f"127.0.0.1:{first}: cannot be that of both Prefect's page and the review page; name two")
    for port in range(first, first + (1 if wanted else 20)):
        if port == other:
            continue
        with socket.socket() as trying:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                trying.bind(("127.0.0.1", port))
                if port != first:
                    say(port)
                return port
    raise ServeError(f"127.0.0.1:{first}: taken by another program; end that one, or name another port")
