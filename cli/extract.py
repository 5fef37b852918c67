"""`dateline extract`: from files to records, without a store."""

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from cli.output import complain, err, out, output_file, progress_bar
from cli.tables import record_tables
from extractors.pipeline import build_pipeline
from extractors.record import extract_records
from flows.process import read_paths
from schemas.problem import Problem
from schemas.record import Record
from schemas.release import Release
from schemas.settings import Settings
from store.learned import load_learned


class Format(StrEnum):
    """How records are written."""

    table = "table"
    json = "json"
    jsonl = "jsonl"


def extract(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: .html .pdf .txt .md .jsonl .json .eml")],
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="For files that tell no date of their own.")
    ] = None,
    format: Annotated[Format | None, typer.Option(help="table, or what the ending of --output says.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of the screen.")] = None,
) -> None:
    """Print the records of releases in files; nothing is stored."""
    if missing := next((path for path in paths if not os.path.exists(path)), None):
        raise typer.BadParameter(f"{missing} does not exist, or may not be reached; name files or folders of releases")
    problems: list[Problem] = []
    with output_file(output) as stream, progress_bar() as progress:
        task = progress.add_task("Extracting", total=None)
        found = _extract_paths(paths, published.date() if published else None, problems)
        _WRITERS[format or _by_ending(output)](progress.track(found, task_id=task), stream)
    if problems:
        err.print(f"{len(problems)} could not be read or extracted; the rest was.")
    raise typer.Exit(1 if problems else 0)


Pairs = Iterable[tuple[Release, Record]]


def _extract_paths(
    paths: list[Path], published: date | None, problems: list[Problem]
) -> Iterator[tuple[Release, Record]]:
    """Release and record in turn; what fails is said at once and added to `problems`."""
    nlp = build_pipeline(Settings().model, learned=load_learned(Settings().learned_path))
    for reading in read_paths(paths, Settings().max_bytes, published):
        record = reading if isinstance(reading, Problem) else next(extract_records(nlp, [reading.release]))
        if isinstance(record, Record) and not isinstance(reading, Problem):
            yield reading.release, record
        elif isinstance(record, Problem):
            complain(record)
            problems.append(record)


def _by_ending(output: Path | None) -> Format:
    ending = output.suffix.removeprefix(".") if output else ""
    return Format(ending) if ending in ("json", "jsonl") else Format.table


def _write_table(pairs: Pairs, stream: TextIO) -> None:
    console = out if stream is out.file else Console(file=stream, width=120)
    for release, record in pairs:
        console.print(record_tables(record, release.text))


def _write_jsonl(pairs: Pairs, stream: TextIO) -> None:
    for _, record in pairs:
        stream.write(record.model_dump_json() + "\n")


def _write_json(pairs: Pairs, stream: TextIO) -> None:
    opening = "["
    for _, record in pairs:
        stream.write(f"{opening}\n{record.model_dump_json(indent=2)}")
        opening = ","
    stream.write("[]\n" if opening == "[" else "\n]\n")


_WRITERS: dict[Format, Callable[[Pairs, TextIO], None]] = {
    Format.table: _write_table,
    Format.json: _write_json,
    Format.jsonl: _write_jsonl,
}
