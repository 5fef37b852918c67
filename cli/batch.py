"""`dateline batch`: records of releases by the million, from files of any size."""

import glob
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from cli.ingest import start_prefect, waiting_words
from cli.output import Rate, complain, err, out, print_json
from cli.tables import plain_table
from extractors.names import check_model
from flows.report import LISTENER, Report
from schemas.settings import Settings

_EVERY = 30
"""Seconds between two lines about how far a run is, where there is no terminal."""
_COLUMNS = ("found", "known", "stored", "failed")


def batch(
    paths: Annotated[
        list[str],
        typer.Argument(help="Folders, files, globs: JSONL, WARC, mbox, zip (packed or not), pages, PDFs, …"),
    ],
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="For releases that tell no date of their own.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes on this machine.")] = None,
    dask: Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers extract.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run's report as JSON.")] = False,
) -> None:
    """Store records of all releases in files of any size; started again, it goes on where it was stopped."""
    if workers and dask:
        raise typer.BadParameter("--workers are processes here, --dask is a cluster; take one of them")
    found = [path for words in paths for path in _expand(words)]
    check_model(Settings().model)
    if dask or (Settings().dask and not workers):
        _check_dask()
    watch = _Watch()
    token = LISTENER.set(watch)
    try:
        with watch.progress:
            from flows.batch import batch as flow

            start_prefect()
            state = flow(found, published.date() if published else None, workers, dask)
    finally:
        LISTENER.reset(token)
    report = _report_of(state)
    _print(report, as_json, watch)
    raise typer.Exit(0 if report.clean and not report.total("failed") else 1)


def _expand(words: str) -> list[Path]:
    """The path of that name, or all that fit the pattern. Raises BadParameter where there are none."""
    if Path(words).exists():
        return [Path(words)]
    found = [Path(name) for name in sorted(glob.glob(words, recursive=True))]
    if not found:
        raise typer.BadParameter(f"{words}: there is no such file or folder, and none that fits it as a pattern")
    return found


def _check_dask() -> None:
    from importlib.util import find_spec

    if find_spec("prefect_dask") is None:
        raise typer.BadParameter("a Dask cluster wants another package: install dateline[dask]")


def _report_of(state: Any) -> Report:
    result = state.result(raise_on_failure=False)
    if isinstance(result, BaseException):
        raise result
    return Report.model_validate(result)


class _Watch:
    """Shows how far the run is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate())
        times = (TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
        self.progress = Progress(*columns, *times, console=err, transient=True, disable=not err.is_terminal)
        self._task = self.progress.add_task(waiting_words(), total=None)
        self._began: float | None = None
        self._told = time.monotonic()
        self._first = 0
        if not err.is_terminal:
            err.print(waiting_words() + " …")

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """As `flows.report.Listener`."""
        now = time.monotonic()
        if self._began is None:
            self._began, self._first = now, done
        self.progress.update(self._task, description=stage, completed=done, total=total)
        if not err.is_terminal and now - self._told >= _EVERY and now > self._began:
            self._told = now
            rate = (done - self._first) / max(now - self._began, 1e-3)
            err.print(progress_line(done, total, rate), soft_wrap=True)


def progress_line(done: int, total: int | None, rate: float) -> str:
    """How far a run is, how fast, and how long it will take.

    >>> progress_line(1200, 30000, 4.0)
    '1,200 of about 30,000 releases, 4.0/s, about 2:00:00 left'
    """
    of = f" of about {total:,}" if total else ""
    if not total or rate <= 0:
        return f"{done:,}{of} releases"
    seconds = round((total - done) / rate)
    left = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{done:,}{of} releases, {rate:.1f}/s, about {left} left"


def _print(report: Report, as_json: bool, watch: _Watch) -> None:
    for problem in report.problems:
        complain(problem)
    for note in report.notes:
        err.print(Text(f"note: {note.message}", "dim"), soft_wrap=True)
    for error in report.errors:
        err.print(Text(error, "red"), soft_wrap=True)
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    rows = [(name, *(counts.get(key, 0) for key in _COLUMNS)) for name, counts in report.counts.items()]
    out.print(plain_table("Sources", ("source", *(f"#{name}" for name in _COLUMNS)), rows))
    from flows.batch import batch_line

    out.print(Text("\n" + batch_line(report) + ".", "bold"))
