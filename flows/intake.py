"""Taking in files of any size: each document is read and stored, without a record yet; a killed run goes on."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from extractors.containers import Document, Limits, iter_documents
from extractors.files import FILES, File, FileEntry, FileProblem, read_file, read_line, read_mail
from flows.files import FILES_SOURCE, file_problem, keeper, list_files, place_of
from flows.process import read_fetched
from flows.report import Report
from schemas.page import FetchedPage, utc_now
from schemas.problem import Problem
from schemas.release import Release
from schemas.settings import Settings
from schemas.source import Link
from schemas.values import derive_id
from store.archive import save_bytes
from store.database import Store
from store.texts import Intake, SavedTexts, StoredText, TextBatch, load_intakes, save_texts

_LENGTH = 4_000_000
"""Code points of the texts that wait in memory to be stored together; a single one may be longer."""


@dataclass(frozen=True)
class Desk:
    """What files are taken in with."""

    settings: Settings
    store: Store
    version: str
    """Of the extractor: it tells what needs none, and whose readers these are."""
    published: dt.date | None = None
    """For releases that tell no day themselves."""
    run_id: str | None = None

    def intake_of(self, path: Path) -> Intake:
        """The file as it is now, nothing of it taken. Raises OSError."""
        facts, place = path.stat(), place_of(path)
        readers = self.version.split(".", 3)[:3]  # not what finds names
        how = f"{'.'.join(readers)} {self.published or ''} {self.settings.max_bytes}"
        return Intake(
            id=derive_id("intake", place, how),
            place=place,
            how=how,
            size=facts.st_size,
            changed_at=facts.st_mtime_ns,
            started_at=utc_now(),
        )


class Taken(NamedTuple):
    """What one transaction stored."""

    ids: tuple[str, ...]
    """Releases that wait for the extractor."""
    report: Report
    size: int = 0
    """Bytes of the files that were dealt with for it."""
    documents: int = 0
    """Those dealt with now, or before where a file was taken in earlier."""


@dataclass
class _Tray:
    """What is to be stored together."""

    texts: list[StoredText] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    intakes: dict[str, Intake] = field(default_factory=dict)
    length: int = 0
    size: int = 0
    known: Counter[str] = field(default_factory=Counter)
    notes: list[Problem] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    """By intake, documents that were read and not stored."""

    def add(self, entry: StoredText | Problem) -> None:
        if isinstance(entry, Problem):
            self.problems.append(entry)
        else:
            self.texts.append(entry)
            self.length += len(entry.release.text)

    def is_full(self, most: int) -> bool:
        return len(self.texts) + len(self.problems) >= most or len(self.intakes) >= most or self.length >= _LENGTH


def take_in(paths: Iterable[Path], desk: Desk) -> Iterator[Taken]:
    """Store everything in these files and folders, batch by batch; no further than it is asked for.

    A file that was taken in before, and is as it was then, is not read again. What cannot be read goes to quarantine.
    Raises StoreError and ArchiveError.
    """
    tray = _Tray()
    for path in list_inputs(paths, desk.settings):
        for entry in [path] if isinstance(path, Problem) else _take_file(path, desk, tray):
            if entry is not None:
                tray.add(entry)
            # In the middle of a document, such as a list of releases, a run cannot go on: that is for the largest only.
            if tray.is_full(desk.settings.batch_size * (1 if entry is None else 10)):
                yield _store(tray, desk)
                tray = _emptied(tray)
    yield _store(tray, desk)


def list_inputs(paths: Iterable[Path], settings: Settings) -> Iterator[Path | Problem]:
    """Every file named or inside a named folder, but this program's own that are met on the way."""
    own = Path(os.path.abspath(settings.data_dir))
    for named in (Path(os.path.abspath(path)) for path in paths):
        is_meant = own in named.parents
        for path in list_files([named]):
            if is_meant or isinstance(path, Problem) or own not in path.parents:
                yield path


def _take_file(path: Path, desk: Desk, tray: _Tray) -> Iterator[StoredText | Problem | None]:
    """The entries of a file; None where a document has been dealt with, from when on a run may go on behind it."""
    try:
        now = desk.intake_of(path)
        before = load_intakes(desk.store, [now.id]).get(now.id)
        is_same = before is not None and (before.size, before.changed_at) == (now.size, now.changed_at)
        mark = before if before and is_same else now
        if not path.is_file():
            yield file_problem(path, "unreadable", "is no file; name files or folders")
        elif mark.finished_at:
            _skip(mark, tray)
        else:
            yield from _take_documents(path, mark, desk, tray)
    except OSError as error:
        yield file_problem(path, "unreadable", f"cannot be read ({error.strerror or error}); check its permissions")


