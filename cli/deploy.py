"""`dateline deploy`: the flows, registered with a Prefect server."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.output import err, out, print_json
from cli.tables import plain_table


def deploy(
    file: Annotated[Path, typer.Argument(help="The file with the sources and schedules.")] = Path("sources.toml"),
    pool: Annotated[str, typer.Option(help="The work pool whose workers do the runs; made where it is missing.")] = (
        "dateline"
    ),
    prefix: Annotated[str, typer.Option(help="Before each name, such as `staging-`.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Take over another file's, and undo what was changed in Prefect's page.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Register the flows with the Prefect server of PREFECT_API_URL: ingest by schedule, canary, digest.

    Again, it updates what changed and removes what the file no longer declares.
    """
    from flows.deploy import Options
    from flows.deploy import deploy as register

    done = register(file, Options(pool, prefix, force, dry_run))
    if as_json:
        print_json([one._asdict() for one in done])
        return
    title = "What would be done" if dry_run else "Deployments"
    out.print(plain_table(title, ("deployment", "", "schedule"), done))
    if not dry_run:
        _say_next(pool)


def _say_next(pool: str) -> None:
    held = [name for name in ("DATELINE_DATABASE", "DATELINE_ARCHIVE") if name in os.environ]
    said = f"with {' and '.join(held)} in its environment, as here, since no secret is given to Prefect" if held else ""
    err.print(
        Text(f"A worker does the runs: `prefect worker start --pool {pool}` {said}".rstrip(), "dim"), soft_wrap=True
    )
