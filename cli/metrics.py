"""`dateline metrics`: the store in numbers, for Prometheus."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import output_file
from review.metrics import write_metrics
from schemas.settings import Settings
from store.database import close_store, open_store


def metrics(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file, such as one for node_exporter's textfile collector.")
    ] = None,
) -> None:
    """Print metrics in Prometheus's text format; the review desk has the same at /metrics."""
    store = open_store(Settings().database_url)
    try:
        written = write_metrics(store)
    finally:
        close_store(store)
    with output_file(output) as file:
        file.write(written)
