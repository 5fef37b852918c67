"""Visits to pages: what is asked, what came of it, and what the store is told of the address."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from flows.request import Ask, FetchError
from flows.schedule import read_pause
from flows.turns import RESTING
from schemas.page import FetchedPage, utc_now
from schemas.problem import Problem
from schemas.release import Release
from schemas.source import Link, Source
from store.models import Address
from store.save import GONE

NOT_MODIFIED, NOT_FOUND = 304, 404
SOFT_404 = "soft_404"
"""Code of a page that says that it was not found, whatever the server's status says."""
NOT_WANTED = "not_wanted"
"""Code of an address whose release is older or newer than what a run was asked for."""


@dataclass(frozen=True)
class Reading:
    """A release that was read, with where it came from."""

    release: Release
    place: str
    page: FetchedPage | None = None


@dataclass(frozen=True)
class Job:
    """A page to be fetched."""

    source: Source
    link: Link
    address: Address | None = None
    """What the store knows of it."""
    is_known: bool = False
    """Whether the store has a release of it, which may have changed or vanished."""

    def ask(self) -> Ask:
        """The request: for a release that the store has, only for what changed."""
        known = self.address if self.is_known else None
        return Ask(self.link.url, known.etag if known else None, known.last_modified if known else None)


@dataclass(frozen=True)
class Visit:
    """What came of a job."""

    job: Job
    address: Address
    page: FetchedPage | None = None
    """Without its body."""
    outcome: Reading | Problem | None = None
    kind: str | None = None
    """`unchanged`, `gone` or `resting`, where there is nothing to store."""
    why: str | None = None
    """Of one that rests: what its host is waited for."""

    @classmethod
    def of(cls, job: Job, page: FetchedPage, outcome: Reading | Problem | None = None, code: str | None = None) -> Self:
        """A page that was had."""
        if isinstance(outcome, Problem):
            is_gone = job.is_known and outcome.code == SOFT_404
            status = NOT_FOUND if is_gone else page.status
            address = _failed(job, outcome.code, status, read_pause(_failures(job), may_pass=False))
            return cls.gone(job, address) if is_gone else cls(job, address, page, outcome)
        published = outcome.release.published if outcome else None
        said = {
            "checked_at": page.fetched_at,
            "status": page.status,
            "code": code,
            "failures": 0,
            "etag": page.etag,
            "last_modified": page.last_modified,
            "moved_to": page.moved_to,
            "fresh_seconds": page.fresh_seconds,
            "next_due": None,
        }
        address = _address(job).model_copy(update=said | ({"published": published} if published else {}))
        return cls(job, address, page, outcome, "unchanged" if page.status == NOT_MODIFIED else None)

    @classmethod
    def gone(cls, job: Job, address: Address) -> Self:
        """A release whose page has vanished, which is no failure."""
        return cls(job, address.model_copy(update={"code": None}), kind="gone")

    @classmethod
    def failed(cls, job: Job, error: FetchError) -> Self:
        """A page that could not be had; a release whose page has vanished is no failure, but gone."""
        if error.code == RESTING:
            return cls(job, _address(job), kind=RESTING, why=str(error))
        pause = max(read_pause(_failures(job), error.may_pass), dt.timedelta(seconds=error.retry_after or 0))
        address = _failed(job, error.code, error.status, pause)
        if job.is_known and error.status in GONE:
            return cls.gone(job, address)
        problem = Problem(
            source=job.source.name, place=job.link.url, stage="fetch", code=error.code, message=str(error)
        )
        return cls(job, address, outcome=problem)


def _address(job: Job) -> Address:
    if job.address:
        return job.address
    return Address(**job.link.model_dump(), found_at=utc_now())


def _failures(job: Job) -> int:
    return (job.address.failures if job.address else 0) + 1


def _failed(job: Job, code: str, status: int | None, pause: dt.timedelta) -> Address:
    now = utc_now()
    said = {"checked_at": now, "status": status, "code": code, "failures": _failures(job)}
    return _address(job).model_copy(update={**said, "next_due": now + pause if pause else None})
