"""How far a backfill has come through the pages of a listing, so that one that was stopped goes on from there."""

from pydantic import AwareDatetime, BaseModel
from sqlalchemy import delete, select

from schemas.source import Source
from schemas.values import FROZEN, derive_id
from schemas.wanted import Wanted
from store import tables
from store.database import Store, reading, writing
from store.rows import plain, utc
from store.upsert import insert_missing, upsert


class Walk(BaseModel):
    """A walk through the pages of a listing that has not come to its end."""

    model_config = FROZEN
    id: str
    source: str
    place: str
    """The last page all of whose links are kept, as are those of the pages before it."""
    walked_at: AwareDatetime
    """When that was: what has come to the listing since then may stand above links that are not kept."""


def walk_id(source: Source, url: str, wanted: Wanted) -> str:
    """Derived from the listing, from how its pages and links are found, and from the days that are asked for."""
    how = (source.link_selector, source.link_pattern, source.next_selector, source.pages)
    parts = (source.name, url, *how, wanted.since, wanted.until)
    return derive_id("walk", *("" if part is None else plain(str(part)) for part in parts))


def load_walk(store: Store, key: str) -> Walk | None:
    """The walk of that id; None where there is none, or none that was left unfinished."""
    with reading(store) as connection:
        row = connection.execute(select(tables.walk).where(tables.walk.c.id == key)).mappings().first()
    return Walk(**{**row, "walked_at": utc(row["walked_at"])}) if row else None


def save_walk(store: Store, walk: Walk) -> None:
    """Note how far it has come."""
    row = walk.model_dump() | {"place": plain(walk.place), "walked_at": utc(walk.walked_at)}
    with writing(store) as connection:
        insert_missing(connection, tables.source, [{"name": walk.source}])
        upsert(connection, tables.walk, [row])


def forget_walk(store: Store, key: str) -> None:
    """It has come to its end."""
    with writing(store) as connection:
        connection.execute(delete(tables.walk).where(tables.walk.c.id == key))
