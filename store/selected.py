"""Which stored releases a selection means, and which of them another version of the extractor described."""

import hashlib
import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, select
from sqlalchemy.exc import DBAPIError

from schemas.selection import Selection
from store import tables
from store.conditions import ConditionError, read_condition
from store.database import Store, reading

_RELEASE, _RECORD = tables.release.c, tables.record.c
_PAGEFUL = 1000


class Extent(NamedTuple):
    """How many releases a selection means."""

    due: int
    """Those without a current record by the present version of the extractor."""
    known: int
    """Those that have one."""


def count_selected(store: Store, selection: Selection, version: str) -> Extent:
    """How many there are, before a sample is taken. Raises ConditionError."""
    known = func.coalesce(func.sum(_as_number(_is_known(version))), 0)
    statement = select(func.count(), known).select_from(tables.release).where(*_tests(store, selection))
    with asking(store, selection) as connection:
        total, done = connection.execute(statement).one()
    return Extent(total - done, done)


def iter_selected(store: Store, selection: Selection, version: str) -> Iterator[str]:
    """Ids of the releases that are due, in their order; they may be saved again meanwhile. Raises ConditionError."""
    ids = _iter_due(store, selection, version)
    if selection.sample is None:
        return ids
    return iter(sorted(heapq.nsmallest(selection.sample, ids, key=_place_in_sample)))


def _iter_due(store: Store, selection: Selection, version: str) -> Iterator[str]:
    statement = select(_RELEASE.id).where(*_tests(store, selection), ~_is_known(version))
    page, last = statement.order_by(_RELEASE.id).limit(_PAGEFUL), ""
    while ids := _fetch(store, selection, page.where(_RELEASE.id > last)):
        yield from ids
        last = ids[-1]


def _place_in_sample(release_id: str) -> bytes:
    """By which the releases of a sample are drawn: the same on every database."""
    return hashlib.blake2b(release_id.encode("utf8", "surrogatepass"), digest_size=16).digest()


def _tests(store: Store, selection: Selection) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if selection.source is not None:
        tests.append(_RELEASE.source == selection.source)
    if selection.since is not None:
        tests.append(_RELEASE.published >= selection.since)
    if selection.until is not None:
        tests.append(_RELEASE.published <= selection.until)
    if selection.where is not None:
        tests.append(read_condition(store, selection.where))
    return tests


def _is_known(version: str) -> ColumnElement[bool]:
    return exists().where(
        and_(_RECORD.release_id == _RELEASE.id, _RECORD.is_current, _RECORD.extractor_version == version)
    )


def _as_number(test: ColumnElement[bool]) -> ColumnElement[Any]:
    return case((test, 1), else_=0)


def _fetch(store: Store, selection: Selection, statement: Select[tuple[str]]) -> list[str]:
    with asking(store, selection) as connection:
        return list(connection.execute(statement).scalars())


@contextmanager
def asking(store: Store, selection: Selection) -> Iterator[Connection]:
    """A transaction in which the database itself refuses to write. Raises ConditionError where it refuses that."""
    try:
        with reading(store) as connection, _read_only(connection):
            yield connection
    except DBAPIError as error:
        if selection.where is None:
            raise
        said = str(error.orig).partition("\n")[0]
        raise ConditionError(selection.where, said) from error


@contextmanager
def _read_only(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        yield
        return
    connection.exec_driver_sql("PRAGMA query_only = ON")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
