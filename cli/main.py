"""The command `dateline`: each command parses its arguments, calls one function and prints."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer
from pydantic import ValidationError

from cli.failures import run
from cli.output import JsonLines, err, out
from schemas.logs import configure_logs
from schemas.settings import Settings

COMMANDS = {
    name: f"cli.{name}"
    for name in (
        *("ingest", "batch", "extract", "reextract", "show", "status", "find", "query", "link", "review", "export"),
        *("report", "learn", "source", "backup", "gc", "doctor", "metrics", "schema", "deploy", "serve"),
    )
} | {"restore": "cli.backup"}
"""The file of each command, which is what bears its name there: a function, or a Typer of several commands."""


def build_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command line with some of its commands; only their files, and what these import, are loaded."""
    app = typer.Typer(
        name="dateline",
        help="Turns press releases into records that a database can hold, each value with the words it came from.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(options)
    for name in names:
        command = getattr(import_module(COMMANDS[name]), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"dateline {version('dateline')}")
        raise typer.Exit


def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Options of every command."""
    with suppress(ValidationError):  # each command says which setting is wrong; `doctor` also what else is
        settings = Settings()
        configure_logs(settings.log, settings.log_level)
        if settings.log == "json":
            err.file = JsonLines(err.file)  # type: ignore[assignment]  # what rich needs of a file it has


def main() -> None:
    """Run the command line; exit code 0 when all went well, 1 for a run with failures, 2 for wrong usage.

    The other commands' libraries, which take seconds to load, are left alone.
    """
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    alone = {"--version": ()} | {name: (name,) for name in COMMANDS}
    run(build_app(alone.get(first, COMMANDS)))
