"""`dateline serve`: everything on one machine."""

import fcntl
import os
import signal
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.output import out
from extractors.names import check_model
from flows.serving import Plan, ServeError, Service, choose_port
from flows.wishes import list_wishes
from schemas.settings import Settings
from schemas.source import load_declared

PREFECT_PORT, REVIEW_PORT = 4200, 8470
_COLOURS = {"server": "cyan", "worker": "green", "review": "magenta", "runs": "bold", "deploy": "blue"}
_EARLIER_SECONDS = 30
"""How long to wait for what an earlier `serve` left that was killed."""


def serve(
    file: Annotated[Path, typer.Argument(help="The file with the sources and schedules.")] = Path("sources.toml"),
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help=f"Of Prefect's page and server; by default {PREFECT_PORT}.")
    ] = None,
    review_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help=f"Of the review page; by default {REVIEW_PORT}.")
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, help="Runs at once; others wait.")] = 2,
) -> None:
    """Fetch by schedule on this machine: Prefect's server, a worker and the review page, until Ctrl+C.

    Each is started again when it dies. Only this computer reaches them.
    """
    settings = Settings()
    check_model(settings.model)
    list_wishes(file, load_declared(file))  # what is wrong with it is said at once
    data_dir = settings.data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = _lock(data_dir / "serve.lock")
    prefect_port = choose_port(port, PREFECT_PORT, partial(_moved, "Prefect's page", "--port"), review_port)
    desk_port = choose_port(review_port, REVIEW_PORT, partial(_moved, "the review page", "--review-port"), prefect_port)
    _check_environment(prefect_port)
    _run(Plan(file.absolute(), data_dir, prefect_port, desk_port, at_once, (lock,)))


def _moved(what: str, option: str, port: int) -> None:
    _tell("serve", f"the usual port of {what} is taken: it is at {port} now ({option} sets it)")


def _check_environment(port: int) -> None:
    named = os.environ.get("PREFECT_API_URL")
    if named and named.rstrip("/") not in (f"http://127.0.0.1:{port}/api", f"http://localhost:{port}/api"):
        raise ServeError(
            f"PREFECT_API_URL names a server, {named}, and `serve` brings its own: unset it, or register with that one "
            "by `dateline deploy` and start `prefect worker start --pool dateline`"
        )


def _lock(path: Path) -> int:
    """Held as long as any part lives, so that two do not serve one folder, and one waits for what another left."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    until, told = time.monotonic() + _EARLIER_SECONDS, False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except OSError:
            if time.monotonic() > until:
                raise ServeError(
                    f"{path.parent}: another `dateline serve` works on this folder; end it, or set DATELINE_DATA_DIR"
                ) from None
            if not told:
                _tell("serve", "waiting for an earlier one to end")
                told = True
            time.sleep(0.2)


def _run(plan: Plan) -> None:
    service = Service(plan, _tell)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: service.stop())
    out.print(f"Prefect  http://127.0.0.1:{plan.port}/   runs, schedules, logs", soft_wrap=True)
    out.print(f"Review   http://127.0.0.1:{plan.review_port}/   (Ctrl+C ends everything)", soft_wrap=True)
    os.environ["PREFECT_API_URL"] = plan.url
    service.run()
    _tell("serve", "ended")


def _tell(name: str, line: str) -> None:
    """One line, with the time and the part's name."""
    head = Text.assemble((f"{datetime.now():%H:%M:%S} ", "dim"), (f"{name:<7}", _COLOURS.get(name, "")), (" | ", "dim"))
    out.print(head + Text(line), soft_wrap=True)
