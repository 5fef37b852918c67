"""`dateline export`: every stored record for other programs, and what was reviewed for those who learn from it."""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.output import err
from extractors.shares import SHARE
from schemas.settings import Settings
from store.changes import load_mark, read_mark, save_mark
from store.database import Store, StoreError, close_store, open_store
from store.export import Wanted, export_csv, export_jsonl
from store.export_changes import export_changes_csv, export_changes_jsonl
from store.export_reviewed import export_reviewed_csv, export_reviewed_jsonl


class ExportFormat(StrEnum):
    """What is written."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    duckdb = "duckdb"
    ftm = "ftm"
    gold = "jsonl-gold"
    spacy = "spacy"


_SETS = (ExportFormat.gold, ExportFormat.spacy)
"""Of what is reviewed: a training and an evaluation set."""
_FILES = {ExportFormat.jsonl: ".jsonl", ExportFormat.duckdb: ".duckdb", ExportFormat.ftm: ".ftm.jsonl"}
"""Formats of one file, and how its name ends."""
_BY_CHANGES = (ExportFormat.jsonl, ExportFormat.csv, ExportFormat.parquet)


def export(
    format: Annotated[
        ExportFormat,
        typer.Option(
            help="jsonl, duckdb, ftm (FollowTheMoney): one file; csv, parquet: a folder, a file or dataset per kind; "
            "jsonl-gold, spacy: a folder, reviewed releases only."
        ),
    ] = ExportFormat.jsonl,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File or folder to write.")] = None,
    source: Annotated[str | None, typer.Option(help="Only that source's records.")] = None,
    reviewed: Annotated[
        bool,
        typer.Option("--reviewed", help="Records as people left them, with what they corrected and added."),
    ] = False,
    since_mark: Annotated[
        Path | None,
        typer.Option(help="Only releases that changed since the mark in this file, which is then set; deletions told."),
    ] = None,
    share: Annotated[
        float, typer.Option(min=0, max=1, help="Of reviewed releases, what is kept for evaluation (dev).")
    ] = SHARE,
) -> None:
    """Write current records for other programs, or reviewed ones as sets to learn from and to measure by."""
    target = output or Path(f"dateline-export{_FILES.get(format, '')}")
    if not target.absolute().parent.is_dir():
        raise typer.BadParameter(f"{target.parent} is no folder; make it first or write somewhere else")
    if since_mark and format not in _BY_CHANGES:
        why = "goes on from the file at -o by itself" if format is ExportFormat.duckdb else "is written whole"
        raise typer.BadParameter(f"{format} {why}; --since-mark goes with {', '.join(_BY_CHANGES)}")
    store = open_store(Settings().database_url)
    try:
        if format in _SETS:
            _export_sets(store, target, format, source, share)
        elif since_mark:
            _export_changes(store, target, format, since_mark, Wanted(source, reviewed))
        else:
            _export_all(store, target, format, Wanted(source, reviewed))
    finally:
        close_store(store)


def _export_all(store: Store, target: Path, format: ExportFormat, wanted: Wanted) -> None:
    source, reviewed = wanted.source, wanted.reviewed
    if format is ExportFormat.jsonl:
        written = (export_reviewed_jsonl if reviewed else export_jsonl)(store, target, source)
        err.print(f"{written:,} records in {target}", soft_wrap=True)
    elif format is ExportFormat.csv:
        for kind, rows in (export_reviewed_csv if reviewed else export_csv)(store, target, source).items():
            err.print(f"{rows:,} {kind} in {target / kind}.csv", soft_wrap=True)
    else:
        for kind, rows in _writer(format)(store, target, wanted).items():
            err.print(f"{rows:,} {kind} in {target}", soft_wrap=True)


def _writer(format: ExportFormat) -> Callable[[Store, Path, Wanted], dict[str, int]]:
    """What writes a format; some want an extra. Raises StoreError where it is not installed."""
    try:
        if format is ExportFormat.parquet:
            from store.export_parquet import export_parquet

            return export_parquet
        if format is ExportFormat.duckdb:
            from store.export_duckdb import export_duckdb

            return export_duckdb
    except ModuleNotFoundError as error:
        raise StoreError(f"--format {format} needs the package {error.name!r}; install dateline[{format}]") from error
    from store.export_ftm import export_ftm

    return export_ftm


def _export_changes(store: Store, target: Path, format: ExportFormat, mark: Path, wanted: Wanted) -> None:
    """Write what changed since a mark, and set the mark once that is whole."""
    now = read_mark(store, dt.datetime.now(dt.UTC), wanted.source, wanted.reviewed)
    after = load_mark(mark, now)
    if format is ExportFormat.jsonl:
        written = {"changes": export_changes_jsonl(store, target, after, wanted.source, wanted.reviewed)}
    elif format is ExportFormat.csv:
        written = export_changes_csv(store, target, after, wanted.source, wanted.reviewed)
    else:
        written = _writer(format)(store, target, wanted._replace(after=after))
    save_mark(mark, now)
    for kind, rows in written.items():
        err.print(f"{rows:,} {kind} in {target}", soft_wrap=True)


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
