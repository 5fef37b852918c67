"""`dateline export`: every stored record, for other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.output import err
from schemas.settings import Settings
from store.database import close_store, open_store
from store.export import export_csv, export_jsonl


class ExportFormat(StrEnum):
    """What is written."""

    jsonl = "jsonl"
    csv = "csv"


def export(
    format: Annotated[
        ExportFormat, typer.Option(help="jsonl: one file; csv: a folder, a file per kind.")
    ] = ExportFormat.jsonl,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File or folder to write.")] = None,
    source: Annotated[str | None, typer.Option(help="Only that source's records.")] = None,
) -> None:
    """Write the current records of the store to a JSONL file, or to CSV files, one for each kind of value."""
    target = output or Path("dateline-export.jsonl" if format is ExportFormat.jsonl else "dateline-export")
    if not target.absolute().parent.is_dir():
        raise typer.BadParameter(f"{target.parent} is no folder; make it first or write somewhere else")
    store = open_store(Settings().database_url)
    try:
        if format is ExportFormat.jsonl:
            err.print(f"{export_jsonl(store, target, source):,} records in {target}")
            return
        for kind, rows in export_csv(store, target, source).items():
            err.print(f"{rows:,} {kind} in {target / kind}.csv")
    finally:
        close_store(store)
