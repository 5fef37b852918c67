"""The flows that a schedule starts: thin ones around those of the command line, whose parameters a person understands.

No parameter holds a secret: sources are read from their file when a run begins, databases come from the worker's
environment (`DATELINE_…`).
"""

import flows.quiet  # isort: skip  (settings that Prefect reads when it is first imported)

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, Literal

from prefect import flow, get_client
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.states import Completed, Failed

import flows.batch
import flows.reextract
from flows.canary import Finding, try_sources
from flows.digest import write_digest
from flows.fetch import Fetcher
from flows.ingest import RUNNER, ReportData, ingest
from flows.lifeless import ATTEMPT_LABEL, PROCESS_LABEL
from schemas.page import utc_now
from schemas.problem import ToldError
from schemas.selection import Selection
from schemas.settings import Settings
from schemas.source import Source, load_sources
from schemas.wanted import Wanted
from store.database import close_store, open_store
from store.processes import this_process


@flow(name="ingest-group", flow_run_name="ingest {schedule}", task_runner=RUNNER)
def ingest_group(sources_file: Path, schedule: str, options: Wanted | None = None) -> State[ReportData]:
    """Fetch what the sources of one schedule have and the store has not, and store records of it.

    Args:
        sources_file: The sources.toml, read when the run begins.
        schedule: Sources with this schedule are looked at.
        options: What of theirs is wanted; by default all that is new.
    """
    begin()
    chosen: list[Source] = [source for source in load_sources(sources_file) if source.schedule == schedule]
    return _plain(ingest.fn(chosen, options))


def _plain(state: State[Any]) -> State[Any]:
    """A failed state that Prefect's engine can end a process with: it takes data for an exception."""
    return Failed(message=state.message) if state.is_failed() else state


@flow(name="canary", flow_run_name="canary")
def canary(sources_file: Path) -> State[list[dict[str, Any]]]:
    """Look whether each source still gives what it gave when all was well; nothing is stored.

    Args:
        sources_file: The sources.toml, read when the run begins.
    """
    begin()
    settings = Settings()
    store = open_store(settings.database_url)
    try:
        with Fetcher(settings, store) as fetcher:
            findings = try_sources(load_sources(sources_file), fetcher, store, settings)
    finally:
        close_store(store)
    return _conclude(findings)


def _conclude(findings: list[Finding]) -> State[list[dict[str, Any]]]:
    data = [finding.model_dump(mode="json") for finding in findings]
    bad = [finding for finding in findings if finding.code]
    message = f"{len(bad)} of {len(findings)} sources give nothing usable" if bad else "every source gives what it did"
    columns = ("source", "code", "links", "newest", "title", "message")
    table = [{name: row[name] for name in columns} for row in data]
    create_table_artifact(table=table, key="canary", description=message)
    if bad and len(bad) == len(findings):
        return Failed(message=message)
    return Completed(data=data, name="PartlyFailed" if bad else "Completed", message=message)


@flow(name="reextract", flow_run_name="reextract")
def reextract(
    selection: Selection | None = None, apply: bool = False, workers: int | None = None
) -> State[dict[str, Any]]:
    """Show what the present extractor says otherwise of stored releases; with `apply` store it.

    Args:
        selection: Which releases; by default all.
        apply: Whether the new records are stored.
        workers: Processes; by default what DATELINE_WORKERS says.
    """
    begin()
    return _plain(flows.reextract.reextract.fn(selection, apply, workers))


@flow(name="batch", flow_run_name="batch")
def batch(
    paths: list[Path] | None = None, published: date | None = None, workers: int | None = None
) -> State[ReportData]:
    """Store records of all releases in files, folders and archives; what is stored already is left alone.

    Args:
        paths: Absolute; by default `inbox` in the data folder, which is made where it is missing.
        published: Day of the releases that tell none.
        workers: Processes; by default what DATELINE_WORKERS says, or the Dask cluster that DATELINE_DASK names.
    """
    begin()
    if not paths:
        paths = [Settings().data_dir.absolute() / "inbox"]
        paths[0].mkdir(parents=True, exist_ok=True)
    return _plain(flows.batch.batch.fn(paths, published, workers))


@flow(name="export", flow_run_name="export {format}")
def export(
    format: Literal["jsonl", "csv", "parquet", "duckdb", "ftm"] = "parquet",
    output: Path | None = None,
    changes_only: bool = False,
) -> State[None]:
    """Write every record for other programs, as `dateline export` does.

    Args:
        format: Of the file, or of the folder for csv and parquet.
        output: Absolute path to write; by default in `exports` of the data folder, named after the format.
        changes_only: Whether only what changed since the last such run is written; for jsonl, csv and parquet.
    """
    begin()
    folder = Settings().data_dir.absolute() / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    path = output or folder / (f"{utc_now():%Y-%m-%dT%H%M%S}-{format}" if changes_only else format)
    since = ["--since-mark", str(folder / f"{format}.mark")] if changes_only else []
    program = [sys.executable, "-P", "-c", "from cli.main import main; main()"]
    command = [*program, "export", "--format", format, "--output", str(path), *since]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own program)
    said = done.stderr.strip()
    return Completed(message=f"{path}: {said}") if done.returncode == 0 else Failed(message=said)


@flow(name="digest", flow_run_name="digest")
def digest() -> None:
    """Say what came in over the last days and what is odd, as a Markdown artifact with a plot."""
    begin()
    store = open_store(Settings().database_url)
    try:
        markdown = write_digest(store, utc_now())
    finally:
        close_store(store)
    create_markdown_artifact(markdown, key="digest", description="Releases and checks per day, and what is odd")


def begin() -> None:
    """Say by which process the present run is done. Raises PlaceError where what it stores would be removed with it."""
    if deployment.id:
        refuse_relative(Settings())
    if flow_run.id:
        with get_client(sync_client=True) as client:
            labels = {PROCESS_LABEL: this_process(), ATTEMPT_LABEL: flow_run.run_count}
            client.update_flow_run_labels(flow_run.id, labels)


class PlaceError(ToldError):
    """A place that is another one for each run."""


def refuse_relative(settings: Settings) -> None:
    """Raise PlaceError where something is to be kept in a folder that is named from another one."""
    places = {
        "DATELINE_DATA_DIR": (str(settings.data_dir), str(settings.data_dir.absolute())),
        "DATELINE_DATABASE": (settings.database, settings.database_url),
        "DATELINE_ARCHIVE": (settings.archive, settings.archive_url),
    }
    for name, (given, whole) in places.items():
        if given and whole not in (given, f"file://{given}"):
            raise PlaceError(f"{name}={given}: a worker's run is in a folder of its own, which is removed after it; "
                             "give the worker the whole path")  # fmt: skip
