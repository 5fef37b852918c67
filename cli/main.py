"""The command `dateline`: each command parses its arguments, calls one function and prints."""

import json
from importlib.metadata import version
from typing import Annotated

import typer

from cli.backup import backup, restore
from cli.export import export
from cli.extract import extract
from cli.failures import run
from cli.find import find
from cli.ingest import ingest
from cli.learn import learn
from cli.link import link
from cli.output import out
from cli.review import review
from cli.show import show
from cli.source import source
from cli.status import status
from extractors.names import ModelError
from schemas.record import Record
from schemas.source import SourcesError
from store.archive import ArchiveError
from store.database import StoreError

app = typer.Typer(
    name="dateline",
    help="Turns press releases into records that a database can hold, each value with the words it came from.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (ingest, extract, show, status, find, export, learn, backup, restore):
    app.command()(command)
app.add_typer(link, name="link")
app.add_typer(review, name="review")
app.add_typer(source, name="source")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a record."""
    out.file.write(json.dumps(Record.model_json_schema(mode="serialization"), indent=2) + "\n")


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"dateline {version('dateline')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Options of every command."""


def main() -> None:
    """Run the command line; exit code 0 when all went well, 1 for a run with failures, 2 for wrong usage."""
    run(app, (SourcesError, StoreError, ArchiveError, ModelError))
