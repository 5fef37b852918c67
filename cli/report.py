"""`dateline report`: money by issuer, payer and payee, and month, as one file of HTML."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import err
from review.report import make_report
from schemas.settings import Settings
from store.database import close_store, open_store
from store.export import whole_file


def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")] = Path("dateline-report.html"),
    source: Annotated[str | None, typer.Option(help="Only that source's releases.")] = None,
) -> None:
    """Write a report of payments with pictures and tables: one file of HTML that needs nothing from elsewhere."""
    if not output.absolute().parent.is_dir():
        raise typer.BadParameter(f"{output.parent} is no folder; make it first or write somewhere else")
    store = open_store(Settings().database_url)
    try:
        made = make_report(store, source)
    finally:
        close_store(store)
    with whole_file(output) as file:
        file.write(made)
    err.print(f"The report is in {output}", soft_wrap=True)
