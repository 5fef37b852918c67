"""`dateline gc`: shows what nobody needs any more, and takes it away."""

from typing import Annotated

import typer
from rich.text import Text

from cli.output import out, print_json
from cli.tables import plain_table
from schemas.page import utc_now
from schemas.settings import Settings
from store.database import close_store, open_store
from store.gc import Archive, collect_garbage, compact, preview_gc


def gc(
    apply: Annotated[bool, typer.Option("--apply", help="Take it away; without it nothing changes.")] = False,
    shrink: Annotated[
        bool, typer.Option("--compact", help="With --apply: give what is free in the database back to the system.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show what is kept longer than the settings say (DATELINE_KEEP_…) and needed by nothing; --apply removes it."""
    if shrink and not apply:
        raise typer.BadParameter("--compact wants --apply")
    settings = Settings()
    archive = Archive(settings.archive_url, settings.keeping)
    store = open_store(settings.database_url)
    try:
        found = (collect_garbage if apply else preview_gc)(store, archive, utc_now())
        freed = compact(store) if shrink else None
    finally:
        close_store(store)
    if as_json:
        kinds = [kind.model_dump() for kind in found]
        print_json({"applied": apply, "kinds": kinds, **({} if freed is None else {"compacted": freed})})
        return
    rows = [(kind.what, f"{kind.number:,}", f"{kind.size:,}") for kind in found]
    out.print(plain_table("Taken away" if apply else "Not needed any more", ("what", "#number", "#bytes"), rows))
    if freed is not None:
        out.print(Text(f"\nThe database gave back {freed:,} bytes.", "bold"))
    elif not apply:
        out.print(Text("\nNothing was changed: `dateline gc --apply` takes it away.", "bold"))
