"""`dateline find`: a person or organisation by any name, with every release that names it."""

from enum import StrEnum
from typing import Annotated

import typer

from cli.output import err, out, print_json
from cli.tables import plain_table, shorten
from schemas.settings import Settings
from store.database import close_store, open_store
from store.links import count_unlinked
from store.lookup import Entity, find_entity

SHOWN = 30
"""Releases that the table shows; --json has them all."""

SURE = 0.95
"""Fit from which an entity's releases are listed: its name, or an acronym that a release gives it."""


class EntityKind(StrEnum):
    """What is looked for."""

    person = "person"
    organisation = "organisation"


def find(
    name: Annotated[str, typer.Argument(help="A name in any form, an acronym, part of a name, or an entity's id.")],
    kind: Annotated[EntityKind | None, typer.Option(help="Look for these alone.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Find a person or organisation under whatever name, and every release that names it.

    Exit code 1 when there is none.
    """
    store = open_store(Settings().database_url)
    try:
        found, unlinked = find_entity(store, name, kind.value if kind else None), count_unlinked(store)
    finally:
        close_store(store)
    if unlinked:
        err.print(f"{unlinked:,} releases are not linked yet and cannot be found: run `dateline link`", soft_wrap=True)
    if as_json:
        print_json([entity.model_dump(mode="json") for entity in found])
    elif found:
        _print_entities(found)
    else:
        err.print(f"No {kind or 'person or organisation'} in the store is named like {name!r}.", soft_wrap=True)
    raise typer.Exit(0 if found else 1)


def _print_entities(found: list[Entity]) -> None:
    columns = ("name", "kind", "also as", "employer", "state", "#releases", "#fit", "id")
    out.print(plain_table("Found", columns, map(_entity_row, found)))
    out.print()
    best = [entity for entity in found if entity.score >= min(SURE, found[0].score)]
    rows = [
        (row.published, shorten(row.title, 60), row.source, row.name, row.release_id)
        for entity in best
        for row in entity.releases
    ]
    shown = plain_table(f"Releases ({len(rows)})", ("published", "release", "source", "named", "id"), rows[:SHOWN])
    out.print(shown)
    if len(rows) > SHOWN:
        out.print(f"… and {len(rows) - SHOWN} more (--json has all)", style="dim")


def _entity_row(entity: Entity) -> tuple[object, ...]:
    others = shorten(", ".join(form for form in entity.forms if form != entity.name), 60)
    employers = shorten(", ".join(entity.employers), 40)
    releases = len({row.release_id for row in entity.releases})
    return entity.name, entity.kind, others, employers, entity.state, releases, f"{entity.score:.2f}", entity.id
