"""Records as files: JSONL as the extractor wrote them, or one CSV file for each kind of value."""

import csv
import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from sqlalchemy import Connection, Select, Table, Text, cast, select

from store import tables
from store.database import Store, StoreError, reading

KINDS = {
    "releases": tables.release,
    "sections": tables.section,
    "people": tables.person,
    "organisations": tables.organisation,
    "dates": tables.date_mention,
    "amounts": tables.amount,
    "commitments": tables.commitment,
    "events": tables.event,
    "quotes": tables.quote,
    "checks": tables.record_check,
}
"""CSV file name → the table that it shows."""
_ROWS_AT_ONCE = 1000
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Wanted(NamedTuple):
    """Which records are exported, and as whom they are."""

    source: str | None = None
    reviewed: bool = False
    after: int | None = None
    """Only of releases whose last change has a higher number."""


def export_jsonl(store: Store, path: Path, source: str | None = None) -> int:
    """Write every current record, one per line in the order of release ids; how many there were.

    The file appears when it is whole. Raises StoreError when it cannot be written.
    """
    record, release = tables.record.c, tables.release.c
    contents = select(cast(record.content, Text)).join(tables.release, release.id == record.release_id)
    contents = contents.where(record.is_current)
    if source is not None:
        contents = contents.where(release.source == source)
    lines = 0
    with whole_file(path) as file, reading(store) as connection:
        for content in stream(connection, contents.order_by(record.release_id)).scalars():
            file.write(content + "\n")
            lines += 1
    return lines


def export_csv(store: Store, folder: Path, source: str | None = None) -> dict[str, int]:
    """Write `releases.csv`, `people.csv`, … (see `KINDS`) into a folder; how many rows each has.

    UTF-8, RFC 4180, with a line of column names. Cells that a spreadsheet would run as a formula begin with an
    apostrophe. Each file appears when it is whole. Raises StoreError when one cannot be written.
    """
    with reading(store) as connection:
        return export_kinds(connection, folder, KINDS, source)


def export_kinds(
    connection: Connection, folder: Path, kinds: Iterable[str], source: str | None, after: int | None = None
) -> dict[str, int]:
    """Write some of these files; with `after` of releases whose last change has a higher number."""
    return {
        kind: export_table(connection, folder / f"{kind}.csv", of_kind(KINDS[kind], source, after)) for kind in kinds
    }


def of_kind(table: Table, source: str | None, after: int | None = None) -> Select[Any]:
    """The rows of a table as its file shows them; with `after` those of releases that changed behind that number."""
    release = tables.release.c
    if table is tables.release:
        rows = select(table).order_by(release.id)
    else:
        beside = release.id.label("release_id"), release.title.label("release_title"), release.published
        own = [column for column in table.c if column.name != "release_id"]
        rows = select(*beside, *own).join(table, table.c.release_id == release.id).order_by(release.id, *_order(table))
    if after is not None:
        rows = rows.where(release.id.in_(changed_after(after)))
    return rows if source is None else rows.where(release.source == source)


def changed_after(number: int) -> Select[tuple[str]]:
    """Ids of the releases whose last change has a higher number."""
    change = tables.release_change.c
    return select(change.release_id).where(change.number > number)


def columns_of(table: Table) -> list[str]:
    """The columns of the CSV file of a table of values."""
    own = [column.name for column in table.c if column.name != "release_id"]
    return own if table is tables.release else ["release_id", "release_title", "published", *own]


def _order(table: Table) -> list[Any]:
    """As in the text, where the table says where; then by key."""
    return [column for column in (table.c.get("start_char"), *table.primary_key.columns) if column is not None]


def export_table(connection: Connection, path: Path, rows: Select[Any]) -> int:
    """Write one file; how many rows it has. Raises StoreError when it cannot be written."""
    with whole_file(path) as file:
        writer, written = csv.writer(file), 0
        writer.writerow(rows.selected_columns.keys())
        for row in stream(connection, rows):
            writer.writerow(map(as_cell, row))
            written += 1
    return written


def as_cell(value: object) -> object:
    """What a spreadsheet shows of a value, and never runs; moments in UTC.

    >>> as_cell("=HYPERLINK(1)"), as_cell("-12.50"), as_cell("- a dash"), as_cell(None)
    ("'=HYPERLINK(1)", '-12.50', "'- a dash", '')
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.tzinfo:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def stream(connection: Connection, rows: Select[Any]) -> Any:
    """The rows, some at a time."""
    return connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(rows)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file that takes its name only when everything was written; until then the one before stays.

    Raises StoreError when it cannot be written.
    """
    with whole_path(path) as unfinished, unfinished.open("w", encoding="utf8", newline="") as file:
        yield file


def write_whole(path: Path, content: bytes) -> None:
    """Write a file of bytes as `whole_file` does. Raises StoreError when it cannot be written."""
    with whole_path(path) as unfinished:
        unfinished.write_bytes(content)


@contextmanager
def whole_path(path: Path) -> Iterator[Path]:
    """Where a file is written that takes its name when the block ends well. Raises StoreError."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise StoreError(f"{path}: is no ordinary file; name a file to write")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}); check its rights and space") from error
    finally:
        with suppress(OSError):  # there is none left after a success, and no folder for it after some failures
            unfinished.unlink()
