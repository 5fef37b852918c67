"""Saving: a batch in one transaction, so that a run killed at any point leaves nothing half-written."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Table, exists, select, update

from schemas.problem import Problem
from schemas.source import Source
from store import tables
from store.addresses import mark_gone, save_addresses
from store.bulk import insert_rows
from store.copies import save_copies
from store.database import Store, writing
from store.models import Batch, Item, Saved
from store.opinions import renew_agreements
from store.refuse import refuse, refuse_taken
from store.review_states import save_states
from store.rows import (
    Row,
    page_row,
    problem_row,
    quarantine_id,
    record_row,
    release_row,
    utc,
    version_row,
)
from store.search import save_words
from store.upsert import chunks, delete_where, insert_missing, put, upsert
from store.value_rows import value_rows

_Rows = list[tuple[Table, Row]]
_NOTHING: frozenset[str] = frozenset()
GONE = frozenset({404, 410})
"""HTTP statuses of pages that have vanished."""


class _Known(NamedTuple):
    """What the store held of a release before the batch."""

    source: str
    text_sha256: str
    last_seen: dt.datetime
    has_record: bool


class _Plan(NamedTuple):
    """What is to be saved, and what was there before."""

    batch: Batch
    items: list[Item]
    """Those that can be stored."""
    problems: tuple[Problem, ...]
    known: dict[str, _Known]
    """By release id."""
    newest: dict[str, Item]
    """For each release the item that is current from now on; none where the store knows a newer text."""
    once: frozenset[str]
    """Releases that this batch has once."""
    values: dict[int, _Rows]
    """The rows of the values of each item, by its id()."""

    def new(self) -> frozenset[str]:
        """Releases of which neither the store nor this batch holds anything else."""
        return self.once - self.known.keys()

    def bare(self) -> frozenset[str]:
        """Releases that have no record but this batch's one: nothing that is made from records is there."""
        return frozenset(key for key in self.once if key not in self.known or not self.known[key].has_record)

    def keep(self) -> frozenset[str]:
        """Columns that stay as they are in rows that are there."""
        return frozenset({"last_seen"}) if self.batch.reextracted else _NOTHING


def save_batch(store: Store, batch: Batch) -> Saved:
    """Save everything of a batch, or nothing of it; saved again, it changes nothing.

    A release with another text than before gets a new version, whose record becomes the current one, unless its page
    was fetched before the current text was seen. An item that cannot be stored goes to quarantine (stage `save`) and
    the others are saved. Decisions of reviewers are never touched; a release that was done is reopened where its text
    changed under one. Raises SQLAlchemyError when the database fails.
    """
    prepared = {id(item): _prepare(item) for item in batch.items}  # while other writers have their turn
    with writing(store) as connection:
        plan = _plan(connection, batch, prepared)
        _save_sources(connection, batch)
        _save_releases(connection, plan)
        _save_pages(connection, plan)
        _save_records(connection, plan)
        _save_values(connection, plan)
        bare = plan.bare()
        save_copies(connection, plan.newest.values(), bare)
        before = {key: known.text_sha256 for key, known in plan.known.items() if key not in bare}
        save_states(connection, plan.newest.values(), before, batch.seen_at)
        renew_agreements(connection, plan.newest)
        save_words(connection, plan.newest.values())
        upsert(connection, tables.quarantine, [problem_row(problem, batch.seen_at) for problem in plan.problems])
        _save_visits(connection, plan)
        cleared = _clear_quarantine(connection, plan.items)
        alive = update(tables.run).where(tables.run.c.id == batch.run_id)
        connection.execute(alive.values(alive_at=utc(batch.seen_at)))
    return _report(plan, cleared)


def save_sources(store: Store, sources: Iterable[Source]) -> None:
    """Keep each source's settings as they were declared."""
    rows: list[Row] = [{"name": source.name, "settings": source.model_dump_json()} for source in sources]
    with writing(store) as connection:
        upsert(connection, tables.source, rows)


def _prepare(item: Item) -> Problem | _Rows:
    """The rows of its values, or why it cannot be stored."""
    return refuse(item) or list(value_rows(item))


def _plan(connection: Connection, batch: Batch, prepared: Mapping[int, Problem | _Rows]) -> _Plan:
    known = _known_releases(connection, {item.release.id for item in batch.items})
    owners = {key: release.source for key, release in known.items()}
    items, problems, values = [], list(batch.problems), {}
    for item in batch.items:
        made = refuse_taken(item, owners) or prepared[id(item)]
        if isinstance(made, Problem):
            problems.append(made)
        else:
            items.append(item)
            values[id(item)] = made
            owners[item.release.id] = item.release.source
    times = Counter(item.release.id for item in items)
    once = frozenset(key for key, number in times.items() if number == 1)
    return _Plan(batch, items, tuple(problems), known, _newest(batch, items, known), once, values)


