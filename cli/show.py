"""`dateline show`: one stored release, its text with every value coloured, then its record as tables."""

from typing import Annotated

import typer

from cli.output import out, print_json
from cli.tables import coloured_text, legend, record_tables
from cli.versions import copies_line, print_versions
from cli.why import explain, why_text
from schemas.record import Record
from schemas.settings import Settings
from store.copies import load_copies
from store.database import close_store, open_store
from store.load import load_record, load_release
from store.review_desk import load_reviewed
from store.versions import load_versions


def show(
    release: Annotated[str, typer.Argument(help="Id of a stored release, the beginning of one, or its address.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say of each value what rule gave it, and where that is.")] = False,
    reviewed: Annotated[bool, typer.Option("--reviewed", help="The record as people left it.")] = False,
    versions: Annotated[bool, typer.Option("--versions", help="Print its versions, and what each changed.")] = False,
) -> None:
    """Show a stored release: its text with the values found in it, then the record.

    With --why each value instead, attribute by attribute: its rule or model and the line where that is written, how
    likely it is right, the words that show it, and what is doubtful.
    """
    store = open_store(Settings().database_url)
    try:
        found = load_release(store, release)
        left = load_reviewed(store, found.id) if found else None
        record = left if reviewed else load_record(store, release)
        copies = load_copies(store, found.id) if found else []
        told = load_versions(store, release) if versions else []
    finally:
        close_store(store)
    if found is None or record is None:
        raise typer.BadParameter(f"no stored release has the id or address {release!r}; `dateline export` lists all")
    if versions:
        print_versions(told, as_json)
        return
    if why:
        _print_why(record, found.text, as_json)
        return
    if as_json:
        out.file.write(record.model_dump_json(indent=2) + "\n")
        return
    out.print(coloured_text(record, found.text), "\n", legend(), "\n", sep="\n")
    out.print(record_tables(record, found.text))
    if left != record:
        out.print("People decided otherwise in part: --reviewed shows the record as they left it.", soft_wrap=True)
    if copies:
        out.print(copies_line(copies), soft_wrap=True)


def _print_why(record: Record, text: str, as_json: bool) -> None:
    explained = explain(record, text)
    if as_json:
        print_json([value.model_dump(mode="json") for value in explained])
    else:
        out.print(why_text(explained), soft_wrap=True)