def _skip(mark: Intake, tray: _Tray) -> None:
    tray.known["known"] += mark.taken - mark.failed
    tray.known["failed"] += mark.failed
    tray.size += mark.size
    if mark.failed:
        message = (
            f"{mark.place}: {mark.failed} of its documents are in quarantine since an earlier run: `dateline status`"
        )
        tray.notes.append(
            Problem(source=FILES_SOURCE, place=mark.place, stage="read", code="failed_before", message=message)
        )


def _take_documents(path: Path, mark: Intake, desk: Desk, tray: _Tray) -> Iterator[StoredText | Problem | None]:
    tray.known["known"] += mark.taken - mark.failed
    tray.known["failed"] += mark.failed
    limits, at, number = Limits(desk.settings.max_bytes), 0, 0
    with path.open("rb") as file:
        for number, part in enumerate(iter_documents(file, mark.place, mark.size, limits), start=1):
            if number > mark.taken:
                entries = list(_read(part, mark, desk))
                yield from entries
                failed = sum(isinstance(entry, Problem) for entry in entries) + tray.refused.pop(mark.id, 0)
                mark = mark.model_copy(update={"taken": number, "failed": mark.failed + failed})
                tray.intakes[mark.id] = mark
                tray.size, at = tray.size + file.tell() - at, file.tell()
                yield None
    failed = mark.failed + tray.refused.pop(mark.id, 0)
    tray.intakes[mark.id] = mark.model_copy(update={"taken": number, "failed": failed, "finished_at": utc_now()})
    tray.size += mark.size - at
    yield None


def _read(part: Document | FileProblem, mark: Intake, desk: Desk) -> Iterator[StoredText | Problem]:
    keep = keeper(desk.settings.archive_url)
    if isinstance(part, FileProblem):
        yield _problem(part, keep)
        return
    if part.kind == "page":
        yield _read_page(part, mark, desk)
        return
    file = File(part.place, part.data, FILES, desk.published, desk.settings.max_bytes)
    if part.kind == "file":
        found = read_file(file.name, file.data, file.published, max_bytes=file.max_bytes)
    else:
        found = iter([read_line(file) if part.kind == "line" else read_mail(file)])
    for entry in found:
        if isinstance(entry, FileEntry):
            yield StoredText(entry.release, utc_now(), entry.place, mark.started_at, mark.id)
        else:
            yield _problem(entry, keep)


def _problem(problem: FileProblem, keep: Callable[[bytes], str]) -> Problem:
    kept = keep(problem.raw) if problem.raw else None
    return Problem(
        source=FILES_SOURCE, place=problem.place, stage="read", code=problem.code, message=problem.message,
        page_sha256=kept,
    )  # fmt: skip


def _read_page(part: Document, mark: Intake, desk: Desk) -> StoredText | Problem:
    """A page of a crawl, as it was on its day; the archive keeps only what could not be read."""
    seen_at = part.seen_at or utc_now()
    page = FetchedPage(
        link=Link(source=FILES_SOURCE, url=part.url or part.place, published=desk.published),
        final_url=part.url or part.place,
        status=200,
        fetched_at=seen_at,
        content_type=part.content_type,
        body=part.data,
    )
    outcome = read_fetched(page, FILES)
    if isinstance(outcome, Problem):
        save_bytes(desk.settings.archive_url, page.body)
        return outcome.model_copy(update={"place": part.place})
    release: Release = outcome.release.model_copy(update={"page_sha256": None})
    return StoredText(release, seen_at, part.place, intake=mark.id)


def _store(tray: _Tray, desk: Desk) -> Taken:
    batch = TextBatch(
        seen_at=utc_now(),
        texts=tray.texts,
        problems=tray.problems,
        intakes=list(tray.intakes.values()),
        version=desk.version,
        run_id=desk.run_id,
    )
    saved = save_texts(desk.store, batch)
    tray.refused.update(saved.refused)
    documents = len(tray.texts) + len(tray.problems) + sum(tray.known.values())
    return Taken(saved.ids, _report(tray, saved), tray.size, documents)


def _report(tray: _Tray, saved: SavedTexts) -> Report:
    counts: dict[str, Counter[str]] = {}
    for text in tray.texts:
        counts.setdefault(text.release.source, Counter())["found"] += 1
    for problem in saved.problems:
        counts.setdefault(problem.source, Counter())["failed"] += 1
    if known := +tray.known:
        counts.setdefault(FILES_SOURCE, Counter()).update(known)
    return Report(
        counts={source: dict(numbers) for source, numbers in counts.items()},
        saved={"new": saved.new, "changed": saved.changed, "unchanged": saved.unchanged},
        problems=saved.problems,
        notes=tuple(tray.notes),
    )


def _emptied(tray: _Tray) -> _Tray:
    tray.texts, tray.problems, tray.intakes, tray.notes = [], [], {}, []
    tray.length, tray.size, tray.known = 0, 0, Counter()
    return tray