def _known_releases(connection: Connection, ids: set[str]) -> dict[str, _Known]:
    table = tables.release.c
    has_record = exists().where(tables.record.c.release_id == table.id)
    columns = select(table.id, table.source, table.text_sha256, table.last_seen, has_record.label("has_record"))
    known = {}
    for chunk in chunks(sorted(ids)):
        for row in connection.execute(columns.where(table.id.in_(chunk))):
            known[row.id] = _Known(row.source, row.text_sha256, utc(row.last_seen), row.has_record)
    return known


def _newest(batch: Batch, items: list[Item], known: dict[str, _Known]) -> dict[str, Item]:
    newest: dict[str, Item] = {}
    for item in items:
        rival = newest.get(item.release.id)
        if _is_outdated(batch, item, known.get(item.release.id)):
            continue
        if rival is None or item.seen(batch.seen_at) >= rival.seen(batch.seen_at):
            newest[item.release.id] = item
    return newest


def _is_outdated(batch: Batch, item: Item, before: _Known | None) -> bool:
    if before is None or before.text_sha256 == item.release.text_sha256:
        return False
    return batch.reextracted or item.seen(before.last_seen) < before.last_seen


def _save_sources(connection: Connection, batch: Batch) -> None:
    names = {item.release.source for item in batch.items} | {problem.source for problem in batch.problems}
    pages = [*batch.pages, *(item.page for item in batch.items if item.page)]
    names |= {page.link.source for page in pages} | {visit.source for visit in batch.visits}
    insert_missing(connection, tables.source, [{"name": name} for name in sorted(names)])


def _save_releases(connection: Connection, plan: _Plan) -> None:
    seen: dict[str, list[dt.datetime]] = defaultdict(list)
    for item in plan.items:
        seen[item.release.id].append(item.seen(plan.batch.seen_at))
    releases = [release_row(item, min(seen[key]), max(seen[key])) for key, item in sorted(plan.newest.items())]
    new = plan.new()
    put(connection, tables.release, releases, new, plan.keep())
    versions = [version_row(item, item.seen(plan.batch.seen_at)) for item in plan.items]
    put(connection, tables.release_version, versions, new, plan.keep())


def _save_pages(connection: Connection, plan: _Plan) -> None:
    unread = [*plan.batch.pages, *(item.page for item in plan.batch.items if item.page)]
    read = [page_row(item.page, item.release.id) for item in plan.items if item.page]
    upsert(connection, tables.page, [*(page_row(page, None) for page in unread), *read])


def _save_visits(connection: Connection, plan: _Plan) -> None:
    save_addresses(connection, plan.batch.visits)
    there: dict[str, set[str]] = defaultdict(set)
    gone: dict[str, set[str]] = defaultdict(set)
    for visit in plan.batch.visits:
        if visit.status in GONE:
            gone[visit.source].add(visit.url)
        elif visit.status is not None and visit.status < 400:
            there[visit.source].add(visit.url)
    for source, urls in there.items():
        mark_gone(connection, source, urls, None)
    for source, urls in gone.items():
        mark_gone(connection, source, urls, plan.batch.seen_at)


def _save_records(connection: Connection, plan: _Plan) -> None:
    table, bare = tables.record, plan.bare()
    for chunk in chunks(sorted(plan.newest.keys() & plan.known.keys() - bare)):
        earlier = update(table).where(table.c.release_id.in_(chunk), table.c.is_current)
        connection.execute(earlier.values(is_current=False))
    # Of two of one key in a batch the current one stays, and is alone to be written: as another row its content would
    # change before it is current, of which no trigger takes note.
    current = {_record_key(item) for item in plan.newest.values()}
    others = [record_row(item, False) for item in plan.items if _record_key(item) not in current]
    upsert(connection, table, others)
    put(connection, table, [record_row(item, True) for item in plan.newest.values()], bare)


def _record_key(item: Item) -> tuple[str, str, str]:
    return item.release.id, item.release.text_sha256, item.record.extractor_version


def _save_values(connection: Connection, plan: _Plan) -> None:
    rows: dict[str, list[Row]] = defaultdict(list)
    for item in plan.newest.values():
        for table, row in plan.values[id(item)]:
            rows[table.name].append(row)
    earlier = plan.newest.keys() & plan.known.keys() - plan.bare()
    for table in tables.VALUES:
        delete_where(connection, table.c.release_id, earlier)
        insert_rows(connection, table, rows[table.name])


def _clear_quarantine(connection: Connection, items: list[Item]) -> int:
    done = {quarantine_id(item.release.source, place) for item in items for place in item.places()}
    return delete_where(connection, tables.quarantine.c.id, done)


def _report(plan: _Plan, cleared: int) -> Saved:
    releases = {item.release.id for item in plan.items}
    found_again = releases & plan.known.keys()
    changed = {
        key
        for key in found_again & plan.newest.keys()
        if plan.newest[key].release.text_sha256 != plan.known[key].text_sha256
    }
    return Saved(
        new=len(releases - plan.known.keys()),
        changed=len(changed),
        unchanged=len(found_again - changed),
        problems=plan.problems,
        cleared=cleared,
    )
