"""Storing what was read before it is extracted: texts that wait, and how far the file that they came from was read."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel
from sqlalchemy import Connection, Row, and_, func, select, update

from schemas.problem import Problem
from schemas.release import Release
from schemas.values import FROZEN
from store import tables
from store.database import Store, writing
from store.refuse import has_nul
from store.rows import Row as Values
from store.rows import plain, problem_row, quarantine_id, utc
from store.upsert import chunks, delete_where, insert_missing, upsert

_LATER = "the text of an earlier one that is in this file too is kept; give each release an id of its own"


class StoredText(NamedTuple):
    """A release that was read from a file."""

    release: Release
    seen_at: dt.datetime
    """When its text stood there."""
    place: str
    since: dt.datetime | None = None
    """When its file was begun, where no id may stand in it twice; None where a release may have several texts."""
    intake: str = ""
    """Id of its file's Intake, if it has one."""


class Intake(BaseModel):
    """How far a file was read; docs/store.md says what each field means."""

    model_config = FROZEN
    id: str
    place: str
    how: str
    size: int
    changed_at: int
    taken: int = 0
    failed: int = 0
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None


class TextBatch(NamedTuple):
    """What one transaction stores."""

    seen_at: dt.datetime
    texts: Sequence[StoredText] = ()
    problems: Sequence[Problem] = ()
    intakes: Sequence[Intake] = ()
    version: str | None = None
    """Texts that have a current record by this version of the extractor need not wait for it."""
    source: str = "files"
    """Under which problems of places in files are kept."""
    run_id: str | None = None


class SavedTexts(NamedTuple):
    """What became of a batch of texts."""

    new: int
    changed: int
    """Releases that were there with another text."""
    unchanged: int
    ids: tuple[str, ...]
    """Releases whose texts wait for the extractor."""
    problems: tuple[Problem, ...]
    """Everything that went to quarantine, by place."""
    refused: Mapping[str, int]
    """By intake, texts that could not be stored."""


_Said = tuple[str | None, ...] | None


class _State(NamedTuple):
    """What the store knows of a release while a batch is gone through."""

    source: str
    text_sha256: str
    """Of its newest text."""
    seen_at: dt.datetime
    extractor: str | None = None
    """What its current record is by, where that is of its newest text."""
    is_waiting: bool = False
    said: _Said = None
    """What was said of its newest text beside the words."""
    is_stale: bool = False
    """Whether its record was made when something else was said."""


def save_texts(store: Store, batch: TextBatch) -> SavedTexts:
    """Store releases without records, all of the batch or nothing; saved again, it changes nothing.

    A release that is there with another text, or with the same of which something else is said, such as another day,
    keeps its record until the newest is extracted. A text that cannot be
    stored goes to quarantine (stage `save`) and the others are stored.
    """
    with writing(store) as connection:
        known = _load_states(connection, {text.release.id for text in batch.texts})
        states, problems, kept = dict(known), list(batch.problems), []
        refused = Counter[str]()
        for text in batch.texts:
            before = states.get(text.release.id)
            if problem := _refuse(text, before):
                problems.append(problem)
                refused[text.intake] += 1
                continue
            kept.append(text)
            states[text.release.id] = _next(text, before, batch.version)
        _save(connection, batch, kept, problems, refused)
        waiting = [key for key, state in states.items() if state.is_waiting]
        rows = [_waiting_row(key, states[key], batch.run_id) for key in sorted(waiting)]
        upsert(connection, tables.waiting, rows)
    found, new = {text.release.id for text in kept}, states.keys() - known.keys()
    changed = {key for key in found & known.keys() if states[key].text_sha256 != known[key].text_sha256}
    return SavedTexts(len(new), len(changed), len(found - new - changed), tuple(waiting), tuple(problems), refused)


def load_intakes(store: Store, ids: Iterable[str]) -> dict[str, Intake]:
    """What is known of these files, by id."""
    found = {}
    with store.engine.connect() as connection:
        for chunk in chunks(ids):
            for row in connection.execute(select(tables.intake).where(tables.intake.c.id.in_(chunk))).mappings():
                times = {name: utc(row[name]) for name in ("started_at", "finished_at") if row[name]}
                found[row["id"]] = Intake(**{**row, **times})
    return found


def _load_states(connection: Connection, ids: set[str]) -> dict[str, _State]:
    release, waiting, record = tables.release.c, tables.waiting.c, tables.record.c
    version = tables.release_version.c
    columns = select(
        *(release.id, release.source, release.text_sha256, release.last_seen, record.extractor_version),
        *(waiting.text_sha256.label("newer"), waiting.seen_at, waiting.is_stale, version.as_read),
    )
    current = and_(record.release_id == release.id, record.is_current, record.text_sha256 == release.text_sha256)
    joined = columns.outerjoin(tables.waiting, waiting.release_id == release.id).outerjoin(tables.record, current)
    newest = func.coalesce(waiting.text_sha256, release.text_sha256)
    is_newest = and_(version.release_id == release.id, version.text_sha256 == newest)
    joined = joined.outerjoin(tables.release_version, is_newest)
    found = {}
    for chunk in chunks(sorted(ids)):
        for row in connection.execute(joined.where(release.id.in_(chunk))):
            found[row.id] = _as_state(row)
    return found


