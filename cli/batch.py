"""`dateline batch`: records of releases by the million, from files of any size."""

import glob
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.flow_run import check_paths, prefect_starting, report_of, watched
from cli.output import complain, err, out, print_json
from cli.tables import plain_table
from extractors.names import check_model
from flows.report import Report
from schemas.settings import Settings

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
    check_paths(found)
    check_model(Settings().model)
    if dask or (Settings().dask and not workers):
        _check_dask()
    with watched():
        with prefect_starting():
            from flows.batch import batch as flow
        day = published.date() if published else None
        report = report_of(flow(found, day, workers, dask, return_state=True))
    _print(report, as_json)
    raise typer.Exit(0 if report.clean and not report.total("failed") else 1)


def _expand(words: str) -> list[Path]:
    """The path of that name, or all that fit the pattern. Raises BadParameter where there are none."""
    if os.path.exists(words):
        return [Path(words)]
    found = [Path(name) for name in sorted(glob.glob(words, recursive=True))]
    if not found:
        raise typer.BadParameter(
            f"{words}: there is no such file or folder that may be reached, and none that fits it as a pattern"
        )
    return found


def _check_dask() -> None:
    from importlib.util import find_spec

    if find_spec("prefect_dask") is None:
        raise typer.BadParameter("a Dask cluster wants another package: install dateline[dask]")


def _print(report: Report, as_json: bool) -> None:
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
