"""What the commands share that run a flow in their own process: Prefect's start, the progress, the report."""

import gc
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from cli.output import err
from cli.progress import Watch
from flows.report import LISTENER, Report
from schemas.settings import Settings
from store.rows import plain


@contextmanager
def watched() -> Iterator[Watch]:
    """A context in which flows that are started here tell how far they are. Raises ValidationError first."""
    Settings()  # a wrong setting is said before Prefect is waited for
    server = os.environ.get("PREFECT_API_URL")
    starting = "Starting Prefect (about 8 s, up to 20 s the first time)"
    watch = Watch(f"Reporting to Prefect at {server}" if server else starting)
    token = LISTENER.set(watch)
    try:
        with watch.progress:
            yield watch
    finally:
        LISTENER.reset(token)


@contextmanager
def prefect_starting() -> Iterator[None]:
    """A context in which a flow is loaded while a Prefect server starts, where the user has none; then it answers.

    A failure is said and ends the command with code 1.
    """
    gc.disable()  # of what is loaded nothing is garbage: looking for some would take a sixth of the time
    try:
        from flows.prefect_server import ServerError, start_server  # loads Prefect

        wait = start_server()
        yield
    finally:
        gc.enable()
    try:
        wait()
    except ServerError as error:
        err.print(Text(f"Error: {error}", "bold red"), soft_wrap=True)
        raise typer.Exit(1) from error


def check_paths(paths: Iterable[Path]) -> None:
    """Raises BadParameter for a path that Prefect, which notes what flows are started with, cannot note."""
    for path in map(str, paths):
        if plain(path) != path:
            raise typer.BadParameter(f"{plain(path)}: is no UTF-8; name its folder instead, in which it is found")


def report_of(state: Any) -> Report:
    """What a flow that has ended says of itself; an error that ended it is raised."""
    result = state.result(raise_on_failure=False)
    if isinstance(result, BaseException):
        raise result
    return Report.model_validate(result)
