"""`dateline backup` and `dateline restore`: all that a store holds, in one file and back."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.output import err, out, print_json
from schemas.backup import Manifest
from schemas.page import utc_now
from schemas.settings import Settings
from store.backup import Kept, save_backup
from store.backup_file import BackupError
from store.check_backup import check_backup
from store.database import close_store, file_of, open_store
from store.restore import restore_backup


def _kept(settings: Settings) -> Kept:
    return Kept(settings.archive_url, settings.learned_path)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Put it in the place of a file of that name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Write database, archived pages and what was learnt to one file, and check it; ingest may go on meanwhile."""
    settings = Settings()
    source = file_of(settings.database_url)
    if source and not os.path.exists(source):  # opened, it would be made
        raise BackupError(f"{source}: there is no such database; set DATELINE_DATA_DIR or DATELINE_DATABASE")
    store = open_store(settings.database_url)
    try:
        manifest = save_backup(store, _kept(settings), file, utc_now(), overwrite)
    finally:
        close_store(store)
    _tell(manifest, f"{file}: {file.stat().st_size:,} bytes, read again and found right", as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="What `dateline backup` wrote.")],
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is whole and unaltered.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Lose what the store holds.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Put a backup into an empty store, SQLite or PostgreSQL, whichever it came from."""
    if check and replace:
        raise typer.BadParameter("--check changes nothing, --replace does; take one of them")
    if check:
        _tell(check_backup(file), f"{file}: whole and unaltered", as_json)
        return
    settings = Settings()
    if not file.is_file():  # before a database is made
        raise BackupError(f"{file}: there is no such file; name one that `dateline backup` wrote")
    store = open_store(settings.database_url)
    try:
        manifest = restore_backup(store, _kept(settings), file, replace)
    finally:
        close_store(store)
    _tell(manifest, f"{store.url}: holds what {file} holds", as_json)


def _tell(manifest: Manifest, what: str, as_json: bool) -> None:
    if as_json:
        print_json(manifest.model_dump(mode="json"))
    else:
        releases = manifest.tables["release"].rows if "release" in manifest.tables else 0
        rows = sum(table.rows for table in manifest.tables.values())
        learned = ", what was learnt" if manifest.learned_sha256 else ""
        out.print(Text(what), soft_wrap=True)
        out.print(
            f"as of {manifest.made_at:%Y-%m-%d %H:%M} UTC: {releases:,} releases ({rows:,} rows), "
            f"{manifest.files:,} archived bodies{learned}; tables of revision {manifest.revision}",
            soft_wrap=True,
        )
    for problem in manifest.missing:
        err.print(Text(f"not in the backup: {problem}", "yellow"), soft_wrap=True)
    if manifest.missing_files:
        err.print(Text(f"{manifest.missing_files:,} bodies were lost before the backup was made", "bold red"))
        raise typer.Exit(1)