def _as_state(row: Row[tuple[str, ...]]) -> _State:
    said = None if row.as_read is None else _said(Release(**row.as_read, text="-"))
    if row.newer is None:
        return _State(row.source, row.text_sha256, utc(row.last_seen), row.extractor_version, said=said)
    return _State(row.source, row.newer, utc(row.seen_at), None, True, said, bool(row.is_stale))


def _said(release: Release) -> _Said:
    """What a record hangs on beside the words: dates on the day of publication, parties on the issuer."""
    return release.url, release.title, str(release.published), release.language, release.country, release.issuer


def _refuse(text: StoredText, before: _State | None) -> Problem | None:
    release = text.release
    if before is not None and before.source != release.source:
        return _problem(
            text, "id_taken", f"release id {release.id!r} belongs to source {before.source!r}; give another"
        )
    if before is not None and text.since and before.text_sha256 != release.text_sha256 and before.seen_at >= text.since:
        return _problem(text, "duplicate_id", f"has the id {release.id!r} of another release: {_LATER}")
    if has_nul(release.model_dump_json()):
        return _problem(text, "nul_character", "the text holds NUL characters, which databases refuse; remove them")
    return None


def _problem(text: StoredText, code: str, message: str) -> Problem:
    return Problem(
        source=text.release.source, place=text.place, stage="save", code=code, message=f"{text.place}: {message}"
    )


def _next(text: StoredText, before: _State | None, version: str | None) -> _State:
    release = text.release
    if before is None or (before.text_sha256 != release.text_sha256 and text.seen_at >= before.seen_at):
        return _State(release.source, release.text_sha256, text.seen_at, None, True, _said(release))
    if before.text_sha256 != release.text_sha256:  # an older text
        return before
    is_due = before.is_waiting or before.extractor is None or before.extractor != version
    if text.seen_at < before.seen_at:
        return before._replace(is_waiting=is_due)
    is_stale = before.is_stale or before.said != _said(release)
    is_due = is_due or is_stale
    return before._replace(seen_at=text.seen_at, is_waiting=is_due, said=_said(release), is_stale=is_stale)


def _save(
    connection: Connection,
    batch: TextBatch,
    texts: Sequence[StoredText],
    problems: Sequence[Problem],
    refused: Mapping[str, int],
) -> None:
    sources = {text.release.source for text in texts} | {problem.source for problem in problems}
    insert_missing(connection, tables.source, [{"name": name} for name in sorted(sources)])
    releases: dict[str, Values] = {}
    for text in sorted(texts, key=lambda text: text.seen_at):
        first = releases.get(text.release.id, {}).get("first_seen", utc(text.seen_at))
        releases[text.release.id] = _release_row(text, first)
    insert_missing(connection, tables.release, [releases[key] for key in sorted(releases)])
    for text in texts:
        _see(connection, text)
    upsert(connection, tables.release_version, [_version_row(text) for text in texts])
    upsert(connection, tables.quarantine, [problem_row(problem, batch.seen_at) for problem in problems])
    failed = {quarantine_id(problem.source, problem.place) for problem in problems}
    places = {(source, text.place) for text in texts for source in (text.release.source, batch.source)}
    delete_where(connection, tables.quarantine.c.id, {quarantine_id(*place) for place in places} - failed)
    upsert(connection, tables.intake, [_intake_row(one, refused.get(one.id, 0)) for one in batch.intakes])
    alive = update(tables.run).where(tables.run.c.id == batch.run_id)
    connection.execute(alive.values(alive_at=utc(batch.seen_at)))


def _see(connection: Connection, text: StoredText) -> None:
    """The current text was found once more."""
    release = tables.release.c
    same = (release.id == text.release.id) & (release.text_sha256 == text.release.text_sha256)
    later = update(tables.release).where(same, release.last_seen < utc(text.seen_at))
    connection.execute(later.values(last_seen=utc(text.seen_at)))


def _release_row(text: StoredText, first_seen: dt.datetime) -> Values:
    names = ("id", "source", "url", "title", "published", "issuer", "language", "country", "text_sha256")
    seen = {"first_seen": first_seen, "last_seen": utc(text.seen_at)}
    return {name: getattr(text.release, name) for name in names} | seen


def _version_row(text: StoredText) -> Values:
    return {
        "release_id": text.release.id,
        "text_sha256": text.release.text_sha256,
        "text": text.release.text,
        "as_read": text.release.model_dump_json(exclude={"text"}),
        "page_sha256": text.release.page_sha256,
        "first_seen": utc(text.seen_at),
        "last_seen": utc(text.seen_at),
    }


def _intake_row(intake: Intake, refused: int) -> Values:
    return intake.model_dump() | {"place": plain(intake.place), "failed": intake.failed + refused}


def _waiting_row(release_id: str, state: _State, run_id: str | None) -> Values:
    said = {"text_sha256": state.text_sha256, "seen_at": state.seen_at, "is_stale": state.is_stale}
    return {"release_id": release_id, **said, "run_id": run_id}
