"""What changed since an export: a mark is the number of the last change that was there before the export began."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ValidationError
from sqlalchemy import Connection, RowMapping, Select, Text, cast, func, select

from schemas.values import FROZEN
from store import tables
from store.database import Store, StoreError, reading
from store.export import whole_file

_ROWS_AT_ONCE = 200


class Mark(BaseModel):
    """How far exports of one kind have come."""

    model_config = FROZEN
    journal: str
    """Whose numbers these are: those of another store, or of one that was put back from a backup, mean nothing."""
    number: int
    source: str | None = None
    reviewed: bool = False
    at: AwareDatetime


class Change(BaseModel):
    """A release that changed."""

    model_config = FROZEN
    release_id: str
    source: str
    number: int
    kinds: tuple[str, ...]
    """`new`, `changed` (its text), `extracted` (another record), `reviewed`, `copy` (of another one, or no more),
    `gone`, `back`, or `deleted` alone."""
    content: str | None = None
    """Its current record as JSON; None where it is deleted or waits for its extraction."""


def read_mark(store: Store, at: Any, source: str | None = None, reviewed: bool = False) -> Mark:
    """The mark of an export that begins now: all changes up to it can be read."""
    with reading(store) as connection:
        journal, number = last_change(connection)
    return Mark(journal=journal, number=number, source=source, reviewed=reviewed, at=at)


def last_change(connection: Connection) -> tuple[str, int]:
    """Whose numbers changes have in this store, and the number of the last; 0 where there is none."""
    number = connection.execute(select(func.coalesce(func.max(tables.release_change.c.number), 0))).scalar_one()
    return connection.execute(select(tables.journal.c.id)).scalar_one(), number


def load_mark(path: Path, now: Mark) -> int:
    """The number of the mark in a file; 0 where there is none yet.

    Raises StoreError for a file that is no mark, or one of another store or of exports of another kind.
    """
    try:
        mark = Mark.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return 0
    except (OSError, ValidationError) as error:
        raise StoreError(f"{path}: is no mark of an export; name another file, or remove it to export all") from error
    if mark.journal != now.journal or mark.number > now.number:
        raise StoreError(f"{path}: is the mark of another store, or of this one before it was restored; "
                         "remove it to export all")  # fmt: skip
    if (mark.source, mark.reviewed) != (now.source, now.reviewed):
        said = (
            f"{'--source ' + mark.source if mark.source else 'all sources'}, {'' if mark.reviewed else 'not '}reviewed"
        )
        raise StoreError(f"{path}: is the mark of other exports ({said}); keep a mark for each kind of export")
    return mark.number


def save_mark(path: Path, mark: Mark) -> None:
    """Keep a mark, once its export is whole."""
    with whole_file(path) as file:
        file.write(mark.model_dump_json() + "\n")


def iter_changes(store: Store, after: int, source: str | None = None) -> Iterator[Change]:
    """The releases that changed behind a number, in the order of their last changes; deleted ones too, but from 0."""
    with reading(store) as connection:
        yield from read_changes(connection, after, source)


def read_changes(connection: Connection, after: int, source: str | None = None) -> Iterator[Change]:
    """What `iter_changes` gives, in a transaction that reads more than that."""
    rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(_changes(after, source))
    for row in rows.mappings():
        names = ("release_id", "source", "number", "content")
        yield Change(kinds=_kinds(row, after), **{name: row[name] for name in names})


def _changes(after: int, source: str | None) -> Select[Any]:
    change, release, record = tables.release_change, tables.release.c, tables.record.c
    content = cast(record.content, Text).label("content")
    current = (record.release_id == change.c.release_id) & record.is_current
    found = (
        select(change, release.gone_since, content)
        .outerjoin(tables.release, release.id == change.c.release_id)
        .outerjoin(tables.record, current)
        .where(change.c.number > after)
        .order_by(change.c.number)
    )
    if after == 0:
        found = found.where(change.c.deleted.is_(None))
    return found if source is None else found.where(change.c.source == source)


def _kinds(row: RowMapping, after: int) -> tuple[str, ...]:
    def since(name: str) -> bool:
        return (row[name] or 0) > after

    if row["deleted"] is not None:
        return ("deleted",)
    what = "new" if since("created") else "changed" if since("changed") else "extracted" if since("extracted") else None
    gone = ("gone" if row["gone_since"] else "back") if since("gone") else None
    others = ("reviewed" if since("reviewed") else None, "copy" if since("copied") else None)
    return tuple(filter(None, (what, *others, gone)))
