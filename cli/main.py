"""The command `dateline`: each command parses its arguments, calls one function and prints."""

import json
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape

from cli.export import export
from cli.extract import extract
from cli.find import find
from cli.ingest import ingest
from cli.learn import learn
from cli.link import link
from cli.output import err, out
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
for command in (ingest, extract, show, status, find, export, learn):
    app.command()(command)
app.add_typer(link, name="link")
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


def _describe_settings_error(error: ValidationError) -> str:
    first = error.errors()[0]
    variable = "DATELINE_" + "_".join(map(str, first["loc"])).upper()
    return f"{variable}={first['input']}: {first['msg']}"


def main() -> None:
    """Run the command line; exit code 0 when all went well, 1 for a run with failures, 2 for wrong usage."""
    try:
        app()
    except (SourcesError, StoreError, ArchiveError, ModelError) as error:
        message = str(error)
    except ValidationError as error:
        if error.title != "Settings":
            raise
        message = _describe_settings_error(error)
    except BrokenPipeError:  # `dateline … | head`: the reader has what it wanted
        sys.stderr.close()
        sys.exit(1)
    err.print(f"[bold red]Error:[/] {escape(message)}", soft_wrap=True)
    sys.exit(2)
