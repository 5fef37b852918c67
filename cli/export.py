"""`dateline export`: every stored record for other programs, and what was reviewed for those who learn from it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.output import err
from extractors.shares import SHARE
from schemas.settings import Settings
from store.database import Store, close_store, open_store
from store.export import export_csv, export_jsonl
from store.export_reviewed import export_reviewed_csv, export_reviewed_jsonl


class ExportFormat(StrEnum):
    """What is written."""

    jsonl = "jsonl"
    csv = "csv"
    gold = "jsonl-gold"
    spacy = "spacy"


_SETS = (ExportFormat.gold, ExportFormat.spacy)
"""Of what is reviewed: a training and an evaluation set."""


def export(
    format: Annotated[
        ExportFormat,
        typer.Option(
            help="jsonl: one file; csv: a folder, a file per kind; jsonl-gold, spacy: a folder, reviewed releases only."
        ),
    ] = ExportFormat.jsonl,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File or folder to write.")] = None,
    source: Annotated[str | None, typer.Option(help="Only that source's records.")] = None,
    reviewed: Annotated[
        bool,
        typer.Option("--reviewed", help="Records as people left them, with what they corrected and added."),
    ] = False,
    share: Annotated[
        float, typer.Option(min=0, max=1, help="Of reviewed releases, what is kept for evaluation (dev).")
    ] = SHARE,
) -> None:
    """Write current records as JSONL or CSV, or reviewed ones as sets to learn from and to measure by."""
    target = output or Path("dateline-export.jsonl" if format is ExportFormat.jsonl else "dateline-export")
    if not target.absolute().parent.is_dir():
        raise typer.BadParameter(f"{target.parent} is no folder; make it first or write somewhere else")
    store = open_store(Settings().database_url)
    try:
        if format in _SETS:
            _export_sets(store, target, format, source, share)
        elif format is ExportFormat.jsonl:
            written = (export_reviewed_jsonl if reviewed else export_jsonl)(store, target, source)
            err.print(f"{written:,} records in {target}")
        else:
            for kind, rows in (export_reviewed_csv if reviewed else export_csv)(store, target, source).items():
                err.print(f"{rows:,} {kind} in {target / kind}.csv")
    finally:
        close_store(store)


def _export_sets(store: Store, folder: Path, format: ExportFormat, source: str | None, share: float) -> None:
    from cli.training_sets import load_sets, write_docs, write_gold  # only they need spaCy

    write = write_gold if format is ExportFormat.gold else write_docs
    sets = load_sets(store, source, share)
    if not any(sets):
        err.print("No release is reviewed yet (status done): the sets are empty. Review with `dateline review`.")
    for name, pairs in sets._asdict().items():
        notes = write(folder, name, pairs)
        err.print(f"{len(pairs):,} reviewed releases in {folder}/{name}.*")
        for note in notes:
            err.print(Text(f"left out: {note}", "dim"), soft_wrap=True)
