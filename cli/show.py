"""`dateline show`: one stored release, its text with every value coloured, then its record as tables."""

from typing import Annotated

import typer

from cli.output import out
from cli.tables import coloured_text, legend, record_tables
from cli.versions import copies_line, print_versions
from schemas.settings import Settings
from store.copies import load_copies
from store.database import close_store, open_store
from store.load import load_record, load_release
from store.versions import load_versions


def show(
    release: Annotated[str, typer.Argument(help="Id of a stored release, the beginning of one, or its address.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
    versions: Annotated[bool, typer.Option("--versions", help="Print its versions, and what each changed.")] = False,
) -> None:
    """Show a stored release: its text with the values found in it, then the record."""
    store = open_store(Settings().database_url)
    try:
        found, record = load_release(store, release), load_record(store, release)
        copies = load_copies(store, found.id) if found else []
        told = load_versions(store, release) if versions else []
    finally:
        close_store(store)
    if found is None or record is None:
        raise typer.BadParameter(f"no stored release has the id or address {release!r}; `dateline export` lists all")
    if versions:
        print_versions(told, as_json)
        return
    if as_json:
        out.file.write(record.model_dump_json(indent=2) + "\n")
        return
    out.print(coloured_text(record, found.text), "\n", legend(), "\n", sep="\n")
    out.print(record_tables(record, found.text))
    if copies:
        out.print(copies_line(copies), soft_wrap=True)
